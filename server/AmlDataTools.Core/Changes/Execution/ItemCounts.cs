namespace AmlDataTools.Core.Changes.Execution;

/// <summary>The numbers of an item's batches; the newest of each counts.</summary>
internal sealed class ItemCounts
{
    private readonly Dictionary<(BatchPass Pass, int Number), (BatchTotals Totals, int Changed)> _batches = [];
    private readonly Lock _lock = new();

    /// <summary>The service's id of one of the requests.</summary>
    public string? RequestId { get; private set; }

    /// <summary>Of what was left, what had changed since the plan.</summary>
    public long Changed
    {
        get
        {
            lock (_lock)
            {
                return _batches.Where(b => b.Key.Pass != BatchPass.Directories).Sum(b => (long)b.Value.Changed);
            }
        }
    }

    /// <summary>Whether a folder went, or came back, as a whole.</summary>
    public bool HasFolder => Of(BatchPass.Folder, 0) != default;

    /// <summary>How many directories of a file share went.</summary>
    public long Directories
    {
        get
        {
            lock (_lock)
            {
                return _batches.Where(b => b.Key.Pass == BatchPass.Directories).Sum(b => b.Value.Totals.Done);
            }
        }
    }

    /// <summary>All blobs or files together; directories are none.</summary>
    public (long Done, long Gone, long Bytes, long Left) Sum
    {
        get
        {
            lock (_lock)
            {
                return (
                    _batches.Where(b => b.Key.Pass != BatchPass.Directories).Sum(b => b.Value.Totals.Done),
                    _batches.Where(b => b.Key.Pass != BatchPass.Directories).Sum(b => b.Value.Totals.Gone),
                    _batches.Values.Sum(b => b.Totals.Bytes),
                    _batches.Where(b => b.Key.Pass != BatchPass.Directories).Sum(b => (long)b.Value.Totals.Left));
            }
        }
    }

    /// <summary>The numbers of one; zeros when it is new.</summary>
    public BatchTotals Of(BatchPass pass, int number)
    {
        lock (_lock)
        {
            return _batches.GetValueOrDefault((pass, number)).Totals;
        }
    }

    /// <summary>A batch ended.</summary>
    public void Put(BatchResult result)
    {
        lock (_lock)
        {
            RequestId ??= result.RequestId;
            _batches[(result.Mark.Pass, result.Mark.Number)] =
                (new BatchTotals(result.Done, result.Gone, result.Bytes, result.Left.Count, 0, 0), result.Left.Count(l => l.Code == ChangeRefusal.Changed));
        }
    }

    /// <summary>A batch had ended.</summary>
    public void Put(BatchPass pass, int number, BatchTotals totals)
    {
        lock (_lock)
        {
            _batches[(pass, number)] = (totals, 0);
        }
    }
}
