using Azure.Core;

namespace AmlDataTools.Server.Credentials;

/// <summary>A credential whose tokens the client gives: VS Code's Microsoft account.</summary>
/// <param name="tokens">The tokens of this connection, shared by all tenants.</param>
/// <param name="tenantId">The tenant for requests that name none; null for the account's own.</param>
internal sealed class ClientTokenCredential(ClientTokens tokens, string? tenantId) : TokenCredential
{
    /// <inheritdoc/>
    /// <exception cref="Core.Problems.ProblemException"><c>auth.signInRequired</c>, <c>auth.cancelled</c>.</exception>
    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        tokens.GetAsync(requestContext.Scopes, requestContext.TenantId ?? tenantId, requestContext.Claims, cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="Core.Problems.ProblemException"><c>auth.signInRequired</c>, <c>auth.cancelled</c>.</exception>
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>

        // Only a synchronous pipeline comes here, and this product has none; it runs elsewhere so that it cannot wait for itself.
        Task.Run(() => GetTokenAsync(requestContext, cancellationToken).AsTask(), cancellationToken).GetAwaiter().GetResult();
}
