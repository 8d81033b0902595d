using System.Collections.Concurrent;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm.Dependents;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Core.Workspaces;

/// <summary>Which workspaces use which resources, as far as the person may see workspaces.</summary>
/// <param name="ByResource">The workspaces by the id of what they use; case of ids does not count.</param>
/// <param name="Unread">Subscriptions whose workspaces could not be listed, by id; or a sentence's part for all of them.</param>
internal sealed record DependentUses(IReadOnlyDictionary<string, IReadOnlyList<WorkspaceRef>> ByResource, IReadOnlyList<string> Unread)
{
    /// <summary>The workspaces other than one that use a resource.</summary>
    /// <param name="dependent">The resource.</param>
    /// <param name="except">The one that is known to.</param>
    public IReadOnlyList<WorkspaceRef> Others(DependentRef dependent, WorkspaceRef except) =>
        [.. Of(dependent).Where(user => !user.ResourceId.Equals(except.ResourceId, StringComparison.OrdinalIgnoreCase))];

    /// <summary>The workspaces that use a resource.</summary>
    /// <param name="dependent">The resource.</param>
    public IReadOnlyList<WorkspaceRef> Of(DependentRef dependent) => ByResource.GetValueOrDefault(dependent.ResourceId) ?? [];
}

/// <summary>Finds which workspaces use which resources: Resource Manager has no such question, so all workspaces of the tenant's subscriptions are listed.</summary>
internal sealed class DependentUsers(AzureConnection connection)
{
    private const int SideBySide = 4;

    /// <summary>Reads all of them.</summary>
    /// <param name="workspace">The workspace in question; its subscription is read even when it is not among those listed.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<DependentUses> ReadAsync(WorkspaceRef workspace, CancellationToken cancellationToken)
    {
        var arm = connection.Arm(workspace.TenantId);
        var subscriptions = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { workspace.SubscriptionId };
        var unread = new ConcurrentQueue<string>();
        try
        {
            await foreach (var subscription in arm.ListSubscriptionsAsync(cancellationToken).ConfigureAwait(false))
            {
                subscriptions.Add(subscription.SubscriptionId);
            }
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
            unread.Enqueue("the list of subscriptions");
        }

        var found = new ConcurrentBag<(string Id, WorkspaceRef User)>();
        await Parallel.ForEachAsync(
            subscriptions.Where(id => id.Length > 0),
            new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = cancellationToken },
            async (subscription, stop) =>
            {
                try
                {
                    await foreach (var document in arm.ListWorkspacesAsync(subscription, stop).ConfigureAwait(false))
                    {
                        if (WorkspaceRef.FromResourceId(document.Id, workspace.TenantId) is { } user)
                        {
                            foreach (var id in document.DependentIds)
                            {
                                found.Add((id, user));
                            }
                        }
                    }
                }
                catch (Exception exception) when (IsRefusal(exception))
                {
                    unread.Enqueue($"subscription {subscription}");
                }
            }).ConfigureAwait(false);
        return new DependentUses(
            found.GroupBy(one => one.Id, StringComparer.OrdinalIgnoreCase)
                .ToDictionary(group => group.Key, IReadOnlyList<WorkspaceRef> (group) => [.. group.Select(one => one.User).Distinct().OrderBy(user => user.Name, StringComparer.OrdinalIgnoreCase)], StringComparer.OrdinalIgnoreCase),
            [.. unread.Order(StringComparer.Ordinal)]);
    }

    private static bool IsRefusal(Exception exception) => exception is ForeignHostException or InvalidDataException || exception is AzureServiceException { Status: not 401 };
}
