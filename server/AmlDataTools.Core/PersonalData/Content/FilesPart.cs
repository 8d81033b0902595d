using System.Runtime.CompilerServices;
using System.Text.Json;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.PersonalData.Parts;
using AmlDataTools.Core.Places;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Storage;

namespace AmlDataTools.Core.PersonalData.Content;

/// <summary>
/// Searches the files of a workspace's datastores, but for those of the notebooks, by name and by text as asked for. A container that
/// two datastores lead into is searched once. Goes on after the last file it has told of.
/// </summary>
/// <param name="connection">The cloud and the sign-in.</param>
/// <param name="scan">Searches the files of a place.</param>
internal sealed class FilesPart(AzureConnection connection, FileScan scan) : ISearchPart
{
    /// <inheritdoc/>
    public string Name => "files";

    /// <inheritdoc/>
    public string Title => "files of runs and datastores";

    /// <inheritdoc/>
    public bool IsAskedFor(SearchRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.FileNames || request.FileContent;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<SearchBatch> SearchAsync(
        SearchRequest request, WorkspaceRef workspace, string? checkpoint, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var at = PartCheckpoint.Read(checkpoint, ContentJson.Default.FilesCheckpoint) ?? new FilesCheckpoint([], null, null, []);
        if (checkpoint is null && !(request.FileNames && request.FileContent))
        {
            var what = request.FileNames ? "Text of files" : "Names of files";
            yield return new SearchBatch(0, [], [new SearchGap(workspace.ResourceId, what, SearchGaps.NotAsked, "It was not asked for.")], JsonSerializer.Serialize(at, ContentJson.Default.FilesCheckpoint));
        }

        var stores = await StoresAsync(workspace, cancellationToken).ConfigureAwait(false);
        var read = stores.Where(store => store.Name == NotebookShare.Datastore || at.Done.Contains(store.Name)).Select(store => PlaceOf(store).Place?.Container).OfType<Uri>().ToHashSet();
        foreach (var store in ToSearch(stores, at.Alone).Where(store => !at.Done.Contains(store.Name)))
        {
            var (place, problem) = PlaceOf(store);
            var scope = JsonSerializer.Serialize(new FilesCheckpoint([], null, null, []) { Alone = KeyOf(store) }, ContentJson.Default.FilesCheckpoint);
            if (place is not null && read.Contains(place.Container))
            {
                continue;
            }

            var gaps = new Gaps(at.Store == store.Name ? at.Gaps : []);
            ScanBatch? last = null;
            if (problem is null)
            {
                var from = at.Store == store.Name && at.Place is { } kept ? kept : new ScanPlace(null, null);
                var batches = scan.ScanAsync(request, new ScanScope(workspace, store.Name, string.Empty, IsDeep: true), from, gaps, cancellationToken).GetAsyncEnumerator(cancellationToken);
                await using var disposing = batches.ConfigureAwait(false);
                for ((last, problem) = await StepAsync(batches, store.Name, cancellationToken).ConfigureAwait(false); last?.Next is { } next; (last, problem) = await StepAsync(batches, store.Name, cancellationToken).ConfigureAwait(false))
                {
                    at = at with { Store = store.Name, Place = next, Gaps = gaps.Lines };
                    yield return new SearchBatch(last.Looked, last.Findings, [], JsonSerializer.Serialize(at, ContentJson.Default.FilesCheckpoint)) { Scope = scope };
                }
            }

            if (place is not null && problem is null)
            {
                read.Add(place.Container);
            }

            at = new FilesCheckpoint([.. at.Done, store.Name], null, null, []) { Alone = at.Alone };
            yield return new SearchBatch(
                last?.Looked ?? 0, last?.Findings ?? [], [.. gaps.Told(workspace.ResourceId, store.Name), .. Gaps.Of(workspace.ResourceId, store.Name, problem)], JsonSerializer.Serialize(at, ContentJson.Default.FilesCheckpoint))
            { Scope = scope };
        }
    }

    /// <summary>The next of a scan; or what is the matter with the datastore.</summary>
    /// <exception cref="Exception">It may pass, so the search is to go on here some other time.</exception>
    internal static async Task<(ScanBatch? Batch, ProblemException? Problem)> StepAsync(IAsyncEnumerator<ScanBatch> batches, string datastore, CancellationToken cancellationToken)
    {
        ProblemException Problem(Exception exception) => ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Storage, $"the datastore {datastore}", datastore));
        try
        {
            return await batches.MoveNextAsync().ConfigureAwait(false) ? (batches.Current, null) : (null, null);
        }
        catch (Exception exception) when (!(exception is OperationCanceledException && cancellationToken.IsCancellationRequested) && !Gaps.Passes(Problem(exception)))
        {
            return (null, Problem(exception));
        }
    }

    /// <summary>The datastores in the order in which they are searched: by name, so that a checkpoint stays good.</summary>
    private async Task<List<DatastoreDocument>> StoresAsync(WorkspaceRef workspace, CancellationToken cancellationToken)
    {
        var stores = new List<DatastoreDocument>();
        await foreach (var store in connection.Workspace(workspace).Arm.ListDatastoresAsync(cancellationToken).ConfigureAwait(false))
        {
            stores.Add(store);
        }

        // The workspace's own ones first: what others lead into as well is shown as theirs.
        return [.. stores.OrderBy(store => !store.Name.StartsWith("workspace", StringComparison.OrdinalIgnoreCase)).ThenBy(store => store.Name, StringComparer.Ordinal)];
    }

    /// <summary>
    /// Those to be searched. Of those that lead into one container the last comes first when that container alone is searched again: where
    /// another one was refused, it is the one through which it was read before, and a file is found under one name only.
    /// </summary>
    private IEnumerable<DatastoreDocument> ToSearch(List<DatastoreDocument> stores, string? alone) => alone is null
        ? stores.Where(store => store.Name != NotebookShare.Datastore)
        : stores.Where(store => store.Name != NotebookShare.Datastore && KeyOf(store) == alone).Reverse();

    private string KeyOf(DatastoreDocument store) => PlaceOf(store).Place?.Container.AbsoluteUri ?? store.Name;

    private (DatastorePlace? Place, ProblemException? Problem) PlaceOf(DatastoreDocument store)
    {
        try
        {
            return (DatastorePlace.Of(store, connection.Cloud), null);
        }
        catch (Exception exception) when (exception is ProblemException or ForeignHostException)
        {
            return (null, ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Datastore, store.Name)));
        }
    }
}
