using System.Globalization;
using System.Text;

namespace AmlDataTools.Core.PersonalData.Content;

/// <summary>
/// How a file's bytes are text. A byte order mark tells; without one, a file without zero bytes is UTF-8, in which what is not UTF-8 is read
/// as Windows-1252; and a file with zero bytes is UTF-16 if its beginning is, to the letter, text in it. Everything else is binary.
/// </summary>
/// <param name="Encoding">How it is decoded; null for what is no text.</param>
/// <param name="Mark">Bytes of the mark at its beginning.</param>
internal readonly record struct TextForm(Encoding? Encoding, int Mark)
{
    /// <summary>How many bytes of a file decide; fewer only when it has no more.</summary>
    public const int HeadBytes = 8192;

    /// <summary>Looks at the beginning of a file.</summary>
    /// <param name="head">Its first <see cref="HeadBytes"/> bytes, or all it has.</param>
    public static TextForm Of(ReadOnlySpan<byte> head)
    {
        // A mark of UTF-16 followed by U+0000 is one of UTF-32: no text begins with that character.
        if (head is [0xFF, 0xFE, 0, 0, ..] or [0, 0, 0xFE, 0xFF, ..])
        {
            return new TextForm(new UTF32Encoding(head[0] == 0, byteOrderMark: true), 4);
        }

        if (head is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            return new TextForm(new UnicodeEncoding(head[0] == 0xFE, byteOrderMark: true), 2);
        }

        var mark = head.StartsWith("\uFEFF"u8) ? 3 : 0;
        return !head.Contains((byte)0) ? new TextForm(Utf8(), mark)
            : mark > 0 ? default
            : Utf16(head) is { } found ? new TextForm(found, 0)
            : default;
    }

    private static Encoding Utf8() => Encoding.GetEncoding("utf-8", EncoderFallback.ReplacementFallback, new Windows1252Fallback());

    private static UnicodeEncoding? Utf16(ReadOnlySpan<byte> head)
    {
        foreach (var isBig in (ReadOnlySpan<bool>)[false, true])
        {
            var encoding = new UnicodeEncoding(isBig, byteOrderMark: false);
            var even = head[..(head.Length & ~1)];
            if (head.Length >= 4 && (head.Length % 2 == 0 || head.Length == HeadBytes) && IsPlainText(encoding.GetString(even), isCut: head.Length == HeadBytes))
            {
                return encoding;
            }
        }

        return null;
    }

    /// <summary>Whether a text has no character that is in no text: controls, halves of pairs, characters that are none, or are for private use.</summary>
    private static bool IsPlainText(string text, bool isCut)
    {
        var hasSpaceOrLatin = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (!Rune.TryGetRuneAt(text, i, out var rune))
            {
                return isCut && i == text.Length - 1;
            }

            var isText = rune.Value is '\t' or '\n' or '\r' or '\f'
                || Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate);
            if (!isText || rune.Value == 0xFFFD)
            {
                return false;
            }

            hasSpaceOrLatin |= rune.Value < 0x100;
            i += rune.Utf16SequenceLength - 1;
        }

        return hasSpaceOrLatin;
    }
}
