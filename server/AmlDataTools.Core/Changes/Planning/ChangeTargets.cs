using AmlDataTools.Azure;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Names;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.Changes.Planning;

/// <summary>What nodes of the tree mean for a change.</summary>
internal static class ChangeTargets
{
    /// <summary>The targets, each once, without those that lie inside another one chosen; what holds others comes first.</summary>
    /// <exception cref="ProblemException"><c>explorer.badNodeId</c>, <c>change.inRegistry</c>.</exception>
    public static IReadOnlyList<NodeTarget> Read(IEnumerable<string> nodeIds)
    {
        var all = nodeIds.Distinct(StringComparer.Ordinal).Select(NodeTargets.Parse).Select(Plain).Distinct().ToList();
        if (all.Select(WorkspaceOf).FirstOrDefault(workspace => workspace is { IsRegistry: true }) is { } registry)
        {
            throw new ProblemException("change.inRegistry", $"What is in the registry {registry.Name} is shared by many workspaces and is not changed from here. Use the Azure CLI: az ml model archive --registry-name.") { Target = registry.Name };
        }

        return [.. all.Where(target => !all.Any(other => IsInside(target, other))).OrderBy(target => target is WorkspaceTarget ? 0 : target is ExperimentTarget ? 1 : 2)];
    }

    /// <summary>The workspace of a target; null when it has none.</summary>
    public static WorkspaceRef? WorkspaceOf(NodeTarget target) => target switch
    {
        WorkspaceTarget it => it.Workspace,
        RegistryTarget it => it.Registry,
        ExperimentsTarget it => it.Workspace,
        ExperimentTarget it => it.Workspace,
        RunTarget it => it.Workspace,
        NamedOutputsTarget it => it.Workspace,
        NamedOutputTarget it => it.Workspace,
        ChildRunsTarget it => it.Workspace,
        FolderTarget it => it.Location.Workspace,
        FileTarget it => it.Location.Workspace,
        ResourceGroupTarget it => it.Workspace,
        ResourceTarget it => it.Resource.Workspace,
        _ => null,
    };

    /// <summary>What was being read, for errors.</summary>
    public static ProblemContext ContextOf(NodeTarget target) => target switch
    {
        RunTarget it => new ProblemContext(ProblemSubject.Run, it.RunId),
        ExperimentTarget it => new ProblemContext(ProblemSubject.Experiment, it.Name),
        ResourceTarget it => new ProblemContext(ProblemSubject.Other, $"the {ResourceCatalog.Of(it.Resource.Kind).Singular} {it.Resource.Text}", it.Resource.Text),
        LeftoverTarget it => new ProblemContext(ProblemSubject.Other, NameOf(it), it.ResourceId),
        FolderTarget it => new ProblemContext(ProblemSubject.Storage, it.Location.Path),
        FileTarget it => new ProblemContext(ProblemSubject.Storage, it.Location.Path),
        _ when WorkspaceOf(target) is { } workspace => new ProblemContext(ProblemSubject.Workspace, workspace.Name),
        _ => ProblemContext.None,
    };

    /// <summary>The name of a leftover.</summary>
    public static string NameOf(LeftoverTarget leftover) => leftover.ResourceId[(leftover.ResourceId.LastIndexOf('/') + 1)..];

    // "Outputs + logs" is the folder it shows.
    private static NodeTarget Plain(NodeTarget target) => target is RunFilesTarget files ? new FolderTarget(files.Location, files.RunId) : target;

    private static bool IsInside(NodeTarget inner, NodeTarget outer) => (inner, outer) switch
    {
        (ResourceTarget { Resource: { Child: not null } version }, ResourceTarget { Resource: { Child: null } container }) =>
            ResourcePlaces.ContainerOf(version.Kind) == container.Kind && version.Workspace == container.Workspace && version.Name == container.Name,
        // What a workspace uses is not in it.
        (not WorkspaceTarget and not ResourceTarget { Resource.Kind: ResourceKind.StorageAccount or ResourceKind.KeyVault or ResourceKind.ContainerRegistry or ResourceKind.ApplicationInsights or ResourceKind.LogAnalytics }, WorkspaceTarget outermost) =>
            WorkspaceOf(inner) == outermost.Workspace,
        (FolderTarget one, FolderTarget other) => one != other && one.Location.Path != other.Location.Path && IsIn(one.Location, other.Location),
        (FileTarget one, FolderTarget other) => IsIn(one.Location, other.Location),
        _ => false,
    };

    private static bool IsIn(Storage.FileLocation inner, Storage.FileLocation outer) =>
        inner.Workspace == outer.Workspace && inner.Datastore == outer.Datastore && outer.Path.Length > 0 && FolderPrefix.Contains(outer.Path, inner.Path);
}
