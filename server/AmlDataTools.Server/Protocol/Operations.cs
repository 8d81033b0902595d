using System.Text.Json.Serialization;

namespace AmlDataTools.Server.Protocol;

/// <summary>The one engine for every verb: plan, look, start, follow, receipt.</summary>
[RpcContract(RpcSide.Server)]
public interface IOperationsApi
{
    /// <summary>Works out what a verb would do. Nothing is fetched or changed.</summary>
    [RpcRequest("operations/plan", Progress = typeof(PlanProgress))]
    Task<PlanResult> PlanAsync(PlanParams parameters, CancellationToken cancellationToken);

    /// <summary>A page of a plan's items.</summary>
    [RpcRequest("operations/planItems")]
    Task<PlanItemsResult> PlanItemsAsync(PlanItemsParams parameters, CancellationToken cancellationToken);

    /// <summary>What a choice of a plan's items amounts to, and what must be confirmed for it. Not for exports.</summary>
    [RpcRequest("operations/review")]
    Task<PlanReview> ReviewAsync(ReviewParams parameters, CancellationToken cancellationToken);

    /// <summary>Writes a plan to a file, to be read or kept; nothing is carried out.</summary>
    [RpcRequest("operations/savePlan")]
    Task<Empty> SavePlanAsync(SavePlanParams parameters, CancellationToken cancellationToken);

    /// <summary>Carries a plan out. Answers once the operation is recorded; it is followed by <c>operations/changed</c>.</summary>
    [RpcRequest("operations/start")]
    Task<OperationResult> StartAsync(StartParams parameters, CancellationToken cancellationToken);

    /// <summary>All operations on record, of this window and others, newest first.</summary>
    [RpcRequest("operations/list")]
    Task<OperationsResult> ListAsync(Empty parameters, CancellationToken cancellationToken);

    /// <summary>Stops for now; everything verified is kept.</summary>
    [RpcRequest("operations/pause")]
    Task<OperationResult> PauseAsync(OperationParams parameters, CancellationToken cancellationToken);

    /// <summary>Goes on with a paused, interrupted, cancelled or failed operation.</summary>
    [RpcRequest("operations/resume")]
    Task<OperationResult> ResumeAsync(OperationParams parameters, CancellationToken cancellationToken);

    /// <summary>Stops for good; finished files are kept, unfinished ones removed, and the receipt says which.</summary>
    [RpcRequest("operations/cancel")]
    Task<OperationResult> CancelAsync(OperationParams parameters, CancellationToken cancellationToken);

    /// <summary>Gives up an interrupted or paused operation: as cancel, and it goes from the list.</summary>
    [RpcRequest("operations/discard")]
    Task<Empty> DiscardAsync(OperationParams parameters, CancellationToken cancellationToken);

    /// <summary>Takes finished operations off the list; their receipts in the destination stay.</summary>
    [RpcRequest("operations/clearFinished")]
    Task<OperationsResult> ClearFinishedAsync(Empty parameters, CancellationToken cancellationToken);

    /// <summary>Where the receipt of a finished operation is.</summary>
    [RpcRequest("operations/receipt")]
    Task<ReceiptResult> ReceiptAsync(OperationParams parameters, CancellationToken cancellationToken);
}

/// <summary>What the sidecar tells of operations.</summary>
[RpcContract(RpcSide.Client)]
public interface IOperationsClient
{
    /// <summary>An operation's state or numbers changed; at most four times a second for each.</summary>
    [RpcNotification("operations/changed")]
    Task ChangedAsync(OperationChanged parameters, CancellationToken cancellationToken);

    /// <summary>An operation is no longer on the list.</summary>
    [RpcNotification("operations/removed")]
    Task RemovedAsync(OperationParams parameters, CancellationToken cancellationToken);
}

/// <summary>The verbs.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<OperationVerb>))]
public enum OperationVerb
{
    /// <summary>Download or export.</summary>
    Export,

    /// <summary>Hide from lists; nothing is deleted.</summary>
    Archive,

    /// <summary>Bring archived ones back.</summary>
    Restore,

    /// <summary>Take the registration away (of a compute: detach it); no data is deleted.</summary>
    Unregister,

    /// <summary>Delete records, and data where asked for.</summary>
    Delete,

    /// <summary>Bring blobs back that the storage account still keeps.</summary>
    Undelete,

