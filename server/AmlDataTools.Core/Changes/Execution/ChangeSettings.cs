namespace AmlDataTools.Core.Changes.Execution;

/// <summary>How changes are paced and how long is waited.</summary>
internal sealed record ChangeSettings
{
    /// <summary>Records changed at the same time; also requests to storage in flight.</summary>
    public int Parallel { get; init; } = 8;

    /// <summary>Blobs in a request: the service's limit.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>How long throttling may hold a single request back before its item fails.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>First wait of our own choice; doubles up to <see cref="LongestDelay"/>.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait of our own choice; a service's Retry-After may be longer.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Attempts at a request to storage that fails for another reason than load.</summary>
    public int Attempts { get; init; } = 7;

    /// <summary>For how long a deleted record is read back before it counts as still there.</summary>
    public TimeSpan VerifyFor { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>For how long something is awaited of which the service says that it is being deleted already.</summary>
    public TimeSpan GoingFor { get; init; } = TimeSpan.FromMinutes(60);

    /// <summary>How long a request that was sent may still be waited for after a stop.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(5);
}
