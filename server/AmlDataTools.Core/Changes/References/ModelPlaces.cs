using System.Collections.Concurrent;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.RunHistory;
using AmlDataTools.Core.Changes.Planning;
using AmlDataTools.Core.Places;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.Changes.References;

/// <summary>
/// From which runs the registered models of a workspace came, archived ones included: by the job a version names, and by where
/// its files lie. Read once for a plan; kept are the runs' names and the places, nothing else.
/// </summary>
internal sealed class ModelPlaces
{
    private const int Parallel = 8;
    private const string ArtifactStore = "workspaceartifactstore";

    private readonly HashSet<string> _runs = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _above = new(StringComparer.OrdinalIgnoreCase);
    private readonly PlaceIndex<StoragePlace> _places;

    private ModelPlaces(IEnumerable<string> runs, IEnumerable<StoragePlace> places)
    {
        _runs.UnionWith(runs);
        _places = new PlaceIndex<StoragePlace>(places.Select(place => (place, place)));
    }

    /// <summary>Whether a model came from this run, or from one below it that was seen.</summary>
    /// <param name="runId">The run.</param>
    public bool Has(string runId) => _runs.Contains(runId) || _above.Contains(runId);

    /// <summary>Whether a model lies at a place, in it, or around it.</summary>
    /// <param name="place">The place.</param>
    public bool Touch(StoragePlace place) => _places.Touched(place).Any();

    /// <summary>Notes of a run below another one what is above it, if a model came from it.</summary>
    /// <param name="run">The run.</param>
    public void Saw(RunDocument run)
    {
        if (_runs.Contains(run.RunId))
        {
            _above.UnionWith(new[] { run.ParentRunId, run.RootRunId }.OfType<string>());
        }
    }

    /// <summary>The address under which the artifacts of a model lie that SDK v1 registered; null when it has none in one place.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="assetId">The asset that holds them.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<string?> AddressOfAsync(AzureConnection connection, WorkspaceRef workspace, string assetId, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.Workspace(workspace).ModelAssets.GetPrefixAsync(assetId, cancellationToken).ConfigureAwait(false) is { } prefix ? $"aml://artifact/{prefix}" : null;
        }
        catch (Exception exception) when (exception is AzureServiceException { Status: 404 or 410 } or ArgumentException)
        {
            // A model whose artifacts are gone keeps nothing.
            return null;
        }
    }

    /// <summary>Reads them.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="lister">Lists models.</param>
    /// <param name="context">The plan, which knows the datastores.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="ProblemException"><c>change.modelsUnread</c>: not all could be read, so which runs have none cannot be told.</exception>
    public static async Task<ModelPlaces> ReadAsync(AzureConnection connection, ResourceLister lister, PlanContext context, WorkspaceRef workspace, CancellationToken cancellationToken)
    {
        context.Tell("Reading registered models");
        var runs = new ConcurrentBag<string>();
        var places = new ConcurrentBag<StoragePlace>();
        try
        {
            var stores = await context.StoresAsync(workspace, cancellationToken).ConfigureAwait(false);
            var options = new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken };
            await System.Threading.Tasks.Parallel.ForEachAsync(lister.ListAsync(workspace, ResourceKind.Model, null, ListView.All, cancellationToken), options, async (model, stop) =>
            {
                await foreach (var version in lister.ListAsync(workspace, ResourceKind.ModelVersion, model.Address.Name, ListView.All, stop).ConfigureAwait(false))
                {
                    if (version.Properties.Text("jobName") is { Length: > 0 } job)
                    {
                        runs.Add(job[(job.LastIndexOf('/') + 1)..]);
                    }

                    await AddAsync(version.Properties.Text("modelUri"), stop).ConfigureAwait(false);
                }
            }).ConfigureAwait(false);
            return new ModelPlaces(runs, places.Distinct());

            async Task AddAsync(string? address, CancellationToken stop)
            {
                if (DataAddress.AssetId(address) is { } asset)
                {
                    address = await AddressOfAsync(connection, workspace, asset, stop).ConfigureAwait(false);
                }

                address = DataAddress.ByWorkspaceId(address)?.Address ?? (DataAddress.Artifact(address) is { } artifact ? $"azureml://datastores/{artifact.Datastore}/paths/{artifact.Path}" : address);
                if ((DataAddress.RunArtifact(address)?.RunId ?? DataAddress.NamedOutput(address)?.RunId) is { } run)
                {
                    runs.Add(run);
                }

                if (DataAddress.InDatastore(address, workspace) is { } place)
                {
                    // Some writers escape the path, some do not: both readings count.
                    var map = place.Workspace == workspace ? stores : await context.StoresAsync(place.Workspace, stop).ConfigureAwait(false);
                    foreach (var path in new[] { place.Path, Uri.UnescapeDataString(place.Path) }.Distinct(StringComparer.Ordinal))
                    {
                        AddPlace(map.Of(place.Datastore, path));
                    }
                }
                else
                {
                    AddPlace(DataAddress.InAccount(address)?.Folded);
                }
            }

            // A file of a run that has no place of its own in the plan still is the run's.
            void AddPlace(StoragePlace? found)
            {
                if (found is not { } where)
                {
                    return;
                }

                places.Add(where);
                var isRuns = new[] { ArtifactStore, stores.Default }.OfType<string>().Any(store => stores.Of(store, string.Empty)?.Container == where.Container);
                if (isRuns && RunFolders.OwnerOf(where.Path) is { } owner)
                {
                    runs.Add(owner);
                }
            }
        }
        catch (Exception exception) when (exception is AzureServiceException or ForeignHostException or ProblemException)
        {
            var problem = ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Workspace, workspace.Name));
            throw new ProblemException("change.modelsUnread", $"Which runs have a registered model cannot be told, because not all models of {workspace.Name} could be read. {problem.Message}", exception)
            {
                Retryable = problem.Retryable,
                CorrelationId = problem.CorrelationId,
                Actions = problem.Actions,
            };
        }
    }
}
