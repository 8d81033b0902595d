using System.Buffers;
using System.Text;

namespace AmlDataTools.Core.Names;

/// <summary>
/// Percent-encodes what not every file system takes in one segment of a path. No two segments have the same encoding.
/// </summary>
internal static class SegmentEncoder
{
    // A segment of these alone needs no look at each character.
    private static readonly SearchValues<char> Plain =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz !#$&'()+,-.;=@[]^_`{}");

    /// <summary>Encodes a segment.</summary>
    /// <param name="segment">Any text without <c>/</c>, also none.</param>
    /// <returns>The encoded segment, or <c>null</c> when the segment is safe as it is.</returns>
    public static string? Encode(ReadOnlySpan<char> segment)
    {
        if (segment.IsEmpty)
        {
            return "%";
        }

        var tail = segment.TrimEnd(". ").Length;
        var device = ReservedNames.IsDevice(segment);
        if (tail == segment.Length && !device && !segment.ContainsAnyExcept(Plain))
        {
            return null;
        }

        var alias = ReservedNames.IsShortAlias(segment);
        StringBuilder? encoded = null;
        var copied = 0;
        for (var i = 0; i < segment.Length;)
        {
            var length = char.IsHighSurrogate(segment[i]) && i + 1 < segment.Length && char.IsLowSurrogate(segment[i + 1])
                ? 2
                : 1;
            if (i >= tail || (device && i == 0) || (alias && segment[i] == '~') || IsForbidden(segment, i, length))
            {
                encoded ??= new StringBuilder(segment.Length + 16);
                encoded.Append(segment[copied..i]);
                AppendEncoded(encoded, length == 2 ? char.ConvertToUtf32(segment[i], segment[i + 1]) : segment[i]);
                copied = i + length;
            }

            i += length;
        }

        return encoded?.Append(segment[copied..]).ToString();
    }

    private static bool IsForbidden(ReadOnlySpan<char> segment, int i, int length)
    {
        var c = segment[i];
        if (length == 2)
        {
            return (char.ConvertToUtf32(c, segment[i + 1]) & 0xFFFE) == 0xFFFE;
        }

        if (c < 0x80)
        {
            return c switch
            {
                < ' ' or '\x7F' or '<' or '>' or ':' or '"' or '|' or '?' or '*' or '\\' or '/' => true,

                // Alone it stands for an empty segment; before two hex digits it would be decoded.
                '%' => segment.Length == 1
                    || (i + 2 < segment.Length && char.IsAsciiHexDigit(segment[i + 1]) && char.IsAsciiHexDigit(segment[i + 2])),
                _ => false,
            };
        }

        return c switch
        {
            <= '\u009F' => true,

            // What changes the direction or breaks the line of a displayed name.
            '\u061C' or '\u200E' or '\u200F' or (>= '\u2028' and <= '\u202E') or (>= '\u2066' and <= '\u2069') => true,

            // Surrogates without their other half have no UTF-8; macOS refuses noncharacters.
            (>= '\uD800' and <= '\uDFFF') or (>= '\uFDD0' and <= '\uFDEF') or >= '\uFFFE' => true,
            _ => false,
        };
    }

    // UTF-8, and for a lone surrogate what UTF-8 would be if it had one.
    private static void AppendEncoded(StringBuilder text, int codePoint)
    {
        switch (codePoint)
        {
            case < 0x80:
                AppendByte(text, codePoint);
                break;
            case < 0x800:
                AppendByte(text, 0xC0 | (codePoint >> 6));
                AppendByte(text, 0x80 | (codePoint & 0x3F));
                break;
            case < 0x10000:
                AppendByte(text, 0xE0 | (codePoint >> 12));
                AppendByte(text, 0x80 | ((codePoint >> 6) & 0x3F));
                AppendByte(text, 0x80 | (codePoint & 0x3F));
                break;
            default:
                AppendByte(text, 0xF0 | (codePoint >> 18));
                AppendByte(text, 0x80 | ((codePoint >> 12) & 0x3F));
                AppendByte(text, 0x80 | ((codePoint >> 6) & 0x3F));
                AppendByte(text, 0x80 | (codePoint & 0x3F));
                break;
        }
    }

    private static void AppendByte(StringBuilder text, int value)
    {
        const string Digits = "0123456789ABCDEF";
        text.Append('%').Append(Digits[value >> 4]).Append(Digits[value & 15]);
    }
}