    /// <summary>Copy blobs to another container ("Export to Storage..."); storage does it by itself.</summary>
    Copy,

    /// <summary>Erase what a search found of a person: delete it, or do what can be done where the service deletes nothing.</summary>
    Erase,
}

/// <summary>What is to be planned.</summary>
/// <param name="Verb">The verb.</param>
/// <param name="NodeIds">What it is applied to: ids of tree nodes, possibly of several kinds; of several workspaces for verbs other than export. Empty when <paramref name="OperationId"/> is given.</param>
/// <param name="Export">Choices of an export; null takes the defaults.</param>
/// <param name="Change">Choices of the other verbs; null takes the defaults.</param>
/// <param name="Filter">Given, the verb is applied not to the nodes but to what is directly in them and satisfies this; not for exports.</param>
/// <param name="OperationId">A finished operation whose items are meant: restore what it archived, undelete the data it deleted, archive what the service refused to delete. Else null.</param>
/// <param name="ProgressToken">Names the <c>$/progress</c> notifications of this request; null wants none.</param>
/// <param name="Copy">Where a copy goes; null for other verbs.</param>
/// <param name="PersonalData">The ticked findings of a search, for export or erase, instead of nodes; else null.</param>
public sealed record PlanParams(
    OperationVerb Verb,
    IReadOnlyList<string> NodeIds,
    ExportOptions? Export,
    ChangeOptions? Change,
    BulkFilter? Filter,
    string? OperationId,
    string? ProgressToken,
    CopyTo? Copy = null,
    PersonalDataSelection? PersonalData = null);

/// <summary>Where a copy goes: one of the two is given.</summary>
/// <param name="NodeId">A datastore, or a folder in one.</param>
/// <param name="Address">The https address of a container of a storage account of the cloud, or of a folder in one, without query; opened with the caller's token.</param>
public sealed record CopyTo(string? NodeId, string? Address);

/// <summary>Where a copy would go, and what is there.</summary>
/// <param name="Target">For people: <c>account/container/folder/</c>.</param>
/// <param name="Identical">Items that are there already, of the same length and MD5.</param>
/// <param name="Different">Items under whose name something else is: to replace these, <c>operations/start</c> must be given <c>confirmed</c>.</param>
/// <param name="Protected">Those of them that cannot be replaced: a policy or legal hold protects them.</param>
public sealed record CopyPlanInfo(string Target, long Identical, long Different, long Protected);

/// <summary>Choices of archive, restore, unregister, delete.</summary>
/// <param name="IncludeData">The data too, where the verb is delete or unregister: run folders, blobs of models and data assets.</param>
/// <param name="IncludeChildren">The runs below a pipeline or sweep run too, down to the leaves.</param>
/// <param name="IncludeVersionsAndSnapshots">With the data also its older versions and snapshots, where the storage account has them.</param>
/// <param name="TypeNames">Whether weighty deletions ask for the name to be typed; else a modal question does.</param>
/// <param name="TypeAboveBytes">How much data makes a deletion weighty; bytes.</param>
/// <param name="IncludeDependents">Of a workspace: also the resources it uses, where nothing else does.</param>
/// <param name="Permanently">Of a workspace and what it uses: for good, where the service would keep it for some days.</param>
public sealed record ChangeOptions(
    bool IncludeData, bool IncludeChildren, bool IncludeVersionsAndSnapshots, bool TypeNames, long TypeAboveBytes, bool IncludeDependents, bool Permanently);

/// <summary>Which of the things in a node are meant; all that is given must hold.</summary>
/// <param name="OlderThanDays">Created at least so many days ago; null for any age.</param>
/// <param name="Statuses">Any of these, as the service spells them (<c>Failed</c>, <c>Succeeded</c>, ...); empty for any.</param>
/// <param name="Name">A pattern with <c>*</c> and <c>?</c> that name or display name must match, whatever the case; null for any.</param>
/// <param name="Tag"><c>name</c>, or <c>name=value</c>; null for any.</param>
/// <param name="CreatedBy">A part of the creator's name; null for any.</param>
/// <param name="Unreferenced">Only what no run, model, data asset or deployment refers to.</param>
/// <param name="WithoutModel">Only runs from which no registered model came, and in whose outputs none lies; nor of those below them. Not for what is no run.</param>
public sealed record BulkFilter(int? OlderThanDays, IReadOnlyList<string> Statuses, string? Name, string? Tag, string? CreatedBy, bool Unreferenced, bool WithoutModel = false);

