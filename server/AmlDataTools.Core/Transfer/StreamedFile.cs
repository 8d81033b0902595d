using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace AmlDataTools.Core.Transfer;

/// <summary>Writes and hashes bytes that come in order. One for each worker: hash contexts are costly to make.</summary>
internal sealed class StreamedFile : RangeSink, IDisposable
{
    private readonly IncrementalHash _sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash _md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
    private SafeFileHandle? _file;
    private string _path = string.Empty;

    /// <summary>Bytes taken since <see cref="Open"/>.</summary>
    public long Length { get; private set; }

    /// <summary>Begins a file, replacing what is there.</summary>
    public void Open(string path)
    {
        Abandon();
        _path = path;
        _file = LocalDisk.Try(path, () => OpenNew(path));
    }

    /// <summary>Without the lock and the truncation that the usual way of opening costs; a file left by an earlier life is replaced.</summary>
    private static SafeFileHandle OpenNew(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite);
        }
        catch (IOException) when (File.Exists(path))
        {
            return File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        }
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        LocalDisk.Write(_file ?? throw new InvalidOperationException("No file is open."), _path, bytes, offset);
        _sha.AppendData(bytes);
        _md5.AppendData(bytes);
        Length += bytes.Length;
    }

    /// <summary>Ends the file and hands its handle over.</summary>
    public (SafeFileHandle Handle, string Sha256, string Md5) Close()
    {
        var file = _file ?? throw new InvalidOperationException("No file is open.");
        _file = null;
        Length = 0;
        return (file, Convert.ToHexStringLower(_sha.GetHashAndReset()), Convert.ToBase64String(_md5.GetHashAndReset()));
    }

    /// <summary>Forgets the file that is open, if any.</summary>
    public void Abandon()
    {
        if (_file is not null)
        {
            Close().Handle.Dispose();
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
