using System.Net.Http.Headers;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Storage;

/// <summary>Put Blob From URL and Put Block From URL, which the engine lacks: the service reads the source itself, none of it passes through the client.</summary>
/// <param name="state">Accounts.</param>
/// <param name="engine">Azurite.</param>
/// <param name="read">Answers a request to an account, for the source.</param>
internal sealed class CopyFront(EmulatorState state, BlobEngine engine, Func<HttpContext, string, Task> read)
{
    /// <summary>Most bytes that one Put Blob From URL copies [documented].</summary>
    public const long MostOfBlob = 5000L << 20;

    /// <summary>Most bytes of one block [documented].</summary>
    public const long MostOfBlock = 4000L << 20;

    private static readonly string[] Conditions = ["If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "x-ms-if-tags", "x-ms-lease-id"];

    private static readonly (string Set, string Source)[] Properties =
    [
        ("x-ms-blob-content-type", "Content-Type"), ("x-ms-blob-content-encoding", "Content-Encoding"), ("x-ms-blob-content-language", "Content-Language"),
        ("x-ms-blob-cache-control", "Cache-Control"), ("x-ms-blob-content-disposition", "Content-Disposition"),
    ];

    private static readonly string[] Answered = ["ETag", "Last-Modified", "x-ms-request-server-encrypted", "x-ms-content-crc64", "Content-MD5"];

    /// <summary>Whether a request is one of the two. A copy of a blob without its type is Copy Blob, one that requires to be synchronous Copy Blob From URL: the engine's.</summary>
    public static bool Wanted(HttpContext http, string blob)
    {
        var request = http.Request;
        return blob.Length > 0 && HttpMethods.IsPut(request.Method) && request.Headers.ContainsKey("x-ms-copy-source")
            && (request.Query["comp"] == "block" || (request.Query["comp"].Count == 0 && request.Headers["x-ms-blob-type"] == "BlockBlob"));
    }

    /// <summary>Copies; the request is checked.</summary>
    /// <exception cref="ServiceException">As the service refuses.</exception>
    public async Task HandleAsync(HttpContext http, StorageAccount account, string container, string blob)
    {
        if (http.Request.ContentLength is > 0)
        {
            throw new ServiceException(400, "InvalidHeaderValue", "The value for one of the HTTP headers is not in the correct format: Content-Length must be 0.");
        }

        var block = http.Request.Query["comp"] == "block";
        await using var source = await CopySource.OpenAsync(http, state, read);
        var most = block ? MostOfBlock : MostOfBlob;
        if (source.Length > most)
        {
            throw new ServiceException(413, "RequestBodyTooLarge", "The request body is too large and exceeds the maximum permissible limit.");
        }

        var target = BlobEngine.Target(container, blob) + (block ? "?comp=block&blockid=" + Uri.EscapeDataString(http.Request.Query["blockid"].ToString()) : string.Empty);
        var content = new StreamContent(source.Body);
        content.Headers.ContentLength = source.Length;
        var expected = http.Request.Headers["x-ms-source-content-md5"].ToString();
        if (expected.Length > 0)
        {
            content.Headers.TryAddWithoutValidation("Content-MD5", expected);
        }

        var headers = Conditions.Where(http.Request.Headers.ContainsKey).Select(c => KeyValuePair.Create(c, http.Request.Headers[c].ToString()));
        if (!block)
        {
            headers = headers.Append(new("x-ms-blob-type", "BlockBlob")).Concat(PropertiesOf(http, source));
            content.Headers.ContentType = MediaTypeHeaderValue.TryParse(source.Header("Content-Type"), out var type) ? type : null;
        }

        using var answer = await engine.CallAsync(account, HttpMethod.Put, target, content, headers, http.RequestAborted);
        Answer(http, answer, expected.Length > 0);
    }

    /// <summary>What the copy's properties are: those given, and unless told otherwise the source's for the others. Metadata only as given.</summary>
    private static IEnumerable<KeyValuePair<string, string>> PropertiesOf(HttpContext http, CopySource source)
    {
        var request = http.Request.Headers;
        var copies = request["x-ms-copy-source-blob-properties"] != "false";
        foreach (var (set, from) in Properties)
        {
            if (request[set].ToString() is { Length: > 0 } given)
            {
                yield return new(set, given);
            }
            else if (copies && source.Header(from) is { Length: > 0 } copied)
            {
                yield return new(set, copied);
            }
        }

        foreach (var (name, value) in request.Where(h => h.Key.StartsWith("x-ms-meta-", StringComparison.OrdinalIgnoreCase) || h.Key.Equals("x-ms-tags", StringComparison.OrdinalIgnoreCase)))
        {
            yield return new(name, value.ToString());
        }
    }

    private static void Answer(HttpContext http, HttpResponseMessage answer, bool hashed)
    {
        if (!answer.IsSuccessStatusCode)
        {
            var code = answer.Headers.TryGetValues("x-ms-error-code", out var codes) ? codes.First() : answer.StatusCode.ToString();
            throw hashed && (int)answer.StatusCode == 400 && code is "InvalidOperation" or "Md5Mismatch"
                ? new ServiceException(400, "Md5Mismatch", "The MD5 value specified in the request did not match with the MD5 value calculated by the server.")
                : new ServiceException((int)answer.StatusCode, code, answer.ReasonPhrase ?? code);
        }

        http.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(h => Answered.Contains(h.Key, StringComparer.OrdinalIgnoreCase)))
        {
            http.Response.Headers[name] = values.ToArray();
        }

        http.Response.Headers["x-ms-request-id"] = Guid.NewGuid().ToString();
        http.Response.Headers["x-ms-version"] = http.Request.Headers["x-ms-version"].ToString();
        http.Response.ContentLength = 0;
    }
}
