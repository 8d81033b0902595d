using System.Collections.Concurrent;
using AmlDataTools.Azure;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Storage;

/// <summary>The ways into datastores, found once each.</summary>
internal sealed class StorageAccesses(AzureConnection connection, ILogger logger)
{
    private const int Remembered = 200;

    private readonly ConcurrentDictionary<(WorkspaceRef Workspace, string Datastore), StorageAccess> _known = new();

    /// <summary>The way into a datastore.</summary>
    public StorageAccess Of(WorkspaceRef workspace, string datastore)
    {
        if (_known.Count >= Remembered)
        {
            _known.Clear();
        }

        return _known.GetOrAdd((workspace, datastore), key => new StorageAccess(connection, key.Workspace, key.Datastore, logger));
    }

    /// <summary>Forgets them all: the account changed.</summary>
    public void Forget() => _known.Clear();
}
