using AmlDataTools.Azure;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.Changes.References;

/// <summary>An asset as something else names it.</summary>
/// <param name="Kind">The kind of version, or of the thing.</param>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version; null when all or the latest are meant, or there are none.</param>
internal readonly record struct AssetName(ResourceKind Kind, string Name, string? Version);

/// <summary>Reads the ids by which jobs and deployments name assets.</summary>
internal static class AssetNames
{
    /// <summary>Reads an id: a Resource Manager id, <c>azureml://locations/.../models/{name}/versions/{version}</c> and the like; null when it names no asset.</summary>
    /// <param name="text">The id.</param>
    /// <param name="workspace">The workspace whose assets are meant; ids of others give null.</param>
    public static AssetName? Parse(string? text, WorkspaceRef workspace)
    {
        if (text is null)
        {
            return null;
        }

        if (text.StartsWith('/'))
        {
            return ResourcePlaces.FromResourceId(text, workspace.TenantId) is { } found && Same(found.Workspace, workspace)
                ? new AssetName(found.Kind, found.Name, found.Child)
                : null;
        }

        if (!text.StartsWith("azureml:", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        // azureml://locations/{l}/workspaces/{id}/{collection}/{name}/versions/{v}, azureml://subscriptions/.../{collection}/...,
        // azureml:/subscriptions/...
        var parts = text["azureml:".Length..].Trim('/').Split('/');
        for (var at = 0; at + 3 < parts.Length; at++)
        {
            if (parts[at + 2].Equals("versions", StringComparison.OrdinalIgnoreCase) && KindOf(parts[at]) is { } kind && parts[at + 1].Length > 0 && parts[at + 3].Length > 0)
            {
                return new AssetName(kind, parts[at + 1], parts[at + 3]);
            }
        }

        return null;
    }

    /// <summary>Name and version of the short form <c>azureml:{name}:{version}</c>, which does not tell the kind; null for others.</summary>
    public static (string Name, string Version)? Short(string? text)
    {
        if (text is null || !text.StartsWith("azureml:", StringComparison.OrdinalIgnoreCase) || text.Contains('/', StringComparison.Ordinal))
        {
            return null;
        }

        var parts = text["azureml:".Length..].Split([':', '@']);
        return parts is [{ Length: > 0 } name, { Length: > 0 } version] ? (name, version) : null;
    }

    /// <summary>The name in <c>.../codes/{name}/versions/{version}</c>, with or without <c>azureml:</c> in front; null for others.</summary>
    public static string? Code(string text)
    {
        var parts = text.Split('/');
        var at = Array.FindIndex(parts, part => part.Equals("codes", StringComparison.OrdinalIgnoreCase));
        return at >= 0 && at + 2 < parts.Length && parts[at + 1].Length > 0 && parts[at + 2].Equals("versions", StringComparison.OrdinalIgnoreCase) ? parts[at + 1] : null;
    }

    private static ResourceKind? KindOf(string collection) => collection.ToUpperInvariant() switch
    {
        "MODELS" => ResourceKind.ModelVersion,
        "DATA" => ResourceKind.DataVersion,
        "ENVIRONMENTS" => ResourceKind.EnvironmentVersion,
        "COMPONENTS" => ResourceKind.ComponentVersion,
        _ => null,
    };

    private static bool Same(WorkspaceRef one, WorkspaceRef other) =>
        one.SubscriptionId.Equals(other.SubscriptionId, StringComparison.OrdinalIgnoreCase)
        && one.ResourceGroup.Equals(other.ResourceGroup, StringComparison.OrdinalIgnoreCase)
        && one.Name.Equals(other.Name, StringComparison.OrdinalIgnoreCase);
}
