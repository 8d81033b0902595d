using System.Text.Json;
using AmlDataTools.Core.Changes.Execution;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Operations;

/// <summary>What a journal tells of the past: which items ended and how, and what there is of unfinished files.</summary>
internal sealed class JournalHistory
{
    private readonly Dictionary<long, UnfinishedFile> _unfinished = [];
    private readonly Dictionary<long, (long Offset, int Length)> _ended = [];
    private readonly HashSet<long> _dropped = [];
    private readonly HashSet<long> _acted = [];
    private readonly HashSet<(OperationVerb Verb, long Index)> _undone = [];
    private readonly Dictionary<long, BatchHistory> _batches = [];
    private readonly Dictionary<long, DocumentMark> _reached = [];

    private JournalHistory()
    {
    }

    /// <summary>Length of all complete lines; what is behind is a torn line.</summary>
    public long CompleteBytes { get; private set; }

    /// <summary>Lines that could not be read; what they said counts as not having happened.</summary>
    public int UnreadableLines { get; private set; }

    /// <summary>When it was first taken up; Unix time in milliseconds.</summary>
    public long? StartedAt { get; private set; }

    /// <summary>Bytes of unfinished files that should be on disk already.</summary>
    public long UnfinishedBytes => _unfinished.Values.Sum(f => f.Ranges.Sum(r => r.Count));

    /// <summary>Items that ended, by index: where in the journal the last line on each stands.</summary>
    public IReadOnlyDictionary<long, (long Offset, int Length)> Ended => _ended;

    /// <summary>Files that were begun and did not end: which item, where in a shared file if in one, and their bytes.</summary>
    public IEnumerable<(long Index, (long Place, long Start)? Room, long Length)> Unfinished => _unfinished.Select(f => (f.Key, f.Value.Room, f.Value.Length));

    /// <summary>The zip that was complete when last written down; null when there was none.</summary>
    public Zips.ZipMark? Zipped { get; private set; }

    /// <summary>Whether what a zip held of an item that ended does not count any more.</summary>
    public bool WasDropped(long index) => _dropped.Contains(index);

    /// <summary>What a zip held of an item that ended does not count any more.</summary>
    public void Drop(long index) => _dropped.Add(index);

    /// <summary>Whether an earlier life was about to change this record, or did.</summary>
    public bool WasActedOn(long index) => _acted.Contains(index);

    /// <summary>Whether what was done with this item has been undone since by that verb.</summary>
    public bool WasUndone(long index, OperationVerb verb) => _undone.Contains((verb, index));

    /// <summary>What is known of an item's batches of blobs.</summary>
    public BatchHistory Batches(long index) => _batches.TryGetValue(index, out var known) ? known : new BatchHistory();

