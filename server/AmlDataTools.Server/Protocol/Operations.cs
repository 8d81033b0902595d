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
}

/// <summary>What is to be planned.</summary>
/// <param name="Verb">The verb.</param>
/// <param name="NodeIds">What it is applied to: ids of tree nodes, possibly of several kinds.</param>
/// <param name="Export">Choices of an export; null takes the defaults.</param>
/// <param name="ProgressToken">Names the <c>$/progress</c> notifications of this request; null wants none.</param>
public sealed record PlanParams(OperationVerb Verb, IReadOnlyList<string> NodeIds, ExportOptions? Export, string? ProgressToken);

/// <summary>Choices of an export.</summary>
/// <param name="IncludeChildren">The runs below a pipeline or sweep run too, down to the leaves.</param>
/// <param name="LogsOnly">Only the log folders of a run.</param>
/// <param name="NamedOutputs">The named outputs of a run too.</param>
/// <param name="FullRecord">The run's document, job definition, metrics, tags, children and code too ("Export Run...").</param>
/// <param name="Include">Name patterns (<c>*</c>, <c>?</c>, <c>**</c>) of which a file must match one; empty takes all.</param>
/// <param name="Exclude">Name patterns of which a file must match none.</param>
public sealed record ExportOptions(
    bool IncludeChildren,
    bool LogsOnly,
    bool NamedOutputs,
    bool FullRecord,
    IReadOnlyList<string> Include,
    IReadOnlyList<string> Exclude);

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

    /// <summary>A click in a modal question.</summary>
    Click,

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
    bool HasChildRuns);

/// <summary>Something to know before starting.</summary>
/// <param name="Code">Stable: <c>run.stillRunning</c>, <c>names.mapped</c>, <c>files.noHash</c>, <c>step.reused</c>, ...</param>
/// <param name="Message">For people.</param>
/// <param name="Count">How many items it concerns.</param>
public sealed record PlanWarning(string Code, string Message, long Count);

/// <summary>Which items of a plan are wanted.</summary>
/// <param name="PlanId">The plan.</param>
/// <param name="PageToken">The previous page's token; null for the first.</param>
/// <param name="PageSize">How many at most; null for the server's choice.</param>
public sealed record PlanItemsParams(string PlanId, string? PageToken, int? PageSize);

/// <summary>A page of items.</summary>
/// <param name="Items">In the plan's order.</param>
/// <param name="NextPageToken">For the next page; null when this is the last.</param>
public sealed record PlanItemsResult(IReadOnlyList<PlanItem> Items, string? NextPageToken);

/// <summary>An item of a plan.</summary>
/// <param name="Kind"><c>file</c>, <c>document</c>, ...</param>
/// <param name="Name">Its name at the service.</param>
/// <param name="Path">Where it would be written, relative to the destination, with <c>/</c>.</param>
/// <param name="Bytes">Its size; null when it is made on the way.</param>
/// <param name="Note">Why it is refused, mapped or special; null for nothing.</param>
public sealed record PlanItem(string Kind, string Name, string Path, long? Bytes, string? Note);

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

/// <summary>Where an export goes.</summary>
/// <param name="Folder">Absolute folder on the machine the sidecar runs on; made if its parent exists.</param>
/// <param name="Existing">What is done about files that exist.</param>
public sealed record ExportDestination(string Folder, ExistingFiles Existing);

/// <summary>Starts a plan.</summary>
/// <param name="PlanId">The plan.</param>
/// <param name="Confirmation">What the plan's confirmation demands: null, any text for a click, the name typed.</param>
/// <param name="Destination">Where an export goes; null for other verbs.</param>
public sealed record StartParams(string PlanId, string? Confirmation, ExportDestination? Destination);

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
/// <param name="Destination">Absolute folder of an export; null for other verbs.</param>
/// <param name="Message">One sentence on a failure or a wait (throttled until ...); null for nothing to say.</param>
/// <param name="ErrorCode">Stable code of a failure; null for none.</param>
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
    IReadOnlyList<OperationAction> Actions);

/// <summary>Where a receipt is.</summary>
/// <param name="MarkdownPath">The readable one, absolute.</param>
/// <param name="JsonPath">The complete one, absolute.</param>
/// <param name="Destination">The folder of an export; null for other verbs.</param>
public sealed record ReceiptResult(string MarkdownPath, string JsonPath, string? Destination);
