using System.Globalization;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.RunHistory;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Runs;
using AmlDataTools.Core.Storage;
using static AmlDataTools.Core.Explorer.Nodes.NodeText;

namespace AmlDataTools.Core.Explorer.Nodes;

/// <summary>Makes the nodes of the tree: names, icons, what stands behind them and what can be done with them.</summary>
internal sealed class NodeFactory(StudioLinks studio, PortalLinks portal, TimeProvider clock)
{
    /// <summary>The datastore of what runs leave behind.</summary>
    public const string ArtifactStore = "workspaceartifactstore";

    public ExplorerNode Subscription(SubscriptionEntry entry)
    {
        var enabled = entry.State is "" or "Enabled";
        return new ExplorerNode(
            NodeTargets.Format(new SubscriptionTarget(entry.SubscriptionId, Null(entry.TenantId))),
            NodeKind.Subscription,
            entry.Name.Length > 0 ? entry.Name : entry.SubscriptionId,
            enabled ? null : entry.State.ToLowerInvariant(),
            Lines(("Subscription", entry.SubscriptionId), ("Tenant", Null(entry.TenantId)), ("State", Null(entry.State))),
            "key", null, null, NodeExpansion.Collapsed,
            [NodeAction.Refresh, NodeAction.CopyName, NodeAction.CopyId],
            new NodeResource(entry.Name, "/subscriptions/" + entry.SubscriptionId, null, null));
    }

    public ExplorerNode Workspace(WorkspaceDocument document, WorkspaceRef workspace) => new(
        NodeTargets.Format(new WorkspaceTarget(workspace)),
        NodeKind.Workspace,
        workspace.Name,
        Join(document.Location, document.Kind is null or "Default" ? null : document.Kind),
        Lines(("Workspace", workspace.Name), ("Resource group", workspace.ResourceGroup), ("Region", document.Location), ("Kind", document.Kind), ("Public network access", document.PublicNetworkAccess)),
        "beaker", null, null, NodeExpansion.Collapsed,
        [NodeAction.Refresh, NodeAction.CopyName, NodeAction.CopyId, NodeAction.OpenInStudio, .. portal.Resource(workspace.ResourceId, workspace.TenantId) is null ? (NodeAction[])[] : [NodeAction.OpenInPortal], NodeAction.ExportRecord, NodeAction.Delete],
        new NodeResource(workspace.Name, workspace.ResourceId, studio.Workspace(workspace), null, PortalUrl: portal.Resource(workspace.ResourceId, workspace.TenantId)));

    /// <summary>"Registries" of a subscription.</summary>
    public ExplorerNode Registries(SubscriptionTarget subscription, int count) => new(
        NodeTargets.Format(new RegistriesTarget(subscription.SubscriptionId, subscription.TenantId)),
        NodeKind.Registries, "Registries", $"{count:N0}", "Models, data, environments and components that several workspaces share. They are read here, not changed.", "library", null, null,
        NodeExpansion.Collapsed, [NodeAction.Refresh], null);

    /// <summary>"Leftover resources" of a subscription. Nothing is asked before it is opened, so it says no number.</summary>
    public ExplorerNode Leftovers(SubscriptionTarget subscription) => new(
        NodeTargets.Format(new LeftoversTarget(subscription.SubscriptionId, subscription.TenantId)),
        NodeKind.Leftovers, "Leftover resources", null,
        "Storage accounts, key vaults, container registries, Application Insights and Log Analytics workspaces of workspaces that are gone. They are looked for when this is opened.", "archive", null,
        "Leftover resources of workspaces that are gone", NodeExpansion.Collapsed, [NodeAction.Refresh], null);

    /// <summary>A registry.</summary>
    public ExplorerNode Registry(WorkspaceDocument document, WorkspaceRef registry) => new(
        NodeTargets.Format(new RegistryTarget(registry)),
        NodeKind.Registry, registry.Name, document.Location,
        Lines(("Registry", registry.Name), ("Resource group", registry.ResourceGroup), ("Region", document.Location), ("Public network access", document.PublicNetworkAccess)),
        "repo", null, null, NodeExpansion.Collapsed,
        [NodeAction.Refresh, NodeAction.CopyName, NodeAction.CopyId, NodeAction.OpenInStudio],
        new NodeResource(registry.Name, registry.ResourceId, studio.Registry(registry), null));

