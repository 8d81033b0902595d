using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using AmlDataTools.Azure.Blobs;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Tests.Explorer;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Tests.Transfer;

/// <summary>
/// Blobs read by the product's own client over an imagined network: for faults that no real service can be brought to at
/// the right moment.
/// </summary>
internal sealed class FakeBlobs : IBlobSource, ITransferSources, ISourceFactory
{
    private readonly BlobContainer _container;
    private readonly ConcurrentDictionary<string, (byte[] Bytes, string Tag)> _blobs = new();

    public FakeBlobs()
    {
        var azure = new FakeAzure().On("GET", ".blob.", (request, _) => Answer(request)).On("HEAD", ".blob.", (request, _) => Answer(request));
        _container = new BlobContainer(azure.Connect().Pipelines, new Uri("https://account.blob.core.windows.net/azureml"), BlobAuthorization.None);
    }

    public string Access => "a fake";

    /// <summary>When all of them were last written.</summary>
    public static DateTimeOffset LastModified { get; } = new(2024, 2, 29, 13, 14, 15, TimeSpan.Zero);

    /// <summary>Reads so far: name and range.</summary>
    public ConcurrentQueue<(string Name, long From)> Reads { get; } = new();

    /// <summary>Changes an answer: name, how many reads of it came before, the answer as it would be.</summary>
    public Func<string, int, HttpResponseMessage, HttpResponseMessage> Meddle { get; set; } = (_, _, answer) => answer;

    public static string Md5(byte[] bytes) => Convert.ToBase64String(MD5.HashData(bytes));

    /// <summary>Puts a blob there.</summary>
    public void Put(string name, byte[] bytes, string tag = "\"1\"") => _blobs[name] = (bytes, tag);

    public Task<BlobItem> GetPropertiesAsync(string name, CancellationToken cancellationToken) => _container.GetPropertiesAsync(name, cancellationToken);

    public Task<BlobDownload> ReadAsync(string name, (long Offset, long Count)? range, string? ifMatch, CancellationToken cancellationToken) =>
        _container.ReadAsync(name, range, ifMatch, cancellationToken);

    public ValueTask<IBlobSource> BlobsAsync(string key, CancellationToken cancellationToken) => ValueTask.FromResult<IBlobSource>(this);

    public async Task WriteDocumentAsync(TransferItem item, DocumentDraft draft, CancellationToken cancellationToken) =>
        await draft.Content.WriteAsync(_blobs[item.Name].Bytes, cancellationToken);

    public async Task WriteSummaryAsync(TransferItem item, IAsyncEnumerable<ItemResult> results, Stream destination, CancellationToken cancellationToken)
    {
        await foreach (var result in results.WithCancellation(cancellationToken))
        {
            await destination.WriteAsync(System.Text.Encoding.UTF8.GetBytes($"{result.Outcome} {result.Path} {result.Sha256}\n"), cancellationToken);
        }
    }

    public ITransferSources For(OperationPlan plan) => this;

    private HttpResponseMessage Answer(HttpRequestMessage request)
    {
        var name = Uri.UnescapeDataString((request.RequestUri?.AbsolutePath ?? string.Empty)["/azureml/".Length..]);
        if (!_blobs.TryGetValue(name, out var blob))
        {
            return new HttpResponseMessage(HttpStatusCode.NotFound) { Headers = { { "x-ms-error-code", "BlobNotFound" } } };
        }

        if (request.Headers.TryGetValues("If-Match", out var tags) && tags.Single() != blob.Tag)
        {
            return new HttpResponseMessage(HttpStatusCode.PreconditionFailed) { Headers = { { "x-ms-error-code", "ConditionNotMet" } } };
        }

        var range = request.Headers.TryGetValues("x-ms-range", out var ranges) ? RangeHeaderValue.Parse(ranges.Single()).Ranges.Single() : request.Headers.Range?.Ranges.Single();
        var (from, to) = (range?.From ?? 0, range?.To ?? blob.Bytes.Length - 1);
        var content = new ByteArrayContent(request.Method == HttpMethod.Head ? [] : blob.Bytes[(int)from..(int)(to + 1)]);
        content.Headers.ContentLength = request.Method == HttpMethod.Head ? blob.Bytes.Length : to - from + 1;
        if (range is not null)
        {
            content.Headers.ContentRange = new ContentRangeHeaderValue(from, to, blob.Bytes.Length);
        }

        content.Headers.LastModified = LastModified;
        var answer = new HttpResponseMessage(range is null ? HttpStatusCode.OK : HttpStatusCode.PartialContent) { Content = content };
        answer.Headers.TryAddWithoutValidation("ETag", blob.Tag);
        answer.Headers.Add("x-ms-blob-content-md5", Md5(blob.Bytes));
        if (request.Method == HttpMethod.Head)
        {
            return answer;
        }

        var before = Reads.Count(r => r.Name == name);
        Reads.Enqueue((name, from));
        return Meddle(name, before, answer);
    }
}

/// <summary>Gives some bytes and then never another, as a peer that vanished.</summary>
internal sealed class SilentStream(byte[] first) : Stream
{
    private int _given;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_given == first.Length)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        var count = Math.Min(buffer.Length, first.Length - _given);
        first.AsMemory(_given, count).CopyTo(buffer);
        _given += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
