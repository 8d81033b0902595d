using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.Explorer.Nodes;

/// <summary>How groups and things look. Names are codicons and theme colours of VS Code.</summary>
internal static class ResourceLooks
{
    /// <summary>Kind, name and icon of a group.</summary>
    /// <param name="group">The group.</param>
    public static (NodeKind Kind, string Label, string Icon) Of(ResourceGroupKind group) => group switch
    {
        ResourceGroupKind.Models => (NodeKind.Models, "Models", "package"),
        ResourceGroupKind.DataAssets => (NodeKind.DataAssets, "Data", "table"),
        ResourceGroupKind.Computes => (NodeKind.Computes, "Compute", "server"),
        ResourceGroupKind.Endpoints => (NodeKind.Endpoints, "Endpoints", "rocket"),
        ResourceGroupKind.Pipelines => (NodeKind.Pipelines, "Pipelines and schedules", "type-hierarchy"),
        ResourceGroupKind.EnvironmentsAndComponents => (NodeKind.EnvironmentsAndComponents, "Environments and components", "layers"),
        ResourceGroupKind.Environments => (NodeKind.Environments, "Environments", "layers"),
        ResourceGroupKind.Components => (NodeKind.Components, "Components", "extensions"),
        ResourceGroupKind.Datastores => (NodeKind.Datastores, "Datastores", "database"),
        ResourceGroupKind.Dependents => (NodeKind.Dependents, "Resources of this workspace", "references"),
        _ => throw new ArgumentOutOfRangeException(nameof(group), group, "No such group."),
    };

    /// <summary>The kinds in a group, in the order shown; empty for the one that only holds other groups.</summary>
    /// <param name="group">The group.</param>
    public static IReadOnlyList<ResourceKind> KindsOf(ResourceGroupKind group) => group switch
    {
        ResourceGroupKind.Models => [ResourceKind.Model],
        ResourceGroupKind.DataAssets => [ResourceKind.DataAsset, ResourceKind.Dataset],
        ResourceGroupKind.Computes => [ResourceKind.Compute],
        ResourceGroupKind.Endpoints => [ResourceKind.OnlineEndpoint, ResourceKind.BatchEndpoint, ResourceKind.WebService],
        ResourceGroupKind.Pipelines => [ResourceKind.Schedule, ResourceKind.PipelineEndpoint, ResourceKind.PublishedPipeline],
        ResourceGroupKind.Environments => [ResourceKind.Environment],
        ResourceGroupKind.Components => [ResourceKind.Component],
        ResourceGroupKind.Datastores => [ResourceKind.Datastore],
        _ => [],
    };

    /// <summary>What a group's things are called together, for "No ... in this workspace".</summary>
    /// <param name="group">The group.</param>
    public static string PluralOf(ResourceGroupKind group) => group switch
    {
        ResourceGroupKind.DataAssets => "data assets or datasets",
        ResourceGroupKind.Endpoints => "endpoints or web services",
        ResourceGroupKind.Pipelines => "schedules or published pipelines",
        _ => ResourceCatalog.Of(KindsOf(group)[0]).Plural,
    };

    /// <summary>The kind of node that shows a kind of thing.</summary>
    /// <param name="kind">The kind.</param>
    public static NodeKind NodeKindOf(ResourceKind kind) => kind switch
    {
        ResourceKind.Model => NodeKind.Model,
        ResourceKind.ModelVersion => NodeKind.ModelVersion,
        ResourceKind.DataAsset => NodeKind.DataAsset,
        ResourceKind.DataVersion => NodeKind.DataVersion,
        ResourceKind.Dataset => NodeKind.Dataset,
        ResourceKind.Compute => NodeKind.Compute,
        ResourceKind.OnlineEndpoint => NodeKind.OnlineEndpoint,
        ResourceKind.OnlineDeployment => NodeKind.OnlineDeployment,
        ResourceKind.BatchEndpoint => NodeKind.BatchEndpoint,
        ResourceKind.BatchDeployment => NodeKind.BatchDeployment,
        ResourceKind.WebService => NodeKind.WebService,
        ResourceKind.PipelineEndpoint => NodeKind.PipelineEndpoint,
        ResourceKind.PublishedPipeline => NodeKind.PublishedPipeline,
        ResourceKind.Schedule => NodeKind.Schedule,
        ResourceKind.Environment => NodeKind.Environment,
        ResourceKind.EnvironmentVersion => NodeKind.EnvironmentVersion,
        ResourceKind.Component => NodeKind.Component,
        ResourceKind.ComponentVersion => NodeKind.ComponentVersion,
        ResourceKind.Datastore => NodeKind.Datastore,
        _ when DependentKinds.Is(kind) => NodeKind.Dependent,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Runs and experiments have nodes of their own."),
    };

    /// <summary>Icon and colour of a thing.</summary>
    /// <param name="item">The thing.</param>
    /// <param name="archived">Whether it, or what it is in, is archived.</param>
    public static (string Icon, string? Color) Of(ListedResource item, bool archived) => (IconOf(item), archived ? RunLooks.Muted : ColorOf(item.State));

    private static string IconOf(ListedResource item) => item.Address.Kind switch
    {
        ResourceKind.Model => "package",
        ResourceKind.ModelVersion or ResourceKind.EnvironmentVersion or ResourceKind.ComponentVersion => "tag",
        ResourceKind.DataAsset or ResourceKind.DataVersion => DataIcon(item.Properties.Text("dataType")),
        ResourceKind.Dataset => "table",
        ResourceKind.Compute when item.IsAttached => "plug",
        ResourceKind.Compute when item.Properties.Text("computeType") == "ComputeInstance" => item.State is "Running" or "JobRunning" ? "vm-running" : "vm",
        ResourceKind.Compute => "server-environment",
        ResourceKind.OnlineEndpoint => "broadcast",
        ResourceKind.BatchEndpoint => "inbox",
        ResourceKind.OnlineDeployment or ResourceKind.BatchDeployment => "rocket",
        ResourceKind.WebService => "globe",
        ResourceKind.PipelineEndpoint => "type-hierarchy-sub",
        ResourceKind.PublishedPipeline => "type-hierarchy",
        ResourceKind.Schedule => "watch",
        ResourceKind.Environment => "layers",
        ResourceKind.Component => "extensions",
        ResourceKind.Datastore => "database",
        _ => "circle-outline",
    };

    // Containers of the newer services say UriFile, versions uri_file.
    private static string DataIcon(string? type) => (type ?? string.Empty).Replace("_", string.Empty, StringComparison.Ordinal).ToUpperInvariant() switch
    {
        "URIFILE" => "file",
        "URIFOLDER" => "folder",
        _ => "table",
    };

    private static string? ColorOf(string? state) => (state ?? string.Empty).ToUpperInvariant() switch
    {
        "FAILED" or "CREATEFAILED" or "SETUPFAILED" or "USERSETUPFAILED" or "UNUSABLE" or "UNHEALTHY" => "testing.iconFailed",
        "RUNNING" or "JOBRUNNING" => "testing.iconPassed",
        "DISABLED" or "STOPPED" => "testing.iconSkipped",
        "DELETING" => "charts.yellow",
        _ => null,
    };
}
