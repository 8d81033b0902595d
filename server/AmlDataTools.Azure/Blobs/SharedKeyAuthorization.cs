using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure.Core;

namespace AmlDataTools.Azure.Blobs;

/// <summary>
/// Signs with the account key, after Microsoft's "Authorize with Shared Key" (version 2015-02-21 and later: an empty body
/// counts as no content length).
/// </summary>
internal sealed class SharedKeyAuthorization : BlobAuthorization
{
    private static readonly string[] SignedHeaders =
    [
        "Content-Encoding", "Content-Language", "Content-Length", "Content-MD5", "Content-Type", "Date",
        "If-Modified-Since", "If-Match", "If-None-Match", "If-Unmodified-Since", "Range",
    ];

    private const string SignatureVersion = "2021-12-02";
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan SourceLifetime = TimeSpan.FromHours(1);

    private readonly string _account;
    private readonly byte[] _key;

    internal SharedKeyAuthorization(string account, string key)
    {
        _account = account;
        _key = Convert.FromBase64String(key);
    }

    internal override ValueTask AuthorizeAsync(Request request, CancellationToken cancellationToken)
    {
        request.Headers.SetValue("x-ms-date", DateTimeOffset.UtcNow.ToString("r", CultureInfo.InvariantCulture));
        var signature = Convert.ToBase64String(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(StringToSign(request))));
        request.Headers.SetValue("Authorization", $"SharedKey {_account}:{signature}");
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// A signature for reading just this blob, good for long enough to copy it: the account's key opens no source that storage reads by itself.
    /// Text to sign after Microsoft's "Create a service SAS" (version 2020-12-06 and later).
    /// </summary>
    internal override ValueTask<CopySource> SourceAsync(string container, string name, CancellationToken cancellationToken)
    {
        var now = DateTimeOffset.UtcNow;
        var (start, end) = (Time(now - ClockSkew), Time(now + SourceLifetime));
        var resource = $"/blob/{_account}{Uri.UnescapeDataString(new Uri(container).AbsolutePath)}/{name}";
        var text = string.Join('\n', "r", start, end, resource, string.Empty, string.Empty, "https", SignatureVersion, "b", string.Empty, string.Empty, string.Empty, string.Empty, string.Empty, string.Empty, string.Empty);
        var signature = Convert.ToBase64String(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text)));
        var query = $"sv={SignatureVersion}&sr=b&sp=r&st={Uri.EscapeDataString(start)}&se={Uri.EscapeDataString(end)}&spr=https&sig={Uri.EscapeDataString(signature)}";
        return ValueTask.FromResult(new CopySource(BlobAddress.Blob(container, name, query), null));
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private string StringToSign(Request request)
    {
        var text = new StringBuilder(request.Method.Method).Append('\n');
        foreach (var name in SignedHeaders)
        {
            var value = name == "Content-Length" ? LengthOf(request) : request.Headers.TryGetValue(name, out var given) ? given : null;
            text.Append(value).Append('\n');
        }

        foreach (var header in request.Headers
            .Where(h => h.Name.StartsWith("x-ms-", StringComparison.OrdinalIgnoreCase))
            .Select(h => (Name: h.Name.ToLowerInvariant(), h.Value))
            .OrderBy(h => h.Name, StringComparer.Ordinal))
        {
            text.Append(header.Name).Append(':').Append(header.Value.Trim()).Append('\n');
        }

        var uri = request.Uri.ToUri();
        text.Append('/').Append(_account).Append(uri.AbsolutePath);
        foreach (var (name, value) in QueryOf(uri).OrderBy(p => p.Name, StringComparer.Ordinal))
        {
            text.Append('\n').Append(name).Append(':').Append(value);
        }

        return text.ToString();
    }

    // The transport sets the header later on; an empty body counts as none.
    private static string? LengthOf(Request request)
        => request.Content is { } content && content.TryComputeLength(out var length) && length > 0 ? length.ToString(CultureInfo.InvariantCulture) : null;

    private static IEnumerable<(string Name, string Value)> QueryOf(Uri uri) =>
        uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair =>
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            return at < 0
                ? (Uri.UnescapeDataString(pair).ToLowerInvariant(), string.Empty)
                : (Uri.UnescapeDataString(pair[..at]).ToLowerInvariant(), Uri.UnescapeDataString(pair[(at + 1)..]));
        });
}
