using AmlDataTools.Azure.Http.Network;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Rpc;

namespace AmlDataTools.Server.Features.Network;

/// <summary>Hears that the editor's proxy or certificates changed.</summary>
/// <param name="rules">What connections go by.</param>
internal sealed class NetworkFeature(NetworkRules rules) : IFeature, INetworkApi
{
    /// <inheritdoc/>
    public string Capability => "network";

    /// <summary>What the client said, as the connections take it.</summary>
    /// <param name="parameters">What the client said; null for nothing.</param>
    public static NetworkSettings Read(NetworkParams? parameters) => parameters is null ? NetworkSettings.Default : new NetworkSettings
    {
        Proxy = parameters.Proxy,
        ProxyAuthorization = parameters.ProxyAuthorization,
        NoProxy = parameters.NoProxy,
        UseProxies = parameters.UseProxies,
        VerifyProxyCertificate = parameters.VerifyProxyCertificate,
        Roots = parameters.Roots,
    };

    /// <inheritdoc/>
    public void Register(JsonRpc rpc) => rpc.AddLocalNotification("network/changed", ProtocolJsonContext.Default.NetworkParams, ChangedAsync);

    /// <inheritdoc/>
    public Task ChangedAsync(NetworkParams parameters, CancellationToken cancellationToken)
    {
        rules.Use(Read(parameters));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
