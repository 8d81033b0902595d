namespace AmlDataTools.Server.Protocol;

/// <summary>What the sidecar asks of the client to sign in.</summary>
[RpcContract(RpcSide.Client)]
public interface ICredentialClient
{
    /// <summary>A token for the scopes. An error with code <c>auth.signInRequired</c> or <c>auth.cancelled</c> says there is none.</summary>
    [RpcRequest("credential/token")]
    Task<TokenResult> GetTokenAsync(TokenParams parameters, CancellationToken cancellationToken);

    /// <summary>Show the person where to type which code.</summary>
    [RpcNotification("credential/deviceCode")]
    Task ShowDeviceCodeAsync(DeviceCodeParams parameters, CancellationToken cancellationToken);
}

/// <summary>What the client tells of signing in.</summary>
[RpcContract(RpcSide.Server)]
public interface ICredentialApi
{
    /// <summary>Accounts or sessions changed: cached tokens are dropped.</summary>
    [RpcNotification("credential/changed")]
    Task ChangedAsync(Empty parameters, CancellationToken cancellationToken);
}

/// <summary>A token wanted.</summary>
/// <param name="Scopes">Scopes such as <c>https://management.azure.com/.default</c>.</param>
/// <param name="TenantId">The tenant that must issue it; null for the account's own.</param>
/// <param name="Claims">A step-up claims challenge to satisfy, as JSON text; null for none.</param>
public sealed record TokenParams(IReadOnlyList<string> Scopes, string? TenantId, string? Claims);

/// <summary>A token given. It is kept in memory only and never written anywhere.</summary>
/// <param name="Token">The bearer token.</param>
/// <param name="ExpiresOn">Unix time in milliseconds; null when the client does not know, then the token's own claim counts.</param>
/// <param name="AccountLabel">Who it is for, to show to the person.</param>
public sealed record TokenResult(string Token, long? ExpiresOn, string? AccountLabel);

/// <summary>A device code to show.</summary>
/// <param name="Message">The whole message of the identity service.</param>
/// <param name="UserCode">The code to type.</param>
/// <param name="VerificationUri">Where to type it.</param>
public sealed record DeviceCodeParams(string Message, string UserCode, string VerificationUri);
