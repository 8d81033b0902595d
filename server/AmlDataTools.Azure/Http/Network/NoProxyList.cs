using System.Net;

namespace AmlDataTools.Azure.Http.Network;

/// <summary>
/// Hosts that are reached without a proxy: names with all that is below them, with a port if one is given, addresses,
/// networks (<c>10.0.0.0/8</c>), <c>*</c> for all. This machine and link-local addresses (the identity endpoint of virtual machines)
/// belong to it unless <c>&lt;-loopback&gt;</c> takes them out, as in Chromium's bypass lists
/// (https://chromium.googlesource.com/chromium/src/+/HEAD/net/docs/proxy.md).
/// </summary>
internal sealed class NoProxyList
{
    private static readonly IPNetwork[] Local = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("::1/128"), IPNetwork.Parse("fe80::/10")];

    private readonly bool _all;
    private readonly bool _withLocal = true;
    private readonly List<IPNetwork> _networks = [];
    private readonly List<(string Name, int? Port)> _names = [];

    /// <summary>Reads a list; entries that mean nothing are left out.</summary>
    /// <param name="entries">The entries, each with commas or blanks if need be.</param>
    public NoProxyList(IEnumerable<string> entries)
    {
        foreach (var entry in entries.SelectMany(text => text.Split([',', ' ', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)))
        {
            if (entry == "*")
            {
                _all = true;
            }
            else if (entry.Equals("<-loopback>", StringComparison.OrdinalIgnoreCase))
            {
                _withLocal = false;
            }
            else if (IPNetwork.TryParse(entry, out var network))
            {
                _networks.Add(network);
            }
            else
            {
                var (name, port) = Split(entry);
                name = name.StartsWith("*.", StringComparison.Ordinal) ? name[1..] : name;
                if (name.Length > 0)
                {
                    _names.Add((name.StartsWith('.') ? name : "." + name, port));
                }
            }
        }
    }

    /// <summary>Whether an address is reached directly.</summary>
    /// <param name="target">An absolute address.</param>
    public bool Covers(Uri target)
    {
        var host = target.IdnHost;
        if (_all || (_withLocal && IsLocal(host)))
        {
            return true;
        }

        var dotted = "." + host;
        return _names.Any(entry => (entry.Port is null || entry.Port == target.Port) && dotted.EndsWith(entry.Name, StringComparison.OrdinalIgnoreCase))
            || (IPAddress.TryParse(host, out var address) && _networks.Any(network => network.Contains(address)));
    }

    private static bool IsLocal(string host)
        => host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host, out var address) && Array.Exists(Local, network => network.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)));

    // "host", "host:port", "[::1]", "[::1]:port", "::1"
    private static (string Name, int? Port) Split(string entry)
    {
        if (entry.StartsWith('['))
        {
            var end = entry.IndexOf(']', StringComparison.Ordinal);
            return end < 0 ? (string.Empty, null) : (entry[1..end], PortOf(entry.AsSpan(end + 1)));
        }

        var colon = entry.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 || entry.LastIndexOf(':') != colon ? (entry, null) : (entry[..colon], PortOf(entry.AsSpan(colon)));
    }

    private static int? PortOf(ReadOnlySpan<char> rest)
        => rest.Length > 1 && rest[0] == ':' && int.TryParse(rest[1..], System.Globalization.NumberStyles.None, null, out var port) ? port : null;
}
