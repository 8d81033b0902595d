using AmlDataTools.Azure;
using AmlDataTools.Azure.V1;

namespace AmlDataTools.Core.Changes.Execution;

/// <summary>
/// The registered datasets of a workspace. Their service reads one only by listing all, so those who ask at the same time
/// share a listing that began after they asked.
/// </summary>
internal sealed class SharedDatasets(AzureConnection connection, WorkspaceRef workspace)
{
    private readonly SemaphoreSlim _one = new(1);
    private Dictionary<string, DatasetDocument> _listed = [];
    private long _asked;
    private long _covered;

    /// <summary>A dataset as it is now; null when it is not there. Names differ by case too.</summary>
    public async Task<DatasetDocument?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var ticket = Interlocked.Increment(ref _asked);
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_covered < ticket)
            {
                var covers = Interlocked.Read(ref _asked);
                var listed = new Dictionary<string, DatasetDocument>(StringComparer.Ordinal);
                await foreach (var dataset in connection.Workspace(workspace).Datasets.ListAsync(cancellationToken).ConfigureAwait(false))
                {
                    listed[dataset.Name] = dataset;
                }

                _listed = listed;
                _covered = covers;
            }

            return _listed.GetValueOrDefault(name);
        }
        finally
        {
            _one.Release();
        }
    }
}
