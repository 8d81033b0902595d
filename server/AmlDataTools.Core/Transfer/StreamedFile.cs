using System.Security.Cryptography;

namespace AmlDataTools.Core.Transfer;

/// <summary>Writes and hashes bytes that come in order. One for each worker: hash contexts are costly to make.</summary>
internal sealed class StreamedFile : RangeSink, IDisposable
{
    private readonly IncrementalHash _sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash _md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
    private ItemRoom? _room;
    private bool _wantsCrc32;
    private Crc32 _crc32 = new();

    /// <summary>Bytes taken since <see cref="Open"/>.</summary>
    public long Length { get; private set; }

    /// <summary>Begins an item in its room.</summary>
    /// <param name="room">Where its bytes go.</param>
    /// <param name="wantsCrc32">Whether the CRC-32 is worked out too.</param>
    public void Open(ItemRoom room, bool wantsCrc32)
    {
        Abandon();
        _room = room;
        _wantsCrc32 = wantsCrc32;
        _crc32 = new Crc32();
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        var room = _room ?? throw new InvalidOperationException("No file is open.");
        LocalDisk.Write(room.Handle, room.Path, bytes, room.Start + offset);
        _sha.AppendData(bytes);
        _md5.AppendData(bytes);
        if (_wantsCrc32)
        {
            _crc32.Append(bytes);
        }

        Length += bytes.Length;
    }

    /// <summary>Ends the item; its room is the caller's from here on.</summary>
    public (string Sha256, string Md5, uint Crc32) Close()
    {
        _room = null;
        Length = 0;
        return (Convert.ToHexStringLower(_sha.GetHashAndReset()), Convert.ToBase64String(_md5.GetHashAndReset()), _crc32.Value);
    }

    /// <summary>Forgets the item that is open, if any.</summary>
    public void Abandon()
    {
        if (_room is { } room)
        {
            Close();
            room.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Abandon();
        _sha.Dispose();
        _md5.Dispose();
    }
}
