namespace AmlDataTools.Core.Transfer;

/// <summary>Counts of a transfer, updated from many threads and read at any time.</summary>
internal sealed class TransferProgress
{
    private long _bytes;
    private long _fetched;
    private long _done;
    private long _skipped;
    private long _failed;
    private string? _waiting;

    /// <summary>Bytes of the plan that are on disk or were skipped.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Bytes received by this process, repeats included.</summary>
    public long Fetched => Interlocked.Read(ref _fetched);

    /// <summary>Items done and verified.</summary>
    public long Done => Interlocked.Read(ref _done);

    /// <summary>Items skipped for a reason.</summary>
    public long Skipped => Interlocked.Read(ref _skipped);

    /// <summary>Items that failed.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Why it waits, in a sentence; null when it does not.</summary>
    public string? Waiting
    {
        get => Volatile.Read(ref _waiting);
        set => Volatile.Write(ref _waiting, value);
    }

    /// <summary>Bytes came in.</summary>
    public void Received(long bytes)
    {
        Interlocked.Add(ref _bytes, bytes);
        Interlocked.Add(ref _fetched, bytes);
    }

    /// <summary>Bytes that count without being fetched now, or (negative) that turned out not to count.</summary>
    public void Counted(long bytes) => Interlocked.Add(ref _bytes, bytes);

    public void ItemDone() => Interlocked.Increment(ref _done);

    public void ItemSkipped() => Interlocked.Increment(ref _skipped);

    public void ItemFailed() => Interlocked.Increment(ref _failed);
}

/// <summary>What one item has added to the counts, so that it can be taken back when the item is begun anew.</summary>
internal sealed class ItemBytes(TransferProgress progress)
{
    private long _counted;

    /// <summary>Bytes came in.</summary>
    public void Received(long bytes)
    {
        Interlocked.Add(ref _counted, bytes);
        progress.Received(bytes);
    }

    /// <summary>Bytes were already there.</summary>
    public void Kept(long bytes)
    {
        Interlocked.Add(ref _counted, bytes);
        progress.Counted(bytes);
    }

    /// <summary>None of it counts any more.</summary>
    public void TakeBack() => progress.Counted(-Interlocked.Exchange(ref _counted, 0));
}
