using System.Runtime.CompilerServices;
using System.Text.Json;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Blobs;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.PersonalData.Matching;
using AmlDataTools.Core.Places;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Storage;

namespace AmlDataTools.Core.PersonalData.Content;

/// <summary>Where the files of a datastore are searched.</summary>
/// <param name="Workspace">The workspace.</param>
/// <param name="Datastore">The datastore.</param>
/// <param name="Prefix">Names begin with this; empty for all.</param>
/// <param name="IsDeep">Everything below; else only the files that lie there directly.</param>
internal sealed record ScanScope(WorkspaceRef Workspace, string Datastore, string Prefix, bool IsDeep);

/// <summary>Where a scan goes on.</summary>
/// <param name="Marker">That of the listing's page; null for the first.</param>
/// <param name="Last">The last file of the page that is done; null when none is.</param>
internal sealed record ScanPlace(string? Marker, string? Last);

/// <summary>What some files brought.</summary>
/// <param name="Looked">How many files.</param>
/// <param name="Findings">What was found.</param>
/// <param name="Next">Where to go on; null at the end.</param>
internal sealed record ScanBatch(long Looked, IReadOnlyList<(Finding Finding, JsonElement? Document)> Findings, ScanPlace? Next);

/// <summary>Searches names and, when asked for, texts of all files below a prefix: page by page, some files at once, never more than a page in memory.</summary>
/// <param name="accesses">The ways into datastores.</param>
/// <param name="texts">Reads files.</param>
internal sealed class FileScan(StorageAccesses accesses, FileTexts texts)
{
    // What a killed process has read in vain; what is shown at once.
    private const int FilesABatch = 200;
    private const int ReadPage = 1000;
    private const int NamesPage = 5000;
    private const string ArtifactStore = "workspaceartifactstore";

    /// <summary>Searches.</summary>
    /// <param name="request">The search.</param>
    /// <param name="scope">Where.</param>
    /// <param name="place">Where to begin.</param>
    /// <param name="gaps">Told what was not searched.</param>
    /// <param name="cancellationToken">Stops it at once.</param>
    /// <exception cref="Exception">The datastore cannot be listed.</exception>
    public async IAsyncEnumerable<ScanBatch> ScanAsync(
        SearchRequest request, ScanScope scope, ScanPlace place, Gaps gaps, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var terms = TextTerms.Of(request.Subject);
        var access = accesses.Of(scope.Workspace, scope.Datastore);
        var (marker, last) = (place.Marker, place.Last);
        while (true)
        {
            BlobListPage page;
            try
            {
                page = await access.ListPageAsync(scope.Prefix, !scope.IsDeep, marker, request.FileContent ? ReadPage : NamesPage, cancellationToken).ConfigureAwait(false);
            }
            catch (ProblemException problem) when (problem.Code == "storage.accessChanged" && marker is not null)
            {
                // The listing cannot go on where it was: what is found twice counts once.
                (marker, last) = (null, null);
                gaps.Clear();
                continue;
            }

            var following = page.NextMarker == marker ? null : page.NextMarker;
            var files = page.Blobs.Where(blob => !blob.IsFolder && !blob.Name.EndsWith('/')).ToList();
            var done = last is null ? 0 : files.FindIndex(file => file.Name == last) + 1;
            do
            {
                var some = files.GetRange(done, Math.Min(request.FileContent ? FilesABatch : NamesPage, files.Count - done));
                done += some.Count;
                var findings = await SearchAsync(request, scope, access, terms, some, gaps, cancellationToken).ConfigureAwait(false);
                var next = done < files.Count ? new ScanPlace(marker, files[done - 1].Name) : following is null ? null : new ScanPlace(following, null);
                yield return new ScanBatch(some.Count, findings, next);
            }
            while (done < files.Count);
            if (following is null)
            {
                yield break;
            }

            (marker, last) = (following, null);
        }
    }

    private async Task<IReadOnlyList<(Finding, JsonElement?)>> SearchAsync(
        SearchRequest request, ScanScope scope, StorageAccess access, TextTerms terms, List<BlobItem> files, Gaps gaps, CancellationToken cancellationToken)
    {
        var found = new FileText[files.Count];
        if (request.FileContent)
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = texts.AtOnce, CancellationToken = cancellationToken };
            await Parallel.ForAsync(0, files.Count, options, async (at, stop) =>
                found[at] = await texts.SearchAsync(access, files[at], terms, request.MaxFileBytes, stop).ConfigureAwait(false)).ConfigureAwait(false);
        }

        var findings = new List<(Finding, JsonElement?)>();
        for (var at = 0; at < files.Count; at++)
        {
            var file = files[at];
            if (found[at].Gap is { } gap)
            {
                gaps.Add(file.Name, gap);
            }

            var named = request.FileNames ? NameSearch.Search(NameToSearch(scope, file.Name), terms) : [];
            Evidence[] evidence = [.. named, .. found[at].Evidence ?? []];
            if (evidence.Length > 0)
            {
                findings.Add((FindingOf(scope, file, [.. evidence.OrderBy(one => one.Grade)]), null));
            }
        }

        return findings;
    }

    /// <summary>Of a person's folder of notebooks the folder itself is found: that a file lies in it says no more.</summary>
    private static string NameToSearch(ScanScope scope, string path) =>
        scope.Datastore == NotebookShare.Datastore && path.Split('/', 3) is [NotebookShare.UsersFolder, _, var inner] ? inner : path;

    private static Finding FindingOf(ScanScope scope, BlobItem file, IReadOnlyList<Evidence> evidence)
    {
        // Below a run its files are the run's, as the tree shows them.
        var run = scope.Datastore == ArtifactStore && file.Name.Split('/', 3) is ["ExperimentRun", _, _] ? RunFolders.RunOf(file.Name) : null;
        var location = new FileLocation(scope.Workspace, scope.Datastore, file.Name, run is null ? null : "dcid." + run);
        var name = run is null ? file.Name : file.Name[$"ExperimentRun/dcid.{run}/".Length..];
        return new Finding(
            FindingKind.File, NodeTargets.Format(new FileTarget(location, run)), scope.Workspace.ResourceId, name, run ?? RunFolders.RunOf(file.Name), evidence, file.LastModified, file.Length);
    }
}
