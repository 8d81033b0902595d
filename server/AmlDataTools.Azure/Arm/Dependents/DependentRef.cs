namespace AmlDataTools.Azure.Arm.Dependents;

/// <summary>The kinds of resource that a workspace uses and does not hold.</summary>
public enum DependentKind
{
    /// <summary>Its storage account.</summary>
    StorageAccount,

    /// <summary>Its key vault.</summary>
    KeyVault,

    /// <summary>Its container registry.</summary>
    ContainerRegistry,

    /// <summary>Its Application Insights.</summary>
    ApplicationInsights,

    /// <summary>The Log Analytics workspace in which Application Insights keeps its data.</summary>
    LogAnalytics,
}

/// <summary>
/// Names one such resource. Only made from an id that is that of one of these kinds: ids are data of a workspace, and nothing
/// else is to be read or deleted through them.
/// </summary>
public sealed record DependentRef
{
    private static readonly (DependentKind Kind, string Provider, string Type, string ApiVersion)[] Table =
    [
        (DependentKind.StorageAccount, "Microsoft.Storage", "storageAccounts", "2023-05-01"),
        (DependentKind.KeyVault, "Microsoft.KeyVault", "vaults", "2023-07-01"),
        (DependentKind.ContainerRegistry, "Microsoft.ContainerRegistry", "registries", "2023-07-01"),
        (DependentKind.ApplicationInsights, "Microsoft.Insights", "components", "2020-02-02"),
        (DependentKind.LogAnalytics, "Microsoft.OperationalInsights", "workspaces", "2022-10-01"),
    ];

    private DependentRef(DependentKind kind, string subscriptionId, string resourceGroup, string name, string resourceId)
    {
        (Kind, SubscriptionId, ResourceGroup, Name, ResourceId) = (kind, subscriptionId, resourceGroup, name, resourceId);
    }

    /// <summary>What it is.</summary>
    public DependentKind Kind { get; }

    /// <summary>Its subscription.</summary>
    public string SubscriptionId { get; }

    /// <summary>Its resource group.</summary>
    public string ResourceGroup { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its Resource Manager id, as it was given.</summary>
    public string ResourceId { get; }

    /// <summary>The api-version of its provider that the product was checked against.</summary>
    internal string ApiVersion => ApiVersionOf(Kind);

    internal string EscapedPath => string.Join('/', ResourceId.Split('/').Skip(1).Select(Uri.EscapeDataString));

    /// <summary>The type of a kind as Resource Manager writes it: <c>Microsoft.KeyVault/vaults</c>.</summary>
    /// <param name="kind">The kind.</param>
    public static string ResourceType(DependentKind kind) => Table.First(row => row.Kind == kind) is var row ? $"{row.Provider}/{row.Type}" : string.Empty;

    internal static string ApiVersionOf(DependentKind kind) => Table.First(row => row.Kind == kind).ApiVersion;

    /// <summary>Reads a Resource Manager id; null when it is not that of such a resource.</summary>
    /// <param name="resourceId">The id; case of its fixed parts does not count.</param>
    public static DependentRef? FromResourceId(string? resourceId)
    {
        var parts = (resourceId ?? string.Empty).Split('/');
        if (resourceId is null || parts.Length != 9 || parts[0].Length != 0 || !Is(parts[1], "subscriptions") || !Is(parts[3], "resourceGroups") || !Is(parts[5], "providers")
            || parts.Skip(1).Any(part => part.Trim().Length == 0 || part is "." or ".." || part.AsSpan().ContainsAny("\\?#%") || part.Any(char.IsControl)))
        {
            return null;
        }

        foreach (var row in Table)
        {
            if (Is(parts[6], row.Provider) && Is(parts[7], row.Type))
            {
                return new DependentRef(row.Kind, parts[2], parts[4], parts[8], resourceId);
            }
        }

        return null;
    }

    /// <summary>Whether two name the same: case of ids does not count.</summary>
    /// <param name="other">The other.</param>
    public bool Equals(DependentRef? other) => other is not null && ResourceId.Equals(other.ResourceId, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(ResourceId);

    private static bool Is(string part, string name) => part.Equals(name, StringComparison.OrdinalIgnoreCase);
}
