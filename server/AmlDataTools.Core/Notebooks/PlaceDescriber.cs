using AmlDataTools.Azure;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Places;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Runs;
using AmlDataTools.Core.Storage;

namespace AmlDataTools.Core.Notebooks;

/// <summary>Looks places up: in datastores, in the outputs and logs of runs, in their named outputs.</summary>
internal sealed class PlaceDescriber(RunReader runs, NamedOutputResolver outputs, IPlaceMeter meter)
{
    private const string ArtifactStore = "workspaceartifactstore";

    private static readonly IReadOnlyDictionary<string, string> NoTags = System.Collections.Immutable.ImmutableDictionary<string, string>.Empty;

    /// <summary>What an address leads to. "Missing" is said only of a service that answers.</summary>
    public async Task<AssetDescription> DescribeAsync(WorkspaceRef workspace, string address, CancellationToken cancellationToken)
    {
        try
        {
            var (place, runId, node) = await FindAsync(workspace, address, cancellationToken).ConfigureAwait(false);
            return await meter.MeasureAsync(place, cancellationToken).ConfigureAwait(false) is { } size
                ? new AssetDescription(AssetState.Found, [Found(place, runId, node, size)], [], null)
                : Missing($"There is nothing at {place.Path.TrimEnd('/')} in the datastore {place.Datastore}.");
        }
        catch (ProblemException problem) when (problem.Code is "datastore.notFound" or "run.notFound" or "output.notFound")
        {
            return Missing(problem.Message);
        }
        catch (AzureServiceException exception) when (exception.Status == 404 && (exception.HasCode("ContainerNotFound") || exception.HasCode("FilesystemNotFound")))
        {
            return Missing(ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Storage, "the datastore of this place")).Message);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && exception is ProblemException or AzureServiceException or ForeignHostException)
        {
            // Storage that cannot be read says nothing of what is there.
            return new AssetDescription(AssetState.Unknown, [], [], ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Storage, "this place")).Message);
        }
    }

    private static AssetDescription Missing(string reason) => new(AssetState.Missing, [], [], reason);

    private static FoundAsset Found(FileLocation place, string? runId, NodeTarget? node, PlaceSize size)
    {
        var bare = place.Path.TrimEnd('/');
        node ??= size.IsFile ? new FileTarget(place with { Path = bare }, runId)
            : bare.Length == 0 ? new ResourceTarget(new ResourceAddress(place.Workspace, ResourceKind.Datastore, place.Datastore, null), null)
            : new FolderTarget(place with { Path = bare + "/" }, runId);
        var name = bare.Length == 0 ? place.Datastore : bare[(bare.LastIndexOf('/') + 1)..];
        return new FoundAsset(
            NotebookAssetKind.Place, name, null, NodeTargets.Format(node), size.IsFile ? "file" : "folder", null, null, size.Bytes, NoTags, runId, size.Newest, null, false, null, size.Files, size.HasMore);
    }

    private async Task<(FileLocation Place, string? RunId, NodeTarget? Node)> FindAsync(WorkspaceRef workspace, string address, CancellationToken cancellationToken)
    {
        if (DataAddress.RunArtifact(address) is { } artifact)
        {
            var container = (await RunAsync(workspace, artifact.RunId, () => runs.GetWithOriginalAsync(workspace, artifact.RunId, cancellationToken)).ConfigureAwait(false)).ArtifactContainer;
            var place = new FileLocation(workspace, ArtifactStore, $"ExperimentRun/{container}/{artifact.Path}", container);
            return (place, artifact.RunId, artifact.Path.Trim('/').Length == 0 ? new RunTarget(workspace, artifact.RunId) : null);
        }

        if (DataAddress.NamedOutput(address) is { } output)
        {
            var run = await RunAsync(workspace, output.RunId, () => runs.GetAsync(workspace, output.RunId, cancellationToken)).ConfigureAwait(false);
            await foreach (var told in outputs.ResolveAsync(workspace, run, cancellationToken).ConfigureAwait(false))
            {
                if (told.Name == output.Output)
                {
                    var below = output.Path.Trim('/');
                    return below.Length == 0
                        ? (told.Location, output.RunId, new NamedOutputTarget(workspace, output.RunId, output.Output))
                        : (told.Location with { Path = $"{told.Location.Path.TrimEnd('/')}/{below}" }, output.RunId, null);
                }
            }

            throw new ProblemException("output.notFound", $"The run {output.RunId} has no output {output.Output}.") { Target = output.Output };
        }

        return DataAddress.InDatastore(address, workspace) is { } store
            ? (new FileLocation(store.Workspace, store.Datastore, store.Path, null), null, null)
            : throw new ProblemException("asset.invalidUri", "This is no place in a datastore and no output of a run.");
    }

    private static async Task<T> RunAsync<T>(WorkspaceRef workspace, string runId, Func<Task<T>> read)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (AzureServiceException exception) when (exception.Status == 404)
        {
            throw new ProblemException("run.notFound", $"There is no run {runId} in the workspace {workspace.Name}.", exception) { Target = runId };
        }
    }
}
