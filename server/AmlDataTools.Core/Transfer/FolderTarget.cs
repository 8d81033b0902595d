namespace AmlDataTools.Core.Transfer;

/// <summary>Items become files of a folder: each is written under another name and renamed once it is verified and on disk.</summary>
internal sealed class FolderTarget(Destination destination) : ITransferTarget
{
    /// <inheritdoc/>
    public bool WantsCrc32 => false;

    /// <inheritdoc/>
    public bool SkipsIdentical => destination.SkipsIdentical;

    /// <inheritdoc/>
    public FileInfo? Existing(string path) => destination.Existing(path);

    /// <inheritdoc/>
    public void MakeFolder(string path) => destination.MakeFolder(path);

    /// <inheritdoc/>
    public string PartOf(long index) => destination.PartOf(index);

    /// <inheritdoc/>
    public ItemRoom Open(TransferItem item, long length, bool ranged) =>
        ranged ? FileRoom.Ranged(PartOf(item.Index), keep: false) : FileRoom.Stream(PartOf(item.Index));

    /// <inheritdoc/>
    public ItemRoom Reopen(TransferItem item, PartialFile partial) => FileRoom.Ranged(PartOf(item.Index), keep: true);

    /// <inheritdoc/>
    public (ItemRoom Room, uint Crc32) TakeIn(TransferItem item, long length) => (FileRoom.Complete(PartOf(item.Index)), 0);

    /// <inheritdoc/>
    public void Commit(IReadOnlyList<StagedFile> group, ITransferJournal journal, TransferProgress progress)
    {
        LocalDisk.Try(destination.Staging, () => DiskFlush.Flush([.. group.Select(f => f.Room.Handle)]));
        foreach (var file in group)
        {
            file.Room.Dispose();
        }

        group = [.. group.Where(file => HasPlace(file, journal, progress))];
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var results = new List<ItemResult>(group.Count);
        foreach (var file in group)
        {
            results.Add(file.Result with { Path = destination.Choose(file.Item.Path, taken) });
        }

        journal.Commit(results);
        for (var i = 0; i < group.Count; i++)
        {
            Rename(group[i], results[i], journal);
            progress.ItemDone();
        }
    }

    /// <summary>Something in the way of one file (a link, a folder) fails that file and no other.</summary>
    private bool HasPlace(StagedFile file, ITransferJournal journal, TransferProgress progress)
    {
        try
        {
            destination.MakeWay(file.Item.Path);
            return true;
        }
        catch (Problems.ProblemException problem) when (TransferEngine.IsOfAPath(problem))
        {
            LocalDisk.Try(file.Room.Path, () => File.Delete(file.Room.Path));
            journal.End(FileFetcher.Ended(file.Item, ItemOutcome.Failed, problem.Code, problem.Message));
            progress.ItemFailed();
            return false;
        }
    }

    private void Rename(StagedFile file, ItemResult result, ITransferJournal journal)
    {
        while (true)
        {
            try
            {
                LocalDisk.Try(result.Path, () => destination.Finish(file.Room.Path, result.Path));
                return;
            }
            catch (Problems.ProblemException) when (File.Exists(file.Room.Path) && destination.IsTaken(result.Path))
            {
                // Somebody took the name between the choice and the rename: choose again, and write that down first.
                result = file.Result with { Path = destination.Choose(file.Item.Path, new HashSet<string>(StringComparer.OrdinalIgnoreCase)) };
                journal.Commit([result]);
            }
        }
    }
}
