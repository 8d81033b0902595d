using AmlDataTools.Azure.Identity;
using Azure.Core;

namespace AmlDataTools.Server.Credentials;

/// <summary>Every tenant's tokens from the client, through one store of tokens.</summary>
/// <param name="tokens">The tokens.</param>
/// <param name="ownTenantId">The tenant chosen in the settings, for what names none; null for the account's own.</param>
internal sealed class ClientTenantCredentials(ClientTokens tokens, string? ownTenantId) : ITenantCredentials
{
    /// <inheritdoc/>
    public TokenCredential ForTenant(string? tenantId) => new ClientTokenCredential(tokens, tenantId ?? ownTenantId);
}
