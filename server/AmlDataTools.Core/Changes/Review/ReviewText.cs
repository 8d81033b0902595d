using System.Globalization;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.Changes.Review;

/// <summary>The words of a review.</summary>
internal static class ReviewText
{
    /// <summary>The button.</summary>
    public static string Button(OperationVerb verb) => verb switch
    {
        OperationVerb.Archive => "Archive",
        OperationVerb.Restore => "Restore",
        OperationVerb.Unregister => "Unregister",
        OperationVerb.Delete => "Delete",
        OperationVerb.Undelete => "Undelete",
        OperationVerb.Erase => "Erase",
        _ => "Start",
    };

    /// <summary>The question, with the numbers: <c>Delete 14 runs and 3.1 GB of data?</c></summary>
    public static string Question(OperationPlan plan, ChangeTotals totals)
    {
        if (totals.Items == 0)
        {
            return "Nothing is ticked.";
        }

        var parts = totals.ByKind.GroupBy(r => r.Key.Action).Select(g => (Verb: Verb(g.Key), What: g.Select(r => Things(r.Key.Kind, r.Value, totals)).ToList())).ToList();
        if (totals.Metrics > 0)
        {
            Add("delete", $"the metrics of {Sizes.Count(totals.Metrics, "run")}");
        }

        if (totals.Blobs > 0)
        {
            var undelete = plan.Verb == OperationVerb.Undelete;
            Add(undelete ? "undelete" : "delete", $"{Sizes.Text(totals.Bytes)} of data ({Sizes.Count(totals.Blobs, Retention.PieceIn(plan.Retentions))})");
        }

        if (parts.Count == 0)
        {
            parts.Add((Button(plan.Verb), [Sizes.Count(totals.Items, "item")]));
        }

        var sentence = Listed([.. parts.Select(p => $"{p.Verb} {Listed(p.What)}")]);
        return string.Create(CultureInfo.InvariantCulture, $"{char.ToUpperInvariant(sentence[0])}{sentence[1..]}?");

        void Add(string verb, string what)
        {
            var same = parts.FindIndex(p => p.Verb == verb);
            if (same >= 0)
            {
                parts[same].What.Add(what);
            }
            else
            {
                parts.Add((verb, [what]));
            }
        }
    }

    /// <summary>What stands below the question.</summary>
    public static string Detail(OperationPlan plan, ChangeTotals totals)
    {
        var sentences = new List<string>();
        switch (plan.Verb)
        {
            case OperationVerb.Archive:
                sentences.Add("Archiving hides from lists and deletes nothing. It can be restored.");
                break;
            case OperationVerb.Restore:
                sentences.Add("What is archived is shown in lists again.");
                break;
            case OperationVerb.Undelete:
                sentences.Add("Blobs that are there again already are not written over. Records that were deleted stay deleted.");
                break;
            case OperationVerb.Erase:
                sentences.Add("What is cleared or deleted of a person cannot be brought back from here.");
                AddDestructive(plan, totals, sentences);
                break;
            case OperationVerb.Unregister or OperationVerb.Delete:
                AddDestructive(plan, totals, sentences);
                break;
        }

        if (totals.NotDone > 0)
        {
            sentences.Add($"{Sizes.Count(totals.NotDone, "item")} of the plan {(totals.NotDone == 1 ? "is" : "are")} left as {(totals.NotDone == 1 ? "it is" : "they are")}.");
        }

        return string.Join(' ', sentences);
    }

    private static void AddDestructive(OperationPlan plan, ChangeTotals totals, List<string> sentences)
    {
        var deletes = totals.ByKind.Keys.Any(k => k.Action == ChangeAction.Delete);
        if (deletes)
        {
            sentences.Add("Deleted records cannot be brought back.");
        }

        if (totals.ByKind.Keys.Any(k => k.Action is ChangeAction.Unregister or ChangeAction.Detach))
        {
            sentences.Add("Unregistering and detaching take the registration away; what it points to stays.");
        }

        if (totals.ByKind.Keys.Any(k => k.Action == ChangeAction.Archive))
        {
            sentences.Add("What the service does not delete is archived, and can be restored.");
        }

        if (totals.Blobs == 0)
        {
            sentences.Add("No data is deleted.");
            return;
        }

        foreach (var retention in plan.Retentions)
        {
            sentences.Add(Keeps(retention));
        }
    }

    private static string Keeps(Retention retention) => retention switch
    {
        { Share: { } share, ShareSnapshots: > 0 and var count } => $"The file share {share} has {Sizes.Count(count, "snapshot")}, from which deleted files can be copied back; otherwise they cannot be brought back.",
        { Share: { } share } => $"The file share {share} keeps no deleted files: they cannot be brought back.",
        { Versioning: true } => $"The storage account {retention.Account} keeps former versions of deleted blobs.",
        { SoftDeleteDays: > 0 and var days } => $"The storage account {retention.Account} keeps deleted blobs for {Sizes.Count(days, "day")}; until then they can be brought back.",
        { SoftDeleteDays: 0 } => $"The storage account {retention.Account} keeps nothing: deleted data cannot be brought back.",
        _ => $"Whether the storage account {retention.Account} keeps deleted blobs could not be read: count on it that they cannot be brought back.",
    };

    private static string Verb(ChangeAction action) => action switch
    {
        ChangeAction.Archive => "archive",
        ChangeAction.Restore => "restore",
        ChangeAction.Unregister => "unregister",
        ChangeAction.Detach => "detach",
        ChangeAction.Purge => "purge",
        ChangeAction.Clear => "clear texts of",
        _ => "delete",
    };

    private static string Things(ResourceKind kind, long count, ChangeTotals totals)
    {
        var traits = ResourceCatalog.Of(kind);
        return totals.OnlyLabel is { } label ? $"the {traits.Singular} {label}"
            : string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? traits.Singular : traits.Plural)}");
    }

    private static string Listed(IReadOnlyList<string> parts) => parts.Count switch
    {
        0 => string.Empty,
        1 => parts[0],
        _ => $"{string.Join(", ", parts.Take(parts.Count - 1))} and {parts[^1]}",
    };
}
