using AmlDataTools.Azure;

namespace AmlDataTools.Core.Resources;

/// <summary>How a kind's record can be taken away.</summary>
public enum RecordRemoval
{
    /// <summary>Not at all: the service has no such operation that works.</summary>
    None,

    /// <summary>By deleting it.</summary>
    Delete,

    /// <summary>By unregistering it, which is all there is; what it points to stays.</summary>
    Unregister,

    /// <summary>By deleting it, which the service may refuse; then it can be archived.</summary>
    DeleteMayBeRefused,

    /// <summary>By archiving it: the service refuses to delete it.</summary>
    ArchiveInstead,
}

/// <summary>What can be done with a kind of thing. The table of the README, in code.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Singular">What a person calls one: <c>model version</c>.</param>
/// <param name="Plural">What a person calls many.</param>
/// <param name="Collection">Its collection at Resource Manager; null when it is not there.</param>
/// <param name="ChildCollection">The collection below that in which versions or deployments are; null when it is not one.</param>
/// <param name="CanArchive">Whether it can be archived and restored.</param>
/// <param name="Removal">How its record can be taken away.</param>
/// <param name="CanHaveData">Whether blobs belong to it that can be deleted with it.</param>
/// <param name="IsWeighty">Whether deleting it takes others with it, so that its name is to be typed.</param>
public sealed record ResourceTraits(
    ResourceKind Kind, string Singular, string Plural, string? Collection, string? ChildCollection, bool CanArchive, RecordRemoval Removal, bool CanHaveData, bool IsWeighty);

/// <summary>What can be done with every kind of thing: the tree, the plans and the execution all ask here.</summary>
public static class ResourceCatalog
{
    private static readonly ResourceTraits[] Table =
    [
        new(ResourceKind.Run, "run", "runs", "jobs", null, true, RecordRemoval.Delete, true, false),
        new(ResourceKind.Experiment, "experiment", "experiments", null, null, true, RecordRemoval.Delete, true, true),
        new(ResourceKind.Model, "model", "models", "models", null, true, RecordRemoval.Delete, true, true),
        new(ResourceKind.ModelVersion, "model version", "model versions", "models", "versions", true, RecordRemoval.Delete, true, false),
        new(ResourceKind.DataAsset, "data asset", "data assets", "data", null, true, RecordRemoval.ArchiveInstead, true, true),
        new(ResourceKind.DataVersion, "data asset version", "data asset versions", "data", "versions", true, RecordRemoval.ArchiveInstead, true, false),
        new(ResourceKind.Dataset, "dataset", "datasets", null, null, false, RecordRemoval.Unregister, true, false),
        new(ResourceKind.Compute, "compute", "computes", "computes", null, false, RecordRemoval.Delete, false, false),
        new(ResourceKind.OnlineEndpoint, "online endpoint", "online endpoints", "onlineEndpoints", null, false, RecordRemoval.Delete, false, true),
        new(ResourceKind.OnlineDeployment, "online deployment", "online deployments", "onlineEndpoints", "deployments", false, RecordRemoval.Delete, false, false),
        new(ResourceKind.BatchEndpoint, "batch endpoint", "batch endpoints", "batchEndpoints", null, false, RecordRemoval.Delete, false, true),
        new(ResourceKind.BatchDeployment, "batch deployment", "batch deployments", "batchEndpoints", "deployments", false, RecordRemoval.Delete, false, false),
        new(ResourceKind.WebService, "web service", "web services", null, null, false, RecordRemoval.Delete, false, false),
        new(ResourceKind.PipelineEndpoint, "pipeline endpoint", "pipeline endpoints", null, null, true, RecordRemoval.ArchiveInstead, false, false),
        new(ResourceKind.PublishedPipeline, "published pipeline", "published pipelines", null, null, true, RecordRemoval.ArchiveInstead, false, false),
        new(ResourceKind.Schedule, "schedule", "schedules", "schedules", null, false, RecordRemoval.Delete, false, false),
        new(ResourceKind.Environment, "environment", "environments", "environments", null, true, RecordRemoval.DeleteMayBeRefused, false, true),
        new(ResourceKind.EnvironmentVersion, "environment version", "environment versions", "environments", "versions", true, RecordRemoval.DeleteMayBeRefused, false, false),
        new(ResourceKind.Component, "component", "components", "components", null, true, RecordRemoval.DeleteMayBeRefused, false, true),
        new(ResourceKind.ComponentVersion, "component version", "component versions", "components", "versions", true, RecordRemoval.DeleteMayBeRefused, false, false),
        new(ResourceKind.Datastore, "datastore", "datastores", "datastores", null, false, RecordRemoval.Unregister, false, false),
        new(ResourceKind.Workspace, "workspace", "workspaces", null, null, false, RecordRemoval.Delete, false, true),
        new(ResourceKind.StorageAccount, "storage account", "storage accounts", null, null, false, RecordRemoval.Delete, false, true),
        new(ResourceKind.KeyVault, "key vault", "key vaults", null, null, false, RecordRemoval.Delete, false, true),
        new(ResourceKind.ContainerRegistry, "container registry", "container registries", null, null, false, RecordRemoval.Delete, false, true),
        new(ResourceKind.ApplicationInsights, "Application Insights", "Application Insights", null, null, false, RecordRemoval.Delete, false, true),
        new(ResourceKind.LogAnalytics, "Log Analytics workspace", "Log Analytics workspaces", null, null, false, RecordRemoval.Delete, false, true),
    ];

    /// <summary>What can be done with a kind.</summary>
    /// <param name="kind">The kind.</param>
    public static ResourceTraits Of(ResourceKind kind) => Table[(int)kind];
}

/// <summary>Names one thing of a workspace.</summary>
/// <param name="Workspace">The workspace.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its name; of a version or a deployment, that of its container or endpoint.</param>
/// <param name="Child">The version, or the deployment's name; null for everything else.</param>
public sealed record ResourceAddress(WorkspaceRef Workspace, ResourceKind Kind, string Name, string? Child)
{
    /// <summary>For people and receipts: <c>my-model:3</c>, <c>endpoint/blue</c>, <c>my-compute</c>.</summary>
    public string Text => Child is null ? Name : Kind is ResourceKind.OnlineDeployment or ResourceKind.BatchDeployment ? $"{Name}/{Child}" : $"{Name}:{Child}";
}
