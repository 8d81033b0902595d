using AmlDataTools.Core.Changes.Execution;
using AmlDataTools.Core.Changes.Review;
using AmlDataTools.Core.Export;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Transfer;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Changes.Undo;

/// <summary>
/// Plans from what an operation did: restoring what it archived, at the level it archived; bringing back the blobs it deleted
/// that are still kept; archiving what the service refused to delete.
/// </summary>
/// <param name="store">Where operations are on record.</param>
/// <param name="services">The places of their items.</param>
/// <param name="who">Tells who is signed in to a tenant.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where to log.</param>
internal sealed class UndoPlanner(OperationStore store, IChangeServices services, Func<string?, CancellationToken, Task<string?>> who, TimeProvider time, ILogger logger) : IChangePlanner
{
    /// <inheritdoc/>
    /// <exception cref="ProblemException">
    /// <c>operation.notFound</c>, <c>operation.running</c>, <c>undo.nothing</c>, <c>undelete.nothingKept</c>, or what storage refused.
    /// </exception>
    public async Task<OperationPlan> PlanAsync(ChangeRequest request, IProgress<PlanStep>? progress, CancellationToken cancellationToken)
    {
        var id = request.OperationId ?? throw new ArgumentException("Without an operation there is nothing to undo.", nameof(request));
        var (plan, _, status) = store.Find(id) ?? throw OperationStore.NotFound(id);
        if (plan.Verb is OperationVerb.Export or OperationVerb.Copy)
        {
            throw Nothing(id, "A download changes nothing that could be undone.");
        }

        if (plan.Verb == OperationVerb.Erase)
        {
            throw Nothing(id, "What was erased of a person is not brought back: what was taken out of records is known nowhere any more, nor is the list of what was deleted.");
        }

        if (status.State is OperationState.Planned || status.IsActive)
        {
            throw new ProblemException("operation.running", "This operation has not ended. Cancel it or let it end first.") { Target = id };
        }

        var history = JournalHistory.Read(store.JournalOf(id));
        using var draft = store.DraftChange();
        var written = request.Verb switch
        {
            OperationVerb.Restore => AddRecords(draft, id, history, ChangeAction.Restore),
            OperationVerb.Archive => AddRecords(draft, id, history, ChangeAction.Archive),
            OperationVerb.Undelete => await new DeletedData(store, services, draft, plan, status, history, progress).AddAsync(cancellationToken).ConfigureAwait(false),
            _ => throw Nothing(id, "Of an operation, what it archived can be restored, what it deleted undeleted, and what could not be deleted archived."),
        };
        if (written.Items == 0)
        {
            if (request.Verb == OperationVerb.Undelete)
            {
                new UndoneMark(store, time, logger).Set(id, OperationVerb.Undelete, UndoneExtent.All);
            }

            throw request.Verb == OperationVerb.Undelete
                ? new ProblemException("undelete.nothingKept", "The storage account keeps none of the data that this operation deleted, or it is there again.") { Target = id }
                : Nothing(id, request.Verb == OperationVerb.Restore ? "This operation has archived nothing." : "There is nothing in this operation that the service refused to delete and that could be archived.");
        }

        var source = plan.Sources.Values.FirstOrDefault();
        var undo = plan with
        {
            Id = draft.Id,
            Verb = request.Verb,
            Title = Title(request.Verb, written),
            CreatedAt = time.GetUtcNow().ToUnixTimeMilliseconds(),
            Who = await who(source?.TenantId, cancellationToken).ConfigureAwait(false),
            Items = written.Items,
            Bytes = written.Bytes,
            Warnings = written.Warnings,
            Survivors = [],
            HasChildRuns = false,
            Change = request.Choices,
            NameToType = null,
            Undoes = id,
        };
        draft.Finish(undo);
        return undo;
    }

    /// <summary>Records that ended so that there is something to undo.</summary>
    private UndoWritten AddRecords(ChangeDraft draft, string id, JournalHistory history, ChangeAction action)
    {
        var written = new UndoWritten();
        var selection = ChangeSelection.Of(store.ChangeItems(id), store.SelectionOf(id)?.Toggled ?? []);
        using var lines = new ReceiptLines(store.JournalOf(id));
        foreach (var item in store.ChangeItems(id).Where(i => selection[i.Index] && i.Record is not null && history.Ended.ContainsKey(i.Index)))
        {
            var result = lines.ReadChange(history.Ended[item.Index]);
            var isMeant = action == ChangeAction.Restore
                ? item.Action == ChangeAction.Archive && ChangeTally.IsOwn(result)
                : result.Code == ChangeRefusal.DoesNotDelete && item.Record is { } record && ResourceCatalog.Of(record.Kind).CanArchive;
            if (!isMeant)
            {
                continue;
            }

            // Who else changed it since is no matter; that it is the same thing, and still archived, is.
            var seen = item.Seen is { } before ? new SeenRecord(null, null, action == ChangeAction.Restore, null, before.CreatedAt, before.CreatedBy) : null;
            draft.Add(new ChangeItem(0, item.Stage, action, item.Record, null, item.Label, Ticked: true) { Seen = seen });
            written.Items++;
        }

        return written;
    }

    private static string Title(OperationVerb verb, UndoWritten written) => verb switch
    {
        OperationVerb.Restore => $"Restore {Sizes.Count(written.Items, "item")}",
        OperationVerb.Archive => $"Archive {Sizes.Count(written.Items, "item")} instead",
        _ => $"Undelete {Sizes.Count(written.Blobs, "blob")}, {Sizes.Text(written.Bytes)}",
    };

    private static ProblemException Nothing(string id, string message) => new("undo.nothing", message) { Target = id };
}

/// <summary>What was written into a plan.</summary>
internal sealed class UndoWritten
{
    public long Items { get; set; }

    public long Blobs { get; set; }

    public long Bytes { get; set; }

    public List<PlanWarning> Warnings { get; } = [];
}
