using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.RunHistory;
using AmlDataTools.Core.Explorer.Nodes;

namespace AmlDataTools.Core.Explorer.Branches;

/// <summary>Runs, newest first: the root runs of an experiment, or the children of a run.</summary>
internal sealed class RunsBranch(BranchContext context)
{
    private const string NewestFirst = "CreatedUtc desc";

    /// <summary>An experiment's root runs; from Resource Manager's jobs when run history cannot be reached.</summary>
    public async Task<ChildrenPage> ReadAsync(ExperimentTarget target, ChildrenRequest request, CancellationToken cancellationToken)
    {
        var token = PageToken.Parse(request.PageToken);
        var first = token is null;
        token ??= new PageToken(context.Health.IsDown(target.Workspace) ? ReadMode.Jobs : ReadMode.Filtered, 0, null);
        var history = context.Connection.Workspace(target.Workspace).RunHistory;
        if (token.Mode != ReadMode.Jobs)
        {
            try
            {
                return await FromHistoryAsync(
                    target.Workspace, request, token, first, rootsOnly: true, "experiment",
                    (filter, order, size, inner, stop) => history.QueryRunsAsync(target.Name, filter, order, size, inner, stop),
                    cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (first && context.Health.IsUnreachable(exception, notFoundCounts: false, cancellationToken))
            {
                context.Health.MarkDown(target.Workspace, exception);
                token = token with { Mode = ReadMode.Jobs };
            }
        }

        return await FromJobsAsync(target, request, token, first, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A run's children.</summary>
    public Task<ChildrenPage> ReadAsync(ChildRunsTarget target, ChildrenRequest request, CancellationToken cancellationToken)
    {
        var token = PageToken.Parse(request.PageToken);
        var history = context.Connection.Workspace(target.Workspace).RunHistory;
        return FromHistoryAsync(
            target.Workspace, request, token ?? new PageToken(ReadMode.Filtered, 0, null), token is null, rootsOnly: false, "run",
            (filter, order, size, inner, stop) => history.GetChildrenPageAsync(target.RunId, filter, order, size, inner, stop),
            cancellationToken);
    }

    private async Task<ChildrenPage> FromHistoryAsync(
        WorkspaceRef workspace, ChildrenRequest request, PageToken token, bool first, bool rootsOnly, string parent,
        Func<string?, string?, int, string?, CancellationToken, Task<HistoryPage<RunDocument>>> fetch, CancellationToken cancellationToken)
    {
        // How the service wants its filter written is tried once, on the first page; the token remembers it.
        var mode = token.Mode;
        while (true)
        {
            try
            {
                return await FromHistoryOnceAsync(
                    workspace, request, token with { Mode = mode }, first, rootsOnly, parent, fetch, cancellationToken).ConfigureAwait(false);
            }
            catch (AzureServiceException exception) when (first && mode != ReadMode.Plain && exception.Status == 400)
            {
                // Quotes make a difference only where there are texts; without any filter everything is looked at here.
                var quotable = RunFilters.ForService(request.Filter, rootsOnly, request.IncludeArchived)
                    != RunFilters.ForService(request.Filter, rootsOnly, request.IncludeArchived, quoted: true);
                mode = mode == ReadMode.Filtered && quotable ? ReadMode.Quoted : ReadMode.Plain;
            }
        }
    }

    private async Task<ChildrenPage> FromHistoryOnceAsync(
        WorkspaceRef workspace, ChildrenRequest request, PageToken token, bool first, bool rootsOnly, string parent,
        Func<string?, string?, int, string?, CancellationToken, Task<HistoryPage<RunDocument>>> fetch, CancellationToken cancellationToken)
    {
        var plain = token.Mode == ReadMode.Plain;
        var filter = plain ? null : RunFilters.ForService(request.Filter, rootsOnly, request.IncludeArchived, token.Mode == ReadMode.Quoted);
        var size = BranchContext.PageSize(request);
        var fetchSize = plain || RunFilters.IsActive(request.Filter) ? Math.Max(size, BranchContext.ScanPageSize) : size;
        var page = await ListPager.ReadAsync(
            token, size,
            (inner, stop) => fetch(filter, plain ? null : NewestFirst, fetchSize, inner, stop),
            run => run.RunId.Length == 0 ? null : Pick(RunView.From(run), request, rootsOnly),
            cancellationToken).ConfigureAwait(false);
        return MakePage(workspace, request, page, first, parent);
    }

    private async Task<ChildrenPage> FromJobsAsync(
        ExperimentTarget target, ChildrenRequest request, PageToken token, bool first, CancellationToken cancellationToken)
    {
        var arm = context.Connection.Workspace(target.Workspace).Arm;
        var view = request.IncludeArchived ? ListView.All : ListView.ActiveOnly;
        var page = await ListPager.ReadAsync(
            token, BranchContext.PageSize(request),
            async (inner, stop) =>
            {
                var jobs = await arm.ListJobsPageAsync(view, inner, stop).ConfigureAwait(false);
                return new HistoryPage<JobDocument>(jobs.Items, jobs.NextLink);
            },
            job => job.ExperimentName == target.Name ? Pick(RunView.From(job), request, rootsOnly: true) : null,
            cancellationToken).ConfigureAwait(false);
        var made = MakePage(target.Workspace, request, page, first, "experiment");
        return first ? made with { Nodes = [ExperimentsBranch.JobsNotice(context, request.NodeId, target.Workspace), .. made.Nodes] } : made;
    }

    private static RunView? Pick(RunView run, ChildrenRequest request, bool rootsOnly)
        => RunFilters.Matches(run, request.Filter, rootsOnly, request.IncludeArchived) ? run : null;

    private ChildrenPage MakePage(WorkspaceRef workspace, ChildrenRequest request, PickedPage<RunView> page, bool first, string parent)
    {
        var nodes = page.Items.Select(run => context.Nodes.Run(workspace, run)).ToList();
        if (page.GaveUp)
        {
            nodes.Add(context.Nodes.Notice(request.NodeId, "scanned:" + page.Next, $"Looked through {page.Scanned:N0} runs, {nodes.Count} match. Load more to look further."));
        }
        else if (nodes.Count == 0 && first)
        {
            nodes.Add(RunFilters.IsActive(request.Filter)
                ? context.Nodes.Notice(request.NodeId, "noMatch", "No run matches the filter.", NodeAction.Filter)
                : parent == "run"
                    ? context.Nodes.Notice(request.NodeId, "empty", "This run has no child runs.")
                    : context.Nodes.Notice(request.NodeId, "empty", "No runs in this experiment, or only archived ones.", NodeAction.ShowArchived));
        }

        return new ChildrenPage(nodes, page.Next?.ToString());
    }
}
