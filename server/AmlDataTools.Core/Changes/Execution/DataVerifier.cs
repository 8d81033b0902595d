using AmlDataTools.Azure.Blobs;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Storage;

namespace AmlDataTools.Core.Changes.Execution;

/// <summary>What a place holds after its data was deleted.</summary>
internal sealed class DataAfter
{
    /// <summary>Blobs of the plan that are still there, unchanged.</summary>
    public long Remaining { get; set; }

    /// <summary>Blobs that came, or changed, since the plan.</summary>
    public long New { get; set; }

    /// <summary>The first of their names, in order.</summary>
    public IReadOnlyList<string> NewNames { get; set; } = [];

    /// <summary>Deleted blobs that the account keeps for now.</summary>
    public long Kept { get; set; }

    /// <summary>Until when all of them can be brought back; null when nothing is kept or no date was told.</summary>
    public DateTimeOffset? KeptUntil { get; set; }

    /// <summary>Whether the folder itself is kept, with all that was in it when it was deleted.</summary>
    public bool KeptFolder { get; set; }

    /// <summary>Whether former versions of deleted blobs remain.</summary>
    public bool Versions { get; set; }

    /// <summary>Whether it could be seen what the account keeps.</summary>
    public bool SeesKept { get; set; } = true;

    /// <summary>Folders that are left, in a hierarchical account.</summary>
    public List<string> Folders { get; } = [];
}

/// <summary>Lists a place again. Only what is still there is held, and of that a bounded number.</summary>
internal sealed class DataVerifier(OperationStore store, string id, IBlobChanges blobs, bool withVersions, IReadOnlyList<Retention> retentions, TimeProvider time)
{
    /// <summary>More than this is not told apart by name: it is all counted as remaining.</summary>
    private const int Most = 50_000;

    /// <summary>As many of what came since the plan are named.</summary>
    public const int MostNamed = 100;

    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(10);

    /// <summary>Looks.</summary>
    /// <param name="item">The item.</param>
    /// <param name="place">Where.</param>
    /// <param name="since">When the operation began: what was deleted before is none of its own.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<DataAfter> LookAsync(ChangeItem item, DataPlace place, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var after = new DataAfter();
        var there = new Dictionary<(string Name, string? Version, string? Snapshot), string?>();
        var kept = place.IsHierarchical || place.IsShare == true
            ? BlobListDetails.None
            : BlobListDetails.Deleted | (withVersions || retentions.Any(r => r.Versioning == true) ? BlobListDetails.Versions : BlobListDetails.None) | (withVersions ? BlobListDetails.Snapshots : BlobListDetails.None);
        try
        {
            await ReadAsync(place, kept, since, after, there, cancellationToken).ConfigureAwait(false);
        }
        catch (AzureServiceException exception) when (kept != BlobListDetails.None && exception.Status is 400 or 403 or 409 or 501)
        {
            // What the account keeps is not everybody's to see; what is there is.
            (after, there) = (new DataAfter { SeesKept = false }, []);
            await ReadAsync(place, BlobListDetails.None, since, after, there, cancellationToken).ConfigureAwait(false);
        }

        if (place.IsHierarchical)
        {
            try
            {
                await ReadKeptAsync(place, since, after, cancellationToken).ConfigureAwait(false);
            }
            catch (AzureServiceException exception) when (exception.Status is 400 or 403 or 409 or 501)
            {
                after.SeesKept = false;
            }
        }

        if (there.Count > 0 && item.Manifest is { } manifest)
        {
            foreach (var planned in store.Blobs(id, manifest))
            {
                var key = (planned.N, planned.V, planned.S);
                if (there.TryGetValue(key, out var etag) && (planned.V is not null || planned.S is not null || planned.E is null || planned.E == etag))
                {
                    there.Remove(key);
                    after.Remaining++;
                }
            }
        }

        // What is left of them is not what the plan saw.
        var came = there.Keys.Where(k => k is { Version: null, Snapshot: null }).Select(k => k.Name).Order(StringComparer.Ordinal).ToList();
        after.New = came.Count;
        after.NewNames = came.Count > MostNamed ? came[..MostNamed] : came;
        return after;
    }

    private async Task ReadAsync(
        DataPlace place, BlobListDetails details, DateTimeOffset since, DataAfter after, Dictionary<(string Name, string? Version, string? Snapshot), string?> there, CancellationToken cancellationToken)
    {
        string? marker = null;
        do
        {
            var page = await blobs.ListPageAsync(place.Path, marker, details, cancellationToken).ConfigureAwait(false);
            foreach (var item in page.Items)
            {
                if (place.Path.EndsWith('/') || item.Blob.Name == place.Path)
                {
                    Add(item, since, after, there);
                }
            }

            marker = page.NextMarker;
        }
        while (marker is not null);
    }

    /// <summary>
    /// What a hierarchical account keeps of a place. A folder that was deleted as a whole is kept as one, under its own name,
    /// which does not begin with the place's path.
    /// </summary>
    private async Task ReadKeptAsync(DataPlace place, DateTimeOffset since, DataAfter after, CancellationToken cancellationToken)
    {
        var itself = place.Path.TrimEnd('/');
        string? marker = null;
        do
        {
            var page = await blobs.ListPageAsync(itself, marker, BlobListDetails.Deleted | BlobListDetails.OnlyDeleted, cancellationToken).ConfigureAwait(false);
            foreach (var item in page.Items.Where(i => i.Deleted && !(i.DeletedTime < since - ClockSkew)))
            {
                if (item.Blob.Name == itself && place.Path.EndsWith('/'))
                {
                    after.KeptFolder = true;
                    Keep(item, after);
                }
                else if (!item.Blob.IsFolder && (item.Blob.Name == place.Path || (place.Path.EndsWith('/') && item.Blob.Name.StartsWith(place.Path, StringComparison.Ordinal))))
                {
                    after.Kept++;
                    Keep(item, after);
                }
            }

            marker = page.NextMarker;
        }
        while (marker is not null);
    }

    private void Keep(BlobVersionItem item, DataAfter after)
    {
        if (KeptUntil.Of(item.DeletedTime, item.RemainingRetentionDays, retentions, time.GetUtcNow()) is { } until)
        {
            after.KeptUntil = after.KeptUntil is { } first && first < until ? first : until;
        }
    }

    private void Add(BlobVersionItem item, DateTimeOffset since, DataAfter after, Dictionary<(string Name, string? Version, string? Snapshot), string?> there)
    {
        if (item.Deleted)
        {
            if (item.Snapshot is null && !(item.DeletedTime < since - ClockSkew))
            {
                after.Kept++;
                Keep(item, after);
            }
        }
        else if (item.IsLive && item.Blob.IsFolder)
        {
            if (after.Folders.Count < Most)
            {
                after.Folders.Add(item.Blob.Name);
            }
        }
        else if (item.IsLive || withVersions)
        {
            if (there.Count < Most)
            {
                there[(item.Blob.Name, item.IsLive ? null : item.VersionId, item.Snapshot)] = item.Blob.ETag;
            }
            else
            {
                after.Remaining++;
            }
        }

        after.Versions |= item is { Deleted: false, Snapshot: null, IsLive: false };
    }
}
