using AmlDataTools.Azure.Blobs;

namespace AmlDataTools.Azure.Files;

/// <summary>One page of what a directory of a share holds.</summary>
/// <param name="Entries">Files and directories mixed, in the service's order; <see cref="BlobItem.Name"/> is the name in the directory, <see cref="BlobItem.IsFolder"/> tells directories.</param>
/// <param name="NextMarker">For the next page; null when this is the last.</param>
public sealed record FileListPage(IReadOnlyList<BlobItem> Entries, string? NextMarker);
