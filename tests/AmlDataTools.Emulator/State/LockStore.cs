using System.Collections.Concurrent;

namespace AmlDataTools.Emulator.State;

/// <summary>A management lock of Resource Manager.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Scope">The resource, group or subscription it lies on; it holds for everything below.</param>
/// <param name="Level"><c>CanNotDelete</c> or <c>ReadOnly</c>.</param>
internal sealed record ManagementLock(string Name, string Scope, string Level)
{
    /// <summary>Whether it holds for a resource.</summary>
    public bool Covers(string id) => Below(id, Scope);

    /// <summary>Whether an id is a scope or lies below it; ids are compared without case.</summary>
    public static bool Below(string id, string scope) =>
        id.Equals(scope, StringComparison.OrdinalIgnoreCase) || id.StartsWith(scope + "/", StringComparison.OrdinalIgnoreCase);
}

/// <summary>The management locks.</summary>
internal sealed class LockStore
{
    private readonly ConcurrentDictionary<string, ManagementLock> _locks = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>All locks, by scope and name.</summary>
    public IReadOnlyList<ManagementLock> All => [.. _locks.Values.OrderBy(l => l.Scope, StringComparer.OrdinalIgnoreCase).ThenBy(l => l.Name, StringComparer.Ordinal)];

    /// <summary>Adds a lock.</summary>
    public void Add(ManagementLock added) => _locks[$"{added.Scope}|{added.Name}"] = added;

    /// <summary>Removes the locks of a scope, one by name, or all.</summary>
    /// <returns>How many.</returns>
    public int Remove(string? scope, string? name) => _locks
        .Where(l => (scope is null || l.Value.Scope.Equals(scope, StringComparison.OrdinalIgnoreCase)) && (name is null || l.Value.Name == name))
        .Count(l => _locks.TryRemove(l.Key, out _));

    /// <summary>The scopes whose locks refuse an act.</summary>
    /// <param name="id">The resource.</param>
    /// <param name="method">The request's method: DELETE is refused by both levels, every other but GET and HEAD by <c>ReadOnly</c>.</param>
    public IReadOnlyList<string> Refusing(string id, string method) => method is "GET" or "HEAD" or "OPTIONS" ? []
        : [.. All.Where(l => l.Covers(id) && (l.Level == "ReadOnly" || method == "DELETE")).Select(l => l.Scope).Distinct(StringComparer.OrdinalIgnoreCase)];
}
