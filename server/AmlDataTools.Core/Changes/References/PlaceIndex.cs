using AmlDataTools.Core.Places;

namespace AmlDataTools.Core.Changes.References;

/// <summary>
/// Places by where they are, to be asked which of them another place touches: in steps of the path's depth and the
/// logarithm of their number. Places in the index do not lie within each other, or do without harm.
/// </summary>
/// <typeparam name="T">What is at a place.</typeparam>
internal sealed class PlaceIndex<T>
{
    private readonly Dictionary<string, Store> _stores = new(StringComparer.Ordinal);

    /// <summary>Makes it.</summary>
    /// <param name="places">The places; of two at the same place the first counts.</param>
    public PlaceIndex(IEnumerable<(StoragePlace Place, T Value)> places)
    {
        foreach (var group in places.GroupBy(p => p.Place.Container, StringComparer.Ordinal))
        {
            _stores[group.Key] = new Store(group.Select(p => (p.Place.Path, p.Value)));
        }
    }

    /// <summary>Whether there is nothing in it.</summary>
    public bool IsEmpty => _stores.Count == 0;

    /// <summary>What is at places that are this one, lie in it, or in which it lies.</summary>
    /// <param name="place">The place asked about.</param>
    public IEnumerable<T> Touched(StoragePlace place) => _stores.TryGetValue(place.Container, out var store) ? store.Touched(place.Path) : [];

    private sealed class Store
    {
        private readonly Dictionary<string, T> _byPath = new(StringComparer.Ordinal);
        private readonly string[] _sorted;

        public Store(IEnumerable<(string Path, T Value)> places)
        {
            foreach (var (path, value) in places)
            {
                _byPath.TryAdd(path, value);
            }

            // With the slash that ends a folder, so that what is below a path stands together.
            _sorted = [.. _byPath.Keys.Select(path => path + "/")];
            Array.Sort(_sorted, StringComparer.Ordinal);
        }

        public IEnumerable<T> Touched(string path)
        {
            if (_byPath.TryGetValue(string.Empty, out var whole) && path.Length > 0)
            {
                yield return whole;
            }

            for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = path.IndexOf('/', slash + 1))
            {
                if (_byPath.TryGetValue(path[..slash], out var outer))
                {
                    yield return outer;
                }
            }

            var folder = path.Length == 0 ? string.Empty : path + "/";
            var at = Array.BinarySearch(_sorted, folder, StringComparer.Ordinal);
            for (at = at < 0 ? ~at : at; at < _sorted.Length && _sorted[at].StartsWith(folder, StringComparison.Ordinal); at++)
            {
                yield return _byPath[_sorted[at][..^1]];
            }
        }
    }
}
