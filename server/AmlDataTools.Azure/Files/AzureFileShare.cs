using System.Globalization;
using System.Runtime.CompilerServices;
using AmlDataTools.Azure.Blobs;
using AmlDataTools.Azure.Http;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace AmlDataTools.Azure.Files;

/// <summary>
/// A share of Azure Files by its REST interface: listing, properties, reads, deletes. Like <see cref="BlobContainer"/> it neither
/// retries nor falls back. Names are case-preserving and compared without case by the service.
/// </summary>
/// <param name="pipelines">Makes the pipeline, without retries.</param>
/// <param name="share">Address of the share, such as <c>https://account.file.core.windows.net/code-391f</c>.</param>
/// <param name="authorization">How requests are authorised; a token is sent with the intent <c>backup</c>, without which the service refuses it.</param>
public sealed class AzureFileShare(AzurePipelineFactory pipelines, Uri share, BlobAuthorization authorization)
{
    /// <summary>2022-11-02: the first with tokens, with names that end in dots, and with names that XML cannot hold percent-encoded.</summary>
    private const string ServiceVersion = "2022-11-02";

    /// <summary>The most entries the service gives in a page.</summary>
    public const int MaxPageSize = 5000;

    private readonly HttpPipeline _pipeline = pipelines.Create([authorization.Policy], RetrySettings.None);
    private readonly string _address = share.AbsoluteUri.TrimEnd('/');

