using System.Net;

namespace AmlDataTools.Azure.Http.Network;

/// <summary>
/// Which proxy leads where: the editor's setting, then the environment's variables, then the system's (Windows, macOS). The one place
/// for it; connections ask it each time, so that a change holds from the next connection on. For any number of threads.
/// </summary>
public sealed class NetworkRules : IWebProxy
{
    private readonly Func<string, string?> _environment;
    private volatile State _state;

    /// <summary>Makes the rules.</summary>
    /// <param name="settings">What the editor says.</param>
    /// <param name="environment">Gives a variable of the environment; null takes this process's.</param>
    public NetworkRules(NetworkSettings settings, Func<string, string?>? environment = null)
    {
        _environment = environment ?? Environment.GetEnvironmentVariable;
        _state = Read(settings);
    }

    /// <inheritdoc/>
    /// <remarks>Asked for once by a connection pool, so it looks up the present ones when it is used.</remarks>
    public ICredentials? Credentials
    {
        get => new CurrentCredentials(this);
        set => throw new NotSupportedException("The settings say who comes.");
    }

    /// <summary>The settings in force.</summary>
    internal NetworkSettings Settings => _state.Settings;

    /// <summary>Where a proxy was set that is none; null when all is well.</summary>
    internal string? Unreadable => new[] { _state.Secure, _state.Plain }.FirstOrDefault(proxy => proxy is { Address: null })?.Source;

    /// <summary>Whether an address is reached without any proxy because the settings say so.</summary>
    /// <param name="target">The address.</param>
    internal bool IsDirect(Uri target) => _state is var state && (!state.Settings.UseProxies || state.Direct.Covers(target));

    /// <summary>Whether a host is that of the proxy, where that is itself reached by https.</summary>
    /// <param name="host">The host.</param>
    internal bool IsSecureProxy(string host) => _state.Secure?.Address is { Scheme: "https" } address && address.IdnHost.Equals(host, StringComparison.OrdinalIgnoreCase);

    /// <summary>Takes other settings.</summary>
    /// <param name="settings">The settings.</param>
    public void Use(NetworkSettings settings) => _state = Read(settings);

    /// <inheritdoc/>
    public Uri? GetProxy(Uri destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var state = _state;
        return !state.Settings.UseProxies || state.Direct.Covers(destination) ? null : ProxyFor(state, destination) is { } proxy ? proxy.Address : SystemProxyFor(destination);
    }

    /// <inheritdoc/>
    public bool IsBypassed(Uri host) => GetProxy(host) is null;

    private static ProxyAddress? ProxyFor(State state, Uri destination) => destination.Scheme == Uri.UriSchemeHttps ? state.Secure : state.Plain;

    // Elsewhere the system's proxy is what the environment says, and that was read.
    private static Uri? SystemProxyFor(Uri destination)
        => (OperatingSystem.IsWindows() || OperatingSystem.IsMacOS()) && !HttpClient.DefaultProxy.IsBypassed(destination) ? HttpClient.DefaultProxy.GetProxy(destination) : null;

    private State Read(NetworkSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var direct = new NoProxyList(settings.NoProxy.Count > 0 ? settings.NoProxy : [Variable("NO_PROXY")?.Value ?? string.Empty]);
        var set = string.IsNullOrWhiteSpace(settings.Proxy) ? null : ProxyAddress.Parse(settings.Proxy, "http.proxy");
        return new State(
            settings,
            settings.UseProxies ? set ?? FromEnvironment("HTTPS_PROXY", "ALL_PROXY", "HTTP_PROXY") : null,
            settings.UseProxies ? set ?? FromEnvironment("HTTP_PROXY", "ALL_PROXY") : null,
            direct,
            ProxyAddress.FromHeader(settings.ProxyAuthorization));
    }

    // For https the variable for http counts at last, as it does in VS Code.
    private ProxyAddress? FromEnvironment(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Variable(name) is { } found)
            {
                return ProxyAddress.Parse(found.Value, found.Name);
            }
        }

        return null;
    }

    private (string Name, string Value)? Variable(string name)
    {
        foreach (var spelling in (ReadOnlySpan<string>)[name.ToLowerInvariant(), name])
        {
            if (_environment(spelling) is { } value && !string.IsNullOrWhiteSpace(value))
            {
                return (spelling, value);
            }
        }

        return null;
    }

    private sealed record State(NetworkSettings Settings, ProxyAddress? Secure, ProxyAddress? Plain, NoProxyList Direct, NetworkCredential? Header);

    private sealed class CurrentCredentials(NetworkRules rules) : ICredentials
    {
        // NTLM and Negotiate with a name and password need the system's libraries, which are a matter of course on Windows only.
        public NetworkCredential? GetCredential(Uri uri, string authType)
        {
            var state = rules._state;
            var isPlain = authType.Equals("Basic", StringComparison.OrdinalIgnoreCase);
            var own = new[] { state.Secure, state.Plain }.FirstOrDefault(proxy => proxy?.Address is { } address && address.Authority == uri.Authority)?.Credential;
            return own is not null ? (isPlain || authType.Equals("Digest", StringComparison.OrdinalIgnoreCase) || OperatingSystem.IsWindows() ? own : null)
                : isPlain ? state.Header
                : null;
        }
    }
}
