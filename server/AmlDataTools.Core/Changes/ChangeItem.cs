using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.Changes;

/// <summary>What is done with an item of a plan.</summary>
internal enum ChangeAction
{
    /// <summary>Nothing: it is shown because a person would ask about it. Never counts as found.</summary>
    Keep,

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

    /// <summary>The metrics of a run are deleted.</summary>
    DeleteMetrics,

    /// <summary>The blobs of its manifest are deleted.</summary>
    DeleteData,

    /// <summary>The blobs of its manifest are brought back.</summary>
    Undelete,

    /// <summary>What is kept of a deleted record is deleted for good.</summary>
    Purge,

    /// <summary>Texts of its record are taken out: tags, its description.</summary>
    Clear,
}

/// <summary>
/// One thing a plan would do: with a record, or with the blobs of one place. Immutable, and written down before anything is
/// done. Items of a lower stage have ended before those of a higher one begin.
/// </summary>
/// <param name="Index">Its place in the plan, from 0; names it in the journal and on the wire.</param>
/// <param name="Stage">When it is its turn.</param>
/// <param name="Action">What is done.</param>
/// <param name="Record">The record; of blobs, the record whose data they are, null for a folder or file chosen by itself.</param>
/// <param name="Place">Where blobs lie; null for records.</param>
/// <param name="Label">What people call it.</param>
/// <param name="Ticked">Whether it would be done.</param>
internal sealed record ChangeItem(long Index, int Stage, ChangeAction Action, ResourceRecord? Record, DataPlace? Place, string Label, bool Ticked)
{
    /// <summary>Items that must have succeeded (or found their thing gone already) for this one to be done.</summary>
    public IReadOnlyList<long> After { get; init; } = [];

    /// <summary>Of data, the item of the record it belongs to; null for none.</summary>
    public long? Parent { get; init; }

    /// <summary>Whether the person may change the tick.</summary>
    public bool CanTick { get; init; } = true;

    /// <summary>Whether ticking it demands typing the name: others refer to its data.</summary>
    public bool NeedsName { get; init; }

    /// <summary>Why it cannot be done at all; null when it can. Such an item is never ticked.</summary>
    public string? Refused { get; init; }

    /// <summary>What is special about it; null for nothing.</summary>
    public string? Note { get; init; }

    /// <summary>Who refers to it, what survives of it.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];

    /// <summary>What was seen of a record when planned; null for blobs.</summary>
    public SeenRecord? Seen { get; init; }

    /// <summary>How many blobs.</summary>
    public long? Blobs { get; init; }

    /// <summary>Their bytes.</summary>
    public long? Bytes { get; init; }

    /// <summary>Where in the plan's list of blobs these stand.</summary>
    public ManifestPart? Manifest { get; init; }

    /// <summary>Of a folder of a hierarchical account that was deleted as a whole and comes back as a whole: which deletion is meant. Else null.</summary>
    public string? DeletionId { get; init; }

    /// <summary>True when it is only offered: done if the person ticks it. Null, and not written, otherwise.</summary>
    public bool? IsOffer { get; init; }

    /// <summary>Whether it is only offered.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsOffered => IsOffer == true;

    /// <summary>What is taken out of the record by <see cref="ChangeAction.Clear"/>; of a deletion, instead of it, should the service have no such operation. Null for nothing.</summary>
    public FieldClearing? Clearing { get; init; }
}

/// <summary>Texts to be taken out of a record.</summary>
/// <param name="Fields">Which; may be none when it is only archived.</param>
/// <param name="Archives">Whether it is archived by the same act.</param>
internal sealed record FieldClearing(IReadOnlyList<SeenField> Fields, bool Archives);

/// <summary>A text of a record as a plan saw it. Neither its name nor what it held is written down: both may name a person.</summary>
/// <param name="Label">For people, with what must not be shown hidden: <c>tags.owner</c>.</param>
/// <param name="Name">Salted hash of its name.</param>
/// <param name="Value">Salted hash of what it held.</param>
internal sealed record SeenField(string Label, string Name, string Value);

/// <summary>A record as a plan names it: a <see cref="ResourceAddress"/> by the key of its workspace in the plan's sources.</summary>
/// <param name="Source">Key in the plan's sources.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its name; of a version or a deployment, that of its container or endpoint.</param>
/// <param name="Child">The version, or the deployment's name.</param>
/// <param name="ServiceId">What the service calls it where that is not its name: an experiment's or a pipeline's id.</param>
internal sealed record ResourceRecord(string Source, ResourceKind Kind, string Name, string? Child, string? ServiceId)
{
    /// <summary>True to have it deleted for good where the service would keep it; null, and not written, otherwise.</summary>
    public bool? Permanently { get; init; }

    /// <summary>Of a vault that is to be purged, the region in which it is kept; else null.</summary>
    public string? Location { get; init; }
}

/// <summary>Where blobs lie.</summary>
/// <param name="Source">Key in the plan's sources, which names workspace and datastore.</param>
/// <param name="Path">A blob's whole name, or a folder ending in <c>/</c>.</param>
/// <param name="IsHierarchical">Whether the account has real folders.</param>
internal sealed record DataPlace(string Source, string Path, bool IsHierarchical)
{
    /// <summary>True for a file share: directories are real, and on the list with a slash behind their names, the innermost first. Null, and not written, otherwise.</summary>
    public bool? IsShare { get; init; }

    /// <summary>What a piece of data is called there.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string Piece => IsShare == true ? "file" : "blob";
}

/// <summary>What a plan saw of a record; the act is only done on just this.</summary>
/// <param name="ETag">Entity tag; null where the service has none.</param>
/// <param name="ModifiedAt">When it was last changed; null where the service does not tell.</param>
/// <param name="Archived">Whether it was archived.</param>
/// <param name="State">Its state as the service says; null for none.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="CreatedBy">Who made it.</param>
internal sealed record SeenRecord(string? ETag, DateTimeOffset? ModifiedAt, bool Archived, string? State, DateTimeOffset? CreatedAt, string? CreatedBy)
{
    /// <summary>True when it was not there: nothing of that name is to be touched, should it come. Null, and not written, otherwise.</summary>
    public bool? Gone { get; init; }

    /// <summary>What was not there.</summary>
    public static SeenRecord Nothing { get; } = new(null, null, false, null, null, null) { Gone = true };
}

/// <summary>A stretch of the plan's list of blobs.</summary>
/// <param name="Offset">First byte in the file.</param>
/// <param name="Count">How many lines.</param>
internal sealed record ManifestPart(long Offset, long Count);

/// <summary>A blob of a plan, a line in its list. Short names: there may be millions.</summary>
/// <param name="N">Its whole name in the container.</param>
/// <param name="E">Entity tag when planned; null for a version or snapshot, which cannot change.</param>
/// <param name="L">Bytes.</param>
/// <param name="V">The version meant; null for the current one.</param>
/// <param name="S">The snapshot meant; null for the blob itself.</param>
internal readonly record struct PlannedBlob(string N, string? E, long L, string? V, string? S);
