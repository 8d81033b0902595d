using System.Collections.Concurrent;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Arm.Dependents;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Core.Workspaces;

/// <summary>Which workspaces use which resources, as far as the person may see workspaces.</summary>
/// <param name="ByResource">The workspaces by the id of what they use; case of ids does not count.</param>
/// <param name="Unread">Subscriptions whose workspaces could not be listed, by id; or a sentence's part for all of them.</param>
internal sealed record DependentUses(IReadOnlyDictionary<string, IReadOnlyList<WorkspaceRef>> ByResource, IReadOnlyList<string> Unread)
{
    /// <summary>All workspaces that were seen.</summary>
    public IReadOnlyList<WorkspaceRef> Workspaces { get; init; } = [];

    /// <summary>The service's own ids of them, by which it names containers.</summary>
    public IReadOnlySet<string> WorkspaceIds { get; init; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

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
    public Task<DependentUses> ReadAsync(WorkspaceRef workspace, CancellationToken cancellationToken) => ReadAsync(workspace.SubscriptionId, workspace.TenantId, anyUse: false, cancellationToken);

    /// <summary>Reads all of them.</summary>
    /// <param name="subscriptionId">The subscription in question, read even when it is not among those listed.</param>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="anyUse">Count whatever a workspace names, its own key's vault for one, and what registries use; else what makes up a workspace.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<DependentUses> ReadAsync(string subscriptionId, string? tenantId, bool anyUse, CancellationToken cancellationToken)
    {
        var arm = connection.Arm(tenantId);
        var subscriptions = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { subscriptionId };
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
        var seen = new ConcurrentBag<(WorkspaceRef Workspace, string? Id)>();
        await Parallel.ForEachAsync(
            subscriptions.Where(id => id.Length > 0),
            new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = cancellationToken },
            async (subscription, stop) =>
            {
                try
                {
                    await foreach (var document in arm.ListWorkspacesAsync(subscription, stop).ConfigureAwait(false))
                    {
                        if (WorkspaceRef.FromResourceId(document.Id, tenantId) is { } user)
                        {
                            seen.Add((user, document.WorkspaceId));
                            foreach (var id in anyUse ? document.NamedResources.Select(one => one.ResourceId) : document.DependentIds)
                            {
                                found.Add((id, user));
                            }
                        }
                    }
                }
                catch (Exception exception) when (IsRefusal(exception))
                {
                    unread.Enqueue($"subscription {subscription}");
                    return;
                }

                if (anyUse && !await ReadRegistriesAsync(arm, subscription, tenantId, found, stop).ConfigureAwait(false))
                {
                    unread.Enqueue($"the registries of subscription {subscription}");
                }
            }).ConfigureAwait(false);
        return new DependentUses(
            found.GroupBy(one => one.Id, StringComparer.OrdinalIgnoreCase)
                .ToDictionary(group => group.Key, IReadOnlyList<WorkspaceRef> (group) => [.. group.Select(one => one.User).Distinct().OrderBy(user => user.Name, StringComparer.OrdinalIgnoreCase)], StringComparer.OrdinalIgnoreCase),
            [.. unread.Order(StringComparer.Ordinal)])
        {
            Workspaces = [.. seen.Select(one => one.Workspace).OrderBy(one => one.ResourceId, StringComparer.OrdinalIgnoreCase)],
            WorkspaceIds = seen.Select(one => one.Id).OfType<string>().ToHashSet(StringComparer.OrdinalIgnoreCase),
        };
    }

    /// <summary>Adds what registries use. False when they could not be listed; that a cloud knows none (400, 404) is no such case.</summary>
    private static async Task<bool> ReadRegistriesAsync(ArmClient arm, string subscription, string? tenantId, ConcurrentBag<(string Id, WorkspaceRef User)> found, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var document in arm.ListRegistriesAsync(subscription, cancellationToken).ConfigureAwait(false))
            {
                if (WorkspaceRef.RegistryFromResourceId(document.Id, tenantId) is { } user)
                {
                    foreach (var named in document.NamedResources)
                    {
                        found.Add((named.ResourceId, user));
                    }
                }
            }

            return true;
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
            return exception is AzureServiceException { Status: 400 or 404 };
        }
    }

    private static bool IsRefusal(Exception exception) => exception is ForeignHostException or InvalidDataException || exception is AzureServiceException { Status: not 401 };
}
