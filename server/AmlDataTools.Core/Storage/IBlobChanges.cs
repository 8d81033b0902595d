using AmlDataTools.Azure.Blobs;

namespace AmlDataTools.Core.Storage;

/// <summary>Deletes and brings back blobs of one container. Neither retries: who asks knows what a retry is worth.</summary>
internal interface IBlobChanges
{
    /// <summary>The way in, in words, for the receipt.</summary>
    string Access { get; }

    /// <summary>A page of blobs with what is kept beside them.</summary>
    Task<BlobVersionPage> ListPageAsync(string prefix, string? marker, BlobListDetails details, CancellationToken cancellationToken);

    /// <summary>Deletes up to 256 blobs with one request; one result each, in order.</summary>
    Task<IReadOnlyList<BlobDeletion>> DeleteBatchAsync(IReadOnlyList<BlobDeleteRequest> blobs, CancellationToken cancellationToken);

    /// <summary>Deletes one blob, version or snapshot.</summary>
    Task<BlobDeletion> DeleteAsync(BlobDeleteRequest blob, CancellationToken cancellationToken);

    /// <summary>Deletes a directory of a hierarchical account; without <paramref name="recursive"/> only an empty one.</summary>
    /// <returns>The service's request id.</returns>
    Task<string?> DeleteDirectoryAsync(string path, bool recursive, CancellationToken cancellationToken);

    /// <summary>Brings a soft-deleted blob back.</summary>
    Task UndeleteAsync(string name, CancellationToken cancellationToken);

    /// <summary>Brings back what was soft-deleted in a hierarchical account.</summary>
    Task UndeletePathAsync(string path, string deletionId, CancellationToken cancellationToken);

    /// <summary>Makes a former version the current one.</summary>
    Task PromoteVersionAsync(string name, string versionId, CancellationToken cancellationToken);
}
