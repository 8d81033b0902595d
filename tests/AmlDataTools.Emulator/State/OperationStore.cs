using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace AmlDataTools.Emulator.State;

/// <summary>A long-running operation: each poll takes it a step on, so that tests need no clock.</summary>
internal sealed class Operation(string id, IReadOnlyList<string> steps, Action atEnd)
{
    private readonly Lock _lock = new();
    private int _polls;

    /// <summary>Its id.</summary>
    public string Id { get; } = id;

    /// <summary>When it began.</summary>
    public DateTimeOffset Started { get; } = DateTimeOffset.UtcNow;

    /// <summary>When it ended.</summary>
    public DateTimeOffset? Ended { get; private set; }

    /// <summary>Why it failed; then the last step is <c>Failed</c>.</summary>
    public JsonObject? Error { get; init; }

    /// <summary>The status this poll sees; the last one ends the operation.</summary>
    public string Poll()
    {
        lock (_lock)
        {
            var status = steps[Math.Min(_polls, steps.Count - 1)];
            _polls++;
            if (_polls >= steps.Count && Ended is null)
            {
                Ended = DateTimeOffset.UtcNow;
                if (Error is null)
                {
                    atEnd();
                }
            }

            return status;
        }
    }
}

/// <summary>The long-running operations by id.</summary>
internal sealed class OperationStore
{
    private readonly ConcurrentDictionary<string, Operation> _operations = new(StringComparer.Ordinal);

    /// <summary>Adds an operation.</summary>
    public Operation Add(Operation operation) => _operations[operation.Id] = operation;

    /// <summary>An operation, or null.</summary>
    public Operation? Find(string id) => _operations.GetValueOrDefault(id);
}
