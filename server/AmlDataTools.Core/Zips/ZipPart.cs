using System.Buffers;
using AmlDataTools.Core.Transfer;
using Microsoft.Win32.SafeHandles;

namespace AmlDataTools.Core.Zips;

/// <summary>The file of a zip under construction.</summary>
internal sealed class ZipPart : IDisposable
{
    private const int CopyBytes = 1 << 20;

    /// <summary>Opens it, making it where it is not there.</summary>
    public ZipPart(string path)
    {
        Path = path;
        Handle = LocalDisk.Try(path, () => File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));
    }

    /// <summary>The open file.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>Its path.</summary>
    public string Path { get; }

    /// <summary>Its bytes now.</summary>
    public long Length => LocalDisk.Try(Path, () => RandomAccess.GetLength(Handle));

    /// <summary>Cuts off what lies behind.</summary>
    public void Truncate(long length) => LocalDisk.Try(Path, () =>
    {
        if (RandomAccess.GetLength(Handle) > length)
        {
            RandomAccess.SetLength(Handle, length);
        }
    });

    /// <summary>Writes at a place.</summary>
    public void Write(ReadOnlySpan<byte> bytes, long place) => LocalDisk.Write(Handle, Path, bytes, place);

    /// <summary>Brings all that was written to the disk itself.</summary>
    public void Flush() => LocalDisk.Try(Path, () => RandomAccess.FlushToDisk(Handle));

    /// <summary>Copies bytes to a place before them; where the two overlap, what was there is gone.</summary>
    public void MoveDown(long from, long to, long bytes) => Pass(from, bytes, (piece, done) => Write(piece, to + done));

    /// <summary>Copies its first bytes into another, working out their checksum.</summary>
    public uint CopyTo(ZipPart other, long to, long bytes)
    {
        var sum = new Crc32();
        Pass(0, bytes, (piece, done) =>
        {
            other.Write(piece, to + done);
            sum.Append(piece);
        });
        return sum.Value;
    }

    /// <summary>The checksum of some of its bytes.</summary>
    public uint Crc32(long from, long bytes)
    {
        var crc = new Crc32();
        Pass(from, bytes, (piece, _) => crc.Append(piece));
        return crc.Value;
    }

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();

    private void Pass(long from, long bytes, PieceAction act)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            for (long done = 0; done < bytes;)
            {
                var piece = buffer.AsMemory(0, (int)Math.Min(CopyBytes, bytes - done));
                var read = LocalDisk.Try(Path, () => RandomAccess.Read(Handle, piece.Span, from + done));
                if (read == 0)
                {
                    throw LocalDisk.Problem(Path, new EndOfStreamException("It was shortened by somebody else."));
                }

                act(piece.Span[..read], done);
                done += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private delegate void PieceAction(ReadOnlySpan<byte> piece, long done);
}
