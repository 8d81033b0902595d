using System.Collections.Concurrent;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Resources;
using Azure;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Notebooks;

/// <summary>
/// Finds the workspaces and registries in which there is something of a name: code says the name alone, and several may have it.
/// One request for each; those that cannot be read are no reason to say nothing of the others.
/// </summary>
public sealed class WorkspaceCandidates
{
    /// <summary>Workspaces and registries looked into.</summary>
    public const int MaxLooked = 100;

    private const int Parallel = 6;

    private readonly AzureConnection _connection;
    private readonly ResourceLister _lister;
    private readonly ILogger _logger;

    internal WorkspaceCandidates(AzureConnection connection, ILogger logger)
    {
        _connection = connection;
        _lister = new ResourceLister(connection);
        _logger = logger;
    }

    /// <summary>Looks for a name.</summary>
    /// <param name="asset">What has the name; one that says its workspace or registry, and a place, is found nowhere.</param>
    /// <param name="subscriptions">Where.</param>
    /// <param name="cancellationToken">Stops looking.</param>
    /// <returns>Where it is, workspaces first, by name; and whether all were looked into.</returns>
    public async Task<(IReadOnlyList<WorkspaceRef> Found, bool IsWhole)> FindAsync(NotebookAsset asset, IReadOnlyList<SubscriptionTarget> subscriptions, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(asset);
        ArgumentNullException.ThrowIfNull(subscriptions);
        IReadOnlyList<ResourceKind> kinds = asset.Kind switch
        {
            NotebookAssetKind.Model => [ResourceKind.Model],
            NotebookAssetKind.Data => [ResourceKind.DataAsset],
            NotebookAssetKind.Any => [ResourceKind.Model, ResourceKind.DataAsset],
            _ => [],
        };
        if (kinds.Count == 0 || asset.Registry is not null || asset.Workspace is not null)
        {
            return ([], true);
        }

        var failures = 0;
        var places = new ConcurrentBag<WorkspaceRef>();
        var found = new ConcurrentBag<WorkspaceRef>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken };
        await System.Threading.Tasks.Parallel.ForEachAsync(subscriptions.Distinct(), options, async (subscription, token) =>
        {
            var arm = _connection.Arm(subscription.TenantId);
            await ListAsync(arm.ListWorkspacesAsync(subscription.SubscriptionId, token), id => WorkspaceRef.FromResourceId(id, subscription.TenantId), token).ConfigureAwait(false);
            await ListAsync(arm.ListRegistriesAsync(subscription.SubscriptionId, token), id => WorkspaceRef.RegistryFromResourceId(id, subscription.TenantId), token).ConfigureAwait(false);
        }).ConfigureAwait(false);
        var all = places.OrderBy(place => place.IsRegistry).ThenBy(place => place.Name, StringComparer.OrdinalIgnoreCase).ToList();
        await System.Threading.Tasks.Parallel.ForEachAsync(all.Take(MaxLooked), options, async (place, token) =>
        {
            foreach (var kind in kinds)
            {
                var address = new ResourceAddress(place, kind, asset.Name, null);
                if (ResourcePlaces.CanAddress(address) && await IsThereAsync(address, token).ConfigureAwait(false))
                {
                    found.Add(place);
                    return;
                }
            }
        }).ConfigureAwait(false);
        return ([.. all.Where(found.Contains)], failures == 0 && all.Count <= MaxLooked);

        async Task ListAsync(IAsyncEnumerable<WorkspaceDocument> documents, Func<string, WorkspaceRef?> read, CancellationToken token)
        {
            try
            {
                await foreach (var document in documents.ConfigureAwait(false))
                {
                    if (read(document.Id) is { } place)
                    {
                        places.Add(place);
                    }
                }
            }
            catch (Exception exception) when (IsPassing(exception, token))
            {
                Failed("a list", exception);
            }
        }

        async Task<bool> IsThereAsync(ResourceAddress address, CancellationToken token)
        {
            try
            {
                await _lister.GetAsync(address, null, token).ConfigureAwait(false);
                return true;
            }
            catch (AzureServiceException exception) when (exception.Status == 404)
            {
                return false;
            }
            catch (Exception exception) when (IsPassing(exception, token))
            {
                Failed("a workspace", exception);
                return false;
            }
        }

        void Failed(string what, Exception exception)
        {
            Interlocked.Increment(ref failures);
            _logger.LogInformation("In the search for a name {What} could not be read: {Type}", what, exception.GetType().Name);
        }
    }

    // Not having signed in would be the same everywhere, and is said.
    private static bool IsPassing(Exception exception, CancellationToken cancellationToken)
        => !cancellationToken.IsCancellationRequested && exception is AzureServiceException { Status: not 401 } or ForeignHostException or RequestFailedException or HttpRequestException or IOException or AggregateException;
}