    public ExplorerNode Experiments(WorkspaceRef workspace) => new(
        NodeTargets.Format(new ExperimentsTarget(workspace)),
        NodeKind.Experiments, "Experiments", null, null, "list-tree", null, null, NodeExpansion.Collapsed,
        [NodeAction.Refresh, NodeAction.Filter, NodeAction.ShowArchived, NodeAction.ChangeMatching], null);

    public ExplorerNode Experiment(WorkspaceRef workspace, ExperimentDocument experiment)
    {
        var ago = experiment.LatestRunTime is { } latest ? "last run " + HumanText.Ago(latest, clock.GetUtcNow()) : null;
        var archived = experiment.ArchivedTime is not null;
        return Experiment(
            workspace, experiment.Name, experiment.ExperimentId, archived, Join(ago, archived ? "archived" : null),
            Lines(
                ("Experiment", experiment.Name), ("Description", experiment.Description), ("Created", Moment(experiment.CreatedTime)),
                ("Latest run", Moment(experiment.LatestRunTime)), ("Archived", Moment(experiment.ArchivedTime))));
    }

    /// <summary>An experiment; <paramref name="experimentId"/> is empty where run history was not asked, and then nothing can be changed.</summary>
    public ExplorerNode Experiment(WorkspaceRef workspace, string name, string experimentId, bool archived, string? description, string? tooltip)
    {
        NodeAction[] changes = experimentId.Length == 0 ? [] : [archived ? NodeAction.Restore : NodeAction.Archive, NodeAction.Delete, NodeAction.ChangeMatching];
        return new ExplorerNode(
            NodeTargets.Format(new ExperimentTarget(workspace, name)),
            NodeKind.Experiment, name, description, tooltip, "folder-library", archived ? RunLooks.Muted : null, null, NodeExpansion.Collapsed,
            [NodeAction.Refresh, NodeAction.Filter, NodeAction.ShowArchived, NodeAction.CopyName, NodeAction.OpenInStudio, .. changes],
            new NodeResource(name, null, studio.Experiment(workspace, experimentId), null, archived));
    }

    public ExplorerNode Run(WorkspaceRef workspace, RunView run)
    {
        var now = clock.GetUtcNow();
        var (icon, color) = RunLooks.Of(run.Status);
        var label = string.IsNullOrWhiteSpace(run.DisplayName) ? run.RunId : run.DisplayName;
        var duration = RunLooks.IsOver(run.Status) ? run.Duration : run.Started is { } started ? now - started : null;
        var description = Join(
            duration is { } time ? HumanText.Duration(time) : null,
            run.Created is { } created ? HumanText.Ago(created, now) : null,
            run.CreatedBy,
            run.Reused ? "reused" : null,
            run.Archived ? "archived" : null);
        return new ExplorerNode(
            NodeTargets.Format(new RunTarget(workspace, run.RunId)),
            NodeKind.Run, label, description,
            Lines(
                ("Run", run.RunId), ("Status", run.Status), ("Type", run.Type), ("Created", Moment(run.Created)), ("Started", Moment(run.Started)),
                ("Duration", duration is { } span ? HumanText.Duration(span) : null), ("Created by", run.CreatedBy), ("Tags", Tags(run.Tags))),
            icon, run.Archived ? RunLooks.Muted : color, Join($"{label}, {run.Status}", description), NodeExpansion.Collapsed,
            [NodeAction.DownloadRun, NodeAction.ExportRun, NodeAction.Refresh, NodeAction.CopyName, NodeAction.CopyId, NodeAction.OpenInStudio,
                run.Archived ? NodeAction.Restore : NodeAction.Archive, NodeAction.Delete],
            new NodeResource(run.RunId, $"{workspace.ResourceId}/jobs/{run.RunId}", studio.Run(workspace, run.RunId), null, run.Archived));
    }

