using System.Globalization;
using System.Text.Json;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Operations;

/// <summary>What receipts of downloads and of copies have in common.</summary>
internal static class ItemReceipt
{
    /// <summary>Writes when it went on, and what stopped it.</summary>
    public static void WriteCourse(Utf8JsonWriter writer, OperationPlan plan, OperationStatus status, DateTimeOffset written)
    {
        writer.WriteString("planned", ReceiptForm.Moment(plan.CreatedAt));
        writer.WriteString("started", ReceiptForm.Moment(status.StartedAt));
        writer.WriteString("finished", status.FinishedAt is { } at ? ReceiptForm.Moment(at) : null);
        writer.WriteString("written", written);
        if (status.Message is not null)
        {
            writer.WriteString("message", status.Message);
            writer.WriteString("errorCode", status.ErrorCode);
        }
    }

    /// <summary>Writes an item; of a copy no SHA-256 is known.</summary>
    public static void WriteItem(Utf8JsonWriter writer, ItemResult result)
    {
        writer.WriteStartObject();
        writer.WriteString("name", result.Name);
        writer.WriteString("path", result.Path);
        writer.WriteString("outcome", ReceiptForm.Camel(result.Outcome.ToString()));
        writer.WriteNumber("bytes", result.Bytes);
        ReceiptForm.WriteIfSet(writer, "sha256", result.Sha256);
        ReceiptForm.WriteIfSet(writer, "md5", result.Md5);
        ReceiptForm.WriteIfSet(writer, "etag", result.ETag);
        ReceiptForm.WriteIfSet(writer, "access", result.Access);
        ReceiptForm.WriteIfSet(writer, "status", result.Status);
        ReceiptForm.WriteIfSet(writer, "requestId", result.RequestId);
        ReceiptForm.WriteIfSet(writer, "code", result.Code);
        ReceiptForm.WriteIfSet(writer, "reason", result.Reason);
        writer.WriteEndObject();
    }

    /// <summary>Writes the totals.</summary>
    public static void WriteTotals(Utf8JsonWriter writer, ItemTally tally)
    {
        writer.WriteStartObject("totals");
        writer.WriteNumber("found", tally.Found);
        writer.WriteNumber("done", tally.Done);
        writer.WriteNumber("skipped", tally.Skipped);
        writer.WriteNumber("failed", tally.Failed);
        writer.WriteNumber("bytesDone", tally.BytesDone);
        writer.WriteNumber("withoutMd5", tally.WithoutMd5);
        writer.WriteStartArray("access");
        foreach (var access in tally.Access)
        {
            writer.WriteStringValue(access);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>What was skipped or failed, as a row of a table.</summary>
    public static string TroubleRow(ItemResult result) => string.Create(
        CultureInfo.InvariantCulture, $"| {ReceiptForm.Escape(result.Name)} | {ReceiptForm.Camel(result.Outcome.ToString())} | {ReceiptForm.Escape(result.Reason ?? string.Empty)} |\n");
}
