using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Rpc;

namespace AmlDataTools.Server.Credentials;

/// <summary>Asks the client to sign in, over the connection.</summary>
/// <param name="rpc">The connection.</param>
internal sealed class CredentialClient(JsonRpc rpc) : ICredentialClient
{
    /// <inheritdoc/>
    public Task<TokenResult> GetTokenAsync(TokenParams parameters, CancellationToken cancellationToken) => rpc.InvokeAsync(
        "credential/token", parameters, ProtocolJsonContext.Default.TokenParams, ProtocolJsonContext.Default.TokenResult, cancellationToken);

    /// <inheritdoc/>
    public Task ShowDeviceCodeAsync(DeviceCodeParams parameters, CancellationToken cancellationToken) => rpc.NotifyAsync(
        "credential/deviceCode", parameters, ProtocolJsonContext.Default.DeviceCodeParams, null, cancellationToken).AsTask();
}
