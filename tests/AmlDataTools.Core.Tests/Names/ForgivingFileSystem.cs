using System.Globalization;

namespace AmlDataTools.Core.Tests.Names;

/// <summary>
/// A model of the most forgiving file system there could be, by brute force: it takes names for the same that any real
/// one does. Its knowledge of Unicode is written by hand, for the characters the generators use, and has nothing from
/// the product.
/// </summary>
internal sealed class ForgivingFileSystem
{
    private static readonly (string From, string To)[] Decompositions =
    [
        ("é", "e\u0301"), ("É", "E\u0301"), ("Å", "A\u030A"), ("å", "a\u030A"), ("\u212B", "A\u030A"), ("\u212A", "K"),
        ("İ", "I\u0307"), ("ᾳ", "α\u0345"), ("가", "\u1100\u1161"), ("각", "\u1100\u1161\u11A8"), ("\uF900", "\u8C48"),
    ];

    private static readonly (string From, string To)[] CaseFolds =
    [
        ("ß", "SS"), ("ẞ", "SS"), ("ſ", "S"), ("ı", "I"), ("ς", "Σ"), ("σ", "Σ"), ("ﬁ", "FI"), ("\u0345", "Ι"), ("α", "Α"),
        ("\U00010428", "\U00010400"),
    ];

    // Classes of Unicode's canonical ordering; what is not here is no mark, or one of class 230.
    private static readonly Dictionary<char, int> Classes = new() { ['\u0316'] = 220, ['\u0323'] = 220, ['\u0345'] = 240 };

    private readonly Dictionary<string, string> _folders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _files = new(StringComparer.Ordinal);

    /// <summary>Writes a file; says what is wrong, or nothing.</summary>
    public string? Write(string path)
    {
        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            var folder = path[..slash];
            var key = Key(folder);
            if (_files.TryGetValue(key, out var file))
            {
                return $"folder {folder} is the file {file}";
            }

            if (_folders.TryGetValue(key, out var other) && other != folder)
            {
                return $"folder {folder} is the folder {other}";
            }

            _folders[key] = folder;
        }

        var fileKey = Key(path);
        if (_folders.TryGetValue(fileKey, out var existing) || _files.TryGetValue(fileKey, out existing))
        {
            return $"file {path} is {existing}";
        }

        _files[fileKey] = path;
        return null;
    }

    /// <summary>Names with the same key are the same name.</summary>
    public static string Key(string path)
    {
        foreach (var (from, to) in Decompositions)
        {
            path = path.Replace(from, to, StringComparison.Ordinal);
        }

        path = new string([.. Ordered(path)]);
        foreach (var (from, to) in CaseFolds)
        {
            path = path.Replace(from, to, StringComparison.Ordinal);
        }

        return path.ToUpperInvariant();
    }

    private static IEnumerable<char> Ordered(string path)
    {
        var run = new List<char>();
        foreach (var c in path)
        {
            if (CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark && c < '\u0370')
            {
                run.Add(c);
                continue;
            }

            foreach (var mark in run.OrderBy(m => Classes.GetValueOrDefault(m, 230)))
            {
                yield return mark;
            }

            run.Clear();
            yield return c;
        }

        foreach (var mark in run.OrderBy(m => Classes.GetValueOrDefault(m, 230)))
        {
            yield return mark;
        }
    }
}
