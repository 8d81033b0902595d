using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Rpc;

namespace AmlDataTools.Server.Features.Credentials;

/// <summary>Hears that the account or its sessions changed, and drops the tokens.</summary>
/// <param name="context">Holds the tokens.</param>
internal sealed class CredentialFeature(FeatureContext context) : IFeature, ICredentialApi
{
    /// <inheritdoc/>
    public string Capability => "credential";

    /// <inheritdoc/>
    public void Register(JsonRpc rpc) => rpc.AddLocalNotification("credential/changed", ProtocolJsonContext.Default.Empty, ChangedAsync);

    /// <inheritdoc/>
    public Task ChangedAsync(Empty parameters, CancellationToken cancellationToken)
    {
        if (context.ClientTokens.IsValueCreated)
        {
            context.ClientTokens.Value.Forget();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
