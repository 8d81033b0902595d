using System.Text;

namespace AmlDataTools.Server.Texts;

/// <summary>
/// Says what the sidecar says in a person's language. Core speaks and writes English, in journals, receipts and logs, which
/// are documents and outlive the language of a window. On the way to the client a text is recognised by the catalogue, which is
/// read out of the sources: by the stable code of an error or warning first. What is not recognised stays as it is.
/// </summary>
internal sealed class PersonTexts
{
    private const int MaxDepth = 6;
    private readonly Dictionary<string, string> _whole = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<TextTemplate>> _byCode = new(StringComparer.Ordinal);
    private readonly Dictionary<char, List<TextTemplate>> _byFirst = [];
    private readonly Numbers _numbers;

    /// <summary>Makes them of a catalogue and its translation.</summary>
    /// <param name="language">As VS Code names it.</param>
    /// <param name="catalog">The texts in English.</param>
    /// <param name="translation">The texts in the language, by the English ones.</param>
    public PersonTexts(string language, IReadOnlyList<CatalogText> catalog, IReadOnlyDictionary<string, string> translation)
    {
        _numbers = new Numbers(language);
        foreach (var entry in catalog)
        {
            if (!translation.TryGetValue(entry.Text, out var text))
            {
                continue;
            }

            if (string.IsNullOrEmpty(entry.Holes))
            {
                _whole[entry.Text] = text;
                continue;
            }

            var template = new TextTemplate(entry.Text, entry.Holes, text);
            Add(_byFirst, template.First, template);
            foreach (var code in entry.Codes ?? [])
            {
                Add(_byCode, code, template);
            }
        }

        foreach (var list in _byCode.Values.Concat(_byFirst.Values))
        {
            list.Sort((a, b) => b.Weight.CompareTo(a.Weight));
        }
    }

    /// <summary>Those of a language.</summary>
    /// <param name="language">As VS Code names it.</param>
    /// <returns>Null for English, and for a language in which there are none.</returns>
    public static PersonTexts? For(string language)
        => TextCatalog.In(language) is { } translation ? new PersonTexts(language.ToLowerInvariant(), TextCatalog.English(), translation) : null;

    /// <summary>A text in the language; as it is where it is not known.</summary>
    /// <param name="text">In English.</param>
    /// <param name="code">The stable code under which it is said; null for none.</param>
    public string Say(string text, string? code = null) => Find(text, code, 0) ?? Pieces(text, code, 0) ?? text;

    /// <summary>The same of nothing.</summary>
    public string? SayIf(string? text, string? code = null) => text is null ? null : Say(text, code);

    /// <summary>Things with commas between, each in the language or, where it is a name, as it is.</summary>
    public string? Parts(string? text) => text is null ? null : Find(text, null, 0) ?? string.Join(", ", text.Split(", ").Select(part => Say(part)));

    /// <summary>Lines of the form <c>name: value</c>.</summary>
    public string? Lines(string? text) => text is null ? null : string.Join('\n', text.Split('\n').Select(Line));

    private string Line(string line)
    {
        if (Find(line, null, 0) is { } whole)
        {
            return whole;
        }

        var colon = line.IndexOf(": ", StringComparison.Ordinal);
        return colon > 0 && Find(line[..colon], null, 0) is { } name ? $"{name}: {Parts(line[(colon + 2)..])}" : Say(line);
    }

    private string? Find(string text, string? code, int depth)
    {
        if (_whole.TryGetValue(text, out var whole))
        {
            return whole;
        }

        if (text.Length == 0 || depth > MaxDepth)
        {
            return null;
        }

        return (code is not null && _byCode.TryGetValue(code, out var coded) ? First(coded, text, depth) : null)
            ?? (_byFirst.TryGetValue(text[0], out var begun) ? First(begun, text, depth) : null)
            ?? (_byFirst.TryGetValue('\0', out var open) ? First(open, text, depth) : null)
            ?? Recased(text, depth);
    }

    // A noun that begins a sentence, a title inside one.
    private string? Recased(string text, int depth)
    {
        if (!char.IsAsciiLetter(text[0]) || depth > MaxDepth - 2)
        {
            return null;
        }

        var turned = Turn(text);
        return _whole.TryGetValue(turned, out var found) || (found = _byFirst.TryGetValue(turned[0], out var begun) ? First(begun, turned, depth + 1) : null) is not null
            ? char.IsAsciiLetterUpper(text[0]) ? char.ToUpperInvariant(found[0]) + found[1..] : found
            : null;
    }

