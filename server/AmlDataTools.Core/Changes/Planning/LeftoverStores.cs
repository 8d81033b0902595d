using System.Collections.Concurrent;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Workspaces.Leftovers;

namespace AmlDataTools.Core.Changes.Planning;

/// <summary>Which datastores of workspaces that are there lead to a storage account: a use that no workspace's own document tells.</summary>
internal sealed class LeftoverStores(AzureConnection connection)
{
    /// <summary>Workspaces whose datastores are read for a plan: one request each.</summary>
    private const int MaxWorkspaces = 500;

    private const int SideBySide = 4;

    private readonly Dictionary<string, (ILookup<string, string> ByAccount, int Unread)> _read = [];

    /// <summary>The datastores, each with its workspace, and of how many workspaces they are not known. Read once for a tenant.</summary>
    /// <param name="scan">Tells the workspaces.</param>
    /// <param name="account">The account; names of accounts are unique in a cloud.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<(IReadOnlyList<string> Stores, int Unread)> OfAsync(LeftoverScan scan, string account, CancellationToken cancellationToken)
    {
        var tenant = scan.TenantId ?? string.Empty;
        if (!_read.TryGetValue(tenant, out var read))
        {
            read = await ReadAsync(scan.Uses.Workspaces, cancellationToken).ConfigureAwait(false);
            _read[tenant] = read;
        }

        return ([.. read.ByAccount[account].Order(StringComparer.OrdinalIgnoreCase)], read.Unread);
    }

    private async Task<(ILookup<string, string> ByAccount, int Unread)> ReadAsync(IReadOnlyList<WorkspaceRef> workspaces, CancellationToken cancellationToken)
    {
        var found = new ConcurrentBag<(string Account, string Store)>();
        var unread = Math.Max(0, workspaces.Count - MaxWorkspaces);
        await Parallel.ForEachAsync(workspaces.Take(MaxWorkspaces), new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = cancellationToken }, async (workspace, stop) =>
        {
            try
            {
                await foreach (var store in connection.Workspace(workspace).Arm.ListDatastoresAsync(stop).ConfigureAwait(false))
                {
                    if (store.AccountName is { Length: > 0 } account)
                    {
                        found.Add((account, $"{store.Name} in {workspace.Name}"));
                    }
                }
            }
            catch (Exception exception) when (exception is ForeignHostException || exception is AzureServiceException { Status: not 401 })
            {
                Interlocked.Increment(ref unread);
            }
        }).ConfigureAwait(false);
        return (found.ToLookup(one => one.Account, one => one.Store, StringComparer.OrdinalIgnoreCase), unread);
    }
}
