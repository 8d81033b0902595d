using AmlDataTools.Core;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Rpc;
using Model = AmlDataTools.Core.Explorer;

namespace AmlDataTools.Server.Features.Explorer;

/// <summary>The tree on the wire.</summary>
/// <param name="workbench">The product, put together when first asked.</param>
internal sealed class ExplorerFeature(Lazy<Workbench> workbench) : IFeature, IExplorerApi
{
    /// <inheritdoc/>
    public string Capability => "explorer";

    /// <inheritdoc/>
    public void Register(JsonRpc rpc)
    {
        var context = ProtocolJsonContext.Default;
        rpc.AddLocalMethod("explorer/subscriptions", context.Empty, context.SubscriptionsResult, SubscriptionsAsync);
        rpc.AddLocalMethod("explorer/children", context.ChildrenParams, context.ChildrenResult, ChildrenAsync);
        rpc.AddLocalMethod("explorer/locate", context.LocateParams, context.LocateResult, LocateAsync);
        rpc.AddLocalMethod("explorer/refresh", context.RefreshParams, context.Empty, RefreshAsync);
    }

    /// <inheritdoc/>
    public async Task<SubscriptionsResult> SubscriptionsAsync(Empty parameters, CancellationToken cancellationToken)
    {
        var list = await workbench.Value.Explorer.SubscriptionsAsync(cancellationToken).ConfigureAwait(false);
        return new SubscriptionsResult(
            [.. list.Subscriptions.Select(s => new SubscriptionInfo(s.SubscriptionId, s.TenantId, s.Name, s.State))],
            [.. list.Problems.Select(p => new TenantProblem(p.TenantId, p.Message))]);
    }

    /// <inheritdoc/>
    public async Task<ChildrenResult> ChildrenAsync(ChildrenParams parameters, CancellationToken cancellationToken)
    {
        var filter = parameters.Filter is { } f ? new Model.RunFilter(f.Name, f.Statuses, f.CreatedBy, f.Tag) : null;
        IReadOnlyList<Model.SubscriptionEntry>? subscriptions = parameters.Subscriptions is { } chosen
            ? [.. chosen.Select(s => new Model.SubscriptionEntry(s.SubscriptionId, s.TenantId, s.Name, s.State))]
            : null;
        var page = await workbench.Value.Explorer.ChildrenAsync(
            new Model.ChildrenRequest(parameters.NodeId, subscriptions, parameters.PageToken, parameters.PageSize, filter, parameters.IncludeArchived),
            cancellationToken).ConfigureAwait(false);
        return new ChildrenResult([.. page.Nodes.Select(ToNode)], page.NextPageToken);
    }

    /// <inheritdoc/>
    public async Task<LocateResult> LocateAsync(LocateParams parameters, CancellationToken cancellationToken) =>
        new(ToNode(await workbench.Value.Explorer.LocateAsync(parameters.Text, parameters.WorkspaceNodeId, cancellationToken).ConfigureAwait(false)));

    /// <inheritdoc/>
    public Task<Empty> RefreshAsync(RefreshParams parameters, CancellationToken cancellationToken)
    {
        workbench.Value.Explorer.Refresh(parameters.NodeId);
        return Task.FromResult(Empty.Instance);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static TreeNode ToNode(Model.ExplorerNode node) => new(
        node.Id,
        WireEnum.To<Model.NodeKind, NodeKind>(node.Kind),
        node.Label,
        node.Description,
        node.Tooltip,
        node.Icon,
        node.IconColor,
        node.AccessibilityLabel,
        WireEnum.To<Model.NodeExpansion, NodeExpansion>(node.Expansion),
        [.. node.Actions.Select(WireEnum.To<Model.NodeAction, NodeAction>)],
        node.Resource is { } r ? new NodeResource(r.Name, r.ResourceId, r.StudioUrl, r.Bytes, r.IsArchived, r.DataUri, r.PortalUrl) : null);
}
