using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.Storage;

/// <summary>Lists the folders of datastores for the tree.</summary>
internal sealed class FileBrowser(StorageAccesses accesses) : IFileBrowser
{
    /// <inheritdoc/>
    public async Task<FilePage> ListFolderAsync(FileLocation folder, string? pageToken, int pageSize, CancellationToken cancellationToken)
    {
        // As it stands: a folder may have a name of no letters (a//b), and trimmed slashes would lead back to where it is.
        var prefix = folder.Path.Length == 0 || folder.Path.EndsWith('/') ? folder.Path : folder.Path + "/";
        try
        {
            var page = await accesses.Of(folder.Workspace, folder.Datastore)
                .ListPageAsync(prefix, delimiter: true, pageToken, Math.Clamp(pageSize, 1, 5000), cancellationToken).ConfigureAwait(false);

            // Folders first, as file managers do; a marker blob and its prefix are one folder.
            var entries = new List<FileEntry>(page.Prefixes.Count + page.Blobs.Count);
            entries.AddRange(page.Prefixes.Select(p => new FileEntry(p[prefix.Length..^1], p, IsFolder: true, null, null)));
            entries.AddRange(page.Blobs
                .Where(b => !b.IsFolder && b.Name.Length > prefix.Length)
                .Select(b => new FileEntry(b.Name[prefix.Length..], b.Name, IsFolder: false, b.Length, b.LastModified)));
            return new FilePage(entries, page.NextMarker, null);
        }
        catch (Exception exception) when (exception is not ProblemException and not OperationCanceledException)
        {
            throw ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Storage, $"the datastore {folder.Datastore}", folder.Datastore));
        }
    }
}
