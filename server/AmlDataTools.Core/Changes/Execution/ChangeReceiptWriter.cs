using System.Text.Json;
using AmlDataTools.Core.Changes.Review;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Changes.Execution;

/// <summary>
/// Writes what a change did: complete as JSON, readable as Markdown. Every chosen item of the plan stands in it once, and
/// found = done + skipped + failed; what was not chosen is listed as kept. Memory does not grow with the items.
/// </summary>
internal sealed class ChangeReceiptWriter(OperationStore store, TimeProvider time)
{
    /// <summary>Writes both receipts into the operation's folder.</summary>
    public void Write(OperationPlan plan, OperationStatus status, JournalHistory history)
    {
        var (markdown, json) = store.ReceiptOf(plan.Id);
        var selection = ChangeSelection.Of(store.ChangeItems(plan.Id), store.SelectionOf(plan.Id)?.Toggled ?? []);
        var workspaces = new PlanWorkspaces(plan);
        var text = new ChangeReceiptText(workspaces);
        var hidden = HiddenTexts.Of(plan);
        LocalDisk.Try(json, () =>
        {
            using var lines = new ReceiptLines(store.JournalOf(plan.Id));
            using var file = File.Create(json);
            using var writer = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
            writer.WriteStartObject();
            WriteHead(writer, plan, status, workspaces);
            writer.WriteStartArray("items");
            foreach (var item in store.ShownItems(plan.Id, hidden).Where(i => selection[i.Index]))
            {
                var result = ResultOf(item, lines, history);
                text.Add(item, result);
                WriteItem(writer, item, workspaces, result, lines, history);
                Flush(writer);
            }

            writer.WriteEndArray();
            writer.WriteStartArray("kept");
            foreach (var item in store.ShownItems(plan.Id, hidden).Where(i => !selection[i.Index]))
            {
                text.AddKept(item);
                WriteKept(writer, item, workspaces);
                Flush(writer);
            }

            writer.WriteEndArray();
            WriteTotals(writer, text);
            writer.WriteEndObject();
        });
        LocalDisk.Try(markdown, () => File.WriteAllText(markdown, text.Markdown(plan, status)));
    }

    /// <summary>Why an item that was not chosen is kept.</summary>
    public static string WhyKept(ChangeItem item) =>
        item.Refused ?? (item.Action == ChangeAction.Keep ? item.Note ?? "It is kept." : item.Note is null || !item.IsOffered ? "It is kept by choice." : $"It is kept by choice. {item.Note}");

    private static ChangeResult ResultOf(ChangeItem item, ReceiptLines lines, JournalHistory history)
    {
        if (history.Ended.TryGetValue(item.Index, out var place))
        {
            return lines.ReadChange(place);
        }

        var counts = history.Batches(item.Index).Ended.Values;
        var isBegun = history.WasActedOn(item.Index) || history.Batches(item.Index).HasOpen || history.Batches(item.Index).Ended.Count > 0;
        return new ChangeResult(item.Index, ItemOutcome.Skipped)
        {
            Code = "operation.stopped",
            Reason = isBegun
                ? "The operation stopped while this was being done. Whether the last request took effect was not verified; plan again to see."
                : "The operation stopped before this was begun.",
            Blobs = counts.Sum(c => c.Done),
            BlobsGone = counts.Sum(c => c.Gone),
            Bytes = counts.Sum(c => c.Bytes),
        };
    }

    private static void Flush(Utf8JsonWriter writer)
    {
        if (writer.BytesPending > 64 << 10)
        {
            writer.Flush();
        }
    }

