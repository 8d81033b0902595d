using System.Globalization;
using System.Text;
using System.Text.Json;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Copies;

/// <summary>Writes what a copy did: complete as JSON, readable as Markdown. Every item stands in it once; where to without any signature.</summary>
internal sealed class CopyReceiptWriter(OperationStore store, TimeProvider time)
{
    /// <summary>What becomes of blocks that belong to no blob.</summary>
    public const string Staged = "Blocks of large blobs that were begun are kept by the target's storage for a week, then dropped by it; they can be seen nowhere. Until then a resume goes on with them.";

    private const int ListedFiles = 1000;

    /// <summary>Writes both receipts.</summary>
    public void Write(OperationPlan plan, CopyPlan copy, OperationStatus status, JournalHistory history, bool hasStaged)
    {
        var (markdown, json) = store.ReceiptOf(plan.Id);
        var tally = new ItemTally();
        var (rows, troubles) = (new StringBuilder(), new StringBuilder());
        LocalDisk.Try(json, () =>
        {
            using var file = File.Create(json);
            using var writer = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
            writer.WriteStartObject();
            WriteHead(writer, plan, copy, status, hasStaged);
            writer.WriteStartArray("items");
            foreach (var result in Results(plan.Id, history))
            {
                tally.Add(result);
                ItemReceipt.WriteItem(writer, result);
                AddRow(result, tally, rows, troubles);
                if (writer.BytesPending > 64 << 10)
                {
                    writer.Flush();
                }
            }

            writer.WriteEndArray();
            ItemReceipt.WriteTotals(writer, tally);
            writer.WriteEndObject();
        });
        LocalDisk.Try(markdown, () => File.WriteAllText(markdown, Markdown(plan, copy, status, tally, rows, troubles, hasStaged)));
    }

    private IEnumerable<ItemResult> Results(string id, JournalHistory history)
    {
        using var lines = new ReceiptLines(store.JournalOf(id));
        foreach (var item in store.Items(id))
        {
            yield return history.Ended.TryGetValue(item.Index, out var place)
                ? lines.Read(place)
                : FileFetcher.Ended(item, ItemOutcome.Skipped, "operation.stopped", "The operation stopped before it was finished.");
        }
    }

    private void WriteHead(Utf8JsonWriter writer, OperationPlan plan, CopyPlan copy, OperationStatus status, bool hasStaged)
    {
        writer.WriteString("receipt", plan.Id);
        writer.WriteString("what", plan.Title);
        writer.WriteString("verb", "copy");
        writer.WriteString("state", ReceiptForm.Camel(status.State.ToString()));
        writer.WriteString("who", plan.Who);
        writer.WriteString("workspace", plan.Workspace);
        writer.WriteStartObject("target");
        writer.WriteString("address", copy.Target.Container.AbsoluteUri);
        writer.WriteString("account", copy.Target.Account);
        writer.WriteString("container", copy.Target.ContainerName);
        writer.WriteString("folder", copy.Target.Folder);
        ReceiptForm.WriteIfSet(writer, "datastore", copy.Target.Datastore);
        writer.WriteEndObject();
        ItemReceipt.WriteCourse(writer, plan, status, time.GetUtcNow());

        ReceiptForm.WriteIfSet(writer, "staged", hasStaged ? Staged : null);
        ReceiptForm.WriteWarnings(writer, plan);
    }

    private static string Markdown(OperationPlan plan, CopyPlan copy, OperationStatus status, ItemTally tally, StringBuilder rows, StringBuilder troubles, bool hasStaged)
    {
        var text = new ReceiptMarkdown(plan.Title, Sentence(status));
        text.Row("Found", string.Create(CultureInfo.InvariantCulture, $"{Sizes.Count(tally.Found, "item")} = {tally.Done:N0} done + {tally.Skipped:N0} skipped + {tally.Failed:N0} failed"));
        text.Row("Copied", Sizes.Text(tally.BytesDone));
        text.Row("To", $"{copy.Target.Container.AbsoluteUri}/{copy.Target.Folder}{(copy.Target.Datastore is { } datastore ? $" (datastore {datastore})" : string.Empty)}");
        text.Row("Who", plan.Who ?? "not known");
        text.Row("Workspace", plan.Workspace);
        text.Row("Planned", Sizes.Moment(plan.CreatedAt));
        text.Row("Started", Sizes.Moment(status.StartedAt));
        text.Row("Finished", status.FinishedAt is { } at ? Sizes.Moment(at) : "not yet");
        text.Row("Access", tally.Access.Count == 0 ? "none was needed" : string.Join("; ", tally.Access));
        text.Row("Verified", tally.WithoutMd5 == 0
            ? "length, entity tag of the source, and MD5 of each blob"
            : $"length and entity tag of the source; MD5 too, except for {Sizes.Count(tally.WithoutMd5, "blob")} of which the service has none on record");
        text.Row("Receipt", plan.Id);
        if (status.Message is not null && status.Message != Staged)
        {
            text.Paragraph(ReceiptForm.Escape(status.Message));
        }

        text.Section("Warnings", string.Concat(plan.Warnings.Select(w => $"- {ReceiptForm.Escape(w.Message)}\n")));
        text.Section("Skipped and failed", troubles.Length == 0 ? string.Empty : $"| item | outcome | why |\n|---|---|---|\n{troubles}");
        text.Section("Begun", hasStaged ? $"{Staged}\n" : string.Empty);
        text.Section("Blobs", rows.Length == 0 ? string.Empty : $"| blob | bytes | MD5 |\n|---|---:|---|\n{rows}");
        if (tally.Done > ListedFiles)
        {
            text.Paragraph(string.Create(CultureInfo.InvariantCulture, $"{tally.Done - ListedFiles:N0} more blobs are listed in the JSON receipt beside this one."));
        }

        return text.ToString();
    }

    private static string Sentence(OperationStatus status) => status.State switch
    {
        OperationState.Succeeded => "Everything in the plan is copied and verified. Storage copied it by itself.",
        OperationState.SucceededWithWarnings => "Copied, but not everything: see \"Skipped and failed\".",
        OperationState.Cancelled => "Cancelled. What was finished before is kept and verified; the rest was not copied.",
        OperationState.Failed => "Stopped by a problem. What was finished before is kept and verified; it can be resumed.",
        _ => $"State: {ReceiptForm.Camel(status.State.ToString())}.",
    };

    private static void AddRow(ItemResult result, ItemTally tally, StringBuilder rows, StringBuilder troubles)
    {
        if (result.Outcome == ItemOutcome.Done && tally.Done <= ListedFiles)
        {
            rows.Append(CultureInfo.InvariantCulture, $"| {ReceiptForm.Escape(result.Path)} | {result.Bytes} | {(result.Md5 is null ? "none on record" : $"`{result.Md5}`")} |\n");
        }
        else if (result.Outcome != ItemOutcome.Done && tally.Skipped + tally.Failed <= ListedFiles)
        {
            troubles.Append(ItemReceipt.TroubleRow(result));
        }
    }
}
