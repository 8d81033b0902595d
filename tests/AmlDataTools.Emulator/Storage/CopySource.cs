using System.IO.Pipelines;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;
using Microsoft.AspNetCore.Http.Features;

namespace AmlDataTools.Emulator.Storage;

/// <summary>
/// The source of a copy, read by the service as a client would read it: with the signature in its address, or with the token given for it. The
/// bytes go from one blob of the engine to the other through a pipe, so that no blob is held in memory.
/// </summary>
internal sealed class CopySource : IAsyncDisposable
{
    private static readonly (string Given, string Asked)[] Conditions =
    [
        ("x-ms-source-if-match", "If-Match"), ("x-ms-source-if-none-match", "If-None-Match"),
        ("x-ms-source-if-modified-since", "If-Modified-Since"), ("x-ms-source-if-unmodified-since", "If-Unmodified-Since"),
    ];

    private readonly Pipe _pipe = new();
    private readonly DefaultHttpContext _inner;
    private readonly CancellationTokenSource _ended;
    private Task _reading = Task.CompletedTask;

    private CopySource(DefaultHttpContext inner, CancellationTokenSource ended) => (_inner, _ended) = (inner, ended);

    /// <summary>Bytes to come.</summary>
    public long Length => _inner.Response.ContentLength ?? 0;

    /// <summary>The bytes, once.</summary>
    public Stream Body => _pipe.Reader.AsStream();

    /// <summary>A header of the source's answer; empty when there is none.</summary>
    public string Header(string name) => _inner.Response.Headers[name].ToString();

    /// <summary>Begins to read what a request names as its source.</summary>
    /// <param name="http">The request to copy.</param>
    /// <param name="state">Accounts.</param>
    /// <param name="read">Answers a request to an account.</param>
    /// <exception cref="ServiceException">The source cannot be read: CannotVerifyCopySource with the source's own status, or 412 when it is not as asked.</exception>
    public static async Task<CopySource> OpenAsync(HttpContext http, EmulatorState state, Func<HttpContext, string, Task> read)
    {
        var (account, target) = Address(http, state);
        var ended = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        var inner = new DefaultHttpContext { RequestAborted = ended.Token };
        var query = target.IndexOf('?', StringComparison.Ordinal);
        inner.Request.Method = "GET";
        inner.Request.Scheme = "https";
        inner.Request.Host = new HostString($"{account}.blob.localhost", state.Port);
        inner.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        inner.Request.Path = Uri.UnescapeDataString(query < 0 ? target : target[..query]);
        inner.Request.QueryString = new QueryString(query < 0 ? string.Empty : target[query..]);
        inner.Request.Headers["x-ms-version"] = http.Request.Headers["x-ms-version"].ToString();
        Take("x-ms-copy-source-authorization", "Authorization");
        Take("x-ms-source-range", "x-ms-range");
        foreach (var (given, asked) in Conditions)
        {
            Take(given, asked);
        }

        var source = new CopySource(inner, ended);
        try
        {
            await source.BeginAsync(account, read);
            return source;
        }
        catch
        {
            await source.DisposeAsync();
            throw;
        }

        void Take(string given, string asked)
        {
            if (http.Request.Headers[given].ToString() is { Length: > 0 } value)
            {
                inner.Request.Headers[asked] = value;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _pipe.Reader.CompleteAsync();
        await _reading;
        _ended.Dispose();
    }

    /// <summary>Account and raw target of the source.</summary>
    private static (string Account, string Target) Address(HttpContext http, EmulatorState state)
    {
        var text = http.Request.Headers["x-ms-copy-source"].ToString();
        if (text.Length > 2048 || !Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http"))
        {
            throw new ServiceException(400, "InvalidHeaderValue", "The value for one of the HTTP headers is not in the correct format: x-ms-copy-source.");
        }

        // As it was written: taking it apart as an address would clean its dots up.
        var path = text.IndexOf('/', text.IndexOf("://", StringComparison.Ordinal) + 3);
        return uri.Host.Split('.') is [var account, "blob", "localhost"] && path > 0 && state.Accounts.ContainsKey(account)
            ? (account, text[path..])
            : throw Refused(404, "The specified resource does not exist.");
    }

    private async Task BeginAsync(string account, Func<HttpContext, string, Task> read)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _inner.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(new Announcing(_pipe.Writer.AsStream(leaveOpen: true), begun)));
        _reading = Task.Run(async () =>
        {
            Exception? failure = null;
            try
            {
                await read(_inner, account);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or HttpRequestException or InvalidOperationException)
            {
                // The copy ended first, or the engine broke off: whoever reads the bytes is told.
                failure = e;
            }

            await _pipe.Writer.CompleteAsync(failure);
            begun.TrySetResult();
        });
        await begun.Task;
        var status = BeginsBehindEnd() ? 416 : _inner.Response.StatusCode;
        if (status is not (200 or 206))
        {
            throw status switch
            {
                304 or 412 => new ServiceException(412, "SourceConditionNotMet", "The source condition specified using HTTP conditional header(s) is not met."),
                416 => new ServiceException(416, "InvalidRange", "The range specified is invalid for the current size of the resource."),
                404 => Refused(404, "The specified blob does not exist."),
                401 => Refused(401, "Server failed to authenticate the request. Please refer to the information in the www-authenticate header."),
                403 when Header("x-ms-error-code") == "AuthenticationFailed" => Refused(403, "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature."),
                403 => Refused(403, "This request is not authorized to perform this operation using this permission."),
                _ => Refused(status, "The copy source could not be read."),
            };
        }
    }

    /// <summary>The engine answers a range behind the end of a blob; the service does not.</summary>
    private bool BeginsBehindEnd() =>
        Header("Content-Range") is var range && range.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash
        && long.TryParse(range[(slash + 1)..], out var total)
        && _inner.Request.Headers["x-ms-range"].ToString().Split('=', '-') is [_, var first, ..] && long.TryParse(first, out var start) && start >= total;

    private static ServiceException Refused(int status, string message) => new(status, "CannotVerifyCopySource", message);

    /// <summary>Tells of the first write: status and headers are final then.</summary>
    private sealed class Announcing(Stream inner, TaskCompletionSource begun) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            begun.TrySetResult();
            return inner.WriteAsync(buffer, cancellationToken);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override void Flush()
        {
        }

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Write asynchronously.");

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
