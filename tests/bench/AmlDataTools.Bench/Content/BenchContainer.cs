namespace AmlDataTools.Bench.Content;

/// <summary>A container whose blobs never change, ordered by name as the service lists them.</summary>
public sealed class BenchContainer
{
    private readonly Dictionary<string, BenchBlob> byName;

    /// <summary>Makes a container.</summary>
    /// <param name="name">Container name.</param>
    /// <param name="blobs">Its blobs in any order.</param>
    public BenchContainer(string name, IEnumerable<BenchBlob> blobs)
    {
        Name = name;
        Blobs = [.. blobs.OrderBy(static blob => blob.Name, StringComparer.Ordinal)];
        byName = Blobs.ToDictionary(static blob => blob.Name, StringComparer.Ordinal);
    }

    /// <summary>Container name.</summary>
    public string Name { get; }

    /// <summary>Blobs ordered by name, ordinal.</summary>
    public IReadOnlyList<BenchBlob> Blobs { get; }

    /// <summary>The blob of that name, or null.</summary>
    public BenchBlob? Find(string name) => byName.GetValueOrDefault(name);

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
