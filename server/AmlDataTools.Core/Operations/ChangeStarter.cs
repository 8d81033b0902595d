using AmlDataTools.Core.Changes.Review;
using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.Operations;

/// <summary>Judges a choice of a plan's items, and makes an operation of it when it was confirmed.</summary>
internal sealed class ChangeStarter(OperationStore store)
{
    /// <summary>What a choice amounts to.</summary>
    /// <exception cref="ProblemException"><c>plan.notFound</c>, <c>plan.badSelection</c>, <c>plan.isExport</c>.</exception>
    public (ChangeReview Review, ChangeTotals Totals, ChangeSelection Selection) Review(OperationPlan plan, IReadOnlyCollection<long> toggled)
    {
        if (plan.Verb is OperationVerb.Export or OperationVerb.Copy)
        {
            throw new ProblemException("plan.isExport", "A download or copy has no items to choose from: start it, or plan it again with other patterns.") { Target = plan.Id };
        }

        var selection = ChangeSelection.Of(store.ChangeItems(plan.Id), toggled);
        var totals = ChangeTotals.Of(store.ChangeItems(plan.Id), selection);
        return (ChangeReviewer.Review(plan, totals), totals, selection);
    }

    /// <summary>Records the operation: the choice is stored with it, and nothing else is ever done.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="confirmation">What the person gave.</param>
    /// <param name="toggled">Items whose tick differs from the plan's.</param>
    /// <param name="status">How it stands.</param>
    /// <exception cref="ProblemException">
    /// <c>confirmation.missing</c>, <c>confirmation.wrong</c>, <c>plan.nothingTicked</c>, <c>plan.badSelection</c>.
    /// </exception>
    public void Start(OperationPlan plan, string? confirmation, IReadOnlyList<long> toggled, OperationStatus status)
    {
        var (review, totals, _) = Review(plan, toggled);
        if (totals.Items == 0)
        {
            throw new ProblemException("plan.nothingTicked", "Nothing is ticked, so there is nothing to do.") { Target = plan.Id };
        }

        Check(plan, review, confirmation);
        store.Start(plan.Id, null, new SelectionRecord([.. toggled.Distinct().Order()], totals.Items, totals.Blobs, totals.Bytes), status with { Bytes = totals.Bytes });
    }

    private static void Check(OperationPlan plan, ChangeReview review, string? confirmation)
    {
        var demanded = review.Confirmation switch
        {
            ConfirmationKind.None => null,
            ConfirmationKind.TypeName => review.ConfirmationText,
            _ => ChangeReviewer.Confirmed,
        };
        if (demanded is null || string.Equals(confirmation, demanded, StringComparison.Ordinal))
        {
            return;
        }

        var what = review.Confirmation == ConfirmationKind.TypeName ? $"Type {demanded} to confirm." : "Confirm it first.";
        throw string.IsNullOrEmpty(confirmation)
            ? new ProblemException("confirmation.missing", $"{review.Question} {what}") { Target = plan.Id }
            : new ProblemException("confirmation.wrong", $"That is not what was asked for. {what}") { Target = plan.Id };
    }
}
