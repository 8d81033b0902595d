using System.Threading.Channels;
using AmlDataTools.Azure;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Storage;
using AmlDataTools.Core.Transfer;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Copies;

/// <summary>Makes the executions of copies.</summary>
internal sealed class CopyExecutions(StorageAccesses accesses, CopyTargetReader targets, CopySettings settings)
{
    /// <summary>The execution of a copy on record.</summary>
    public IOperationExecution For(OperationStore store, OperationPlan plan, CopyPlan copy, ExistingFilePolicy existing, TimeProvider time, ILogger logger) =>
        new CopyExecution(store, plan, copy, existing, accesses, targets, settings, time, logger);
}

/// <summary>Carries a copy out, from wherever an earlier life of it left off. Storage moves the bytes; this machine sees none of them.</summary>
internal sealed class CopyExecution(
    OperationStore store, OperationPlan plan, CopyPlan copy, ExistingFilePolicy existing, StorageAccesses accesses, CopyTargetReader targets, CopySettings settings, TimeProvider time, ILogger logger)
    : IOperationExecution
{
    private readonly ICopyTarget _target = targets.Open(copy.Target);

    /// <inheritdoc/>
    public TransferProgress Progress { get; } = new();

    /// <inheritdoc/>
    public bool EndedWell => Progress.Failed == 0;

    /// <inheritdoc/>
    public ProblemException? NothingDone => null;

    /// <inheritdoc/>
    public string? Epilogue(OperationState state) => state switch
    {
        OperationState.SucceededWithWarnings => $"{Sizes.Count(Progress.Failed, "blob")} could not be copied; the receipt says why.",
        OperationState.Cancelled when HasBegun() => CopyReceiptWriter.Staged,
        _ => null,
    };

    /// <inheritdoc/>
    public async Task RunAsync(Journal journal, CancellationToken cancellationToken)
    {
        await Task.Yield();
        SettlePast(journal, cancellationToken);
        using var governor = new RequestGovernor(settings.Requests, time);
        var attempts = new CopyAttempts(governor, settings, Progress, time, logger);
        using var blocks = new BlockCopier(plan.Id, _target, attempts, settings, logger);
        var copier = new BlobCopier(copy.Target, _target, attempts, blocks, journal, settings, existing, Progress);
        var queue = Channel.CreateBounded<TransferItem>(new BoundedChannelOptions(256) { SingleWriter = true });
        await TaskGroup.RunAsync(Enumerable.Repeat(CopyAsync, settings.Requests).Prepend(ReadItemsAsync), cancellationToken).ConfigureAwait(false);

        async Task ReadItemsAsync(CancellationToken token)
        {
            try
            {
                foreach (var item in store.Items(plan.Id).Where(i => !journal.History.Ended.ContainsKey(i.Index)))
                {
                    await queue.Writer.WriteAsync(item, token).ConfigureAwait(false);
                }
            }
            finally
            {
                queue.Writer.TryComplete();
            }
        }

        async Task CopyAsync(CancellationToken token)
        {
            await foreach (var item in queue.Reader.ReadAllAsync(token).ConfigureAwait(false))
            {
                End(journal, await copier.CopyAsync(item, SourceOf(item), token).ConfigureAwait(false));
            }
        }
    }

    /// <inheritdoc/>
    public OperationStatus Complete(OperationStatus status) => status;

    /// <inheritdoc/>
    public OperationStatus Close(OperationStatus final)
    {
        new CopyReceiptWriter(store, time).Write(plan, copy, final, JournalHistory.Read(store.JournalOf(plan.Id)), final.State != OperationState.Succeeded && HasBegun());
        return final;
    }

    /// <summary>Whether large blobs were begun and did not come to be: their blocks may be staged.</summary>
    private bool HasBegun()
    {
        var history = JournalHistory.Read(store.JournalOf(plan.Id));
        using var lines = new ReceiptLines(store.JournalOf(plan.Id));
        return store.Items(plan.Id).Any(i => i.Length > settings.WholeBytes
            && (history.Partial(i.Index) is not null || (history.Ended.TryGetValue(i.Index, out var place) && lines.Read(place).Outcome == ItemOutcome.Failed)));
    }

    private void SettlePast(Journal journal, CancellationToken cancellationToken)
    {
        if (journal.History.Ended.Count == 0)
        {
            return;
        }

        using var reader = new ReceiptLines(store.JournalOf(plan.Id));
        foreach (var (index, place) in journal.History.Ended.ToList())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var result = reader.Read(place);
            switch (result.Outcome)
            {
                case ItemOutcome.Done:
                    Progress.ItemDone();
                    Progress.Counted(result.Bytes);
                    break;
                case ItemOutcome.Skipped:
                    Progress.ItemSkipped();
                    Progress.Counted(result.Bytes);
                    break;
                default:
                    journal.History.Forget(index);
                    break;
            }
        }
    }

    private void End(Journal journal, ItemResult result)
    {
        journal.End(result);
        switch (result.Outcome)
        {
            case ItemOutcome.Skipped:
                Progress.ItemSkipped();
                break;
            case ItemOutcome.Failed:
                logger.LogWarning("{Name} was not copied: {Code} {Reason}", result.Name, result.Code, result.Reason);
                Progress.ItemFailed();
                break;
            default:
                Progress.ItemDone();
                break;
        }
    }

    private StorageAccess SourceOf(TransferItem item)
    {
        var info = plan.Sources.TryGetValue(item.Source, out var found) ? found : throw Damaged();
        return accesses.Of(info.Place, info.Datastore ?? throw Damaged());
    }

    private static ProblemException Damaged() =>
        new("operation.damaged", "The record of this operation is incomplete. Discard it and plan again.") { Actions = [ProblemAction.PlanAgain] };
}
