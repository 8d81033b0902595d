using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace AmlDataTools.Emulator.Storage;

/// <summary>Shared Key signatures of the blob service (version 2015-02-21 and later).</summary>
internal static class SharedKey
{
    private static readonly string[] Standard =
    [
        "Content-Encoding", "Content-Language", "Content-Length", "Content-MD5", "Content-Type", "Date",
        "If-Modified-Since", "If-Match", "If-None-Match", "If-Unmodified-Since", "Range",
    ];

    /// <summary>The value of the Authorization header.</summary>
    /// <param name="account">Account name.</param>
    /// <param name="key">Account key, base64.</param>
    /// <param name="method">HTTP method.</param>
    /// <param name="rawTarget">Path and query exactly as sent.</param>
    /// <param name="headers">The request's headers.</param>
    public static string Authorization(string account, string key, string method, string rawTarget, IReadOnlyDictionary<string, string> headers)
    {
        var text = new StringBuilder(method.ToUpperInvariant()).Append('\n');
        foreach (var name in Standard)
        {
            var value = headers.GetValueOrDefault(name, string.Empty);
            text.Append(name == "Content-Length" && value == "0" ? string.Empty : value).Append('\n');
        }

        foreach (var (name, value) in headers.Where(h => h.Key.StartsWith("x-ms-", StringComparison.OrdinalIgnoreCase))
            .Select(h => (Name: h.Key.ToLowerInvariant(), h.Value)).OrderBy(h => h.Name, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}:{value.Trim()}\n");
        }

        var query = rawTarget.IndexOf('?', StringComparison.Ordinal);
        text.Append('/').Append(account).Append(query < 0 ? rawTarget : rawTarget[..query]);
        if (query >= 0)
        {
            foreach (var (name, values) in QueryHelpers.ParseQuery(rawTarget[query..])
                .Select(p => (Name: p.Key.ToLowerInvariant(), p.Value)).OrderBy(p => p.Name, StringComparer.Ordinal))
            {
                text.Append(CultureInfo.InvariantCulture, $"\n{name}:{string.Join(',', values.Order(StringComparer.Ordinal))}");
            }
        }

        return $"SharedKey {account}:{Sign(key, text.ToString())}";
    }

    /// <summary>The signature of a text.</summary>
    public static string Sign(string key, string text) =>
        Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(key), Encoding.UTF8.GetBytes(text)));

    /// <summary>Compares two signatures in constant time.</summary>
    public static bool Same(string left, string right) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(left), Encoding.UTF8.GetBytes(right));
}
