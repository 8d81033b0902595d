using System.Collections.Concurrent;

namespace AmlDataTools.Emulator.State;

/// <summary>What a storage account promises to keep.</summary>
internal sealed class StorageRules
{
    /// <summary>Days a deleted blob is kept; null: soft delete is off.</summary>
    public int? SoftDeleteDays { get; set; }

    /// <summary>Days a deleted container is kept; null: off. Only told: deleting containers is not part of this.</summary>
    public int? ContainerSoftDeleteDays { get; set; }

    /// <summary>Versions are kept.</summary>
    public bool Versioning { get; set; }

    /// <summary>Deleted snapshots and versions may be deleted for good before their time.</summary>
    public bool PermanentDelete { get; set; }

    /// <summary>Protected blobs.</summary>
    public IReadOnlyList<Protection> Protections { get; set; } = [];

    /// <summary>The first protection of a blob that still holds, or null.</summary>
    public Protection? Of(string container, string blob, DateTimeOffset now) => Protections.FirstOrDefault(p => p.Covers(container, blob) && (p.LegalHold || p.Until > now));
}

/// <summary>A rule that blobs may not be changed.</summary>
/// <param name="Container">The container.</param>
/// <param name="Name">A blob's name, or a prefix ending with a slash; empty for the whole container.</param>
/// <param name="Until">Until when; null with a legal hold.</param>
/// <param name="LegalHold">Until it is lifted.</param>
internal sealed record Protection(string Container, string Name, DateTimeOffset? Until, bool LegalHold)
{
    /// <summary>Whether it names a blob.</summary>
    public bool Covers(string container, string blob) => container == Container
        && (Name.Length == 0 || Name == blob || (Name.EndsWith('/') && blob.StartsWith(Name, StringComparison.Ordinal)));
}

/// <summary>A blob that is not the live one of its name: soft-deleted, an older version, or a snapshot brought back. Its content is in a container of the engine's that no client sees.</summary>
internal sealed record KeptBlob(string Container, string Name)
{
    /// <summary>Its version, when it is one.</summary>
    public string? VersionId { get; init; }

    /// <summary>Its snapshot's time, when it is one.</summary>
    public string? Snapshot { get; init; }

    /// <summary>When it was soft-deleted; null while it can be read.</summary>
    public DateTimeOffset? Deleted { get; set; }

    /// <summary>Which deletion took it, in an account with a hierarchical namespace.</summary>
    public string? DeletionId { get; init; }

    /// <summary>A directory, kept with all that was in it.</summary>
    public bool Directory { get; init; }

    /// <summary>It went with the directory of the same deletion, and comes back with it.</summary>
    public bool InDirectory { get; init; }

    /// <summary>Its ETag when it was live.</summary>
    public required string ETag { get; init; }

    /// <summary>Bytes.</summary>
    public required long Length { get; init; }

    /// <summary>When it was last changed, as the header said.</summary>
    public required string LastModified { get; init; }

    /// <summary>Content type, blob type and MD5, as the headers said; empty when there was none.</summary>
    public (string Type, string BlobType, string Md5, string Created) About { get; init; } = (string.Empty, "BlockBlob", string.Empty, string.Empty);

    /// <summary>The blob of the engine that has its content.</summary>
    public string Content { get; } = Guid.NewGuid().ToString("N");

    /// <summary>What orders it among those of its name.</summary>
    public string Order => VersionId ?? Snapshot ?? string.Empty;
}

/// <summary>What the storage accounts keep beside live blobs, and their rules.</summary>
internal sealed class KeptBlobs
{
    /// <summary>The engine's container for contents.</summary>
    public const string Shadow = "emulator-kept";

    private readonly ConcurrentDictionary<string, StorageRules> _rules = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, SortedDictionary<string, List<KeptBlob>>> _blobs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _current = new(StringComparer.Ordinal);
    private long _lastTicks;

    /// <summary>An account's rules.</summary>
    public StorageRules Rules(string account) => _rules.GetOrAdd(account, _ => new StorageRules());

    /// <summary>A version id or snapshot time: now, and later than every other one.</summary>
    public string Stamp()
    {
        long seen, ticks;
        do
        {
            seen = Interlocked.Read(ref _lastTicks);
            ticks = Math.Max(DateTime.UtcNow.Ticks, seen + 1);
        }
        while (Interlocked.CompareExchange(ref _lastTicks, ticks, seen) != seen);
        return new DateTime(ticks, DateTimeKind.Utc).ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>The version id of a live blob; null when it was written before versions were kept.</summary>
    public string? Current(string account, string container, string blob) => _current.GetValueOrDefault(Key(account, container, blob));

    /// <summary>Sets or forgets the version id of a live blob.</summary>
    public void SetCurrent(string account, string container, string blob, string? versionId)
    {
        if (versionId is null)
        {
            _current.TryRemove(Key(account, container, blob), out _);
        }
        else
        {
            _current[Key(account, container, blob)] = versionId;
        }
    }

    /// <summary>Keeps a blob.</summary>
    public void Add(string account, KeptBlob blob)
    {
        var container = Of(account, blob.Container);
        lock (container)
        {
            if (!container.TryGetValue(blob.Name, out var list))
            {
                container[blob.Name] = list = [];
            }

            list.Add(blob);
        }
    }

    /// <summary>Forgets a kept blob.</summary>
    public void Remove(string account, KeptBlob blob)
    {
        var container = Of(account, blob.Container);
        lock (container)
        {
            if (container.TryGetValue(blob.Name, out var list) && list.Remove(blob) && list.Count == 0)
            {
                container.Remove(blob.Name);
            }
        }
    }

    /// <summary>What is kept of a name, oldest first.</summary>
    public IReadOnlyList<KeptBlob> Find(string account, string container, string name)
    {
        var blobs = Of(account, container);
        lock (blobs)
        {
            return blobs.TryGetValue(name, out var list) ? [.. list.OrderBy(b => b.Order, StringComparer.Ordinal)] : [];
        }
    }

    /// <summary>What is kept under a prefix, by name and age.</summary>
    public IReadOnlyList<KeptBlob> Under(string account, string container, string prefix)
    {
        var blobs = Of(account, container);
        lock (blobs)
        {
            return [.. blobs.Where(b => b.Key.StartsWith(prefix, StringComparison.Ordinal)).SelectMany(b => b.Value.OrderBy(v => v.Order, StringComparer.Ordinal))];
        }
    }

    private static string Key(string account, string container, string blob) => $"{account}/{container}/{blob}";

    private SortedDictionary<string, List<KeptBlob>> Of(string account, string container) =>
        _blobs.GetOrAdd($"{account}/{container}", _ => new(StringComparer.Ordinal));
}
