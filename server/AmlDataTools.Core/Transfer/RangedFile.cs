using System.Buffers;
using System.Security.Cryptography;
using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;

namespace AmlDataTools.Core.Transfer;

/// <summary>
/// An unfinished file that is written in ranges, in any order, by several requests at once. Its hashes are worked out
/// behind them in order, from the file itself (which is still in the page cache), so that memory does not grow with the
/// number of ranges in flight.
/// </summary>
internal sealed class RangedFile : IDisposable
{
    private const int HashBytes = 512 << 10;

    private readonly string _path;
    private readonly int _rangeBytes;
    private readonly bool[] _written;
    private readonly Channel<bool>[] _news = [News(), News()];
    private int _next;

    public RangedFile(string path, long length, int rangeBytes, bool keep)
    {
        _path = path;
        _rangeBytes = rangeBytes;
        Length = length;
        _written = new bool[checked((int)((length + rangeBytes - 1) / rangeBytes))];
        Handle = LocalDisk.Try(path, () => File.OpenHandle(path, keep ? FileMode.OpenOrCreate : FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite));
    }

    /// <summary>The open file.</summary>
    public SafeFileHandle Handle { get; }

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
                    && !_written[index] && CrcOnDisk(range, buffer) == range.Crc)
                {
                    _written[index] = true;
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
    public void Written(int index)
    {
        Volatile.Write(ref _written[index], true);
        DiskFlush.Begin(Handle, OffsetOf(index), CountOf(index));
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
    public void Dispose() => Handle.Dispose();

    private static Channel<bool> News() => Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private uint CrcOnDisk(WrittenRange range, byte[] buffer)
    {
        var crc = new Crc32C();
        for (var at = range.Offset; at < range.Offset + range.Count;)
        {
            var read = RandomAccess.Read(Handle, buffer.AsSpan(0, (int)Math.Min(HashBytes, range.Offset + range.Count - at)), at);
            if (read == 0)
            {
                return ~range.Crc;
            }

            crc.Append(buffer.AsSpan(0, read));
            at += read;
        }

        return crc.Value;
    }

    private int Read(Span<byte> buffer, long offset)
    {
        try
        {
            var read = RandomAccess.Read(Handle, buffer, offset);
            return read > 0 ? read : throw new EndOfStreamException($"{_path} was shortened by somebody else.");
        }
        catch (IOException exception)
        {
            throw LocalDisk.Problem(_path, exception);
        }
    }

    /// <summary>Writes one range and keeps its checksum.</summary>
    internal sealed class RangeWriter(RangedFile file) : RangeSink
    {
        private Crc32C _crc = new();

        /// <summary>Checksum of what was written.</summary>
        public uint Crc => _crc.Value;

        /// <inheritdoc/>
        public override void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            LocalDisk.Write(file.Handle, file._path, bytes, offset);
            _crc.Append(bytes);
        }
    }
}
