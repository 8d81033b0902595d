using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Operations;

/// <summary>A plan being made. Items go straight to disk; disposing of it unfinished removes it.</summary>
internal sealed class PlanDraft(string id, string folder, FileStream items, Action<OperationPlan> save) : IDisposable
{
    private readonly JsonLineWriter _line = new();
    private bool _finished;

    /// <summary>Its id.</summary>
    public string Id => id;

    /// <summary>How many items it has.</summary>
    public long Items { get; private set; }

    /// <summary>Their bytes, as far as known.</summary>
    public long Bytes { get; private set; }

    /// <summary>Adds an item; its index is set here.</summary>
    public void Add(TransferItem item)
    {
        try
        {
            _line.Write(items, item with { Index = Items }, OperationsJson.Default.TransferItem);
        }
        catch (IOException exception)
        {
            throw LocalDisk.Problem(items.Name, exception);
        }

        Items++;
        Bytes += item.Length ?? 0;
    }

    /// <summary>The plan is complete.</summary>
    public void Finish(OperationPlan plan)
    {
        LocalDisk.Try(items.Name, () => items.Flush(flushToDisk: true));
        items.Dispose();
        save(plan);
        _finished = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        items.Dispose();
        if (!_finished && Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
