namespace AmlDataTools.Azure.Blobs;

/// <summary>A blob as a listing or its headers describe it.</summary>
/// <param name="Name">The whole name within the container, as the service gave it.</param>
/// <param name="Length">Bytes.</param>
/// <param name="ETag">The entity tag with its quotes, ready for <c>If-Match</c>.</param>
/// <param name="ContentMd5">Base64 of the MD5 the service has on record; null when it has none (blobs put together from blocks often have none).</param>
/// <param name="LastModified">When it was last written.</param>
/// <param name="IsFolder">A directory marker: a blob with metadata <c>hdi_isfolder=true</c>, or a directory of a hierarchical account.</param>
public readonly record struct BlobItem(string Name, long Length, string? ETag, string? ContentMd5, DateTimeOffset? LastModified, bool IsFolder);

/// <summary>One page of a listing.</summary>
/// <param name="Blobs">Blobs in the order of their names.</param>
/// <param name="Prefixes">Common prefixes, each ending in the delimiter; empty for a flat listing.</param>
/// <param name="NextMarker">For the next page; null when this is the last.</param>
public sealed record BlobListPage(IReadOnlyList<BlobItem> Blobs, IReadOnlyList<string> Prefixes, string? NextMarker);
