using System.Net;
using System.Text;

namespace AmlDataTools.Azure.Http.Network;

/// <summary>A proxy: where it is, and what it is told about who comes. The address holds no secret.</summary>
/// <param name="Address">Its address without name and password; null when what was set is no address of a proxy.</param>
/// <param name="Credential">Name and password; null for none.</param>
/// <param name="Source">Where it was set, for people: <c>http.proxy</c>, <c>HTTPS_PROXY</c>.</param>
internal sealed record ProxyAddress(Uri? Address, NetworkCredential? Credential, string Source)
{
    private static readonly string[] Schemes = ["http", "https", "socks4", "socks4a", "socks5"];

    /// <summary>Host and port, to show.</summary>
    public string Authority => Address?.Authority ?? string.Empty;

    /// <summary>Reads what was set; what cannot be understood has no address.</summary>
    /// <param name="text">An address; without a scheme http is meant.</param>
    /// <param name="source">Where it was set.</param>
    public static ProxyAddress Parse(string text, string source)
    {
        var trimmed = text.Trim();
        var whole = trimmed.Contains("://", StringComparison.Ordinal) ? trimmed : "http://" + trimmed;
        var (scheme, rest) = (whole[..whole.IndexOf("://", StringComparison.Ordinal)].ToLowerInvariant(), whole[(whole.IndexOf("://", StringComparison.Ordinal) + 3)..]);
        scheme = scheme is "socks" or "socks5h" ? "socks5" : scheme;

        // Taken off before the rest is read: a password may hold what an address must not.
        var at = rest.LastIndexOf('@');
        var (user, host) = at < 0 ? (null, rest) : (rest[..at], rest[(at + 1)..]);
        return Schemes.Contains(scheme) && Uri.TryCreate($"{scheme}://{WithPort(scheme, host.TrimEnd('/'))}/", UriKind.Absolute, out var address) && address.Host.Length > 0 && address.AbsolutePath == "/" && address.Port > 0
            ? new(address, user is null ? null : CredentialOf(user), source)
            : new(null, null, source);
    }

    /// <summary>Reads <c>Basic</c> and its credentials; null for any other way, which is not sent.</summary>
    /// <param name="header">The value of the header.</param>
    public static NetworkCredential? FromHeader(string? header)
    {
        if (header?.Trim().Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is not [var way, var encoded] || !way.Equals("Basic", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var bytes = new byte[encoded.Length];
        if (!Convert.TryFromBase64String(encoded, bytes, out var length))
        {
            return null;
        }

        var pair = Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2);
        return pair is [var name, var password] ? new NetworkCredential(name, password) : null;
    }

    private static NetworkCredential CredentialOf(string user)
    {
        var colon = user.IndexOf(':', StringComparison.Ordinal);
        return colon < 0
            ? new NetworkCredential(Uri.UnescapeDataString(user), string.Empty)
            : new NetworkCredential(Uri.UnescapeDataString(user[..colon]), Uri.UnescapeDataString(user[(colon + 1)..]));
    }

    // A SOCKS address has no port of its own in .NET's table of schemes; 1080 is the registered one.
    private static string WithPort(string scheme, string host)
        => scheme.StartsWith("socks", StringComparison.Ordinal) && !host[(host.LastIndexOf(']') + 1)..].Contains(':', StringComparison.Ordinal) ? host + ":1080" : host;
}
