using AmlDataTools.Azure;
using AmlDataTools.Core.Changes.References;
using AmlDataTools.Core.Places;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.Changes.Planning;

/// <summary>A record while a plan is made. Small: there may be a hundred thousand.</summary>
internal sealed class PlannedRecord(ResourceAddress address, string? serviceId, ChangeAction action, string label, SeenRecord? seen)
{
    /// <summary>What it is.</summary>
    public ResourceAddress Address => address;

    /// <summary>What the service calls it where that is not its name.</summary>
    public string? ServiceId => serviceId;

    /// <summary>What would be done.</summary>
    public ChangeAction Action { get; set; } = action;

    /// <summary>What people call it.</summary>
    public string Label => label;

    /// <summary>What was seen of it.</summary>
    public SeenRecord? Seen => seen;

    /// <summary>How far below what was chosen it is: what is deepest goes first.</summary>
    public int Depth { get; set; }

    /// <summary>Records of one workspace go by rank, then by depth: see <see cref="Stages"/>.</summary>
    public RecordRank Rank { get; init; }

    /// <summary>Why it cannot be done; null when it can.</summary>
    public string? Refused { get; set; }

    /// <summary>The lock, in words, for which it cannot be done; null for none.</summary>
    public string? LockedBy { get; set; }

    /// <summary>What is special about it.</summary>
    public string? Note { get; set; }

    /// <summary>Further lines.</summary>
    public IReadOnlyList<string> Details { get; set; } = [];

    /// <summary>Whether the person may change the tick.</summary>
    public bool CanTick { get; init; } = true;

    /// <summary>Whether it is only offered: done when the person ticks it.</summary>
    public bool IsOffered { get; set; }

    /// <summary>Whether ticking it demands typing the name.</summary>
    public bool NeedsName { get; set; }

    /// <summary>Whether it is deleted for good where the service would keep it.</summary>
    public bool Permanently { get; init; }

    /// <summary>The region of a vault that is purged once it is deleted; null for what is not.</summary>
    public string? PurgedIn { get; init; }

    /// <summary>Why it cannot be purged; null when it can.</summary>
    public string? PurgeRefused { get; init; }

    /// <summary>Records that must have gone first.</summary>
    public List<PlannedRecord>? After { get; set; }

    /// <summary>Whether its metrics are deleted too.</summary>
    public bool HasMetrics { get; init; }

    /// <summary>Whether other runs may be below it.</summary>
    public bool MayHaveChildren { get; init; }

    /// <summary>The run whose results this one reused; null for none.</summary>
    public string? ReusedRunId { get; init; }

    /// <summary>Whether its document told its named outputs, and them, as far as they have an asset.</summary>
    public IReadOnlyList<(string Name, string AssetId, string? Type)>? Outputs { get; init; }

    /// <summary>The code it ran, of runs whose data is looked for; null for none, or not told.</summary>
    public string? Code { get; init; }

    /// <summary>What is taken out of it by its own item: the act itself, or instead of a deletion that the service has not; null for nothing.</summary>
    public FieldClearing? Clearing { get; set; }

    /// <summary>What of it names a person and cannot be changed, in words; null for nothing, or where it does not matter.</summary>
    public string? Stays { get; set; }

    /// <summary>Whether it is only offered because something works with it.</summary>
    public bool IsInUse { get; set; }

    /// <summary>Items of their own that take texts out of it, whatever becomes of its own.</summary>
    public IReadOnlyList<PlannedClearing> Clearings { get; set; } = [];

    /// <summary>Its place in the plan; -1 before it has one.</summary>
    public long Index { get; set; } = -1;

    /// <summary>Whether it was not there any more when the plan was made.</summary>
    public bool IsGone => Seen?.Gone == true;

    /// <summary>Whether only its data is meant: it is no item of the plan, and stays.</summary>
    public bool OnlyData { get; init; }

    /// <summary>Whether it would be done unless the person says otherwise.</summary>
    public bool IsDone => Refused is null && Action != ChangeAction.Keep;

    /// <summary>Whether its data may be deleted: the record goes, or is archived already where the service deletes none.</summary>
    public bool GivesData => Refused is null && !IsGone && (OnlyData || Action != ChangeAction.Keep || ResourceCatalog.Of(address.Kind).Removal == RecordRemoval.ArchiveInstead);
}

/// <summary>Texts of a record that are taken out by an item of their own.</summary>
/// <param name="Fields">Which.</param>
/// <param name="IsOffered">Whether it is only done when the person ticks it.</param>
/// <param name="Note">What is special about it; null for nothing.</param>
internal sealed record PlannedClearing(FieldClearing Fields, bool IsOffered, string? Note);

/// <summary>In what order records of different kinds go.</summary>
internal enum RecordRank
{
    /// <summary>What is in something else (a version, a deployment), and what starts new work (a schedule).</summary>
    Inner,

    /// <summary>Runs, the deepest first.</summary>
    Run,

    /// <summary>What holds others: containers, endpoints, experiments.</summary>
    Outer,

    /// <summary>Deployments that only go with their endpoint.</summary>
    AfterOuter,

    /// <summary>Datastores: their data is reached through them, so they go last.</summary>
    Datastore,

    /// <summary>The workspace, when all that is deleted in it is gone.</summary>
    Workspace,

