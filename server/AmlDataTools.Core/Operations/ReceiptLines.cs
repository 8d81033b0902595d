using System.Text.Json;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Operations;

/// <summary>Reads single lines of a journal by their place, so that a receipt of any length needs no memory.</summary>
internal sealed class ReceiptLines(string journal) : IDisposable
{
    private readonly FileStream _file = LocalDisk.Try(journal, () => new FileStream(journal, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 64 << 10));
    private byte[] _buffer = new byte[4096];

    /// <summary>What the line at a place says of an item.</summary>
    /// <exception cref="InvalidDataException">The line is not about an item.</exception>
    public ItemResult Read((long Offset, int Length) place)
    {
        if (_buffer.Length < place.Length)
        {
            _buffer = new byte[place.Length * 2];
        }

        var line = _buffer.AsSpan(0, place.Length);
        _file.Position = place.Offset;
        _file.ReadExactly(line);
        return JsonSerializer.Deserialize(line, OperationsJson.Default.JournalEntry)?.Result
            ?? throw new InvalidDataException("The journal does not say how an item ended where it should.");
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
