namespace AmlDataTools.Azure;

/// <summary>Names a workspace, and the tenant through which it is opened.</summary>
/// <param name="SubscriptionId">Its subscription.</param>
/// <param name="ResourceGroup">Its resource group.</param>
/// <param name="Name">Its name.</param>
/// <param name="TenantId">The tenant whose token opens it; null for the account's own.</param>
public sealed record WorkspaceRef(string SubscriptionId, string ResourceGroup, string Name, string? TenantId)
{
    /// <summary>
    /// Of a registry, which holds assets as a workspace does, through what it is read: empty for Resource Manager, else the
    /// origin of its region's own service, as it was told for the registry's name. Null for a workspace.
    /// </summary>
    public string? Registry { get; init; }

    /// <summary>Whether it is a registry: assets alone, read only, without datastores and runs.</summary>
    public bool IsRegistry => Registry is not null;

    /// <summary>Its Resource Manager id.</summary>
    public string ResourceId
        => $"/subscriptions/{SubscriptionId}/resourceGroups/{ResourceGroup}/providers/Microsoft.MachineLearningServices/{Collection}/{Name}";

    /// <summary>The id as a path, each part escaped, without a slash in front.</summary>
    internal string EscapedPath
        => $"subscriptions/{Uri.EscapeDataString(SubscriptionId)}/resourceGroups/{Uri.EscapeDataString(ResourceGroup)}"
            + $"/providers/Microsoft.MachineLearningServices/{Collection}/{Uri.EscapeDataString(Name)}";

    private string Collection => IsRegistry ? "registries" : "workspaces";

    /// <summary>Reads the workspace out of a Resource Manager id of it or of anything below it; null when it is none.</summary>
    /// <param name="resourceId">The id; case of its fixed parts does not count.</param>
    /// <param name="tenantId">The tenant through which it is opened.</param>
    public static WorkspaceRef? FromResourceId(string? resourceId, string? tenantId) => FromResourceId(resourceId, tenantId, "workspaces");

    /// <summary>Reads the registry out of a Resource Manager id of it or of anything below it, to be read there; null when it is none.</summary>
    /// <param name="resourceId">The id; case of its fixed parts does not count.</param>
    /// <param name="tenantId">The tenant through which it is opened.</param>
    public static WorkspaceRef? RegistryFromResourceId(string? resourceId, string? tenantId)
        => FromResourceId(resourceId, tenantId, "registries") is { } found ? found with { Registry = string.Empty } : null;

    private static WorkspaceRef? FromResourceId(string? resourceId, string? tenantId, string collection)
    {
        var parts = (resourceId ?? string.Empty).Split('/');
        if (parts.Length < 9 || parts[0].Length != 0 || !Is(parts[1], "subscriptions") || !Is(parts[3], "resourceGroups")
            || !Is(parts[5], "providers") || !Is(parts[6], "Microsoft.MachineLearningServices") || !Is(parts[7], collection))
        {
            return null;
        }

        return parts[2].Length > 0 && parts[4].Length > 0 && parts[8].Length > 0
            ? new WorkspaceRef(parts[2], parts[4], parts[8], tenantId)
            : null;
    }

    private static bool Is(string part, string name) => part.Equals(name, StringComparison.OrdinalIgnoreCase);
}
