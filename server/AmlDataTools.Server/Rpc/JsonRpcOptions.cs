namespace AmlDataTools.Server.Rpc;

/// <summary>The limits of a connection.</summary>
internal sealed record JsonRpcOptions
{
    /// <summary>The largest message read, in bytes.</summary>
    public int MaxMessageBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>How many requests are worked on at the same time; others wait their turn.</summary>
    public int MaxConcurrentRequests { get; init; } = 64;

    /// <summary>How many requests are worked on or waiting; those beyond are refused.</summary>
    public int MaxOpenRequests { get; init; } = 1024;

    /// <summary>How many bytes the requests worked on or waiting may hold together; those beyond are refused.</summary>
    public long MaxOpenRequestBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>How many messages may wait to be written.</summary>
    public int MaxQueuedMessages { get; init; } = 1024;

    /// <summary>How many bytes may wait to be written.</summary>
    public long MaxQueuedBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>How long the reading loop waits to write a refusal before it takes the client for stuck, and ends.</summary>
    public TimeSpan RefusalTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long requests may go on after the input has ended before they are cancelled: a piped script gets its answers.</summary>
    public TimeSpan EndGrace { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long cancelled requests are waited for at the end, and then how long answers may take to be written.</summary>
    public TimeSpan EndTimeout { get; init; } = TimeSpan.FromSeconds(3);
}
