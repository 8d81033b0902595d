using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using AmlDataTools.Bench.Content;

namespace AmlDataTools.Bench.Protocol;

/// <summary>
/// The deleting part of the Blob service, as documented: Delete Blob, Blob Batch (up to 256 deletions, multipart/mixed), and
/// the recursive Path Delete of hierarchical accounts. Requests are counted by kind.
/// </summary>
public sealed class Deleting(IReadOnlyDictionary<string, BenchContainer> containers)
{
    private const int BatchLimit = 256;

    private readonly ConcurrentDictionary<string, int> counts = new(StringComparer.Ordinal);

    /// <summary>How many requests of each kind were seen since the last <see cref="Reset"/>.</summary>
    public IReadOnlyDictionary<string, int> Counts => counts;

    /// <summary>Counts a request.</summary>
    public void Count(string kind) => counts.AddOrUpdate(kind, 1, static (_, before) => before + 1);

    /// <summary>Brings all blobs back and begins counting anew.</summary>
    public void Reset()
    {
        counts.Clear();
        foreach (var container in containers.Values)
        {
            container.Reset();
        }
    }

    /// <summary>Deletes one blob.</summary>
    /// <returns>The status the service would answer with.</returns>
    public static int Delete(BenchContainer container, string name, string? ifMatch)
    {
        var blob = container.Find(name);
        return blob is null ? 404
            : ifMatch is not null && ifMatch != "*" && ifMatch != blob.ETag ? 412
            : container.Remove(name) ? 202 : 404;
    }

    /// <summary>Deletes a folder of a hierarchical account with all that is in it.</summary>
    public int DeleteFolder(string container, string path) =>
        containers.TryGetValue(container, out var found) && found.RemoveBelow(path.TrimEnd('/') + "/") > 0 ? 200 : 404;

    /// <summary>Answers a batch.</summary>
    /// <param name="context">The request.</param>
    /// <param name="accountIsInPath">Whether sub-requests have the account in front of the container.</param>
    public async Task BatchAsync(HttpContext context, bool accountIsInPath)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var text = await reader.ReadToEndAsync(context.RequestAborted);
        var answer = new StringBuilder(32 << 10);
        const string Boundary = "batchresponse_bench";
        var number = 0;
        foreach (var part in text.Split("\r\nDELETE ").Skip(1))
        {
            if (number == BatchLimit)
            {
                context.Response.StatusCode = 400;
                context.Response.Headers["x-ms-error-code"] = "ExceedsMaxBatchRequestCount";
                return;
            }

            var (container, name) = Split(part[..part.IndexOf(' ', StringComparison.Ordinal)], accountIsInPath);
            var status = containers.TryGetValue(container, out var found) ? Delete(found, name, IfMatch(part)) : 404;
            answer.Append("--").Append(Boundary).Append("\r\nContent-Type: application/http\r\nContent-ID: ").Append(number.ToString(CultureInfo.InvariantCulture))
                .Append("\r\n\r\nHTTP/1.1 ").Append(status.ToString(CultureInfo.InvariantCulture)).Append(status switch { 202 => " Accepted", 412 => " The condition is not met.", _ => " The specified blob does not exist." })
                .Append("\r\nx-ms-request-id: bench-").Append(number.ToString(CultureInfo.InvariantCulture)).Append("\r\nx-ms-version: 2024-11-04\r\n");
            if (status != 202)
            {
                answer.Append("x-ms-error-code: ").Append(status == 412 ? "ConditionNotMet" : "BlobNotFound").Append("\r\n");
            }

            answer.Append("\r\n");
            number++;
        }

        answer.Append("--").Append(Boundary).Append("--\r\n");
        context.Response.StatusCode = 202;
        context.Response.ContentType = "multipart/mixed; boundary=" + Boundary;
        await context.Response.WriteAsync(answer.ToString(), context.RequestAborted);
    }

    private static (string Container, string Name) Split(string address, bool accountIsInPath)
    {
        var path = address.AsSpan().TrimStart('/');
        var query = path.IndexOf('?');
        path = query < 0 ? path : path[..query];
        if (accountIsInPath)
        {
            path = path[(path.IndexOf('/') + 1)..];
        }

        var slash = path.IndexOf('/');
        return slash < 0 ? (string.Empty, string.Empty) : (path[..slash].ToString(), Uri.UnescapeDataString(path[(slash + 1)..].ToString()));
    }

    private static string? IfMatch(string part)
    {
        const string Header = "\r\nIf-Match:";
        var at = part.IndexOf(Header, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return null;
        }

        var start = at + Header.Length;
        return part[start..part.IndexOf("\r\n", start, StringComparison.Ordinal)].Trim();
    }
}
