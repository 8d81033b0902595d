using System.Text.Json;
using Azure;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.RunHistory;
using AmlDataTools.Core.Explorer.Nodes;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Explorer.Branches;

/// <summary>Groups such as "Models", what is in them, and the versions or deployments in that.</summary>
internal sealed class ResourcesBranch(BranchContext context, ResourceLister lister)
{
    /// <summary>What a group holds: one kind after the other. A kind that cannot be read is told of, the others are shown.</summary>
    public async Task<ChildrenPage> ReadAsync(ResourceGroupTarget target, ChildrenRequest request, CancellationToken cancellationToken)
    {
        // Datasets of SDK v1 are a workspace's.
        IReadOnlyList<ResourceKind> kinds = [.. ResourceLooks.KindsOf(target.Group).Where(kind => !target.Workspace.IsRegistry || kind != ResourceKind.Dataset)];
        if (kinds.Count == 0)
        {
            return new ChildrenPage(
                [context.Resources.Group(target.Workspace, ResourceGroupKind.Environments), context.Resources.Group(target.Workspace, ResourceGroupKind.Components)], null);
        }

        var size = BranchContext.PageSize(request);
        var (part, token) = GroupToken.Parse(request.PageToken, kinds.Count);
        var nodes = new List<ExplorerNode>();
        var (things, failures) = (0, 0);
        for (; part < kinds.Count && things < size; part++, token = null)
        {
            try
            {
                var page = await ReadAsync(target.Workspace, kinds[part], null, token, size - things, request, nodes, cancellationToken).ConfigureAwait(false);
                nodes.AddRange(page.Items.Select(item => context.Resources.Resource(item)));
                things += page.Items.Count;
                if (page.GaveUp)
                {
                    nodes.Add(Scanned(request, page, kinds[part]));
                }

                if (page.Next is not null)
                {
                    return new ChildrenPage(nodes, new GroupToken(part, page.Next).ToString());
                }
            }
            catch (ProblemException problem) when (problem.Code == ResourceLister.ServiceAbsent)
            {
                nodes.Add(context.Nodes.Notice(request.NodeId, "absent:" + kinds[part], problem.Message));
            }
            catch (Exception exception) when (kinds.Count > 1 && token is null && !cancellationToken.IsCancellationRequested)
            {
                failures++;
                nodes.Add(Failed(target.Workspace, kinds[part], request, exception, cancellationToken));
            }
        }

        if (things == 0 && failures == 0 && request.PageToken is null)
        {
            nodes.Insert(0, Nothing(request, target.Workspace.IsRegistry ? ResourceCatalog.Of(kinds[0]).Plural : ResourceLooks.PluralOf(target.Group), target.Workspace.IsRegistry ? "this registry" : "this workspace", kinds.Any(kind => ResourceCatalog.Of(kind).CanArchive)));
        }

        return new ChildrenPage(nodes, part < kinds.Count ? new GroupToken(part, null).ToString() : null);
    }

    /// <summary>The versions of a model, a data asset, ..., or the deployments of an endpoint.</summary>
    public async Task<ChildrenPage> ReadAsync(ResourceTarget target, ChildrenRequest request, CancellationToken cancellationToken)
    {
        if (ResourcePlaces.ContentOf(target.Resource.Kind) is not { } kind || !ResourcePlaces.CanAddress(target.Resource))
        {
            return new ChildrenPage([], null);
        }

        // An archived container is only seen, and opened, when archived ones are shown.
        var isEndpoint = kind is ResourceKind.OnlineDeployment or ResourceKind.BatchDeployment;
        var outer = isEndpoint || request.IncludeArchived ? OuterAsync(target.Resource, cancellationToken) : Task.FromResult<ListedResource?>(null);
        var nodes = new List<ExplorerNode>();
        var token = PageToken.Parse(request.PageToken);
        var reading = ReadAsync(
            target.Resource.Workspace, kind, target.Resource.Name, token, BranchContext.PageSize(request), request with { Filter = null }, nodes, cancellationToken);
        var container = await outer.ConfigureAwait(false);
        var page = await reading.ConfigureAwait(false);
        nodes.AddRange(page.Items.Select(item => Inside(item, container)));
        if (page.GaveUp)
        {
            nodes.Add(Scanned(request, page, kind));
        }
        else if (nodes.Count == 0 && token is null)
        {
            nodes.Add(Nothing(request with { Filter = null }, isEndpoint ? "deployments" : "versions", target.Resource.Name, ResourceCatalog.Of(kind).CanArchive));
        }

        return new ChildrenPage(nodes, page.Next?.ToString());
    }

