namespace AmlDataTools.Core.Explorer;

/// <summary>How a node opens.</summary>
public enum NodeExpansion
{
    /// <summary>It has no children.</summary>
    None,

    /// <summary>Shown closed.</summary>
    Collapsed,

    /// <summary>Shown open.</summary>
    Expanded,
}

/// <summary>The kinds of node.</summary>
public enum NodeKind
{
    /// <summary>A subscription.</summary>
    Subscription,

    /// <summary>A workspace.</summary>
    Workspace,

    /// <summary>"Registries" of a subscription.</summary>
    Registries,

    /// <summary>A registry: assets for many workspaces, to read.</summary>
    Registry,

    /// <summary>The experiments of a workspace.</summary>
    Experiments,

    /// <summary>An experiment.</summary>
    Experiment,

    /// <summary>A run (v2: job).</summary>
    Run,

    /// <summary>"Outputs + logs" of a run.</summary>
    RunFiles,

    /// <summary>"Named outputs" of a run.</summary>
    NamedOutputs,

    /// <summary>One named output.</summary>
    NamedOutput,

    /// <summary>"Child runs" of a run.</summary>
    ChildRuns,

    /// <summary>A folder of files.</summary>
    Folder,

    /// <summary>A file.</summary>
    File,

    /// <summary>"Models" of a workspace.</summary>
    Models,

    /// <summary>A registered model, with its versions.</summary>
    Model,

    /// <summary>A version of a model.</summary>
    ModelVersion,

    /// <summary>"Data" of a workspace: data assets and v1 datasets.</summary>
    DataAssets,

    /// <summary>A data asset, with its versions.</summary>
    DataAsset,

    /// <summary>A version of a data asset.</summary>
    DataVersion,

    /// <summary>A dataset (v1).</summary>
    Dataset,

    /// <summary>"Compute" of a workspace.</summary>
    Computes,

    /// <summary>A compute: cluster, instance, attached.</summary>
    Compute,

    /// <summary>"Endpoints" of a workspace.</summary>
    Endpoints,

    /// <summary>An online endpoint, with its deployments.</summary>
    OnlineEndpoint,

    /// <summary>A deployment of an online endpoint.</summary>
    OnlineDeployment,

    /// <summary>A batch endpoint, with its deployments.</summary>
    BatchEndpoint,

    /// <summary>A deployment of a batch endpoint.</summary>
    BatchDeployment,

    /// <summary>A web service (v1).</summary>
    WebService,

    /// <summary>"Pipelines and schedules" of a workspace.</summary>
    Pipelines,

    /// <summary>A pipeline endpoint (v1).</summary>
    PipelineEndpoint,

    /// <summary>A published pipeline (v1).</summary>
    PublishedPipeline,

    /// <summary>A schedule.</summary>
    Schedule,

    /// <summary>"Environments and components" of a workspace.</summary>
    EnvironmentsAndComponents,

    /// <summary>"Environments" of a workspace.</summary>
    Environments,

    /// <summary>An environment, with its versions.</summary>
    Environment,

    /// <summary>A version of an environment.</summary>
    EnvironmentVersion,

    /// <summary>"Components" of a workspace.</summary>
    Components,

    /// <summary>A component, with its versions.</summary>
    Component,

    /// <summary>A version of a component.</summary>
    ComponentVersion,

    /// <summary>"Datastores" of a workspace.</summary>
    Datastores,

    /// <summary>A datastore.</summary>
    Datastore,

    /// <summary>"Notebooks" of a workspace: the folders of its users in its file share.</summary>
    Notebooks,

    /// <summary>A person's folder in the file share of a workspace.</summary>
    UserFolder,

    /// <summary>"Resources of this workspace": what it uses.</summary>
    Dependents,

    /// <summary>A resource that a workspace uses: storage account, key vault, ...</summary>
    Dependent,

    /// <summary>"Leftover resources" of a subscription: what workspaces used that are gone.</summary>
    Leftovers,

    /// <summary>A resource group with leftovers.</summary>
    LeftoverGroup,

    /// <summary>A resource that a workspace used which is gone.</summary>
    Leftover,

    /// <summary>Something worth saying that is no error: nothing here, or where the list comes from.</summary>
    Notice,

    /// <summary>What could not be read, and what to do about it.</summary>
    Error,
}

