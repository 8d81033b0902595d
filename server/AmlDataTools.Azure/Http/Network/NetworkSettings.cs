namespace AmlDataTools.Azure.Http.Network;

/// <summary>How the editor reaches the network; what it leaves open is taken from the environment and the system.</summary>
public sealed record NetworkSettings
{
    /// <summary>Nothing set: environment variables, then the system's proxy; the system's certificates.</summary>
    public static NetworkSettings Default { get; } = new();

    /// <summary>Address of the proxy, with name and password if it wants them; null or empty for what the environment says.</summary>
    public string? Proxy { get; init; }

    /// <summary>What is sent as <c>Proxy-Authorization</c>: <c>Basic</c> and its credentials; null for none.</summary>
    public string? ProxyAuthorization { get; init; }

    /// <summary>Hosts reached directly; an empty list takes those of the environment.</summary>
    public IReadOnlyList<string> NoProxy { get; init; } = [];

    /// <summary>Whether proxies are used at all.</summary>
    public bool UseProxies { get; init; } = true;

    /// <summary>Whether the certificate of a proxy that is itself reached by https must be trusted. Those of services always must.</summary>
    public bool VerifyProxyCertificate { get; init; } = true;

    /// <summary>Authorities in PEM form to trust in place of the system's; null for the system's.</summary>
    public IReadOnlyList<string>? Roots { get; init; }
}
