using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.Changes.Review;

/// <summary>By what the items of a plan are ordered.</summary>
public enum PlanOrder
{
    /// <summary>As they would be done.</summary>
    Plan,

    /// <summary>By name.</summary>
    Name,

    /// <summary>By kind, then name.</summary>
    Kind,

    /// <summary>By action, then name.</summary>
    Action,

    /// <summary>By bytes.</summary>
    Bytes,

    /// <summary>By creation.</summary>
    Created,
}

/// <summary>An item of the plan of a change, to look at.</summary>
/// <param name="Id">Its number within the plan.</param>
/// <param name="Kind"><c>run</c>, <c>modelVersion</c>, <c>storedData</c>, <c>metrics</c>, ...</param>
/// <param name="KindName">What people call its kind: <c>model version</c>, <c>stored data</c>.</param>
/// <param name="Name">Its name at the service; of data its path.</param>
/// <param name="Label">What people call it.</param>
/// <param name="Action">What is done: Archive, Restore, Unregister, Detach, Delete, DeleteData, Undelete, Keep.</param>
/// <param name="Parent">Of data, the id of the record whose it is.</param>
/// <param name="Bytes">Its bytes.</param>
/// <param name="Blobs">How many blobs.</param>
/// <param name="Created">Unix time in milliseconds.</param>
/// <param name="State">Its state as the service says.</param>
/// <param name="Ticked">Whether it would be done.</param>
/// <param name="CanTick">Whether the person may change that.</param>
/// <param name="NeedsName">Whether ticking it demands typing the name.</param>
/// <param name="Note">Why it cannot be done, or what is special.</param>
/// <param name="Details">Further lines.</param>
public sealed record PlannedChange(
    long Id,
    string Kind,
    string KindName,
    string Name,
    string Label,
    string Action,
    long? Parent,
    long? Bytes,
    long? Blobs,
    long? Created,
    string? State,
    bool Ticked,
    bool CanTick,
    bool NeedsName,
    string? Note,
    IReadOnlyList<string> Details)
{
    internal static PlannedChange Of(ChangeItem item, PlanWorkspaces workspaces)
    {
        var can = ChangeSelection.CanBeDone(item);
        return new PlannedChange(
            item.Index,
            KindOf(item),
            KindNameOf(item),
            NameOf(item),
            item.Label,
            (item.Action == ChangeAction.DeleteMetrics ? ChangeAction.Delete : item.Action).ToString(),
            item.Parent,
            item.Bytes,
            item.Blobs,
            item.Seen?.CreatedAt?.ToUnixTimeMilliseconds(),
            item.Seen is { Archived: true, State: null } ? "Archived" : item.Seen?.State,
            item.Ticked && can,
            item.CanTick && can,
            item.NeedsName,
            item.Refused ?? item.Note,
            workspaces.NameOf(item) is { } workspace ? [.. item.Details, $"In the workspace {workspace}."] : item.Details);
    }

    internal static string KindOf(ChangeItem item) =>
        item.Place is not null ? "storedData" : item.Action == ChangeAction.DeleteMetrics ? "metrics" : ReceiptForm.Camel((item.Record?.Kind ?? default).ToString());

    private static string KindNameOf(ChangeItem item) =>
        item.Place is not null ? "stored data" : item.Action == ChangeAction.DeleteMetrics ? "metrics" : ResourceCatalog.Of(item.Record?.Kind ?? default).Singular;

    internal static string NameOf(ChangeItem item) =>
        item.Place?.Path ?? (item.Record is { } record ? record.Child is null ? record.Name : $"{record.Name}:{record.Child}" : item.Label);
}

/// <summary>
/// Pages of a plan's items in any order. Only keys and places of the items are held while sorting, and of the last order asked
/// for the places alone, so that the next page costs nothing.
/// </summary>
internal sealed class ChangePlanPages(OperationStore store)
{
    private readonly Lock _lock = new();
    private (string Plan, PlanOrder Order, bool Descending, string? Search, long[] Offsets)? _last;

