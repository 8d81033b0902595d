using AmlDataTools.Azure;
using AmlDataTools.Core.Explorer.Branches;
using AmlDataTools.Core.Explorer.Nodes;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Runs;
using AmlDataTools.Core.Storage;
using AmlDataTools.Core.Workspaces.Leftovers;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Explorer;

/// <summary>The tree of what there is. It keeps next to nothing: node ids and page tokens say all that is needed.</summary>
public sealed class ExplorerService
{
    private readonly BranchContext _context;
    private readonly SubscriptionReader _subscriptions;
    private readonly RegistriesBranch _registries;
    private readonly WorkspacesBranch _workspaces;
    private readonly ExperimentsBranch _experiments;
    private readonly RunsBranch _runs;
    private readonly RunBranch _run;
    private readonly FilesBranch _files;
    private readonly ResourcesBranch _resources;
    private readonly DependentsBranch _dependents;
    private readonly LeftoversBranch _leftovers;
    private readonly NodeLocator _locator;

    /// <summary>Makes the tree.</summary>
    /// <param name="connection">The cloud and the sign-in.</param>
    /// <param name="browser">Lists folders.</param>
    /// <param name="outputs">Finds named outputs.</param>
    /// <param name="loggerFactory">For the log.</param>
    /// <param name="clock">The time; null for the machine's.</param>
    public ExplorerService(
        AzureConnection connection, IFileBrowser browser, NamedOutputResolver outputs, ILoggerFactory loggerFactory, TimeProvider? clock = null)
        : this(connection, browser, outputs, loggerFactory, clock, static () => [])
    {
    }

