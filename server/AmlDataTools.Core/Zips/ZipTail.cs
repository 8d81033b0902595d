using System.Security.Cryptography;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Zips;

/// <summary>Writes what stands behind the payload: files made at the end, folders, and the directory of all.</summary>
/// <param name="part">The zip.</param>
/// <param name="start">Where the payload ends.</param>
/// <param name="modified">The time of what is written here; Unix time in seconds.</param>
internal sealed class ZipTail(ZipPart part, long start, long modified)
{
    private const int BufferBytes = 64 << 10;

    private readonly List<ZipEntry> _entries = [];
    private long _at = start;

    /// <summary>Adds a folder.</summary>
    /// <param name="path">Its path, without <c>/</c> at its end.</param>
    public void AddFolder(string path)
    {
        var entry = new ZipEntry(path + "/", 0, 0, modified, _at, 0);
        part.Write(ZipRecords.Header(entry), _at);
        Keep(entry);
    }

    /// <summary>Adds a file of any length below 4 GiB, as it comes; gives its SHA-256 in hex.</summary>
    /// <exception cref="Problems.ProblemException">The disk is full or not writable.</exception>
    public string AddFile(string path, Action<Stream> write)
    {
        var first = _at + ZipRecords.HeaderBytes(path, 0);
        using var content = new Content(part, first);
        using (var buffered = new BufferedStream(content, BufferBytes))
        {
            write(buffered);
            buffered.Flush();
        }

        var entry = new ZipEntry(path, content.Length, content.Crc32, modified, _at, 0);
        if (entry.IsLarge)
        {
            throw new InvalidOperationException($"{path} is too long for what is written at the end of a zip.");
        }

        part.Write(ZipRecords.Header(entry), _at);
        Keep(entry);
        return content.Sha256;
    }

    /// <summary>Writes the directory; gives the zip's length.</summary>
    /// <param name="payload">The entries before this tail.</param>
    public long Close(IEnumerable<ZipEntry> payload)
    {
        var directory = _at;
        long entries = 0;
        using (var content = new Content(part, directory))
        {
            using var buffered = new BufferedStream(content, BufferBytes);
            foreach (var entry in payload.Concat(_entries))
            {
                buffered.Write(ZipRecords.Central(entry));
                entries++;
            }

            buffered.Flush();
            _at += content.Length;
        }

        var end = ZipRecords.End(entries, directory, _at - directory);
        part.Write(end, _at);
        return _at + end.Length;
    }

    private void Keep(ZipEntry entry)
    {
        _entries.Add(entry);
        _at = entry.End;
    }

    /// <summary>Bytes of one file, written from a place on.</summary>
    private sealed class Content(ZipPart part, long first) : Stream
    {
        private readonly IncrementalHash _sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private Crc32 _crc = new();
        private long _length;

        public uint Crc32 => _crc.Value;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _length;

        public override long Position
        {
            get => _length;
            set => throw new NotSupportedException();
        }

        /// <summary>Known once all is written and this is closed.</summary>
        public string Sha256 { get; private set; } = string.Empty;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            part.Write(buffer, first + _length);
            _sha.AppendData(buffer);
            _crc.Append(buffer);
            _length += buffer.Length;
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
            // Nothing is held back here.
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing && Sha256.Length == 0)
            {
                Sha256 = Convert.ToHexStringLower(_sha.GetHashAndReset());
                _sha.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