/// <summary>Choices of an export.</summary>
/// <param name="IncludeChildren">The runs below a pipeline or sweep run too, down to the leaves.</param>
/// <param name="LogsOnly">Only the log folders of a run.</param>
/// <param name="NamedOutputs">The named outputs of a run too.</param>
/// <param name="FullRecord">The run's document, job definition, metrics, tags, children and code too ("Export Run...").</param>
/// <param name="Include">Name patterns (<c>*</c>, <c>?</c>, <c>**</c>) of which a file must match one; empty takes all.</param>
/// <param name="Exclude">Name patterns of which a file must match none.</param>
/// <param name="Workspace">What is taken of workspaces among the nodes; null takes their records.</param>
public sealed record ExportOptions(
    bool IncludeChildren,
    bool LogsOnly,
    bool NamedOutputs,
    bool FullRecord,
    IReadOnlyList<string> Include,
    IReadOnlyList<string> Exclude,
    WorkspaceExport? Workspace = null);

/// <summary>What is taken of a whole workspace ("Export First...").</summary>
/// <param name="Models">The files of all versions of all models.</param>
/// <param name="Runs">Outputs and logs of all runs.</param>
/// <param name="Notebooks">The whole file share.</param>
/// <param name="Data">The files of all versions of all data assets, and of v1 datasets.</param>
/// <param name="Record">What Resource Manager and run history say about it ("Export Workspace Record...").</param>
public sealed record WorkspaceExport(bool Models, bool Runs, bool Notebooks, bool Data, bool Record);

/// <summary>How far a plan has come.</summary>
/// <param name="Message">What is being read.</param>
/// <param name="Items">Items found so far.</param>
/// <param name="Bytes">Their bytes.</param>
public sealed record PlanProgress(string Message, long Items, long Bytes);

/// <summary>What must be given to start a plan.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<ConfirmationKind>))]
public enum ConfirmationKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A click on the plan's own button.</summary>
    Click,

    /// <summary>A modal question with the numbers, answered with <c>confirmed</c>.</summary>
    Modal,

    /// <summary>The name, typed.</summary>
    TypeName,
}

/// <summary>A plan: immutable, kept by the sidecar until it ends or the plan is started.</summary>
/// <param name="PlanId">Its id.</param>
/// <param name="Verb">The verb.</param>
/// <param name="Title">What it would do, in a few words: <c>Download mango_leaf_3f</c>.</param>
/// <param name="Items">How many items.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Warnings">What the person should know before starting.</param>
/// <param name="Survivors">What will remain although one might expect it gone; empty for an export.</param>
/// <param name="Confirmation">What <c>operations/start</c> must be given.</param>
/// <param name="ConfirmationText">The text to type when <paramref name="Confirmation"/> is typeName; else null.</param>
/// <param name="NeedsDestination">Whether <c>operations/start</c> must be given a folder.</param>
/// <param name="SuggestedFolderName">The folder that will be made in the destination; null when files go straight into it.</param>
/// <param name="HasChildRuns">Whether runs among the targets have children that were not asked for.</param>
/// <param name="Review">What the items ticked by default amount to; null for an export.</param>
/// <param name="Copy">Where a copy would go; null for other verbs.</param>
/// <param name="ExportFirst">Of a deletion of workspaces: their nodes, which an export can be asked for first. Null for other plans.</param>
public sealed record PlanResult(
    string PlanId,
    OperationVerb Verb,
    string Title,
    long Items,
    long Bytes,
    IReadOnlyList<PlanWarning> Warnings,
    IReadOnlyList<string> Survivors,
    ConfirmationKind Confirmation,
    string? ConfirmationText,
    bool NeedsDestination,
    string? SuggestedFolderName,
    bool HasChildRuns,
    PlanReview? Review,
    CopyPlanInfo? Copy = null,
    IReadOnlyList<string>? ExportFirst = null);

/// <summary>A choice of items to look at.</summary>
/// <param name="PlanId">The plan.</param>
/// <param name="Toggled">Ids of the items whose tick differs from the plan's.</param>
public sealed record ReviewParams(string PlanId, IReadOnlyList<long> Toggled);

