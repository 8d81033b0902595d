using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.Changes.Review;

/// <summary>What the person chose of a plan, written down with the operation.</summary>
/// <param name="Toggled">Items whose tick differs from the plan's.</param>
/// <param name="Items">How many items that makes to do.</param>
/// <param name="Blobs">How many blobs.</param>
/// <param name="Bytes">Their bytes.</param>
internal sealed record SelectionRecord(IReadOnlyList<long> Toggled, long Items, long Blobs, long Bytes);

/// <summary>
/// Which items of a plan would be done. An item is done when it is ticked and can be, and when all it must come after are
/// done too: unticking a record unticks its data with it.
/// </summary>
internal sealed class ChangeSelection
{
    private readonly List<bool> _chosen = [];
    private readonly Dictionary<long, IReadOnlyList<long>> _needs = [];

    private ChangeSelection()
    {
    }

    /// <summary>Whether an item is done.</summary>
    public bool this[long index] => index >= 0 && index < _chosen.Count && _chosen[(int)index];

    /// <summary>Works it out. Only a bit and the dependencies of an item are kept.</summary>
    /// <param name="items">The plan's items, in order.</param>
    /// <param name="toggled">Items whose tick differs from the plan's.</param>
    /// <exception cref="ProblemException"><c>plan.badSelection</c>: an item that is not there or whose tick cannot be changed.</exception>
    public static ChangeSelection Of(IEnumerable<ChangeItem> items, IReadOnlyCollection<long> toggled)
    {
        var selection = new ChangeSelection();
        var left = toggled.ToHashSet();
        foreach (var item in items)
        {
            var isToggled = left.Remove(item.Index);
            if (isToggled && (!item.CanTick || !CanBeDone(item)))
            {
                throw Bad($"{item.Label} cannot be ticked or unticked: {item.Refused ?? item.Note ?? "it is shown for information"}.");
            }

            selection._chosen.Add((item.Ticked ^ isToggled) && CanBeDone(item));
            // Metrics go before their run, and still only if the run is to go.
            IReadOnlyList<long> needs = item is { Action: ChangeAction.DeleteMetrics, Parent: { } run } ? [.. item.After, run] : item.After;
            if (needs.Count > 0)
            {
                selection._needs[item.Index] = needs;
            }
        }

        if (left.Count > 0)
        {
            throw Bad($"The plan has no item {left.Min()}.");
        }

        selection.Settle();
        return selection;
    }

    /// <summary>Whether it is something to do at all.</summary>
    public static bool CanBeDone(ChangeItem item) => item.Refused is null && item.Action != ChangeAction.Keep;

    /// <summary>Items follow one another in chains of any length and order, so this goes on until nothing changes.</summary>
    private void Settle()
    {
        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var (index, needs) in _needs)
            {
                if (_chosen[(int)index] && needs.Any(n => !this[n]))
                {
                    _chosen[(int)index] = false;
                    changed = true;
                }
            }
        }
    }

    private static ProblemException Bad(string why) =>
        new("plan.badSelection", $"This choice of items does not fit the plan. {why}") { Actions = [ProblemAction.PlanAgain] };
}
