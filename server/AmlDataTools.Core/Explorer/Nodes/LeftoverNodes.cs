using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Workspaces;
using AmlDataTools.Core.Workspaces.Leftovers;
using static AmlDataTools.Core.Explorer.Nodes.NodeText;

namespace AmlDataTools.Core.Explorer.Nodes;

/// <summary>Makes the nodes of what is left over from workspaces that are gone.</summary>
internal sealed class LeftoverNodes(PortalLinks portal)
{
    /// <summary>A resource group with leftovers.</summary>
    /// <param name="subscription">Its subscription.</param>
    /// <param name="group">What was found in it.</param>
    public static ExplorerNode Group(LeftoversTarget subscription, LeftoverGroup group)
    {
        var workspaces = group.Items.Select(one => NameOf(one.Proof)).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase).ToList();

        // No number: the row is drawn with its siblings and would still say it after some of the resources went.
        var description = workspaces.Count switch { 0 => null, 1 or 2 => $"of {string.Join(" and ", workspaces)}", _ => $"of {Sizes.Count(workspaces.Count, "workspace")}" };
        return new ExplorerNode(
            NodeTargets.Format(new LeftoverGroupTarget(subscription.SubscriptionId, subscription.TenantId, group.Name)),
            NodeKind.LeftoverGroup, group.Name, description, Lines(("Resource group", group.Name), ("Workspaces that are gone", workspaces.Count == 0 ? null : string.Join(", ", workspaces.Take(10)))),
            "folder", null, Join($"Resource group {group.Name}", description), NodeExpansion.Collapsed, [NodeAction.Refresh], null);
    }

    /// <summary>A leftover.</summary>
    /// <param name="leftover">It.</param>
    /// <param name="tenantId">The tenant whose token opens it.</param>
    /// <param name="uses">Who uses what, as far as it could be read.</param>
    public ExplorerNode Leftover(Leftover leftover, string? tenantId, DependentUses uses)
    {
        var (resource, proof) = (leftover.Resource, leftover.Proof);
        var traits = ResourceCatalog.Of(DependentKinds.Of(resource.Ref.Kind));
        var state = resource.State is null or "Succeeded" or "Active" ? null : resource.State;
        var of = NameOf(proof) is { } name ? $"of {name}" : "of a workspace that is gone";
        var description = Join(traits.Singular, resource.Location, state, proof.IsCertain ? of : "likely " + of);
        var url = portal.Resource(resource.Ref.ResourceId, tenantId);
        return new ExplorerNode(
            NodeTargets.Format(new LeftoverTarget(resource.Ref.ResourceId, tenantId)),
            NodeKind.Leftover, resource.Ref.Name, description,
            Lines([
                (char.ToUpperInvariant(traits.Singular[0]) + traits.Singular[1..], resource.Ref.Name), ("Resource group", resource.Ref.ResourceGroup), ("Region", resource.Location),
                ("State", resource.State), ("Created", Moment(resource.CreatedAt)), ("Why it is here", proof.Reason),
                (null, leftover.Recovery),
                .. leftover.Cautions.Select(caution => ((string?)null, (string?)caution)),
                (null, uses.Unread.Count > 0 ? $"Whether other workspaces use it is not fully known: {string.Join(", ", uses.Unread.Take(3))} could not be read." : null),
            ]),
            DependentNodes.IconOf(resource.Ref.Kind), state is null ? null : RunLooks.Muted, Join($"{resource.Ref.Name}, {description}", proof.Reason), NodeExpansion.None,
            [NodeAction.CopyName, NodeAction.CopyId, .. url is null ? (NodeAction[])[] : [NodeAction.OpenInPortal], NodeAction.Delete],
            new NodeResource(resource.Ref.Name, resource.Ref.ResourceId, null, null, PortalUrl: url));
    }

    /// <summary>The workspace's name; null where only an id is known.</summary>
    /// <param name="proof">What names it.</param>
    public static string? NameOf(LeftoverProof proof) => Guid.TryParseExact(proof.Workspace.Name, "D", out _) ? null : proof.Workspace.Name;
}
