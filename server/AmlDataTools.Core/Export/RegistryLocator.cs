using AmlDataTools.Azure;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Places;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.Export;

/// <summary>Finds the files of assets that lie in a registry, be it their own or one that a workspace's record names.</summary>
internal sealed class RegistryLocator(AzureConnection connection)
{
    private readonly ResourceLister _lister = new(connection);

    /// <summary>The place in a registry; null when the asset is a workspace's and its address names no registry.</summary>
    /// <exception cref="ProblemException"><c>asset.*</c>, <c>registry.*</c>: it cannot be found there.</exception>
    public async Task<AssetPlace?> FindAsync(ChosenAsset asset, string? address, PlaceForm form, CancellationToken cancellationToken)
    {
        if (asset.Item.Address.Workspace.IsRegistry)
        {
            return PlaceOf(asset.Item, address, form) ?? throw NotThere(asset.Item.Address, address);
        }

        if (address?.StartsWith("azureml://registries/", StringComparison.OrdinalIgnoreCase) != true)
        {
            return null;
        }

        if (DataAddress.InRegistry(address) is not { } told)
        {
            throw new ProblemException("asset.badAddress", $"The record of {asset.InWords} names a place in a registry that is no version of a model or data asset: {address.Split('?')[0]}.") { Target = asset.Item.Address.Text };
        }

        try
        {
            var registry = await connection.Workspace(asset.Item.Address.Workspace).Registries.FindAsync(told.Registry, cancellationToken).ConfigureAwait(false);
            var item = await ReadAsync(registry, told.Kind, told.Name, told.Version, cancellationToken).ConfigureAwait(false);
            var whole = AssetAddress.Of(item)[0];
            var place = PlaceOf(item, whole.Address, whole.Form) ?? throw NotThere(item.Address, whole.Address);
            return told.Path is null ? place : place with { Path = $"{place.Folder}{told.Path}", Form = PlaceForm.Either };
        }
        catch (AzureServiceException exception) when (exception.Status == 404)
        {
            throw new ProblemException(
                "asset.notInRegistry",
                $"The files of {asset.InWords} lie in the registry {told.Registry}, where {told.Name}{(told.Version is null ? string.Empty : ":" + told.Version)} was not found: it was deleted, or the registry was.", exception)
            { Target = asset.Item.Address.Text, CorrelationId = exception.CorrelationId };
        }
        catch (Exception exception) when (exception is AzureServiceException or ForeignHostException)
        {
            throw ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Registry, told.Registry));
        }
    }

    private async Task<ListedResource> ReadAsync(WorkspaceRef registry, string kind, string name, string? version, CancellationToken cancellationToken)
    {
        var (container, content) = kind == "models" ? (ResourceKind.Model, ResourceKind.ModelVersion) : (ResourceKind.DataAsset, ResourceKind.DataVersion);
        version ??= (await _lister.GetAsync(new ResourceAddress(registry, container, name, null), null, cancellationToken).ConfigureAwait(false)).Properties.Text("latestVersion");
        return await _lister.GetAsync(new ResourceAddress(registry, content, name, version ?? "1"), null, cancellationToken).ConfigureAwait(false);
    }

    // The container is the one that the registry opens, whatever the record says; of its address the path counts.
    private static AssetPlace? PlaceOf(ListedResource item, string? address, PlaceForm form)
        => DataAddress.InAccount(address) is { } place && ResourcePlaces.PathOf(item.Address) is { } version
            ? new AssetPlace(item.Address.Workspace, version.ToString(), place.Path, form, false, null)
            : null;

    private static ProblemException NotThere(ResourceAddress address, string? uri) => new(
        "asset.badAddress",
        string.IsNullOrWhiteSpace(uri)
            ? $"The record of {ChosenAsset.InWordsOf(address)} in the registry {address.Workspace.Name} does not tell where its files lie."
            : $"The record of {ChosenAsset.InWordsOf(address)} in the registry {address.Workspace.Name} names a place that is in no storage account: {uri.Split('?')[0]}.")
    { Target = address.Text };
}
