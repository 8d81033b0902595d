using AmlDataTools.Azure;
using AmlDataTools.Core.Explorer.Nodes;
using AmlDataTools.Core.Workspaces;

namespace AmlDataTools.Core.Explorer.Branches;

/// <summary>"Resources of this workspace": what it uses, and who uses that too; of a hub its projects, of a project its hub.</summary>
internal sealed class DependentsBranch(BranchContext context, DependentNodes nodes, TimeProvider clock)
{
    private readonly ShortMemory<(string? Tenant, string Subscription), DependentUses> _remembered = new(20, clock);

    public async Task<ChildrenPage> ReadAsync(WorkspaceRef workspace, ChildrenRequest request, CancellationToken cancellationToken)
    {
        var reading = UsesAsync(workspace, cancellationToken);
        var document = await context.Connection.Workspace(workspace).Arm.GetWorkspaceAsync(cancellationToken).ConfigureAwait(false);
        var found = await new DependentReader(context.Connection).ReadAsync(workspace, document, cancellationToken).ConfigureAwait(false);
        var uses = await reading.ConfigureAwait(false);
        var children = found.Select(one => nodes.Dependent(workspace, one, uses)).ToList();
        if (WorkspaceRef.FromResourceId(document.HubId, workspace.TenantId) is { } hub)
        {
            children.Insert(0, nodes.Related(hub, "hub of this project"));
        }

        children.AddRange(document.AssociatedIds.Select(id => WorkspaceRef.FromResourceId(id, workspace.TenantId)).OfType<WorkspaceRef>().Select(project => nodes.Related(project, "project of this hub")));
        return new ChildrenPage(children.Count > 0 ? children : [context.Nodes.Notice(request.NodeId, "empty", "This workspace names no resources that it uses.")], null);
    }

    /// <summary>Drops what is remembered.</summary>
    public void Forget() => _remembered.Clear();

    private async Task<DependentUses> UsesAsync(WorkspaceRef workspace, CancellationToken cancellationToken)
    {
        var key = (workspace.TenantId, workspace.SubscriptionId);
        if (_remembered.TryGet(key, out var known))
        {
            return known;
        }

        var uses = await new DependentUsers(context.Connection).ReadAsync(workspace, cancellationToken).ConfigureAwait(false);
        _remembered.Set(key, uses);
        return uses;
    }
}
