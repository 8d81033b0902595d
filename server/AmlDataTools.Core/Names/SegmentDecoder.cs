using System.Text;

namespace AmlDataTools.Core.Names;

/// <summary>The way back from <see cref="SegmentEncoder"/>.</summary>
internal static class SegmentDecoder
{
    /// <summary>Appends the decoded segment; what is no encoding of a character stays as it is.</summary>
    public static void Decode(ReadOnlySpan<char> segment, StringBuilder text)
    {
        if (segment is "%")
        {
            return;
        }

        for (var i = 0; i < segment.Length;)
        {
            var length = TryReadCodePoint(segment[i..], out var codePoint);
            if (length == 0)
            {
                text.Append(segment[i++]);
            }
            else
            {
                Append(text, codePoint);
                i += length;
            }
        }
    }

    private static void Append(StringBuilder text, int codePoint)
    {
        if (codePoint < 0x10000)
        {
            text.Append((char)codePoint);
        }
        else
        {
            text.Append((char)(0xD7C0 + (codePoint >> 10))).Append((char)(0xDC00 + (codePoint & 0x3FF)));
        }
    }

    // Returns how many characters the encoded code point takes, or none.
    private static int TryReadCodePoint(ReadOnlySpan<char> text, out int codePoint)
    {
        codePoint = 0;
        if (!TryReadByte(text, 0, out var first))
        {
            return 0;
        }

        (var more, var lowest, codePoint) = first switch
        {
            < 0x80 => (0, 0, first),
            >= 0xC2 and < 0xE0 => (1, 0x80, first & 0x1F),
            >= 0xE0 and < 0xF0 => (2, 0x800, first & 0x0F),
            >= 0xF0 and < 0xF5 => (3, 0x10000, first & 0x07),
            _ => (-1, 0, 0),
        };
        for (var i = 1; i <= more; i++)
        {
            if (!TryReadByte(text, 3 * i, out var next) || (next & 0xC0) != 0x80)
            {
                return 0;
            }

            codePoint = (codePoint << 6) | (next & 0x3F);
        }

        return more < 0 || codePoint < lowest || codePoint > 0x10FFFF ? 0 : 3 * (more + 1);
    }

    private static bool TryReadByte(ReadOnlySpan<char> text, int at, out int value)
    {
        value = 0;
        if (at + 2 >= text.Length || text[at] != '%'
            || !char.IsAsciiHexDigit(text[at + 1]) || !char.IsAsciiHexDigit(text[at + 2]))
        {
            return false;
        }

        value = (Digit(text[at + 1]) << 4) | Digit(text[at + 2]);
        return true;
    }

    private static int Digit(char c) => c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}
