using FsCheck;
using FsCheck.Fluent;

namespace AmlDataTools.Core.Tests.Names;

/// <summary>Generators of names as an attacker, or a thousand careless people, would give them.</summary>
internal static class NastyNames
{
    /// <summary>What file systems, shells and decoders stumble over, alone or glued together.</summary>
    private static readonly string[] Atoms =
    [
        "a", "A", "b", "0", "41", "2F", "x.txt", "report", ".", "..", "...", " ", "  ", "%", "%%", "%41", "%2e", "%2F", "%zz", "%E2%80",
        "~", "~1", "~0123abcd", "~long", "LONGNA~1.TXT", "N~2.x", "con", "CON", "Nul.tar.gz", "prn .txt", "aux.", "com1", "COM¹.log",
        "lpt9", "LPT0", "CONIN$", "conout$.x", "COM", "COM10", "C:", "c:x", "\\", "\\\\?\\C:\\", "<", ">", ":", "\"", "|", "?", "*",
        "\0", "\u0001", "\n", "\r", "\t", "\u001F", "\u007F", "\u0080", "\u0085", "\u009F", "\u00A0", "\u00AD", "\u061C",
        "\u200B", "\u200D", "\u200E", "\u200F", "\u2028", "\u202A", "\u202E", "\u2066", "\u2069", "\uFEFF", "\uFFFD", "\uFFFE", "\uFFFF",
        "\uD800", "\uDBFF", "\uDC00", "\uDFFF", "😀", "\U0001F9D1\u200D\U0001F4BB", "\U0010FFFF", "\U00010428", "\U00010400",
        "é", "e\u0301", "É", "E\u0301", "Å", "A\u030A", "\u212B", "ß", "ẞ", "ss", "SS", "ſ", "s", "K", "k", "\u212A", "i", "I", "İ", "ı",
        "σ", "ς", "Σ", "ﬁ", "fi", "가", "\u1100\u1161", "각", "\u1100\u1161\u11A8", "ᾳ", "α\u0345", "ΑΙ", "\u0301", "\u0316", "\u0345",
        "q\u0307\u0323", "q\u0323\u0307", "\uF900", "\u8C48", "日本語", ".part", "x.PART", ".git", "-", "--", "$MFT", "desktop.ini", "a.b.c", ".hidden",
    ];

    /// <summary>One segment, or what looks like one.</summary>
    public static Gen<string> Segment { get; } = Gen.Frequency(
        (6, Gen.Elements(Atoms)),
        (8, from parts in Gen.Elements(Atoms).ListOf() select string.Concat(parts.Take(6))),
        (3, from chars in AnyChar.ListOf() select new string([.. chars.Where(c => c != '/').Take(12)])),
        (1, from atom in Gen.Elements(Atoms)
            from count in Gen.Choose(60, 400)
            from end in Gen.Elements(Atoms)
            select string.Concat(Enumerable.Repeat(atom, count)) + end));

    /// <summary>A whole name, with empty segments at any place; never empty itself.</summary>
    public static Gen<string> Name { get; } = Gen.Frequency(
        (12, from segments in Segment.NonEmptyListOf() select Join(segments.Take(6))),
        (3, from segments in Gen.Elements("a", "A", "b", "").NonEmptyListOf() select Join(segments.Take(4))),
        (1, from segment in Gen.Elements(Atoms)
            from count in Gen.Choose(200, 1200)
            select Join(Enumerable.Repeat(segment, count))));

    /// <summary>
    /// A listing in which many names are the same to some file system: few atoms, so that every kind of clash comes up.
    /// </summary>
    public static Gen<string[]> ClashingListing { get; } =
        from alphabet in Gen.Elements(Atoms).ArrayOf(5)
        from names in (from segments in Gen.OneOf(
                           Gen.Elements(alphabet),
                           from pair in Gen.Elements(alphabet).ArrayOf(2) select string.Concat(pair),
                           Gen.Elements("a", "A", "é", "E\u0301", "ß", "SS", "K", "k")).NonEmptyListOf()
                       select Join(segments.Take(3))).ListOf()
        select names.Take(60).ToArray();

    /// <summary>Any UTF-16 unit, the troublesome ones more often.</summary>
    private static Gen<char> AnyChar => Gen.Frequency(
        (5, from c in Gen.Choose(0x20, 0x7E) select (char)c),
        (2, from c in Gen.Choose(0, 0xFFFF) select (char)c),
        (1, from c in Gen.Choose(0xD800, 0xDFFF) select (char)c),
        (1, from c in Gen.Choose(0x300, 0x36F) select (char)c));

    /// <summary>Runs a property over many values; a failure throws with the seed and the value.</summary>
    public static void Check<T>(Gen<T> values, Action<T> property, int times = 1000) =>
        Prop.ForAll(values.ToArbitrary(), property)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(times).WithEndSize(60));

    private static string Join(IEnumerable<string> segments)
    {
        var name = string.Join('/', segments);
        return name.Length == 0 ? "/" : name;
    }
}
