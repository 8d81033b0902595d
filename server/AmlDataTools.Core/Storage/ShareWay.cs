using AmlDataTools.Azure.Blobs;
using AmlDataTools.Azure.Files;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.Storage;

/// <summary>Straight to a file share. Its directories are real: where they are told of, their names end in <c>/</c>.</summary>
/// <param name="name">In words.</param>
/// <param name="share">The share.</param>
/// <param name="walks">Listings under way; they go on when the way in is renewed.</param>
internal sealed class ShareWay(string name, AzureFileShare share, ShareWalks walks) : WritableWay
{
    /// <summary>The code of a file that is not the one the plan saw. Known by its entity tag, so nobody needs to ask whether it is there.</summary>
    private const string Changed = "ETagChanged";

    public override string Name => name;

    /// <inheritdoc/>
    public override async Task<BlobListPage> ListPageAsync(string prefix, bool delimiter, string? marker, int pageSize, CancellationToken cancellationToken)
    {
        if (!delimiter)
        {
            var (items, next) = await WalkAsync(prefix, marker, pageSize, cancellationToken).ConfigureAwait(false);

            // A folder with something in it comes with that; an empty one is told of by itself.
            return new BlobListPage([.. items.Where(item => !item.IsFolder || item.Length == 0)], [], next);
        }

        var slash = prefix.LastIndexOf('/');
        var directory = slash < 0 ? string.Empty : prefix[..slash];
        FileListPage page;
        try
        {
            page = await share.ListPageAsync(directory, prefix[(slash + 1)..], marker, pageSize, cancellationToken).ConfigureAwait(false);
        }
        catch (AzureServiceException exception) when (ShareWalk.IsAbsence(exception) && marker is null)
        {
            // As with blobs, where a folder is nothing but what is in it.
            return new BlobListPage([], [], null);
        }

        var above = slash < 0 ? string.Empty : prefix[..(slash + 1)];
        return new BlobListPage(
            [.. page.Entries.Where(entry => !entry.IsFolder).Select(entry => entry with { Name = above + entry.Name })],
            [.. page.Entries.Where(entry => entry.IsFolder).Select(entry => above + entry.Name + "/")],
            page.NextMarker);
    }

    /// <inheritdoc/>
    public override Task<BlobItem> GetPropertiesAsync(string name, CancellationToken cancellationToken) => share.GetPropertiesAsync(name, cancellationToken);

    /// <inheritdoc/>
    public override Task<BlobDownload> ReadAsync(string name, (long Offset, long Count)? range, string? ifMatch, CancellationToken cancellationToken) =>
        share.ReadAsync(name, range, ifMatch, cancellationToken);

    /// <inheritdoc/>
    public override async Task<BlobVersionPage> ListPageAsync(string prefix, string? marker, int pageSize, BlobListDetails details, CancellationToken cancellationToken)
    {
        if (details.HasFlag(BlobListDetails.OnlyDeleted))
        {
            return new BlobVersionPage([], null);
        }

        var (items, next) = await WalkAsync(prefix, marker, pageSize, cancellationToken).ConfigureAwait(false);
        return new BlobVersionPage([.. items.Select(item => new BlobVersionItem(item.IsFolder ? item with { Length = 0 } : item))], next);
    }

    /// <summary>One by one: a share knows no batches.</summary>
    public override async Task<IReadOnlyList<BlobDeletion>> DeleteBatchAsync(IReadOnlyList<BlobDeleteRequest> blobs, CancellationToken cancellationToken)
    {
        var results = new List<BlobDeletion>(blobs.Count);
        foreach (var blob in blobs)
        {
            results.Add(await DeleteAsync(blob, cancellationToken).ConfigureAwait(false));
        }

        return results;
    }

    /// <summary>Deletes a file right after it was asked for and found to be the one meant: the service has no condition for a delete.</summary>
    public override async Task<BlobDeletion> DeleteAsync(BlobDeleteRequest blob, CancellationToken cancellationToken)
    {
        try
        {
            var now = await share.GetPropertiesAsync(blob.Name, cancellationToken).ConfigureAwait(false);
            if (blob.ETag is not null && now.ETag != blob.ETag)
            {
                return new BlobDeletion(blob.Name, 412, Changed, null);
            }

            return new BlobDeletion(blob.Name, 202, null, await share.DeleteFileAsync(blob.Name, cancellationToken).ConfigureAwait(false));
        }
        catch (AzureServiceException exception) when (ShareWalk.IsAbsence(exception) && exception.Status == 404)
        {
            return new BlobDeletion(blob.Name, 404, "BlobNotFound", exception.CorrelationId);
        }
        catch (AzureServiceException exception) when (!exception.IsRetryable && exception.Status is not 401)
        {
            return new BlobDeletion(blob.Name, exception.Status, exception.Code, exception.CorrelationId);
        }
    }

    /// <inheritdoc/>
    public override Task<string?> DeleteDirectoryAsync(string path, bool recursive, CancellationToken cancellationToken) => recursive
        ? throw new NotSupportedException("A share deletes empty directories only.")
        : share.DeleteDirectoryAsync(path, cancellationToken);

    /// <summary>How many snapshots the share has.</summary>
    public Task<int> CountSnapshotsAsync(CancellationToken cancellationToken) => share.CountSnapshotsAsync(cancellationToken);

    /// <inheritdoc/>
    public override Task<BlobServiceKeeps> GetServiceKeepsAsync(CancellationToken cancellationToken) => Task.FromResult(new BlobServiceKeeps(false, null, false));

    /// <inheritdoc/>
    public override Task<BlobAccountInfo> GetAccountInfoAsync(CancellationToken cancellationToken) => Task.FromResult(new BlobAccountInfo(null, null, null));

    /// <inheritdoc/>
    public override Task UndeleteAsync(string name, CancellationToken cancellationToken) => throw NothingKept(name);

    /// <inheritdoc/>
    public override Task UndeletePathAsync(string path, string deletionId, CancellationToken cancellationToken) => throw NothingKept(path);

    /// <inheritdoc/>
    public override Task PromoteVersionAsync(string name, string versionId, CancellationToken cancellationToken) => throw NothingKept(name);

    private static ProblemException NothingKept(string path) => new(
        "storage.nothingKept", $"{path} cannot be brought back from here: a file share keeps no deleted files, only its snapshots hold older ones.")
    { Target = path };

    private async Task<(IReadOnlyList<BlobItem> Items, string? NextMarker)> WalkAsync(string prefix, string? marker, int pageSize, CancellationToken cancellationToken)
    {
        var walk = marker is null ? new ShareWalk(prefix) : walks.Find(marker) ?? throw new ProblemException(
            "storage.accessChanged", "The listing of the file share was begun too long ago to go on. List its files again.")
        { Actions = [ProblemAction.Retry] };
        var items = await walk.NextAsync(share, pageSize, cancellationToken).ConfigureAwait(false);
        return (items, walks.Put(walk, marker));
    }
}
