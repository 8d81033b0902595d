using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;

namespace AmlDataTools.Core.Explorer.Branches;

/// <summary>A subscription's workspaces, by name.</summary>
internal sealed class WorkspacesBranch(BranchContext context, RegistriesBranch registries, TimeProvider clock)
{
    private readonly ShortMemory<SubscriptionTarget, IReadOnlyList<WorkspaceDocument>> _remembered = new(50, clock);

    public async Task<ChildrenPage> ReadAsync(SubscriptionTarget target, ChildrenRequest request, CancellationToken cancellationToken)
    {
        var shared = registries.GroupAsync(target, request.NodeId, cancellationToken);
        var all = await ListAsync(target, cancellationToken).ConfigureAwait(false);
        var group = await shared.ConfigureAwait(false);
        if (all.Count == 0 && group is not { Kind: NodeKind.Registries })
        {
            return new ChildrenPage([context.Nodes.Notice(request.NodeId, "empty", "No workspaces in this subscription, or none you may see.", NodeAction.SelectSubscriptions), .. group is null ? (ExplorerNode[])[] : [group], context.Nodes.Leftovers(target)], null);
        }

        var begin = PageToken.Parse(request.PageToken) is { Mode: ReadMode.Offset } token ? token.Skip : 0;
        var size = BranchContext.PageSize(request);
        var nodes = new List<ExplorerNode>(size);
        foreach (var document in all.Skip(begin).Take(size))
        {
            if (WorkspaceRef.FromResourceId(document.Id, target.TenantId) is { } workspace)
            {
                nodes.Add(context.Nodes.Workspace(document, workspace));
            }
        }

        if (begin + size >= all.Count)
        {
            if (group is not null)
            {
                nodes.Add(group);
            }

            nodes.Add(context.Nodes.Leftovers(target));
        }

        return new ChildrenPage(nodes, begin + size < all.Count ? new PageToken(ReadMode.Offset, begin + size, null).ToString() : null);
    }

    /// <summary>Drops what is remembered; null for all.</summary>
    public void Forget(SubscriptionTarget? target)
    {
        if (target is null)
        {
            _remembered.Clear();
        }
        else
        {
            _remembered.Forget(target);
        }
    }

    private async Task<IReadOnlyList<WorkspaceDocument>> ListAsync(SubscriptionTarget target, CancellationToken cancellationToken)
    {
        if (_remembered.TryGet(target, out var known))
        {
            return known;
        }

        var list = new List<WorkspaceDocument>();
        await foreach (var workspace in context.Connection.Arm(target.TenantId).ListWorkspacesAsync(target.SubscriptionId, cancellationToken).ConfigureAwait(false))
        {
            list.Add(workspace);
        }

        list.Sort((one, other) => string.Compare(one.Name, other.Name, StringComparison.OrdinalIgnoreCase));
        _remembered.Set(target, list);
        return list;
    }
}
