using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Problems;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Explorer.Branches;

/// <summary>A subscription's registries, by name: a group beside its workspaces, where there are any.</summary>
internal sealed class RegistriesBranch(BranchContext context, TimeProvider clock)
{
    private readonly ShortMemory<SubscriptionTarget, IReadOnlyList<WorkspaceDocument>> _remembered = new(50, clock);

    /// <summary>The group's node; null when there is no registry, or the cloud knows none; an error's node when they cannot be read. The workspaces are shown in any case.</summary>
    public async Task<ExplorerNode?> GroupAsync(SubscriptionTarget subscription, string? parent, CancellationToken cancellationToken)
    {
        try
        {
            var list = await ListAsync(subscription, cancellationToken).ConfigureAwait(false);
            return list.Count == 0 ? null : context.Nodes.Registries(subscription, list.Count);
        }
        catch (AzureServiceException exception) when (exception.Status is 403 or 404 or 400)
        {
            // A cloud without registries; or a role that has workspaces only.
            context.Logger.LogInformation("The registries of a subscription were not listed: {Status} {Code}", exception.Status, exception.Code);
            _remembered.Set(subscription, []);
            return null;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            var problem = ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Other, "the list of registries", subscription.SubscriptionId));
            context.Logger.LogWarning("The registries of a subscription could not be read: {Code} ({Type})", problem.Code, exception.GetType().Name);
            return context.Nodes.Error(parent, problem, "registries");
        }
    }

    /// <summary>The registries.</summary>
    public async Task<ChildrenPage> ReadAsync(RegistriesTarget target, ChildrenRequest request, CancellationToken cancellationToken)
    {
        var all = await ListAsync(new SubscriptionTarget(target.SubscriptionId, target.TenantId), cancellationToken).ConfigureAwait(false);
        var begin = PageToken.Parse(request.PageToken) is { Mode: ReadMode.Offset } token ? token.Skip : 0;
        var size = BranchContext.PageSize(request);
        var nodes = new List<ExplorerNode>(size);
        foreach (var document in all.Skip(begin).Take(size))
        {
            if (WorkspaceRef.RegistryFromResourceId(document.Id, target.TenantId) is { } registry)
            {
                nodes.Add(context.Nodes.Registry(document, registry));
            }
        }

        return nodes.Count == 0 && begin == 0
            ? new ChildrenPage([context.Nodes.Notice(request.NodeId, "empty", "No registries in this subscription, or none you may see.", NodeAction.Refresh)], null)
            : new ChildrenPage(nodes, begin + size < all.Count ? new PageToken(ReadMode.Offset, begin + size, null).ToString() : null);
    }

    /// <summary>Drops what is remembered.</summary>
    public void Forget() => _remembered.Clear();

    private async Task<IReadOnlyList<WorkspaceDocument>> ListAsync(SubscriptionTarget target, CancellationToken cancellationToken)
    {
        if (_remembered.TryGet(target, out var known))
        {
            return known;
        }

        var list = new List<WorkspaceDocument>();
        await foreach (var registry in context.Connection.Arm(target.TenantId).ListRegistriesAsync(target.SubscriptionId, cancellationToken).ConfigureAwait(false))
        {
            list.Add(registry);
        }

        list.Sort((one, other) => string.Compare(one.Name, other.Name, StringComparison.OrdinalIgnoreCase));
        _remembered.Set(target, list);
        return list;
    }
}
