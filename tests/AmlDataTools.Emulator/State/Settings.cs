using System.Collections.Concurrent;

namespace AmlDataTools.Emulator.State;

/// <summary>What tests may change while the emulator runs.</summary>
internal sealed class Settings
{
    /// <summary>How long signatures of datastores are good.</summary>
    public TimeSpan SasLifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long signed addresses of artifacts are good.</summary>
    public TimeSpan SignedUrlLifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Deleting a job removes its artifacts' blobs. The documentation says so, a public report saw them stay; off until set.</summary>
    public bool JobDeleteRemovesData { get; set; }

    /// <summary>Deleting a job leaves its children in run history [guess either way].</summary>
    public bool JobDeleteLeavesChildren { get; set; }

    /// <summary>Kinds whose DELETE is refused until named here: <c>data</c>, <c>environments</c>, <c>components</c>.</summary>
    public ConcurrentDictionary<string, bool> DeletesHonoured { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Most paths a recursive delete of Data Lake Storage takes away in one request before it answers with a continuation.</summary>
    public int RecursiveDeletePage { get; set; } = 5000;

    /// <summary>The index service is there; off, every request to it is answered 404, as where a workspace has none. It is not published: off until set.</summary>
    public bool IndexService { get; set; }

    /// <summary>How often the progress of a workspace's deletion must be asked before it ends; a very large number never ends.</summary>
    public int WorkspaceDeletePolls { get; set; } = 2;

    /// <summary>How long the deletion of a workspace says that it may take at most, as ISO 8601 has it; null says nothing.</summary>
    public string? WorkspaceDeleteTimeout { get; set; }

    /// <summary>Resource Manager's deletes left to the subscription.</summary>
    public DeleteQuota Deletes { get; } = new();
}

/// <summary>Resource Manager's allowance of DELETE requests: none is counted until a test sets one.</summary>
internal sealed class DeleteQuota
{
    /// <summary>What the header says while nothing is counted; from recordings.</summary>
    private const int Uncounted = 11990;

    private readonly Lock _lock = new();
    private int? _limit;
    private int _left;
    private TimeSpan _refill = TimeSpan.FromSeconds(2);
    private DateTimeOffset _full;

    /// <summary>Sets how many deletes there are and how long a used up allowance stays so; null counts nothing.</summary>
    public void Set(int? limit, TimeSpan? refill)
    {
        lock (_lock)
        {
            (_limit, _left, _full) = (limit, limit ?? 0, DateTimeOffset.MinValue);
            _refill = refill ?? _refill;
        }
    }

    /// <summary>Takes one delete.</summary>
    /// <returns>What is left after it; or, when nothing was left, the time until there is more.</returns>
    public (int Left, TimeSpan? Wait) Take()
    {
        lock (_lock)
        {
            if (_limit is not { } limit)
            {
                return (Uncounted, null);
            }

            var now = DateTimeOffset.UtcNow;
            if (_left == 0 && now >= _full)
            {
                _left = limit;
            }

            if (_left == 0)
            {
                return (0, _full - now);
            }

            _left--;
            if (_left == 0)
            {
                _full = now + _refill;
            }

            return (_left, null);
        }
    }
}