    public ExplorerNode RunFiles(WorkspaceRef workspace, string runId, string container) => new(
        NodeTargets.Format(new RunFilesTarget(new FileLocation(workspace, ArtifactStore, $"ExperimentRun/{container}/", container), runId)),
        NodeKind.RunFiles, "Outputs + logs", null, $"{ArtifactStore}: ExperimentRun/{container}/", "output", null, null, NodeExpansion.Collapsed,
        IsOwn(runId, container) ? [NodeAction.Download, NodeAction.Refresh, NodeAction.DeleteData] : [NodeAction.Download, NodeAction.Refresh], null);

    public ExplorerNode NamedOutputs(WorkspaceRef workspace, string runId, IReadOnlyList<string> names)
    {
        var shown = names.Count > 3 ? string.Join(", ", names.Take(3)) + ", ..." : string.Join(", ", names);
        return new ExplorerNode(
            NodeTargets.Format(new NamedOutputsTarget(workspace, runId)),
            NodeKind.NamedOutputs, "Named outputs", Null(shown), null, "symbol-namespace", null, null, NodeExpansion.Collapsed, [NodeAction.Refresh], null);
    }

    public ExplorerNode ChildRuns(WorkspaceRef workspace, string runId) => new(
        NodeTargets.Format(new ChildRunsTarget(workspace, runId)),
        NodeKind.ChildRuns, "Child runs", null, null, "type-hierarchy-sub", null, null, NodeExpansion.Collapsed,
        [NodeAction.Refresh, NodeAction.Filter, NodeAction.ChangeMatching], null);

    public ExplorerNode NamedOutput(WorkspaceRef workspace, string runId, NamedOutputLocation output)
    {
        var empty = output.Source == NamedOutputSource.Assumed;
        var isFile = output.Kind == NamedOutputKind.UriFile;
        return new ExplorerNode(
            NodeTargets.Format(new NamedOutputTarget(workspace, runId, output.Name)),
            NodeKind.NamedOutput, output.Name, empty ? "nothing found" : output.Datastore,
            Lines(("Output", output.Name), ("Datastore", output.Datastore), (empty ? "Looked in" : "Path", output.Path), ("Kind", isFile ? "file" : output.Kind == NamedOutputKind.UriFolder ? "folder" : null)),
            isFile ? "file" : "folder", null, null, isFile || empty ? NodeExpansion.None : NodeExpansion.Collapsed,
            [NodeAction.Download, NodeAction.CopyName, NodeAction.CopyPath, NodeAction.CopyUri], new NodeResource(output.Path, null, null, null, DataUri: FileNodes.UriOf(output.Location)));
    }

    /// <summary>A line that explains; <paramref name="code"/> tells apart two below the same node.</summary>
    public ExplorerNode Notice(string? parentId, string code, string text, params IReadOnlyList<NodeAction> actions) => new(
        NodeTargets.Format(new NoticeTarget(parentId ?? string.Empty, Short(code))),
        NodeKind.Notice, text, null, text, "info", null, text, NodeExpansion.None, actions, null);

    public ExplorerNode Error(string? parentId, ProblemException problem, string? place) => new(
        NodeTargets.Format(new NoticeTarget(parentId ?? string.Empty, Short($"{problem.Code}:{place}"))),
        NodeKind.Error, problem.Message, null,
        Lines((null, problem.Message), ("Code", problem.Code), ("Target", problem.Target), ("Correlation id", problem.CorrelationId)),
        "error", "list.errorForeground", "Error: " + problem.Message, NodeExpansion.None,
        [.. problem.Actions.Select(Action).OfType<NodeAction>()], null);

    private static bool IsOwn(string runId, string container) => FileNodes.IsOwn(runId, container);

    private static NodeAction? Action(ProblemAction action) => action switch
    {
        ProblemAction.Retry => NodeAction.Retry,
        ProblemAction.SignIn => NodeAction.SignIn,
        ProblemAction.SelectSubscriptions => NodeAction.SelectSubscriptions,
        ProblemAction.OpenSettings => NodeAction.OpenSettings,
        ProblemAction.ShowLog => NodeAction.ShowLog,
        ProblemAction.OpenNetworkSettings => NodeAction.OpenNetworkSettings,
        ProblemAction.OpenHelp => NodeAction.OpenHelp,
        _ => null,
    };
}
