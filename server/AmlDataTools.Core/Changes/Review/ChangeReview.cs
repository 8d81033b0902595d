using AmlDataTools.Core.Operations;

namespace AmlDataTools.Core.Changes.Review;

/// <summary>What must be given to start a plan.</summary>
public enum ConfirmationKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A click on the plan's own button.</summary>
    Click,

    /// <summary>A modal question with the numbers.</summary>
    Modal,

    /// <summary>The name, typed.</summary>
    TypeName,
}

/// <summary>What a choice of a plan's items amounts to, and what must be confirmed for just this choice.</summary>
/// <param name="Records">Records that would be changed.</param>
/// <param name="Blobs">Blobs that would be deleted or brought back.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="NotDone">Items that cannot be done or are not ticked.</param>
/// <param name="Confirmation">What starting demands.</param>
/// <param name="ConfirmationText">The text to type where typing is demanded; else null.</param>
/// <param name="Question">The question to ask, with the numbers.</param>
/// <param name="Detail">What stands below it.</param>
/// <param name="Button">The verb.</param>
/// <param name="Warnings">What to know before starting.</param>
/// <param name="Survivors">What will remain.</param>
public sealed record ChangeReview(
    long Records,
    long Blobs,
    long Bytes,
    long NotDone,
    ConfirmationKind Confirmation,
    string? ConfirmationText,
    string Question,
    string Detail,
    string Button,
    IReadOnlyList<PlanWarning> Warnings,
    IReadOnlyList<string> Survivors);

/// <summary>Judges a choice of items.</summary>
internal static class ChangeReviewer
{
    /// <summary>What is given for a click or a modal question.</summary>
    public const string Confirmed = "confirmed";

    /// <summary>Judges it.</summary>
    public static ChangeReview Review(OperationPlan plan, ChangeTotals totals)
    {
        var kind = Kind(plan, totals);
        return new ChangeReview(
            totals.Records,
            totals.Blobs,
            totals.Bytes,
            totals.NotDone,
            kind,
            kind == ConfirmationKind.TypeName ? TextToType(plan, totals) : null,
            ReviewText.Question(plan, totals),
            ReviewText.Detail(plan, totals),
            ReviewText.Button(plan.Verb),
            plan.Warnings,
            plan.Survivors);
    }

    private static ConfirmationKind Kind(OperationPlan plan, ChangeTotals totals)
    {
        var choices = plan.Change ?? ChangeChoices.Default;
        return (plan.Verb, totals.Items) switch
        {
            (_, 0) => ConfirmationKind.None,
            (OperationVerb.Erase, _) => ConfirmationKind.TypeName,
            (OperationVerb.Unregister or OperationVerb.Delete, _) => choices.TypeNames && (totals.Bytes > choices.TypeAboveBytes || totals.IsWeighty || totals.NeedsName)
                ? ConfirmationKind.TypeName
                : ConfirmationKind.Modal,
            _ => ConfirmationKind.Click,
        };
    }

    /// <summary>One thing's name, or the number of many: what the person must have read.</summary>
    private static string TextToType(OperationPlan plan, ChangeTotals totals)
    {
        if (plan.NameToType is { Length: > 0 } name)
        {
            return name;
        }

        var count = totals.Records > 0 ? totals.Records : totals.Blobs > 0 ? totals.Blobs : totals.Items;
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{plan.Verb switch { OperationVerb.Unregister => "unregister", OperationVerb.Erase => "erase", _ => "delete" }} {count}");
    }
}
