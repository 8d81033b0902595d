using System.Buffers;
using System.Globalization;
using System.Text;
using AmlDataTools.Core.Names;

namespace AmlDataTools.Core.PersonalData.Matching;

/// <summary>
/// Text as it is compared: decomposed, in upper case (see <see cref="FoldTable"/>), a run of white space as one space, invisible
/// code points left out; and where in the original each character comes from. Its memory is reused: one instance, one thread.
/// </summary>
internal sealed class FoldedText
{
    private const int HangulBase = 0xAC00;
    private const int HangulCount = 11172;
    private const int DotAbove = 0x307;

    private readonly List<(int CodePoint, int Origin)> _marks = [];
    private char[] _text = new char[256];
    private int[] _origins = new int[256];
    private int _length;
    private int _lastBase;

    /// <summary>The folded text; valid until the next is folded.</summary>
    public ReadOnlySpan<char> Text => _text.AsSpan(0, _length);

    /// <summary>Where in the original a character of the folded text comes from; of its end, the original's end.</summary>
    public int OriginOf(int index) => _origins[index];

    /// <summary>A text as it is compared, without white space around it.</summary>
    public static string Of(string text)
    {
        var folded = new FoldedText();
        folded.Fold(text.AsSpan().Trim());
        return new string(folded.Text);
    }

    /// <summary>Folds a text. Halves of surrogate pairs that stand alone become replacement characters.</summary>
    public void Fold(ReadOnlySpan<char> text)
    {
        _length = 0;
        _lastBase = 0;
        var index = 0;
        while (index < text.Length)
        {
            var c = text[index];
            if (c < 0x80)
            {
                Emit(char.IsAsciiLetterLower(c) ? c & ~0x20 : c, index);
                index++;
                continue;
            }

            var status = Rune.DecodeFromUtf16(text[index..], out var rune, out var taken);
            Add(status == OperationStatus.Done ? rune.Value : Rune.ReplacementChar.Value, index);
            index += taken;
        }

        FlushMarks();
        Reserve(1);
        _origins[_length] = text.Length;
    }

    /// <summary>Whether a letter, a digit or a mark stands at the index: what words are made of.</summary>
    public static bool IsWordAt(ReadOnlySpan<char> text, int index)
    {
        if ((uint)index >= (uint)text.Length)
        {
            return false;
        }

        if (char.IsLowSurrogate(text[index]) && index > 0 && char.IsHighSurrogate(text[index - 1]))
        {
            index--;
        }

        return Rune.DecodeFromUtf16(text[index..], out var rune, out _) == OperationStatus.Done
            && (Rune.IsLetterOrDigit(rune)
                || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark or UnicodeCategory.LetterNumber);
    }

    private void Add(int codePoint, int origin)
    {
        if (FoldTable.IsIgnorable(codePoint))
        {
            return;
        }

        if (codePoint - HangulBase is >= 0 and < HangulCount and var syllable)
        {
            // Unicode Standard, section 3.12, "Hangul Syllable Decomposition": 21 vowels, 27 final consonants or none.
            Emit(0x1100 + (syllable / (21 * 28)), origin);
            Emit(0x1161 + (syllable / 28 % 21), origin);
            if (syllable % 28 != 0)
            {
                Emit(0x11A7 + (syllable % 28), origin);
            }

            return;
        }

        var parts = FoldTable.Find(codePoint);
        if (parts.IsEmpty)
        {
            Emit(codePoint, origin);
        }

        foreach (var part in parts)
        {
            Emit(part, origin);
        }
    }

    private void Emit(int codePoint, int origin)
    {
        if (FoldTable.IsMark(codePoint))
        {
            _marks.Add((codePoint, origin));
            return;
        }

        FlushMarks();
        if (codePoint is ' ' or (>= '\t' and <= '\r') || (codePoint is >= 0x80 and <= 0xFFFF && char.IsWhiteSpace((char)codePoint)))
        {
            if (_length > 0 && _text[_length - 1] == ' ')
            {
                return;
            }

            codePoint = ' ';
        }

        _lastBase = codePoint;
        Put(codePoint, origin);
    }

    // Canonical ordering sorts marks by combining class; sorted by code point, whatever that makes equal is equal too.
    private void FlushMarks()
    {
        if (_marks.Count == 0)
        {
            return;
        }

        _marks.Sort();
        foreach (var (mark, origin) in _marks)
        {
            // A capital I with a dot above counts as I: it is what some make of a small i in capitals.
            if (mark != DotAbove || _lastBase != 'I')
            {
                Put(mark, origin);
            }
        }

        _marks.Clear();
    }

    private void Put(int codePoint, int origin)
    {
        Reserve(3);
        if (codePoint <= 0xFFFF)
        {
            _origins[_length] = origin;
            _text[_length++] = (char)codePoint;
            return;
        }

        _origins[_length] = origin;
        _text[_length++] = (char)(((codePoint - 0x10000) >> 10) + 0xD800);
        _origins[_length] = origin;
        _text[_length++] = (char)(((codePoint - 0x10000) & 0x3FF) + 0xDC00);
    }

    private void Reserve(int more)
    {
        if (_length + more > _text.Length)
        {
            Array.Resize(ref _text, _text.Length * 2);
            Array.Resize(ref _origins, _text.Length);
        }
    }
}
