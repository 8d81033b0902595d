using Azure.Core;

namespace AmlDataTools.Azure.Identity;

/// <summary>Gives the credential with which a tenant's resources are opened.</summary>
public interface ITenantCredentials
{
    /// <summary>The credential for a tenant; it may be asked for tokens from several threads.</summary>
    /// <param name="tenantId">The tenant; null for the account's own.</param>
    TokenCredential ForTenant(string? tenantId);
}
