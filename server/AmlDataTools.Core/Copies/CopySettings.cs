using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Copies;

/// <summary>How hard copies work and how patient they are.</summary>
internal sealed record CopySettings : IPatienceSettings
{
    /// <summary>Requests in flight at most, over all blobs. Each is short work for this machine: storage does the copying.</summary>
    public int Requests { get; init; } = 32;

    /// <summary>Larger blobs are copied in blocks, and resume at the next block. The service takes up to 5,000 MiB at once.</summary>
    public long WholeBytes { get; init; } = 256L << 20;

    /// <summary>Bytes of a block; more where a blob would otherwise have over 50,000.</summary>
    public long BlockBytes { get; init; } = 64L << 20;

    /// <summary>Blocks of one blob in flight at most.</summary>
    public int BlocksOfABlob { get; init; } = 12;

    /// <summary>Blobs copied in blocks at the same time.</summary>
    public int BlobsInBlocks { get; init; } = 4;

    /// <summary>Attempts at one request before it is given up.</summary>
    public int Attempts { get; init; } = 7;

    /// <summary>First wait between attempts; doubles up to <see cref="LongestDelay"/>.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>Longest wait of our own choice.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Longest wait that a service may ask for; beyond it the operation stops and can be resumed.</summary>
    public TimeSpan LongestRetryAfter { get; init; } = TimeSpan.FromMinutes(5);
}
