using System.Text.Json;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Storage;
using static AmlDataTools.Core.Explorer.Nodes.NodeText;

namespace AmlDataTools.Core.Explorer.Nodes;

/// <summary>Makes the nodes of groups and of the things in them.</summary>
internal sealed class ResourceNodes(StudioLinks studio, TimeProvider clock)
{
    // Ids of nodes hold the name; a service's names are far shorter.
    private const int MaxName = 4000;

    private static readonly ResourceGroupKind[] Top =
    [
        ResourceGroupKind.Models, ResourceGroupKind.DataAssets, ResourceGroupKind.Computes, ResourceGroupKind.Endpoints, ResourceGroupKind.Pipelines,
        ResourceGroupKind.EnvironmentsAndComponents, ResourceGroupKind.Datastores, ResourceGroupKind.Dependents,
    ];

    /// <summary>The groups below a workspace.</summary>
    public IEnumerable<ExplorerNode> Groups(WorkspaceRef workspace) => Top.Select(group => Group(workspace, group));

    /// <summary>A group.</summary>
    public ExplorerNode Group(WorkspaceRef workspace, ResourceGroupKind group)
    {
        var (kind, label, icon) = ResourceLooks.Of(group);
        return new ExplorerNode(
            NodeTargets.Format(new ResourceGroupTarget(workspace, group)), kind, label, null, null, icon, null, null, NodeExpansion.Collapsed, ResourceActions.Of(group), null);
    }

    /// <summary>Whether a node can stand for it: no id can be made of a name that is no valid Unicode, or longer than any service's.</summary>
    public static bool CanShow(ListedResource item) => IsText(item.Address.Name) && IsText(item.Address.Child) && IsText(item.ServiceId);

    /// <summary>A thing.</summary>
    /// <param name="item">The thing.</param>
    /// <param name="containerArchived">Whether what it is in is archived as a whole.</param>
    /// <param name="endpoint">The <c>properties</c> of the endpoint of a deployment; null when not known.</param>
    public ExplorerNode Resource(ListedResource item, bool containerArchived = false, JsonElement? endpoint = null)
    {
        var address = item.Address;
        var traits = ResourceCatalog.Of(address.Kind);
        var archived = item.IsArchived || containerArchived;
        var (icon, color) = ResourceLooks.Of(item, archived);
        var label = ResourceText.Label(item);
        var description = Join(
            ResourceText.Description(item, endpoint),
            item.Created is { } created ? HumanText.Ago(created, clock.GetUtcNow()) : null,
            address.Child is null ? null : item.CreatedBy,
            item.IsArchived ? "archived" : containerArchived ? "archived with the whole " + ResourceCatalog.Of(ResourcePlaces.ContainerOf(address.Kind) ?? address.Kind).Singular : null);
        var touchable = ResourcePlaces.CanAddress(address, item.ServiceId);
        var isStore = address.Kind == ResourceKind.Datastore;
        var opens = touchable && (isStore || ResourcePlaces.ContentOf(address.Kind) is not null);
        var resourceId = ResourcePlaces.ResourceIdOf(address);
        var url = touchable ? studio.Resource(address, item.ServiceId, item.Properties.Text("latestVersion")) : null;
        var actions = new List<NodeAction>(8);
        if (opens)
        {
            actions.Add(NodeAction.Refresh);
        }

        actions.Add(NodeAction.CopyName);
        if (resourceId is not null || item.ServiceId is not null)
        {
            actions.Add(NodeAction.CopyId);
        }

        if (url is not null)
        {
            actions.Add(NodeAction.OpenInStudio);
        }

        if (isStore && touchable)
        {
            actions.Add(NodeAction.CopyUri);
        }

        actions.AddRange(ResourceActions.Of(item, containerArchived));
        if (opens && ResourceActions.HoldsVersions(address.Kind))
        {
            actions.Add(NodeAction.ChangeMatching);
        }

        return new ExplorerNode(
            NodeTargets.Format(new ResourceTarget(address, item.ServiceId)),
            ResourceLooks.NodeKindOf(address.Kind), label, description,
            Lines([
                (Capital(traits.Singular), address.Text), (null, ResourceText.About(item)), .. ResourceText.Details(item, endpoint),
                ("Created", Moment(item.Created)), ("Created by", item.CreatedBy), ("Changed", Moment(item.Modified)), ("Tags", Tags(item.Tags)),
                ("Archived", item.IsArchived ? "yes" : containerArchived ? "with all versions at once; restore all to bring it back" : null),
                (null, touchable ? null : "Its name cannot be part of an address, so nothing can be done with it here."),
            ]),
            icon, color, Join($"{(address.Child is null ? label : address.Text)}, {traits.Singular}", description),
            opens ? NodeExpansion.Collapsed : NodeExpansion.None, actions,
            new NodeResource(item.ServiceId ?? address.Text, resourceId, url, null, archived, isStore && touchable ? FileNodes.UriOf(new FileLocation(address.Workspace, address.Name, string.Empty, null)) : null));
    }

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static bool IsText(string? text) => text is null || (text.Length is > 0 and <= MaxName && IsUnicode(text));

    private static bool IsUnicode(string text)
    {
        for (var index = 0; index < text.Length; index++)
        {
            if (!System.Text.Rune.TryGetRuneAt(text, index, out var rune))
            {
                return false;
            }

            index += rune.Utf16SequenceLength - 1;
        }

        return true;
    }
}
