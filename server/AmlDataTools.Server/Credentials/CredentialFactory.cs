using AmlDataTools.Azure.Cloud;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.Identity;
using AmlDataTools.Server.Protocol;

namespace AmlDataTools.Server.Credentials;

/// <summary>Makes the way to sign in that the client chose.</summary>
internal static class CredentialFactory
{
    /// <summary>Makes it; nobody is asked for anything yet.</summary>
    /// <param name="settings">What the client chose.</param>
    /// <param name="cloud">Names the authority for Azure.Identity.</param>
    /// <param name="transport">Connections through the proxy that is set, with the certificates that are trusted.</param>
    /// <param name="client">Shows device codes.</param>
    /// <param name="tokens">Tokens of the client, for <see cref="CredentialKind.VsCode"/>.</param>
    public static ITenantCredentials Create(
        CredentialSettings settings, CloudDescription cloud, AzureTransport transport, ICredentialClient client, Lazy<ClientTokens> tokens) =>
        settings.Kind == CredentialKind.VsCode
            ? new ClientTenantCredentials(tokens.Value, settings.TenantId)
            : new IdentityCredentials(
                cloud,
                new IdentityOptions(ToIdentity(settings.Kind), settings.TenantId, settings.ClientId, (prompt, cancellationToken) => client.ShowDeviceCodeAsync(
                    new DeviceCodeParams(prompt.Message, prompt.UserCode, prompt.VerificationUri.AbsoluteUri), cancellationToken)),
                transport);

    private static IdentityKind ToIdentity(CredentialKind kind) => kind switch
    {
        CredentialKind.AzureCli => IdentityKind.AzureCli,
        CredentialKind.Default => IdentityKind.Default,
        CredentialKind.InteractiveBrowser => IdentityKind.InteractiveBrowser,
        CredentialKind.DeviceCode => IdentityKind.DeviceCode,
        CredentialKind.Environment => IdentityKind.Environment,
        CredentialKind.ManagedIdentity => IdentityKind.ManagedIdentity,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
