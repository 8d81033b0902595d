using System.Text.Json.Serialization;

namespace AmlDataTools.Server.Protocol;

/// <summary>The tree of what there is. It is the server's: the extension only draws the nodes.</summary>
[RpcContract(RpcSide.Server)]
public interface IExplorerApi
{
    /// <summary>The subscriptions of the signed-in person in all their tenants, for the picker.</summary>
    [RpcRequest("explorer/subscriptions")]
    Task<SubscriptionsResult> SubscriptionsAsync(Empty parameters, CancellationToken cancellationToken);

    /// <summary>One page of a node's children. Problems come as nodes of kind <c>error</c>, so that one failed branch does not hide the others.</summary>
    [RpcRequest("explorer/children")]
    Task<ChildrenResult> ChildrenAsync(ChildrenParams parameters, CancellationToken cancellationToken);

    /// <summary>Finds the node that a typed text means: a run id, a Resource Manager id, or an address of Azure ML studio.</summary>
    [RpcRequest("explorer/locate")]
    Task<LocateResult> LocateAsync(LocateParams parameters, CancellationToken cancellationToken);

    /// <summary>Drops what is remembered of a node and all below it.</summary>
    [RpcRequest("explorer/refresh")]
    Task<Empty> RefreshAsync(RefreshParams parameters, CancellationToken cancellationToken);
}

/// <summary>A subscription and the tenant through which it was seen.</summary>
/// <param name="SubscriptionId">Its id.</param>
/// <param name="TenantId">The tenant whose token opens it.</param>
/// <param name="Name">Its name.</param>
/// <param name="State">Enabled, Disabled, Warned, ... as the service says.</param>
public sealed record SubscriptionInfo(string SubscriptionId, string TenantId, string Name, string State);

/// <summary>All subscriptions found.</summary>
/// <param name="Subscriptions">Ordered by name.</param>
/// <param name="Problems">Tenants that could not be read, each with its reason: <c>AADSTS50076</c> asks for a step-up sign-in.</param>
public sealed record SubscriptionsResult(IReadOnlyList<SubscriptionInfo> Subscriptions, IReadOnlyList<TenantProblem> Problems);

/// <summary>A tenant that could not be read.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="Message">Why, for people.</param>
public sealed record TenantProblem(string TenantId, string Message);

/// <summary>Which children are wanted.</summary>
/// <param name="NodeId">The parent; null for the roots, which are <paramref name="Subscriptions"/>.</param>
/// <param name="Subscriptions">The subscriptions chosen by the person; read only when <paramref name="NodeId"/> is null.</param>
/// <param name="PageToken">The previous page's token; null for the first.</param>
/// <param name="PageSize">How many at most; null for the server's choice.</param>
/// <param name="Filter">What runs must satisfy, and by its name models, data, computes and the like too; null for all. Experiments are always shown: a filter that hid them would hide their matching runs.</param>
/// <param name="IncludeArchived">Archived experiments, runs, models, data assets, environments, components and disabled pipelines too.</param>
public sealed record ChildrenParams(
    string? NodeId,
    IReadOnlyList<SubscriptionInfo>? Subscriptions,
    string? PageToken,
    int? PageSize,
    RunFilter? Filter,
    bool IncludeArchived);

/// <summary>What a run must satisfy; all that is given must hold. Of models, data, computes and the like only the name counts; experiments are not filtered.</summary>
/// <param name="Name">A part of the display name or the run id, whatever the case; of the others a part of the name, of a version also of what it is a version of.</param>
/// <param name="Statuses">Any of these, as the service spells them: Completed, Failed, Running, ...</param>
/// <param name="CreatedBy">A part of the creator's name.</param>
/// <param name="Tag"><c>name</c>, or <c>name=value</c>.</param>
public sealed record RunFilter(string? Name, IReadOnlyList<string> Statuses, string? CreatedBy, string? Tag);

/// <summary>A page of children.</summary>
/// <param name="Nodes">In the order to show.</param>
/// <param name="NextPageToken">For the next page; null when this is the last.</param>
public sealed record ChildrenResult(IReadOnlyList<TreeNode> Nodes, string? NextPageToken);

/// <summary>How a node opens.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<NodeExpansion>))]
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
[JsonConverter(typeof(CamelCaseEnumConverter<NodeKind>))]
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
[JsonConverter(typeof(CamelCaseEnumConverter<NodeAction>))]
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
/// <param name="Id">Opaque to the client and the same after a restart: pass it back for children, plans and refresh.</param>
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
public sealed record TreeNode(
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
public sealed record NodeResource(string Name, string? ResourceId, string? StudioUrl, long? Bytes, bool IsArchived, string? DataUri, string? PortalUrl);

/// <summary>A text that means a node.</summary>
/// <param name="Text">Run id, Resource Manager id, studio address, or the node id of a workspace, to see whether it is still there.</param>
/// <param name="WorkspaceNodeId">The workspace in which a bare run id is looked for; null when the text names it.</param>
public sealed record LocateParams(string Text, string? WorkspaceNodeId);

/// <summary>The node found.</summary>
/// <param name="Node">The node.</param>
public sealed record LocateResult(TreeNode Node);

/// <summary>What to forget.</summary>
/// <param name="NodeId">The node; null for everything.</param>
public sealed record RefreshParams(string? NodeId);
