using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace AmlDataTools.Core.Names;

/// <summary>Puts a hash into a name so that it stays readable and fits: <c>report~1a2b3c4d.csv</c>.</summary>
internal static class SegmentTag
{
    // Longer endings are no extensions, but the rest of a name with a dot in it.
    private const int MaxExtensionBytes = 32;

    /// <summary>
    /// The first hexadecimal digits of the SHA-256 of the name's UTF-8. Lone surrogates count as U+FFFD; if two names
    /// get the same hash by that, they are told apart like any two that clash.
    /// </summary>
    /// <param name="name">The original name, from its beginning to the segment in question.</param>
    /// <param name="digits">How many digits, 64 at most.</param>
    public static string Hash(ReadOnlySpan<char> name, int digits)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(name.Length));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(buffer.AsSpan(0, Encoding.UTF8.GetBytes(name, buffer)), hash);
        ArrayPool<byte>.Shared.Return(buffer);
        return Convert.ToHexStringLower(hash)[..digits];
    }

    /// <summary>The segment with <c>~</c> and the tag before its extension, its head cut to what fits.</summary>
    /// <param name="segment">An encoded segment of any length.</param>
    /// <param name="tag">The hash, ASCII.</param>
    public static string Add(string segment, string tag)
    {
        var dot = segment.LastIndexOf('.');
        if (dot <= 0 || Encoding.UTF8.GetByteCount(segment.AsSpan(dot)) > MaxExtensionBytes)
        {
            dot = segment.Length;
        }

        var extension = segment.AsSpan(dot);
        var room = LocalNames.MaxSegmentBytes - 1 - tag.Length - Encoding.UTF8.GetByteCount(extension);
        return string.Concat(Head(segment.AsSpan(0, dot), room), "~", tag, extension);
    }

    /// <summary>The end of the segment, at most so many UTF-8 bytes of it.</summary>
    public static ReadOnlySpan<char> Tail(ReadOnlySpan<char> segment, int bytes)
    {
        var start = segment.Length;
        while (start > 0)
        {
            Rune.DecodeLastFromUtf16(segment[..start], out var rune, out var length);
            bytes -= rune.Utf8SequenceLength;
            if (bytes < 0)
            {
                break;
            }

            start -= length;
        }

        return segment[start..];
    }

    private static ReadOnlySpan<char> Head(ReadOnlySpan<char> segment, int bytes)
    {
        var end = 0;
        foreach (var rune in segment.EnumerateRunes())
        {
            bytes -= rune.Utf8SequenceLength;
            if (bytes < 0)
            {
                // Half an encoded byte would only puzzle the reader.
                var percent = segment[..end].LastIndexOf('%');
                return percent >= 0 && percent >= end - 2 ? segment[..percent] : segment[..end];
            }

            end += rune.Utf16SequenceLength;
        }

        return segment;
    }
}
