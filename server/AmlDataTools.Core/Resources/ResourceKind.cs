namespace AmlDataTools.Core.Resources;

/// <summary>The kinds of thing that can be archived, unregistered or deleted: in a workspace, itself, and what it uses.</summary>
public enum ResourceKind
{
    /// <summary>A run (v2: job).</summary>
    Run,

    /// <summary>An experiment.</summary>
    Experiment,

    /// <summary>A registered model with all its versions (its container).</summary>
    Model,

    /// <summary>A version of a model.</summary>
    ModelVersion,

    /// <summary>A data asset with all its versions.</summary>
    DataAsset,

    /// <summary>A version of a data asset.</summary>
    DataVersion,

    /// <summary>A dataset (v1).</summary>
    Dataset,

    /// <summary>A compute: cluster, instance, or attached.</summary>
    Compute,

    /// <summary>An online endpoint.</summary>
    OnlineEndpoint,

    /// <summary>A deployment of an online endpoint.</summary>
    OnlineDeployment,

    /// <summary>A batch endpoint.</summary>
    BatchEndpoint,

    /// <summary>A deployment of a batch endpoint.</summary>
    BatchDeployment,

    /// <summary>A web service (v1).</summary>
    WebService,

    /// <summary>A pipeline endpoint (v1).</summary>
    PipelineEndpoint,

    /// <summary>A published pipeline (v1).</summary>
    PublishedPipeline,

    /// <summary>A schedule.</summary>
    Schedule,

    /// <summary>An environment with all its versions.</summary>
    Environment,

    /// <summary>A version of an environment.</summary>
    EnvironmentVersion,

    /// <summary>A component with all its versions.</summary>
    Component,

    /// <summary>A version of a component.</summary>
    ComponentVersion,

    /// <summary>A datastore: the registration, not the storage behind it.</summary>
    Datastore,

    /// <summary>The workspace itself.</summary>
    Workspace,

    /// <summary>The storage account that a workspace uses.</summary>
    StorageAccount,

    /// <summary>The key vault that a workspace uses.</summary>
    KeyVault,

    /// <summary>The container registry that a workspace uses.</summary>
    ContainerRegistry,

    /// <summary>The Application Insights that a workspace uses.</summary>
    ApplicationInsights,

    /// <summary>The Log Analytics workspace in which that keeps its data.</summary>
    LogAnalytics,
}

/// <summary>The groups in which a workspace's things are shown.</summary>
public enum ResourceGroupKind
{
    /// <summary>Models.</summary>
    Models,

    /// <summary>Data assets and v1 datasets.</summary>
    DataAssets,

    /// <summary>Compute.</summary>
    Computes,

    /// <summary>Endpoints: online, batch, v1 web services.</summary>
    Endpoints,

    /// <summary>Pipelines and schedules.</summary>
    Pipelines,

    /// <summary>Environments and components: the two groups below.</summary>
    EnvironmentsAndComponents,

    /// <summary>Environments.</summary>
    Environments,

    /// <summary>Components.</summary>
    Components,

    /// <summary>Datastores.</summary>
    Datastores,

    /// <summary>The resources that the workspace uses: storage account, key vault, ...</summary>
    Dependents,
}
