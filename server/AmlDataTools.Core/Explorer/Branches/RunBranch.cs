using AmlDataTools.Azure.RunHistory;
using AmlDataTools.Core.Explorer.Nodes;
using AmlDataTools.Core.Runs;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Explorer.Branches;

/// <summary>What is below a run: its files, its named outputs, its children.</summary>
internal sealed class RunBranch(BranchContext context)
{
    public async Task<ChildrenPage> ReadAsync(RunTarget target, ChildrenRequest request, CancellationToken cancellationToken)
    {
        if (context.Health.IsDown(target.Workspace))
        {
            return WithoutHistory(target, request);
        }

        var history = context.Connection.Workspace(target.Workspace).RunHistory;
        RunDocument run;
        bool hasChildren;
        try
        {
            var children = HasChildrenAsync(history, target.RunId, cancellationToken);
            run = await history.GetRunAsync(target.RunId, cancellationToken).ConfigureAwait(false);
            hasChildren = await children.ConfigureAwait(false);
        }
        catch (Exception exception) when (context.Health.IsUnreachable(exception, notFoundCounts: false, cancellationToken))
        {
            context.Health.MarkDown(target.Workspace, exception);
            return WithoutHistory(target, request);
        }

        string[] names = [.. run.Outputs.Select(output => output.Name).Where(name => name != "default")];
        var nodes = new List<ExplorerNode>
        {
            context.Nodes.RunFiles(target.Workspace, target.RunId, RunWithOriginal.ContainerOf(run)),
            context.Nodes.NamedOutputs(target.Workspace, target.RunId, names),
        };
        if (hasChildren || RunLooks.IsParent(run.RunType))
        {
            nodes.Add(context.Nodes.ChildRuns(target.Workspace, target.RunId));
        }

        return new ChildrenPage(nodes, null);
    }

    private ChildrenPage WithoutHistory(RunTarget target, ChildrenRequest request) => new(
        [
            ExperimentsBranch.JobsNotice(context, request.NodeId, target.Workspace),
            context.Nodes.RunFiles(target.Workspace, target.RunId, "dcid." + target.RunId),
            context.Nodes.NamedOutputs(target.Workspace, target.RunId, []),
        ],
        null);

    // Any run can have children (MLflow and the v1 SDK nest them), so its type alone does not tell.
    private async Task<bool> HasChildrenAsync(RunHistoryClient history, string runId, CancellationToken cancellationToken)
    {
        try
        {
            var page = await history.GetChildrenPageAsync(runId, null, null, 1, null, cancellationToken).ConfigureAwait(false);
            return page.Items.Count > 0;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Shown, so that opening it says what is wrong.
            context.Logger.LogInformation("Whether run {RunId} has children could not be read: {Kind}", runId, exception.GetType().Name);
            return true;
        }
    }
}
