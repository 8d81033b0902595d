using AmlDataTools.Azure;
using AmlDataTools.Azure.Cloud;
using AmlDataTools.Azure.Identity;
using AmlDataTools.Core;
using AmlDataTools.Core.Problems;
using AmlDataTools.Server.Credentials;
using AmlDataTools.Server.Protocol;
using Azure.Core;

namespace AmlDataTools.Server.Features;

/// <summary>Puts the product together from what the client said. Used when the first feature needs Azure, not before.</summary>
internal static class WorkbenchFactory
{
    /// <summary>Puts it together.</summary>
    /// <exception cref="ProblemException"><c>settings.*</c>: something the client said cannot be used.</exception>
    public static Workbench Create(FeatureContext context)
    {
        var settings = context.Settings;
        var cloud = CloudOf(settings.Cloud);
        var connection = new AzureConnection(cloud, CredentialsOf(context, cloud), context.Logs);
        var workbench = new Workbench(connection, settings.StorageFolder, context.Logs);
        if (settings.Credential.Kind == CredentialKind.VsCode)
        {
            context.ClientTokens.Value.Changed += workbench.Forget;
        }

        return workbench;
    }

    private static CloudDescription CloudOf(CloudSettings settings) => settings switch
    {
        { Name: CloudName.Public } => CloudDescription.Public,
        { Name: CloudName.China } => CloudDescription.China,
        { Name: CloudName.UsGovernment } => CloudDescription.UsGovernment,
        { Custom: { } custom } => CloudOf(custom),
        _ => throw Setting("cloudIncomplete", "The custom cloud is chosen and not described. Fill in its settings."),
    };

    private static CloudDescription CloudOf(CustomCloud custom)
    {
        var resourceManager = Address("the Resource Manager endpoint", custom.ResourceManager);
        var audience = custom.ResourceManagerAudience ?? resourceManager.AbsoluteUri;
        if (custom.StorageSuffix.Length == 0 || custom.StorageSuffix.Contains('/', StringComparison.Ordinal))
        {
            throw Setting("cloudIncomplete", "The storage suffix of the custom cloud must be a host name such as core.windows.net.");
        }

        if (custom.CaCertificatePath is { } certificate && !File.Exists(certificate))
        {
            throw Setting("certificateMissing", $"The certificate file of the custom cloud is not there: {certificate}.");
        }

        return new CloudDescription
        {
            Name = "custom",
            ResourceManager = resourceManager,
            AuthorityHost = custom.AuthorityHost is { } authority ? Address("the authority host", authority) : null,
            ResourceManagerAudience = audience,
            DataPlaneAudiences = custom.DataPlaneAudience is { } dataPlane && dataPlane != audience ? [dataPlane, audience] : [audience],
            StorageAudience = custom.StorageAudience ?? "https://storage.azure.com",
            StorageSuffix = custom.StorageSuffix,
            DataPlaneSuffixes = custom.DataPlaneSuffixes,
            CaCertificatePath = custom.CaCertificatePath,
            PortalUrl = custom.PortalUrl is { } portal ? Address("the portal", portal) : null,
        };
    }

    private static ITenantCredentials CredentialsOf(FeatureContext context, CloudDescription cloud)
    {
        var settings = context.Settings.Credential;
        return settings.Kind switch
        {
            CredentialKind.VsCode => new ClientCredentials(context.ClientTokens.Value, settings.TenantId),
            CredentialKind.AzureCli => Identity(IdentityKind.AzureCli),
            CredentialKind.Default => Identity(IdentityKind.Default),
            CredentialKind.InteractiveBrowser => Identity(IdentityKind.InteractiveBrowser),
            CredentialKind.DeviceCode => Identity(IdentityKind.DeviceCode),
            CredentialKind.Environment => Identity(IdentityKind.Environment),
            CredentialKind.ManagedIdentity => Identity(IdentityKind.ManagedIdentity),
            _ => throw Setting("credentialUnknown", "This way to sign in is not known. Choose another one in the settings."),
        };

        IdentityCredentials Identity(IdentityKind kind) => new(
            cloud,
            new IdentityOptions(kind, settings.TenantId, settings.ClientId, (code, cancellationToken) =>
                context.CredentialClient.ShowDeviceCodeAsync(new DeviceCodeParams(code.Message, code.UserCode, code.VerificationUri.AbsoluteUri), cancellationToken)));
    }

    private static Uri Address(string what, string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps
            ? uri
            : throw Setting("cloudIncomplete", $"In the custom cloud, {what} must be an absolute https address.");

    private static ProblemException Setting(string code, string message) =>
        new($"settings.{code}", message) { Actions = [ProblemAction.OpenSettings] };

    private sealed class ClientCredentials(ClientTokens tokens, string? tenantId) : ITenantCredentials
    {
        public TokenCredential ForTenant(string? tenant) => new ClientTokenCredential(tokens, tenant ?? tenantId);
    }
}
