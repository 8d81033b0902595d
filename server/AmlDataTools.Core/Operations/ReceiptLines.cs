using System.Text.Json;
using AmlDataTools.Core.Changes.Execution;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Operations;

/// <summary>Reads single lines of a journal by their place, so that a receipt of any length needs no memory.</summary>
internal sealed class ReceiptLines(string journal) : IDisposable
{
    private readonly FileStream _file = LocalDisk.Try(journal, () => new FileStream(journal, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 64 << 10));
    private byte[] _buffer = new byte[4096];

    /// <summary>What the line at a place says of an item.</summary>
    /// <exception cref="InvalidDataException">The line is not about an item.</exception>
    public ItemResult Read((long Offset, int Length) place) =>
        Entry(place).Result ?? throw new InvalidDataException("The journal does not say how an item ended where it should.");

    /// <summary>What the line at a place says of an item of a change.</summary>
    /// <exception cref="InvalidDataException">The line is not about an item.</exception>
    public ChangeResult ReadChange((long Offset, int Length) place) =>
        Entry(place).Change ?? throw new InvalidDataException("The journal does not say how an item ended where it should.");

    /// <summary>What the line at a place says of a batch.</summary>
    /// <exception cref="InvalidDataException">The line is not about a batch.</exception>
    public BatchResult ReadBatch((long Offset, int Length) place) =>
        Entry(place).BatchEnd ?? throw new InvalidDataException("The journal does not say how a batch ended where it should.");

    private JournalEntry Entry((long Offset, int Length) place)
    {
        if (_buffer.Length < place.Length)
        {
            _buffer = new byte[place.Length * 2];
        }

        var line = _buffer.AsSpan(0, place.Length);
        _file.Position = place.Offset;
        _file.ReadExactly(line);
        return JsonSerializer.Deserialize(line, OperationsJson.Default.JournalEntry) ?? throw new InvalidDataException("The journal holds an empty line.");
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
