using AmlDataTools.Azure.Cloud;
using AmlDataTools.Core.Problems;
using AmlDataTools.Server.Protocol;

namespace AmlDataTools.Server.Hosting;

/// <summary>Turns the cloud of the settings into the one the clients use, and refuses what cannot work by the setting's name.</summary>
internal static class CloudReader
{
    private const string DefaultStorageAudience = "https://storage.azure.com";

    /// <summary>Reads the settings.</summary>
    /// <param name="settings">What the client sent.</param>
    /// <exception cref="ProblemException"><c>settings.cloudInvalid</c>, <c>settings.cloudIncomplete</c>.</exception>
    public static CloudDescription Read(CloudSettings settings) => settings.Name switch
    {
        CloudName.Public => CloudDescription.Public,
        CloudName.China => CloudDescription.China,
        CloudName.UsGovernment => CloudDescription.UsGovernment,
        CloudName.Custom => ReadCustom(settings.Custom ?? throw new ProblemException(
            "settings.cloudIncomplete", "The custom cloud is chosen and not described. Fill in its settings.")
        {
            Actions = [ProblemAction.OpenSettings],
        }),
        _ => throw new ArgumentOutOfRangeException(nameof(settings), settings.Name, null),
    };

    private static CloudDescription ReadCustom(CustomCloud custom)
    {
        var resourceManager = ReadHttps(custom.ResourceManager, "resourceManager");
        var audience = Given(custom.ResourceManagerAudience) ?? resourceManager.AbsoluteUri.TrimEnd('/');
        return new CloudDescription
        {
            Name = "Custom",
            ResourceManager = resourceManager,
            AuthorityHost = Given(custom.AuthorityHost) is { } authority ? ReadHttps(authority, "authorityHost") : null,
            ResourceManagerAudience = audience,
            DataPlaneAudiences = Given(custom.DataPlaneAudience) is { } dataPlane && dataPlane != audience ? [dataPlane, audience] : [audience],
            StorageAudience = Given(custom.StorageAudience) ?? DefaultStorageAudience,
            StorageSuffix = ReadHost(custom.StorageSuffix, "storageSuffix"),
            DataPlaneSuffixes = [.. custom.DataPlaneSuffixes.Select(suffix => ReadHost(suffix, "dataPlaneSuffixes"))],
            CaCertificatePath = Given(custom.CaCertificatePath) is { } path ? ReadFile(path) : null,
            PortalUrl = Given(custom.PortalUrl) is { } portal ? ReadHttps(portal, "portalUrl") : null,
            AzurePortalUrl = Given(custom.AzurePortalUrl) is { } azure ? ReadHttps(azure, "azurePortalUrl") : null,
        };
    }

    // An empty text is what a settings page leaves in a field that was cleared.
    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static Uri ReadHttps(string text, string setting) =>
        Uri.TryCreate(text.Trim(), UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps
            && address.UserInfo.Length == 0 && address.Query.Length == 0 && address.Fragment.Length == 0
            ? address
            : throw Invalid(setting, "must be an absolute https address without a query");

    private static string ReadHost(string text, string setting)
    {
        var host = text.Trim();
        return Uri.TryCreate($"https://{(host.StartsWith('.') ? "a" : "")}{host}/", UriKind.Absolute, out var address)
            && address.PathAndQuery == "/" && address.UserInfo.Length == 0 && host.TrimStart('.').Length > 0
            && address.Authority.Length > 0 && !host.Contains('/', StringComparison.Ordinal)
            ? host
            : throw Invalid(setting, "must hold host names, or endings of host names, with a port if need be, and no https://");
    }

    private static string ReadFile(string path) =>
        Path.IsPathFullyQualified(path) && File.Exists(path)
            ? path
            : throw Invalid("caCertificatePath", "must be the absolute path of a PEM file");

    private static ProblemException Invalid(string setting, string reason) =>
        new("settings.cloudInvalid", $"The custom cloud's setting {setting} {reason}.")
        {
            Target = setting,
            Actions = [ProblemAction.OpenSettings],
        };
}
