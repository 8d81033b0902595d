using System.Buffers.Binary;

namespace AmlDataTools.Emulator.Storage;

/// <summary>Bytes computed from a seed, at any place without those before it.</summary>
internal static class Content
{
    /// <summary>Fills a buffer with the bytes that begin at an offset: little-endian words, the n-th a mix of the seed and n.</summary>
    public static void Fill(ulong seed, long offset, Span<byte> buffer)
    {
        Span<byte> word = stackalloc byte[8];
        var done = 0;
        while (done < buffer.Length)
        {
            var at = offset + done;
            var skip = (int)(at & 7);
            if (skip == 0 && buffer.Length - done >= 8)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(buffer[done..], Word(seed, (ulong)at >> 3));
                done += 8;
                continue;
            }

            BinaryPrimitives.WriteUInt64LittleEndian(word, Word(seed, (ulong)at >> 3));
            var count = Math.Min(8 - skip, buffer.Length - done);
            word.Slice(skip, count).CopyTo(buffer[done..]);
            done += count;
        }
    }

    /// <summary>All bytes of a small content.</summary>
    public static byte[] Bytes(ulong seed, int size)
    {
        var bytes = new byte[size];
        Fill(seed, 0, bytes);
        return bytes;
    }

    /// <summary>A seed from a text, the same in every run.</summary>
    public static ulong SeedOf(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in text)
        {
            hash = (hash ^ c) * 1099511628211UL;
        }

        return hash;
    }

    private static ulong Word(ulong seed, ulong index)
    {
        var z = seed + ((index + 1) * 0x9E3779B97F4A7C15UL);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
