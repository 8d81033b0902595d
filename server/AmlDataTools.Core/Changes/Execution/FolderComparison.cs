using AmlDataTools.Azure.Blobs;
using AmlDataTools.Core.Names;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Storage;

namespace AmlDataTools.Core.Changes.Execution;

/// <summary>Whether a folder holds just what the plan saw in it: only then is it deleted as a whole.</summary>
internal sealed class FolderComparison(OperationStore store, string id)
{
    /// <summary>Names and entity tags of the blobs of a list, some bytes each.</summary>
    public HashSet64 Names(ManifestPart manifest)
    {
        var names = new HashSet64();
        foreach (var blob in store.Blobs(id, manifest).Where(b => b is { V: null, S: null, E: not null }))
        {
            names.Add(BlobHash.Of(blob.N, blob.E));
        }

        return names;
    }

    /// <summary>Compares page by page; both are in the order in which the account lists.</summary>
    public async Task<bool> IsUnchangedAsync(IBlobChanges blobs, string path, ManifestPart manifest, CancellationToken cancellationToken)
    {
        // The folder's own entry is not below it; snapshots and versions went before or go with it.
        var itself = path.TrimEnd('/');
        using var planned = store.Blobs(id, manifest).Where(b => b is { V: null, S: null } && b.N != itself).GetEnumerator();
        var more = planned.MoveNext();
        string? marker = null;
        do
        {
            var page = await blobs.ListPageAsync(path, marker, BlobListDetails.None, cancellationToken).ConfigureAwait(false);
            foreach (var found in page.Items.Where(i => i.IsLive).Select(i => i.Blob))
            {
                if (more && planned.Current.N == found.Name)
                {
                    if (!found.IsFolder && planned.Current.E != found.ETag)
                    {
                        return false;
                    }

                    more = planned.MoveNext();
                }
                else if (!found.IsFolder)
                {
                    // Folders need not stand in a plan: they hold no data.
                    return false;
                }
            }

            marker = page.NextMarker;
        }
        while (marker is not null);
        return !more;
    }
}