/// <summary>What can be done with a node; the extension shows exactly these.</summary>
public enum NodeAction
{
    /// <summary>Read its children anew.</summary>
    Refresh,

    /// <summary>"Download Outputs and Logs..." of a run.</summary>
    DownloadRun,

    /// <summary>"Download..." of a folder, a file, a named output, a model, a data asset, a dataset.</summary>
    Download,

    /// <summary>"Export Run..." with its full record.</summary>
    ExportRun,

    /// <summary>Copy its name.</summary>
    CopyName,

    /// <summary>Copy its id.</summary>
    CopyId,

    /// <summary>Open it in Azure ML studio.</summary>
    OpenInStudio,

    /// <summary>Filter what is below.</summary>
    Filter,

    /// <summary>Sign in.</summary>
    SignIn,

    /// <summary>Choose subscriptions.</summary>
    SelectSubscriptions,

    /// <summary>Try again.</summary>
    Retry,

    /// <summary>Open the log.</summary>
    ShowLog,

    /// <summary>Show archived ones too.</summary>
    ShowArchived,

    /// <summary>Open the settings.</summary>
    OpenSettings,

    /// <summary>"Archive...": hide it; nothing is deleted.</summary>
    Archive,

    /// <summary>"Restore...": bring an archived one back.</summary>
    Restore,

    /// <summary>"Unregister...": take the registration away; no data is deleted.</summary>
    Unregister,

    /// <summary>"Detach..." a compute that lives elsewhere.</summary>
    Detach,

    /// <summary>"Delete...", with its data where asked for.</summary>
    Delete,

    /// <summary>"Delete Data...": the record cannot be deleted, its data can.</summary>
    DeleteData,

    /// <summary>"Delete Matching...", "Archive Matching...": what is in it, by age, status, name, tag, person.</summary>
    ChangeMatching,

    /// <summary>"Open": read a file in the editor, without saving it.</summary>
    Open,

    /// <summary>"Copy Path": its path in the datastore.</summary>
    CopyPath,

    /// <summary>"Copy azureml:// URI".</summary>
    CopyUri,

    /// <summary>Open it in the Azure portal.</summary>
    OpenInPortal,

    /// <summary>"Export Workspace Record...": what Resource Manager and run history say about a workspace.</summary>
    ExportRecord,

    /// <summary>Open the editor's settings of proxies and certificates.</summary>
    OpenNetworkSettings,

    /// <summary>Open the documentation.</summary>
    OpenHelp,
}

/// <summary>A node of the tree.</summary>
/// <param name="Id">Opaque and the same after a restart; see <see cref="NodeTargets"/>.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Label">Its name.</param>
/// <param name="Description">What stands behind the name in grey; null for nothing.</param>
/// <param name="Tooltip">Plain lines; null for none.</param>
/// <param name="Icon">A codicon name such as <c>beaker</c>.</param>
/// <param name="IconColor">A VS Code theme colour id such as <c>testing.iconPassed</c>; null for the default.</param>
/// <param name="AccessibilityLabel">What a screen reader says; null for label and description.</param>
/// <param name="Expansion">How it opens.</param>
/// <param name="Actions">What can be done with it.</param>
/// <param name="Resource">What it stands for; null for nodes that only group or explain.</param>
public sealed record ExplorerNode(
    string Id,
    NodeKind Kind,
    string Label,
    string? Description,
    string? Tooltip,
    string Icon,
    string? IconColor,
    string? AccessibilityLabel,
    NodeExpansion Expansion,
    IReadOnlyList<NodeAction> Actions,
    NodeResource? Resource);

/// <summary>What a node stands for.</summary>
/// <param name="Name">The name the service knows it by: run id, experiment name, path.</param>
/// <param name="ResourceId">Resource Manager id; null for what has none.</param>
/// <param name="StudioUrl">Its page in Azure ML studio; null when there is none.</param>
/// <param name="Bytes">Size of a file; null for everything else.</param>
/// <param name="IsArchived">Whether it is archived.</param>
/// <param name="DataUri">The <c>azureml://</c> address of a datastore, folder or file, in its long form; null for everything else.</param>
/// <param name="PortalUrl">Its page in the Azure portal; null when there is none.</param>
public sealed record NodeResource(string Name, string? ResourceId, string? StudioUrl, long? Bytes, bool IsArchived = false, string? DataUri = null, string? PortalUrl = null);
