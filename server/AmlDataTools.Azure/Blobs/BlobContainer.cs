using System.Globalization;
using System.Runtime.CompilerServices;
using AmlDataTools.Azure.Http;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace AmlDataTools.Azure.Blobs;

/// <summary>
/// A container of a storage account: listing, properties, reads. It neither retries nor falls back: who asks knows what a
/// retry is worth. Every failure of the service is an <see cref="AzureServiceException"/>.
/// </summary>
/// <param name="pipelines">Makes the pipeline, without retries.</param>
/// <param name="container">Address of the container, such as <c>https://account.blob.core.windows.net/azureml</c>.</param>
/// <param name="authorization">How requests are authorised.</param>
public sealed partial class BlobContainer(AzurePipelineFactory pipelines, Uri container, BlobAuthorization authorization)
{
    /// <summary>2021-12-02: names that XML cannot hold come percent-encoded; every cloud and Azurite know it.</summary>
    private const string ServiceVersion = "2021-12-02";

    private readonly HttpPipeline _pipeline = pipelines.Create([authorization.Policy], RetrySettings.None);
    private readonly string _address = container.AbsoluteUri.TrimEnd('/');

    /// <summary>One page of the blobs below a prefix.</summary>
    /// <param name="prefix">Names begin with this; empty for all.</param>
    /// <param name="delimiter">Whether to stop at the next <c>/</c> and list what is below it as prefixes.</param>
    /// <param name="marker">The previous page's marker; null for the first.</param>
    /// <param name="pageSize">How many at most; 1 to 5,000, the service's limit.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="AzureServiceException">The service refused.</exception>
    /// <exception cref="InvalidDataException">The answer is no listing.</exception>
    public async Task<BlobListPage> ListPageAsync(string prefix, bool delimiter, string? marker, int pageSize, CancellationToken cancellationToken)
    {
        var query = "restype=container&comp=list&include=metadata&maxresults=" + pageSize.ToString(CultureInfo.InvariantCulture)
            + "&prefix=" + Uri.EscapeDataString(prefix)
            + (delimiter ? "&delimiter=%2F" : string.Empty)
            + (marker is null ? string.Empty : "&marker=" + Uri.EscapeDataString(marker))
            + (authorization.Query.Length == 0 ? string.Empty : "&" + authorization.Query);
        using var message = await SendAsync(RequestMethod.Get, new Uri($"{_address}?{query}"), null, null, cancellationToken).ConfigureAwait(false);
        return await BlobListParser.ReadAsync(Body(message.Response), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>All blobs below a prefix, page by page; only one page is held at a time.</summary>
    /// <param name="prefix">Names begin with this; empty for all.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <exception cref="AzureServiceException">The service refused.</exception>
    public async IAsyncEnumerable<BlobItem> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? marker = null;
        do
        {
            var page = await ListPageAsync(prefix, delimiter: false, marker, 5000, cancellationToken).ConfigureAwait(false);
            foreach (var blob in page.Blobs)
            {
                yield return blob;
            }

            marker = page.NextMarker;
        }
        while (marker is not null);
    }

    /// <summary>What the service has on record of a blob.</summary>
    /// <param name="name">The blob's whole name.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="AzureServiceException">Status 404: there is no such blob.</exception>
    public Task<BlobItem> GetPropertiesAsync(string name, CancellationToken cancellationToken) =>
        GetPropertiesAsync(name, BlobAddress.Blob(_address, name, authorization.Query), cancellationToken);

    /// <summary>What the service has on record of the blob behind a signed address.</summary>
    /// <param name="name">The name to give the result.</param>
    /// <param name="signed">A signed address. A secret.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="AzureServiceException">Status 404: there is no such blob.</exception>
    public async Task<BlobItem> GetPropertiesAsync(string name, Uri signed, CancellationToken cancellationToken)
    {
        using var message = await SendAsync(RequestMethod.Head, BlobAddress.Signed(signed), null, null, cancellationToken).ConfigureAwait(false);
        return Describe(name, message.Response);
    }

    /// <summary>Reads a blob or a range of it.</summary>
    /// <param name="name">The blob's whole name.</param>
    /// <param name="range">First byte and count; null for the whole blob. The empty blob has no range (the service answers 416).</param>
    /// <param name="ifMatch">The entity tag the blob must have; null for any.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="AzureServiceException">Status 412: the blob has changed.</exception>
    public Task<BlobDownload> ReadAsync(string name, (long Offset, long Count)? range, string? ifMatch, CancellationToken cancellationToken) =>
        ReadAsync(name, BlobAddress.Blob(_address, name, authorization.Query), range, ifMatch, cancellationToken);

    /// <summary>Reads the blob behind a signed address.</summary>
    /// <param name="name">The name to give the result.</param>
    /// <param name="signed">A signed address. A secret.</param>
    /// <param name="range">First byte and count; null for the whole blob.</param>
    /// <param name="ifMatch">The entity tag the blob must have; null for any.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="AzureServiceException">Status 412: the blob has changed.</exception>
    public async Task<BlobDownload> ReadAsync(
        string name, Uri signed, (long Offset, long Count)? range, string? ifMatch, CancellationToken cancellationToken)
    {
        var message = await SendAsync(RequestMethod.Get, BlobAddress.Signed(signed), range, ifMatch, cancellationToken).ConfigureAwait(false);
        try
        {
            var response = message.Response;
            var length = response.Headers.ContentLengthLong ?? throw new InvalidDataException("The storage account sent a blob without its length.");
            RefuseWrongRange(response, range, length);
            return new BlobDownload(message, Body(response), length, Describe(name, response), RequestId(response), response.Status);
        }
        catch
        {
            message.Dispose();
            throw;
        }
    }

    internal static void RefuseWrongRange(Response response, (long Offset, long Count)? range, long length)
    {
        // A proxy that drops the range answers 200 with the whole blob: taking that as the range would corrupt the file.
        if (range is { } wanted
            && (response.Status != 206
                || !response.Headers.TryGetValue("Content-Range", out var given)
                || !given.StartsWith($"bytes {wanted.Offset}-", StringComparison.OrdinalIgnoreCase)
                || length > wanted.Count))
        {
            throw new InvalidDataException("The storage account, or something between it and here, answered another range than the one asked for.");
        }
    }

    private async Task<HttpMessage> SendAsync(
        RequestMethod method, Uri address, (long Offset, long Count)? range, string? ifMatch, CancellationToken cancellationToken)
    {
        var message = _pipeline.CreateMessage();
        try
        {
            message.BufferResponse = false;
            var request = message.Request;
            request.Method = method;
            request.Uri.Reset(address);
            request.Headers.Add("x-ms-version", ServiceVersion);
            if (range is { } r)
            {
                request.Headers.Add("x-ms-range", $"bytes={r.Offset}-{r.Offset + r.Count - 1}");
            }

            if (ifMatch is not null)
            {
                request.Headers.Add("If-Match", ifMatch);
            }

            await _pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
            if (message.Response.Status is 200 or 206)
            {
                return message;
            }

            throw await AzureServiceException.FromAsync(message.Response, address, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            message.Dispose();
            throw;
        }
    }

    private static Stream Body(Response response) => response.ContentStream ?? Stream.Null;

    internal static string? RequestId(Response response) => response.Headers.TryGetValue("x-ms-request-id", out var id) ? id : null;

    private static BlobItem Describe(string name, Response response)
    {
        var headers = response.Headers;
        var length = headers.ContentLengthLong ?? 0;
        string? md5;
        if (response.Status == 206)
        {
            // Content-MD5 of a partial answer is that of the range; the blob's own stands in a header of its own.
            headers.TryGetValue("x-ms-blob-content-md5", out md5);
            if (headers.TryGetValue("Content-Range", out var contentRange)
                && long.TryParse(contentRange.AsSpan(contentRange.IndexOf('/', StringComparison.Ordinal) + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var total))
            {
                length = total;
            }
        }
        else
        {
            headers.TryGetValue("Content-MD5", out md5);
        }

        headers.TryGetValue("Last-Modified", out var modified);
        headers.TryGetValue("ETag", out var etag);
        var isFolder = headers.TryGetValue("x-ms-meta-hdi_isfolder", out var marker) && string.Equals(marker, "true", StringComparison.OrdinalIgnoreCase);
        return new BlobItem(
            name,
            length,
            string.IsNullOrEmpty(etag) ? null : BlobListParser.Quote(etag),
            string.IsNullOrEmpty(md5) ? null : md5,
            BlobListParser.ParseDate(modified),
            isFolder);
    }
}
