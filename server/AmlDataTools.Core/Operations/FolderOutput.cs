using AmlDataTools.Core.Bags;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Operations;

/// <summary>An export as files in a folder, which may be a bag.</summary>
internal sealed class FolderOutput : IExportOutput
{
    private readonly OperationStore _store;
    private readonly OperationPlan _plan;
    private readonly OperationDestination _to;
    private readonly TimeProvider _time;
    private readonly BagLayout? _bag;
    private readonly Destination _destination;

    /// <summary>The output of an operation.</summary>
    public FolderOutput(OperationStore store, OperationPlan plan, OperationDestination to, TimeProvider time)
    {
        _store = store;
        _plan = plan;
        _to = to;
        _time = time;
        _bag = BagLayout.Of(plan, to);

        // A bag's folder is its own: what is there under a name of the plan was left by an earlier life.
        _destination = new Destination(to.Folder, plan.Id, _bag is null ? to.Existing : ExistingFilePolicy.Replace);
        Target = new FolderTarget(_destination);
    }

    /// <inheritdoc/>
    public ITransferTarget Target { get; }

    /// <inheritdoc/>
    public long Overhead => 0;

    /// <inheritdoc/>
    public string PathOf(string path) => _bag?.PathOf(path) ?? path;

    /// <inheritdoc/>
    public void Open(Journal journal)
    {
        _destination.Prepare();
        if (_bag is not null)
        {
            new FolderBagFiles(_bag.Root).Reopen();
        }
    }

    /// <inheritdoc/>
    public async Task<bool> StandsAsync(ItemResult result, Journal journal, CancellationToken cancellationToken)
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

    /// <summary>What somebody changed since is left.</summary>
    public async Task TakeAwayAsync(ItemResult summary, Journal journal, CancellationToken cancellationToken)
    {
        if (summary.Sha256 is not null && _destination.Existing(summary.Path) is { } file && (await Destination.HashAsync(file.FullName, cancellationToken).ConfigureAwait(false)).Sha256 == summary.Sha256)
        {
            LocalDisk.Try(file.FullName, file.Delete);
        }
    }

    /// <inheritdoc/>
    public void Release()
    {
        // Every file has been closed by whoever wrote it.
    }

    /// <inheritdoc/>
    public OperationStatus Close(OperationStatus final)
    {
        var history = JournalHistory.Read(_store.JournalOf(_plan.Id));
        var folder = (_bag?.Name ?? _plan.FolderName) is { } name ? Path.Combine(_to.Folder, name) : null;
        new ReceiptWriter(_store, _time).Write(_plan, final, history, new ReceiptPlace(_to.Folder, folder ?? _to.Folder, PathOf) { Copies = folder });
        if (_bag is not null && final.State is OperationState.Succeeded or OperationState.SucceededWithWarnings)
        {
            WriteBag(_bag, final, history);
        }

        if (final.State != OperationState.Failed)
        {
            _destination.RemoveStaging();
        }

        return final;
    }

    private void WriteBag(BagLayout bag, OperationStatus final, JournalHistory history)
    {
        var files = new FolderBagFiles(bag.Root);
        files.MakePayloadFolder();
        new ExportBag(_store, _plan, bag, _time).Write(files, final, history, [.. ReceiptNames.All.Select(name => (name, files.HashOf(name)))]);
    }
}
