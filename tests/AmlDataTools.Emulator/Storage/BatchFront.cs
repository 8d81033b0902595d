using System.Globalization;
using System.Text;
using AmlDataTools.Emulator.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace AmlDataTools.Emulator.Storage;

/// <summary>Blob Batch, of a service or a container: each part is a request of its own, with its own access, conditions, faults and line in the log.</summary>
/// <param name="part">Answers a part as if it had come alone.</param>
internal sealed class BatchFront(Func<HttpContext, Task> part)
{
    private const int MostParts = 256;
    private const long MostBytes = 4 * 1024 * 1024;

    /// <summary>Marks the parts of a batch in <see cref="HttpContext.Items"/>.</summary>
    public const string Mark = "batch";

    /// <summary>Answers a batch.</summary>
    /// <param name="http">The request, its access checked.</param>
    /// <param name="container">The container all parts must name; empty for a batch of the service.</param>
    /// <exception cref="ServiceException">400 or 413: the batch as a whole is refused.</exception>
    public async Task HandleAsync(HttpContext http, string container)
    {
        var boundary = http.Request.ContentType is { } type && type.StartsWith("multipart/mixed", StringComparison.OrdinalIgnoreCase) && type.IndexOf("boundary=", StringComparison.OrdinalIgnoreCase) is > 0 and var at
            ? type[(at + 9)..].Split(';')[0].Trim('"', ' ')
            : throw new ServiceException(400, "InvalidHeaderValue", "The value for one of the HTTP headers is not in the correct format: Content-Type.");
        if (http.Request.ContentLength > MostBytes)
        {
            throw new ServiceException(413, "RequestBodyTooLarge", "The request body is too large and exceeds the maximum permissible limit.");
        }

        var parts = new List<(string Id, string Text)>();
        var reader = new MultipartReader(boundary, http.Request.Body);
        try
        {
            while (await reader.ReadNextSectionAsync(http.RequestAborted) is { } section)
            {
                using var text = new StreamReader(section.Body, Encoding.UTF8);
                parts.Add((section.Headers?.TryGetValue("Content-ID", out var id) == true ? id.ToString() : parts.Count.ToString(CultureInfo.InvariantCulture), await text.ReadToEndAsync(http.RequestAborted)));
            }
        }
        catch (IOException e)
        {
            throw new ServiceException(400, "InvalidInput", "One of the request inputs is not valid. " + e.Message);
        }

        if (parts.Count is 0 or > MostParts)
        {
            throw parts.Count == 0
                ? new ServiceException(400, "InvalidInput", "One of the request inputs is not valid.")
                : new ServiceException(400, "ExceedsMaxBatchRequestCount", "The batch operation exceeds maximum number of allowed subrequests.");
        }

        var answer = new StringBuilder();
        var line = "batchresponse_" + Guid.NewGuid();
        foreach (var (id, text) in parts)
        {
            answer.Append(CultureInfo.InvariantCulture, $"--{line}\r\nContent-Type: application/http\r\nContent-ID: {id}\r\n\r\n");
            answer.Append(await PartAsync(http, container, text)).Append("\r\n");
        }

        var bytes = Encoding.UTF8.GetBytes(answer.Append(CultureInfo.InvariantCulture, $"--{line}--\r\n").ToString());
        http.Response.StatusCode = 202;
        http.Response.ContentType = "multipart/mixed; boundary=" + line;
        http.Response.ContentLength = bytes.Length;
        http.Response.Headers["x-ms-request-id"] = Guid.NewGuid().ToString();
        http.Response.Headers["x-ms-version"] = http.Request.Headers["x-ms-version"].ToString();
        await http.Response.Body.WriteAsync(bytes, http.RequestAborted);
    }

    private async Task<string> PartAsync(HttpContext http, string container, string text)
    {
        var lines = text.Split("\r\n");
        var start = lines[0].Split(' ');
        var inner = new DefaultHttpContext { RequestAborted = http.RequestAborted };
        using var body = new MemoryStream();
        inner.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));
        if (start.Length < 2 || start[0] is not ("DELETE" or "PUT") || !start[1].StartsWith('/'))
        {
            await StorageError.WriteAsync(inner, new ServiceException(400, "InvalidInput", "One of the request inputs is not valid."));
            return Text(inner, body);
        }

        inner.Items[Mark] = true;
        inner.Request.Method = start[0];
        inner.Request.Scheme = http.Request.Scheme;
        inner.Request.Host = http.Request.Host;
        var query = start[1].IndexOf('?', StringComparison.Ordinal);
        inner.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = start[1];
        inner.Request.Path = Uri.UnescapeDataString(query < 0 ? start[1] : start[1][..query]);
        inner.Request.QueryString = new QueryString(query < 0 ? string.Empty : start[1][query..]);
        foreach (var header in lines.Skip(1).TakeWhile(l => l.Length > 0).Select(l => l.Split(':', 2)).Where(h => h.Length == 2))
        {
            inner.Request.Headers[header[0].Trim()] = header[1].Trim();
        }

        var operation = inner.Request.Query["comp"].ToString();
        if ((start[0] == "DELETE" ? operation.Length > 0 : operation != "tier") || inner.Request.Query.ContainsKey("restype"))
        {
            await StorageError.WriteAsync(inner, new ServiceException(400, "InvalidInput", "Only Delete Blob and Set Blob Tier may be part of a batch."));
        }
        else if (container.Length > 0 && StorageFront.Split(start[1]).Container != container)
        {
            await StorageError.WriteAsync(inner, new ServiceException(400, "InvalidInput", "All parts must name blobs of the batch's container."));
        }
        else
        {
            await part(inner);
        }

        return Text(inner, body);
    }

    private static string Text(HttpContext inner, MemoryStream body)
    {
        var text = new StringBuilder($"HTTP/1.1 {inner.Response.StatusCode} {ReasonPhrases.GetReasonPhrase(inner.Response.StatusCode)}\r\n");
        foreach (var (name, values) in inner.Response.Headers)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}: {values}\r\n");
        }

        return text.Append("\r\n").Append(Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)body.Length)).ToString();
    }
}
