using AmlDataTools.Azure;

namespace AmlDataTools.Core.Storage;

/// <summary>A place for files in a workspace's datastores.</summary>
/// <param name="Workspace">The workspace.</param>
/// <param name="Datastore">The datastore's name.</param>
/// <param name="Path">A folder's prefix ending in <c>/</c>, <c>""</c> for the root, or a file's path.</param>
/// <param name="ArtifactContainer"><c>dcid.{run}</c> when the place is that run's folder in the artifact store; else null.</param>
public sealed record FileLocation(WorkspaceRef Workspace, string Datastore, string Path, string? ArtifactContainer);

/// <summary>A file or folder in a listing.</summary>
/// <param name="Name">Its own name, without folders and without a slash.</param>
/// <param name="Path">Its path in the datastore; a folder's ends in <c>/</c>.</param>
/// <param name="IsFolder">Whether it is a folder.</param>
/// <param name="Bytes">A file's size, when the service told it; null for a folder.</param>
/// <param name="LastModified">When it was last written, when the service told it.</param>
public sealed record FileEntry(string Name, string Path, bool IsFolder, long? Bytes, DateTimeOffset? LastModified);

/// <summary>A page of a listing.</summary>
/// <param name="Entries">In the order to show.</param>
/// <param name="NextPageToken">For the next page; null when this is the last.</param>
/// <param name="Notice">Something the person should know of where the list comes from; null for nothing.</param>
public sealed record FilePage(IReadOnlyList<FileEntry> Entries, string? NextPageToken, string? Notice);

/// <summary>Lists folders, whatever the store and the way in.</summary>
public interface IFileBrowser
{
    /// <summary>A page of what a folder holds directly.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="pageToken">The previous page's; null for the first.</param>
    /// <param name="pageSize">How many at most.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    Task<FilePage> ListFolderAsync(FileLocation folder, string? pageToken, int pageSize, CancellationToken cancellationToken);
}
