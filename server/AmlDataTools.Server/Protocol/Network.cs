namespace AmlDataTools.Server.Protocol;

/// <summary>How the editor reaches the network.</summary>
[RpcContract(RpcSide.Server)]
public interface INetworkApi
{
    /// <summary>The editor's settings changed; they hold from the next connection on. Operations go on.</summary>
    [RpcNotification("network/changed")]
    Task ChangedAsync(NetworkParams parameters, CancellationToken cancellationToken);
}

/// <summary>Proxies and certificates as the editor has them. What it leaves open is taken from the environment and the system. Never logged.</summary>
/// <param name="Proxy">Address of the proxy, with name and password if it wants them; null for what the environment says.</param>
/// <param name="ProxyAuthorization">What the proxy is sent as <c>Proxy-Authorization</c>; null for nothing.</param>
/// <param name="NoProxy">Hosts reached directly; none takes those of the environment.</param>
/// <param name="UseProxies">False: everything is reached directly.</param>
/// <param name="VerifyProxyCertificate">Whether the certificate of a proxy reached by https must be trusted. Those of services always must.</param>
/// <param name="Roots">Authorities in PEM form to trust in place of the system's; null for the system's.</param>
public sealed record NetworkParams(
    string? Proxy,
    string? ProxyAuthorization,
    IReadOnlyList<string> NoProxy,
    bool UseProxies,
    bool VerifyProxyCertificate,
    IReadOnlyList<string>? Roots);
