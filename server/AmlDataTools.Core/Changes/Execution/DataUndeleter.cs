using AmlDataTools.Azure.Blobs;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Storage;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Changes.Execution;

/// <summary>
/// Brings blobs back: soft-deleted ones by undeleting, those of which a former version remains by making it current again.
/// In a hierarchical account the list names by <see cref="PlannedBlob.V"/> which deletion is meant. What is there is never written over.
/// </summary>
internal sealed class DataUndeleter(OperationStore store, string id, IBlobChanges blobs, BlobBatchRunner batches, ChangePace pace)
{
    private const int Most = 50_000;

    /// <summary>Does it, and looks whether they are there.</summary>
    public async Task<ChangeResult> RunAsync(ChangeItem item, DataPlace place, ItemCounts counts, CancellationToken cancellationToken)
    {
        if (item.DeletionId is { } deletion)
        {
            if (await RefusalOfFolderAsync(item, place, deletion, counts, cancellationToken).ConfigureAwait(false) is { } refusal)
            {
                return refusal;
            }
        }
        else
        {
            await batches.RunAsync(item, BatchPass.Blobs, (mark, chunk, token) => UndeleteAsync(place, mark, chunk, token), counts, cancellationToken).ConfigureAwait(false);
        }

        var missing = await MissingAsync(item, place, cancellationToken).ConfigureAwait(false);
        var (done, there, bytes, left) = counts.Sum;
        return new ChangeResult(item.Index, missing == 0 ? ItemOutcome.Done : ItemOutcome.Failed)
        {
            Code = missing == 0 ? null : "undelete.missing",
            Reason = missing == 0 ? null : $"{Sizes.Count(missing, "blob")} could not be brought back: the storage account does not keep {(missing == 1 ? "it" : "them")} any more, or refused.",
            GoneAlready = missing == 0 && done == 0,
            Verified = missing == 0 ? "listed again: all are there" : "listed again",
            RequestId = counts.RequestId,
            Access = blobs.Access,
            Blobs = done,
            BlobsGone = there,
            BlobsLeft = Math.Max(left, missing),
            Bytes = bytes,
        };
    }

    /// <summary>Brings a whole folder back with one request.</summary>
    /// <returns>Null when it is done.</returns>
    private async Task<ChangeResult?> RefusalOfFolderAsync(ChangeItem item, DataPlace place, string deletion, ItemCounts counts, CancellationToken cancellationToken)
    {
        try
        {
            await batches.RunFolderAsync(
                item,
                token => pace.SendAsync(() => FolderAsync(place, deletion, token), repeatable: true, token),
                counts,
                cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (AzureServiceException exception) when (exception.Status is 404 or 409)
        {
            // After a kill the request may have been answered already: then all of it is there.
            return await MissingAsync(item, place, cancellationToken).ConfigureAwait(false) is var missing && missing == 0 ? null
                : new ChangeResult(item.Index, ItemOutcome.Failed)
                {
                    Code = exception.Status == 404 ? "undelete.notKept" : "undelete.folderThere",
                    Reason = exception.Status == 404
                        ? "The storage account does not keep the folder any more."
                        : "A folder of that name is there again, and is not written over. Rename it, then try again.",
                    Status = exception.Status,
                    CorrelationId = exception.CorrelationId,
                    Access = blobs.Access,
                    BlobsLeft = missing,
                };
        }
    }

    private async Task<string?> FolderAsync(DataPlace place, string deletion, CancellationToken cancellationToken)
    {
        await blobs.UndeletePathAsync(place.Path.TrimEnd('/'), deletion, cancellationToken).ConfigureAwait(false);
        return null;
    }

    private async Task<BatchResult> UndeleteAsync(DataPlace place, BatchMark mark, IReadOnlyList<PlannedBlob> chunk, CancellationToken cancellationToken)
    {
        long done = 0, there = 0, bytes = 0;
        var left = new List<LeftBlob>();
        foreach (var blob in chunk)
        {
            try
            {
                await pace.SendAsync(() => OneAsync(place, blob, cancellationToken), repeatable: true, cancellationToken).ConfigureAwait(false);
                done++;
                bytes += blob.L;
            }
            catch (AzureServiceException exception) when (exception.Status == 409 && exception.Code is "BlobAlreadyExists" or "PathAlreadyExists" or "UnspecifiedConditionNotMet")
            {
                there++;
            }
            catch (AzureServiceException exception) when (exception.Status != 401)
            {
                left.Add(new LeftBlob(
                    blob.N, blob.V, blob.S, blob.L, exception.Status,
                    exception.Status == 404 ? "undelete.notKept" : "storage.refused",
                    exception.Status == 404 ? "The storage account does not keep it any more." : $"The storage account refused ({exception.Status} {exception.Code})."));
            }
        }

        return new BatchResult(mark, done, there, bytes, left, null);
    }

    private async Task<bool> OneAsync(DataPlace place, PlannedBlob blob, CancellationToken cancellationToken)
    {
        await (blob.V switch
        {
            { } deletion when place.IsHierarchical => blobs.UndeletePathAsync(blob.N, deletion, cancellationToken),
            { } version => blobs.PromoteVersionAsync(blob.N, version, cancellationToken),
            null => blobs.UndeleteAsync(blob.N, cancellationToken),
        }).ConfigureAwait(false);
        return true;
    }

    /// <summary>
    /// How many of the list are not there. Both are in the order in which the account lists, as a rule; what seems to be missing
    /// by that is looked for once more by name.
    /// </summary>
    private async Task<long> MissingAsync(ChangeItem item, DataPlace place, CancellationToken cancellationToken)
    {
        if (item.Manifest is not { } manifest)
        {
            return 0;
        }

        var missing = new HashSet<string>(StringComparer.Ordinal);
        long more = 0;
        using var planned = store.Blobs(id, manifest).GetEnumerator();
        var any = planned.MoveNext();
        await foreach (var name in LiveAsync(place, cancellationToken).ConfigureAwait(false))
        {
            while (any && string.CompareOrdinal(planned.Current.N, name) < 0)
            {
                Miss(planned.Current.N);
                any = planned.MoveNext();
            }

            if (any && planned.Current.N == name)
            {
                any = planned.MoveNext();
            }
        }

        for (; any; any = planned.MoveNext())
        {
            Miss(planned.Current.N);
        }

        if (missing.Count > 0)
        {
            await foreach (var name in LiveAsync(place, cancellationToken).ConfigureAwait(false))
            {
                missing.Remove(name);
            }
        }

        return missing.Count + more;

        void Miss(string name)
        {
            if (missing.Count < Most)
            {
                missing.Add(name);
            }
            else
            {
                more++;
            }
        }
    }

    private async IAsyncEnumerable<string> LiveAsync(DataPlace place, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? marker = null;
        do
        {
            var page = await blobs.ListPageAsync(place.Path, marker, BlobListDetails.None, cancellationToken).ConfigureAwait(false);
            foreach (var item in page.Items.Where(i => i.IsLive))
            {
                yield return item.Blob.Name;
            }

            marker = page.NextMarker;
        }
        while (marker is not null);
    }
}
