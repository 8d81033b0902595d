using AmlDataTools.Core.Bags;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Zips;

/// <summary>Makes the zip whole: gaps closed, folders, receipts and manifests added, the directory written; then it gets its name.</summary>
internal sealed class ZipFinisher(OperationStore store, OperationPlan plan, OperationDestination to, BagLayout? bag, Destination destination, TimeProvider time)
{
    private string Journal => store.JournalOf(plan.Id);

    /// <summary>Finishes; gives the status with the zip's name.</summary>
    /// <exception cref="ProblemException">The disk is full or not writable. It can be done again.</exception>
    public OperationStatus Finish(ZipPart part, OperationStatus final)
    {
        var end = Pack(part, isWhole: final.State is OperationState.Succeeded or OperationState.SucceededWithWarnings);
        using var journal = Operations.Journal.Open(Journal, time);
        while (true)
        {
            var name = destination.Choose($"{BagLayout.NameOf(plan)}.zip", new HashSet<string>(StringComparer.OrdinalIgnoreCase));
            WriteReceipts(final, journal.History, name, nothingKept: false);
            var length = WriteTail(part, end, final, journal.History);
            part.Truncate(length);
            part.Flush();
            journal.Zipped(new ZipMark(name, length, end, part.Crc32(end, length - end)));
            try
            {
                LocalDisk.Try(name, () => destination.Finish(part.Path, name));
                return final with { File = name };
            }
            catch (ProblemException) when (File.Exists(part.Path) && destination.IsTaken(name))
            {
                // Somebody took the name meanwhile: another one, and receipts that say so.
            }
        }
    }

    private long Pack(ZipPart part, bool isWhole)
    {
        using var journal = Operations.Journal.Open(Journal, time);
        var survey = ZipSurvey.Of(Journal, journal.History, part.Length);
        var missing = journal.History.Ended.Keys.Where(survey.HasFallen).ToList();
        if (isWhole && missing.Count > 0)
        {
            throw new ProblemException("zip.damaged", $"Somebody else changed or deleted {part.Path}, where the zip was being made. Resume, and what is missing is fetched again.")
            {
                Target = part.Path,
                Actions = [ProblemAction.Retry],
            };
        }

        journal.Drop(missing);
        using var lines = new ReceiptLines(Journal);
        return new ZipPacker(part, journal, index => lines.Read(journal.History.Ended[index])).Pack(survey.Entries);
    }

    private long WriteTail(ZipPart part, long end, OperationStatus final, JournalHistory history)
    {
        var root = bag?.Name ?? plan.FolderName;
        var tail = new ZipTail(part, end, time.GetUtcNow().ToUnixTimeSeconds());
        using var lines = new ReceiptLines(Journal);
        var results = history.Ended.OrderBy(e => e.Key).Where(e => !history.WasDropped(e.Key)).Select(e => lines.Read(e.Value));
        foreach (var folder in results.Where(r => r is { Outcome: ItemOutcome.Done, Sha256: null }))
        {
            tail.AddFolder(folder.Path);
        }

        var (markdown, json) = store.ReceiptOf(plan.Id);
        (string Name, string Sha256)[] receipts = [Add(ReceiptNames.Json, json), Add(ReceiptNames.Markdown, markdown)];
        if (bag is not null)
        {
            new ExportBag(store, plan, bag, time).Write(new ZipBagFiles(tail, bag.Name), final, history, receipts);
        }

        return tail.Close(results.Select(ZipEntry.Of).OfType<ZipEntry>().Select(Mended));

        (string Name, string Sha256) Add(string name, string file) => (name, tail.AddFile(root is null ? name : $"{root}/{name}", stream =>
        {
            using var source = LocalDisk.Try(file, () => File.OpenRead(file));
            source.CopyTo(stream);
        }));

        ZipEntry Mended(ZipEntry entry)
        {
            if (entry.Padding > 0)
            {
                // Noted before it was written, and perhaps only noted.
                part.Write(ZipRecords.Header(entry), entry.Place);
            }

            return entry;
        }
    }

    /// <summary>Writes the receipts into the operation's own folder.</summary>
    /// <param name="final">How it ended.</param>
    /// <param name="history">What the journal tells.</param>
    /// <param name="name">The zip; null for none.</param>
    /// <param name="nothingKept">Whether what was fetched is gone.</param>
    public void WriteReceipts(OperationStatus final, JournalHistory history, string? name, bool nothingKept) =>
        new ReceiptWriter(store, time).Write(plan, final, history, new ReceiptPlace(to.Folder, name is null ? to.Folder : Path.Combine(to.Folder, name), path => bag?.PathOf(path) ?? path)
        {
            Zip = name,
            NothingKept = nothingKept,
            IsZip = true,
        });

    /// <summary>The files beside the payload of a bag within a zip.</summary>
    private sealed class ZipBagFiles(ZipTail tail, string root) : IBagFiles
    {
        public void MakePayloadFolder() => tail.AddFolder($"{root}/{BagLayout.Payload}");

        public string Write(string name, Action<Stream> write) => tail.AddFile($"{root}/{name}", write);
    }
}
