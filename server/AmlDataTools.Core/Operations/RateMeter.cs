namespace AmlDataTools.Core.Operations;

/// <summary>Bytes a second over the last few seconds.</summary>
internal sealed class RateMeter(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(4);

    private readonly Queue<(long At, long Bytes)> _samples = [];
    private readonly Lock _lock = new();

    /// <summary>Takes the count so far; null until there is a quarter of a second to judge by.</summary>
    public long? Measure(long bytes)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            _samples.Enqueue((now, bytes));
            while (_samples.Count > 2 && time.GetElapsedTime(_samples.Peek().At, now) > Window)
            {
                _samples.Dequeue();
            }

            var (at, first) = _samples.Peek();
            var seconds = time.GetElapsedTime(at, now).TotalSeconds;
            return seconds < 0.2 ? null : (long)((bytes - first) / seconds);
        }
    }
}
