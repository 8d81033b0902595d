namespace AmlDataTools.Core.Transfer;

/// <summary>
/// Limits requests in flight over all files, and lets a throttling service slow everything down: each refusal halves the
/// limit and holds new requests back until the time asked for, each run of good answers gives one place back.
/// </summary>
internal sealed class RequestGovernor(int limit, TimeProvider time) : IDisposable
{
    private const int GoodAnswersForAPlace = 32;

    private readonly SemaphoreSlim _places = new(limit);
    private readonly Lock _lock = new();
    private readonly int _most = limit;
    private int _limit = limit;
    private int _owed;
    private int _good;
    private DateTimeOffset _heldUntil;

    /// <summary>Until when the service asked to be left alone; in the past when it did not.</summary>
    public DateTimeOffset HeldUntil
    {
        get
        {
            lock (_lock)
            {
                return _heldUntil;
            }
        }
    }

    /// <summary>Waits for a place, and for the end of a hold.</summary>
    public async ValueTask<Place> EnterAsync(CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (var wait = HeldUntil - time.GetUtcNow(); wait > TimeSpan.Zero; wait = HeldUntil - time.GetUtcNow())
            {
                await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
            }

            return new Place(this);
        }
        catch
        {
            Leave();
            throw;
        }
    }

    /// <summary>The service refused for load.</summary>
    /// <param name="hold">How long to hold new requests back.</param>
    public void Throttled(TimeSpan hold)
    {
        lock (_lock)
        {
            // Requests that were in flight together are refused together: one slow-down for all of them.
            var now = time.GetUtcNow();
            if (_heldUntil <= now && _limit > 1)
            {
                var fewer = _limit / 2;
                _owed += _limit - fewer;
                _limit = fewer;

                // Places nobody holds are taken at once: when all were refused together, not all may come again together.
                while (_owed > 0 && _places.Wait(0))
                {
                    _owed--;
                }
            }

            _good = 0;
            _heldUntil = _heldUntil > now + hold ? _heldUntil : now + hold;
        }
    }

    /// <summary>A request was answered well.</summary>
    public void Answered()
    {
        // Reading a stale value only delays the count by one answer.
        if (Volatile.Read(ref _limit) == _most)
        {
            return;
        }

        lock (_lock)
        {
            if (_limit < _most && ++_good >= GoodAnswersForAPlace)
            {
                _good = 0;
                _limit++;
                if (_owed > 0)
                {
                    _owed--;
                }
                else
                {
                    _places.Release();
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();

    private void Leave()
    {
        lock (_lock)
        {
            if (_owed > 0)
            {
                _owed--;
                return;
            }
        }

        _places.Release();
    }

    /// <summary>A place; dispose it once.</summary>
    internal readonly struct Place(RequestGovernor governor) : IDisposable
    {
        public void Dispose() => governor.Leave();
    }
}
