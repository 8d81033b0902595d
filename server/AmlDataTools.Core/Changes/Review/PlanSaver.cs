using System.Globalization;
using System.Text;
using System.Text.Json;
using AmlDataTools.Core.Changes.Execution;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Changes.Review;

/// <summary>Writes the plan of a change to a file, to be read or kept. Blobs are told by number, not one by one.</summary>
internal sealed class PlanSaver(OperationStore store)
{
    /// <summary>Writes it; the name only ever leads to a whole document.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="review">What the choice amounts to.</param>
    /// <param name="selection">The choice.</param>
    /// <param name="path">Absolute path; replaced if it exists.</param>
    /// <param name="markdown">Readable, or complete.</param>
    /// <exception cref="ProblemException"><c>destination.missing</c>, or the file cannot be written.</exception>
    public void Save(OperationPlan plan, ChangeReview review, ChangeSelection selection, string path, bool markdown)
    {
        if (!Path.IsPathFullyQualified(path))
        {
            throw new ProblemException("destination.missing", "Choose the file to save the plan in: an absolute path.") { Actions = [ProblemAction.ChooseFolder] };
        }

        WholeFile.Write(path, file =>
        {
            if (markdown)
            {
                WriteMarkdown(file, plan, review, selection);
            }
            else
            {
                WriteJson(file, plan, review, selection);
            }

            return true;
        });
    }

    private void WriteJson(Stream file, OperationPlan plan, ChangeReview review, ChangeSelection selection)
    {
        using var writer = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteString("plan", plan.Id);
        writer.WriteString("what", plan.Title);
        writer.WriteString("verb", ReceiptForm.Camel(plan.Verb.ToString()));
        writer.WriteString("who", plan.Who);
        var workspaces = new PlanWorkspaces(plan);
        ReceiptForm.WriteWorkspaces(writer, plan, workspaces);
        writer.WriteString("planned", ReceiptForm.Moment(plan.CreatedAt));
        writer.WriteString("question", review.Question);
        writer.WriteString("detail", review.Detail);
        writer.WriteString("confirmation", ReceiptForm.Camel(review.Confirmation.ToString()));
        ReceiptForm.WriteIfSet(writer, "confirmationText", review.ConfirmationText);
        writer.WriteStartObject("totals");
        writer.WriteNumber("records", review.Records);
        writer.WriteNumber("blobs", review.Blobs);
        writer.WriteNumber("bytes", review.Bytes);
        writer.WriteNumber("notDone", review.NotDone);
        writer.WriteEndObject();
        ReceiptForm.WriteWarnings(writer, plan);
        writer.WriteStartArray("items");
        foreach (var item in store.ShownItems(plan.Id, HiddenTexts.Of(plan)))
        {
            WriteItem(writer, item, workspaces, selection[item.Index]);
            if (writer.BytesPending > 64 << 10)
            {
                writer.Flush();
            }
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteItem(Utf8JsonWriter writer, ChangeItem item, PlanWorkspaces workspaces, bool chosen)
    {
        writer.WriteStartObject();
        ReceiptForm.WriteWhat(writer, item, workspaces);
        writer.WriteNumber("stage", item.Stage);
        writer.WriteBoolean("ticked", chosen);
        ReceiptForm.WriteIfSet(writer, "refused", item.Refused);
        ReceiptForm.WriteIfSet(writer, "blobs", item.Blobs);
        ReceiptForm.WriteIfSet(writer, "bytes", item.Bytes);
        ReceiptForm.WriteIfSet(writer, "etag", item.Seen?.ETag);
        ReceiptForm.WriteIfSet(writer, "state", item.Seen?.State);
        if (item.Seen is { } seen)
        {
            writer.WriteBoolean("archived", seen.Archived);
            ReceiptForm.WriteIfSet(writer, "created", seen.CreatedAt?.ToString("O", CultureInfo.InvariantCulture));
            ReceiptForm.WriteIfSet(writer, "createdBy", seen.CreatedBy);
        }

        writer.WriteStartArray("details");
        foreach (var detail in item.Details)
        {
            writer.WriteStringValue(detail);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void WriteMarkdown(Stream file, OperationPlan plan, ChangeReview review, ChangeSelection selection)
    {
        using var text = new StreamWriter(file, new UTF8Encoding(false), leaveOpen: true);
        text.Write($"# {ReceiptForm.Escape(plan.Title)}\n\nA plan: nothing of it has been done.\n\n{ReceiptForm.Escape(review.Question)} {ReceiptForm.Escape(review.Detail)}\n\n");
        var workspaces = new PlanWorkspaces(plan);
        var (name, value) = ReceiptForm.WorkspacesRow(workspaces);
        text.Write($"| | |\n|---|---|\n| Planned | {Sizes.Moment(plan.CreatedAt)} |\n| Who | {ReceiptForm.Escape(plan.Who ?? "not known")} |\n| {name} | {ReceiptForm.Escape(value)} |\n");
        text.Write(string.Create(CultureInfo.InvariantCulture, $"| Records | {review.Records:N0} |\n| Data | {Sizes.Text(review.Bytes)} in {Sizes.Count(review.Blobs, Retention.PieceIn(plan.Retentions))} |\n| Not done | {Sizes.Count(review.NotDone, "item")} |\n"));
        Section("Warnings", plan.Warnings.Select(w => $"- {ReceiptForm.Escape(w.Message)}"));
        Section("Survivors", plan.Survivors.Select(s => $"- {ReceiptForm.Escape(s)}"));
        text.Write("\n## Items\n\n| | item | action | data | note |\n|---|---|---|---:|---|\n");
        foreach (var item in store.ShownItems(plan.Id, HiddenTexts.Of(plan)))
        {
            var data = item.Place is null ? string.Empty : $"{Sizes.Count(item.Blobs ?? 0, item.Place.Piece)}, {Sizes.Text(item.Bytes ?? 0)}";
            var note = string.Join(' ', new[] { item.Refused ?? item.Note }.OfType<string>().Concat(item.Details));
            text.Write($"| {(selection[item.Index] ? "x" : string.Empty)} | {ReceiptForm.Escape(workspaces.LabelOf(item))} | {ChangeReceiptText.Words(item.Action)} | {data} | {ReceiptForm.Escape(note)} |\n");
        }

        void Section(string title, IEnumerable<string> lines)
        {
            var all = string.Join('\n', lines);
            if (all.Length > 0)
            {
                text.Write($"\n## {title}\n\n{all}\n");
            }
        }
    }
}
