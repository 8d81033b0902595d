using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AmlDataTools.Core.Changes;
using AmlDataTools.Core.Changes.Review;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Transfer;
using AmlDataTools.Core.Workspaces.Leftovers;

namespace AmlDataTools.Core.Operations;

/// <summary>
/// Plans and operations on disk, one folder each, shared by all windows. A plan becomes an operation by a rename of its
/// folder; who works on an operation holds a lock on a file in it.
/// </summary>
internal sealed class OperationStore(string folder)
{
    private const string PlanFile = "plan.json";
    private const string ItemsFile = "items.jsonl";
    private const string BlobsFile = "blobs.jsonl";
    private const string FoundFile = "found.jsonl";
    private const string DestinationFile = "destination.json";
    private const string SelectionFile = "selection.json";
    private const string StatusFile = "status.json";
    private const string UsesEnd = ".workspaces.json";
    private static readonly TimeSpan PlanAge = TimeSpan.FromDays(1);

    private string Plans => Path.Combine(folder, "plans");

    private string Operations => Path.Combine(folder, "operations");

    /// <summary>Where receipts go when their operation is taken off the list.</summary>
    private string Receipts => Path.Combine(folder, "receipts");

    /// <summary>Makes the folders and removes plans nobody started.</summary>
    public void Prepare()
    {
        LocalDisk.Try(folder, () =>
        {
            Directory.CreateDirectory(Plans);
            Directory.CreateDirectory(Operations);
            foreach (var old in new DirectoryInfo(Plans).EnumerateDirectories().Where(d => d.LastWriteTimeUtc < DateTime.UtcNow - PlanAge).ToList())
            {
                old.Delete(recursive: true);
            }
        });
    }

    /// <summary>Begins a plan.</summary>
    public PlanDraft Draft() => Begin((id, path, save) => new PlanDraft(id, path, File.Create(Path.Combine(path, ItemsFile)), save));

    /// <summary>Begins a plan of a change.</summary>
    public ChangeDraft DraftChange() =>
        Begin((id, path, save) => new ChangeDraft(id, path, File.Create(Path.Combine(path, ItemsFile)), File.Create(Path.Combine(path, BlobsFile)), save));

    /// <summary>Where a plan that is being made lists what a search found.</summary>
    public string FoundOfDraft(string id) => Path.Combine(Plans, Checked(id), FoundFile);

    /// <summary>Where an operation lists what a search found.</summary>
    public string FoundOf(string id) => Path.Combine(FolderOf(id), FoundFile);

    /// <summary>The items of a change, in order, of a plan or of an operation.</summary>
    /// <exception cref="ProblemException"><c>plan.notFound</c>.</exception>
    public IEnumerable<ChangeItem> ChangeItems(string id) => ChangeLines(id).Select(l => l.Item);

    /// <summary>The same, as they may be shown.</summary>
    /// <param name="id">The plan or operation.</param>
    /// <param name="hidden">What must not be shown; null for nothing.</param>
    /// <exception cref="ProblemException"><c>plan.notFound</c>.</exception>
    public IEnumerable<ChangeItem> ShownItems(string id, HiddenTexts? hidden) => hidden is null ? ChangeItems(id) : ChangeItems(id).Select(hidden.Whole);

    /// <summary>Items, each with the place of its line.</summary>
    /// <exception cref="ProblemException"><c>plan.notFound</c>.</exception>
    public IEnumerable<(long Offset, ChangeItem Item)> ChangeLines(string id)
    {
        var path = Anywhere(id, ItemsFile);
        using var file = LocalDisk.Try(path, () => File.OpenRead(path));
        foreach (var (offset, line) in JsonLines.Read(file))
        {
            yield return (offset, Change(line));
        }
    }

    /// <summary>Takes out of an operation that has nothing left to do what its items addressed, as far as that must not be known.</summary>
    /// <param name="id">The operation.</param>
    /// <param name="hidden">What must not be known.</param>
    public void GiveUpAddresses(string id, HiddenTexts hidden)
    {
        var path = Path.Combine(FolderOf(id), ItemsFile);
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        LocalDisk.Try(path, () =>
        {
            using (var file = File.Create(temporary))
            {
                var line = new JsonLineWriter();
                foreach (var item in ChangeItems(id))
                {
                    line.Write(file, hidden.Whole(item) with { Manifest = null }, OperationsJson.Default.ChangeItem);
                }
            }

            File.Move(temporary, path, overwrite: true);
            File.WriteAllBytes(Path.Combine(FolderOf(id), BlobsFile), []);
        });
    }

