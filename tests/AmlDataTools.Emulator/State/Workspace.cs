using AmlDataTools.Emulator.Access;

namespace AmlDataTools.Emulator.State;

/// <summary>A workspace and what it holds.</summary>
internal sealed class Workspace
{
    /// <summary>Its subscription.</summary>
    public required string SubscriptionId { get; init; }

    /// <summary>Its resource group.</summary>
    public required string ResourceGroup { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its own id, part of container names and data-plane ids.</summary>
    public required string WorkspaceId { get; init; }

    /// <summary>Its region.</summary>
    public required string Location { get; init; }

    /// <summary>Its storage account's name.</summary>
    public required string StorageAccount { get; init; }

    /// <summary>Ids of the other dependents: vault, insights, registry (may be null).</summary>
    public required (string KeyVault, string Insights, string? Registry) Dependents { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Who made it.</summary>
    public required Person CreatedBy { get; init; }

    /// <summary>Default, Hub, Project, FeatureStore.</summary>
    public string Kind { get; init; } = "Default";

    /// <summary>Of a project, the id of its hub.</summary>
    public string? Hub { get; init; }

    /// <summary>The resource group of its storage account; null for its own.</summary>
    public string? StorageGroup { get; init; }

    /// <summary>A deletion goes on.</summary>
    public bool Deleting => EndDeletion is not null;

    /// <summary>Ends the deletion that goes on; null while there is none.</summary>
    public Action? EndDeletion { get; set; }

    /// <summary>What it says of itself.</summary>
    public string Description { get; init; } = string.Empty;

    /// <summary>Its tags.</summary>
    public Dictionary<string, string> Tags { get; init; } = [];

    /// <summary>Its experiments and runs.</summary>
    public RunStore Runs { get; } = new();

    /// <summary>Code snapshots that exist: id to bytes of the zip.</summary>
    public System.Collections.Concurrent.ConcurrentDictionary<string, long> Snapshots { get; } = new();

    /// <summary>Its assets, computes, endpoints, schedules and datastores as Resource Manager shows them.</summary>
    public ResourceStore Resources { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What only the first version of the service knows, by path: <c>datasets/{name}</c>, <c>services/{id}</c>, <c>pipelines/{id}</c>, <c>pipelineEndpoints/{id}</c>.</summary>
    public ResourceStore Classic { get; } = new(StringComparer.Ordinal);

    /// <summary>The container of <c>workspaceblobstore</c>.</summary>
    public string BlobStoreContainer => $"azureml-blobstore-{WorkspaceId}";

    /// <summary>Its Resource Manager id.</summary>
    public string ArmId => IdOf(SubscriptionId, ResourceGroup, Name);

    /// <summary>The path of an asset id's workspace part: <c>azureml://locations/{region}/workspaces/{id}</c>.</summary>
    public string AssetRoot => $"azureml://locations/{Location}/workspaces/{WorkspaceId}";

    /// <summary>The id of a workspace.</summary>
    public static string IdOf(string subscriptionId, string resourceGroup, string name) =>
        $"/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}/providers/Microsoft.MachineLearningServices/workspaces/{name}";
}
