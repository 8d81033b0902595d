namespace AmlDataTools.Core.Names;

/// <summary>
/// What Unicode says about names that a file system may take for the same: canonical decomposition and full case
/// folding (Unicode Standard, sections 3.7, 3.12 and 3.13). The runtime's own normalization does nothing in invariant
/// globalization mode, and would give other names with another runtime; so the data is here, see
/// <c>FoldTable.generate.mjs</c>.
/// </summary>
internal static partial class FoldTable
{
    /// <summary>
    /// The fold of a code point: decomposed and in upper case, one or more code points; empty when it is its own fold.
    /// Not for ASCII and not for Hangul syllables.
    /// </summary>
    public static ReadOnlySpan<int> Find(int codePoint)
    {
        var index = Keys.BinarySearch(codePoint);
        if (index < 0)
        {
            return [];
        }

        var start = index == 0 ? 0 : Ends[index - 1];
        return Values[start..Ends[index]];
    }

    /// <summary>Whether canonical ordering may move the code point: a mark with a combining class other than 0.</summary>
    public static bool IsMark(int codePoint) => codePoint >= 0x300 && IsIn(MarkRanges, codePoint);

    /// <summary>Whether some file systems (HFS+, ext4 with casefold) leave the code point out when they compare names.</summary>
    public static bool IsIgnorable(int codePoint) => codePoint >= 0xAD && IsIn(IgnorableRanges, codePoint);

    private static bool IsIn(ReadOnlySpan<int> ranges, int codePoint)
    {
        var index = ranges.BinarySearch(codePoint);

        // A miss gives the complement of the place of insertion: odd is between a first and its last.
        return index >= 0 || (~index & 1) == 1;
    }
}
