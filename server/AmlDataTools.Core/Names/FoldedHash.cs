using System.Runtime.InteropServices;
using System.Text;

namespace AmlDataTools.Core.Names;

/// <summary>
/// 64-bit hashes of paths, built up segment by segment. Names that any of the common file systems takes for the same
/// (case-insensitive as NTFS, normalizing as APFS and HFS+, both as ext4 with casefold) get the same folded hash. The
/// reverse does not hold: two names with one hash by accident merely cost a suffix. Stable between runs and platforms.
/// Keeps a buffer: one instance, one thread.
/// </summary>
internal sealed class FoldedHash
{
    private const ulong Factor = 0x9E3779B97F4A7C15;

    // U+0130 is I with a dot above; some file systems fold it to a plain i.
    private const int DotAbove = 0x307;

    // In upper case this mark is a letter, which comes after all other marks (combining class 240, the highest).
    private const int Ypogegrammeni = 0x345;
    private const int CapitalIota = 0x399;

    private const int HangulBase = 0xAC00;
    private const int HangulCount = 11172;

    private readonly List<int> _marks = [];
    private ulong _state;
    private int _lastBase;

    /// <summary>The state of an empty path; every chain begins with it.</summary>
    public const ulong Root = 0x243F6A8885A308D3;

    /// <summary>The hash of the path so far, followed by the segment as compared by the most forgiving file system.</summary>
    /// <param name="state">The hash of the folder the segment is in.</param>
    /// <param name="segment">The segment, without <c>/</c>.</param>
    public ulong Fold(ulong state, ReadOnlySpan<char> segment)
    {
        state = Step(state, '/');
        if (Ascii.IsValid(segment))
        {
            foreach (var c in segment)
            {
                state = Step(state, char.IsAsciiLetterLower(c) ? c & ~0x20 : c);
            }

            return state;
        }

        _state = state;
        _lastBase = 0;
        foreach (var rune in segment.EnumerateRunes())
        {
            AddFolded(rune.Value);
        }

        FlushMarks();
        return _state;
    }

    /// <summary>The hash of the path so far, followed by the segment to the letter.</summary>
    /// <param name="state">The hash of the folder the segment is in.</param>
    /// <param name="segment">The segment, without <c>/</c>.</param>
    public static ulong Exact(ulong state, ReadOnlySpan<char> segment)
    {
        state = Step(state, '/');
        foreach (var c in segment)
        {
            state = Step(state, c);
        }

        return state;
    }

    // Every step is a bijection of the state, so that different short paths rarely meet.
    private static ulong Step(ulong state, int value)
    {
        state = (state ^ (uint)value) * Factor;
        return state ^ (state >> 32);
    }

    private void AddFolded(int codePoint)
    {
        if (codePoint < 0x80)
        {
            Emit(codePoint is >= 'a' and <= 'z' ? codePoint & ~0x20 : codePoint);
        }
        else if (FoldTable.IsIgnorable(codePoint))
        {
            return;
        }
        else if (codePoint - HangulBase is >= 0 and < HangulCount)
        {
            AddHangul(codePoint - HangulBase);
        }
        else
        {
            var folded = FoldTable.Find(codePoint);
            if (folded.IsEmpty)
            {
                Emit(codePoint);
            }

            foreach (var part in folded)
            {
                Emit(part);
            }
        }
    }

    // Unicode Standard, section 3.12, "Hangul Syllable Decomposition": 21 vowels, 27 final consonants or none.
    private void AddHangul(int index)
    {
        Emit(0x1100 + (index / (21 * 28)));
        Emit(0x1161 + (index / 28 % 21));
        if (index % 28 != 0)
        {
            Emit(0x11A7 + (index % 28));
        }
    }

    private void Emit(int codePoint)
    {
        if (FoldTable.IsMark(codePoint))
        {
            _marks.Add(codePoint);
            return;
        }

        FlushMarks();
        _lastBase = codePoint;
        _state = Step(_state, codePoint);
    }

    // Canonical ordering sorts the marks of a run by combining class. Sorting by code point also makes equal whatever
    // canonical ordering makes equal, and needs no table of classes.
    private void FlushMarks()
    {
        if (_marks.Count == 0)
        {
            return;
        }

        var marks = CollectionsMarshal.AsSpan(_marks);
        marks.Sort();
        var iotas = 0;
        foreach (var mark in marks)
        {
            if (mark == Ypogegrammeni)
            {
                iotas++;
            }
            else if (mark != DotAbove || _lastBase != 'I')
            {
                _state = Step(_state, mark);
            }
        }

        for (; iotas > 0; iotas--)
        {
            _lastBase = CapitalIota;
            _state = Step(_state, CapitalIota);
        }

        _marks.Clear();
    }
}
