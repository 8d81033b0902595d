using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;

namespace AmlDataTools.Core.Resources;

/// <summary>Where things are at Resource Manager, and which name another's container.</summary>
internal static class ResourcePlaces
{
    /// <summary>The path of one thing; null for what is not at Resource Manager (experiments, and what SDK v1 made).</summary>
    /// <param name="address">The thing.</param>
    /// <exception cref="ArgumentException">Its name, or its container's, would make another address of it.</exception>
    public static ResourcePath? PathOf(ResourceAddress address) => ResourceCatalog.Of(address.Kind) switch
    {
        { Collection: { } collection, ChildCollection: { } child } => ResourcePath.Of(collection, address.Name, child, address.Child ?? string.Empty),
        { Collection: { } collection } => ResourcePath.Of(collection, address.Name),
        _ => null,
    };

    /// <summary>The collection in which a kind is; null for what is not at Resource Manager.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="container">Of versions and deployments their container or endpoint; else null.</param>
    /// <exception cref="ArgumentException">The container's name would make another address of it, or is missing.</exception>
    public static ResourcePath? CollectionOf(ResourceKind kind, string? container) => ResourceCatalog.Of(kind) switch
    {
        { Collection: { } collection, ChildCollection: { } child } => ResourcePath.Of(collection, container ?? string.Empty, child),
        { Collection: { } collection } => ResourcePath.Of(collection),
        _ => null,
    };

    /// <summary>The Resource Manager id, unescaped; null for what has none or has a name that cannot be part of one.</summary>
    /// <param name="address">The thing.</param>
    /// <param name="serviceId">Of what a workspace uses its id; else of no matter.</param>
    public static string? ResourceIdOf(ResourceAddress address, string? serviceId = null) => address.Kind switch
    {
        ResourceKind.Workspace => address.Workspace.ResourceId,
        _ when DependentKinds.Is(address.Kind) => DependentKinds.RefOf(address.Kind, serviceId)?.ResourceId,
        _ => CanAddress(address) && PathOf(address) is { } path ? $"{address.Workspace.ResourceId}/{path}" : null,
    };

    /// <summary>
    /// Whether requests can be made about this thing by its name (or, of v1 pipelines, its id). A service never gives a name
    /// with a slash or of dots alone; should one do so, the thing can be seen and not be touched.
    /// </summary>
    /// <param name="address">The thing.</param>
    /// <param name="serviceId">What the service calls it where that is not its name.</param>
    public static bool CanAddress(ResourceAddress address, string? serviceId = null)
        => DependentKinds.Is(address.Kind) ? DependentKinds.RefOf(address.Kind, serviceId) is not null
            : IsName(serviceId ?? address.Name) && (address.Child is { } child ? IsName(child) : ResourceCatalog.Of(address.Kind).ChildCollection is null);

    /// <summary>What a version or deployment is in; null for kinds that are in nothing.</summary>
    /// <param name="kind">The kind of version or deployment.</param>
    public static ResourceKind? ContainerOf(ResourceKind kind) => kind switch
    {
        ResourceKind.ModelVersion => ResourceKind.Model,
        ResourceKind.DataVersion => ResourceKind.DataAsset,
        ResourceKind.EnvironmentVersion => ResourceKind.Environment,
        ResourceKind.ComponentVersion => ResourceKind.Component,
        ResourceKind.OnlineDeployment => ResourceKind.OnlineEndpoint,
        ResourceKind.BatchDeployment => ResourceKind.BatchEndpoint,
        _ => null,
    };

    /// <summary>What is in a container or endpoint; null for kinds that hold nothing.</summary>
    /// <param name="kind">The kind of container.</param>
    public static ResourceKind? ContentOf(ResourceKind kind) => kind switch
    {
        ResourceKind.Model => ResourceKind.ModelVersion,
        ResourceKind.DataAsset => ResourceKind.DataVersion,
        ResourceKind.Environment => ResourceKind.EnvironmentVersion,
        ResourceKind.Component => ResourceKind.ComponentVersion,
        ResourceKind.OnlineEndpoint => ResourceKind.OnlineDeployment,
        ResourceKind.BatchEndpoint => ResourceKind.BatchDeployment,
        _ => null,
    };

    /// <summary>Reads a Resource Manager id; null when it is none of something in a workspace that the catalog has.</summary>
    /// <param name="resourceId">The id.</param>
    /// <param name="tenantId">The tenant through which the workspace is opened.</param>
    public static ResourceAddress? FromResourceId(string? resourceId, string? tenantId)
    {
        if (WorkspaceRef.FromResourceId(resourceId, tenantId) is not { } workspace || ResourcePath.FromResourceId(resourceId) is not { } path)
        {
            return null;
        }

        var parts = path.Segments;
        foreach (var kind in Enum.GetValues<ResourceKind>())
        {
            var traits = ResourceCatalog.Of(kind);
            if (parts.Count == (traits.ChildCollection is null ? 2 : 4) && Same(parts[0], traits.Collection) && (parts.Count == 2 || Same(parts[2], traits.ChildCollection)))
            {
                return new ResourceAddress(workspace, kind, parts[1], parts.Count == 4 ? parts[3] : null);
            }
        }

        return null;
    }

    private static bool Same(string part, string? collection) => part.Equals(collection, StringComparison.OrdinalIgnoreCase);

    private static bool IsName(string text)
        => !string.IsNullOrWhiteSpace(text) && !text.All(letter => letter is '.' or ' ') && !text.AsSpan().ContainsAny('/', '\\') && !text.Any(char.IsControl);
}
