using System.Runtime.CompilerServices;
using AmlDataTools.Azure.Blobs;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Changes.Execution;
using AmlDataTools.Core.Changes.Review;
using AmlDataTools.Core.Export;
using AmlDataTools.Core.Names;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Storage;

namespace AmlDataTools.Core.Changes.Undo;

/// <summary>
/// Finds which of the blobs that an operation deleted are still kept: those of its lists that were deleted while it ran, as
/// soft-deleted blobs or as former versions of blobs that are no more. Some bytes a blob are held.
/// </summary>
internal sealed class DeletedData(
    OperationStore store, IChangeServices services, ChangeDraft draft, OperationPlan plan, OperationStatus status, JournalHistory history, IProgress<PlanStep>? progress)
{
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(10);
    private readonly UndoWritten _written = new();

    private DateTimeOffset Since => DateTimeOffset.FromUnixTimeMilliseconds(history.StartedAt ?? status.StartedAt) - ClockSkew;

    private DateTimeOffset Until => (status.FinishedAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : DateTimeOffset.MaxValue - ClockSkew) + ClockSkew;

    /// <summary>Writes one item a place.</summary>
    public async Task<UndoWritten> AddAsync(CancellationToken cancellationToken)
    {
        var selection = ChangeSelection.Of(store.ChangeItems(plan.Id), store.SelectionOf(plan.Id)?.Toggled ?? []);
        foreach (var item in store.ChangeItems(plan.Id).Where(i => selection[i.Index] && i.Action == ChangeAction.DeleteData && history.Batches(i.Index).WasBegun))
        {
            if (item is { Place: { } place, Manifest: { } manifest })
            {
                progress?.Report(new PlanStep($"Looking for what is kept of {item.Label}", _written.Blobs, _written.Bytes));
                await AddAsync(item, place, manifest, cancellationToken).ConfigureAwait(false);
            }
        }

        return _written;
    }

    private async Task AddAsync(ChangeItem item, DataPlace place, ManifestPart manifest, CancellationToken cancellationToken)
    {
        var meant = new HashSet64();
        long all = 0;
        foreach (var blob in store.Blobs(plan.Id, manifest).Where(b => b is { V: null, S: null }))
        {
            meant.Add(BlobHash.Of(blob.N));
            all++;
        }

        var (offset, count, bytes) = (draft.BlobPosition, 0L, 0L);
        DateTimeOffset? until = null;
        string? deletion = null;
        try
        {
            // A folder that went as a whole is kept as a whole, under its own name.
            if (place.IsHierarchical && history.Batches(item.Index).Ended.ContainsKey((BatchPass.Folder, 0))
                && await KeptFolderAsync(place, cancellationToken).ConfigureAwait(false) is { DeletionId: { } id } folder)
            {
                foreach (var blob in store.Blobs(plan.Id, manifest).Where(b => b is { V: null, S: null } && b.N != place.Path.TrimEnd('/')))
                {
                    draft.Add(blob with { E = null });
                    count++;
                    bytes += blob.L;
                }

                (deletion, until, all) = (id, UntilOf(folder), count);
            }
            else
            {
                await foreach (var (blob, keptUntil) in KeptAsync(place, cancellationToken).ConfigureAwait(false))
                {
                    if (meant.Contains(BlobHash.Of(blob.N)))
                    {
                        draft.Add(blob);
                        count++;
                        bytes += blob.L;
                        until = until is null || keptUntil < until ? keptUntil : until;
                    }
                }
            }
        }
        catch (AzureServiceException exception)
        {
            throw ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Storage, item.Label));
        }

        if (count > 0)
        {
            draft.Add(new ChangeItem(0, item.Stage, ChangeAction.Undelete, item.Record, place, item.Label, Ticked: true)
            {
                Blobs = count,
                Bytes = bytes,
                Manifest = new ManifestPart(offset, count),
                DeletionId = deletion,
                Details = until is { } date ? [$"Kept until {Sizes.Day(date)}."] : ["Kept as former versions."],
            });
            _written.Items++;
            _written.Blobs += count;
            _written.Bytes += bytes;
        }

        if (count < all)
        {
            _written.Warnings.Add(new PlanWarning(
                "undelete.notKept", $"{Sizes.Count(all - count, "blob")} of {item.Label} {(all - count == 1 ? "is" : "are")} not kept, or there: {(all - count == 1 ? "it is" : "they are")} left as {(all - count == 1 ? "it is" : "they are")}.", all - count));
        }
    }

    /// <summary>The folder itself, as it was deleted by the operation; null when it is not kept.</summary>
    private async Task<BlobVersionItem?> KeptFolderAsync(DataPlace place, CancellationToken cancellationToken)
    {
        var itself = place.Path.TrimEnd('/');
        var blobs = services.Blobs(plan, place.Source);
        BlobVersionItem? newest = null;
        string? marker = null;
        do
        {
            var page = await blobs.ListPageAsync(itself, marker, BlobListDetails.Deleted | BlobListDetails.OnlyDeleted, cancellationToken).ConfigureAwait(false);
            foreach (var item in page.Items.Where(i => i.Blob.Name == itself && IsOfTheOperation(i)))
            {
                newest = newest is null || item.DeletedTime > newest.DeletedTime ? item : newest;
            }

            marker = page.NextMarker;
        }
        while (marker is not null);
        return newest;
    }

    private bool IsOfTheOperation(BlobVersionItem item) => item.Deleted && !(item.DeletedTime < Since) && !(item.DeletedTime > Until);

    private DateTimeOffset? UntilOf(BlobVersionItem item) => KeptUntil.Of(item.DeletedTime, item.RemainingRetentionDays, plan.Retentions, DateTimeOffset.UtcNow);

    /// <summary>What is kept of a place, one entry a blob that is not there now.</summary>
    private async IAsyncEnumerable<(PlannedBlob Blob, DateTimeOffset? Until)> KeptAsync(DataPlace place, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var blobs = services.Blobs(plan, place.Source);
        var versioning = !place.IsHierarchical && plan.Retentions.Any(r => r.Versioning == true);
        var details = place.IsHierarchical ? BlobListDetails.Deleted | BlobListDetails.OnlyDeleted
            : versioning ? BlobListDetails.Deleted | BlobListDetails.Versions : BlobListDetails.Deleted;
        var same = new List<BlobVersionItem>();
        string? marker = null;
        do
        {
            var page = await blobs.ListPageAsync(place.Path, marker, details, cancellationToken).ConfigureAwait(false);
            foreach (var item in page.Items.Where(i => i.Snapshot is null && !i.Blob.IsFolder && (place.Path.EndsWith('/') || i.Blob.Name == place.Path)))
            {
                // All that is kept under one name comes together.
                if (same.Count > 0 && same[0].Blob.Name != item.Blob.Name)
                {
                    if (Choose(place, same) is { } kept)
                    {
                        yield return kept;
                    }

                    same.Clear();
                }

                same.Add(item);
            }

            marker = page.NextMarker;
        }
        while (marker is not null);
        if (same.Count > 0 && Choose(place, same) is { } last)
        {
            yield return last;
        }
    }

    private (PlannedBlob Blob, DateTimeOffset? Until)? Choose(DataPlace place, List<BlobVersionItem> same)
    {
        if (same.Any(i => i.IsLive))
        {
            return null;
        }

        // The newest former version is the one that was current when its blob was deleted.
        if (same.Where(i => !i.Deleted && i.VersionId is not null).MaxBy(i => i.VersionId, StringComparer.Ordinal) is { } version)
        {
            return (new PlannedBlob(version.Blob.Name, null, version.Blob.Length, version.VersionId, null), null);
        }

        var deleted = same.Where(IsOfTheOperation).MaxBy(i => i.DeletedTime);
        if (deleted is null)
        {
            return null;
        }

        return (new PlannedBlob(deleted.Blob.Name, null, deleted.Blob.Length, place.IsHierarchical ? deleted.DeletionId : null, null), UntilOf(deleted));
    }
}
