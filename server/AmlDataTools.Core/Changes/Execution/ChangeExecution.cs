using AmlDataTools.Core.Changes.Review;
using AmlDataTools.Core.Changes.Undo;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Transfer;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Changes.Execution;

/// <summary>
/// Carries a change out: stage after stage, the items of a stage side by side; data only when its record went. Each item is
/// noted before it is done and after it ended, so that another life goes on where this one stopped.
/// </summary>
internal sealed class ChangeExecution(
    OperationStore store, OperationPlan plan, IChangeServices services, ChangeSettings settings, TimeProvider time, ILogger logger) : IOperationExecution
{
    private readonly ChangeTally _tally = new();
    private readonly HiddenTexts? _hidden = HiddenTexts.Of(plan);

    /// <inheritdoc/>
    public TransferProgress Progress { get; } = new();

    /// <inheritdoc/>
    public bool EndedWell => Progress is { Failed: 0, Skipped: 0 };

    /// <inheritdoc/>
    public ProblemException? NothingDone => Progress is { Done: 0, Failed: > 0 } ? _tally.FirstFailure : null;

    /// <inheritdoc/>
    public string? Epilogue(OperationState state)
    {
        var survivors = state is OperationState.Succeeded or OperationState.SucceededWithWarnings or OperationState.Cancelled ? _tally.Survivors : null;
        return Epilogue(state, Progress.Failed + Progress.Skipped, survivors);
    }

    /// <summary>What stands below an operation that has ended; null for nothing to say.</summary>
    /// <param name="state">How it ended.</param>
    /// <param name="notDone">How many items were not done.</param>
    /// <param name="survivors">What survives, in a sentence; null for nothing known.</param>
    public static string? Epilogue(OperationState state, long notDone, string? survivors)
    {
        var shortfall = state == OperationState.SucceededWithWarnings ? $"{Sizes.Count(notDone, "item")} {(notDone == 1 ? "was" : "were")} not done; the receipt says why." : null;
        return shortfall is null ? survivors : survivors is null ? shortfall : $"{shortfall} {survivors}";
    }

    /// <inheritdoc/>
    public OperationStatus Complete(OperationStatus status) => _tally.Complete(status);

    /// <inheritdoc/>
    public OperationStatus Close(OperationStatus final)
    {
        var history = JournalHistory.Read(store.JournalOf(plan.Id));
        new ChangeReceiptWriter(store, time).Write(plan, final, history);
        if (plan.Undoes is { } undone)
        {
            new UndoneMark(store, time, logger).Set(undone, plan.Verb, UndoneMark.Extent(store, plan.Id, history));
        }

        if (_hidden is not null && final.State == OperationState.Succeeded)
        {
            // Nothing is left to do with it: what it addressed need not be known any more.
            store.GiveUpAddresses(plan.Id, _hidden);
        }

        return final;
    }

    /// <inheritdoc/>
    public async Task RunAsync(Journal journal, CancellationToken cancellationToken)
    {
        await Task.Yield();
        var selection = ChangeSelection.Of(store.ChangeItems(plan.Id), store.SelectionOf(plan.Id)?.Toggled ?? throw Damaged());
        var stages = SettlePast(selection, journal);
        using var records = new ChangePace(settings, Progress, time);
        using var storage = new ChangePace(settings, Progress, time);
        var data = new DataChanger(store, plan, journal, storage, settings, Progress, time, logger);
        try
        {
            foreach (var stage in stages)
            {
                var items = Seen(store.ChangeItems(plan.Id)).Where(i => i.Stage == stage && selection[i.Index] && !journal.History.Ended.ContainsKey(i.Index));
                var options = new ParallelOptions { MaxDegreeOfParallelism = settings.Parallel, CancellationToken = cancellationToken };
                await Parallel.ForEachAsync(
                    items,
                    options,
                    async (item, token) => End(item, await ItemAsync(item, records, data, journal, token).ConfigureAwait(false), journal)).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            // A service that did not answer in time, not a stop.
            throw ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Other, plan.Title));
        }
    }

    /// <summary>Counts what is done already, forgets what was not so that it is tried again, and gives the stages with something to do.</summary>
    private SortedSet<int> SettlePast(ChangeSelection selection, Journal journal)
    {
        var stages = new SortedSet<int>();
        using var lines = new ReceiptLines(store.JournalOf(plan.Id));
        foreach (var item in store.ChangeItems(plan.Id).Where(i => selection[i.Index]))
        {
            if (journal.History.Ended.TryGetValue(item.Index, out var place))
            {
                var result = lines.ReadChange(place);
                if (result.Outcome == ItemOutcome.Done)
                {
                    _tally.AddPast(item, result, journal.History);
                    Progress.ItemDone();
                    Progress.Counted(item.Bytes ?? 0);
                    continue;
                }

                journal.History.Forget(item.Index);
            }

            stages.Add(item.Stage);
        }

        return stages;
    }

    /// <summary>Metrics are deleted before their run, which stands right before them: they are judged by what was seen of it.</summary>
    private static IEnumerable<ChangeItem> Seen(IEnumerable<ChangeItem> items)
    {
        ChangeItem? record = null;
        foreach (var item in items)
        {
            yield return item.Action == ChangeAction.DeleteMetrics && item.Parent == record?.Index ? item with { Seen = record?.Seen } : item;
            record = item.Action == ChangeAction.DeleteMetrics ? record : item;
        }
    }

    private async Task<ChangeResult> ItemAsync(ChangeItem item, ChangePace pace, DataChanger data, Journal journal, CancellationToken cancellationToken)
    {
        if (item.After.Any(a => !_tally.Succeeded(a)))
        {
            return new ChangeResult(item.Index, ItemOutcome.Skipped)
            {
                Code = "after.notDone",
                Reason = item.Place is null ? "Left, because what had to go before it did not." : "Kept, because its record was not deleted.",
            };
        }

        return item switch
        {
            { Action: ChangeAction.DeleteData or ChangeAction.Undelete, Place: { } place } =>
                await data.RunAsync(item, place, services.Blobs(plan, place.Source), cancellationToken).ConfigureAwait(false),
            { Record: { } record } =>
                await new RecordChanger(services.Records(services.Workspace(plan, record.Source)), pace, journal, settings, time, plan.Subject?.Salt)
                    .RunAsync(item, record, item.After.Any(_tally.Acted), cancellationToken).ConfigureAwait(false),
            _ => throw Damaged(),
        };
    }

    private void End(ChangeItem item, ChangeResult result, Journal journal)
    {
        result = _hidden?.InWords(result) ?? result;
        journal.End(result);
        _tally.Add(item, result);
        switch (result.Outcome)
        {
            case ItemOutcome.Done:
                Progress.ItemDone();
                break;
            case ItemOutcome.Skipped:
                Progress.ItemSkipped();
                break;
            default:
                Progress.ItemFailed();
                logger.LogInformation("{Label} failed: {Code} {Reason}", item.Label, result.Code, result.Reason);
                break;
        }
    }

    private static ProblemException Damaged() =>
        new("operation.damaged", "The record of this operation is incomplete. Discard it and plan again.") { Actions = [ProblemAction.PlanAgain] };
}
