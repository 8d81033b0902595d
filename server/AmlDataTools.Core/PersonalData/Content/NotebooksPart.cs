using System.Runtime.CompilerServices;
using System.Text.Json;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Blobs;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.PersonalData.Matching;
using AmlDataTools.Core.PersonalData.Parts;
using AmlDataTools.Core.Places;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Storage;

namespace AmlDataTools.Core.PersonalData.Content;

/// <summary>
/// Searches the share of notebooks: people's folders always, and the files in it, folder by folder, by name and by text as asked for.
/// Goes on in the folder it was in.
/// </summary>
/// <param name="accesses">The ways into datastores.</param>
/// <param name="scan">Searches the files of a place.</param>
internal sealed class NotebooksPart(StorageAccesses accesses, FileScan scan) : ISearchPart
{
    private const int FoldersPage = 1000;
    private const string Users = NotebookShare.UsersFolder + "/";

    /// <inheritdoc/>
    public string Name => "notebooks";

    /// <inheritdoc/>
    public string Title => "notebooks and people's folders";

    /// <inheritdoc/>
    public bool IsAskedFor(SearchRequest request) => true;

    /// <inheritdoc/>
    public async IAsyncEnumerable<SearchBatch> SearchAsync(
        SearchRequest request, WorkspaceRef workspace, string? checkpoint, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var beginning = new NotebooksCheckpoint(null, false, null, null, []);
        var at = PartCheckpoint.Read(checkpoint, ContentJson.Default.NotebooksCheckpoint) ?? beginning;

        // People's folders are many, and each may have its gaps: they are searched again as a whole.
        var whole = Write(beginning);
        var owners = new FolderOwner(request.Subject);
        var terms = TextTerms.Of(request.Subject);
        ProblemException? problem = null;
        while (!at.HasFolders && problem is null)
        {
            (var page, problem) = await FoldersAsync(workspace, Users, at.Folders, cancellationToken).ConfigureAwait(false);
            if (page is not null)
            {
                at = at with { Folders = page.NextMarker, HasFolders = page.NextMarker is null };
                yield return new SearchBatch(page.Prefixes.Count, [.. page.Prefixes.Select(folder => FolderOf(workspace, folder, owners, terms)).OfType<Finding>().Select(found => (found, (JsonElement?)null))], [], Write(at)) { Scope = whole };
            }
        }

        if (problem is null && !request.FileNames && !request.FileContent)
        {
            yield return new SearchBatch(0, [], [new SearchGap(workspace.ResourceId, "Files among the notebooks", SearchGaps.NotAsked, "It was not asked for: only the folders of people were looked at.")], Write(at)) { Scope = whole };
        }
        else if (problem is null)
        {
            (var units, problem) = await UnitsAsync(workspace, cancellationToken).ConfigureAwait(false);
            foreach (var unit in units.Where(unit => at.Unit is null || string.CompareOrdinal(unit, at.Unit) >= 0))
            {
                if (unit == at.Unit && at.Place is null)
                {
                    continue;
                }

                var gaps = new Gaps(unit == at.Unit ? at.Gaps : []);
                var scope = new ScanScope(workspace, NotebookShare.Datastore, unit, IsDeep: unit.Length > 0 && unit != Users);
                var batches = scan.ScanAsync(request, scope, unit == at.Unit && at.Place is { } kept ? kept : new ScanPlace(null, null), gaps, cancellationToken).GetAsyncEnumerator(cancellationToken);
                await using var disposing = batches.ConfigureAwait(false);
                ScanBatch? batch;
                for ((batch, problem) = await FilesPart.StepAsync(batches, NotebookShare.Datastore, cancellationToken).ConfigureAwait(false); batch is not null; (batch, problem) = await FilesPart.StepAsync(batches, NotebookShare.Datastore, cancellationToken).ConfigureAwait(false))
                {
                    at = at with { Unit = unit, Place = batch.Next, Gaps = batch.Next is null ? [] : gaps.Lines };
                    yield return new SearchBatch(batch.Looked, batch.Findings, batch.Next is null ? gaps.Told(workspace.ResourceId, "Notebooks") : [], Write(at)) { Scope = whole };
                }

                if (problem is not null)
                {
                    break;
                }
            }
        }

        if (problem is not null)
        {
            yield return new SearchBatch(0, [], [.. Told(workspace, problem)], Write(at with { HasFolders = true, Place = null })) { Scope = whole };
        }
    }

    private static string Write(NotebooksCheckpoint at) => JsonSerializer.Serialize(at, ContentJson.Default.NotebooksCheckpoint);

    /// <summary>A workspace without a datastore or share for notebooks has none.</summary>
    private static IEnumerable<SearchGap> Told(WorkspaceRef workspace, ProblemException? problem) => problem?.Code == "datastore.notFound"
        ? [new SearchGap(workspace.ResourceId, "Notebooks", "absent", $"The workspace {workspace.Name} has no datastore {NotebookShare.Datastore}, through which its notebooks are reached.")]
        : Gaps.Of(workspace.ResourceId, NotebookShare.Datastore, problem);

    private static Finding? FolderOf(WorkspaceRef workspace, string folder, FolderOwner owner, TextTerms terms)
    {
        var name = folder[..^1][(folder[..^1].LastIndexOf('/') + 1)..];
        return owner.GradeOf(name, terms) is { } grade
            ? new Finding(
                FindingKind.UserFolder, NodeTargets.Format(new FolderTarget(new FileLocation(workspace, NotebookShare.Datastore, folder, null), null)), workspace.ResourceId, name, null,
                [new Evidence("name", grade, IsAuthorship: true)], null, null)
            : null;
    }

    /// <summary>The folders whose files are searched one after the other: the root and the folder of people's folders, each for what lies in it directly, and what is in them.</summary>
    private async Task<(IReadOnlyList<string> Units, ProblemException? Problem)> UnitsAsync(WorkspaceRef workspace, CancellationToken cancellationToken)
    {
        var units = new SortedSet<string>(StringComparer.Ordinal) { string.Empty, Users };
        foreach (var folder in (string[])[string.Empty, Users])
        {
            string? marker = null;
            do
            {
                var (page, problem) = await FoldersAsync(workspace, folder, marker, cancellationToken).ConfigureAwait(false);
                if (page is null)
                {
                    return ([], problem);
                }

                units.UnionWith(page.Prefixes);
                marker = page.NextMarker == marker ? null : page.NextMarker;
            }
            while (marker is not null);
        }

        return ([.. units], null);
    }

    private static ProblemException Problem(Exception exception) => ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Storage, "the notebooks", NotebookShare.Datastore));

    private async Task<(BlobListPage? Page, ProblemException? Problem)> FoldersAsync(WorkspaceRef workspace, string folder, string? marker, CancellationToken cancellationToken)
    {
        try
        {
            var page = await accesses.Of(workspace, NotebookShare.Datastore).ListPageAsync(folder, delimiter: true, marker, FoldersPage, cancellationToken).ConfigureAwait(false);
            return (page.NextMarker == marker ? page with { NextMarker = null } : page, null);
        }
        catch (ProblemException problem) when (problem.Code == "storage.accessChanged" && marker is not null)
        {
            return await FoldersAsync(workspace, folder, null, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!(exception is OperationCanceledException && cancellationToken.IsCancellationRequested) && !Gaps.Passes(Problem(exception)))
        {
            return (null, Problem(exception));
        }
    }
}
