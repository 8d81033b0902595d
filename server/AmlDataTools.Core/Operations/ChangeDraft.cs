using AmlDataTools.Core.Changes;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Operations;

/// <summary>
/// A plan of a change being made. Items and blobs go straight to disk, so that memory does not grow with them; disposing of
/// it unfinished removes it. Not for concurrent use.
/// </summary>
internal sealed class ChangeDraft(string id, string folder, FileStream items, FileStream blobs, Action<OperationPlan> save) : IDisposable
{
    private readonly JsonLineWriter _itemLine = new();
    private readonly JsonLineWriter _blobLine = new();
    private bool _finished;

    /// <summary>Its id.</summary>
    public string Id => id;

    /// <summary>How many items it has.</summary>
    public long Count { get; private set; }

    /// <summary>Where the next blob will stand: the beginning of a <see cref="ManifestPart"/>.</summary>
    public long BlobPosition => blobs.Position;

    /// <summary>Adds an item; its index is set here and given back.</summary>
    public long Add(ChangeItem item)
    {
        var index = Count;
        Write(items, () => _itemLine.Write(items, item with { Index = index }, OperationsJson.Default.ChangeItem));
        Count++;
        return index;
    }

    /// <summary>Adds a blob to the list; a part is a stretch of calls without another part's in between.</summary>
    public void Add(PlannedBlob blob) => Write(blobs, () => _blobLine.Write(blobs, blob, OperationsJson.Default.PlannedBlob));

    /// <summary>The plan is complete.</summary>
    public void Finish(OperationPlan plan)
    {
        LocalDisk.Try(items.Name, () =>
        {
            blobs.Flush(flushToDisk: true);
            items.Flush(flushToDisk: true);
        });
        blobs.Dispose();
        items.Dispose();
        save(plan);
        _finished = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        blobs.Dispose();
        items.Dispose();
        if (!_finished && Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Write(FileStream file, Action write)
    {
        try
        {
            write();
        }
        catch (IOException exception)
        {
            throw LocalDisk.Problem(file.Name, exception);
        }
    }
}