    /// <summary>What workspaces use.</summary>
    Dependent,
}

/// <summary>A place in storage whose blobs would be deleted, while a plan is made.</summary>
internal sealed class PlannedPlace(WorkspaceRef workspace, string datastore, string path, PlaceForm form, StoragePlace where, string what)
{
    // Code may belong to all runs of a plan.
    private const int Few = 16;

    private List<PlannedRecord>? _more;
    private HashSet<PlannedRecord>? _known;

    /// <summary>The workspace through whose datastore it is reached.</summary>
    public WorkspaceRef Workspace => workspace;

    /// <summary>That datastore.</summary>
    public string Datastore => datastore;

    /// <summary>The path without slashes at its ends.</summary>
    public string Path { get; } = path.Trim('/');

    /// <summary>What it is.</summary>
    public PlaceForm Form { get; set; } = form;

    /// <summary>Where it is, whichever datastore leads there.</summary>
    public StoragePlace Where => where;

    /// <summary>In words: <c>outputs and logs</c>.</summary>
    public string What => what;

    /// <summary>The record it belongs to; null for a folder chosen by itself.</summary>
    public PlannedRecord? Owner { get; set; }

    /// <summary>Others of the plan that it belongs to, or that refer to it.</summary>
    public IReadOnlyList<PlannedRecord> Others => _more ?? (IReadOnlyList<PlannedRecord>)[];

    /// <summary>The run of which a chosen folder is a part: that it refers to it is known. Null for one chosen in a datastore.</summary>
    public string? ChosenInRun { get; init; }

    /// <summary>Whether it is only offered: deleted when the person ticks it.</summary>
    public bool IsOffered { get; init; }

    /// <summary>The code asset whose files these are; null for other data.</summary>
    public string? CodeName { get; set; }

    /// <summary>Who outside the plan refers to it: the first few.</summary>
    public List<string>? SharedBy { get; set; }

    /// <summary>How many outside the plan refer to it.</summary>
    public int SharedCount { get; set; }

    /// <summary>What the listing found; null before.</summary>
    public PlaceListing? Listing { get; set; }

    /// <summary>Why it could not be listed, or must not be deleted; null when it can.</summary>
    public string? Refused { get; set; }

    /// <summary>Adds a record that has to go before these blobs may.</summary>
    public void AddOther(PlannedRecord record)
    {
        if (ReferenceEquals(Owner, record))
        {
            return;
        }

        _more ??= [];
        if (_known is null && _more.Count >= Few)
        {
            _known = [.. _more];
        }

        if (_known?.Add(record) ?? !_more.Contains(record))
        {
            _more.Add(record);
        }
    }

    /// <summary>Takes records away from it.</summary>
    /// <param name="gone">The records that are in the plan no more.</param>
    /// <returns>Whether it still belongs to any.</returns>
    public bool LeaveTo(IReadOnlySet<PlannedRecord> gone)
    {
        if (_more?.RemoveAll(gone.Contains) > 0)
        {
            _known = null;
        }

        if (Owner is not { } owner || !gone.Contains(owner))
        {
            return Owner is not null;
        }

        // Only code is common property; other data goes with the one it was found for.
        Owner = CodeName is null ? null : _more?.FirstOrDefault();
        if (Owner is { } heir)
        {
            _more?.Remove(heir);
            _known = null;
        }

        return Owner is not null;
    }

    /// <summary>Notes somebody outside the plan who refers to it.</summary>
    public void AddSharer(string who)
    {
        const int Shown = 10;
        SharedBy ??= [];
        if (SharedBy.Contains(who))
        {
            return;
        }

        SharedCount++;
        if (SharedBy.Count < Shown)
        {
            SharedBy.Add(who);
        }
    }
}

/// <summary>What a listing of a place found.</summary>
internal sealed class PlaceListing
{
    /// <summary>Where its lines begin.</summary>
    public long Offset { get; set; } = -1;

    /// <summary>How many lines: blobs, and versions and snapshots where asked for.</summary>
    public long Lines { get; set; }

    /// <summary>How many blobs are there now.</summary>
    public long Blobs { get; set; }

    /// <summary>How many of the lines are directories of a file share, which are no data.</summary>
    public long Directories { get; set; }

    /// <summary>Bytes of all lines.</summary>
    public long Bytes { get; set; }

    /// <summary>Former versions and snapshots among the lines.</summary>
    public long Former { get; set; }

    /// <summary>How many have a lease that forbids to delete them.</summary>
    public long Leased { get; set; }

    /// <summary>How many cannot be deleted for a policy or a legal hold; they are in no line.</summary>
    public long Protected { get; set; }

    /// <summary>Their bytes.</summary>
    public long ProtectedBytes { get; set; }

    /// <summary>Until when the last of them is protected; null when a legal hold protects any.</summary>
    public DateTimeOffset? ProtectedUntil { get; set; }

    /// <summary>Whether a legal hold protects any.</summary>
    public bool LegalHold { get; set; }

    /// <summary>Whether anything is below it, so that it is a folder.</summary>
    public bool IsFolder { get; set; }

    /// <summary>Whether nothing was found.</summary>
    public bool IsEmpty => Lines == 0 && Protected == 0;
}
