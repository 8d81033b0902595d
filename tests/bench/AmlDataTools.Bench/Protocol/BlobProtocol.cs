using System.Globalization;
using System.IO.Pipelines;
using AmlDataTools.Bench.Content;
using Microsoft.Extensions.Primitives;

namespace AmlDataTools.Bench.Protocol;

/// <summary>
/// The Blob service as far as benchmarks need it: List Containers, List Blobs, Get Blob, Get Blob Properties, Get Container
/// Properties, and the deletions of <see cref="Deleting"/>. Any signature is taken. Addresses are <c>https://account.blob.localhost/container/blob</c> or, for a
/// plain address, <c>https://127.0.0.1/account/container/blob</c>.
/// </summary>
public sealed class BlobProtocol(IReadOnlyDictionary<string, BenchContainer> containers, Deleting deleting)
{
    private const long RangeHashLimit = 4 * 1024 * 1024;
    private const int WriteBytes = 256 * 1024;
    private static readonly StringValues LastModified = "Thu, 01 Jan 2026 00:00:00 GMT";
    private static readonly StringValues Version = "2024-11-04";
    private static readonly StringValues Bytes = "bytes";
    private static readonly StringValues BlockBlob = "BlockBlob";
    private static readonly StringValues OctetStream = "application/octet-stream";

    private static readonly ReadOnlyMemory<byte> KeepsNothing = System.Text.Encoding.UTF8.GetBytes(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><StorageServiceProperties><DeleteRetentionPolicy><Enabled>false</Enabled></DeleteRetentionPolicy></StorageServiceProperties>");

    private readonly Listing listing = new(containers);
    private long requests;

    /// <summary>Answers one request.</summary>
    public Task HandleAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers["x-ms-version"] = Version;
        headers["x-ms-request-id"] = Interlocked.Increment(ref requests).ToString("x32", CultureInfo.InvariantCulture);

        var request = context.Request;
        var (containerName, blobName) = Split(request);
        if (HttpMethods.IsPost(request.Method) && request.Query["comp"] == "batch")
        {
            deleting.Count("batch");
            return deleting.BatchAsync(context, IsPathStyle(request));
        }

        if (HttpMethods.IsDelete(request.Method) && request.Host.Host.Contains(".dfs.", StringComparison.Ordinal))
        {
            deleting.Count("deleteFolder");
            context.Response.StatusCode = deleting.DeleteFolder(containerName, blobName);
            return Task.CompletedTask;
        }

        if (HttpMethods.IsDelete(request.Method) && blobName.Length > 0)
        {
            deleting.Count("delete");
            var status = containers.TryGetValue(containerName, out var from) ? Deleting.Delete(from, blobName, request.Headers.IfMatch.FirstOrDefault()) : 404;
            context.Response.StatusCode = status;
            return status == 202 ? Task.CompletedTask : ErrorAsync(context, status, status == 412 ? "ConditionNotMet" : "BlobNotFound", "The blob was not deleted.");
        }

        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            return ErrorAsync(context, 405, "UnsupportedHttpVerb", "The benchmark server reads and deletes.");
        }

        deleting.Count(request.Query["comp"] == "list" ? "list" : blobName.Length > 0 ? "read" : "other");
        if (containerName.Length == 0 || request.Query["restype"] == "account")
        {
            // Whoever has a SAS of a container asks there what the account is.
            return AccountAsync(context);
        }

        if (!containers.TryGetValue(containerName, out var container))
        {
            return ErrorAsync(context, 404, "ContainerNotFound", "The specified container does not exist.");
        }

        if (blobName.Length == 0)
        {
            return request.Query["comp"] == "list"
                ? ListAsync(context, container)
                : ContainerPropertiesAsync(context);
        }

