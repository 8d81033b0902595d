using System.Runtime.CompilerServices;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Transfer;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AmlDataTools.Core.Operations;

/// <summary>Carries an export out, from wherever an earlier life of it left off.</summary>
internal sealed class ExportExecution(
    OperationStore store, OperationPlan plan, OperationDestination destination, IExportOutput output, ITransferSources sources, TransferSettings settings, TimeProvider time, ILogger logger)
    : IOperationExecution
{
    /// <inheritdoc/>
    public TransferProgress Progress { get; } = new();

    /// <inheritdoc/>
    public bool EndedWell => Progress.Failed == 0;

    /// <inheritdoc/>
    public ProblemException? NothingDone => null;

    /// <inheritdoc/>
    public string? Epilogue(OperationState state) =>
        state == OperationState.SucceededWithWarnings ? $"{Sizes.Count(Progress.Failed, "item")} could not be fetched; the receipt says why." : null;

    /// <inheritdoc/>
    public async Task RunAsync(Journal journal, CancellationToken cancellationToken)
    {
        await Task.Yield();

        // What is given out on a person is called like people: neither its paths nor its names are logged.
        using var quiet = plan.PersonalData is null ? null : QuietPaths.Begin();
        output.Open(journal);
        try
        {
            var remaining = await SettlePastAsync(journal, cancellationToken).ConfigureAwait(false);
            RefuseTooSmallDisk(remaining - journal.History.UnfinishedBytes + output.Overhead, journal);
            var engine = new TransferEngine(sources, output.Target, journal, Progress, settings, time, plan.PersonalData is null ? logger : NullLogger.Instance);
            await engine.RunAsync(PendingAsync(journal, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            output.Release();
            if (plan.PersonalData is not null)
            {
                logger.LogInformation("Of what was found on a person: {Done} items given, {Skipped} skipped, {Failed} failed.", Progress.Done, Progress.Skipped, Progress.Failed);
            }
        }
    }

    /// <inheritdoc/>
    public OperationStatus Complete(OperationStatus status) => status;

    /// <inheritdoc/>
    public OperationStatus Close(OperationStatus final) => output.Close(final);

    /// <summary>Checks what the journal says is done, finishes what was only one rename away, and gives the bytes still to come.</summary>
    private async Task<long> SettlePastAsync(Journal journal, CancellationToken cancellationToken)
    {
        var remaining = plan.Bytes;
        if (journal.History.Ended.Count == 0)
        {
            return remaining;
        }

        // What is about others is looked at after them.
        var summaries = store.Items(plan.Id).Where(i => i.Kind == TransferKind.Summary).ToDictionary(i => i.Index);
        var again = new SortedSet<long>();
        using var reader = new ReceiptLines(store.JournalOf(plan.Id));
        foreach (var (index, place) in journal.History.Ended.OrderBy(e => summaries.ContainsKey(e.Key)).ToList())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var result = reader.Read(place);
            switch (result.Outcome)
            {
                case ItemOutcome.Done or ItemOutcome.Skipped when summaries.TryGetValue(index, out var summary) && again.GetViewBetween(summary.From ?? index, index).Count > 0:
                    await output.TakeAwayAsync(result, journal, cancellationToken).ConfigureAwait(false);
                    journal.History.Forget(index);
                    continue;
                case ItemOutcome.Done when await output.StandsAsync(result, journal, cancellationToken).ConfigureAwait(false):
                    Progress.ItemDone();
                    break;
                case ItemOutcome.Skipped:
                    Progress.ItemSkipped();
                    break;
                default:
                    // Failed before, or its file was taken away: done again.
                    journal.History.Forget(index);
                    again.Add(index);
                    continue;
            }

            Progress.Counted(result.Bytes);
            remaining -= result.Bytes;
        }

        return remaining;
    }

    private async IAsyncEnumerable<TransferItem> PendingAsync(Journal journal, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (var item in store.Items(plan.Id))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!journal.History.Ended.ContainsKey(item.Index))
            {
                yield return item with { Path = output.PathOf(item.Path) };
            }
        }
    }

    private void RefuseTooSmallDisk(long needed, Journal journal)
    {
        long free;
        try
        {
            free = new DriveInfo(destination.Folder).AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Not every file system tells (network shares): then the disk itself will.
            logger.LogDebug("The free space of {Folder} is not known: {Reason}", destination.Folder, exception.Message);
            return;
        }

        // Only when it seems too small is it worth looking which files need no room because they are there already.
        if (free < needed && free < needed - BytesThere(journal))
        {
            throw new ProblemException(
                "disk.full",
                $"There is not enough room: {Sizes.Text(needed)} are needed in {destination.Folder}, {Sizes.Text(free)} are free. Free some space, then resume, or choose another folder.")
            {
                Target = destination.Folder,
                Actions = [ProblemAction.Retry, ProblemAction.ChooseFolder],
            };
        }
    }

    private long BytesThere(Journal journal) => !output.Target.SkipsIdentical ? 0 : store.Items(plan.Id)
        .Where(i => i is { Kind: TransferKind.File, Md5: not null, Refused: null } && !journal.History.Ended.ContainsKey(i.Index))
        .Where(i => output.Target.Existing(i.Path)?.Length == i.Length)
        .Sum(i => i.Length ?? 0);
}
