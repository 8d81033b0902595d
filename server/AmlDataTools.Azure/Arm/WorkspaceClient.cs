using AmlDataTools.Azure.Artifacts;
using AmlDataTools.Azure.Cloud;
using AmlDataTools.Azure.Content;
using AmlDataTools.Azure.Data;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.Index;
using AmlDataTools.Azure.Metrics;
using AmlDataTools.Azure.RunHistory;
using AmlDataTools.Azure.V1;

namespace AmlDataTools.Azure.Arm;

/// <summary>A workspace: its control plane and the services of its data plane, whose addresses are found when first needed.</summary>
public sealed class WorkspaceClient
{
    internal WorkspaceClient(WorkspaceRef workspace, CloudDescription cloud, ArmRequests requests, JsonSender dataPlane, ArmPollingSettings polling)
    {
        Workspace = workspace;
        Arm = new WorkspaceArmClient(requests, workspace);
        var atRegistry = workspace.Registry is { Length: > 0 } origin ? requests.At(dataPlane, origin) : requests;
        Resources = new WorkspaceResources(cloud, atRegistry, workspace, polling);
        RegistryFiles = new RegistryFilesClient(cloud, atRegistry, workspace);
        var endpoints = new WorkspaceEndpoints(cloud, Arm, dataPlane, workspace);
        Registries = new RegistryDiscoveryClient(cloud, endpoints, dataPlane, workspace);
        RunHistory = new RunHistoryClient(endpoints, dataPlane);
        Artifacts = new ArtifactClient(endpoints, dataPlane);
        Metrics = new MetricsClient(endpoints, dataPlane);
        Data = new DataClient(endpoints, dataPlane);
        Datasets = new DatasetClient(endpoints, dataPlane);
        ModelAssets = new ModelAssetClient(endpoints, dataPlane);
        WebServices = new WebServiceClient(endpoints, dataPlane, polling);
        Pipelines = new PublishedPipelineClient(endpoints, dataPlane);
        Content = new SnapshotClient(cloud, endpoints, dataPlane);
        Index = new IndexClient(endpoints, dataPlane);
    }

    /// <summary>Which workspace.</summary>
    public WorkspaceRef Workspace { get; }

    /// <summary>Its resources at Resource Manager.</summary>
    public WorkspaceArmClient Arm { get; }

    /// <summary>Anything below it at Resource Manager, to be listed, written back and deleted.</summary>
    public WorkspaceResources Resources { get; }

    /// <summary>Of a registry, where its assets' files are.</summary>
    public RegistryFilesClient RegistryFiles { get; }

    /// <summary>Of a workspace, finds registries by name.</summary>
    public RegistryDiscoveryClient Registries { get; }

    /// <summary>Experiments and runs.</summary>
    public RunHistoryClient RunHistory { get; }

    /// <summary>Files of runs by signed addresses.</summary>
    public ArtifactClient Artifacts { get; }

    /// <summary>Metrics of runs.</summary>
    public MetricsClient Metrics { get; }

    /// <summary>Where assets lie.</summary>
    public DataClient Data { get; }

    /// <summary>Datasets of SDK v1.</summary>
    public DatasetClient Datasets { get; }

    /// <summary>Artifacts of models of SDK v1.</summary>
    public ModelAssetClient ModelAssets { get; }

    /// <summary>Web services of SDK v1.</summary>
    public WebServiceClient WebServices { get; }

    /// <summary>Published pipelines and pipeline endpoints of SDK v1.</summary>
    public PublishedPipelineClient Pipelines { get; }

    /// <summary>Code snapshots.</summary>
    public SnapshotClient Content { get; }

    /// <summary>Entities by their fields.</summary>
    public IndexClient Index { get; }
}
