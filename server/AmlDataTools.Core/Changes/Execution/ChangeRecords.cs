using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Changes.Execution;

/// <summary>How an item of a change ended, with all that the receipt says of it.</summary>
/// <param name="Index">The item.</param>
/// <param name="Outcome">Done, skipped or failed.</param>
internal sealed record ChangeResult(long Index, ItemOutcome Outcome)
{
    /// <summary>Stable code of what kept it from being done, or of what is special about it; null for nothing.</summary>
    public string? Code { get; init; }

    /// <summary>In a sentence; null for nothing.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether it was gone before this operation came to it.</summary>
    public bool GoneAlready { get; init; }

    /// <summary>HTTP status of the act.</summary>
    public int? Status { get; init; }

    /// <summary>The service's id of the request.</summary>
    public string? RequestId { get; init; }

    /// <summary>The service's correlation id.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>How its end was verified; null when it was not.</summary>
    public string? Verified { get; init; }

    /// <summary>The way into storage.</summary>
    public string? Access { get; init; }

    /// <summary>Blobs deleted, or brought back, by this operation.</summary>
    public long Blobs { get; init; }

    /// <summary>Blobs that were gone already (or there already, of an undelete).</summary>
    public long BlobsGone { get; init; }

    /// <summary>Blobs of the plan that were left.</summary>
    public long BlobsLeft { get; init; }

    /// <summary>Blobs that came, or changed, since the plan and were left.</summary>
    public long BlobsNew { get; init; }

    /// <summary>The first of their names; null for none.</summary>
    public IReadOnlyList<string>? NewNames { get; init; }

    /// <summary>Bytes of the blobs deleted, or brought back.</summary>
    public long Bytes { get; init; }

    /// <summary>Blobs that the account keeps for now.</summary>
    public long Kept { get; init; }

    /// <summary>Until when all of them can be brought back; Unix time in milliseconds.</summary>
    public long? KeptUntil { get; init; }

    /// <summary>Whether former versions remain from which they can be brought back.</summary>
    public bool KeptAsVersions { get; init; }
}

/// <summary>One request's worth of blobs of an item.</summary>
/// <param name="Index">The item.</param>
/// <param name="Pass">Which part of the list it is cut from.</param>
/// <param name="Number">Its place in that part.</param>
/// <param name="Count">How many blobs.</param>
internal readonly record struct BatchMark(long Index, BatchPass Pass, int Number, int Count);

/// <summary>The parts of a list of blobs, in the order in which they are done.</summary>
internal enum BatchPass
{
    /// <summary>Snapshots: a blob that has any cannot be deleted.</summary>
    Snapshots,

    /// <summary>The blobs themselves.</summary>
    Blobs,

    /// <summary>Former versions: the one that was current becomes one only when its blob is deleted.</summary>
    Versions,

    /// <summary>A whole folder at once, in a hierarchical account.</summary>
    Folder,

    /// <summary>The versions that deleting the blobs of the list has just made of them.</summary>
    FormerlyCurrent,

    /// <summary>Directories of a file share, the innermost first.</summary>
    Directories,
}

/// <summary>What became of a batch. A later line on the same batch replaces the earlier one.</summary>
/// <param name="Mark">Which.</param>
/// <param name="Done">Blobs deleted or brought back.</param>
/// <param name="Gone">Blobs that were gone (or there) already.</param>
/// <param name="Bytes">Bytes of those done.</param>
/// <param name="Left">What was left, and why.</param>
/// <param name="RequestId">The service's id of one of its requests.</param>
internal sealed record BatchResult(BatchMark Mark, long Done, long Gone, long Bytes, IReadOnlyList<LeftBlob> Left, string? RequestId);

/// <summary>A blob of the plan that was left.</summary>
/// <param name="Name">Its whole name.</param>
/// <param name="Version">The version meant.</param>
/// <param name="Snapshot">The snapshot meant.</param>
/// <param name="Bytes">Its bytes when planned.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">Stable code.</param>
/// <param name="Reason">In a sentence.</param>
internal sealed record LeftBlob(string Name, string? Version, string? Snapshot, long Bytes, int Status, string Code, string Reason);

/// <summary>What the journal knows of an item's batches.</summary>
internal sealed class BatchHistory
{
    private readonly Dictionary<(BatchPass Pass, int Number), BatchTotals> _ended = [];
    private readonly HashSet<(BatchPass Pass, int Number)> _begun = [];

    /// <summary>Batches that ended, with their numbers.</summary>
    public IReadOnlyDictionary<(BatchPass Pass, int Number), BatchTotals> Ended => _ended;

    /// <summary>Whether the end of some batch is not known.</summary>
    public bool HasOpen => _begun.Count > 0;

    /// <summary>Whether anything of it was ever sent.</summary>
    public bool WasBegun => _begun.Count > 0 || _ended.Count > 0;

    /// <summary>A batch is about to be sent.</summary>
    public void Begin(BatchMark mark) => _begun.Add((mark.Pass, mark.Number));

    /// <summary>A batch ended.</summary>
    /// <param name="result">How.</param>
    /// <param name="place">Where in the journal that stands.</param>
    public void End(BatchResult result, (long Offset, int Length) place)
    {
        _begun.Remove((result.Mark.Pass, result.Mark.Number));
        _ended[(result.Mark.Pass, result.Mark.Number)] = new BatchTotals(result.Done, result.Gone, result.Bytes, result.Left.Count, place.Offset, place.Length);
    }
}

/// <summary>The numbers of a batch, and where its line stands.</summary>
internal readonly record struct BatchTotals(long Done, long Gone, long Bytes, int Left, long Offset, int Length);
