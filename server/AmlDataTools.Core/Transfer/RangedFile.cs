using System.Buffers;
using System.Security.Cryptography;
using System.Threading.Channels;

namespace AmlDataTools.Core.Transfer;

/// <summary>
/// An unfinished file that is written in ranges, in any order, by several requests at once. Its hashes are worked out
/// behind them in order, from the file itself (which is still in the page cache), so that memory does not grow with the
/// number of ranges in flight.
/// </summary>
internal sealed class RangedFile : IDisposable
{
    private const int HashBytes = 512 << 10;

    private readonly ItemRoom _room;
    private readonly int _rangeBytes;
    private readonly bool[] _written;
    private readonly uint[]? _crc32;
    private readonly Channel<bool>[] _news = [News(), News()];
    private int _next;

    /// <summary>Begins, or goes on with, an item in its room.</summary>
    /// <param name="room">Where its bytes go; disposed with this.</param>
    /// <param name="length">Bytes it will have.</param>
    /// <param name="rangeBytes">Bytes of each range but the last.</param>
    /// <param name="wantsCrc32">Whether the CRC-32 is worked out too: range by range, so that nothing is read again for it.</param>
    public RangedFile(ItemRoom room, long length, int rangeBytes, bool wantsCrc32 = false)
    {
        _room = room;
        _rangeBytes = rangeBytes;
        Length = length;
        _written = new bool[checked((int)((length + rangeBytes - 1) / rangeBytes))];
        _crc32 = wantsCrc32 ? new uint[_written.Length] : null;
    }

    /// <summary>Bytes it will have.</summary>
    public long Length { get; }

    /// <summary>Takes over what an earlier life wrote, as far as the disk still holds just that. Gives the bytes taken over.</summary>
    public long TakeOver(IReadOnlyList<WrittenRange> ranges, CancellationToken cancellationToken)
    {
        long kept = 0;
        var buffer = ArrayPool<byte>.Shared.Rent(HashBytes);
        try
        {
            foreach (var range in ranges)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var index = range.Offset / _rangeBytes;
                if (range.Offset >= 0 && range.Offset % _rangeBytes == 0 && index < _written.Length && range.Count == CountOf((int)index)
                    && !_written[index] && CrcOnDisk(range, buffer, out var crc32) == range.Crc)
                {
                    _written[index] = true;
                    if (_crc32 is not null)
                    {
                        _crc32[index] = crc32;
                    }

                    kept += range.Count;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return kept;
    }

    /// <summary>The next range nobody works on; false when there is none. Safe to call from several threads.</summary>
    public bool TryTake(out int index)
    {
        do
        {
            index = Interlocked.Increment(ref _next) - 1;
        }
        while (index < _written.Length && Volatile.Read(ref _written[index]));

        return index < _written.Length;
    }

    /// <summary>First byte of a range.</summary>
    public long OffsetOf(int index) => (long)index * _rangeBytes;

    /// <summary>Bytes of a range.</summary>
    public long CountOf(int index) => Math.Min(_rangeBytes, Length - OffsetOf(index));

    /// <summary>Where the bytes of one range go.</summary>
    public RangeWriter Writer() => new(this);

    /// <summary>A range is on disk.</summary>
    /// <param name="index">The range.</param>
    /// <param name="crc32">Its CRC-32, where that is wanted.</param>
    public void Written(int index, uint crc32 = 0)
    {
        if (_crc32 is not null)
        {
            _crc32[index] = crc32;
        }

        Volatile.Write(ref _written[index], true);
        DiskFlush.Begin(_room.Handle, _room.Start + OffsetOf(index), CountOf(index));
        foreach (var news in _news)
        {
            news.Writer.TryWrite(true);
        }
    }

    /// <summary>SHA-256 of the ranges in order, as they are written, in hex; ends with the last.</summary>
    public async Task<string> Sha256Async(CancellationToken cancellationToken) =>
        Convert.ToHexStringLower(await HashAsync(HashAlgorithmName.SHA256, _news[0].Reader, cancellationToken).ConfigureAwait(false));

    /// <summary>MD5 of the ranges in order, as they are written, in base64; ends with the last.</summary>
    public async Task<string> Md5Async(CancellationToken cancellationToken) =>
        Convert.ToBase64String(await HashAsync(HashAlgorithmName.MD5, _news[1].Reader, cancellationToken).ConfigureAwait(false));

    /// <summary>CRC-32 of the whole, once all ranges are written; 0 where it was not wanted.</summary>
    public uint Crc32Value()
    {
        var whole = 0U;
        for (var index = 0; index < _crc32?.Length; index++)
        {
            whole = index == 0 ? _crc32[0] : Crc32.Combine(whole, _crc32[index], CountOf(index));
        }

        return whole;
    }

    private async Task<byte[]> HashAsync(HashAlgorithmName algorithm, ChannelReader<bool> news, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(algorithm);
        var buffer = ArrayPool<byte>.Shared.Rent(HashBytes);
        try
        {
            for (var index = 0; index < _written.Length; index++)
            {
                while (!Volatile.Read(ref _written[index]))
                {
                    await news.ReadAsync(cancellationToken).ConfigureAwait(false);
                }

                var end = OffsetOf(index) + CountOf(index);
                for (var at = OffsetOf(index); at < end;)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var bytes = buffer.AsSpan(0, Read(buffer.AsSpan(0, (int)Math.Min(HashBytes, end - at)), at));
                    hash.AppendData(bytes);
                    at += bytes.Length;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return hash.GetHashAndReset();
    }

    /// <inheritdoc/>
    public void Dispose() => _room.Dispose();

    private static Channel<bool> News() => Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private uint CrcOnDisk(WrittenRange range, byte[] buffer, out uint crc32)
    {
        var crc = new Crc32C();
        var zipped = new Crc32();
        crc32 = 0;
        for (var at = range.Offset; at < range.Offset + range.Count;)
        {
            var read = RandomAccess.Read(_room.Handle, buffer.AsSpan(0, (int)Math.Min(HashBytes, range.Offset + range.Count - at)), _room.Start + at);
            if (read == 0)
            {
                return ~range.Crc;
            }

            crc.Append(buffer.AsSpan(0, read));
            if (_crc32 is not null)
            {
                zipped.Append(buffer.AsSpan(0, read));
            }

            at += read;
        }

        crc32 = zipped.Value;
        return crc.Value;
    }

    private int Read(Span<byte> buffer, long offset)
    {
        try
        {
            var read = RandomAccess.Read(_room.Handle, buffer, _room.Start + offset);
            return read > 0 ? read : throw new EndOfStreamException($"{_room.Path} was shortened by somebody else.");
        }
        catch (IOException exception)
        {
            throw LocalDisk.Problem(_room.Path, exception);
        }
    }

    /// <summary>Writes one range and keeps its checksum.</summary>
    internal sealed class RangeWriter(RangedFile file) : RangeSink
    {
        private Crc32C _crc = new();
        private Crc32 _crc32 = new();

        /// <summary>Checksum of what was written.</summary>
        public uint Crc => _crc.Value;

        /// <summary>Its CRC-32; means nothing where that is not wanted.</summary>
        public uint Crc32 => _crc32.Value;

        /// <inheritdoc/>
        public override void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            LocalDisk.Write(file._room.Handle, file._room.Path, bytes, file._room.Start + offset);
            _crc.Append(bytes);
            if (file._crc32 is not null)
            {
                _crc32.Append(bytes);
            }
        }
    }
}
