namespace AmlDataTools.Core.Names;

/// <summary>Names that Windows takes for something else than a file.</summary>
internal static class ReservedNames
{
    /// <summary>
    /// Whether Windows takes the segment for a device: CON, PRN, AUX, NUL, COM0-9, LPT0-9 (also with the superscripts
    /// 1, 2 and 3), CONIN$ and CONOUT$, in any case, with any extension, with spaces before it. Source: Microsoft,
    /// "Naming Files, Paths, and Namespaces".
    /// </summary>
    public static bool IsDevice(ReadOnlySpan<char> segment)
    {
        var dot = segment.IndexOfAny('.', ':');
        var stem = (dot < 0 ? segment : segment[..dot]).TrimEnd(' ');
        return stem.Length switch
        {
            3 => Is(stem, "CON") || Is(stem, "PRN") || Is(stem, "AUX") || Is(stem, "NUL"),
            4 => (Is(stem[..3], "COM") || Is(stem[..3], "LPT")) && stem[3] is (>= '0' and <= '9') or '¹' or '²' or '³',
            6 => Is(stem, "CONIN$"),
            7 => Is(stem, "CONOUT$"),
            _ => false,
        };
    }

    /// <summary>
    /// Whether the segment looks like the short alias that NTFS and FAT give to longer names (<c>LONGNA~1.TXT</c>): at
    /// most eight characters that end in <c>~</c> and digits, and at most three of extension. Written to disk as it
    /// is, it could reach a file with quite another name.
    /// </summary>
    public static bool IsShortAlias(ReadOnlySpan<char> segment)
    {
        var dot = segment.IndexOf('.');
        var stem = dot < 0 ? segment : segment[..dot];
        var extension = dot < 0 ? [] : segment[(dot + 1)..];
        if (stem.Length > 8 || extension.Length > 3 || extension.Contains('.'))
        {
            return false;
        }

        var tilde = stem.LastIndexOf('~');
        return tilde >= 0 && tilde < stem.Length - 1 && !stem[(tilde + 1)..].ContainsAnyExceptInRange('0', '9');
    }

    private static bool Is(ReadOnlySpan<char> text, string name) => text.Equals(name, StringComparison.OrdinalIgnoreCase);
}
