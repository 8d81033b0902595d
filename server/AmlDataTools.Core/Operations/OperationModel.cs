using AmlDataTools.Azure;
using System.Text.Json.Serialization;

namespace AmlDataTools.Core.Operations;

/// <summary>The verbs.</summary>
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

    /// <summary>Copy blobs to another container; storage does it by itself.</summary>
    Copy,

    /// <summary>Erase what a search found of a person: delete it, or do what can be done where the service deletes nothing.</summary>
    Erase,
}

/// <summary>The states of an operation.</summary>
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

    /// <summary>Its process ended in the middle; can be resumed.</summary>
    Interrupted,
}

/// <summary>Whose an operation is.</summary>
public enum OperationOwner
{
    /// <summary>Nobody is working on it.</summary>
    None,

    /// <summary>This process.</summary>
    This,

    /// <summary>The process of another window.</summary>
    Other,
}

/// <summary>Something to know before starting.</summary>
/// <param name="Code">Stable.</param>
/// <param name="Message">For people.</param>
/// <param name="Count">How many items it concerns.</param>
public sealed record PlanWarning(string Code, string Message, long Count);

/// <summary>A plan: what would be done. Written down and immutable.</summary>
/// <param name="Id">Its id; the operation that carries it out has the same.</param>
/// <param name="Verb">The verb.</param>
/// <param name="Title">In a few words.</param>
/// <param name="CreatedAt">When it was made; Unix time in milliseconds.</param>
/// <param name="Who">The account it was made with, as far as known.</param>
/// <param name="Workspace">Resource Manager id of the workspace.</param>
/// <param name="Items">How many items.</param>
/// <param name="Bytes">Their bytes, as far as known beforehand.</param>
/// <param name="Warnings">What to know before starting.</param>
/// <param name="Survivors">What will remain although one might expect it gone.</param>
/// <param name="Sources">What the items' source keys stand for.</param>
/// <param name="FolderName">The folder made in the destination; null when files go straight into it.</param>
/// <param name="HasChildRuns">Whether runs among the targets have children that were not asked for.</param>
public sealed record OperationPlan(
    string Id,
    OperationVerb Verb,
    string Title,
    long CreatedAt,
    string? Who,
    string Workspace,
    long Items,
    long Bytes,
    IReadOnlyList<PlanWarning> Warnings,
    IReadOnlyList<string> Survivors,
    IReadOnlyDictionary<string, SourceInfo> Sources,
    string? FolderName,
    bool HasChildRuns)
{
    /// <summary>How a change was asked for; null for an export.</summary>
    public Changes.ChangeChoices? Change { get; init; }

    /// <summary>Where a copy goes and what is there; null for other verbs.</summary>
    public Copies.CopyPlan? Copy { get; init; }

    /// <summary>What of a search an export gives out; null for others.</summary>
    public PersonalData.Export.FoundSelection? PersonalData { get; init; }

    /// <summary>What an export takes of whole workspaces; null when it takes none as a whole.</summary>
    public Export.WholeExport? Whole { get; init; }

    /// <summary>The workspaces that a deletion takes away, or of which it takes what they use.</summary>
    public IReadOnlyList<Export.DeletedWorkspace> Deletes { get; init; } = [];

    /// <summary>The name to type where one is demanded; null when the numbers are typed.</summary>
    public string? NameToType { get; init; }

    /// <summary>The operation whose doing this undoes; null for none.</summary>
    public string? Undoes { get; init; }

    /// <summary>Of whom data is erased, without naming the person; null for other verbs.</summary>
    public ErasedSubject? Subject { get; init; }

    /// <summary>The retention rule it was made by; null for none.</summary>
    public RetentionRules.RuleMark? Rule { get; init; }

    /// <summary>Of workspaces that are deleted what they use: it may be left over. Null, and not written, otherwise.</summary>
    public IReadOnlyList<Workspaces.Leftovers.WorkspaceUse>? Uses { get; init; }

    /// <summary>What the items that can be ticked leave behind, by place; read, not guessed.</summary>
    public IReadOnlyList<Changes.Retention> Retentions { get; init; } = [];
}

/// <summary>Where items come from.</summary>
/// <param name="SubscriptionId">Subscription of the workspace.</param>
/// <param name="ResourceGroup">Its resource group.</param>
/// <param name="Workspace">Its name.</param>
/// <param name="TenantId">Its tenant.</param>
/// <param name="Datastore">The datastore; null for documents of the workspace's services.</param>
public sealed record SourceInfo(string SubscriptionId, string ResourceGroup, string Workspace, string? TenantId, string? Datastore)
{
    /// <summary>Of a registry, through what it is read (<see cref="WorkspaceRef.Registry"/>); null for a workspace.</summary>
    public string? Registry { get; init; }

    /// <summary>The workspace or registry.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public WorkspaceRef Place => new(SubscriptionId, ResourceGroup, Workspace, TenantId) { Registry = Registry };

