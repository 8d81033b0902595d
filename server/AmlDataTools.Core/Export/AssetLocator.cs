using AmlDataTools.Azure;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Places;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Runs;
using AmlDataTools.Core.Storage;

namespace AmlDataTools.Core.Export;

/// <summary>Finds from which datastore and path an asset's files are read. No other host is ever asked.</summary>
internal sealed class AssetLocator(AzureConnection connection, RunReader runs, NamedOutputResolver outputs, Func<WorkspaceRef, CancellationToken, Task<StoreMap>> stores)
{
    private readonly RegistryLocator _registries = new(connection);

    /// <summary>The place an asset's record names.</summary>
    /// <exception cref="ProblemException"><c>asset.*</c>: there is no place, or none that is read from here.</exception>
    public async Task<AssetPlace> FindAsync(ChosenAsset asset, string? address, PlaceForm form, CancellationToken cancellationToken)
    {
        var workspace = asset.Item.Address.Workspace;
        if (await _registries.FindAsync(asset, address, form, cancellationToken).ConfigureAwait(false) is { } shared)
        {
            return shared;
        }

        if (DataAddress.AssetId(address) is { } id)
        {
            address = await connection.Workspace(workspace).ModelAssets.GetPrefixAsync(id, cancellationToken).ConfigureAwait(false) is { } prefix ? $"aml://artifact/{prefix}" : null;
        }

        var place = await FindAsync(workspace, address, form, cancellationToken).ConfigureAwait(false) ?? throw await RefusalAsync(asset, address, cancellationToken).ConfigureAwait(false);

        // A model's address is a name letter by letter, that of data may be a pattern.
        return place with { IsPattern = asset.Item.Address.Kind == ResourceKind.DataVersion && place.Path.AsSpan().ContainsAny('*', '?') };
    }

    /// <summary>The place an address names; null when no datastore of the workspace leads there.</summary>
    public async Task<AssetPlace?> FindAsync(WorkspaceRef workspace, string? address, PlaceForm form, CancellationToken cancellationToken)
    {
        // A registry has no datastores: what its tables name elsewhere is not reached.
        if (workspace.IsRegistry)
        {
            return null;
        }

        if (DataAddress.Artifact(address) is { } artifact)
        {
            return new AssetPlace(workspace, artifact.Datastore, artifact.Path, form, false, null);
        }

        if (DataAddress.ByWorkspaceId(address) is { } byId)
        {
            var document = await connection.Workspace(workspace).Arm.GetWorkspaceAsync(cancellationToken).ConfigureAwait(false);
            return byId.WorkspaceId.Equals(document.WorkspaceId, StringComparison.OrdinalIgnoreCase)
                ? await FindAsync(workspace, byId.Address, form, cancellationToken).ConfigureAwait(false)
                : null;
        }

        if (IsForeign(address))
        {
            return null;
        }

        var found = await FoundPlace.OfAsync(address, workspace, stores, cancellationToken).ConfigureAwait(false);
        if (found is not { Datastore: { Length: > 0 } datastore })
        {
            return null;
        }

        var place = new AssetPlace(found.Workspace, datastore, found.Path, form, false, DataAddress.RunArtifact(address)?.RunId ?? found.Output?.RunId);
        return found.Output is { } output ? await OutputAsync(place, output, DataAddress.NamedOutput(address)?.Path ?? string.Empty, cancellationToken).ConfigureAwait(false) : place;
    }

