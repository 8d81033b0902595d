using System.Globalization;
using System.Text;
using System.Text.Json;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Operations;

/// <summary>
/// Writes what an operation did: complete as JSON, readable as Markdown. Every item of the plan stands in it once, and
/// found = done + skipped + failed.
/// </summary>
internal sealed class ReceiptWriter(OperationStore store, TimeProvider time)
{
    private const int ListedFiles = 1000;

    /// <summary>Writes both receipts into the operation's folder, and copies of them into the export's folder if it made one.</summary>
    public void Write(OperationPlan plan, OperationStatus status, JournalHistory history, ReceiptPlace where)
    {
        var (markdown, json) = store.ReceiptOf(plan.Id);
        var tally = new ItemTally();
        var rows = new StringBuilder();
        var troubles = new StringBuilder();
        LocalDisk.Try(json, () =>
        {
            using var file = File.Create(json);
            using var writer = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
            writer.WriteStartObject();
            WriteHead(writer, plan, where, status);
            writer.WriteStartArray("items");
            foreach (var result in Results(plan.Id, history, where))
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
        LocalDisk.Try(markdown, () => File.WriteAllText(markdown, Markdown(plan, where, status, tally, rows, troubles)));
        // A link of the folder's name leads elsewhere; nothing else was written there either.
        if (where.Copies is { } folder && new DirectoryInfo(folder) is { Exists: true, LinkTarget: null })
        {
            try
            {
                CopyWhole(json, Path.Combine(folder, ReceiptNames.Json));
                CopyWhole(markdown, Path.Combine(folder, ReceiptNames.Markdown));
            }
            catch (Problems.ProblemException) when (status.State == OperationState.Failed)
            {
                // The disk may be what it failed of. That is told already, and the receipt itself is written.
            }
        }
    }

    /// <summary>The name only ever leads to a whole copy.</summary>
    private static void CopyWhole(string from, string to) => WholeFile.Write(to, file =>
    {
        using var source = File.OpenRead(from);
        source.CopyTo(file);
        return true;
    });

    private IEnumerable<ItemResult> Results(string id, JournalHistory history, ReceiptPlace where)
    {
        using var lines = new ReceiptLines(store.JournalOf(id));
        foreach (var item in store.Items(id))
        {
            var result = history.Ended.TryGetValue(item.Index, out var place) ? lines.Read(place) : null;
            yield return result switch
            {
                { Outcome: ItemOutcome.Done } when where.NothingKept || history.WasDropped(item.Index) => Left("It had been fetched, but is not kept: the operation stopped before the zip was complete."),
                null => Left("The operation stopped before it was finished."),
                _ => result,
            };

            ItemResult Left(string why) => FileFetcher.Ended(item with { Path = where.PathOf(item.Path) }, ItemOutcome.Skipped, "operation.stopped", why);
        }
    }

    private void WriteHead(Utf8JsonWriter writer, OperationPlan plan, ReceiptPlace where, OperationStatus status)
    {
        writer.WriteString("receipt", plan.Id);
        writer.WriteString("what", plan.Title);
        writer.WriteString("verb", "export");
        writer.WriteString("state", ReceiptForm.Camel(status.State.ToString()));
        writer.WriteString("who", plan.Who);
        writer.WriteString("workspace", plan.Workspace);
        if (plan.PersonalData is { } found)
        {
            WriteFound(writer, found);
        }

        writer.WriteString("destination", where.Destination);
        ReceiptForm.WriteIfSet(writer, "zip", where.Zip);
        ItemReceipt.WriteCourse(writer, plan, status, time.GetUtcNow());

        ReceiptForm.WriteWarnings(writer, plan);
    }

    /// <summary>Of whom data was given out stands in no receipt but as a hash that only who knows the person can make again.</summary>
    private static void WriteFound(Utf8JsonWriter writer, PersonalData.Export.FoundSelection found)
    {
        writer.WriteStartObject("personalData");
        writer.WriteStartObject("subject");
        writer.WriteString("salt", found.Subject.Salt);
        writer.WriteString("identifiedBy", found.Subject.IdentifiedBy);
        writer.WriteString("hash", found.Subject.Hash);
        writer.WriteEndObject();
        writer.WriteNumber("findings", found.Findings);
        writer.WriteBoolean("othersRedacted", found.RedactOthers);
        writer.WriteBoolean("filesIncluded", found.IncludeFiles);
        writer.WriteStartArray("workspaces");
        foreach (var workspace in found.Workspaces)
        {
            writer.WriteStringValue(workspace);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static string Markdown(OperationPlan plan, ReceiptPlace where, OperationStatus status, ItemTally tally, StringBuilder rows, StringBuilder troubles)
    {
        var text = new ReceiptMarkdown(plan.Title, Sentence(status, where));
        text.Row("Found", string.Create(CultureInfo.InvariantCulture, $"{Sizes.Count(tally.Found, "item")} = {tally.Done:N0} done + {tally.Skipped:N0} skipped + {tally.Failed:N0} failed"));
        text.Row("On disk", $"{Sizes.Text(tally.BytesDone)} in {where.Shown}");
        text.Row("Who", plan.Who ?? "not known");
        text.Row("Workspace", plan.Workspace);
        if (plan.PersonalData is { } found)
        {
            text.Row("Person", $"only as a hash, in the JSON receipt ({found.Subject.IdentifiedBy}, with a salt)");
            text.Row("Other people", found.RedactOthers ? "taken out of the documents" : "left in the documents");
        }

        text.Row("Planned", Sizes.Moment(plan.CreatedAt));
        text.Row("Started", Sizes.Moment(status.StartedAt));
        text.Row("Finished", status.FinishedAt is { } at ? Sizes.Moment(at) : "not yet");
        text.Row("Access", tally.Access.Count == 0 ? "none was needed" : string.Join(", ", tally.Access));
        text.Row("Verified", Verified(tally));
        text.Row("Receipt", plan.Id);
        if (status.Message is not null)
        {
            text.Paragraph(ReceiptForm.Escape(status.Message));
        }

        text.Section("Warnings", string.Concat(plan.Warnings.Select(w => $"- {ReceiptForm.Escape(w.Message)}\n")));
        text.Section("Skipped and failed", troubles.Length == 0 ? string.Empty : $"| item | outcome | why |\n|---|---|---|\n{troubles}");
        text.Section("Survivors", string.Concat(plan.Survivors.Select(s => $"- {ReceiptForm.Escape(s)}\n")));
        text.Section("Files", rows.Length == 0 ? string.Empty : $"| file | bytes | SHA-256 |\n|---|---:|---|\n{rows}");
        if (tally.Done > ListedFiles)
        {
            text.Paragraph(string.Create(CultureInfo.InvariantCulture, $"{tally.Done - ListedFiles:N0} more files are listed in the JSON receipt beside this one."));
        }

        return text.ToString();
    }

    private static string Verified(ItemTally tally) => tally.WithoutMd5 == 0
        ? "length, MD5 on record at the service, and SHA-256 of each file"
        : $"length and SHA-256 of each file; MD5 too, except for {Sizes.Count(tally.WithoutMd5, "file")} of which the service has none on record";

    private static string Sentence(OperationStatus status, ReceiptPlace where) => status.State switch
    {
        OperationState.Succeeded => "Everything in the plan is done and verified.",
        OperationState.SucceededWithWarnings => "Done, but not everything: see \"Skipped and failed\".",
        OperationState.Cancelled when where.NothingKept => "Cancelled. A zip is written whole or not at all: nothing is left of it.",
        OperationState.Failed when where is { IsZip: true, Zip: null } => "Stopped by a problem. What was fetched is kept, and becomes a zip when it is resumed.",
        OperationState.Cancelled => "Cancelled. What was finished before is kept and verified; the rest was not fetched.",
        OperationState.Failed => "Stopped by a problem. What was finished before is kept and verified; it can be resumed.",
        _ => $"State: {ReceiptForm.Camel(status.State.ToString())}.",
    };

    private static void AddRow(ItemResult result, ItemTally tally, StringBuilder rows, StringBuilder troubles)
    {
        if (result.Outcome == ItemOutcome.Done && result.Sha256 is not null && tally.Done <= ListedFiles)
        {
            rows.Append(CultureInfo.InvariantCulture, $"| {ReceiptForm.Escape(result.Path)} | {result.Bytes} | `{result.Sha256}` |\n");
        }
        else if (result.Outcome != ItemOutcome.Done && tally.Skipped + tally.Failed <= ListedFiles)
        {
            troubles.Append(ItemReceipt.TroubleRow(result));
        }
    }
}

/// <summary>Where the things are that a receipt speaks of.</summary>
/// <param name="Destination">The folder that was chosen.</param>
/// <param name="Shown">What the readable receipt calls the place.</param>
/// <param name="PathOf">Where an item goes, from where the plan says it goes.</param>
internal sealed record ReceiptPlace(string Destination, string Shown, Func<string, string> PathOf)
{
    /// <summary>A folder in which copies are left if it is there; null for none.</summary>
    public string? Copies { get; init; }

    /// <summary>Whether the export is a zip.</summary>
    public bool IsZip { get; init; }

    /// <summary>Name of the zip; null where there is none.</summary>
    public string? Zip { get; init; }

    /// <summary>Whether what was fetched is gone.</summary>
    public bool NothingKept { get; init; }
}

/// <summary>Names of the receipts that are left with an export.</summary>
internal static class ReceiptNames
{
    public const string Json = "export-receipt.json";

    public const string Markdown = "export-receipt.md";

    /// <summary>Both.</summary>
    public static IReadOnlyList<string> All => [Json, Markdown];
}
