using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Bags;

/// <summary>What an export's bag says of itself and its payload, from the plan and the journal.</summary>
internal sealed class ExportBag(OperationStore store, OperationPlan plan, BagLayout layout, TimeProvider time)
{
    /// <summary>Writes all that stands beside the payload.</summary>
    /// <param name="files">Where to.</param>
    /// <param name="final">How the export ended.</param>
    /// <param name="history">What its journal tells.</param>
    /// <param name="receipts">The receipts, already written: name, SHA-256 in hex.</param>
    public void Write(IBagFiles files, OperationStatus final, JournalHistory history, IReadOnlyList<(string Name, string Sha256)> receipts)
    {
        using var lines = new ReceiptLines(store.JournalOf(plan.Id));
        var payload = history.Ended.OrderBy(entry => entry.Key).Select(entry => lines.Read(entry.Value)).Where(result => result is { Outcome: ItemOutcome.Done, Sha256: not null });
        List<(string Label, string Value)> information =
        [
            ("Bag-Software-Agent", "AML Data Tools"),
            ("External-Identifier", plan.Id),
            ("External-Description", plan.Title),
            ("Internal-Sender-Description", $"Exported from the Azure Machine Learning workspace {plan.Workspace}"),
            ("Bag-Size", Sizes.Text(final.BytesDone)),
        ];
        if (plan.Who is { } who)
        {
            information.Add(("Contact-Name", who));
        }

        if (final.Failed > 0)
        {
            information.Add(("Missing-Items", $"{Sizes.Count(final.Failed, "item")} of the plan could not be fetched; {ReceiptNames.Markdown} says which and why."));
        }

        new BagWriter(layout, files).Write(payload.Select(result => (result.Path, result.Sha256 ?? string.Empty, result.Bytes)), information, receipts, time.GetUtcNow());
    }
}
