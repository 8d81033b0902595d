using AmlDataTools.Core.Changes.Execution;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Operations;

/// <summary>
/// The write-ahead journal of an operation: append-only JSON lines. What is promised to survive a power cut is flushed to
/// disk before the act; a torn last line is cut off when the journal is opened again.
/// </summary>
internal sealed class Journal : ITransferJournal, IDisposable
{
    private readonly FileStream _file;
    private readonly TimeProvider _time;
    private readonly JsonLineWriter _line = new();
    private readonly Lock _lock = new();
    private readonly JournalHistory _history;
    private JournalHistory? _settled;

    private readonly HiddenTexts? _hidden;

    private Journal(FileStream file, JournalHistory history, TimeProvider time, HiddenTexts? hidden)
    {
        _file = file;
        _history = history;
        _time = time;
        _hidden = hidden;
    }

    /// <summary>What earlier lives of the operation left.</summary>
    public JournalHistory History => _history;

    /// <summary>Opens a journal for writing, reading what is in it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="time">The clock.</param>
    /// <param name="hidden">What must not be named in it; null for nothing.</param>
    /// <exception cref="Problems.ProblemException">The file cannot be read or written.</exception>
    public static Journal Open(string path, TimeProvider time, HiddenTexts? hidden = null)
    {
        return LocalDisk.Try(path, () =>
        {
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, 16 << 10);
            try
            {
                var history = JournalHistory.Read(file);
                file.SetLength(history.CompleteBytes);
                file.Position = history.CompleteBytes;
                return new Journal(file, history, time, hidden);
            }
            catch
            {
                file.Dispose();
                throw;
            }
        });
    }

    /// <inheritdoc/>
    public PartialFile? Partial(long index) => _history.Partial(index);

    /// <inheritdoc/>
    public void Begin(long index, string? etag, long length, string? md5, (long Place, long Start)? room) =>
        Append(new JournalEntry(JournalEvent.Begun, Now()) { Index = index, ETag = etag, Length = length, Md5 = md5, Place = room?.Place, Offset = room?.Start });

    /// <inheritdoc/>
    public DocumentMark? Reached(long index) => _history.Reached(index);

    /// <inheritdoc/>
    public void Reach(long index, DocumentMark mark) =>
        Append(new JournalEntry(JournalEvent.Page, Now()) { Index = index, Length = mark.Length, Crc = mark.Crc, Next = mark.Next });

    /// <inheritdoc/>
    public void Range(long index, WrittenRange range) =>
        Append(new JournalEntry(JournalEvent.Range, Now()) { Index = index, Offset = range.Offset, Length = range.Count, Crc = range.Crc, Modified = range.Modified });

    /// <inheritdoc/>
    public void Commit(IReadOnlyList<ItemResult> results)
    {
        var now = Now();
        lock (_lock)
        {
            foreach (var result in results)
            {
                Write(new JournalEntry(JournalEvent.Item, now) { Result = result });
            }

            Flush(toDisk: true);
        }
    }

    /// <inheritdoc/>
    public void End(ItemResult result) => Append(new JournalEntry(JournalEvent.Item, Now()) { Result = result });

    /// <inheritdoc/>
    public IEnumerable<ItemResult> Results(long from, long until)
    {
        JournalHistory settled;
        lock (_lock)
        {
            settled = _settled ??= JournalHistory.Read(_file.Name);
        }

        return Read(_file.Name, settled, from, until);

        static IEnumerable<ItemResult> Read(string path, JournalHistory settled, long from, long until)
        {
            using var lines = new ReceiptLines(path);
            for (var index = from; index < until; index++)
            {
                if (settled.Ended.TryGetValue(index, out var place))
                {
                    yield return lines.Read(place);
                }
            }
        }
    }

    /// <summary>What a zip holds of these items no longer counts: their room is given to others. Returns once the note is on disk.</summary>
    public void Drop(IReadOnlyList<long> indexes)
    {
        if (indexes.Count == 0)
        {
            return;
        }

        var now = Now();
        lock (_lock)
        {
            foreach (var index in indexes)
            {
                Write(new JournalEntry(JournalEvent.Dropped, now) { Index = index });
                _history.Drop(index);
            }

            Flush(toDisk: true);
        }
    }

    /// <summary>A zip is complete and will now get its name. Returns once the note is on disk.</summary>
    public void Zipped(Zips.ZipMark mark) => Append(new JournalEntry(JournalEvent.Zipped, Now()) { Zip = mark }, toDisk: true);

    /// <summary>A record is about to be changed. Returns once the note is on disk.</summary>
    public void Act(long index) => Append(new JournalEntry(JournalEvent.Act, Now()) { Index = index }, toDisk: true);

    /// <summary>An item of a change ended.</summary>
    public void End(ChangeResult result) => Append(new JournalEntry(JournalEvent.Change, Now()) { Change = _hidden?.InWords(result) ?? result }, toDisk: true);

    /// <summary>A batch of blobs is about to be sent. Returns once the note is on disk.</summary>
    public void Begin(BatchMark batch) => Append(new JournalEntry(JournalEvent.Batch, Now()) { Batch = batch }, toDisk: true);

    /// <summary>A batch of blobs was answered.</summary>
    public void End(BatchResult result) => Append(new JournalEntry(JournalEvent.BatchEnd, Now()) { BatchEnd = _hidden?.InWords(result) ?? result });

    /// <summary>A process took the operation up.</summary>
    public void Started() => Append(new JournalEntry(JournalEvent.Started, Now()) { ProcessId = Environment.ProcessId }, toDisk: true);

    /// <summary>The operation ended, for now or for good.</summary>
    public void Ended(OperationState state, string? code, string? message) =>
        Append(new JournalEntry(JournalEvent.Ended, Now()) { State = state, Code = code, Message = message is null ? null : _hidden?.Hide(message) ?? message }, toDisk: true);

    /// <summary>All that this operation did until now was undone by another one, or is beyond undoing.</summary>
    /// <param name="verb">What was done to undo it: restore, undelete, archive.</param>
    public void Undone(OperationVerb verb) => Append(new JournalEntry(JournalEvent.Undone, Now()) { Verb = verb }, toDisk: true);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private long Now() => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private void Append(JournalEntry entry, bool toDisk = false)
    {
        lock (_lock)
        {
            Write(entry);
            Flush(toDisk);
        }
    }

    private void Write(JournalEntry entry)
    {
        try
        {
            _line.Write(_file, entry, OperationsJson.Default.JournalEntry);
        }
        catch (IOException exception)
        {
            throw LocalDisk.Problem(_file.Name, exception);
        }
    }

    /// <summary>To the system always, so that it outlives this process; to the disk where a power cut must not undo it.</summary>
    private void Flush(bool toDisk)
    {
        try
        {
            _file.Flush(toDisk);
        }
        catch (IOException exception)
        {
            throw LocalDisk.Problem(_file.Name, exception);
        }
    }
}
