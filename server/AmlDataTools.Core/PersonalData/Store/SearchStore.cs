using System.Globalization;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.PersonalData;

/// <summary>
/// Searches on disk, one folder each, shared by all windows and readable by their owner alone. Who works on a search holds a
/// lock on a file in it. The lists are only ever added to, each time on disk before the checkpoint that counts them.
/// </summary>
internal sealed class SearchStore(string folder)
{
    private const string RequestFile = "request.json";
    private const string StatusFile = "status.json";

    private string Searches => Path.Combine(folder, "searches");

    /// <summary>Records a new search.</summary>
    /// <returns>Its id.</returns>
    public string Create(SearchRequest request, SearchStatus status)
    {
        var id = $"{DateTime.UtcNow:yyyyMMdd-HHmmss}-{Guid.NewGuid().ToString("N")[..8]}";
        var path = FolderOf(id);
        LocalDisk.Try(path, () =>
        {
            StateFiles.MakePrivateFolder(Searches);
            StateFiles.MakePrivateFolder(path);
        });
        StateFiles.Save(Path.Combine(path, RequestFile), request, SearchJson.Default.SearchRequest, isPrivate: true);
        Save(id, status);
        return id;
    }

    /// <summary>The searches on record, newest first.</summary>
    public IReadOnlyList<string> Ids() =>
        Directory.Exists(Searches) ? [.. Directory.EnumerateDirectories(Searches).Select(Path.GetFileName).OfType<string>().OrderDescending(StringComparer.Ordinal)] : [];

    /// <summary>A search; null when it is gone or was never written whole.</summary>
    public (SearchRequest Request, SearchStatus Status)? Find(string id) =>
        StateFiles.Load(Path.Combine(FolderOf(id), RequestFile), SearchJson.Default.SearchRequest) is { } request
            && StateFiles.Load(Path.Combine(FolderOf(id), StatusFile), SearchJson.Default.SearchStatus) is { } status
            ? (request, status)
            : null;

    /// <summary>Writes how a search stands.</summary>
    public void Save(string id, SearchStatus status) => StateFiles.Save(Path.Combine(FolderOf(id), StatusFile), status, SearchJson.Default.SearchStatus, isPrivate: true);

    /// <summary>When the status was last written; null when there is none.</summary>
    public DateTime? Touched(string id)
    {
        var file = new FileInfo(Path.Combine(FolderOf(id), StatusFile));
        return file.Exists ? file.LastWriteTimeUtc : null;
    }

    /// <summary>Takes a search for this process, and outlasts whoever only looks at it.</summary>
    /// <param name="id">The search.</param>
    /// <param name="time">The clock of the pauses.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What to dispose to give it back; null when another process works on it.</returns>
    /// <exception cref="ProblemException"><c>search.notFound</c>.</exception>
    public async Task<IDisposable?> LockAsync(string id, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            return await FileLock.TakeUnlessWorkedOnAsync(LockOf(id), time, cancellationToken).ConfigureAwait(false);
        }
        catch (DirectoryNotFoundException)
        {
            throw SearchProblems.NotFound(id);
        }
    }

    /// <summary>Whether a process works on a search.</summary>
    public bool IsLocked(string id) => FileLock.IsTaken(LockOf(id));

    /// <summary>Removes a search and all it found.</summary>
    public void Remove(string id)
    {
        var path = FolderOf(id);
        LocalDisk.Try(path, () =>
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
        });
    }

    /// <summary>A list or file of a search.</summary>
    /// <param name="id">The search.</param>
    /// <param name="file">Which.</param>
    /// <param name="gapsList">Which list of gaps (<see cref="SearchLengths.GapsList"/>).</param>
    public string FileOf(string id, SearchFile file, int gapsList = 0) => Path.Combine(FolderOf(id), file switch
    {
        SearchFile.Findings => "findings.jsonl",
        SearchFile.Documents => "documents.jsonl",
        SearchFile.Gaps => gapsList == 0 ? "gaps.jsonl" : string.Create(CultureInfo.InvariantCulture, $"gaps-{gapsList}.jsonl"),
        _ => "choices.bin",
    });

    private string LockOf(string id) => Path.Combine(FolderOf(id), "lock");

    // Ids come from outside and become part of a path.
    private string FolderOf(string id) => Path.Combine(
        Searches, id.Length is > 0 and < 64 && id.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') ? id : throw SearchProblems.NotFound(id.Length < 64 ? id : id[..64]));
}

/// <summary>The files of a search besides what was asked for and how it stands.</summary>
internal enum SearchFile
{
    /// <summary>What was found, a line each.</summary>
    Findings,

    /// <summary>The documents it was found in, a line each.</summary>
    Documents,

    /// <summary>What could not be searched, a line each.</summary>
    Gaps,

    /// <summary>A bit for each finding: set when its tick is not what it is by its grade.</summary>
    Choices,
}
