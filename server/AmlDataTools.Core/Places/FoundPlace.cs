using AmlDataTools.Azure;

namespace AmlDataTools.Core.Places;

/// <summary>Where an address leads, as far as a workspace's datastores tell.</summary>
/// <param name="Workspace">The workspace through whose datastore it is reached.</param>
/// <param name="Datastore">That datastore; null when none leads there, empty when the workspace has no default one.</param>
/// <param name="Path">The path in it, as written.</param>
/// <param name="Unreached">The place in a storage account to which no datastore leads; null for others.</param>
/// <param name="Output">Run and name when the address names a run's named output, which lies here unless the run says otherwise.</param>
internal sealed record FoundPlace(WorkspaceRef Workspace, string? Datastore, string Path, StoragePlace? Unreached, (string RunId, string Name)? Output)
{
    /// <summary>Finds where an address leads.</summary>
    /// <param name="address">The address, in any of the forms of <see cref="DataAddress"/>.</param>
    /// <param name="workspace">Where it was found.</param>
    /// <param name="stores">Reads the datastores of a workspace.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The place; null when the address is none, or of something that is no storage of Azure.</returns>
    public static async Task<FoundPlace?> OfAsync(
        string? address, WorkspaceRef workspace, Func<WorkspaceRef, CancellationToken, Task<StoreMap>> stores, CancellationToken cancellationToken)
    {
        if (DataAddress.InDatastore(address, workspace) is { } place)
        {
            return new FoundPlace(place.Workspace, place.Datastore, place.Path, null, null);
        }

        if (DataAddress.NamedOutput(address) is { } output)
        {
            var map = await stores(workspace, cancellationToken).ConfigureAwait(false);
            return new FoundPlace(workspace, map.Default ?? string.Empty, $"azureml/{output.RunId}/{output.Output}/{output.Path}", null, (output.RunId, output.Output));
        }

        if (DataAddress.InAccount(address) is { } direct)
        {
            var map = await stores(workspace, cancellationToken).ConfigureAwait(false);
            return map.StoreOf(direct) is { } store
                ? new FoundPlace(workspace, store, direct.Path, null, null)
                : new FoundPlace(workspace, null, direct.Path, direct, null);
        }

        return null;
    }
}
