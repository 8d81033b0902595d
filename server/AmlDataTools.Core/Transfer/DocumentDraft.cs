using System.Buffers;

namespace AmlDataTools.Core.Transfer;

/// <summary>
/// A document that is being put together. A list that is read page by page notes after each page how far it has come, so that another
/// life of the operation goes on there: what the journal says is believed only if the file still holds just that, else it is begun anew.
/// </summary>
internal sealed class DocumentDraft : IAsyncDisposable
{
    private const int BufferBytes = 128 << 10;

    private readonly FileStream _file;
    private readonly long _index;
    private readonly ITransferJournal _journal;
    private Crc32C _crc = new();
    private long _kept;

    private DocumentDraft(FileStream file, long index, ITransferJournal journal)
    {
        _file = file;
        _index = index;
        _journal = journal;
    }

    /// <summary>Takes what is written.</summary>
    public Stream Content => _file;

    /// <summary>Where the list goes on after what is in it; null to begin, and once it went on.</summary>
    public string? Next { get; private set; }

    /// <summary>What the receipt says of how it came about; null for nothing.</summary>
    public (string Code, string Reason)? Remark { get; private set; }

    /// <summary>Whether no whole page came yet since an earlier life was gone on with.</summary>
    public bool IsWhereItWas => Next is not null;

    /// <summary>Opens a document: as far as an earlier life came with it, or empty.</summary>
    /// <param name="path">Where it is put together.</param>
    /// <param name="index">The item.</param>
    /// <param name="journal">Knows how far it came, and is told.</param>
    /// <exception cref="Problems.ProblemException">The file cannot be written.</exception>
    public static DocumentDraft Open(string path, long index, ITransferJournal journal) => LocalDisk.Try(path, () =>
    {
        var draft = new DocumentDraft(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read), index, journal);
        try
        {
            draft.TakeUp();
            return draft;
        }
        catch
        {
            draft._file.Dispose();
            throw;
        }
    });

    /// <summary>All that was written until now is whole pages; the list goes on there.</summary>
    /// <param name="next">Where; no secret.</param>
    public void Keep(string next)
    {
        LocalDisk.Try(_file.Name, _file.Flush);
        Add(_kept, _file.Position);
        _kept = _file.Position;
        Next = null;
        _journal.Reach(_index, new DocumentMark(_kept, _crc.Value, next));
    }

    /// <summary>What there is cannot be gone on with: the document begins anew.</summary>
    /// <param name="code">Stable code of why.</param>
    /// <param name="reason">Why, for the receipt.</param>
    public void BeginAnew(string code, string reason)
    {
        Empty();
        Remark = (code, reason);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _file.DisposeAsync();

    private void TakeUp()
    {
        if (_journal.Reached(_index) is not { } mark || mark.Length > _file.Length)
        {
            Empty();
            return;
        }

        Add(0, mark.Length);
        if (_crc.Value != mark.Crc)
        {
            Empty();
            return;
        }

        _file.SetLength(mark.Length);
        _file.Position = _kept = mark.Length;
        Next = mark.Next;
        Remark = ("list.resumed", "It was read in parts: what changed in the list between them may be missing, or be in it twice.");
    }

    private void Empty()
    {
        _file.SetLength(0);
        _file.Position = _kept = 0;
        _crc = new Crc32C();
        Next = null;
    }

    private void Add(long from, long until)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (from < until)
            {
                var read = RandomAccess.Read(_file.SafeFileHandle, buffer.AsSpan(0, (int)Math.Min(buffer.Length, until - from)), from);
                if (read == 0)
                {
                    throw new EndOfStreamException($"{_file.Name} is shorter than what was written to it.");
                }

                _crc.Append(buffer.AsSpan(0, read));
                from += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