    /// <summary>Reads a journal that nobody writes now; one that is not there is empty.</summary>
    /// <exception cref="Problems.ProblemException">The file cannot be read.</exception>
    public static JournalHistory Read(string path) => LocalDisk.Try(path, () =>
    {
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite);
        return Read(file);
    });

    /// <summary>Reads a journal from its beginning.</summary>
    public static JournalHistory Read(FileStream file)
    {
        var history = new JournalHistory();
        file.Position = 0;
        foreach (var (offset, line) in JsonLines.Read(file))
        {
            history.CompleteBytes = offset + line.Length + 1;
            try
            {
                if (JsonSerializer.Deserialize(line.Span, OperationsJson.Default.JournalEntry) is { } entry && IsWhole(entry))
                {
                    history.Add(entry, offset, line.Length);
                }
                else
                {
                    history.UnreadableLines++;
                }
            }
            catch (JsonException)
            {
                // Not the torn last line, which is not given out: damaged on disk. Forgetting is safe: a download is checked
                // against the disk, and every act of a change against the service, before it is done again.
                history.UnreadableLines++;
            }
        }

        return history;
    }

    /// <summary>What is there of an unfinished file; null for nothing.</summary>
    public PartialFile? Partial(long index) =>
        _unfinished.TryGetValue(index, out var file) ? new PartialFile(file.ETag, file.Length, file.Md5, file.Ranges) { Room = file.Room } : null;

    /// <summary>How far a document has come that did not end; null for nothing.</summary>
    public DocumentMark? Reached(long index) => _reached.TryGetValue(index, out var mark) ? mark : null;

    /// <summary>An ended item is not what the journal says (its file was taken away): it is done again.</summary>
    public void Forget(long index) => _ended.Remove(index);

    /// <summary>What there is of an unfinished file cannot be used: it is begun anew.</summary>
    public void ForgetUnfinished(long index) => _unfinished.Remove(index);

    /// <summary>A damaged letter in a member's name is still JSON, of an entry that lacks the member.</summary>
    private static bool IsWhole(JournalEntry entry) =>
        entry.Result is not ({ Name: null } or { Path: null })
        && entry.Zip is not { Name: null }
        && entry.BatchEnd is not { Left: null }
        && entry.BatchEnd?.Left.Any(left => left?.Name is null) != true;

    private void Add(JournalEntry entry, long offset, int length)
    {
        switch (entry)
        {
            case { Event: JournalEvent.Started }:
                StartedAt ??= entry.At;
                break;
            case { Event: JournalEvent.Begun, Index: { } index }:
                _unfinished[index] = new UnfinishedFile(entry.ETag, entry.Length ?? 0, entry.Md5, [], entry is { Place: { } place, Offset: { } first } ? (place, first) : null);
                break;
            case { Event: JournalEvent.Range, Index: { } index, Offset: { } start, Length: { } count, Crc: { } crc }:
                if (_unfinished.TryGetValue(index, out var file))
                {
                    file.Ranges.Add(new WrittenRange(start, count, crc) { Modified = entry.Modified });
                }

                break;
            case { Event: JournalEvent.Page, Index: { } index, Length: { } bytes, Crc: { } crc, Next: { } next }:
                _reached[index] = new DocumentMark(bytes, crc, next);
                break;
            case { Event: JournalEvent.Dropped, Index: { } index }:
                _dropped.Add(index);
                break;
            case { Event: JournalEvent.Zipped, Zip: { } mark }:
                Zipped = mark;

                // What was there of them has made way.
                _unfinished.Clear();
                break;
            case { Event: JournalEvent.Act, Index: { } index }:
                _acted.Add(index);
                break;
            case { Event: JournalEvent.Change, Change: { } change }:
                _ended[change.Index] = (offset, length);
                _undone.Remove((OperationVerb.Restore, change.Index));
                _undone.Remove((OperationVerb.Undelete, change.Index));
                _undone.Remove((OperationVerb.Archive, change.Index));
                break;
            case { Event: JournalEvent.Undone, Verb: { } verb }:
                _undone.UnionWith(_ended.Keys.Select(ended => (verb, ended)));
                break;
            case { Event: JournalEvent.Batch, Batch: { } mark }:
                BatchesOf(mark.Index).Begin(mark);
                break;
            case { Event: JournalEvent.BatchEnd, BatchEnd: { } batch }:
                BatchesOf(batch.Mark.Index).End(batch, (offset, length));
                break;
            case { Event: JournalEvent.Item, Result: { } result }:
                _unfinished.Remove(result.Index);
                _reached.Remove(result.Index);
                _dropped.Remove(result.Index);
                _ended[result.Index] = (offset, length);
                break;
        }
    }

    private BatchHistory BatchesOf(long index)
    {
        if (!_batches.TryGetValue(index, out var batches))
        {
            _batches[index] = batches = new BatchHistory();
        }

        return batches;
    }

    private sealed record UnfinishedFile(string? ETag, long Length, string? Md5, List<WrittenRange> Ranges, (long Place, long Start)? Room);
}