    /// <summary>Makes the tree of a product that remembers.</summary>
    /// <param name="connection">The cloud and the sign-in.</param>
    /// <param name="browser">Lists folders.</param>
    /// <param name="outputs">Finds named outputs.</param>
    /// <param name="loggerFactory">For the log.</param>
    /// <param name="clock">The time; null for the machine's.</param>
    /// <param name="deleted">Tells the workspaces whose deletion was begun with this product.</param>
    internal ExplorerService(
        AzureConnection connection, IFileBrowser browser, NamedOutputResolver outputs, ILoggerFactory loggerFactory, TimeProvider? clock, Func<IReadOnlyList<WorkspaceUse>> deleted)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(loggerFactory);
        clock ??= TimeProvider.System;
        var logger = loggerFactory.CreateLogger("AmlDataTools.Core.Explorer");
        var studio = new StudioLinks(connection.Cloud.PortalUrl);
        var portal = new PortalLinks(connection.Cloud.AzurePortalUrl);
        _context = new BranchContext(
            connection, new NodeFactory(studio, portal, clock), new FileNodes(clock), new ResourceNodes(studio, clock), new HistoryHealth(connection, clock), logger);
        _subscriptions = new SubscriptionReader(connection, logger);
        _registries = new RegistriesBranch(_context, clock);
        _workspaces = new WorkspacesBranch(_context, _registries, clock);
        _experiments = new ExperimentsBranch(_context);
        _runs = new RunsBranch(_context);
        _run = new RunBranch(_context);
        _files = new FilesBranch(_context, browser, outputs, new RunNames(_context, clock));
        _resources = new ResourcesBranch(_context, new ResourceLister(connection));
        _dependents = new DependentsBranch(_context, new DependentNodes(portal), clock);
        _leftovers = new LeftoversBranch(_context, new LeftoverNodes(portal), new LeftoverFinder(connection, deleted, clock), clock);
        _locator = new NodeLocator(_context, _resources);
    }

    /// <summary>The subscriptions of the signed-in person in all their tenants.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="ProblemException">Not even the account's own tenant could be read.</exception>
    public async Task<SubscriptionList> SubscriptionsAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _subscriptions.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Other, "the list of subscriptions"));
        }
    }

    /// <summary>One page of a node's children. What cannot be read becomes a node of kind error.</summary>
    /// <param name="request">Which children.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="ProblemException"><c>explorer.badNodeId</c>, <c>explorer.badPageToken</c>: the request makes no sense.</exception>
    public async Task<ChildrenPage> ChildrenAsync(ChildrenRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.NodeId is null)
        {
            return Roots(request);
        }

        var target = NodeTargets.Parse(request.NodeId);
        try
        {
            return await ReadAsync(target, request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            var problem = ProblemMapper.From(exception, ContextOf(target));
            if (problem.Code.StartsWith("explorer.", StringComparison.Ordinal))
            {
                throw problem;
            }

            _context.Logger.LogWarning("Children of {Kind} could not be read: {Code} ({Type})", target.GetType().Name, problem.Code, exception.GetType().Name);

            // A page in the middle that failed can be asked for again; what was shown before stays.
            return new ChildrenPage([_context.Nodes.Error(request.NodeId, problem, request.PageToken)], request.PageToken);
        }
    }

    /// <summary>Finds the node that a typed text means.</summary>
    /// <param name="text">Run id, Resource Manager id, studio address, or the node id of a workspace, to see whether it is still there.</param>
    /// <param name="workspaceNodeId">The workspace (or a node below it) in which a bare run id is looked for; null when the text names it.</param>
    /// <param name="cancellationToken">Stops looking.</param>
    /// <exception cref="ProblemException"><c>locate.notUnderstood</c>, <c>locate.workspaceNeeded</c>, or what the service said.</exception>
    public async Task<ExplorerNode> LocateAsync(string text, string? workspaceNodeId, CancellationToken cancellationToken)
    {
        var place = NodeTargets.TryParse(text, out var node) && node is WorkspaceTarget { Workspace: var itself }
            ? new LocateText(itself, null, null, null)
            : LocateText.Parse(text, workspaceNodeId is null ? null : WorkspaceOf(NodeTargets.Parse(workspaceNodeId)));
        try
        {
            return await _locator.FindAsync(place, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw ProblemMapper.From(exception, place switch
            {
                { Resource: { } resource } => ContextOf(resource),
                { RunId: { } run } => new ProblemContext(ProblemSubject.Run, run),
                { ExperimentName: { } name } => new ProblemContext(ProblemSubject.Experiment, name),
                { ExperimentId: { } id } => new ProblemContext(ProblemSubject.Experiment, id),
                _ => new ProblemContext(ProblemSubject.Workspace, place.Workspace.Name, place.Workspace.ResourceId),
            });
        }
    }

    /// <summary>Drops what is remembered of a node and all below it.</summary>
    /// <param name="nodeId">The node; null for everything.</param>
    public void Refresh(string? nodeId)
    {
        if (nodeId is null)
        {
            _workspaces.Forget(null);
            _registries.Forget();
            _dependents.Forget();
            _leftovers.Forget();
            _context.Health.Forget(null);
            return;
        }

        var target = NodeTargets.Parse(nodeId);
        if (target is SubscriptionTarget subscription)
        {
            _workspaces.Forget(subscription);
            _registries.Forget();
            _leftovers.Forget();
            _context.Health.Forget(null);
        }
        else if (target is LeftoversTarget or LeftoverGroupTarget or LeftoverTarget)
        {
            _leftovers.Forget();
        }
        else if (target is RegistriesTarget)
        {
            _registries.Forget();
        }
        else if (WorkspaceOf(target) is { } workspace)
        {
            _dependents.Forget();
            _leftovers.Forget();
            _context.Health.Forget(workspace);
        }
        else if (target is NoticeTarget { ParentNodeId: { Length: > 0 } parent } && NodeTargets.TryParse(parent, out var above) && above is not NoticeTarget)
        {
            Refresh(parent);
        }
    }

    private static WorkspaceRef? WorkspaceOf(NodeTarget target) => target switch
    {
        WorkspaceTarget it => it.Workspace,
        RegistryTarget it => it.Registry,
        ExperimentsTarget it => it.Workspace,
        ExperimentTarget it => it.Workspace,
        RunTarget it => it.Workspace,
        RunFilesTarget it => it.Location.Workspace,
        NamedOutputsTarget it => it.Workspace,
        NamedOutputTarget it => it.Workspace,
        ChildRunsTarget it => it.Workspace,
        FolderTarget it => it.Location.Workspace,
        FileTarget it => it.Location.Workspace,
        ResourceGroupTarget it => it.Workspace,
        ResourceTarget it => it.Resource.Workspace,
        _ => null,
    };

    private static ProblemContext ContextOf(NodeTarget target) => target switch
    {
        SubscriptionTarget it => new(ProblemSubject.Subscription, it.SubscriptionId),
        WorkspaceTarget it => new(ProblemSubject.Workspace, it.Workspace.Name, it.Workspace.ResourceId),
        RegistriesTarget it => new(ProblemSubject.Other, "the list of registries", it.SubscriptionId),
        LeftoversTarget it => new(ProblemSubject.Subscription, it.SubscriptionId),
        LeftoverGroupTarget it => new(ProblemSubject.Other, $"the resource group {it.ResourceGroup}", it.ResourceGroup),
        RegistryTarget it => new(ProblemSubject.Registry, it.Registry.Name, it.Registry.ResourceId),
        ResourceGroupTarget { Workspace: { IsRegistry: true } registry } => new(ProblemSubject.Registry, registry.Name, registry.ResourceId),
        ExperimentsTarget it => new(ProblemSubject.Workspace, it.Workspace.Name, it.Workspace.ResourceId),
        ExperimentTarget it => new(ProblemSubject.Experiment, it.Name),
        RunTarget it => new(ProblemSubject.Run, it.RunId),
        NamedOutputsTarget it => new(ProblemSubject.Run, it.RunId),
        NamedOutputTarget it => new(ProblemSubject.Run, it.RunId),
        ChildRunsTarget it => new(ProblemSubject.Run, it.RunId),
        RunFilesTarget it => new(ProblemSubject.Storage, it.Location.Path, $"{it.Location.Datastore}: {it.Location.Path}"),
        FolderTarget it => new(ProblemSubject.Storage, it.Location.Path, $"{it.Location.Datastore}: {it.Location.Path}"),
        ResourceGroupTarget it => new(ProblemSubject.Workspace, it.Workspace.Name, it.Workspace.ResourceId),
        ResourceTarget it => ContextOf(it.Resource),
        _ => ProblemContext.None,
    };

    private static ProblemContext ContextOf(ResourceAddress resource) => new(
        resource.Kind == ResourceKind.Datastore ? ProblemSubject.Datastore : ProblemSubject.Other,
        resource.Kind == ResourceKind.Datastore ? resource.Name : $"the {ResourceCatalog.Of(resource.Kind).Singular} {resource.Text}",
        ResourcePlaces.ResourceIdOf(resource) ?? resource.Text);

    private Task<ChildrenPage> ReadAsync(NodeTarget target, ChildrenRequest request, CancellationToken cancellationToken) => target switch
    {
        SubscriptionTarget it => _workspaces.ReadAsync(it, request, cancellationToken),
        WorkspaceTarget it => Task.FromResult(new ChildrenPage([_context.Nodes.Experiments(it.Workspace), .. _context.Resources.Groups(it.Workspace)], null)),
        RegistriesTarget it => _registries.ReadAsync(it, request, cancellationToken),
        LeftoversTarget it => _leftovers.ReadAsync(it, request, cancellationToken),
        LeftoverGroupTarget it => _leftovers.ReadAsync(it, request, cancellationToken),
        RegistryTarget it => Task.FromResult(new ChildrenPage([.. _context.Resources.Groups(it.Registry)], null)),
        ExperimentsTarget it => _experiments.ReadAsync(it, request, cancellationToken),
        ExperimentTarget it => _runs.ReadAsync(it, request, cancellationToken),
        RunTarget it => _run.ReadAsync(it, request, cancellationToken),
        RunFilesTarget it => _files.ReadAsync(it.Location, it.RunId, request, cancellationToken),
        NamedOutputsTarget it => _files.ReadAsync(it, request, cancellationToken),
        NamedOutputTarget it => _files.ReadAsync(it, request, cancellationToken),
        ChildRunsTarget it => _runs.ReadAsync(it, request, cancellationToken),
        FolderTarget it => _files.ReadAsync(it.Location, it.RunId, request, cancellationToken),
        ResourceGroupTarget { Group: ResourceGroupKind.Dependents } it => _dependents.ReadAsync(it.Workspace, request, cancellationToken),
        ResourceGroupTarget it => _resources.ReadAsync(it, request, cancellationToken),
        ResourceTarget { Resource: { Kind: ResourceKind.Datastore, Child: null } store } => _files.ReadAsync(store, request, cancellationToken),
        ResourceTarget it => _resources.ReadAsync(it, request, cancellationToken),
        _ => Task.FromResult(new ChildrenPage([], null)),
    };

    private ChildrenPage Roots(ChildrenRequest request)
    {
        if (request.Subscriptions is not { Count: > 0 } chosen)
        {
            return new ChildrenPage([_context.Nodes.Notice(null, "noSubscriptions", "No subscriptions are chosen.", NodeAction.SelectSubscriptions, NodeAction.SignIn)], null);
        }

        return new ChildrenPage(
            [.. chosen.DistinctBy(entry => (entry.SubscriptionId, entry.TenantId)).OrderBy(entry => entry.Name, StringComparer.OrdinalIgnoreCase).Select(_context.Nodes.Subscription)],
            null);
    }
}