/// <summary>What a choice of items amounts to.</summary>
/// <param name="Records">Records that would be changed.</param>
/// <param name="Blobs">Blobs that would be deleted or brought back.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="NotDone">Items that cannot be done or are not ticked.</param>
/// <param name="Confirmation">What <c>operations/start</c> must be given.</param>
/// <param name="ConfirmationText">The text to type when <paramref name="Confirmation"/> is typeName; else null.</param>
/// <param name="Question">The question to ask, with the numbers: <c>Delete 14 runs and 3.1 GB of data?</c></param>
/// <param name="Detail">What stands below the question: what cannot be undone, what survives until when.</param>
/// <param name="Button">The verb for the button: <c>Delete</c>, <c>Archive</c>, ...</param>
/// <param name="Warnings">What the person should know about this choice.</param>
/// <param name="Survivors">What will remain.</param>
public sealed record PlanReview(
    long Records,
    long Blobs,
    long Bytes,
    long NotDone,
    ConfirmationKind Confirmation,
    string? ConfirmationText,
    string Question,
    string Detail,
    string Button,
    IReadOnlyList<PlanWarning> Warnings,
    IReadOnlyList<string> Survivors);

/// <summary>How a plan is written.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<PlanFormat>))]
public enum PlanFormat
{
    /// <summary>Complete, for programs.</summary>
    Json,

    /// <summary>To be read.</summary>
    Markdown,
}

/// <summary>Where to write a plan.</summary>
/// <param name="PlanId">The plan.</param>
/// <param name="Toggled">Ids of the items whose tick differs from the plan's.</param>
/// <param name="Path">Absolute path of the file; replaced if it exists.</param>
/// <param name="Format">How.</param>
public sealed record SavePlanParams(string PlanId, IReadOnlyList<long> Toggled, string Path, PlanFormat Format);

/// <summary>Something to know before starting.</summary>
/// <param name="Code">Stable: <c>run.stillRunning</c>, <c>names.mapped</c>, <c>files.noHash</c>, <c>step.reused</c>, ...</param>
/// <param name="Message">For people.</param>
/// <param name="Count">How many items it concerns.</param>
public sealed record PlanWarning(string Code, string Message, long Count);

/// <summary>By what the items of a plan are ordered.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<PlanOrder>))]
public enum PlanOrder
{
    /// <summary>As they would be done.</summary>
    Plan,

    /// <summary>By name.</summary>
    Name,

    /// <summary>By kind, then name.</summary>
    Kind,

    /// <summary>By action, then name.</summary>
    Action,

    /// <summary>By bytes.</summary>
    Bytes,

    /// <summary>By creation.</summary>
    Created,
}

/// <summary>Which items of a plan are wanted.</summary>
/// <param name="PlanId">The plan.</param>
/// <param name="PageToken">The previous page's token; null for the first.</param>
/// <param name="PageSize">How many at most; null for the server's choice.</param>
/// <param name="Order">The order; exports know only that of the plan.</param>
/// <param name="Descending">Backwards.</param>
/// <param name="Search">A part of the name, whatever the case; null for all. Exports know no search.</param>
public sealed record PlanItemsParams(string PlanId, string? PageToken, int? PageSize, PlanOrder Order, bool Descending, string? Search);

/// <summary>A page of items.</summary>
/// <param name="Items">In the order asked for.</param>
/// <param name="NextPageToken">For the next page; null when this is the last.</param>
public sealed record PlanItemsResult(IReadOnlyList<PlanItem> Items, string? NextPageToken);

/// <summary>What is done with an item.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<PlanItemAction>))]
public enum PlanItemAction
{
    /// <summary>Fetched.</summary>
    Download,

    /// <summary>Its record is archived.</summary>
    Archive,

    /// <summary>Its record is restored.</summary>
    Restore,

    /// <summary>Its registration is taken away.</summary>
    Unregister,

    /// <summary>A compute is detached.</summary>
    Detach,

    /// <summary>Its record is deleted.</summary>
    Delete,

    /// <summary>Its blobs are deleted.</summary>
    DeleteData,

    /// <summary>What is kept of it after its deletion is deleted for good.</summary>
    Purge,

    /// <summary>Its blobs are brought back.</summary>
    Undelete,

    /// <summary>Copied in storage.</summary>
    Copy,

