using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;

namespace AmlDataTools.Core.Places;

/// <summary>The datastores of a workspace, and where their containers and shares are.</summary>
internal sealed class StoreMap
{
    private readonly Dictionary<string, (string Account, string Container, bool IsShare)> _containers = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _stores = new(StringComparer.Ordinal);
    private readonly HashSet<string> _others = new(StringComparer.OrdinalIgnoreCase);

    private StoreMap(WorkspaceRef workspace) => Workspace = workspace;

    /// <summary>Whose datastores.</summary>
    public WorkspaceRef Workspace { get; }

    /// <summary>The default datastore; null when there is none.</summary>
    public string? Default { get; private set; }

    /// <summary>Reads them.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="workspace">Whose.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="Azure.Http.AzureServiceException">The service refused.</exception>
    public static async Task<StoreMap> ReadAsync(AzureConnection connection, WorkspaceRef workspace, CancellationToken cancellationToken)
    {
        var map = new StoreMap(workspace);
        await foreach (var store in connection.Workspace(workspace).Arm.ListDatastoresAsync(cancellationToken).ConfigureAwait(false))
        {
            map.Add(store);
        }

        return map;
    }

    /// <summary>The place that a path in a datastore is; null for a datastore that is not there or holds no files. In a form to be compared: see <see cref="StoragePlace.Folded"/>.</summary>
    /// <param name="datastore">The datastore's name.</param>
    /// <param name="path">The path in it.</param>
    public StoragePlace? Of(string datastore, string path) =>
        _containers.TryGetValue(datastore, out var found) ? PlaceOf(found, path).Folded : null;

    /// <summary>A datastore through which a container is reached; null for none.</summary>
    /// <param name="place">A place in the container.</param>
    public string? StoreOf(StoragePlace place) => _stores.GetValueOrDefault(place.Container);

    /// <summary>Whether there is a datastore of that name that holds no files that could be read here (a database).</summary>
    /// <param name="datastore">Its name.</param>
    public bool IsOther(string datastore) => _others.Contains(datastore);

    private void Add(DatastoreDocument store)
    {
        Default = store.IsDefault ? store.Name : Default;
        var isShare = store.DatastoreType == "AzureFile";
        if ((!isShare && store.DatastoreType is not ("AzureBlob" or "AzureDataLakeGen2")) || store.AccountName is not { } account || (isShare ? store.FileShareName : store.ContainerName) is not { } container)
        {
            _others.Add(store.Name);
            return;
        }

        _containers[store.Name] = (account, container, isShare);
        _stores.TryAdd(PlaceOf((account, container, isShare), string.Empty).Container, store.Name);
    }

    private static StoragePlace PlaceOf((string Account, string Container, bool IsShare) store, string path) =>
        store.IsShare ? StoragePlace.OfShare(store.Account, store.Container, path) : StoragePlace.Of(store.Account, store.Container, path);
}
