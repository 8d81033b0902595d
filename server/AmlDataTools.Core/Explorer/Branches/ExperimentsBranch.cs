using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.RunHistory;

namespace AmlDataTools.Core.Explorer.Branches;

/// <summary>A workspace's experiments, newest first where the service sorts them.</summary>
internal sealed class ExperimentsBranch(BranchContext context)
{
    // The newest jobs that are grouped when run history cannot be asked.
    private const int MaxJobs = 5000;

    public async Task<ChildrenPage> ReadAsync(ExperimentsTarget target, ChildrenRequest request, CancellationToken cancellationToken)
    {
        var token = PageToken.Parse(request.PageToken);
        var first = token is null;
        token ??= new PageToken(context.Health.IsDown(target.Workspace) ? ReadMode.Jobs : ReadMode.Filtered, 0, null);
        if (token.Mode == ReadMode.Jobs)
        {
            return await FromJobsAsync(target.Workspace, request, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            return await FromHistoryAsync(target.Workspace, request, token, first, cancellationToken).ConfigureAwait(false);
        }
        catch (AzureServiceException exception) when (first && exception.Status == 400)
        {
            return await FromHistoryAsync(target.Workspace, request, token with { Mode = ReadMode.Plain }, first, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (first && context.Health.IsUnreachable(exception, notFoundCounts: true, cancellationToken))
        {
            context.Health.MarkDown(target.Workspace, exception);
            return await FromJobsAsync(target.Workspace, request, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<ChildrenPage> FromHistoryAsync(
        WorkspaceRef workspace, ChildrenRequest request, PageToken token, bool first, CancellationToken cancellationToken)
    {
        var history = context.Connection.Workspace(workspace).RunHistory;
        var size = BranchContext.PageSize(request);
        var view = request.IncludeArchived ? ExperimentView.All : ExperimentView.ActiveOnly;
        var order = token.Mode == ReadMode.Filtered ? "CreatedUtc desc" : null;
        var page = await ListPager.ReadAsync(
            token, size,
            (inner, stop) => history.QueryExperimentsAsync(view, null, order, size, inner, stop),
            experiment => experiment.Name.Length > 0 && (request.IncludeArchived || experiment.ArchivedTime is null) ? experiment : null,
            cancellationToken).ConfigureAwait(false);

        var nodes = page.Items.Select(experiment => context.Nodes.Experiment(workspace, experiment)).ToList();
        if (page.GaveUp)
        {
            nodes.Add(context.Nodes.Notice(request.NodeId, "scanned:" + page.Next, $"Looked through {page.Scanned:N0} experiments, {nodes.Count} match so far. Load more to look further."));
        }
        else if (nodes.Count == 0 && first)
        {
            nodes.Add(context.Nodes.Notice(request.NodeId, "empty", "No experiments in this workspace yet. They appear with the first run.", NodeAction.ShowArchived));
        }

        return new ChildrenPage(nodes, page.Next?.ToString());
    }

    private async Task<ChildrenPage> FromJobsAsync(WorkspaceRef workspace, ChildrenRequest request, CancellationToken cancellationToken)
    {
        var view = request.IncludeArchived ? ListView.All : ListView.ActiveOnly;
        var names = new HashSet<string>(StringComparer.Ordinal);
        var nodes = new List<ExplorerNode> { JobsNotice(context, request.NodeId, workspace) };
        var seen = 0;
        await foreach (var job in context.Connection.Workspace(workspace).Arm.ListJobsAsync(view, cancellationToken).ConfigureAwait(false))
        {
            if (job.ExperimentName is { Length: > 0 } name && names.Add(name))
            {
                nodes.Add(context.Nodes.Experiment(workspace, name, string.Empty, archived: false, null, null));
            }

            if (++seen == MaxJobs)
            {
                nodes.Add(context.Nodes.Notice(request.NodeId, "jobsBound", $"Only the newest {MaxJobs:N0} jobs were looked through; experiments with older ones alone are missing."));
                break;
            }
        }

        if (nodes.Count == 1)
        {
            nodes.Add(context.Nodes.Notice(request.NodeId, "empty", "Resource Manager lists no jobs in this workspace."));
        }

        return new ChildrenPage(nodes, null);
    }

    /// <summary>Says where a list comes from when run history cannot be reached.</summary>
    public static ExplorerNode JobsNotice(BranchContext context, string? parentId, WorkspaceRef workspace)
    {
        const string Text = "Run history cannot be reached from here, so this list comes from Resource Manager. Durations and child runs are missing.";
        var notice = context.Nodes.Notice(parentId, "fromJobs", Text, NodeAction.Retry, NodeAction.ShowLog);
        return context.Health.ReasonOf(workspace) is { } reason ? notice with { Tooltip = $"{Text}\n{reason.Message}\nCode: {reason.Code}" } : notice;
    }
}