    /// <summary>Texts of its record (tags, description) are taken out.</summary>
    Clear,

    /// <summary>Nothing: it is shown because a person would ask about it.</summary>
    Keep,
}

/// <summary>An item of a plan.</summary>
/// <param name="Id">Its number within the plan.</param>
/// <param name="Kind"><c>file</c>, <c>document</c>, <c>run</c>, <c>modelVersion</c>, <c>storedData</c>, ...</param>
/// <param name="Name">Its name at the service.</param>
/// <param name="Label">What people call it; of data, where it lies.</param>
/// <param name="Path">Of an export, where it would be written, relative to the destination, with <c>/</c>; of a copy its name in the target container; else empty.</param>
/// <param name="Action">What is done with it.</param>
/// <param name="Parent">Of data, the id of the record whose data it is; null for none.</param>
/// <param name="Bytes">Its size; null when not known beforehand or without meaning.</param>
/// <param name="Blobs">How many blobs; null for records.</param>
/// <param name="Created">Unix time in milliseconds; null when not known.</param>
/// <param name="State">Its state as the service says: Running, Archived, ...; null for none.</param>
/// <param name="Ticked">Whether it would be done.</param>
/// <param name="CanTick">Whether the person may change that.</param>
/// <param name="NeedsName">Ticking it demands typing the name: others refer to it.</param>
/// <param name="Note">Why it is refused, mapped, kept or special, in one sentence; null for nothing.</param>
/// <param name="Details">Further lines: who refers to it, what survives.</param>
/// <param name="KindName">What people call its kind: <c>model version</c>; null where no kind is shown.</param>
public sealed record PlanItem(
    long Id,
    string Kind,
    string Name,
    string Label,
    string Path,
    PlanItemAction Action,
    long? Parent,
    long? Bytes,
    long? Blobs,
    long? Created,
    string? State,
    bool Ticked,
    bool CanTick,
    bool NeedsName,
    string? Note,
    IReadOnlyList<string> Details,
    string? KindName);

/// <summary>What is done about files that exist at the destination.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<ExistingFiles>))]
public enum ExistingFiles
{
    /// <summary>Identical ones (size and hash) are skipped, others kept and the new one written beside them under another name.</summary>
    SkipIdentical,

    /// <summary>Replaced, once the new one is complete and verified.</summary>
    Replace,

    /// <summary>Kept; the new one gets a number in its name.</summary>
    KeepBoth,
}

/// <summary>How an export is written.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<ExportFormat>))]
public enum ExportFormat
{
    /// <summary>Files in folders.</summary>
    Folder,

    /// <summary>A BagIt bag (RFC 8493) with SHA-256 manifests, in a folder of its own that must not be there yet.</summary>
    Bag,

    /// <summary>One zip file of what a plain folder would hold. A name that is taken gets a number; nothing is compressed.</summary>
    Zip,

    /// <summary>One zip file that holds a BagIt bag in a folder of its own.</summary>
    BagZip,
}

/// <summary>Where an export goes.</summary>
/// <param name="Folder">Absolute folder on the machine the sidecar runs on; made if its parent exists.</param>
/// <param name="Existing">What is done about files that exist; without meaning for a bag or a zip.</param>
/// <param name="Format">How it is written.</param>
public sealed record ExportDestination(string Folder, ExistingFiles Existing, ExportFormat Format);

/// <summary>Starts a plan.</summary>
/// <param name="PlanId">The plan.</param>
/// <param name="Confirmation">What the plan's confirmation demands: null, <c>confirmed</c> for a click or a modal question, the name typed.</param>
/// <param name="Destination">Where an export goes; of a copy only what is done about blobs that exist counts; null for other verbs.</param>
/// <param name="Toggled">Ids of the items whose tick differs from the plan's; empty for an export.</param>
public sealed record StartParams(string PlanId, string? Confirmation, ExportDestination? Destination, IReadOnlyList<long> Toggled);

/// <summary>Names an operation.</summary>
/// <param name="OperationId">Its id.</param>
public sealed record OperationParams(string OperationId);

/// <summary>One operation.</summary>
/// <param name="Operation">The operation.</param>
public sealed record OperationResult(OperationSummary Operation);

/// <summary>One operation that changed.</summary>
/// <param name="Operation">The operation.</param>
public sealed record OperationChanged(OperationSummary Operation);

