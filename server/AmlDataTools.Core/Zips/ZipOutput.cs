using AmlDataTools.Core.Bags;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Transfer;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Zips;

/// <summary>
/// An export as one zip. While it is made it lies among the unfinished files; it gets its name once it is complete. To try failed
/// items again it becomes unfinished again. Where an operation ends without it, nothing is left of it.
/// </summary>
internal sealed class ZipOutput(OperationStore store, OperationPlan plan, OperationDestination to, TimeProvider time, ILogger logger) : IExportOutput
{
    /// <summary>What an entry takes beside its content: headers twice, and its lines in receipts and manifests.</summary>
    private const int OverheadOfAnItem = 1200;
    private const int OverheadOfAll = 64 << 10;

    private readonly BagLayout? _bag = BagLayout.Of(plan, to);
    private readonly Destination _destination = new(to.Folder, plan.Id, ExistingFilePolicy.KeepBoth);
    private ZipPart? _part;
    private ZipSpace? _space;
    private ZipSurvey? _survey;
    private ZipTarget? _target;

    /// <inheritdoc/>
    public ITransferTarget Target => _target ?? throw new InvalidOperationException("The zip is not open.");

    /// <inheritdoc/>
    public long Overhead => OverheadOfAll + (OverheadOfAnItem * plan.Items);

    private string PartPath => Path.Combine(_destination.Staging, "export.zip.part");

    /// <inheritdoc/>
    public string PathOf(string path) => _bag?.PathOf(path) ?? path;

    /// <inheritdoc/>
    public void Open(Journal journal)
    {
        _destination.Prepare();
        _part = TakeUp(journal.History);
        _survey = ZipSurvey.Of(store.JournalOf(plan.Id), journal.History, _part.Length);
        var fallen = journal.History.Ended.Keys.Where(index => _survey.HasFallen(index) && !journal.History.WasDropped(index)).ToList();
        if (fallen.Count > 0)
        {
            logger.LogWarning("Of {Title} the zip does not hold {Count} items any more that it should; they are fetched again.", plan.Title, fallen.Count);
            journal.Drop(fallen);
        }

        var kept = _survey.Unfinished.Select(e => e.Index).ToHashSet();
        foreach (var index in journal.History.Unfinished.Select(u => u.Index).Where(index => !kept.Contains(index)).ToList())
        {
            journal.History.ForgetUnfinished(index);
        }

        _space = new ZipSpace(_survey.Taken);
        _part.Truncate(_space.End);
        _target = new ZipTarget(_part, _space, _destination, plan.CreatedAt / 1000);
    }

    /// <inheritdoc/>
    public Task<bool> StandsAsync(ItemResult result, Journal journal, CancellationToken cancellationToken) =>
        Task.FromResult(result.Sha256 is null || _survey?.HasFallen(result.Index) == false);

    /// <inheritdoc/>
    public Task TakeAwayAsync(ItemResult summary, Journal journal, CancellationToken cancellationToken)
    {
        if (ZipEntry.Of(summary) is { } entry && _survey?.HasFallen(summary.Index) == false)
        {
            journal.Drop([summary.Index]);
            _space?.Free(entry.Place, entry.Extent);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Release()
    {
        _part?.Dispose();
        (_part, _space, _survey, _target) = (null, null, null, null);
    }

    /// <inheritdoc/>
    public OperationStatus Close(OperationStatus final)
    {
        var isWhole = final.State is OperationState.Succeeded or OperationState.SucceededWithWarnings;
        var history = JournalHistory.Read(store.JournalOf(plan.Id));
        var finisher = new ZipFinisher(store, plan, to, _bag, _destination, time);
        if (isWhole || (history.Zipped is not null && File.Exists(PartPath)))
        {
            // Also what could not be completed further: it was a zip before, and is one again.
            using (var part = TakeUp(history))
            {
                final = finisher.Finish(part, final);
            }

            _destination.RemoveStaging();
            return final;
        }

        if (history.Zipped is { } there && IsThere(there))
        {
            finisher.WriteReceipts(final, history, there.Name, nothingKept: false);
            return final with { File = there.Name };
        }

        if (final.State == OperationState.Failed)
        {
            finisher.WriteReceipts(final, history, null, nothingKept: false);
            return final;
        }

        _destination.RemoveStaging();
        finisher.WriteReceipts(final, history, null, nothingKept: true);
        return final with { Done = 0, Skipped = 0, BytesDone = 0, Message = "A zip is written whole or not at all: nothing is left of it." };
    }

    /// <summary>The zip under construction: what there is of it, or the one that was complete, or a new one.</summary>
    private ZipPart TakeUp(JournalHistory history)
    {
        if (!File.Exists(PartPath) && history.Zipped is { } mark && IsThere(mark))
        {
            LocalDisk.Try(PartPath, () => File.Move(Path.Combine(to.Folder, mark.Name), PartPath));
        }

        return new ZipPart(PartPath);
    }

    /// <summary>Whether the zip that was complete is still the one it was.</summary>
    private bool IsThere(ZipMark mark)
    {
        var path = Path.Combine(to.Folder, mark.Name);
        if (!LocalDisk.Try(path, () => new FileInfo(path) is { Exists: true } file && file.Length == mark.Length))
        {
            return false;
        }

        using var zip = new ZipPart(path);
        return zip.Crc32(mark.Tail, mark.Length - mark.Tail) == mark.Crc32;
    }
}
