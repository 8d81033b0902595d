using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using AmlDataTools.Emulator.Storage;

namespace AmlDataTools.Emulator.State;

/// <summary>A file or directory of a share.</summary>
internal abstract class ShareNode
{
    private static ulong _lastId = 13835128424026341376;
    private static long _lastTag = DateTimeOffset.UtcNow.Ticks;

    /// <summary>Its name as it was first written.</summary>
    public required string Name { get; init; }

    /// <summary>The service's own id of it.</summary>
    public string Id { get; } = Interlocked.Increment(ref _lastId).ToString(CultureInfo.InvariantCulture);

    /// <summary>When it was made.</summary>
    public DateTimeOffset Created { get; } = DateTimeOffset.UtcNow;

    /// <summary>When it was last written.</summary>
    public DateTimeOffset Modified { get; private set; } = DateTimeOffset.UtcNow;

    /// <summary>Its entity tag with quotes.</summary>
    public string ETag { get; private set; } = NextTag();

    /// <summary>It was written.</summary>
    public void Touch() => (Modified, ETag) = (DateTimeOffset.UtcNow, NextTag());

    private static string NextTag() => $"\"0x8DD{Interlocked.Increment(ref _lastTag):X}\"";
}

/// <summary>A directory.</summary>
internal sealed class ShareDirectory : ShareNode
{
    /// <summary>What is in it: names are compared without case, in the order in which they are listed.</summary>
    public SortedList<string, ShareNode> Nodes { get; } = new(StringComparer.OrdinalIgnoreCase);
}

/// <summary>A file.</summary>
internal sealed class ShareFile : ShareNode
{
    private byte[]? _bytes;
    private ulong _seed;

    /// <summary>Bytes.</summary>
    public long Length { get; private set; }

    /// <summary>Base64 of the MD5 that a client told; the service computes none.</summary>
    public string? ContentMd5 { get; set; }

    /// <summary>Its type.</summary>
    public string ContentType { get; set; } = "application/octet-stream";

    /// <summary>The answer to a DELETE of it, while somebody has it open; null when nobody has.</summary>
    public string? HeldBy { get; set; }

    /// <summary>Whether it has the attribute of files that are only read.</summary>
    public bool ReadOnly { get; set; }

    /// <summary>Sets a whole content.</summary>
    public void Set(ReadOnlySpan<byte> bytes) => (_bytes, Length) = (bytes.ToArray(), bytes.Length);

    /// <summary>Sets computed bytes.</summary>
    public void Set(ulong seed, long length) => (_bytes, _seed, Length) = (null, seed, length);

    /// <summary>Makes it as long as told; what is new is zero.</summary>
    public void Resize(long length)
    {
        var old = Whole();
        Array.Resize(ref old, checked((int)length));
        (_bytes, Length) = (old, length);
    }

    /// <summary>Writes a range.</summary>
    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        _bytes ??= Whole();
        bytes.CopyTo(_bytes.AsSpan(checked((int)offset)));
    }

    /// <summary>Reads a range.</summary>
    public void Read(long offset, Span<byte> buffer)
    {
        if (_bytes is { } bytes)
        {
            bytes.AsSpan(checked((int)offset), buffer.Length).CopyTo(buffer);
        }
        else
        {
            Content.Fill(_seed, offset, buffer);
        }
    }

    /// <summary>Base64 of the MD5 of what it holds.</summary>
    public string ComputeMd5() => Convert.ToBase64String(MD5.HashData(Whole()));

    private byte[] Whole() => _bytes ?? (Length == 0 ? [] : Content.Bytes(_seed, checked((int)Length)));
}

/// <summary>A share. Whoever looks into it or changes it holds <see cref="Gate"/>.</summary>
internal sealed class FileShareState
{
    /// <summary>Held while it is looked into.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its root.</summary>
    public ShareDirectory Root { get; } = new() { Name = string.Empty };

    /// <summary>Times of its snapshots. What they hold is not kept.</summary>
    public List<string> Snapshots { get; } = [];

    /// <summary>The node at a path, and the directory it is or would be in; null for what is not there.</summary>
    /// <param name="path">The path without slashes at its ends; empty for the root.</param>
    public (ShareDirectory? Parent, ShareNode? Node) Find(string path)
    {
        ShareDirectory? parent = null;
        ShareNode? node = Root;
        foreach (var segment in path.Length == 0 ? [] : path.Split('/'))
        {
            parent = node as ShareDirectory;
            node = parent?.Nodes.GetValueOrDefault(segment);
        }

        return (parent, node);
    }

    /// <summary>A directory with all above it, made where it is missing.</summary>
    public ShareDirectory Ensure(string path)
    {
        var directory = Root;
        foreach (var segment in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (directory.Nodes.GetValueOrDefault(segment) is not ShareDirectory next)
            {
                next = new ShareDirectory { Name = segment };
                directory.Nodes[segment] = next;
            }

            directory = next;
        }

        return directory;
    }
}

/// <summary>The file shares of all accounts.</summary>
internal sealed class ShareStore
{
    private readonly ConcurrentDictionary<string, FileShareState> _shares = new(StringComparer.Ordinal);

    /// <summary>A share; null when there is none.</summary>
    public FileShareState? Find(string account, string share) => _shares.GetValueOrDefault($"{account}/{share}");

    /// <summary>A share, made if it is missing.</summary>
    public FileShareState Ensure(string account, string share) => _shares.GetOrAdd($"{account}/{share}", _ => new FileShareState { Name = share });

    /// <summary>Makes a share; false when there is one.</summary>
    public bool Create(string account, string share) => _shares.TryAdd($"{account}/{share}", new FileShareState { Name = share });

    /// <summary>Takes a share away.</summary>
    public bool Remove(string account, string share) => _shares.TryRemove($"{account}/{share}", out _);

    /// <summary>The shares of an account by name.</summary>
    public IReadOnlyList<FileShareState> Of(string account) =>
        [.. _shares.Where(s => s.Key.StartsWith(account + "/", StringComparison.Ordinal)).Select(s => s.Value).OrderBy(s => s.Name, StringComparer.Ordinal)];
}