    /// <summary>Items of a change by the places of their lines, in the order asked for.</summary>
    /// <exception cref="ProblemException"><c>plan.notFound</c>.</exception>
    public IEnumerable<ChangeItem> ChangeItemsAt(string id, IEnumerable<long> offsets)
    {
        var path = Anywhere(id, ItemsFile);
        using var file = LocalDisk.Try(path, () => File.OpenRead(path));
        foreach (var offset in offsets)
        {
            file.Position = offset;
            yield return Change(JsonLines.Read(file).First().Line);
        }
    }

    /// <summary>Blobs of an item of a change, in order; one is held at a time.</summary>
    /// <exception cref="ProblemException"><c>plan.notFound</c>.</exception>
    public IEnumerable<PlannedBlob> Blobs(string id, ManifestPart part)
    {
        var path = Anywhere(id, BlobsFile);
        using var file = LocalDisk.Try(path, () => File.OpenRead(path));
        file.Position = part.Offset;
        foreach (var (_, line) in JsonLines.Read(file).Take((int)part.Count))
        {
            yield return JsonSerializer.Deserialize(line.Span, OperationsJson.Default.PlannedBlob);
        }
    }

    /// <summary>A plan that has not been started.</summary>
    /// <exception cref="ProblemException"><c>plan.notFound</c>: it is too old, or was started already.</exception>
    public OperationPlan Plan(string id) =>
        Load(Path.Combine(Plans, Checked(id), PlanFile), OperationsJson.Default.OperationPlan)
        ?? throw new ProblemException("plan.notFound", "This plan is no longer there: it was started already or is too old. Plan it again.") { Target = id, Actions = [ProblemAction.PlanAgain] };

    /// <summary>Removes a plan that was not started.</summary>
    public void Drop(string planId)
    {
        var path = Path.Combine(Plans, Checked(planId));
        LocalDisk.Try(path, () => Directory.Delete(path, recursive: true));
    }

    /// <summary>A plan, started or not.</summary>
    /// <exception cref="ProblemException"><c>plan.notFound</c>.</exception>
    public OperationPlan PlanOrOperation(string id) => Load(Anywhere(id, PlanFile), OperationsJson.Default.OperationPlan) ?? Plan(id);

    /// <summary>A page of a plan's items.</summary>
    /// <param name="id">The plan, started or not.</param>
    /// <param name="offset">Where to begin, from the page before; 0 for the first.</param>
    /// <param name="count">How many at most.</param>
    public (IReadOnlyList<TransferItem> Items, long? Next) PlanItems(string id, long offset, int count)
    {
        var path = Anywhere(id, ItemsFile);
        using var file = LocalDisk.Try(path, () => File.OpenRead(path));
        if (offset < 0 || offset > file.Length)
        {
            throw new ProblemException("request.badPageToken", "The page token does not belong to this plan. Begin with the first page.");
        }

        file.Position = offset;
        var items = new List<TransferItem>();
        foreach (var (start, line) in JsonLines.Read(file))
        {
            if (items.Count == count)
            {
                return (items, start);
            }

            items.Add(Item(line));
        }

        return (items, null);
    }

    /// <summary>Makes an operation of a plan.</summary>
    /// <param name="planId">The plan.</param>
    /// <param name="destination">Where an export goes.</param>
    /// <param name="selection">What was chosen of a change.</param>
    /// <param name="status">How it stands.</param>
    public void Start(string planId, OperationDestination? destination, SelectionRecord? selection, OperationStatus status)
    {
        var from = Path.Combine(Plans, Checked(planId));
        var to = FolderOf(planId);
        LocalDisk.Try(to, () =>
        {
            if (destination is not null)
            {
                Save(Path.Combine(from, DestinationFile), destination, OperationsJson.Default.OperationDestination);
            }

            if (selection is not null)
            {
                Save(Path.Combine(from, SelectionFile), selection, OperationsJson.Default.SelectionRecord);
            }

            Save(Path.Combine(from, StatusFile), status, OperationsJson.Default.OperationStatus);
            Directory.Move(from, to);
        });
    }

