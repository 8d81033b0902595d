using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Explorer.Nodes;
using AmlDataTools.Core.Places;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Runs;
using AmlDataTools.Core.Storage;

namespace AmlDataTools.Core.Notebooks;

/// <summary>
/// Looks references up in a workspace. A few requests at once; what was read is kept for a minute. "Missing" is said only
/// of a workspace that answers: where it cannot be read, the whole question fails.
/// </summary>
public sealed class AssetDescriber
{
    /// <summary>References looked up in one call.</summary>
    public const int MaxAssets = 200;

    private const int Parallel = 6;
    private const int VersionsTold = 20;
    private const int MaxRemembered = 500;

    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    private readonly ResourceLister _lister;
    private readonly IPlaceMeter _meter;
    private readonly PlaceDescriber _places;
    private readonly Func<WorkspaceRef, string, CancellationToken, Task<WorkspaceRef>> _registries;
    private readonly StudioLinks _studio;
    private readonly TimeProvider _time;
    private readonly Func<WorkspaceRef, CancellationToken, Task> _reach;
    private readonly Lock _gate = new();
    private readonly Dictionary<(WorkspaceRef, NotebookAsset), (DateTimeOffset Read, AssetDescription Answer)> _remembered = [];

    /// <summary>Makes it.</summary>
    /// <param name="connection">The cloud and the sign-in.</param>
    /// <param name="meter">Looks at places, for sizes.</param>
    /// <param name="runs">Reads runs.</param>
    /// <param name="outputs">Finds named outputs.</param>
    /// <param name="time">The clock.</param>
    internal AssetDescriber(AzureConnection connection, IPlaceMeter meter, RunReader runs, NamedOutputResolver outputs, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(connection);
        _lister = new ResourceLister(connection);
        _meter = meter;
        _places = new PlaceDescriber(runs, outputs, meter);
        _registries = (workspace, name, token) => connection.Workspace(workspace).Registries.FindAsync(name, token);
        _time = time;
        _studio = new StudioLinks(connection.Cloud.PortalUrl);
        _reach = (workspace, token) => connection.Workspace(workspace).Arm.GetWorkspaceAsync(token);
    }

    /// <summary>Looks references up; the answers are in their order.</summary>
    /// <param name="workspace">The workspace, for references that name none.</param>
    /// <param name="assets">The references, at most <see cref="MaxAssets"/>.</param>
    /// <param name="fresh">Whether what is remembered does not count.</param>
    /// <param name="cancellationToken">Stops looking.</param>
    /// <exception cref="ProblemException">The workspace cannot be read; then nothing is known of any.</exception>
    public async Task<IReadOnlyList<AssetDescription>> DescribeAsync(WorkspaceRef workspace, IReadOnlyList<NotebookAsset> assets, bool fresh, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(assets);
        if (assets.Count > MaxAssets)
        {
            throw new ProblemException("notebook.tooMany", $"More than {MaxAssets} references cannot be looked up at once.");
        }

        var answers = new AssetDescription[assets.Count];
        try
        {
            var groups = assets.Select((asset, index) => (asset, index)).GroupBy(pair => pair.asset);
            await System.Threading.Tasks.Parallel.ForEachAsync(
                groups, new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken },
                async (group, token) =>
                {
                    var answer = await LookAsync(In(workspace, group.Key), group.Key, fresh, token).ConfigureAwait(false);
                    foreach (var (_, index) in group)
                    {
                        answers[index] = answer;
                    }
                }).ConfigureAwait(false);

            // A workspace that is gone has nothing in it; that says nothing of the references.
            if (answers.Any(answer => answer.State == AssetState.Missing))
            {
                foreach (var named in assets.Where((_, index) => answers[index].State == AssetState.Missing).Select(asset => In(workspace, asset)).Distinct())
                {
                    await _reach(named, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Workspace, workspace.Name, workspace.ResourceId));
        }

        Remember(workspace, assets, answers);
        return answers;
    }