    /// <summary>A page.</summary>
    /// <param name="planId">The plan, started or not.</param>
    /// <param name="order">The order.</param>
    /// <param name="descending">Backwards.</param>
    /// <param name="search">A part of the name or label, whatever the case; null for all.</param>
    /// <param name="first">How many items to leave out, from the page before; 0 for the first.</param>
    /// <param name="count">How many at most.</param>
    /// <exception cref="ProblemException"><c>plan.notFound</c>, <c>request.badPageToken</c>.</exception>
    public (IReadOnlyList<PlannedChange> Items, long? Next) Page(string planId, PlanOrder order, bool descending, string? search, long first, int count)
    {
        var offsets = Offsets(planId, order, descending, string.IsNullOrWhiteSpace(search) ? null : search.Trim());
        if (first < 0 || first > offsets.Length)
        {
            throw new ProblemException("request.badPageToken", "The page token does not belong to this plan. Begin with the first page.");
        }

        var page = offsets.AsSpan((int)first, (int)Math.Min(count, offsets.Length - first)).ToArray();
        var next = first + page.Length;
        var plan = store.PlanOrOperation(planId);
        var (workspaces, hidden) = (new PlanWorkspaces(plan), HiddenTexts.Of(plan));
        return ([.. store.ChangeItemsAt(planId, page).Select(i => PlannedChange.Of(hidden?.Whole(i) ?? i, workspaces))], next < offsets.Length ? next : null);
    }

    private long[] Offsets(string planId, PlanOrder order, bool descending, string? search)
    {
        lock (_lock)
        {
            if (_last is { } last && last.Plan == planId && last.Order == order && last.Descending == descending && last.Search == search)
            {
                return last.Offsets;
            }
        }

        var lines = store.ChangeLines(planId).Where(l => search is null
            || l.Item.Label.Contains(search, StringComparison.OrdinalIgnoreCase)
            || PlannedChange.NameOf(l.Item).Contains(search, StringComparison.OrdinalIgnoreCase));
        var offsets = Sorted(lines, order, descending);
        lock (_lock)
        {
            _last = (planId, order, descending, search, offsets);
        }

        return offsets;
    }

    private static long[] Sorted(IEnumerable<(long Offset, ChangeItem Item)> lines, PlanOrder order, bool descending)
    {
        if (order == PlanOrder.Plan)
        {
            // Stages are done one after the other, whatever the place in the file.
            var staged = lines.Select(l => (l.Offset, Number: (long)l.Item.Stage)).ToList();
            return Numbers(staged, descending);
        }

        if (order is PlanOrder.Bytes or PlanOrder.Created)
        {
            return Numbers(
                [.. lines.Select(l => (l.Offset, Number: (order == PlanOrder.Bytes ? l.Item.Bytes : l.Item.Seen?.CreatedAt?.ToUnixTimeMilliseconds()) ?? -1))], descending);
        }

        var keyed = lines.Select(l => (l.Offset, Group: Group(l.Item, order), l.Item.Label)).ToList();
        var texts = StringComparer.OrdinalIgnoreCase;
        var sorted = descending
            ? keyed.OrderByDescending(k => k.Group, StringComparer.Ordinal).ThenByDescending(k => k.Label, texts).ThenByDescending(k => k.Offset)
            : keyed.OrderBy(k => k.Group, StringComparer.Ordinal).ThenBy(k => k.Label, texts).ThenBy(k => k.Offset);
        return [.. sorted.Select(k => k.Offset)];
    }

    private static string Group(ChangeItem item, PlanOrder order) => order switch
    {
        PlanOrder.Kind => PlannedChange.KindOf(item),
        PlanOrder.Action => item.Action.ToString(),
        _ => string.Empty,
    };

    private static long[] Numbers(List<(long Offset, long Number)> keyed, bool descending) =>
        [.. (descending ? keyed.OrderByDescending(k => k.Number).ThenByDescending(k => k.Offset) : keyed.OrderBy(k => k.Number).ThenBy(k => k.Offset)).Select(k => k.Offset)];
}
