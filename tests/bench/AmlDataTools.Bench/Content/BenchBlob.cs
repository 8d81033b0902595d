namespace AmlDataTools.Bench.Content;

/// <summary>
/// A blob whose bytes are a window on one shared block that repeats: a gigabyte costs no memory, and because the
/// block's length is prime, bytes written at a wrong offset never happen to be right.
/// </summary>
public sealed class BenchBlob
{
    private readonly ReadOnlyMemory<byte> block;
    private readonly long start;
    private readonly Lazy<Task<string>> md5;

    /// <summary>Describes a blob; its hash is worked out when first asked for.</summary>
    /// <param name="name">Name in the container.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="block">The shared block.</param>
    /// <param name="start">Where in the block the blob begins.</param>
    /// <param name="etag">Quoted ETag.</param>
    public BenchBlob(string name, long length, ReadOnlyMemory<byte> block, long start, string etag)
    {
        Name = name;
        Length = length;
        ETag = etag;
        this.block = block;
        this.start = start;
        md5 = new Lazy<Task<string>>(() => Task.Run(HashAll));
    }

    /// <summary>Name in the container.</summary>
    public string Name { get; }

    /// <summary>Bytes.</summary>
    public long Length { get; }

    /// <summary>Quoted ETag.</summary>
    public string ETag { get; }

    /// <summary>Base64 MD5 of the whole blob.</summary>
    public Task<string> Md5Async() => md5.Value;

    /// <summary>The bytes from an offset on, as many as lie together in the block and at most <paramref name="wanted"/>.</summary>
    public ReadOnlyMemory<byte> Slice(long offset, long wanted)
    {
        var at = (int)((start + offset) % block.Length);
        return block.Slice(at, (int)Math.Min(wanted, block.Length - at));
    }

    /// <summary>Base64 MD5 of a range.</summary>
    public string HashRange(long offset, long count)
    {
        using var hash = System.Security.Cryptography.IncrementalHash.CreateHash(System.Security.Cryptography.HashAlgorithmName.MD5);
        while (count > 0)
        {
            var slice = Slice(offset, count);
            hash.AppendData(slice.Span);
            offset += slice.Length;
            count -= slice.Length;
        }

        return Convert.ToBase64String(hash.GetHashAndReset());
    }

    private string HashAll() => HashRange(0, Length);
}