    /// <summary>The operations on record.</summary>
    public IReadOnlyList<string> Ids() =>
        Directory.Exists(Operations) ? [.. Directory.EnumerateDirectories(Operations).Select(Path.GetFileName).OfType<string>().OrderDescending(StringComparer.Ordinal)] : [];

    /// <summary>An operation; null when it is gone or was never written whole.</summary>
    public (OperationPlan Plan, OperationDestination? Destination, OperationStatus Status)? Find(string id)
    {
        var path = FolderOf(id);
        return Load(Path.Combine(path, PlanFile), OperationsJson.Default.OperationPlan) is { } plan
            && StatusOf(id) is { } status
            ? (Chosen(plan, SelectionOf(id)), Load(Path.Combine(path, DestinationFile), OperationsJson.Default.OperationDestination), status)
            : null;
    }

    /// <summary>How an operation stands; null when it is gone or that was never written whole.</summary>
    public OperationStatus? StatusOf(string id) => Load(Path.Combine(FolderOf(id), StatusFile), OperationsJson.Default.OperationStatus);

    /// <summary>What was chosen of a change; null for an export.</summary>
    public SelectionRecord? SelectionOf(string id) => Load(Path.Combine(FolderOf(id), SelectionFile), OperationsJson.Default.SelectionRecord);

    /// <summary>An operation does what was chosen of its plan, and counts that.</summary>
    private static OperationPlan Chosen(OperationPlan plan, SelectionRecord? selection) =>
        selection is null ? plan : plan with { Items = selection.Items, Bytes = selection.Bytes };

    /// <summary>When the status was last written; null when there is none.</summary>
    public DateTime? Touched(string id)
    {
        var file = new FileInfo(Path.Combine(FolderOf(id), StatusFile));
        return file.Exists ? file.LastWriteTimeUtc : null;
    }

    /// <summary>Writes how an operation stands.</summary>
    public void Save(string id, OperationStatus status) => Save(Path.Combine(FolderOf(id), StatusFile), status, OperationsJson.Default.OperationStatus);

    /// <summary>The items of an operation, in order.</summary>
    public IEnumerable<TransferItem> Items(string id)
    {
        var path = Path.Combine(FolderOf(id), ItemsFile);
        using var file = LocalDisk.Try(path, () => File.OpenRead(path));
        foreach (var (_, line) in JsonLines.Read(file))
        {
            yield return Item(line);
        }
    }

    /// <summary>Where the journal of an operation is.</summary>
    public string JournalOf(string id) => Path.Combine(FolderOf(id), "journal.jsonl");

    /// <summary>Where the receipts of an operation are.</summary>
    public (string Markdown, string Json) ReceiptOf(string id) =>
        (Path.Combine(FolderOf(id), "receipt.md"), Path.Combine(FolderOf(id), "receipt.json"));

    /// <summary>Where the complete receipt of an operation is once that is taken off the list.</summary>
    public string KeptReceiptOf(string id) => Path.Combine(Receipts, $"{Checked(id)}.json");

    /// <summary>Whether a text may be an id.</summary>
    public static bool IsId(string text) => text.Length is > 0 and < 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    /// <summary>Takes an operation for this process.</summary>
    /// <returns>What to dispose to give it back; null when another process has it.</returns>
    public IDisposable? TryLock(string id)
    {
        try
        {
            return FileLock.TryTake(LockOf(id));
        }
        catch (DirectoryNotFoundException)
        {
            throw NotFound(id);
        }
    }