    /// <summary>Of a step that reused earlier results, the same place of the run that wrote them; null for all others.</summary>
    public async Task<AssetPlace?> OriginalAsync(AssetPlace place, CancellationToken cancellationToken)
    {
        if (place.RunId is not { } runId || !place.Path.StartsWith($"ExperimentRun/dcid.{runId}/", StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            var run = await runs.GetWithOriginalAsync(place.Workspace, runId, cancellationToken).ConfigureAwait(false);
            return run.ArtifactContainer == $"dcid.{runId}" ? null : place with { Path = $"ExperimentRun/{run.ArtifactContainer}/{place.Path[$"ExperimentRun/dcid.{runId}/".Length..]}" };
        }
        catch (AzureServiceException exception) when (exception.Status == 404)
        {
            return null;
        }
    }

    /// <summary>That nothing is there, and why if that can be told.</summary>
    public async Task<ProblemException> NoFilesAsync(ChosenAsset asset, IReadOnlyList<AssetPlace> places, CancellationToken cancellationToken)
    {
        var where = string.Join("; ", places.Select(place => place.Text).Take(10)) + (places.Count > 10 ? $"; and {places.Count - 10} more places" : string.Empty);
        var runId = asset.Item.Address.Workspace.IsRegistry ? null : places.Select(place => place.RunId).FirstOrDefault(id => id is not null) ?? RunOf(asset.Item);
        if (runId is not null && await IsGoneAsync(asset.Item.Address.Workspace, runId, cancellationToken).ConfigureAwait(false))
        {
            return new ProblemException(
                "asset.sourceDeleted",
                $"The run {runId}, from which {asset.InWords} was registered, has been deleted, and nothing is left of its files. Looked in {where}. Choose another version, or register it anew.")
            { Target = asset.Item.Address.Text };
        }

        return new ProblemException(
            "asset.noFiles", $"There are no files of {asset.InWords}: they were deleted from storage, or never written. Looked in {where}.")
        { Target = asset.Item.Address.Text, Actions = [ProblemAction.Retry, ProblemAction.OpenInStudio] };
    }

    /// <summary>The run an asset came from; null when its record does not tell.</summary>
    public static string? RunOf(ListedResource item) =>
        item.Properties.Text("jobName") is { Length: > 0 } job ? job
        : DataAddress.RunArtifact(item.Properties.Text("modelUri") ?? item.Properties.Text("dataUri"))?.RunId
            ?? DataAddress.NamedOutput(item.Properties.Text("modelUri") ?? item.Properties.Text("dataUri"))?.RunId;

    private async Task<AssetPlace> OutputAsync(AssetPlace assumed, (string RunId, string Name) output, string below, CancellationToken cancellationToken)
    {
        try
        {
            var run = await runs.GetAsync(assumed.Workspace, output.RunId, cancellationToken).ConfigureAwait(false);
            await foreach (var told in outputs.ResolveAsync(assumed.Workspace, run, cancellationToken).ConfigureAwait(false))
            {
                if (told.Name == output.Name)
                {
                    var path = below.Length == 0 ? told.Location.Path : $"{told.Location.Path.TrimEnd('/')}/{below}";
                    return assumed with { Workspace = told.Location.Workspace, Datastore = told.Location.Datastore, Path = path };
                }
            }
        }
        catch (AzureServiceException exception) when (exception.Status == 404)
        {
            // The run is gone; its outputs may still lie where they are put by default.
        }

        return assumed;
    }

    private async Task<bool> IsGoneAsync(WorkspaceRef workspace, string runId, CancellationToken cancellationToken)
    {
        try
        {
            await runs.GetAsync(workspace, runId, cancellationToken).ConfigureAwait(false);
            return false;
        }
        catch (AzureServiceException exception) when (exception.Status == 404)
        {
            return true;
        }
    }

    /// <summary>An address of a host that is no storage of the cloud, whatever account name it begins with.</summary>
    private bool IsForeign(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && !uri.Scheme.Equals("azureml", StringComparison.OrdinalIgnoreCase) && uri.Host.Length > 0
        && !(Uri.TryCreate($"https://{uri.Authority}/", UriKind.Absolute, out var host) && connection.Cloud.IsStorageHost(host));

    private async Task<ProblemException> RefusalAsync(ChosenAsset asset, string? address, CancellationToken cancellationToken)
    {
        var target = asset.Item.Address.Text;
        if (string.IsNullOrWhiteSpace(address))
        {
            return new ProblemException("asset.noAddress", $"The record of {asset.InWords} does not tell where its files lie.") { Target = target };
        }

        if (IsForeign(address))
        {
            return new ProblemException(
                "asset.foreignHost", $"The record of {asset.InWords} names an address at {new Uri(address).Host}, which is no storage of this cloud. Nothing is fetched from there.")
            { Target = target };
        }

        var found = await FoundPlace.OfAsync(address, asset.Item.Address.Workspace, stores, cancellationToken).ConfigureAwait(false);
        return found?.Unreached is { } direct
            ? new ProblemException(
                "asset.noDatastore", $"The files of {asset.InWords} lie in {direct.Container}, to which no datastore of this workspace leads. Make a datastore for it first (Azure ML studio, Data, Datastores).")
            { Target = target, Actions = [ProblemAction.OpenInStudio] }
            : new ProblemException(
                "asset.badAddress", $"The record of {asset.InWords} names a place that is none of this workspace's datastores: {address.Split('?')[0]}.")
            { Target = target };
    }
}
