using AmlDataTools.Azure;
using AmlDataTools.Core.Operations;

namespace AmlDataTools.Core.Changes.Review;

/// <summary>The workspaces a plan is about, as a rule one. With several, each item says which it is in: names may be the same.</summary>
internal sealed class PlanWorkspaces
{
    private readonly Dictionary<string, WorkspaceRef> _bySource;
    private readonly HashSet<string> _ambiguous;

    /// <summary>Reads them off the plan's sources.</summary>
    public PlanWorkspaces(OperationPlan plan)
    {
        _bySource = plan.Sources.ToDictionary(
            s => s.Key, s => new WorkspaceRef(s.Value.SubscriptionId, s.Value.ResourceGroup, s.Value.Workspace, s.Value.TenantId), StringComparer.Ordinal);
        Ids = [.. _bySource.Values.Select(w => w.ResourceId).Prepend(plan.Workspace).Distinct(StringComparer.OrdinalIgnoreCase)];
        _ambiguous = _bySource.Values.DistinctBy(w => w.ResourceId, StringComparer.OrdinalIgnoreCase).GroupBy(w => w.Name, StringComparer.OrdinalIgnoreCase)
            .Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Their Resource Manager ids, that of the first target first.</summary>
    public IReadOnlyList<string> Ids { get; }

    /// <summary>Resource Manager id of an item's workspace; null when all are in one.</summary>
    public string? IdOf(ChangeItem item) => Of(item)?.ResourceId;

    /// <summary>What people call an item's workspace; null when all are in one.</summary>
    public string? NameOf(ChangeItem item) =>
        Of(item) is not { } workspace ? null : _ambiguous.Contains(workspace.Name) ? $"{workspace.Name} in {workspace.ResourceGroup}" : workspace.Name;

    /// <summary>An item's label, with its workspace when there are several.</summary>
    public string LabelOf(ChangeItem item) => NameOf(item) is { } name ? $"{item.Label} ({name})" : item.Label;

    private WorkspaceRef? Of(ChangeItem item) =>
        Ids.Count > 1 && (item.Record?.Source ?? item.Place?.Source) is { } source ? _bySource.GetValueOrDefault(source) : null;
}