    /// <summary>Takes an operation for this process, and outlasts whoever only looks at it.</summary>
    /// <param name="id">The operation.</param>
    /// <param name="time">The clock of the pauses.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What to dispose to give it back; null when another process works on it.</returns>
    /// <exception cref="ProblemException"><c>operation.notFound</c>.</exception>
    public async Task<IDisposable?> LockAsync(string id, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            return await FileLock.TakeUnlessWorkedOnAsync(LockOf(id), time, cancellationToken).ConfigureAwait(false);
        }
        catch (DirectoryNotFoundException)
        {
            throw NotFound(id);
        }
    }

    /// <summary>Whether a process works on an operation.</summary>
    public bool IsLocked(string id) => FileLock.IsTaken(LockOf(id));

    /// <summary>Takes an operation off the list; its receipt is kept.</summary>
    public void Remove(string id)
    {
        var path = FolderOf(id);
        LocalDisk.Try(path, () =>
        {
            var receipt = ReceiptOf(id);
            foreach (var file in new[] { receipt.Markdown, receipt.Json }.Where(File.Exists))
            {
                Directory.CreateDirectory(Receipts);
                File.Move(file, Path.Combine(Receipts, $"{id}{Path.GetExtension(file)}"), overwrite: true);
            }

            if (UsesOf(id) is { Count: > 0 } uses)
            {
                // What is left of a workspace is found by this long after the operation was taken off the list.
                Directory.CreateDirectory(Receipts);
                Save(Path.Combine(Receipts, id + UsesEnd), new WorkspaceUses(uses), OperationsJson.Default.WorkspaceUses);
            }

            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
        });
    }

    /// <summary>The workspaces whose deletion was begun here and what they used, newest first; also of operations that were taken off the list.</summary>
    public IReadOnlyList<WorkspaceUse> DeletedWorkspaces()
    {
        var listed = Ids().Select(UsesOf);
        var kept = Directory.Exists(Receipts)
            ? Directory.EnumerateFiles(Receipts, "*" + UsesEnd).Select(file => Load(file, OperationsJson.Default.WorkspaceUses)?.Workspaces)
            : [];
        return [.. listed.Concat(kept).OfType<IReadOnlyList<WorkspaceUse>>().SelectMany(uses => uses).OrderByDescending(use => use.At)];
    }

    private IReadOnlyList<WorkspaceUse>? UsesOf(string id)
    {
        if (Load(Path.Combine(FolderOf(id), PlanFile), OperationsJson.Default.OperationPlan)?.Uses is not { } uses)
        {
            return null;
        }

        var status = Load(Path.Combine(FolderOf(id), StatusFile), OperationsJson.Default.OperationStatus);
        return [.. uses.Select(use => use with { At = status?.FinishedAt ?? use.At, IsDone = status?.State == OperationState.Succeeded })];
    }

    /// <summary>That an operation is not there.</summary>
    public static ProblemException NotFound(string id) =>
        new("operation.notFound", "This operation is no longer on the list.") { Target = id };

    /// <summary>Makes the folder of a new plan, and the draft in it.</summary>
    private T Begin<T>(Func<string, string, Action<OperationPlan>, T> make)
    {
        var id = $"{DateTime.UtcNow:yyyyMMdd-HHmmss}-{Guid.NewGuid().ToString("N")[..8]}";
        var path = Path.Combine(Plans, id);
        return LocalDisk.Try(path, () =>
        {
            Directory.CreateDirectory(path);
            return make(id, path, plan => Save(Path.Combine(path, PlanFile), plan, OperationsJson.Default.OperationPlan));
        });
    }

    /// <summary>A file of a plan, started or not.</summary>
    private string Anywhere(string id, string name)
    {
        var path = Path.Combine(Plans, Checked(id), name);
        path = File.Exists(path) ? path : Path.Combine(FolderOf(id), name);
        if (!File.Exists(path))
        {
            Plan(id);
        }

        return path;
    }

    private string FolderOf(string id) => Path.Combine(Operations, Checked(id));

    private string LockOf(string id) => Path.Combine(FolderOf(id), "lock");

    /// <summary>Ids come from outside and become part of a path.</summary>
    private static string Checked(string id) =>
        IsId(id) ? id : throw NotFound(id.Length < 64 ? id : id[..64]);

    private static ChangeItem Change(ReadOnlyMemory<byte> line) =>
        JsonSerializer.Deserialize(line.Span, OperationsJson.Default.ChangeItem) ?? throw new InvalidDataException("A plan holds an empty line.");

    private static TransferItem Item(ReadOnlyMemory<byte> line) =>
        JsonSerializer.Deserialize(line.Span, OperationsJson.Default.TransferItem) ?? throw new InvalidDataException("A plan holds an empty line.");

    private static void Save<T>(string path, T value, JsonTypeInfo<T> type) => StateFiles.Save(path, value, type);

    private static T? Load<T>(string path, JsonTypeInfo<T> type)
        where T : class => StateFiles.Load(path, type);
}
