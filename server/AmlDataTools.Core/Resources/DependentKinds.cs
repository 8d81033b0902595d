using AmlDataTools.Azure.Arm.Dependents;

namespace AmlDataTools.Core.Resources;

/// <summary>The kinds of resource that a workspace uses, as the catalog has them. They are named by their Resource Manager id, which stands where other things have what their service calls them.</summary>
internal static class DependentKinds
{
    /// <summary>Whether a kind is one of them.</summary>
    /// <param name="kind">The kind.</param>
    public static bool Is(ResourceKind kind) => kind is ResourceKind.StorageAccount or ResourceKind.KeyVault or ResourceKind.ContainerRegistry or ResourceKind.ApplicationInsights or ResourceKind.LogAnalytics;

    /// <summary>The kind of a resource.</summary>
    /// <param name="kind">What Resource Manager has.</param>
    public static ResourceKind Of(DependentKind kind) => kind switch
    {
        DependentKind.StorageAccount => ResourceKind.StorageAccount,
        DependentKind.KeyVault => ResourceKind.KeyVault,
        DependentKind.ContainerRegistry => ResourceKind.ContainerRegistry,
        DependentKind.ApplicationInsights => ResourceKind.ApplicationInsights,
        _ => ResourceKind.LogAnalytics,
    };

    /// <summary>The resource that an id names; null when it names none of just this kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="resourceId">The id.</param>
    public static DependentRef? RefOf(ResourceKind kind, string? resourceId) => DependentRef.FromResourceId(resourceId) is { } found && Of(found.Kind) == kind ? found : null;
}
