using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace AmlDataTools.Emulator.State;

/// <summary>Resources under a workspace by their path below it, such as <c>models/m/versions/3</c>, as raw JSON, so that no field is lost.</summary>
/// <param name="comparer">How paths are compared.</param>
internal sealed class ResourceStore(StringComparer comparer)
{
    private readonly StringComparison _comparison = ReferenceEquals(comparer, StringComparer.Ordinal) ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
    private readonly ConcurrentDictionary<string, JsonObject> _resources = new(comparer);

    /// <summary>All resources with their paths, in the order of these. Not copies: to read only.</summary>
    public IReadOnlyList<KeyValuePair<string, JsonObject>> All => [.. _resources.OrderBy(r => r.Key, StringComparer.Ordinal)];

    /// <summary>A copy of a resource, or null.</summary>
    public JsonObject? Get(string path) => _resources.TryGetValue(path, out var resource) ? (JsonObject)resource.DeepClone() : null;

    /// <summary>Keeps a copy of a resource.</summary>
    /// <returns>True when it is new.</returns>
    public bool Put(string path, JsonObject resource)
    {
        var copy = (JsonObject)resource.DeepClone();
        var added = false;
        _resources.AddOrUpdate(path, _ => { added = true; return copy; }, (_, _) => { added = false; return copy; });
        return added;
    }

    /// <summary>Forgets a resource and what is below it.</summary>
    /// <returns>False when there was none.</returns>
    public bool Delete(string path)
    {
        var found = _resources.TryRemove(path, out _);
        foreach (var below in _resources.Keys.Where(k => k.StartsWith(path + "/", _comparison)))
        {
            found |= _resources.TryRemove(below, out _);
        }

        return found;
    }

    /// <summary>Copies of the members of a collection, by name.</summary>
    public IReadOnlyList<JsonObject> List(string collection)
    {
        var prefix = collection + "/";
        return [.. _resources.Where(r => r.Key.StartsWith(prefix, _comparison) && r.Key.IndexOf('/', prefix.Length) < 0)
            .OrderBy(r => r.Key, comparer)
            .Select(r => (JsonObject)r.Value.DeepClone())];
    }
}
