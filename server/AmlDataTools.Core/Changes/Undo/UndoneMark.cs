using AmlDataTools.Core.Changes.Execution;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Transfer;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Changes.Undo;

/// <summary>How much of what could be undone has been.</summary>
internal enum UndoneExtent
{
    /// <summary>Nothing.</summary>
    Nothing,

    /// <summary>Some of it; the rest can be yet.</summary>
    Part,

    /// <summary>All of it that can be.</summary>
    All,
}

/// <summary>
/// Notes with an operation that it was undone, so that it is not offered again: in its journal, which a later resume reads, and
/// in its status, which all windows read.
/// </summary>
internal sealed class UndoneMark(OperationStore store, TimeProvider time, ILogger logger)
{
    /// <summary>
    /// How much an undoing operation did of its plan, which names all that could be undone then. What was not ticked, or
    /// failed, can be undone yet.
    /// </summary>
    public static UndoneExtent Extent(OperationStore store, string undoId, JournalHistory history)
    {
        using var lines = new ReceiptLines(store.JournalOf(undoId));
        var (any, all) = (false, true);
        foreach (var item in store.ChangeItems(undoId))
        {
            var result = history.Ended.TryGetValue(item.Index, out var place) ? lines.ReadChange(place) : null;
            any |= result is { Outcome: ItemOutcome.Done } or { Blobs: > 0 } || history.Batches(item.Index).Ended.Values.Any(b => b.Done > 0);
            all &= result is { Outcome: ItemOutcome.Done };
        }

        return all ? UndoneExtent.All : any ? UndoneExtent.Part : UndoneExtent.Nothing;
    }

    /// <summary>Notes it. Without the note nothing is lost: what is undone already shows when undoing it is planned again.</summary>
    /// <param name="id">The operation that was undone.</param>
    /// <param name="verb">By what.</param>
    /// <param name="extent">How far.</param>
    public void Set(string id, OperationVerb verb, UndoneExtent extent)
    {
        try
        {
            if (extent == UndoneExtent.Nothing || store.Find(id) is null)
            {
                return;
            }

            using var ownership = store.TryLock(id);
            if (ownership is null || store.Find(id) is not { Status: { IsActive: false } status })
            {
                logger.LogInformation("Another window works on the operation {Id}: that it was undone is not noted.", id);
                return;
            }

            if (extent == UndoneExtent.All)
            {
                using var journal = Journal.Open(store.JournalOf(id), time);
                journal.Undone(verb);
            }

            store.Save(id, After(status, verb, extent));
        }
        catch (ProblemException problem)
        {
            logger.LogWarning("That the operation {Id} was undone could not be noted: {Message}", id, problem.Message);
        }
    }

    private static OperationStatus After(OperationStatus status, OperationVerb verb, UndoneExtent extent)
    {
        var isAll = extent == UndoneExtent.All;
        var changed = (verb, isAll) switch
        {
            (OperationVerb.Undelete, true) => status with { UndeleteUntil = null, KeptAsVersions = false },
            (OperationVerb.Restore, true) => status with { Archived = 0 },
            (OperationVerb.Archive, true) => status with { RefusedByService = 0 },
            _ => status,
        };

        // What a failed operation says is why it failed.
        return verb != OperationVerb.Undelete || status.ErrorCode is not null ? changed : changed with
        {
            Message = ChangeExecution.Epilogue(status.State, status.Failed + status.Skipped, isAll
                ? "What could be brought back of its data is there again."
                : status.UndeleteUntil is { } until
                    ? $"Some of its data was brought back; the rest can be until {Sizes.Day(DateTimeOffset.FromUnixTimeMilliseconds(until))}."
                    : "Some of its data was brought back; the rest can be yet."),
        };
    }
}