    /// <summary>One page of what a directory holds directly.</summary>
    /// <param name="directory">Its path without slashes at its ends; empty for the root.</param>
    /// <param name="prefix">Names begin with this; empty for all.</param>
    /// <param name="marker">The previous page's marker; null for the first.</param>
    /// <param name="pageSize">How many at most; 1 to 5,000, the service's limit.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="AzureServiceException">404 <c>ResourceNotFound</c>, <c>ParentNotFound</c>: no such directory; <c>ShareNotFound</c>: no such share. Others: refused.</exception>
    /// <exception cref="InvalidDataException">The answer is no listing.</exception>
    public async Task<FileListPage> ListPageAsync(string directory, string prefix, string? marker, int pageSize, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(prefix);
        var query = "restype=directory&comp=list&include=Timestamps%2CETag&maxresults=" + pageSize.ToString(CultureInfo.InvariantCulture)
            + (prefix.Length == 0 ? string.Empty : "&prefix=" + Uri.EscapeDataString(prefix))
            + (marker is null ? string.Empty : "&marker=" + Uri.EscapeDataString(marker));
        using var message = await SendAsync(RequestMethod.Get, Address(directory, query), null, [("x-ms-file-extended-info", "true")], cancellationToken).ConfigureAwait(false);
        return await FileListParser.ReadAsync(Body(message.Response), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>All that a directory holds directly, page by page; only one page is held at a time.</summary>
    /// <param name="directory">Its path without slashes at its ends; empty for the root.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <exception cref="AzureServiceException">The service refused.</exception>
    public async IAsyncEnumerable<BlobItem> ListAsync(string directory, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? marker = null;
        do
        {
            var page = await ListPageAsync(directory, string.Empty, marker, MaxPageSize, cancellationToken).ConfigureAwait(false);
            foreach (var entry in page.Entries)
            {
                yield return entry;
            }

            marker = page.NextMarker;
        }
        while (marker is not null);
    }

    /// <summary>What the service has on record of a file.</summary>
    /// <param name="path">Its path in the share.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="AzureServiceException">Status 404: there is no such file (a directory counts as none).</exception>
    public async Task<BlobItem> GetPropertiesAsync(string path, CancellationToken cancellationToken)
    {
        using var message = await SendAsync(RequestMethod.Head, Address(Checked(path), string.Empty), null, [], cancellationToken).ConfigureAwait(false);
        return Describe(path, message.Response);
    }

    /// <summary>What the service has on record of a directory.</summary>
    /// <param name="path">Its path in the share; empty for the root.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="AzureServiceException">Status 404: there is no such directory.</exception>
    public async Task<BlobItem> GetDirectoryAsync(string path, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        using var message = await SendAsync(RequestMethod.Head, Address(path.TrimEnd('/'), "restype=directory"), null, [], cancellationToken).ConfigureAwait(false);
        return Describe(path, message.Response) with { Length = 0, IsFolder = true };
    }

    /// <summary>
    /// Reads a file or a range of it. Azure Files knows no conditional reads: the entity tag of the answer is compared, and asked for
    /// again before the last byte is given, so that bytes of two versions of a file are never taken for one.
    /// </summary>
    /// <param name="path">The file's path in the share.</param>
    /// <param name="range">First byte and count; null for the whole file. The empty file has no range.</param>
    /// <param name="ifMatch">The entity tag the file must have; null for any.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="AzureServiceException">Status 412: the file has changed; also from the stream, at its end.</exception>
    public async Task<BlobDownload> ReadAsync(string path, (long Offset, long Count)? range, string? ifMatch, CancellationToken cancellationToken)
    {
        var address = Address(Checked(path), string.Empty);
        var message = await SendAsync(RequestMethod.Get, address, range, [], cancellationToken).ConfigureAwait(false);
        try
        {
            var response = message.Response;
            var length = response.Headers.ContentLengthLong ?? throw new InvalidDataException("The storage account sent a file without its length.");
            BlobContainer.RefuseWrongRange(response, range, length);
            var file = Describe(path, response);
            var wanted = ifMatch ?? file.ETag;
            RefuseChanged(file, wanted, address);
            var content = length == 0 ? Body(response) : new UnchangedFileStream(
                Body(response), length, async stop => RefuseChanged(await GetPropertiesAsync(path, stop).ConfigureAwait(false), wanted, address));
            return new BlobDownload(message, content, length, file, BlobContainer.RequestId(response), response.Status);
        }
        catch
        {
            message.Dispose();
            throw;
        }
    }

    /// <summary>Deletes a file. The service has no condition for it, and brings no deleted file back.</summary>
    /// <param name="path">The file's path in the share.</param>
    /// <param name="cancellationToken">Ends the request; it may still take effect.</param>
    /// <returns>The service's request id.</returns>
    /// <exception cref="ArgumentException">The path is empty or holds dots as a folder.</exception>
    /// <exception cref="AzureServiceException">404: it is not there. 409 <c>SharingViolation</c>, <c>DeletePending</c>, <c>CannotDeleteFileOrDirectory</c>: somebody has it open; <c>ReadOnlyAttribute</c>.</exception>
    public async Task<string?> DeleteFileAsync(string path, CancellationToken cancellationToken)
    {
        using var message = await SendAsync(RequestMethod.Delete, Address(Checked(path), string.Empty), null, [], cancellationToken).ConfigureAwait(false);
        return BlobContainer.RequestId(message.Response);
    }

    /// <summary>Deletes a directory, which must be empty.</summary>
    /// <param name="path">Its path in the share; a slash at the end does not count.</param>
    /// <param name="cancellationToken">Ends the request; it may still take effect.</param>
    /// <returns>The service's request id.</returns>
    /// <exception cref="ArgumentException">The path is empty or holds dots as a folder: it would be the share itself, or another directory.</exception>
    /// <exception cref="AzureServiceException">409 <c>DirectoryNotEmpty</c>: it holds something. 404: it is not there.</exception>
    public async Task<string?> DeleteDirectoryAsync(string path, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        using var message = await SendAsync(RequestMethod.Delete, Address(Checked(path.TrimEnd('/')), "restype=directory"), null, [], cancellationToken).ConfigureAwait(false);
        return BlobContainer.RequestId(message.Response);
    }

    /// <summary>How many snapshots the share has, in which deleted files live on. With an account key or an account signature only: the service lists shares for no token.</summary>
    /// <param name="cancellationToken">Ends the requests.</param>
    /// <exception cref="AzureServiceException">The service refused.</exception>
    public async Task<int> CountSnapshotsAsync(CancellationToken cancellationToken)
    {
        var uri = new Uri(_address);
        var name = Uri.UnescapeDataString(uri.AbsolutePath.Trim('/'));
        var count = 0;
        string? marker = null;
        do
        {
            var query = "comp=list&include=snapshots&prefix=" + Uri.EscapeDataString(name) + (marker is null ? string.Empty : "&marker=" + Uri.EscapeDataString(marker));
            var address = new Uri($"{uri.GetLeftPart(UriPartial.Authority)}/?{Authorized(query)}");
            using var message = await SendAsync(RequestMethod.Get, address, null, [], cancellationToken).ConfigureAwait(false);
            var (snapshots, next) = await FileListParser.ReadSnapshotsAsync(Body(message.Response), name).ConfigureAwait(false);
            count += snapshots.Count;
            marker = next;
        }
        while (marker is not null);
        return count;
    }

    private static string Checked(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return path.Split('/').All(segment => segment.Length > 0 && segment is not ("." or ".."))
            ? path
            : throw new ArgumentException("A path in a share cannot hold empty or dotted folders: it would be another file or directory.", nameof(path));
    }

    private static void RefuseChanged(BlobItem file, string? wanted, Uri address)
    {
        if (wanted is not null && file.ETag is not null && file.ETag != wanted)
        {
            throw new AzureServiceException(412, "ConditionNotMet", "The file is not the one that was asked for: its entity tag is another one.") { Host = address.Host };
        }
    }

    private Uri Address(string path, string query) =>
        path.Length == 0 ? new Uri($"{_address}?{Authorized(query)}") : BlobAddress.Blob(_address, path, Authorized(query));

    private string Authorized(string query) =>
        authorization.Query.Length == 0 ? query : query.Length == 0 ? authorization.Query : $"{query}&{authorization.Query}";

    private async Task<HttpMessage> SendAsync(
        RequestMethod method, Uri address, (long Offset, long Count)? range, IEnumerable<(string Name, string Value)> headers, CancellationToken cancellationToken)
    {
        var message = _pipeline.CreateMessage();
        try
        {
            message.BufferResponse = false;
            var request = message.Request;
            request.Method = method;
            request.Uri.Reset(address);
            request.Headers.Add("x-ms-version", ServiceVersion);

            // Without it the service would take "notes." for "notes": another file.
            request.Headers.Add("x-ms-allow-trailing-dot", "true");
            if (authorization.IsToken)
            {
                request.Headers.Add("x-ms-file-request-intent", "backup");
            }

            if (range is { } r)
            {
                request.Headers.Add("x-ms-range", $"bytes={r.Offset}-{r.Offset + r.Count - 1}");
            }

            foreach (var (name, value) in headers)
            {
                request.Headers.Add(name, value);
            }

            await _pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
            return message.Response.Status is 200 or 202 or 206
                ? message
                : throw await AzureServiceException.FromAsync(message.Response, address, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            message.Dispose();
            throw;
        }
    }

    private static Stream Body(Response response) => response.ContentStream ?? Stream.Null;

    private static BlobItem Describe(string path, Response response)
    {
        var headers = response.Headers;

        // As with blobs: Content-MD5 of a partial answer is that of the range, the file's own stands in x-ms-content-md5.
        var md5 = headers.TryGetValue(response.Status == 206 ? "x-ms-content-md5" : "Content-MD5", out var hash) ? hash : null;
        var whole = headers.TryGetValue("Content-Range", out var given) && long.TryParse(given[(given.LastIndexOf('/') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            ? size
            : headers.ContentLengthLong ?? 0;
        return new BlobItem(
            path, whole, headers.TryGetValue("ETag", out var etag) ? BlobListParser.Quote(etag) : null, md5, headers.TryGetValue("Last-Modified", out var modified) ? BlobListParser.ParseDate(modified) : null, IsFolder: false);
    }
}
