using System.Collections.Concurrent;

namespace AmlDataTools.Emulator.State;

/// <summary>A blob whose bytes are computed.</summary>
/// <param name="Name">Full name in its container.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Seed">What its bytes are computed from.</param>
/// <param name="Modified">When it was "written".</param>
internal sealed record VirtualBlob(string Name, long Size, ulong Seed, DateTimeOffset Modified)
{
    /// <summary>Its ETag without quotes, constant for constant bytes.</summary>
    public string ETag => $"0x8D{(Seed ^ (ulong)Size) % 0xFFFFFFFFFFFFUL:X13}";
}

/// <summary>Blobs under one prefix, sorted by name in ordinal order.</summary>
/// <param name="Account">Storage account.</param>
/// <param name="Container">Container.</param>
/// <param name="Prefix">What all names begin with, ending with a slash.</param>
/// <param name="Count">How many.</param>
/// <param name="At">The blob at an index of the sorted list.</param>
internal sealed record VirtualFolder(string Account, string Container, string Prefix, int Count, Func<int, VirtualBlob> At)
{
    /// <summary>The index of the first name not less than the given one.</summary>
    public int LowerBound(string name)
    {
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (string.CompareOrdinal(At(middle).Name, name) < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>A blob by name, or null.</summary>
    public VirtualBlob? Find(string name) => LowerBound(name) is var i && i < Count && At(i) is var blob && blob.Name == name ? blob : null;
}

/// <summary>The folders of computed blobs.</summary>
internal sealed class VirtualBlobs
{
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, bool>> _removed = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<Func<string, string, string, VirtualFolder?>> _sources = [];

    /// <summary>Takes a computed blob away.</summary>
    /// <returns>False when it was away already.</returns>
    public bool Remove(string account, string container, string name) => Away(account, container).TryAdd(name, true);

    /// <summary>Whether a computed blob was taken away.</summary>
    public bool IsRemoved(string account, string container, string name) => _removed.TryGetValue($"{account}/{container}", out var away) && away.ContainsKey(name);

    /// <summary>The names that were taken away from a container, in order.</summary>
    public IReadOnlyList<string> Removed(string account, string container) =>
        _removed.TryGetValue($"{account}/{container}", out var away) ? [.. away.Keys.Order(StringComparer.Ordinal)] : [];

    private ConcurrentDictionary<string, bool> Away(string account, string container) => _removed.GetOrAdd($"{account}/{container}", _ => new(StringComparer.Ordinal));

    /// <summary>Adds a source: account, container and a blob's name or a listing's prefix to the folder it lies in, or null.</summary>
    public void Add(Func<string, string, string, VirtualFolder?> source) => _sources.Add(source);

    /// <summary>The folder that a blob's name or a listing's prefix lies in, or null.</summary>
    public VirtualFolder? Find(string account, string container, string name) =>
        _sources.Select(s => s(account, container, name)).FirstOrDefault(f => f is not null);
}
