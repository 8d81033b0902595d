using AmlDataTools.Azure.Http;

namespace AmlDataTools.Core.Storage;

/// <summary>What is at a place, as far as one page of a listing tells.</summary>
/// <param name="IsFile">A file; otherwise a folder.</param>
/// <param name="Files">Files counted.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="HasMore">There are more than were counted.</param>
/// <param name="Newest">When the newest of those counted was written; null when not told.</param>
internal sealed record PlaceSize(bool IsFile, long Files, long Bytes, bool HasMore, DateTimeOffset? Newest);

/// <summary>Looks at a place in storage with a request or two.</summary>
internal interface IPlaceMeter
{
    /// <summary>What is there; null for nothing.</summary>
    /// <param name="place">A file, or a folder and all below it.</param>
    /// <param name="cancellationToken">Stops looking.</param>
    Task<PlaceSize?> MeasureAsync(FileLocation place, CancellationToken cancellationToken);
}

/// <inheritdoc/>
internal sealed class PlaceMeter(StorageAccesses accesses) : IPlaceMeter
{
    /// <summary>Files counted: listing more only to show a size is not cheap.</summary>
    public const int MaxFiles = 1000;

    /// <inheritdoc/>
    public async Task<PlaceSize?> MeasureAsync(FileLocation place, CancellationToken cancellationToken)
    {
        var access = accesses.Of(place.Workspace, place.Datastore);
        if (place.Path.Length > 0 && !place.Path.EndsWith('/'))
        {
            try
            {
                var blob = await access.GetPropertiesAsync(place.Path, cancellationToken).ConfigureAwait(false);
                if (!blob.IsFolder)
                {
                    return new PlaceSize(IsFile: true, 1, blob.Length, HasMore: false, blob.LastModified);
                }
            }
            catch (AzureServiceException exception) when (exception.Status == 404 && !exception.HasCode("ContainerNotFound") && !exception.HasCode("FilesystemNotFound"))
            {
                // No file of that name; it may be a folder.
            }
        }

        var prefix = place.Path.Length == 0 || place.Path.EndsWith('/') ? place.Path : place.Path + "/";
        var page = await access.ListPageAsync(prefix, delimiter: false, null, MaxFiles, cancellationToken).ConfigureAwait(false);
        var files = page.Blobs.Where(blob => !blob.IsFolder && blob.Name.Length > prefix.Length).ToList();
        return files.Count == 0 && page.NextMarker is null ? null
            : new PlaceSize(IsFile: false, files.Count, files.Sum(file => file.Length), page.NextMarker is not null, files.Count == 0 ? null : files.Max(file => file.LastModified));
    }
}
