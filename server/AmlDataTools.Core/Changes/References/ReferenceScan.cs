using System.Text.Json;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.V1;
using AmlDataTools.Core.Changes.Planning;
using AmlDataTools.Core.Places;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.Changes.References;

/// <summary>
/// Finds out who in a workspace refers to the places and assets of a plan: models, data assets, datasets, code, jobs,
/// deployments, and the runs in whose folders places lie. Read once for a plan, as a stream: only what touches the plan is
/// kept. What cannot be read is noted, so that the data is kept.
/// </summary>
internal sealed class ReferenceScan(AzureConnection connection, ResourceLister lister, PlanContext context, WorkspaceRef workspace)
{
    private const int Parallel = 8;

    private readonly Lock _lock = new();
    private PlaceIndex<PlannedPlace> _places = new([]);
    private Dictionary<AssetName, PlannedRecord> _assets = [];
    private ILookup<PlannedRecord, PlannedPlace> _placesOf = Array.Empty<PlannedPlace>().ToLookup(p => p.Owner ?? throw new InvalidOperationException());
    private ILookup<string, PlannedPlace> _codes = Array.Empty<PlannedPlace>().ToLookup(p => p.Path);
    private StoreMap? _stores;

    /// <summary>Records of the plan to which somebody outside it refers.</summary>
    public HashSet<PlannedRecord> Referred { get; } = [];

    /// <summary>Records of the plan that a deployment or schedule outside it works with.</summary>
    public HashSet<PlannedRecord> AtWork { get; } = [];