        var blob = container.Find(blobName);
        return blob is null
            ? ErrorAsync(context, 404, "BlobNotFound", "The specified blob does not exist.")
            : BlobAsync(context, blob);
    }

    private static (string Container, string Blob) Split(HttpRequest request)
    {
        var path = request.Path.Value.AsSpan().TrimStart('/');
        if (IsPathStyle(request))
        {
            var account = path.IndexOf('/');
            path = account < 0 ? [] : path[(account + 1)..];
        }

        var slash = path.IndexOf('/');
        return slash < 0 ? (path.ToString(), string.Empty) : (path[..slash].ToString(), path[(slash + 1)..].ToString());
    }

    private static bool IsPathStyle(HttpRequest request) => System.Net.IPAddress.TryParse(request.Host.Host, out _) || request.Host.Host == "localhost";

    private Task AccountAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (query["restype"] == "account")
        {
            context.Response.Headers["x-ms-sku-name"] = "Standard_LRS";
            context.Response.Headers["x-ms-account-kind"] = "StorageV2";
            context.Response.Headers["x-ms-is-hns-enabled"] = context.Request.Host.Host.StartsWith(BenchData.HierarchicalAccount, StringComparison.Ordinal) ? "true" : "false";
            return Task.CompletedTask;
        }

        if (query["restype"] == "service" && query["comp"] == "properties")
        {
            return XmlAsync(context, KeepsNothing);
        }

        return query["comp"] == "list"
            ? XmlAsync(context, listing.Containers())
            : ErrorAsync(context, 400, "InvalidQueryParameterValue", "Only comp=list, restype=account and restype=service are served here.");
    }

    private static Task ContainerPropertiesAsync(HttpContext context)
    {
        context.Response.Headers.ETag = "\"0x8DD0000000FFFFF\"";
        context.Response.Headers.LastModified = LastModified;
        context.Response.Headers["x-ms-lease-status"] = "unlocked";
        context.Response.Headers["x-ms-lease-state"] = "available";
        return Task.CompletedTask;
    }

    private async Task ListAsync(HttpContext context, BenchContainer container)
    {
        var query = context.Request.Query;
        var max = Listing.MaxPage;
        if (query.TryGetValue("maxresults", out var text)
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out max) || max < 1))
        {
            await ErrorAsync(context, 400, "OutOfRangeQueryParameterValue", "maxresults must be a positive number.");
            return;
        }

        var page = new ListRequest(container.Name, query["prefix"].ToString(), query["delimiter"].ToString(), query["marker"].ToString(), Math.Min(max, Listing.MaxPage));
        var body = await listing.BlobsAsync(page);
        await (body is null
            ? ErrorAsync(context, 400, "InvalidQueryParameterValue", "The marker is not one of this server's.")
            : XmlAsync(context, body.Value));
    }

    private static async Task BlobAsync(HttpContext context, BenchBlob blob)
    {
        var request = context.Request;
        var headers = context.Response.Headers;
        headers.ETag = blob.ETag;
        headers.LastModified = LastModified;
        headers.AcceptRanges = Bytes;

        var ifMatch = request.Headers.IfMatch;
        if (ifMatch.Count > 0 && ifMatch[0] is { } wanted && wanted != "*" && wanted != blob.ETag)
        {
            await ErrorAsync(context, 412, "ConditionNotMet", "The condition specified using HTTP conditional header(s) is not met.");
            return;
        }

        var rangeHeader = request.Headers.TryGetValue("x-ms-range", out var own) ? own : request.Headers.Range;
        if (!ByteRange.TryRead(rangeHeader.ToString(), blob.Length, out var range))
        {
            headers.ContentRange = "bytes */" + blob.Length.ToString(CultureInfo.InvariantCulture);
            await ErrorAsync(context, 416, "InvalidRange", "The range specified is invalid for the current size of the resource.");
            return;
        }

        var whole = range.Count == blob.Length && rangeHeader.Count == 0;
        var md5 = await blob.Md5Async();
        if (whole)
        {
            headers.ContentMD5 = md5;
        }
        else
        {
            context.Response.StatusCode = 206;
            headers.ContentRange = range.ContentRange(blob.Length);
            headers["x-ms-blob-content-md5"] = md5;
            if (range.Count <= RangeHashLimit && request.Headers["x-ms-range-get-content-md5"] == "true")
            {
                headers.ContentMD5 = blob.HashRange(range.Offset, range.Count);
            }
        }

        headers.ContentType = OctetStream;
        headers["x-ms-blob-type"] = BlockBlob;
        headers["x-ms-server-encrypted"] = "true";
        headers["x-ms-creation-time"] = LastModified;
        headers["x-ms-lease-status"] = "unlocked";
        headers["x-ms-lease-state"] = "available";
        headers.ContentLength = range.Count;
        if (!HttpMethods.IsHead(request.Method))
        {
            await SendAsync(context.Response.BodyWriter, blob, range, context.RequestAborted);
        }
    }

    private static async ValueTask SendAsync(PipeWriter writer, BenchBlob blob, ByteRange range, CancellationToken cancellationToken)
    {
        var (offset, left) = (range.Offset, range.Count);
        while (left > 0)
        {
            var slice = blob.Slice(offset, Math.Min(left, WriteBytes));
            var flushed = await writer.WriteAsync(slice, cancellationToken);
            if (flushed.IsCompleted)
            {
                return;
            }

            offset += slice.Length;
            left -= slice.Length;
        }
    }

    private static async Task XmlAsync(HttpContext context, ReadOnlyMemory<byte> body)
    {
        context.Response.ContentType = "application/xml";
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.BodyWriter.WriteAsync(body, context.RequestAborted);
        }
    }

    private static Task ErrorAsync(HttpContext context, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        context.Response.Headers["x-ms-error-code"] = code;
        var body = $"<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code><Message>{message}</Message></Error>";
        return XmlAsync(context, System.Text.Encoding.UTF8.GetBytes(body));
    }
}
