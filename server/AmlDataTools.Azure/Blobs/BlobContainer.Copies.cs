using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using AmlDataTools.Azure.Http;
using Azure.Core;

namespace AmlDataTools.Azure.Blobs;

/// <content>Copies that storage makes by itself: no byte of them passes through here.</content>
public sealed partial class BlobContainer
{
    /// <summary>Blocks of one blob at most (Microsoft's "Put Block List").</summary>
    public const int MaxBlocks = 50_000;

    private static readonly (string From, string To)[] CopiedHeaders =
    [
        ("Content-Type", "x-ms-blob-content-type"), ("Content-Encoding", "x-ms-blob-content-encoding"), ("Content-Language", "x-ms-blob-content-language"),
        ("Cache-Control", "x-ms-blob-cache-control"), ("Content-Disposition", "x-ms-blob-content-disposition"), ("Content-MD5", "x-ms-blob-content-md5"),
    ];

    /// <summary>A blob of this container as the source of a copy.</summary>
    /// <param name="name">The blob's whole name.</param>
    /// <param name="cancellationToken">Ends asking for a token.</param>
    public ValueTask<CopySource> SourceAsync(string name, CancellationToken cancellationToken) => authorization.SourceAsync(_address, name, cancellationToken);

    /// <summary>A blob with the properties that a copy of it takes over.</summary>
    /// <param name="name">The blob's whole name.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="AzureServiceException">Status 404: there is no such blob.</exception>
    public Task<BlobForCopy> GetForCopyAsync(string name, CancellationToken cancellationToken) =>
        GetForCopyAsync(name, BlobAddress.Blob(_address, name, authorization.Query), cancellationToken);

    /// <summary>The same of the blob behind a signed address.</summary>
    /// <param name="name">The name to give the result.</param>
    /// <param name="signed">A signed address. A secret.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="AzureServiceException">Status 404: there is no such blob.</exception>
    public async Task<BlobForCopy> GetForCopyAsync(string name, Uri signed, CancellationToken cancellationToken)
    {
        using var message = await SendAsync(RequestMethod.Head, BlobAddress.Signed(signed), null, null, cancellationToken).ConfigureAwait(false);
        var headers = message.Response.Headers;
        var copied = new List<(string, string)>();
        foreach (var (from, to) in CopiedHeaders)
        {
            if (headers.TryGetValue(from, out var value) && !string.IsNullOrEmpty(value))
            {
                copied.Add((to, value));
            }
        }

        return new BlobForCopy(Describe(name, message.Response), copied);
    }