    /// <summary>Reads everything, and notes on the places who shares them.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var places = context.Places.Where(place => place.Refused is null).ToList();
        _places = new PlaceIndex<PlannedPlace>(places.Select(place => (place.Where, place)));
        _placesOf = places.Where(place => place.Owner is not null).ToLookup(place => place.Owner ?? throw new InvalidOperationException());
        _codes = places.Where(place => place.CodeName is not null).ToLookup(place => place.CodeName ?? string.Empty, StringComparer.OrdinalIgnoreCase);
        _assets = context.Records.Where(record => record.Address.Workspace == workspace).GroupBy(NameOf).ToDictionary(group => group.Key, group => group.First());
        _stores = await context.StoresAsync(workspace, cancellationToken).ConfigureAwait(false);
        context.Tell("Looking for who else uses the data");
        await Task.WhenAll(
            TryAsync("models", ModelsAsync, cancellationToken),
            TryAsync("data assets", DataAsync, cancellationToken),
            TryAsync("datasets", DatasetsAsync, cancellationToken),
            TryAsync("code", CodeAsync, cancellationToken),
            TryAsync("jobs", JobsAsync, cancellationToken),
            TryAsync("deployments", DeploymentsAsync, cancellationToken),
            TryAsync("schedules", SchedulesAsync, cancellationToken),
            places.Exists(place => place.CodeName is not null) ? TryAsync("components", ComponentsAsync, cancellationToken) : Task.CompletedTask,
            TryAsync("runs", token => new ReuseScan(connection, context, workspace).RunAsync(places, Needed, token), cancellationToken),
            OwnersAsync(places, cancellationToken)).ConfigureAwait(false);
    }

    private static AssetName NameOf(PlannedRecord record) => new(record.Address.Kind, record.Address.Name, record.Address.Child);

    private Task ModelsAsync(CancellationToken cancellationToken) => VersionsAsync(ResourceKind.Model, ResourceKind.ModelVersion, "modelUri", cancellationToken);

    private Task DataAsync(CancellationToken cancellationToken) => VersionsAsync(ResourceKind.DataAsset, ResourceKind.DataVersion, "dataUri", cancellationToken);

    private async Task VersionsAsync(ResourceKind container, ResourceKind version, string member, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken };
        await System.Threading.Tasks.Parallel.ForEachAsync(lister.ListAsync(workspace, container, null, ListView.All, cancellationToken), options, async (outer, stop) =>
        {
            await foreach (var item in lister.ListAsync(workspace, version, outer.Address.Name, ListView.All, stop).ConfigureAwait(false))
            {
                var holder = new Holder(item.Address, $"{ResourceCatalog.Of(version).Singular} {item.Address.Text}") { HasNames = version == ResourceKind.ModelVersion };
                await ReferAsync(holder, item.Properties.Text(member), stop).ConfigureAwait(false);
                if (item.Properties.Text("jobName") is { Length: > 0 } maker)
                {
                    Made(holder, maker);
                }
            }
        }).ConfigureAwait(false);
    }

    private async Task DatasetsAsync(CancellationToken cancellationToken)
    {
        await foreach (var dataset in lister.ListAsync(workspace, ResourceKind.Dataset, null, ListView.All, cancellationToken).ConfigureAwait(false))
        {
            foreach (var path in new DatasetDocument(dataset.Raw).DataPaths)
            {
                if (_stores?.Of(path.Datastore, DataAddress.WithoutWildcards(path.Path)) is { } place)
                {
                    Touch(new Holder(dataset.Address, $"dataset {dataset.Address.Name}"), place);
                }
            }
        }
    }

    private async Task CodeAsync(CancellationToken cancellationToken)
    {
        var client = connection.Workspace(workspace).Resources;
        var options = new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken };
        await System.Threading.Tasks.Parallel.ForEachAsync(client.ListAsync(ResourcePath.Of("codes"), [], cancellationToken), options, async (code, stop) =>
        {
            await foreach (var version in client.ListAsync(ResourcePath.Of("codes", code.Name, "versions"), [], stop).ConfigureAwait(false))
            {
                await ReferAsync(new Holder(null, $"code {code.Name}:{version.Name}") { Code = code.Name }, version.Properties?.Text("codeUri"), stop).ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
    }

    private async Task ComponentsAsync(CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken };
        await System.Threading.Tasks.Parallel.ForEachAsync(lister.ListAsync(workspace, ResourceKind.Component, null, ListView.All, cancellationToken), options, async (outer, stop) =>
        {
            await foreach (var item in lister.ListAsync(workspace, ResourceKind.ComponentVersion, outer.Address.Name, ListView.All, stop).ConfigureAwait(false))
            {
                await WalkAsync(new Holder(item.Address, $"component version {item.Address.Text}"), item.Properties, stop).ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
    }

    private async Task JobsAsync(CancellationToken cancellationToken)
    {
        if (context.Jobs.TryGetValue(workspace, out var known))
        {
            foreach (var (name, displayName, addresses) in known.Read())
            {
                cancellationToken.ThrowIfCancellationRequested();
                var holder = JobHolder(name, displayName);
                foreach (var address in addresses)
                {
                    await ReferAsync(holder, address, cancellationToken).ConfigureAwait(false);
                }
            }

            return;
        }

        await foreach (var job in connection.Workspace(workspace).Arm.ScanJobsAsync(ListView.All, cancellationToken).ConfigureAwait(false))
        {
            await WalkAsync(JobHolder(job.Name, job.DisplayName), job.Properties ?? default, cancellationToken).ConfigureAwait(false);
        }
    }

    private Holder JobHolder(string name, string? displayName) => new(
        new ResourceAddress(workspace, ResourceKind.Run, name, null),
        string.IsNullOrWhiteSpace(displayName) || displayName == name ? $"run {name}" : $"run {displayName} ({name})");

    private async Task DeploymentsAsync(CancellationToken cancellationToken)
    {
        foreach (var (endpoint, deployment) in new[] { (ResourceKind.OnlineEndpoint, ResourceKind.OnlineDeployment), (ResourceKind.BatchEndpoint, ResourceKind.BatchDeployment) })
        {
            await foreach (var outer in lister.ListAsync(workspace, endpoint, null, ListView.All, cancellationToken).ConfigureAwait(false))
            {
                await foreach (var item in lister.ListAsync(workspace, deployment, outer.Address.Name, ListView.All, cancellationToken).ConfigureAwait(false))
                {
                    await WalkAsync(new Holder(item.Address, $"{ResourceCatalog.Of(deployment).Singular} {item.Address.Text}"), item.Properties, cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    private async Task SchedulesAsync(CancellationToken cancellationToken)
    {
        await foreach (var item in lister.ListAsync(workspace, ResourceKind.Schedule, null, ListView.All, cancellationToken).ConfigureAwait(false))
        {
            await WalkAsync(new Holder(item.Address, $"schedule {item.Address.Name}"), item.Properties, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A place in a run's own folder belongs to that run too, whoever was made of it.</summary>
    private async Task OwnersAsync(List<PlannedPlace> places, CancellationToken cancellationToken)
    {
        var foreign = new Dictionary<string, List<PlannedPlace>>(StringComparer.Ordinal);
        foreach (var place in places.Where(place => place.Workspace == workspace))
        {
            if (place.Where.IsShare || RunFolders.OwnerOf(place.Path) is not { } run || run == place.ChosenInRun)
            {
                continue;
            }

            if (context.Find(new ResourceAddress(workspace, ResourceKind.Run, run, null)) is { IsOffered: false } planned && (planned.IsDone || planned is { OnlyData: true, GivesData: true }))
            {
                lock (_lock)
                {
                    place.AddOther(planned);
                }

                continue;
            }

            if (!foreign.TryGetValue(run, out var list))
            {
                foreign.Add(run, list = []);
            }

            list.Add(place);
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken };
        await System.Threading.Tasks.Parallel.ForEachAsync(foreign, options, (owner, stop) => new ValueTask(TryAsync($"run {owner.Key}", async token =>
        {
            try
            {
                await connection.Workspace(workspace).RunHistory.GetRunAsync(owner.Key, token).ConfigureAwait(false);
            }
            catch (AzureServiceException exception) when (exception.Status == 404)
            {
                return;
            }

            lock (_lock)
            {
                foreach (var place in owner.Value)
                {
                    Share(place, $"run {owner.Key}, in whose folder it lies");
                }
            }
        }, stop))).ConfigureAwait(false);
    }

    private async Task WalkAsync(Holder holder, JsonElement element, CancellationToken cancellationToken)
    {
        foreach (var text in JobReferences.In(element))
        {
            await ReferAsync(holder, text, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ReferAsync(Holder holder, string? text, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(text))
        {
            return;
        }

        if (DataAddress.AssetId(text) is { } model)
        {
            text = await ModelPlaces.AddressOfAsync(connection, workspace, model, cancellationToken).ConfigureAwait(false) ?? text;
        }

        // Whose id it is does not matter here: a reference too many keeps data, one too few deletes it.
        text = DataAddress.ByWorkspaceId(text)?.Address ?? (DataAddress.Artifact(text) is { } artifact ? $"azureml://datastores/{artifact.Datastore}/paths/{artifact.Path}" : text);
        if (DataAddress.InDatastore(text, workspace) is { } place)
        {
            if (await StoresOfAsync(place.Workspace, cancellationToken).ConfigureAwait(false) is { } stores)
            {
                // Some writers escape the path, some do not: both readings count.
                foreach (var path in new[] { place.Path, Uri.UnescapeDataString(place.Path) }.Distinct(StringComparer.Ordinal))
                {
                    if (stores.Of(place.Datastore, holder.HasNames ? path : DataAddress.WithoutWildcards(path)) is { } where)
                    {
                        Touch(holder, where);
                    }
                }
            }
        }
        else if (DataAddress.NamedOutput(text) is { } output)
        {
            foreach (var root in new[] { "azureml", "dataset" })
            {
                if (_stores?.Default is { } store && _stores.Of(store, $"{root}/{output.RunId}/{output.Output}/{output.Path}") is { } where)
                {
                    Touch(holder, where);
                }
            }
        }
        else if (DataAddress.InAccount(text) is { } direct)
        {
            Touch(holder, holder.HasNames ? direct : direct with { Path = DataAddress.WithoutWildcards(direct.Path).Trim('/') });
        }
        else if (AssetNames.Code(text) is { } code)
        {
            foreach (var used in _codes[code])
            {
                Note(holder, used);
            }
        }
        else if (AssetNames.Parse(text, workspace) is { } asset)
        {
            Name(holder, asset);
        }
        else if (AssetNames.Short(text) is { } named)
        {
            Name(holder, new AssetName(ResourceKind.ModelVersion, named.Name, named.Version));
            Name(holder, new AssetName(ResourceKind.DataVersion, named.Name, named.Version));
        }
    }

    private async Task<StoreMap?> StoresOfAsync(WorkspaceRef other, CancellationToken cancellationToken)
    {
        if (other == workspace)
        {
            return _stores;
        }

        try
        {
            return await context.StoresAsync(other, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is AzureServiceException or ForeignHostException)
        {
            // Its datastores are not known, so neither is whether they lead to the same account.
            context.NotRead(workspace, $"the datastores of the workspace {other.Name}");
            return null;
        }
    }

    private void Touch(Holder holder, StoragePlace told)
    {
        var where = told.Folded;
        foreach (var place in _places.Touched(where))
        {
            Note(holder, place);
        }
    }

    private void Name(Holder holder, AssetName asset)
    {
        if (_assets.TryGetValue(asset, out var record) || (asset.Version is not null && Container(asset) is { } container && _assets.TryGetValue(container, out record)))
        {
            if (InPlan(holder) is null)
            {
                lock (_lock)
                {
                    Referred.Add(record);
                    if (holder.Address?.Kind is ResourceKind.OnlineDeployment or ResourceKind.BatchDeployment or ResourceKind.Schedule)
                    {
                        AtWork.Add(record);
                    }
                }
            }

            foreach (var place in _placesOf[record])
            {
                Note(holder, place);
            }
        }
    }

    /// <summary>A model names the run that made it; that says nothing about data.</summary>
    private void Made(Holder holder, string runId)
    {
        if (_assets.TryGetValue(new AssetName(ResourceKind.Run, runId, null), out var record) && InPlan(holder) is null)
        {
            lock (_lock)
            {
                Referred.Add(record);
            }
        }
    }

    private static AssetName? Container(AssetName asset) => ResourcePlaces.ContainerOf(asset.Kind) is { } kind ? new AssetName(kind, asset.Name, null) : null;

    private void Note(Holder holder, PlannedPlace place)
    {
        var planned = InPlan(holder);
        lock (_lock)
        {
            if (planned is not null)
            {
                place.AddOther(planned);
            }
            else if (holder.Code is not null && string.Equals(holder.Code, place.CodeName, StringComparison.OrdinalIgnoreCase))
            {
                // The record of the very code: nobody sees it but those who use it, and they are looked for.
            }
            else if (holder.Address is not { } address || address.Kind != ResourceKind.Run || address.Name != place.ChosenInRun)
            {
                Share(place, holder.Text);
            }
        }
    }

    private void Needed(PlannedPlace place, string runId, string who) => Note(new Holder(new ResourceAddress(workspace, ResourceKind.Run, runId, null), who), place);

    private void Share(PlannedPlace place, string who)
    {
        place.AddSharer(who);
        if (place.CodeName is not null)
        {
            // Many runs may have code in common, which says nothing of each.
            return;
        }

        foreach (var record in place.Owner is { } owner ? place.Others.Prepend(owner) : place.Others)
        {
            Referred.Add(record);
        }
    }

    /// <summary>The record of the plan that the holder is or is in; null when it stays.</summary>
    private PlannedRecord? InPlan(Holder holder)
    {
        if (holder.Address is not { } address)
        {
            return null;
        }

        var record = context.Find(address)
            ?? (ResourcePlaces.ContainerOf(address.Kind) is { } container ? context.Find(address with { Kind = container, Child = null }) : null);
        return record is { GivesData: true, IsOffered: false } ? record : null;
    }

    private async Task TryAsync(string what, Func<CancellationToken, Task> read, CancellationToken cancellationToken)
    {
        try
        {
            await read(cancellationToken).ConfigureAwait(false);
        }
        catch (ProblemException problem) when (problem.Code == ResourceLister.ServiceAbsent)
        {
            // A workspace without the service has nothing there that could refer to anything.
        }
        catch (Exception exception) when (!(exception is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            context.NotRead(workspace, $"{what} ({ProblemMapper.From(exception, ProblemContext.None).Code})");
        }
    }

    /// <summary>Who refers.</summary>
    private sealed record Holder(ResourceAddress? Address, string Text)
    {
        /// <summary>The code asset that it is; null for everything else.</summary>
        public string? Code { get; init; }

        /// <summary>Whether its addresses are names letter by letter, never patterns: a model's.</summary>
        public bool HasNames { get; init; }
    }
}
