namespace AmlDataTools.Core.Transfer;

/// <summary>How hard the engine works and how patient it is.</summary>
internal sealed record TransferSettings : IPatienceSettings
{
    /// <summary>Requests in flight at most, over all files.</summary>
    public int Requests { get; init; } = 16;

    /// <summary>Bytes of one range; larger blobs are fetched in ranges side by side and resume at the next range.</summary>
    public int RangeBytes { get; init; } = 8 << 20;

    /// <summary>Ranges of one file in flight at most.</summary>
    public int RangesOfAFile { get; init; } = 8;

    /// <summary>Files fetched in ranges at the same time.</summary>
    public int RangedFiles { get; init; } = 4;

    /// <summary>Attempts without a single new byte before a request is given up.</summary>
    public int Attempts { get; init; } = 7;

    /// <summary>First wait between attempts; doubles up to <see cref="LongestDelay"/>.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>Longest wait of our own choice; a service's Retry-After may be longer.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Longest wait that a service may ask for; beyond it the operation stops and can be resumed.</summary>
    public TimeSpan LongestRetryAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long no byte may come before a connection counts as dead.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a blob that changes while it is read is begun anew.</summary>
    public int Restarts { get; init; } = 3;
}