    /// <summary>A source in a workspace or registry.</summary>
    /// <param name="workspace">The workspace or registry.</param>
    /// <param name="datastore">The datastore; null for documents.</param>
    public static SourceInfo Of(WorkspaceRef workspace, string? datastore)
        => new(workspace.SubscriptionId, workspace.ResourceGroup, workspace.Name, workspace.TenantId, datastore) { Registry = workspace.Registry };
}

/// <summary>Where an export goes.</summary>
/// <param name="Folder">Absolute folder.</param>
/// <param name="Existing">What is done about files that exist.</param>
public sealed record OperationDestination(string Folder, Transfer.ExistingFilePolicy Existing)
{
    /// <summary>How it is written.</summary>
    public ExportFormat Format { get; init; }
}

/// <summary>How an export is written.</summary>
public enum ExportFormat
{
    /// <summary>Files in folders.</summary>
    Folder,

    /// <summary>A BagIt bag (RFC 8493): the files below <c>data/</c>, and manifests with which anybody can check them.</summary>
    Bag,

    /// <summary>One zip file of what a plain folder would hold.</summary>
    Zip,

    /// <summary>One zip file with a BagIt bag in it, in a folder of its own.</summary>
    BagZip,
}

/// <summary>How an operation stands. Written beside the journal about once a second, so that other windows can show it.</summary>
/// <param name="State">The state.</param>
/// <param name="StartedAt">Unix time in milliseconds.</param>
/// <param name="FinishedAt">Unix time in milliseconds; null while it goes on.</param>
/// <param name="Done">Items done and verified.</param>
/// <param name="Skipped">Items skipped.</param>
/// <param name="Failed">Items failed.</param>
/// <param name="Bytes">All bytes; may have grown since the plan.</param>
/// <param name="BytesDone">Bytes on disk so far.</param>
/// <param name="BytesPerSecond">Over the last seconds; null when not running.</param>
/// <param name="Message">One sentence on a failure or a wait.</param>
/// <param name="ErrorCode">Stable code of a failure.</param>
public sealed record OperationStatus(
    OperationState State,
    long StartedAt,
    long? FinishedAt,
    long Done,
    long Skipped,
    long Failed,
    long Bytes,
    long BytesDone,
    long? BytesPerSecond,
    string? Message,
    string? ErrorCode)
{
    /// <summary>Until when deleted data can be brought back; Unix time in milliseconds; null when it cannot or is not known.</summary>
    public long? UndeleteUntil { get; init; }

    /// <summary>Whether former versions of deleted blobs remain, from which they can be brought back without a date.</summary>
    public bool KeptAsVersions { get; init; }

    /// <summary>Records that were archived and could be restored.</summary>
    public long Archived { get; init; }

    /// <summary>Records that the service refused to delete and that could be archived.</summary>
    public long RefusedByService { get; init; }

    /// <summary>Name of the one file that an export became, in its destination; null for a folder, and until it is complete.</summary>
    public string? File { get; init; }

    /// <summary>Whether somebody should be at work on it.</summary>
    [JsonIgnore]
    public bool IsActive => State is OperationState.Running or OperationState.CancelRequested;

    /// <summary>Whether deleted data can still be brought back, as far as is known.</summary>
    /// <param name="now">Unix time in milliseconds.</param>
    public bool CanUndelete(long now) => UndeleteUntil > now || (UndeleteUntil is null && KeptAsVersions);

    /// <summary>Whether it has come to its end.</summary>
    [JsonIgnore]
    public bool IsFinished => State is OperationState.Succeeded or OperationState.SucceededWithWarnings or OperationState.Failed or OperationState.Cancelled;
}

/// <summary>An operation as others see it.</summary>
/// <param name="Plan">What it does.</param>
/// <param name="Destination">Where it goes; null for other verbs.</param>
/// <param name="Status">How it stands.</param>
/// <param name="Owner">Whose it is.</param>
public sealed record OperationView(OperationPlan Plan, OperationDestination? Destination, OperationStatus Status, OperationOwner Owner)
{
    /// <summary>Whether the data it deleted can still be brought back from here. What was erased is not: the list of what it was is given up.</summary>
    /// <param name="now">Unix time in milliseconds.</param>
    public bool CanUndelete(long now) => Plan.Verb != OperationVerb.Erase && Status.CanUndelete(now);

    /// <summary>What to show for it: its own folder once that is made, the zip once that is complete, else the destination; of a copy its target; null for other verbs.</summary>
    public string? Folder => Plan.Copy is { } copy ? copy.Target.Text : Destination is not { } to ? null
        : to.Format is ExportFormat.Zip or ExportFormat.BagZip ? (Status.File is { } file && File.Exists(Path.Combine(to.Folder, file)) ? Path.Combine(to.Folder, file) : to.Folder)
        : (Bags.BagLayout.Of(Plan, to)?.Name ?? Plan.FolderName) is { } name && Path.Combine(to.Folder, name) is var own && Directory.Exists(own) ? own
        : to.Folder;
}
