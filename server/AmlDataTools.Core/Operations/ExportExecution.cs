using System.Runtime.CompilerServices;
using AmlDataTools.Core.Bags;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Transfer;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Operations;

/// <summary>Carries an export out, from wherever an earlier life of it left off.</summary>
internal sealed class ExportExecution(
    OperationStore store, OperationPlan plan, OperationDestination destination, ITransferSources sources, TransferSettings settings, TimeProvider time, ILogger logger)
    : IOperationExecution
{
    private readonly BagLayout? _bag = BagLayout.Of(plan, destination);

    // A bag's folder is its own: what is there under a name of the plan was left by an earlier life.
    private readonly Destination _destination = new(destination.Folder, plan.Id, destination.Format == ExportFormat.Bag ? ExistingFilePolicy.Replace : destination.Existing);

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
        _destination.Prepare();
        if (_bag is not null)
        {
            new BagWriter(_bag).Reopen();
        }

        var remaining = await SettlePastAsync(journal, cancellationToken).ConfigureAwait(false);
        RefuseTooSmallDisk(remaining - journal.History.UnfinishedBytes, journal);
        var engine = new TransferEngine(sources, _destination, journal, Progress, settings, time, logger);
        await engine.RunAsync(PendingAsync(journal, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public OperationStatus Complete(OperationStatus status) => status;

    /// <inheritdoc/>
    public void Close(OperationStatus final)
    {
        var history = JournalHistory.Read(store.JournalOf(plan.Id));
        new ReceiptWriter(store, time).Write(plan, destination, final, history);
        if (_bag is not null && final.State is OperationState.Succeeded or OperationState.SucceededWithWarnings)
        {
            WriteBag(_bag, final, history);
        }

        if (final.State != OperationState.Failed)
        {
            _destination.RemoveStaging();
        }
    }

    private void WriteBag(BagLayout bag, OperationStatus final, JournalHistory history)
    {
        using var lines = new ReceiptLines(store.JournalOf(plan.Id));
        var files = history.Ended.OrderBy(entry => entry.Key).Select(entry => lines.Read(entry.Value)).Where(result => result is { Outcome: ItemOutcome.Done, Sha256: not null });
        List<(string Label, string Value)> information =
        [
            ("Bag-Software-Agent", "AML Data Tools"),
            ("External-Identifier", plan.Id),
            ("External-Description", plan.Title),
            ("Internal-Sender-Description", $"Exported from the Azure Machine Learning workspace {plan.Workspace}"),
            ("Bag-Size", Sizes.Text(final.BytesDone)),
        ];
        if (plan.Who is { } who)
        {
            information.Add(("Contact-Name", who));
        }

        if (final.Failed > 0)
        {
            information.Add(("Missing-Items", $"{Sizes.Count(final.Failed, "item")} of the plan could not be fetched; {ReceiptNames.Markdown} says which and why."));
        }

        new BagWriter(bag).Write(files.Select(result => (result.Path, result.Sha256 ?? string.Empty, result.Bytes)), information, [ReceiptNames.Json, ReceiptNames.Markdown], time.GetUtcNow());
    }

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
                    await TakeAwayAsync(result, cancellationToken).ConfigureAwait(false);
                    journal.History.Forget(index);
                    continue;
                case ItemOutcome.Done when await StandsAsync(result, journal, cancellationToken).ConfigureAwait(false):
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

    /// <summary>What was written of items that are done again is no longer true; what somebody changed since is left.</summary>
    private async Task TakeAwayAsync(ItemResult summary, CancellationToken cancellationToken)
    {
        if (summary.Sha256 is not null && _destination.Existing(summary.Path) is { } file && (await Destination.HashAsync(file.FullName, cancellationToken).ConfigureAwait(false)).Sha256 == summary.Sha256)
        {
            LocalDisk.Try(file.FullName, file.Delete);
        }
    }

    private async Task<bool> StandsAsync(ItemResult result, Journal journal, CancellationToken cancellationToken)
    {
        var part = _destination.PartOf(result.Index);
        if (result.Sha256 is null)
        {
            return Directory.Exists(_destination.FinalOf(result.Path));
        }

        if (!File.Exists(part))
        {
            return _destination.Existing(result.Path)?.Length == result.Bytes;
        }

        // Written down as verified and about to get its name: the process ended just there.
        var (sha, _) = await Destination.HashAsync(part, cancellationToken).ConfigureAwait(false);
        if (sha != result.Sha256)
        {
            return false;
        }

        try
        {
            _destination.MakeWay(result.Path);
        }
        catch (ProblemException problem) when (TransferEngine.IsOfAPath(problem))
        {
            // Something came in its way: handled as for any other file, which then fails alone.
            return false;
        }

        var chosen = result with { Path = _destination.Choose(result.Path, new HashSet<string>(StringComparer.OrdinalIgnoreCase)) };
        if (chosen.Path != result.Path)
        {
            journal.Commit([chosen]);
        }

        LocalDisk.Try(chosen.Path, () => _destination.Finish(part, chosen.Path));
        return true;
    }

    private async IAsyncEnumerable<TransferItem> PendingAsync(Journal journal, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (var item in store.Items(plan.Id))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!journal.History.Ended.ContainsKey(item.Index))
            {
                yield return _bag is null ? item : item with { Path = _bag.PathOf(item.Path) };
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

    private long BytesThere(Journal journal) => !_destination.SkipsIdentical ? 0 : store.Items(plan.Id)
        .Where(i => i is { Kind: TransferKind.File, Md5: not null, Refused: null } && !journal.History.Ended.ContainsKey(i.Index))
        .Where(i => _destination.Existing(i.Path)?.Length == i.Length)
        .Sum(i => i.Length ?? 0);
}
