using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm.Dependents;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Workspaces;
using static AmlDataTools.Core.Explorer.Nodes.NodeText;

namespace AmlDataTools.Core.Explorer.Nodes;

/// <summary>Makes the nodes of what a workspace uses, and of hub and projects.</summary>
internal sealed class DependentNodes(PortalLinks portal)
{
    /// <summary>A resource, read or not.</summary>
    /// <param name="workspace">The workspace that uses it.</param>
    /// <param name="found">The resource.</param>
    /// <param name="uses">Who uses it besides.</param>
    public ExplorerNode Dependent(WorkspaceRef workspace, FoundDependent found, DependentUses uses)
    {
        var kind = DependentKinds.Of(found.Ref.Kind);
        var traits = ResourceCatalog.Of(kind);
        var others = uses.Others(found.Ref, workspace);
        var shared = others.Count switch
        {
            0 => null,
            1 => $"also used by {others[0].Name}",
            _ => $"also used by {others[0].Name} and {others.Count - 1:N0} more",
        };
        var document = found.Document;
        var state = found switch
        {
            { IsGone: true } => "not found",
            { Document: null } => found.Failure is { Status: 403 } ? "no access" : "could not be read",
            _ => document?.State is null or "Succeeded" or "Active" ? null : document.State,
        };
        var description = Join(traits.Singular, document?.Location, state, shared);
        var actions = new List<NodeAction> { NodeAction.CopyName, NodeAction.CopyId };
        var url = portal.Resource(found.Ref.ResourceId, workspace.TenantId);
        if (url is not null)
        {
            actions.Add(NodeAction.OpenInPortal);
        }

        if (document is not null)
        {
            actions.Add(NodeAction.Delete);
        }

        return new ExplorerNode(
            NodeTargets.Format(new ResourceTarget(new ResourceAddress(workspace, kind, found.Ref.Name, null), found.Ref.ResourceId)),
            NodeKind.Dependent, found.Ref.Name, description,
            Lines([
                (char.ToUpperInvariant(traits.Singular[0]) + traits.Singular[1..], found.Ref.Name), ("Resource group", found.Ref.ResourceGroup),
                ("Subscription", found.Ref.SubscriptionId == workspace.SubscriptionId ? null : found.Ref.SubscriptionId),
                ("Region", document?.Location), ("State", document?.State ?? state), ("Price level", document?.Sku), ("Created", Moment(document?.CreatedAt)),
                ("Also used by", others.Count == 0 ? null : string.Join(", ", others.Take(10).Select(user => user.Name)) + (others.Count > 10 ? ", ..." : string.Empty)),
                (null, Unseen(found.Ref, uses)),
                .. Keeping(found), ("Tags", document is null ? null : Tags(document.Tags)), (null, found.IsGone ? null : found.Failure?.Message),
            ]),
            IconOf(found.Ref.Kind), state is null ? null : RunLooks.Muted, Join($"{found.Ref.Name}, {traits.Singular}", description), NodeExpansion.None, actions,
            new NodeResource(found.Ref.Name, found.Ref.ResourceId, null, null, PortalUrl: url));
    }

    /// <summary>A workspace that belongs to another: the hub of a project, a project of a hub.</summary>
    /// <param name="workspace">It.</param>
    /// <param name="relation"><c>hub</c> or <c>project</c>.</param>
    public ExplorerNode Related(WorkspaceRef workspace, string relation) => new(
        NodeTargets.Format(new WorkspaceTarget(workspace)),
        NodeKind.Workspace, workspace.Name, relation, Lines(("Workspace", workspace.Name), ("Resource group", workspace.ResourceGroup), ("Relation", relation)),
        "beaker", null, $"{workspace.Name}, {relation}", NodeExpansion.None, [NodeAction.CopyName, NodeAction.CopyId],
        new NodeResource(workspace.Name, workspace.ResourceId, null, null));

    private static string? Unseen(DependentRef dependent, DependentUses uses) => (dependent.Kind, uses.Unread.Count) switch
    {
        (DependentKind.LogAnalytics, _) => "Whether other resources write to it cannot be told.",
        (_, > 0) => $"Whether other workspaces use it is not fully known: {string.Join(", ", uses.Unread.Take(3))} could not be read.",
        _ => null,
    };

    private static IEnumerable<(string? Name, string? Value)> Keeping(FoundDependent found)
    {
        if (found.Document is not { } document)
        {
            yield break;
        }

        switch (found.Ref.Kind)
        {
            case DependentKind.KeyVault:
                yield return ("When deleted", document.KeptDays is { } days ? $"kept for {Sizes.Count(days, "day")}" : "gone at once");
                yield return ("Purge protection", document.IsPurgeProtected ? "on: it cannot be purged before" : "off");
                break;
            case DependentKind.LogAnalytics:
                yield return ("When deleted", "kept for 14 days");
                break;
        }
    }

    /// <summary>The icon of a kind.</summary>
    public static string IconOf(DependentKind kind) => kind switch
    {
        DependentKind.StorageAccount => "database",
        DependentKind.KeyVault => "key",
        DependentKind.ContainerRegistry => "package",
        DependentKind.ApplicationInsights => "pulse",
        _ => "output",
    };
}
