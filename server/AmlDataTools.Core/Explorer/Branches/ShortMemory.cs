using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace AmlDataTools.Core.Explorer.Branches;

/// <summary>Remembers for a minute what was read, so that opening and closing rows asks nothing twice. Never more than a bounded number.</summary>
/// <param name="most">How many at most; beyond it all is forgotten.</param>
/// <param name="clock">The time.</param>
internal sealed class ShortMemory<TKey, TValue>(int most, TimeProvider clock)
    where TKey : notnull
{
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<TKey, (DateTimeOffset Read, TValue Value)> _known = new();

    /// <summary>What was read within the last minute.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        var remembered = _known.TryGetValue(key, out var known) && clock.GetUtcNow() - known.Read < Memory;
        value = known.Value;
        return remembered;
    }

    /// <summary>Remembers what was read now.</summary>
    public void Set(TKey key, TValue value)
    {
        if (_known.Count >= most)
        {
            _known.Clear();
        }

        _known[key] = (clock.GetUtcNow(), value);
    }

    /// <summary>Drops one.</summary>
    public void Forget(TKey key) => _known.TryRemove(key, out _);

    /// <summary>Drops all.</summary>
    public void Clear() => _known.Clear();
}
