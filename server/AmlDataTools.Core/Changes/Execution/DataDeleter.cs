using AmlDataTools.Azure.Blobs;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Names;
using AmlDataTools.Core.Storage;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Changes.Execution;

/// <summary>
/// Deletes exactly the blobs of an item's list, each only as the plan saw it: in batches, one by one where the account knows
/// no batches, or a whole folder of a hierarchical account at once when nothing in it has changed.
/// </summary>
internal sealed class DataDeleter(
    IBlobChanges blobs, BlobBatchRunner batches, FolderComparison comparison, ChangePace pace, ChangeSettings settings, bool withVersions, TimeProvider time, ILogger logger)
{
    private const int PagesOfNeighbours = 4;

    // Of each of the batches that are under way side by side.
    private const int FilesAtOnce = 4;

    private int _batchesRefused;
    private bool _isShare;

    /// <summary>Deletes them.</summary>
    public async Task RunAsync(ChangeItem item, DataPlace place, ItemCounts counts, CancellationToken cancellationToken)
    {
        if (place.IsShare == true)
        {
            // A share knows neither batches nor versions.
            Volatile.Write(ref _batchesRefused, 1);
            _isShare = true;
            await batches.RunAsync(item, BatchPass.Blobs, DeleteAsync, counts, cancellationToken).ConfigureAwait(false);
            await batches.RunAsync(item, BatchPass.Directories, DeleteDirectoriesAsync, counts, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (withVersions)
        {
            await batches.RunAsync(item, BatchPass.Snapshots, DeleteAsync, counts, cancellationToken).ConfigureAwait(false);
        }

        if (!await TryWholeFolderAsync(item, place, counts, cancellationToken).ConfigureAwait(false))
        {
            await batches.RunAsync(item, BatchPass.Blobs, DeleteAsync, counts, cancellationToken).ConfigureAwait(false);
        }

        if (withVersions)
        {
            await batches.RunAsync(item, BatchPass.Versions, DeleteAsync, counts, cancellationToken).ConfigureAwait(false);
            if (!place.IsHierarchical && item.Manifest is { } manifest)
            {
                await DeleteFormerlyCurrentAsync(item, place, manifest, counts, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>
    /// Where versions are kept, deleting a blob makes a former version of it, which no plan can
    /// list before: it goes too when its entity tag says that it is the blob the plan saw.
    /// </summary>
    private async Task DeleteFormerlyCurrentAsync(ChangeItem item, DataPlace place, ManifestPart manifest, ItemCounts counts, CancellationToken cancellationToken)
    {
        HashSet64? meant = null;
        var number = 0;
        string? marker = null;
        do
        {
            BlobVersionPage page;
            try
            {
                page = await blobs.ListPageAsync(place.Path, marker, BlobListDetails.Versions, cancellationToken).ConfigureAwait(false);
            }
            catch (AzureServiceException exception) when (marker is null && exception.Status is 400 or 501)
            {
                // The account knows no versions.
                return;
            }

            var former = page.Items.Where(i => i is { Deleted: false, IsLive: false, Snapshot: null, VersionId: not null } && (place.Path.EndsWith('/') || i.Blob.Name == place.Path)).ToList();
            if (former.Count > 0)
            {
                meant ??= comparison.Names(manifest);
                foreach (var chunk in former.Where(i => meant.Contains(BlobHash.Of(i.Blob.Name, i.Blob.ETag))).Chunk(settings.BatchSize))
                {
                    await batches.RunAgainAsync(
                        new BatchMark(item.Index, BatchPass.FormerlyCurrent, number++, chunk.Length),
                        [.. chunk.Select(i => new PlannedBlob(i.Blob.Name, null, i.Blob.Length, i.VersionId, null))],
                        DeleteAsync,
                        counts,
                        cancellationToken).ConfigureAwait(false);
                }
            }

            marker = page.NextMarker;
        }
        while (marker is not null);
    }

    private async Task<bool> TryWholeFolderAsync(ChangeItem item, DataPlace place, ItemCounts counts, CancellationToken cancellationToken)
    {
        if (!place.IsHierarchical || !place.Path.EndsWith('/') || place.Path.Trim('/').Length == 0 || item.Manifest is not { } manifest
            || (!batches.HasDeletedFolder(item) && !await comparison.IsUnchangedAsync(blobs, place.Path, manifest, cancellationToken).ConfigureAwait(false)))
        {
            return false;
        }

        try
        {
            return await batches.RunFolderAsync(
                item,
                token => pace.SendAsync(() => blobs.DeleteDirectoryAsync(place.Path.TrimEnd('/'), recursive: true, token), repeatable: true, token),
                counts,
                cancellationToken).ConfigureAwait(false);
        }
        catch (AzureServiceException exception) when (exception.Status is 404 or 409 or 412)
        {
            // A leased or protected file stops the whole of it, in the middle at worst: the rest goes one by one.
            logger.LogInformation("The folder of {Label} could not be deleted at once: {Status} {Code}.", item.Label, exception.Status, exception.Code);
            return false;
        }
    }

    private async Task<BatchResult> DeleteAsync(BatchMark mark, IReadOnlyList<PlannedBlob> chunk, CancellationToken cancellationToken)
    {
        long done = 0, gone = 0, bytes = 0;
        var left = new List<LeftBlob>();
        string? requestId = null;
        var pending = chunk.ToList();
        for (var attempt = 1; pending.Count > 0; attempt++)
        {
            var results = await SendAsync(pending, cancellationToken).ConfigureAwait(false);
            var again = new List<PlannedBlob>();
            var missing = await MissingAsync([.. pending.Where((_, i) => IsUnmet(results[i])).Select(b => b.N)], cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < results.Count; i++)
            {
                var (blob, result) = (pending[i], results[i]);
                requestId ??= result.RequestId;
                if (result.IsDeleted)
                {
                    done++;
                    bytes += blob.L;
                }
                else if (result.IsGone || (IsUnmet(result) && missing.Contains(blob.N)))
                {
                    gone++;
                }
                else if (result.Code is "DirectoryIsNotEmpty" or "DirectoryNotEmpty")
                {
                    // Its files are on the list too, perhaps further down: empty folders are removed at the end.
                    done++;
                }
                else if (BlobRefusal.IsWorthRepeating(result) && attempt < settings.Attempts)
                {
                    again.Add(blob);
                }
                else
                {
                    left.Add(BlobRefusal.Left(blob, result, _isShare));
                }
            }

            pending = again;
            if (pending.Count > 0)
            {
                await Task.Delay(settings.FirstDelay * Math.Pow(2, attempt - 1), time, cancellationToken).ConfigureAwait(false);
            }
        }

        return new BatchResult(mark, done, gone, bytes, left, requestId);
    }

    private static bool IsUnmet(BlobDeletion result) => result.Status == 412 && result.Code is "ConditionNotMet" or "TargetConditionNotMet";

    /// <summary>
    /// A condition is not met by a blob that changed, and as the service may see it by one that is not there at all: of these
    /// names those that are not. Neighbours in a listing, so that one request tells of most of them.
    /// </summary>
    private async Task<HashSet<string>> MissingAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var missing = names.ToHashSet(StringComparer.Ordinal);
        if (names.Count == 0)
        {
            return missing;
        }

        var prefix = names.Aggregate((one, other) => one[..one.AsSpan().CommonPrefixLength(other)]);
        string? marker = null;
        for (var pages = 0; pages < PagesOfNeighbours; pages++)
        {
            var page = await pace.SendAsync(() => blobs.ListPageAsync(prefix, marker, BlobListDetails.None, cancellationToken), repeatable: true, cancellationToken).ConfigureAwait(false);
            missing.ExceptWith(page.Items.Where(i => i.IsLive).Select(i => i.Blob.Name));
            marker = page.NextMarker;
            if (marker is null)
            {
                return missing;
            }
        }

        // Too many neighbours: then each by itself, as the first of what begins with its name.
        foreach (var name in missing.ToList())
        {
            var page = await pace.SendAsync(() => blobs.ListPageAsync(name, null, BlobListDetails.None, cancellationToken), repeatable: true, cancellationToken).ConfigureAwait(false);
            missing.ExceptWith(page.Items.Where(i => i.IsLive).Select(i => i.Blob.Name));
        }

        return missing;
    }

    private async Task<IReadOnlyList<BlobDeletion>> SendAsync(List<PlannedBlob> chunk, CancellationToken cancellationToken)
    {
        var requests = chunk.Select(b => new BlobDeleteRequest(b.N, b.V is null && b.S is null ? b.E : null, b.V, b.S, WithSnapshots: false)).ToList();
        if (Volatile.Read(ref _batchesRefused) == 0)
        {
            try
            {
                return await pace.SendAsync(() => blobs.DeleteBatchAsync(requests, cancellationToken), repeatable: true, cancellationToken).ConfigureAwait(false);
            }
            catch (AzureServiceException exception) when (exception.Status is 400 or 404 or 405 or 501 or 409 && !exception.HasCode("ContainerNotFound"))
            {
                logger.LogInformation("{Access} takes no batches ({Status} {Code}); blobs are deleted one by one.", blobs.Access, exception.Status, exception.Code);
                Volatile.Write(ref _batchesRefused, 1);
            }
            catch (ArgumentException)
            {
                // One name could reach another blob: the others of this batch need not wait for it.
            }
        }

        var results = new BlobDeletion[requests.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = _isShare ? FilesAtOnce : 1, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(
            Enumerable.Range(0, requests.Count),
            options,
            async (index, token) => results[index] = await DeleteOneAsync(requests[index], token).ConfigureAwait(false)).ConfigureAwait(false);
        return results;
    }

    /// <summary>
    /// Deletes directories that are empty, one after the other as they stand on the list: the innermost first. Only those that
    /// the plan saw; one that still holds something, or is held by somebody, is left and does not count: it is no data.
    /// </summary>
    private async Task<BatchResult> DeleteDirectoriesAsync(BatchMark mark, IReadOnlyList<PlannedBlob> chunk, CancellationToken cancellationToken)
    {
        var done = 0;
        var left = new List<LeftBlob>();
        string? requestId = null;
        foreach (var directory in chunk)
        {
            try
            {
                requestId = await pace.SendAsync(() => blobs.DeleteDirectoryAsync(directory.N, recursive: false, cancellationToken), repeatable: true, cancellationToken).ConfigureAwait(false) ?? requestId;
                done++;
            }
            catch (AzureServiceException exception) when (exception.Status is 404)
            {
                // Gone already, with what was in it.
            }
            catch (AzureServiceException exception) when (exception.Status is 409 or 412)
            {
                // Noted as left, so that a resume tries again.
                var isFull = exception.HasCode("DirectoryNotEmpty");
                left.Add(new LeftBlob(
                    directory.N, null, null, 0, exception.Status, isFull ? "directory.notEmpty" : "storage.inUse", isFull ? "The folder still holds something." : $"Somebody uses the folder ({exception.Code})."));
            }
        }

        return new BatchResult(mark, done, 0, 0, left, requestId);
    }

    private async Task<BlobDeletion> DeleteOneAsync(BlobDeleteRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await pace.SendAsync(() => blobs.DeleteAsync(request, cancellationToken), repeatable: true, cancellationToken).ConfigureAwait(false);
        }
        catch (ArgumentException)
        {
            return new BlobDeletion(request.Name, 400, "NameRefused", null);
        }
        catch (AzureServiceException exception) when (exception.IsRetryable)
        {
            return new BlobDeletion(request.Name, exception.Status, exception.Code, exception.CorrelationId);
        }
    }
}