    private void WriteHead(Utf8JsonWriter writer, OperationPlan plan, OperationStatus status, PlanWorkspaces workspaces)
    {
        writer.WriteString("receipt", plan.Id);
        writer.WriteString("what", plan.Title);
        writer.WriteString("verb", ReceiptForm.Camel(plan.Verb.ToString()));
        writer.WriteString("state", ReceiptForm.Camel(status.State.ToString()));
        writer.WriteString("who", plan.Who);
        if (plan.Subject is { } subject)
        {
            writer.WriteStartObject("subject");
            writer.WriteString("hash", subject.Hash);
            writer.WriteString("salt", subject.Salt);
            writer.WriteString("identifiedBy", subject.IdentifiedBy);
            writer.WriteString("made", "SHA-256, hexadecimal, of the UTF-8 bytes of salt, a blank, and the identifier, trimmed and in small letters");
            writer.WriteEndObject();
        }

        ReceiptForm.WriteWorkspaces(writer, plan, workspaces);
        if (plan.Rule is { } rule)
        {
            writer.WriteStartObject("retentionRule");
            writer.WriteString("id", rule.Id);
            writer.WriteString("name", rule.Name);
            writer.WriteEndObject();
        }

        writer.WriteString("planned", ReceiptForm.Moment(plan.CreatedAt));
        writer.WriteString("started", ReceiptForm.Moment(status.StartedAt));
        writer.WriteString("finished", status.FinishedAt is { } at ? ReceiptForm.Moment(at) : null);
        writer.WriteString("written", time.GetUtcNow());
        ReceiptForm.WriteIfSet(writer, "message", status.Message);
        ReceiptForm.WriteIfSet(writer, "errorCode", status.ErrorCode);
        ReceiptForm.WriteIfSet(writer, plan.Verb == OperationVerb.Erase ? "storageKeepsUntil" : "canBeUndeletedUntil", status.UndeleteUntil is { } until ? ReceiptForm.Moment(until) : null);
        if (plan.Change is { } choices)
        {
            writer.WriteStartObject("choices");
            writer.WriteBoolean("includeData", choices.IncludeData);
            writer.WriteBoolean("includeChildren", choices.IncludeChildren);
            writer.WriteBoolean("includeVersionsAndSnapshots", choices.IncludeVersionsAndSnapshots);
            writer.WriteBoolean("includeDependents", choices.IncludeDependents);
            writer.WriteBoolean("permanently", choices.Permanently);
            writer.WriteEndObject();
        }

        ReceiptForm.WriteWarnings(writer, plan);
        writer.WriteStartArray("retention");
        foreach (var retention in plan.Retentions)
        {
            writer.WriteStartObject();
            writer.WriteString("account", retention.Account);
            ReceiptForm.WriteIfSet(writer, "softDeleteDays", retention.SoftDeleteDays);
            ReceiptForm.WriteIfSet(writer, "versioning", retention.Versioning);
            ReceiptForm.WriteIfSet(writer, "hierarchical", retention.Hierarchical);
            ReceiptForm.WriteIfSet(writer, "immutability", retention.Immutability);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteItem(Utf8JsonWriter writer, ChangeItem item, PlanWorkspaces workspaces, ChangeResult result, ReceiptLines lines, JournalHistory history)
    {
        writer.WriteStartObject();
        ReceiptForm.WriteWhat(writer, item, workspaces);
        writer.WriteString("outcome", ReceiptForm.Camel(result.Outcome.ToString()));
        if (result.GoneAlready)
        {
            writer.WriteBoolean("goneAlready", true);
        }

        ReceiptForm.WriteIfSet(writer, "status", result.Status);
        ReceiptForm.WriteIfSet(writer, "requestId", result.RequestId);
        ReceiptForm.WriteIfSet(writer, "correlationId", result.CorrelationId);
        ReceiptForm.WriteIfSet(writer, "code", result.Code);
        ReceiptForm.WriteIfSet(writer, "reason", result.Reason);
        ReceiptForm.WriteIfSet(writer, "verified", result.Verified);
        if (item.Place is not null)
        {
            WriteBlobs(writer, item, result, lines, history);
        }

        writer.WriteEndObject();
    }

    private static void WriteBlobs(Utf8JsonWriter writer, ChangeItem item, ChangeResult result, ReceiptLines lines, JournalHistory history)
    {
        ReceiptForm.WriteIfSet(writer, "access", result.Access);
        ReceiptForm.WriteIfSet(writer, "blobsPlanned", item.Blobs);
        writer.WriteNumber("blobs", result.Blobs);
        writer.WriteNumber("blobsGoneAlready", result.BlobsGone);
        writer.WriteNumber("blobsLeft", result.BlobsLeft);
        writer.WriteNumber("blobsNew", result.BlobsNew);
        WriteNew(writer, result);
        writer.WriteNumber("bytes", result.Bytes);
        writer.WriteNumber("kept", result.Kept);
        ReceiptForm.WriteIfSet(writer, "keptUntil", result.KeptUntil is { } until ? ReceiptForm.Moment(until) : null);
        if (result.KeptAsVersions)
        {
            writer.WriteBoolean("keptAsVersions", true);
        }

        writer.WriteStartArray("left");
        foreach (var batch in history.Batches(item.Index).Ended.Values.Where(b => b.Left > 0))
        {
            foreach (var left in lines.ReadBatch((batch.Offset, batch.Length)).Left)
            {
                writer.WriteStartObject();
                writer.WriteString("name", left.Name);
                ReceiptForm.WriteIfSet(writer, "version", left.Version);
                ReceiptForm.WriteIfSet(writer, "snapshot", left.Snapshot);
                writer.WriteNumber("bytes", left.Bytes);
                writer.WriteNumber("status", left.Status);
                writer.WriteString("code", left.Code);
                writer.WriteString("reason", left.Reason);
                writer.WriteEndObject();
            }

            Flush(writer);
        }

        writer.WriteEndArray();
    }

    /// <summary>The names of what came since the plan: the first of them, and how many more there are.</summary>
    private static void WriteNew(Utf8JsonWriter writer, ChangeResult result)
    {
        if (result.NewNames is not { Count: > 0 } names)
        {
            return;
        }

        writer.WriteStartArray("new");
        foreach (var name in names)
        {
            writer.WriteStringValue(name);
        }

        writer.WriteEndArray();
        if (result.BlobsNew > names.Count)
        {
            writer.WriteNumber("newNotNamed", result.BlobsNew - names.Count);
        }
    }

    private static void WriteKept(Utf8JsonWriter writer, ChangeItem item, PlanWorkspaces workspaces)
    {
        writer.WriteStartObject();
        ReceiptForm.WriteWhat(writer, item, workspaces);
        writer.WriteString("reason", WhyKept(item));
        writer.WriteEndObject();
    }

    private static void WriteTotals(Utf8JsonWriter writer, ChangeReceiptText text)
    {
        writer.WriteStartObject("totals");
        writer.WriteNumber("found", text.Found);
        writer.WriteNumber("done", text.Done);
        writer.WriteNumber("skipped", text.Skipped);
        writer.WriteNumber("failed", text.Failed);
        writer.WriteNumber("goneAlready", text.GoneAlready);
        writer.WriteNumber("blobs", text.Blobs);
        writer.WriteNumber("blobsGoneAlready", text.BlobsGone);
        writer.WriteNumber("blobsLeft", text.BlobsLeft);
        writer.WriteNumber("bytes", text.Bytes);
        writer.WriteNumber("kept", text.Kept);
        writer.WriteEndObject();
    }
}
