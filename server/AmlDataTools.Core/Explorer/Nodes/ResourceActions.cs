using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.Explorer.Nodes;

/// <summary>What can be done with things and groups: what the catalog allows, as far as their state does. What cannot be done is not shown.</summary>
internal static class ResourceActions
{
    /// <summary>What can be taken of a thing and changed about it.</summary>
    /// <param name="item">The thing.</param>
    /// <param name="containerArchived">Whether what it is in is archived as a whole: then it cannot be archived or restored by itself.</param>
    public static IReadOnlyList<NodeAction> Of(ListedResource item, bool containerArchived)
    {
        if (!ResourcePlaces.CanAddress(item.Address, item.ServiceId))
        {
            return [];
        }

        var traits = ResourceCatalog.Of(item.Address.Kind);
        var actions = new List<NodeAction>();
        if (traits.CanHaveData || (item.Address.Kind == ResourceKind.Datastore && item.Properties.Text("datastoreType") is "AzureBlob" or "AzureDataLakeGen2" or "AzureFile"))
        {
            actions.Add(NodeAction.Download);
        }

        // What many workspaces share is not changed from here.
        if (item.Address.Workspace.IsRegistry)
        {
            return actions;
        }

        if (traits.CanArchive && !containerArchived)
        {
            actions.Add(item.IsArchived ? NodeAction.Restore : NodeAction.Archive);
        }

        switch (traits.Removal)
        {
            // Deleting an attached one would delete what lives elsewhere and may serve others.
            case RecordRemoval.Delete when item.IsAttached:
                actions.Add(NodeAction.Detach);
                break;
            case RecordRemoval.Delete or RecordRemoval.DeleteMayBeRefused:
                actions.Add(NodeAction.Delete);
                break;

            // The service does not let the workspace be without a default one, and without those of its making it does not work.
            case RecordRemoval.Unregister when !item.IsDefault && item.WorkspaceOwn is null:
                actions.Add(NodeAction.Unregister);
                break;
            default:
                break;
        }

        if (traits.CanHaveData && traits.Removal is RecordRemoval.Unregister or RecordRemoval.ArchiveInstead)
        {
            actions.Add(NodeAction.DeleteData);
        }

        return actions;
    }

    /// <summary>Whether versions are in it, of which those of some age, tag or person can be changed together.</summary>
    /// <param name="kind">The kind.</param>
    public static bool HoldsVersions(ResourceKind kind) => ResourcePlaces.ContentOf(kind) is { } inner && ResourceCatalog.Of(inner).ChildCollection == "versions";

    /// <summary>What can be done with a group.</summary>
    /// <param name="group">The group.</param>
    /// <param name="inRegistry">Whether it is a registry's, where nothing is changed.</param>
    public static IReadOnlyList<NodeAction> Of(ResourceGroupKind group, bool inRegistry)
    {
        var kinds = ResourceLooks.KindsOf(group);
        return inRegistry ? (group == ResourceGroupKind.Components ? [NodeAction.Refresh] : [NodeAction.Refresh, NodeAction.ShowArchived])
            : kinds.Count == 0 ? [NodeAction.Refresh]
            : kinds.Any(kind => ResourceCatalog.Of(kind).CanArchive) ? [NodeAction.Refresh, NodeAction.ShowArchived, NodeAction.ChangeMatching]
            : [NodeAction.Refresh, NodeAction.ChangeMatching];
    }
}