/// <summary>Operations.</summary>
/// <param name="Operations">Newest first.</param>
public sealed record OperationsResult(IReadOnlyList<OperationSummary> Operations);

/// <summary>The states of an operation.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<OperationState>))]
public enum OperationState
{
    /// <summary>Recorded, not begun.</summary>
    Planned,

    /// <summary>Under way.</summary>
    Running,

    /// <summary>Stopped by the person for now.</summary>
    Paused,

    /// <summary>Being stopped.</summary>
    CancelRequested,

    /// <summary>Stopped by the person for good.</summary>
    Cancelled,

    /// <summary>All done.</summary>
    Succeeded,

    /// <summary>All done that could be; the receipt says what not.</summary>
    SucceededWithWarnings,

    /// <summary>Not done; the message and the receipt say why.</summary>
    Failed,

    /// <summary>Its sidecar ended in the middle; can be resumed.</summary>
    Interrupted,
}

/// <summary>Whose an operation is.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<OperationOwner>))]
public enum OperationOwner
{
    /// <summary>Nobody is working on it.</summary>
    None,

    /// <summary>This sidecar.</summary>
    This,

    /// <summary>The sidecar of another window.</summary>
    Other,
}

/// <summary>What can be done with an operation; the extension shows exactly these.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<OperationAction>))]
public enum OperationAction
{
    /// <summary>Stop for now.</summary>
    Pause,

    /// <summary>Stop for good.</summary>
    Cancel,

    /// <summary>Go on.</summary>
    Resume,

    /// <summary>Give up.</summary>
    Discard,

    /// <summary>Show the destination.</summary>
    Reveal,

    /// <summary>Open the receipt.</summary>
    Receipt,

    /// <summary>"Restore...": plan the restoring of what it archived.</summary>
    Restore,

    /// <summary>"Undelete Data...": plan bringing back the blobs it deleted, while the storage account keeps them.</summary>
    Undelete,

    /// <summary>"Archive Instead...": plan archiving what the service refused to delete.</summary>
    ArchiveInstead,
}

/// <summary>An operation as the view shows it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Verb">The verb.</param>
/// <param name="Title">In a few words.</param>
/// <param name="State">How it stands.</param>
/// <param name="Owner">Whose it is.</param>
/// <param name="StartedAt">Unix time in milliseconds.</param>
/// <param name="FinishedAt">Unix time in milliseconds; null while it goes on.</param>
/// <param name="Items">All items.</param>
/// <param name="ItemsDone">Done and verified.</param>
/// <param name="ItemsSkipped">Skipped, for a reason in the receipt.</param>
/// <param name="ItemsFailed">Failed, for a reason in the receipt.</param>
/// <param name="Bytes">All bytes.</param>
/// <param name="BytesDone">Bytes on disk so far, verified or on the way to it.</param>
/// <param name="BytesPerSecond">Over the last seconds; null when not running.</param>
/// <param name="SecondsLeft">An estimate; null when there is none.</param>
/// <param name="Destination">Absolute folder of an export; of a copy its target (account, container, folder); null for other verbs.</param>
/// <param name="Message">One sentence on a failure, a wait (throttled until ...) or on what survives; null for nothing to say.</param>
/// <param name="ErrorCode">Stable code of a failure; null for none.</param>
/// <param name="UndeleteUntil">Until when deleted data can be brought back; Unix time in milliseconds; null when it cannot or is not known.</param>
/// <param name="Actions">What can be done with it now.</param>
public sealed record OperationSummary(
    string Id,
    OperationVerb Verb,
    string Title,
    OperationState State,
    OperationOwner Owner,
    long StartedAt,
    long? FinishedAt,
    long Items,
    long ItemsDone,
    long ItemsSkipped,
    long ItemsFailed,
    long Bytes,
    long BytesDone,
    long? BytesPerSecond,
    long? SecondsLeft,
    string? Destination,
    string? Message,
    string? ErrorCode,
    long? UndeleteUntil,
    IReadOnlyList<OperationAction> Actions);

/// <summary>Where a receipt is.</summary>
/// <param name="MarkdownPath">The readable one, absolute.</param>
/// <param name="JsonPath">The complete one, absolute.</param>
/// <param name="Destination">The folder of an export; null for other verbs.</param>
public sealed record ReceiptResult(string MarkdownPath, string JsonPath, string? Destination);
