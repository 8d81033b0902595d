using System.Collections.Concurrent;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Changes.Execution;

/// <summary>How the items of a change have ended so far. Safe from several threads.</summary>
internal sealed class ChangeTally
{
    /// <summary>The code of an item for which nothing had to be done.</summary>
    public const string Already = "already";

    private readonly ConcurrentDictionary<long, bool> _succeeded = new();
    private readonly Lock _lock = new();
    private long _archived;
    private long _refused;
    private long _kept;
    private long? _until;
    private bool _versions;
    private ChangeResult? _firstFailure;

    /// <summary>Whether an item ended well, or found its thing gone.</summary>
    public bool Succeeded(long index) => _succeeded.ContainsKey(index);

    /// <summary>Whether an item ended well by an act of this operation.</summary>
    public bool Acted(long index) => _succeeded.TryGetValue(index, out var acted) && acted;

    /// <summary>The first failure; null for none.</summary>
    public ProblemException? FirstFailure
    {
        get
        {
            lock (_lock)
            {
                return _firstFailure is { } failure
                    ? new ProblemException(failure.Code ?? "operation.nothingDone", failure.Reason ?? "Nothing could be done; the receipt says why.") { CorrelationId = failure.CorrelationId, Actions = [ProblemAction.Retry] }
                    : null;
            }
        }
    }

    /// <summary>An item had ended in an earlier life; what was undone since counts as not there to be undone.</summary>
    public void AddPast(ChangeItem item, ChangeResult result, JournalHistory history) => Add(
        item,
        history.WasUndone(item.Index, OperationVerb.Undelete) ? result with { Kept = 0, KeptUntil = null, KeptAsVersions = false } : result,
        history.WasUndone(item.Index, OperationVerb.Restore));

    /// <summary>An item ended.</summary>
    /// <param name="item">The item.</param>
    /// <param name="result">How.</param>
    /// <param name="isRestored">Whether it was restored since.</param>
    public void Add(ChangeItem item, ChangeResult result, bool isRestored = false)
    {
        if (result.Outcome == ItemOutcome.Done)
        {
            _succeeded[item.Index] = !result.GoneAlready;
        }

        lock (_lock)
        {
            _archived += item.Action == ChangeAction.Archive && IsOwn(result) && !isRestored ? 1 : 0;
            _refused += result.Code == ChangeRefusal.DoesNotDelete ? 1 : 0;
            _versions |= result.KeptAsVersions && result.Blobs > 0;
            if (result.Kept > 0)
            {
                _kept += result.Kept;
                _until = result.KeptUntil is { } until ? Math.Min(_until ?? until, until) : _until;
            }

            _firstFailure ??= result.Outcome == ItemOutcome.Failed ? result : null;
        }
    }

    /// <summary>Adds to a status what can be undone.</summary>
    public OperationStatus Complete(OperationStatus status)
    {
        lock (_lock)
        {
            return status with { Archived = _archived, RefusedByService = _refused, UndeleteUntil = _until, KeptAsVersions = _versions };
        }
    }

    /// <summary>What survives, in a sentence; null for nothing known.</summary>
    public string? Survivors
    {
        get
        {
            lock (_lock)
            {
                return _until is { } until ? $"{Sizes.Count(_kept, "deleted blob")} can be brought back until {Sizes.Day(DateTimeOffset.FromUnixTimeMilliseconds(until))}."
                    : _versions ? "Former versions of the deleted blobs remain, from which they can be brought back."
                    : null;
            }
        }
    }

    /// <summary>Whether an item was done by this operation, not found done.</summary>
    public static bool IsOwn(ChangeResult result) => result is { Outcome: ItemOutcome.Done, GoneAlready: false } && result.Code != Already;
}
