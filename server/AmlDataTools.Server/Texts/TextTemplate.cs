namespace AmlDataTools.Server.Texts;

/// <summary>What stands in a hole of a text.</summary>
internal enum HoleKind
{
    /// <summary>Anything: a name, or a text that is recognised only when it is a whole sentence or phrase.</summary>
    Any,

    /// <summary>Words of the sidecar's own.</summary>
    Words,

    /// <summary>A number, a size, a time.</summary>
    Quantity,

    /// <summary>What a title is about: words, or a name, which a single word always is.</summary>
    Subject,
}

/// <summary>A text of the sidecar as its sources have it, with holes, and how it reads in another language.</summary>
internal sealed class TextTemplate
{
    private readonly string[] _literals;

    /// <summary>Makes one.</summary>
    /// <param name="english">The English text; its holes are <c>{0}</c>, <c>{1}</c>, ... in this order.</param>
    /// <param name="holes">The kind of each hole: <c>a</c> any, <c>t</c> words, <c>n</c> quantity, <c>x</c> subject.</param>
    /// <param name="translation">The text in the other language; forms of a plural have <c>|</c> between them.</param>
    public TextTemplate(string english, string holes, string translation)
    {
        // Two bars are no forms of a plural but what is written in code.
        Forms = translation.Contains("||", StringComparison.Ordinal) ? [translation] : translation.Split('|');
        Holes = [.. holes.Select(kind => kind switch { 't' => HoleKind.Words, 'n' => HoleKind.Quantity, 'x' => HoleKind.Subject, _ => HoleKind.Any })];
        _literals = new string[Holes.Count + 1];
        var at = 0;
        for (var hole = 0; hole < Holes.Count; hole++)
        {
            var mark = $"{{{hole}}}";
            var next = english.IndexOf(mark, at, StringComparison.Ordinal);
            _literals[hole] = english[at..next];
            at = next + mark.Length;
        }

        _literals[^1] = english[at..];
        Weight = _literals.Sum(literal => literal.Length);
        var words = string.Join(' ', _literals).Split(' ').Count(word => word.Count(char.IsAsciiLetter) > 1);
        IsWeak = words < 2 && (_literals[0].Length == 0 || Holes.Count > 1) && !Holes.Contains(HoleKind.Subject);
    }

    /// <summary>How it reads in the other language: the forms of a plural, one where there is no plural.</summary>
    public string[] Forms { get; }

    /// <summary>The kinds of its holes.</summary>
    public IReadOnlyList<HoleKind> Holes { get; }

    /// <summary>How many characters are its own: of two that fit, the one with more is meant.</summary>
    public int Weight { get; }

    /// <summary>Whether so little of it is its own that names could look like it.</summary>
    public bool IsWeak { get; }

    /// <summary>What it begins with; the null character when that is a hole.</summary>
    public char First => _literals[0].Length == 0 ? '\0' : _literals[0][0];

    /// <summary>Whether a text was made of this one, and what stands in the holes then.</summary>
    /// <param name="text">A text.</param>
    /// <returns>What stands in the holes; null when it was not.</returns>
    public string[]? Match(string text)
    {
        if (text.Length <= Weight || !text.StartsWith(_literals[0], StringComparison.Ordinal) || !text.EndsWith(_literals[^1], StringComparison.Ordinal))
        {
            return null;
        }

        var found = new string[Holes.Count];
        var at = _literals[0].Length;
        var end = text.Length - _literals[^1].Length;
        for (var hole = 0; hole < found.Length; hole++)
        {
            var last = hole == found.Length - 1;
            var next = last ? end : at + 1 > end ? -1 : text.IndexOf(_literals[hole + 1], at + 1, end - at - 1, StringComparison.Ordinal);
            if (next <= at)
            {
                return null;
            }

            found[hole] = text[at..next];
            at = last ? end : next + _literals[hole + 1].Length;
        }

        return found;
    }
}