    /// <summary>Drops what is remembered.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _remembered.Clear();
        }
    }

    private static WorkspaceRef In(WorkspaceRef atHand, NotebookAsset asset)
        => asset.Workspace is { } named && !(Same(named.SubscriptionId, atHand.SubscriptionId) && Same(named.ResourceGroup, atHand.ResourceGroup) && Same(named.Name, atHand.Name))
            ? new WorkspaceRef(named.SubscriptionId, named.ResourceGroup, named.Name, Same(named.SubscriptionId, atHand.SubscriptionId) ? atHand.TenantId : null)
            : atHand;

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);

    private void Remember(WorkspaceRef workspace, IReadOnlyList<NotebookAsset> assets, IReadOnlyList<AssetDescription> answers)
    {
        lock (_gate)
        {
            if (_remembered.Count + assets.Count > MaxRemembered)
            {
                _remembered.Clear();
            }

            var now = _time.GetUtcNow();
            for (var index = 0; index < assets.Count; index++)
            {
                var key = (In(workspace, assets[index]), assets[index]);
                if (!_remembered.TryGetValue(key, out var known) || known.Answer != answers[index])
                {
                    _remembered[key] = (now, answers[index]);
                }
            }
        }
    }

    private async Task<AssetDescription> LookAsync(WorkspaceRef workspace, NotebookAsset asset, bool fresh, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!fresh && _remembered.TryGetValue((workspace, asset), out var known) && _time.GetUtcNow() - known.Read < Memory)
            {
                return known.Answer;
            }
        }

        return asset.Kind == NotebookAssetKind.Place && workspace.IsRegistry ? new AssetDescription(AssetState.Unknown, [], [], $"{workspace.Name} is a registry, which has no datastores and no runs. Choose a workspace for this folder.")
            : asset.Kind == NotebookAssetKind.Place ? await _places.DescribeAsync(workspace, asset.Name, cancellationToken).ConfigureAwait(false)
            : asset.Registry is { } registry ? await LookInRegistryAsync(workspace, registry, asset, cancellationToken).ConfigureAwait(false)
            : await LookAsync(workspace, asset, cancellationToken).ConfigureAwait(false);
    }

    private async Task<AssetDescription> LookInRegistryAsync(WorkspaceRef workspace, string name, NotebookAsset asset, CancellationToken cancellationToken)
    {
        if (workspace.IsRegistry)
        {
            return workspace.Name.Equals(name, StringComparison.OrdinalIgnoreCase) ? await LookAsync(workspace, asset, cancellationToken).ConfigureAwait(false)
                : new AssetDescription(AssetState.Unknown, [], [], $"This folder belongs to the registry {workspace.Name}. Choose a workspace to look into {name}.");
        }

        WorkspaceRef registry;
        try
        {
            registry = await _registries(workspace, name, cancellationToken).ConfigureAwait(false);
        }
        catch (AzureServiceException exception) when (exception.Status == 404 && !exception.HasCode("ResourceNotFound"))
        {
            return new AssetDescription(AssetState.Missing, [], [], $"There is no registry {name}.");
        }

        try
        {
            return await LookAsync(registry, asset, cancellationToken).ConfigureAwait(false);
        }
        catch (AzureServiceException exception) when (exception.Status is 401 or 403)
        {
            // That one may not read a registry says nothing of what is in it, nor of the workspace.
            return new AssetDescription(AssetState.Unknown, [], [], ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Registry, name)).Message);
        }
    }

    private async Task<AssetDescription> LookAsync(WorkspaceRef workspace, NotebookAsset asset, CancellationToken cancellationToken)
    {
        var found = new List<FoundAsset>();
        var versions = new List<string>();
        foreach (var kind in asset.Kind == NotebookAssetKind.Any ? [NotebookAssetKind.Model, NotebookAssetKind.Data] : new[] { asset.Kind })
        {
            var (one, names) = await FindAsync(workspace, kind, asset, cancellationToken).ConfigureAwait(false);
            versions.AddRange(names);
            if (one is not null)
            {
                found.Add(await DescribeAsync(one, kind, cancellationToken).ConfigureAwait(false));
            }
        }

        if (found.Count == 0 && asset.Kind == NotebookAssetKind.Data && !workspace.IsRegistry && await DatasetAsync(workspace, asset.Name, cancellationToken).ConfigureAwait(false) is { } dataset)
        {
            found.Add(await DescribeAsync(dataset, NotebookAssetKind.Data, cancellationToken).ConfigureAwait(false));
        }

        if (found.Count > 0)
        {
            return new AssetDescription(AssetState.Found, found, [.. versions.Distinct()], null);
        }

        // The same form names environments and components.
        if (asset.Kind == NotebookAssetKind.Any && await OtherAsync(workspace, asset, cancellationToken).ConfigureAwait(false) is { } other)
        {
            return new AssetDescription(AssetState.Unknown, [], [], $"It is {other}, which is not downloaded.");
        }

        var what = asset.Kind switch { NotebookAssetKind.Model => "model", NotebookAssetKind.Data => "data asset", _ => "model or data asset" };
        var where = workspace.IsRegistry ? $"the registry {workspace.Name}" : $"the workspace {workspace.Name}";
        return new AssetDescription(AssetState.Missing, [], versions, versions.Count == 0
            ? $"There is no {what} {asset.Name} in {where}."
            : $"There is no version {asset.Version ?? asset.Label} of {asset.Name} in {where}.");
    }

    private async Task<(ListedResource? Found, IReadOnlyList<string> Versions)> FindAsync(WorkspaceRef workspace, NotebookAssetKind kind, NotebookAsset asset, CancellationToken cancellationToken)
    {
        var listed = kind == NotebookAssetKind.Model ? ResourceKind.ModelVersion : ResourceKind.DataVersion;
        if (!ResourcePlaces.CanAddress(new ResourceAddress(workspace, listed, asset.Name, asset.Version ?? "1")))
        {
            return (null, []);
        }

        var page = await NothingIfMissingAsync(() => _lister.PageAsync(workspace, listed, asset.Name, ListView.ActiveOnly, null, cancellationToken)).ConfigureAwait(false);
        IReadOnlyList<string> names = page is null ? [] : [.. page.Items.Take(VersionsTold).Select(item => item.Label)];
        if (asset.Version is null)
        {
            var labelled = page?.Items.FirstOrDefault(item => asset.Label == NotebookAsset.Latest || item.State?.Equals(asset.Label, StringComparison.OrdinalIgnoreCase) == true);
            return (labelled, names);
        }

        // An archived version is not in the list, and may be far down a long one.
        return (page?.Items.FirstOrDefault(item => item.Label == asset.Version)
            ?? await NothingIfMissingAsync(() => _lister.GetAsync(new ResourceAddress(workspace, listed, asset.Name, asset.Version), null, cancellationToken)).ConfigureAwait(false), names);
    }

    private async Task<ListedResource?> DatasetAsync(WorkspaceRef workspace, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await NothingIfMissingAsync(() => _lister.GetAsync(new ResourceAddress(workspace, ResourceKind.Dataset, name, null), null, cancellationToken)).ConfigureAwait(false);
        }
        catch (ProblemException exception) when (exception.Code == ResourceLister.ServiceAbsent)
        {
            return null;
        }
    }

    private async Task<string?> OtherAsync(WorkspaceRef workspace, NotebookAsset asset, CancellationToken cancellationToken)
    {
        foreach (var (container, text) in ((ResourceKind, string)[])[(ResourceKind.Environment, "an environment"), (ResourceKind.Component, "a component")])
        {
            var address = new ResourceAddress(workspace, container, asset.Name, null);
            if (await NothingIfMissingAsync(() => _lister.GetAsync(address, null, cancellationToken)).ConfigureAwait(false) is not null)
            {
                return text;
            }
        }

        return null;
    }

    private async Task<FoundAsset> DescribeAsync(ListedResource item, NotebookAssetKind kind, CancellationToken cancellationToken)
    {
        var address = item.Address;
        var properties = item.Properties;
        var uri = properties.Text(kind == NotebookAssetKind.Model ? "modelUri" : "dataUri");
        var size = await SizeAsync(address, uri, cancellationToken).ConfigureAwait(false);
        return new FoundAsset(
            kind, address.Name, address.Child,
            ResourceNodes.CanShow(item) && ResourcePlaces.CanAddress(address, item.ServiceId) ? NodeTargets.Format(new ResourceTarget(address, item.ServiceId)) : null,
            properties.Text(kind == NotebookAssetKind.Model ? "modelType" : "dataType"), address.Kind == ResourceKind.ModelVersion ? item.State : null,
            properties.Text("description") is { Length: > 0 } description ? description : null,
            size?.Bytes, item.Tags,
            properties.Text("jobName") is { Length: > 0 } job ? job : DataAddress.NamedOutput(uri)?.RunId ?? DataAddress.RunArtifact(uri)?.RunId,
            item.Created, item.CreatedBy, item.IsArchived, _studio.Resource(address, item.ServiceId, null), size?.Files, size?.HasMore == true);
    }

    // One page; what is larger is listed when a download is planned, and its size shown before it starts.
    private async Task<PlaceSize?> SizeAsync(ResourceAddress address, string? uri, CancellationToken cancellationToken)
    {
        var place = address.Workspace.IsRegistry && ResourcePlaces.PathOf(address) is { } version && DataAddress.InAccount(uri) is { } direct
            ? new FileLocation(address.Workspace, version.ToString(), direct.Path, null)
            : DataAddress.InDatastore(uri, address.Workspace) is { } store && store.Path.Length > 0 ? new FileLocation(store.Workspace, store.Datastore, store.Path, null) : null;
        if (place is null)
        {
            return null;
        }

        try
        {
            return await _meter.MeasureAsync(place, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Storage that cannot be read says nothing of the record; the download will tell why.
            return null;
        }
    }

    private static async Task<T?> NothingIfMissingAsync<T>(Func<Task<T>> read)
        where T : class
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (AzureServiceException exception) when (exception.Status == 404)
        {
            return null;
        }
    }
}