    /// <summary>
    /// Copies a blob of up to 5,000 MiB with its content properties (Put Blob From URL). The service reads the source itself; the blob gets its name
    /// only when all of it is there.
    /// </summary>
    /// <param name="name">The copy's whole name.</param>
    /// <param name="source">What is copied.</param>
    /// <param name="sourceETag">The entity tag the source must have; null for any.</param>
    /// <param name="sourceMd5">Base64 of the MD5 that the service compares what it reads with; null for none.</param>
    /// <param name="state">What may be under the name.</param>
    /// <param name="cancellationToken">Stops waiting; the copy may still take effect.</param>
    /// <exception cref="CopySourceException">The source could not be read, or has another tag.</exception>
    /// <exception cref="AzureServiceException">Status 409 <c>BlobAlreadyExists</c> or 412: something else is under the name. 400 <c>Md5Mismatch</c>. Others: refused.</exception>
    public async Task<BlobCopied> PutBlobFromUrlAsync(
        string name, CopySource source, string? sourceETag, string? sourceMd5, CopyTargetState state, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(source);
        var headers = new List<(string, string)>(source.Headers) { ("x-ms-blob-type", "BlockBlob"), state.Header };
        AddConditions(headers, sourceETag, sourceMd5);
        return await CopyAsync(BlobAddress.Blob(_address, name, authorization.Query), headers, null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Copies a range of a blob to a block that belongs to no blob yet (Put Block From URL).</summary>
    /// <param name="name">The copy's whole name.</param>
    /// <param name="blockId">The block's id, base64; all of a blob have the same length.</param>
    /// <param name="source">What is copied.</param>
    /// <param name="range">First byte and count; at most 4,000 MiB.</param>
    /// <param name="sourceETag">The entity tag the source must have; null for any.</param>
    /// <param name="cancellationToken">Stops waiting; the block may still come to be.</param>
    /// <exception cref="CopySourceException">The source could not be read, or has another tag.</exception>
    /// <exception cref="AzureServiceException">Refused.</exception>
    public async Task<BlobCopied> PutBlockFromUrlAsync(
        string name, string blockId, CopySource source, (long Offset, long Count) range, string? sourceETag, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(source);
        var headers = new List<(string, string)>(source.Headers)
        {
            ("x-ms-source-range", string.Create(CultureInfo.InvariantCulture, $"bytes={range.Offset}-{range.Offset + range.Count - 1}")),
        };
        AddConditions(headers, sourceETag, null);
        return await CopyAsync(BlobAddress.Blob(_address, name, Authorized("comp=block&blockid=" + Uri.EscapeDataString(blockId))), headers, null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The blocks under a name that belong to no blob yet; empty when there are none.</summary>
    /// <param name="name">The blob's whole name.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="AzureServiceException">Refused.</exception>
    /// <exception cref="InvalidDataException">The answer is no list of blocks.</exception>
    public async Task<IReadOnlyList<StagedBlock>> GetStagedBlocksAsync(string name, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        try
        {
            using var message = await SendAsync(
                RequestMethod.Get, BlobAddress.Blob(_address, name, Authorized("comp=blocklist&blocklisttype=uncommitted")), null, null, cancellationToken).ConfigureAwait(false);
            using var reader = XmlReader.Create(Body(message.Response), BlobListParser.Settings);
            var root = await XElement.LoadAsync(reader, LoadOptions.None, cancellationToken).ConfigureAwait(false);
            return [.. root.Elements("UncommittedBlocks").Elements("Block").Select(Block)];
        }
        catch (AzureServiceException exception) when (exception.Status == 404 && !exception.HasCode("ContainerNotFound"))
        {
            return [];
        }
        catch (XmlException exception)
        {
            throw new InvalidDataException("The storage account answered a list of blocks that is not XML.", exception);
        }

        static StagedBlock Block(XElement block) =>
            block.Element("Name")?.Value is { Length: > 0 } id && long.TryParse(block.Element("Size")?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                ? new StagedBlock(id, length)
                : throw new InvalidDataException("The storage account answered a block without name or size.");
    }

    /// <summary>Makes a blob of blocks (Put Block List). It gets its name only now, and at once whole; staged blocks that are not named are dropped.</summary>
    /// <param name="name">The blob's whole name.</param>
    /// <param name="blockIds">The blocks in order; at most 50,000.</param>
    /// <param name="contentHeaders">Its properties, from <see cref="BlobForCopy.ContentHeaders"/>.</param>
    /// <param name="state">What may be under the name.</param>
    /// <param name="cancellationToken">Stops waiting; the blob may still come to be.</param>
    /// <exception cref="AzureServiceException">Status 409 <c>BlobAlreadyExists</c> or 412: something else is under the name. 400 <c>InvalidBlockList</c>: a block is not there. Others: refused.</exception>
    public async Task<BlobCopied> PutBlockListAsync(
        string name, IReadOnlyList<string> blockIds, IReadOnlyList<(string Name, string Value)> contentHeaders, CopyTargetState state, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(blockIds);
        ArgumentNullException.ThrowIfNull(contentHeaders);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(blockIds.Count, MaxBlocks, nameof(blockIds));
        var list = new StringBuilder("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>");
        foreach (var id in blockIds)
        {
            list.Append("<Latest>").Append(id).Append("</Latest>");
        }

        var body = RequestContent.Create(Encoding.UTF8.GetBytes(list.Append("</BlockList>").ToString()));
        return await CopyAsync(
            BlobAddress.Blob(_address, name, Authorized("comp=blocklist")), [.. contentHeaders, ("Content-Type", "application/xml"), state.Header], body, cancellationToken).ConfigureAwait(false);
    }

    private static void AddConditions(List<(string, string)> headers, string? sourceETag, string? sourceMd5)
    {
        if (sourceETag is not null)
        {
            headers.Add(("x-ms-source-if-match", sourceETag));
        }

        if (sourceMd5 is not null)
        {
            headers.Add(("x-ms-source-content-md5", sourceMd5));
        }
    }

    private async Task<BlobCopied> CopyAsync(Uri address, IEnumerable<(string Name, string Value)> headers, RequestContent? content, CancellationToken cancellationToken)
    {
        try
        {
            using var message = await ChangeAsync(RequestMethod.Put, address, headers, content, cancellationToken).ConfigureAwait(false);
            var etag = message.Response.Headers.TryGetValue("ETag", out var given) && !string.IsNullOrEmpty(given) ? BlobListParser.Quote(given) : null;
            return new BlobCopied(etag, message.Response.Status, RequestId(message.Response));
        }
        catch (AzureServiceException exception) when (exception.Code is "CannotVerifyCopySource" or "SourceConditionNotMet" && !exception.IsRetryable)
        {
            throw new CopySourceException(exception);
        }
    }
}
