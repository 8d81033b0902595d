using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Changes.References;
using AmlDataTools.Core.Places;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Runs;

namespace AmlDataTools.Core.Changes.Planning;

/// <summary>
/// Finds where the data of runs lies: their folders in the artifact store and the default datastore, and named outputs that
/// were given another place. Outputs of a reused step are the original run's, and are not taken.
/// </summary>
internal sealed class RunPlaces(AzureConnection connection, RunReader runs, NamedOutputResolver outputs, AssetPlaces assets)
{
    private const string ArtifactStore = "workspaceartifactstore";

    // Up to so many runs are asked one by one, which finds everything; more are answered from lists.
    private const int OneByOne = 50;
    private const int Parallel = 8;

    // Codes asked for before their places are added.
    private const int Together = 256;

    /// <summary>Adds the places of all runs of the plan that are deleted with their data.</summary>
    public async Task AddAsync(PlanContext context, CancellationToken cancellationToken)
    {
        foreach (var group in context.Records.Where(r => r.Address.Kind == ResourceKind.Run && r.GivesData).GroupBy(r => r.Address.Workspace).ToList())
        {
            var members = group.ToList();
            await AddFoldersAsync(context, group.Key, members, cancellationToken).ConfigureAwait(false);
            var producers = members.Where(r => r.ReusedRunId is null).ToList();
            context.Tell("Looking for named outputs");
            if (producers.Count <= OneByOne)
            {
                await AddOneByOneAsync(context, group.Key, producers, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await AddFromListsAsync(context, group.Key, producers, cancellationToken).ConfigureAwait(false);
            }

            await AddCodesAsync(context, group.Key, producers, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task AddFoldersAsync(PlanContext context, WorkspaceRef workspace, List<PlannedRecord> members, CancellationToken cancellationToken)
    {
        var stores = await context.StoresAsync(workspace, cancellationToken).ConfigureAwait(false);
        if (stores.Of(ArtifactStore, string.Empty) is null)
        {
            context.Places.Add(new PlannedPlace(workspace, ArtifactStore, string.Empty, PlaceForm.Folder, default, "outputs and logs")
            {
                Refused = $"The datastore {ArtifactStore} is not in this workspace, so there is no way to the runs' outputs and logs.",
            });
        }

        foreach (var record in members)
        {
            var (files, zip, compute) = RunFolders.Artifacts(record.Address.Name);
            var (named, datasets) = RunFolders.Outputs(record.Address.Name);
            Add(ArtifactStore, files, PlaceForm.Folder, "outputs and logs");
            Add(ArtifactStore, zip, PlaceForm.Blob, "zip of outputs and logs");
            Add(ArtifactStore, compute, PlaceForm.Either, "record of the compute");
            if (stores.Default is { } store)
            {
                Add(store, named, PlaceForm.Folder, "named outputs");
                Add(store, datasets, PlaceForm.Folder, "named outputs (v1)");
            }

            void Add(string datastore, string path, PlaceForm form, string what)
            {
                if (stores.Of(datastore, path) is { } where)
                {
                    context.Places.Add(new PlannedPlace(workspace, datastore, path, form, where, what) { Owner = record, ChosenInRun = record.OnlyData ? record.Address.Name : null });
                }
            }
        }
    }

    private async Task AddOneByOneAsync(PlanContext context, WorkspaceRef workspace, List<PlannedRecord> producers, CancellationToken cancellationToken)
    {
        var found = new List<NamedOutputLocation>[producers.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken };
        await System.Threading.Tasks.Parallel.ForEachAsync(Enumerable.Range(0, producers.Count), options, async (index, stop) =>
        {
            var list = found[index] = [];
            try
            {
                var run = await runs.GetAsync(workspace, producers[index].Address.Name, stop).ConfigureAwait(false);
                await foreach (var output in outputs.ResolveAsync(workspace, run, stop).ConfigureAwait(false))
                {
                    list.Add(output);
                }
            }
            catch (AzureServiceException exception) when (exception.Status is 404 or 410)
            {
                // It went since the plan saw it; its folders are in the plan all the same.
            }
        }).ConfigureAwait(false);
        for (var index = 0; index < producers.Count; index++)
        {
            foreach (var output in found[index].Where(output => output.Source != NamedOutputSource.Assumed))
            {
                await AddOutputAsync(context, producers[index], output.Location.Workspace, output.Datastore, output.Path, output.Name, output.Kind, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>
    /// Code is stored once for all that use it, so it is only given up when nobody else does: see the scan of references. Which
    /// code a run has is told where the run is listed; where that code lies is asked once for each.
    /// </summary>
    private async Task AddCodesAsync(PlanContext context, WorkspaceRef workspace, List<PlannedRecord> producers, CancellationToken cancellationToken)
    {
        var client = connection.Workspace(workspace).Resources;
        foreach (var codes in producers.Where(run => run.Code is not null).GroupBy(run => run.Code ?? string.Empty, StringComparer.OrdinalIgnoreCase).Chunk(Together))
        {
            context.Tell("Looking for code");
            var addresses = new string?[codes.Length];
            var options = new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken };
            await System.Threading.Tasks.Parallel.ForEachAsync(
                Enumerable.Range(0, codes.Length), options, async (index, stop) => addresses[index] = await AddressOfCodeAsync(client, codes[index].Key, stop).ConfigureAwait(false)).ConfigureAwait(false);
            foreach (var (users, address) in codes.Zip(addresses))
            {
                if (address is null)
                {
                    continue;
                }

                var before = context.Places.Count;
                await assets.AddAsync(context, users.First(), workspace, address, PlaceForm.Either, "code of the run", cancellationToken).ConfigureAwait(false);
                foreach (var place in context.Places.Skip(before))
                {
                    place.CodeName = users.Key;
                    foreach (var user in users)
                    {
                        place.AddOther(user);
                    }
                }
            }
        }
    }

    private static async Task<string?> AddressOfCodeAsync(WorkspaceResources client, string name, CancellationToken cancellationToken)
    {
        try
        {
            return (await client.GetAsync(ResourcePath.Of("codes", name, "versions", "1"), cancellationToken).ConfigureAwait(false)).Properties?.Text("codeUri");
        }
        catch (Exception exception) when (exception is AzureServiceException { Status: 404 } or ArgumentException)
        {
            // A snapshot of the first version's kind, which the content service keeps where nobody else can reach it.
            return null;
        }
    }

    private async Task AddFromListsAsync(PlanContext context, WorkspaceRef workspace, List<PlannedRecord> producers, CancellationToken cancellationToken)
    {
        var client = connection.Workspace(workspace);
        var open = new Dictionary<string, PlannedRecord>(StringComparer.Ordinal);
        var assetsOf = new List<(PlannedRecord Record, string Name, string AssetId, string? Type)>();
        foreach (var record in producers)
        {
            if (record.Outputs is { } told)
            {
                assetsOf.AddRange(told.Select(o => (record, o.Name, o.AssetId, o.Type)));
            }
            else
            {
                open.Add(record.Address.Name, record);
            }
        }

        if (open.Count > 0)
        {
            // One list of all jobs instead of a question for each run, kept for the scan of references, which needs all of
            // them; steps are not in it and are asked for.
            if (context.Jobs.Remove(workspace, out var earlier))
            {
                earlier.Dispose();
            }

            var all = context.Jobs[workspace] = new JobReferences();
            await foreach (var job in client.Arm.ScanJobsAsync(ListView.All, cancellationToken).ConfigureAwait(false))
            {
                all.Add(job);
                if (job.Properties is not { } properties || !open.Remove(job.Name, out var record))
                {
                    continue;
                }

                foreach (var output in Members(properties.Child("outputs")))
                {
                    if (DataAddress.InDatastore(output.Value.Text("uri"), workspace) is { } place)
                    {
                        await AddOutputAsync(context, record, place.Workspace, place.Datastore, place.Path, output.Name, NamedOutputLocation.ReadKind(output.Value.Text("jobOutputType")), cancellationToken).ConfigureAwait(false);
                    }
                }
            }

            var gate = new Lock();
            var options = new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken };
            await System.Threading.Tasks.Parallel.ForEachAsync(open.Values, options, async (record, stop) =>
            {
                System.Text.Json.JsonElement data;
                try
                {
                    data = await client.RunHistory.GetRunDataAsync(record.Address.Name, definition: false, specification: false, stop).ConfigureAwait(false);
                }
                catch (AzureServiceException exception) when (exception.Status is 404 or 410)
                {
                    // It went since the plan saw it; its folders are in the plan all the same.
                    return;
                }

                var told = data.Child("runMetadata") is { } metadata ? new Azure.RunHistory.RunDocument(metadata).Outputs : [];
                lock (gate)
                {
                    assetsOf.AddRange(told.Select(o => (record, o.Name, o.AssetId, o.Type)));
                }
            }).ConfigureAwait(false);
        }

        foreach (var batch in assetsOf.Chunk(1000))
        {
            var data = await ResolveAsync(client.Data.BatchGetResolvedUrisAsync, [.. batch.Where(o => !IsModel(o.AssetId)).Select(o => o.AssetId)], cancellationToken).ConfigureAwait(false);
            var models = await ResolveAsync(client.Data.BatchGetResolvedModelUrisAsync, [.. batch.Where(o => IsModel(o.AssetId)).Select(o => o.AssetId)], cancellationToken).ConfigureAwait(false);
            foreach (var output in batch)
            {
                if ((data.TryGetValue(output.AssetId, out var asset) || models.TryGetValue(output.AssetId, out asset)) && DataAddress.InDatastore(asset.Uri, workspace) is { } place)
                {
                    await AddOutputAsync(context, output.Record, place.Workspace, place.Datastore, place.Path, output.Name, NamedOutputLocation.ReadKind(asset.Type ?? output.Type), cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    private async Task AddOutputAsync(
        PlanContext context, PlannedRecord record, WorkspaceRef workspace, string datastore, string path, string name, NamedOutputKind kind, CancellationToken cancellationToken)
    {
        // The run's own folders are in the plan already.
        if (RunFolders.RunOf(path.Trim('/')) == record.Address.Name)
        {
            return;
        }

        var form = kind switch { NamedOutputKind.UriFile => PlaceForm.Blob, NamedOutputKind.UriFolder => PlaceForm.Folder, _ => PlaceForm.Either };
        await assets.AddAsync(
            context, record, workspace, datastore, path, form, $"named output {name}", cancellationToken, record.OnlyData ? record.Address.Name : null, isName: false).ConfigureAwait(false);
    }

    private static async Task<IReadOnlyDictionary<string, Azure.Data.ResolvedAsset>> ResolveAsync(
        Func<IReadOnlyList<string>, CancellationToken, Task<IReadOnlyDictionary<string, Azure.Data.ResolvedAsset>>> resolve, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        try
        {
            return await resolve(ids, cancellationToken).ConfigureAwait(false);
        }
        catch (AzureServiceException exception) when (exception.Status == 404)
        {
            // Assets that are gone, or a workspace without this service.
            return new Dictionary<string, Azure.Data.ResolvedAsset>();
        }
    }

    private static bool IsModel(string assetId) => assetId.Contains("/models/", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<System.Text.Json.JsonProperty> Members(System.Text.Json.JsonElement? element) =>
        element is { ValueKind: System.Text.Json.JsonValueKind.Object } map ? map.EnumerateObject() : [];
}
