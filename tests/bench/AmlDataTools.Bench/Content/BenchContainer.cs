namespace AmlDataTools.Bench.Content;

/// <summary>A container, ordered by name as the service lists it. Its blobs never change; they can only go, and come back all at once.</summary>
public sealed class BenchContainer
{
    private readonly Dictionary<string, int> byName;
    private readonly int[] gone;
    private int goneCount;

    /// <summary>Makes a container.</summary>
    /// <param name="name">Container name.</param>
    /// <param name="blobs">Its blobs in any order.</param>
    public BenchContainer(string name, IEnumerable<BenchBlob> blobs)
    {
        Name = name;
        Blobs = [.. blobs.OrderBy(static blob => blob.Name, StringComparer.Ordinal)];
        byName = Blobs.Select(static (blob, index) => (blob.Name, index)).ToDictionary(static pair => pair.Name, static pair => pair.index, StringComparer.Ordinal);
        gone = new int[Blobs.Count];
    }

    /// <summary>Container name.</summary>
    public string Name { get; }

    /// <summary>Blobs ordered by name, ordinal; those that are gone too.</summary>
    public IReadOnlyList<BenchBlob> Blobs { get; }

    /// <summary>How many are gone.</summary>
    public int GoneCount => Volatile.Read(ref goneCount);

    /// <summary>The blob of that name, or null.</summary>
    public BenchBlob? Find(string name) => byName.TryGetValue(name, out var index) && !IsGone(index) ? Blobs[index] : null;

    /// <summary>Whether a blob is gone.</summary>
    public bool IsGone(int index) => Volatile.Read(ref gone[index]) != 0;

    /// <summary>Takes a blob away; false when it is not there.</summary>
    public bool Remove(string name)
    {
        if (!byName.TryGetValue(name, out var index) || Interlocked.Exchange(ref gone[index], 1) != 0)
        {
            return false;
        }

        Interlocked.Increment(ref goneCount);
        return true;
    }

    /// <summary>Takes all blobs below a folder away.</summary>
    /// <returns>How many.</returns>
    public int RemoveBelow(string folder)
    {
        var count = 0;
        for (var index = FirstAtOrAfter(folder); index < Blobs.Count && Blobs[index].Name.StartsWith(folder, StringComparison.Ordinal); index++)
        {
            count += Remove(Blobs[index].Name) ? 1 : 0;
        }

        return count;
    }

    /// <summary>Brings all back.</summary>
    public void Reset()
    {
        Array.Clear(gone);
        Volatile.Write(ref goneCount, 0);
    }

    /// <summary>Index of the first blob whose name is not before <paramref name="name"/>.</summary>
    public int FirstAtOrAfter(string name)
    {
        int low = 0, high = Blobs.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (string.CompareOrdinal(Blobs[middle].Name, name) < 0)
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
}
