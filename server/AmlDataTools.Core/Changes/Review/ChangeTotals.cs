using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.Changes.Review;

/// <summary>What the chosen items of a plan add up to. Memory does not grow with their number.</summary>
internal sealed class ChangeTotals
{
    private readonly SortedDictionary<(ChangeAction Action, ResourceKind Kind), long> _records = [];

    /// <summary>Items that would be done.</summary>
    public long Items { get; private set; }

    /// <summary>Records among them.</summary>
    public long Records { get; private set; }

    /// <summary>Blobs that would be deleted or brought back.</summary>
    public long Blobs { get; private set; }

    /// <summary>Their bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Items that cannot be done or are not ticked; not those shown for information.</summary>
    public long NotDone { get; private set; }

    /// <summary>Whether a chosen item demands typing: others refer to it.</summary>
    public bool NeedsName { get; private set; }

    /// <summary>Whether something is deleted that takes others with it.</summary>
    public bool IsWeighty { get; private set; }

    /// <summary>Runs whose metrics go.</summary>
    public long Metrics { get; private set; }

    /// <summary>The one record when there is just one.</summary>
    public string? OnlyLabel { get; private set; }

    /// <summary>Records by what is done with them and what they are.</summary>
    public IReadOnlyDictionary<(ChangeAction Action, ResourceKind Kind), long> ByKind => _records;

    /// <summary>Adds up.</summary>
    public static ChangeTotals Of(IEnumerable<ChangeItem> items, ChangeSelection selection)
    {
        var totals = new ChangeTotals();
        foreach (var item in items)
        {
            totals.Add(item, selection[item.Index]);
        }

        return totals;
    }

    private void Add(ChangeItem item, bool chosen)
    {
        if (!chosen)
        {
            NotDone += item.Action == ChangeAction.Keep ? 0 : 1;
            return;
        }

        Items++;
        NeedsName |= item.NeedsName;
        switch (item)
        {
            case { Action: ChangeAction.DeleteData or ChangeAction.Undelete }:
                Blobs += item.Blobs ?? 0;
                Bytes += item.Bytes ?? 0;
                break;
            case { Action: ChangeAction.DeleteMetrics }:
                Metrics++;
                break;
            case { Record: not null, Seen.Gone: true }:
                // Done by finding it gone: a person is not asked about it.
                break;
            case { Record: { } record }:
                Records++;
                OnlyLabel = Records == 1 ? item.Label : null;
                _records[(item.Action, record.Kind)] = _records.GetValueOrDefault((item.Action, record.Kind)) + 1;
                IsWeighty |= item.Action == ChangeAction.Delete && ResourceCatalog.Of(record.Kind).IsWeighty;
                break;
        }
    }
}
