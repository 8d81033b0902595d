namespace AmlDataTools.Server.Rpc;

/// <summary>
/// Messages waiting to be written, bounded in number and bytes: a client that does not read makes senders wait, and never
/// makes the sidecar grow. Messages go out in the order they came, and one with a key takes the place of a waiting one
/// with the same key.
/// </summary>
/// <param name="maxMessages">How many may wait.</param>
/// <param name="maxBytes">How many bytes may wait; a single message may be larger, when nothing else waits.</param>
internal sealed class OutgoingQueue(int maxMessages, long maxBytes)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Entry> _ready = new();
    private readonly LinkedList<Entry> _waiting = new();
    private readonly Dictionary<string, Entry> _byKey = new(StringComparer.Ordinal);
    private TaskCompletionSource _signal = NewSignal();
    private long _bytes;
    private bool _completed;

    /// <summary>Puts a message into the queue, and waits for room when there is none.</summary>
    /// <param name="body">The message.</param>
    /// <param name="key">Messages with the same key replace each other while they wait; null for none.</param>
    /// <param name="cancellationToken">Gives up waiting; the message is then not sent.</param>
    /// <exception cref="ConnectionLostException">Nothing is sent any more.</exception>
    public async ValueTask EnqueueAsync(ReadOnlyMemory<byte> body, string? key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LinkedListNode<Entry> node;
        lock (_lock)
        {
            ThrowIfCompleted();
            if (TryReplace(body, key))
            {
                return;
            }

            var entry = new Entry(body, key);
            if (_waiting.Count == 0 && HasRoom(body.Length, 1))
            {
                Add(entry);
                return;
            }

            node = _waiting.AddLast(entry);
            Index(entry);
        }

        using var registration = cancellationToken.UnsafeRegister((_, token) => GiveUp(node, token), null);
        await node.Value.Admitted.Task.ConfigureAwait(false);
    }

    /// <summary>Puts a message into the queue if there is plenty of room: what can be dropped must not crowd out what cannot.</summary>
    /// <param name="body">The message.</param>
    /// <param name="key">Messages with the same key replace each other while they wait; null for none.</param>
    /// <returns>Whether it will be sent.</returns>
    public bool TryEnqueue(ReadOnlyMemory<byte> body, string? key)
    {
        lock (_lock)
        {
            if (_completed)
            {
                return false;
            }

            if (TryReplace(body, key))
            {
                return true;
            }

            if (_waiting.Count > 0 || !HasRoom(body.Length, 2))
            {
                return false;
            }

            Add(new Entry(body, key));
            return true;
        }
    }

    /// <summary>Takes the next message.</summary>
    /// <returns>The message; null when the queue is completed and empty.</returns>
    public async ValueTask<ReadOnlyMemory<byte>?> DequeueAsync()
    {
        while (true)
        {
            Task signal;
            lock (_lock)
            {
                if (TryTake(out var body))
                {
                    return body;
                }

                if (_completed)
                {
                    return null;
                }

                if (_signal.Task.IsCompleted)
                {
                    _signal = NewSignal();
                }

                signal = _signal.Task;
            }

            await signal.ConfigureAwait(false);
        }
    }

    /// <summary>Takes the next message if there is one now.</summary>
    /// <param name="body">The message.</param>
    public bool TryDequeue(out ReadOnlyMemory<byte> body)
    {
        lock (_lock)
        {
            return TryTake(out body);
        }
    }

    /// <summary>Takes no more messages. Those inside still come out.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _completed = true;
            foreach (var entry in _waiting)
            {
                entry.Admitted.TrySetException(new ConnectionLostException());
            }

            _waiting.Clear();
            _signal.TrySetResult();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool TryTake(out ReadOnlyMemory<byte> body)
    {
        if (_ready.First is not { } first)
        {
            body = default;
            return false;
        }

        _ready.RemoveFirst();
        body = first.Value.Body;
        _bytes -= body.Length;
        Forget(first.Value);
        while (_waiting.First is { } next && HasRoom(next.Value.Body.Length, 1))
        {
            _waiting.RemoveFirst();
            Forget(next.Value);
            Add(next.Value);
            next.Value.Admitted.TrySetResult();
        }

        return true;
    }

    private bool HasRoom(int bytes, int share) =>
        _ready.Count == 0 || (_ready.Count < maxMessages / share && _bytes + bytes <= maxBytes / share);

    private void Add(Entry entry)
    {
        _ready.AddLast(entry);
        entry.IsReady = true;
        _bytes += entry.Body.Length;
        Index(entry);
        _signal.TrySetResult();
    }

    private bool TryReplace(ReadOnlyMemory<byte> body, string? key)
    {
        if (key is null || !_byKey.TryGetValue(key, out var entry))
        {
            return false;
        }

        if (entry.IsReady)
        {
            _bytes += body.Length - entry.Body.Length;
        }

        entry.Body = body;
        return true;
    }

    private void Index(Entry entry)
    {
        if (entry.Key is not null)
        {
            _byKey[entry.Key] = entry;
        }
    }

    private void Forget(Entry entry)
    {
        if (entry.Key is not null)
        {
            _byKey.Remove(entry.Key);
        }
    }

    private void GiveUp(LinkedListNode<Entry> node, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (node.List == _waiting)
            {
                _waiting.Remove(node);
                Forget(node.Value);
                node.Value.Admitted.TrySetCanceled(cancellationToken);
            }
        }
    }

    private void ThrowIfCompleted()
    {
        if (_completed)
        {
            throw new ConnectionLostException();
        }
    }

    private sealed class Entry(ReadOnlyMemory<byte> body, string? key)
    {
        public ReadOnlyMemory<byte> Body { get; set; } = body;

        public string? Key { get; } = key;

        public bool IsReady { get; set; }

        public TaskCompletionSource Admitted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