    private static string Turn(string text) => (char.IsAsciiLetterUpper(text[0]) ? char.ToLowerInvariant(text[0]) : char.ToUpperInvariant(text[0])) + text[1..];

    private string? First(List<TextTemplate> templates, string text, int depth)
    {
        foreach (var template in templates)
        {
            if (template.Match(text) is { } holes && Fill(template, holes, depth) is { } said)
            {
                return said;
            }
        }

        return null;
    }

    private string? Fill(TextTemplate template, string[] holes, int depth)
    {
        var said = new string[holes.Length];
        var known = 0;
        for (var i = 0; i < holes.Length; i++)
        {
            var kind = template.Holes[i];
            var quantity = Numbers.IsQuantity(holes[i]);
            if (kind == HoleKind.Quantity && !quantity)
            {
                return null;
            }

            if (kind == HoleKind.Subject && !holes[i].Contains(' ', StringComparison.Ordinal))
            {
                // A run may be called "data", and is called so in every language.
                said[i] = holes[i];
                known++;
                continue;
            }

            var words = kind == HoleKind.Quantity && _numbers.Write(holes[i]) is var number && number != holes[i] ? number
                : Find(holes[i], null, depth + 1) ?? (kind == HoleKind.Any && !holes[i].Contains(". ", StringComparison.Ordinal) ? List(holes[i], depth + 1) : Pieces(holes[i], null, depth + 1));
            known += words is not null || quantity ? 1 : 0;
            said[i] = words ?? holes[i];
        }

        if (template.IsWeak && known == 0)
        {
            return null;
        }

        return Put(Numbers.Form(template.Forms, holes[0]), said);
    }

    private static string Put(string translation, string[] said)
    {
        var text = new StringBuilder();
        for (var at = 0; at < translation.Length; at++)
        {
            if (translation[at] == '{' && at + 2 < translation.Length && translation[at + 2] == '}' && char.IsAsciiDigit(translation[at + 1]))
            {
                text.Append(said[translation[at + 1] - '0']);
                at += 2;
            }
            else
            {
                text.Append(translation[at]);
            }
        }

        return text.ToString();
    }

    // Sentences that were put behind each other; null when none of them is known.
    private string? Pieces(string text, string? code, int depth)
    {
        if (depth > MaxDepth)
        {
            return null;
        }

        if (text.Contains('\n', StringComparison.Ordinal))
        {
            return string.Join('\n', text.Split('\n').Select(line => Find(line, code, depth + 1) ?? Pieces(line, code, depth + 1) ?? line));
        }

        for (var end = text.LastIndexOf(". ", StringComparison.Ordinal); end > 0; end = text.LastIndexOf(". ", end - 1, StringComparison.Ordinal))
        {
            var rest = text[(end + 2)..];
            if (Find(text[..(end + 1)], code, depth + 1) is { } begun)
            {
                return $"{begun} {Find(rest, code, depth + 1) ?? Pieces(rest, code, depth + 1) ?? rest}";
            }
        }

        var first = text.IndexOf(". ", StringComparison.Ordinal);
        if (first > 0 && (Find(text[(first + 2)..], code, depth + 1) ?? Pieces(text[(first + 2)..], code, depth + 1)) is { } others)
        {
            return $"{text[..(first + 1)]} {others}";
        }

        return List(text, depth);
    }

    // A list: known only when every part of it is, for a name may hold a comma.
    private string? List(string text, int depth)
    {
        foreach (var between in (ReadOnlySpan<string>)["; ", ", ", " and "])
        {
            var parts = text.Split(between);
            if (parts.Length == 1 || depth > MaxDepth)
            {
                continue;
            }

            var said = parts.Select(part => Find(part, null, depth + 1) ?? List(part, depth + 1) ?? (Numbers.IsQuantity(part) ? part : null)).ToList();
            if (said.TrueForAll(part => part is not null))
            {
                return string.Join(between == " and " && _whole.TryGetValue("and", out var and) ? $" {and} " : between, said);
            }
        }

        return null;
    }

    private static void Add<TKey>(Dictionary<TKey, List<TextTemplate>> lists, TKey key, TextTemplate template)
        where TKey : notnull
    {
        if (!lists.TryGetValue(key, out var list))
        {
            lists[key] = list = [];
        }

        list.Add(template);
    }
}
