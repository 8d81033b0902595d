namespace AmlDataTools.Server.Hosting;

/// <summary>
/// Gives memory back when nothing is asked of the process: the collector itself does so only when it is under pressure, and a
/// sidecar is idle for most of the time that its window is open.
/// </summary>
internal sealed class IdleMemory
{
    /// <summary>Bytes allocated in an interval up to which it was quiet: the windows' watching of each other's operations takes less.</summary>
    internal const long Quiet = 512 << 10;

    /// <summary>Bytes allocated since the last time from which there is something to give back.</summary>
    internal const long Worthwhile = 4 << 20;

    // How often is looked, and so how long it must have been quiet.
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);

    private readonly Func<long> _allocated;
    private readonly Action _giveBack;
    private long _lastLook;
    private long _lastTime;

    /// <summary>Makes one that has not looked yet.</summary>
    /// <param name="allocated">How many bytes have been allocated since the start.</param>
    /// <param name="giveBack">Gives memory back.</param>
    internal IdleMemory(Func<long> allocated, Action giveBack)
    {
        _allocated = allocated;
        _giveBack = giveBack;
    }

    /// <summary>Watches this process.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task WatchAsync(CancellationToken cancellationToken)
    {
        var memory = new IdleMemory(
            () => GC.GetTotalAllocatedBytes(), () => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true));
        using var timer = new PeriodicTimer(s_interval);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                memory.Look();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The process ends.
        }
    }

    /// <summary>Looks how much was allocated since the last look, and gives memory back when that was little.</summary>
    internal void Look()
    {
        var now = _allocated();
        if (now - _lastLook < Quiet && now - _lastTime > Worthwhile)
        {
            _giveBack();
            _lastTime = now;
        }

        _lastLook = now;
    }
}