    /// <summary>The node of one thing.</summary>
    public async Task<ExplorerNode> FindAsync(ResourceAddress address, CancellationToken cancellationToken)
    {
        var outer = ResourcePlaces.ContainerOf(address.Kind) is { } kind
            ? OuterAsync(address with { Kind = kind, Child = null }, cancellationToken)
            : Task.FromResult<ListedResource?>(null);
        var reading = lister.GetAsync(address, null, cancellationToken);
        var container = await outer.ConfigureAwait(false);
        return Inside(await reading.ConfigureAwait(false), container);
    }

    private ExplorerNode Inside(ListedResource item, ListedResource? container)
        => context.Resources.Resource(item, container?.IsArchived == true, container?.Properties);

    private async Task<PickedPage<ListedResource>> ReadAsync(
        WorkspaceRef workspace, ResourceKind kind, string? container, PageToken? token, int size, ChildrenRequest request, List<ExplorerNode> nodes, CancellationToken cancellationToken)
    {
        if (ResourceCatalog.Of(kind).Collection is null && context.Health.IsDown(workspace) && context.Health.ReasonOf(workspace) is { } reason)
        {
            throw reason;
        }

        var view = request.IncludeArchived ? ListView.All : ListView.ActiveOnly;
        var unusable = 0;
        var page = await ListPager.ReadAsync(
            token ?? new PageToken(ReadMode.Resources, 0, null), size,
            async (inner, stop) =>
            {
                var listed = await lister.PageAsync(workspace, kind, container, view, inner, stop).ConfigureAwait(false);
                unusable += listed.Unnamed;
                return new HistoryPage<ListedResource>(listed.Items, listed.Next);
            },
            item =>
            {
                if (!ResourceNodes.CanShow(item))
                {
                    unusable++;
                    return null;
                }

                return RunFilters.MatchesName(ResourceText.Label(item), request.Filter) || RunFilters.MatchesName(item.Address.Name, request.Filter) ? item : null;
            },
            cancellationToken).ConfigureAwait(false);
        if (unusable > 0)
        {
            nodes.Add(context.Nodes.Notice(
                request.NodeId, $"unusable:{kind}:{token}", $"The service lists {unusable:N0} of the {ResourceCatalog.Of(kind).Plural} without a usable name; they are not shown."));
        }

        return page;
    }

    // What a version or deployment is in tells whether it can be restored by itself, and its traffic. Both are worth a
    // request, neither is worth an error.
    private async Task<ListedResource?> OuterAsync(ResourceAddress address, CancellationToken cancellationToken)
    {
        try
        {
            return await lister.GetAsync(address, null, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            context.Logger.LogInformation("What {Kind} are in could not be read: {Type}", address.Kind, exception.GetType().Name);
            return null;
        }
    }

    private ExplorerNode Failed(WorkspaceRef workspace, ResourceKind kind, ChildrenRequest request, Exception exception, CancellationToken cancellationToken)
    {
        // Only a network that does not lead there is remembered: one service's refusal says nothing about the others.
        if (ResourceCatalog.Of(kind).Collection is null && exception is RequestFailedException { Status: 0 } or HttpRequestException or IOException or OperationCanceledException or AggregateException
            && context.Health.IsUnreachable(exception, notFoundCounts: false, cancellationToken))
        {
            context.Health.MarkDown(workspace, exception);
        }

        var plural = ResourceCatalog.Of(kind).Plural;
        var problem = ProblemMapper.From(exception, exception is AzureServiceException { Status: 404 }
            ? new ProblemContext(ProblemSubject.Workspace, workspace.Name, workspace.ResourceId)
            : new ProblemContext(ProblemSubject.Other, $"the list of {plural} of {workspace.Name}", workspace.ResourceId));
        context.Logger.LogWarning("The {Kind} of a workspace could not be read: {Code} ({Type})", plural, problem.Code, exception.GetType().Name);
        return context.Nodes.Error(request.NodeId, problem, kind.ToString());
    }

    private ExplorerNode Scanned(ChildrenRequest request, PickedPage<ListedResource> page, ResourceKind kind) => context.Nodes.Notice(
        request.NodeId, "scanned:" + page.Next, $"Looked through {page.Scanned:N0} {ResourceCatalog.Of(kind).Plural}, {page.Items.Count:N0} match. Load more to look further.");

    private ExplorerNode Nothing(ChildrenRequest request, string plural, string where, bool canArchive)
        => RunFilters.HasName(request.Filter) ? context.Nodes.Notice(request.NodeId, "noMatch", $"No {plural} match the filter's name.", NodeAction.Filter)
            : canArchive && !request.IncludeArchived ? context.Nodes.Notice(request.NodeId, "empty", $"No {plural} in {where}, or only archived ones.", NodeAction.ShowArchived)
            : context.Nodes.Notice(request.NodeId, "empty", $"No {plural} in {where}.");
}
