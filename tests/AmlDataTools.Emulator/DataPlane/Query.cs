using System.Globalization;
using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Http;

namespace AmlDataTools.Emulator.DataPlane;

/// <summary>The part of OData's filter and order language that run history takes.</summary>
/// <remarks>Fields are those of the documents, without case; <c>tags/x</c> and <c>properties/x</c> name entries of maps.</remarks>
internal sealed class Query
{
    private readonly List<string> _tokens;
    private int _at;

    private Query(string text) => _tokens = [.. Tokenize(text)];

    /// <summary>Makes a test of documents from a filter; every document passes an empty one.</summary>
    /// <exception cref="ServiceException">The filter cannot be read.</exception>
    public static Func<JsonObject, bool> Filter(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return _ => true;
        }

        var query = new Query(text);
        var test = query.Or();
        return query._at == query._tokens.Count ? test : throw Bad($"unexpected '{query._tokens[query._at]}'");
    }

    /// <summary>Orders documents; an empty order keeps them.</summary>
    public static IEnumerable<JsonObject> Order(IEnumerable<JsonObject> documents, string? order)
    {
        if (string.IsNullOrWhiteSpace(order))
        {
            return documents;
        }

        IOrderedEnumerable<JsonObject>? ordered = null;
        foreach (var part in order.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var words = part.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var descending = words.Length > 1 && words[1].Equals("desc", StringComparison.OrdinalIgnoreCase);
            IComparable? Key(JsonObject d) => Value(d, words[0]);
            var comparer = Comparer<IComparable?>.Create(Compare);
            ordered = (ordered, descending) switch
            {
                (null, true) => documents.OrderByDescending(Key, comparer),
                (null, false) => documents.OrderBy(Key, comparer),
                ({ } o, true) => o.ThenByDescending(Key, comparer),
                ({ } o, false) => o.ThenBy(Key, comparer),
            };
        }

        return ordered ?? documents;
    }

    private static ServiceException Bad(string why) => new(400, "UserError", "The filter expression is not valid: " + why) { InnerCodes = ["BadArgument", "ArgumentInvalid"] };

    private static IEnumerable<string> Tokenize(string text)
    {
        for (var i = 0; i < text.Length;)
        {
            if (char.IsWhiteSpace(text[i]))
            {
                i++;
            }
            else if (text[i] is '(' or ')' or ',')
            {
                yield return text[i++].ToString();
            }
            else if (text[i] == '\'')
            {
                var end = i + 1;
                while (end < text.Length && (text[end] != '\'' || (end + 1 < text.Length && text[end + 1] == '\'')))
                {
                    end += text[end] == '\'' ? 2 : 1;
                }

                if (end >= text.Length)
                {
                    throw Bad("a text is not closed");
                }

                yield return "'" + text[(i + 1)..end].Replace("''", "'", StringComparison.Ordinal);
                i = end + 1;
            }
            else
            {
                var end = i;
                while (end < text.Length && !char.IsWhiteSpace(text[end]) && text[end] is not ('(' or ')' or ',' or '\''))
                {
                    end++;
                }

                yield return text[i..end];
                i = end;
            }
        }
    }

    private static IComparable? Value(JsonObject document, string field)
    {
        JsonNode? node = document;

        // Names in maps have dots of their own (azureml.isreused), so dots part a field only where no slash does.
        foreach (var part in field.Contains('/', StringComparison.Ordinal) ? field.Split('/', 2) : field.Split('.'))
        {
            node = node is JsonObject map ? map.FirstOrDefault(p => p.Key.Equals(part, StringComparison.OrdinalIgnoreCase)).Value : null;
        }

        return node is not JsonValue value ? null
            : value.TryGetValue<bool>(out var truth) ? truth
            : value.TryGetValue<double>(out var number) ? number
            : value.TryGetValue<long>(out var whole) ? (double)whole
            : value.TryGetValue<int>(out var small) ? (double)small
            : value.TryGetValue<string>(out var text) ? Literal(text)
            : null;
    }

    /// <summary>Times compare as times whatever their writing, other texts as texts.</summary>
    private static IComparable Literal(string text) =>
        text.Length >= 10 && char.IsAsciiDigit(text[0]) && text[4] == '-' && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : text;

    private static int Compare(IComparable? left, IComparable? right) => (left, right) switch
    {
        (null, null) => 0,
        (null, _) => -1,
        (_, null) => 1,
        (string a, string b) => string.Compare(a, b, StringComparison.OrdinalIgnoreCase),
        _ when left.GetType() == right.GetType() => left.CompareTo(right),
        _ => string.CompareOrdinal(Convert.ToString(left, CultureInfo.InvariantCulture), Convert.ToString(right, CultureInfo.InvariantCulture)),
    };

    private Func<JsonObject, bool> Or()
    {
        var left = And();
        while (Take("or"))
        {
            var (a, b) = (left, And());
            left = d => a(d) || b(d);
        }

        return left;
    }

    private Func<JsonObject, bool> And()
    {
        var left = Term();
        while (Take("and"))
        {
            var (a, b) = (left, Term());
            left = d => a(d) && b(d);
        }

        return left;
    }

    private Func<JsonObject, bool> Term()
    {
        if (Take("not"))
        {
            var inner = Term();
            return d => !inner(d);
        }

        if (Take("("))
        {
            var inner = Or();
            Expect(")");
            return inner;
        }

        var word = Next();
        return word.ToLowerInvariant() is "contains" or "startswith" or "endswith" && Peek() == "(" ? Function(word.ToLowerInvariant()) : Comparison(word);
    }

    private Func<JsonObject, bool> Function(string name)
    {
        Expect("(");
        var field = Next();
        Expect(",");
        var part = Constant() as string ?? throw Bad($"{name} takes a text");
        Expect(")");
        return d => Value(d, field) is string text && name switch
        {
            "contains" => text.Contains(part, StringComparison.OrdinalIgnoreCase),
            "startswith" => text.StartsWith(part, StringComparison.OrdinalIgnoreCase),
            _ => text.EndsWith(part, StringComparison.OrdinalIgnoreCase),
        };
    }

    private Func<JsonObject, bool> Comparison(string field)
    {
        var op = Next().ToLowerInvariant();
        if (op == "in")
        {
            Expect("(");
            var values = new List<IComparable?>();
            do
            {
                values.Add(Constant());
            }
            while (Take(","));
            Expect(")");
            return d => values.Exists(v => Compare(Value(d, field), v) == 0);
        }

        var constant = Constant();
        return op switch
        {
            "eq" => d => Compare(Value(d, field), constant) == 0,
            "ne" => d => Compare(Value(d, field), constant) != 0,
            "gt" => d => Value(d, field) is { } v && Compare(v, constant) > 0,
            "ge" => d => Value(d, field) is { } v && Compare(v, constant) >= 0,
            "lt" => d => Value(d, field) is { } v && Compare(v, constant) < 0,
            "le" => d => Value(d, field) is { } v && Compare(v, constant) <= 0,
            _ => throw Bad($"unknown operator '{op}'"),
        };
    }

    private IComparable? Constant()
    {
        var word = Next();
        return word[0] == '\'' ? Literal(word[1..])
            : word.Equals("null", StringComparison.OrdinalIgnoreCase) ? null
            : bool.TryParse(word, out var truth) ? truth
            : double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
            : Literal(word) is DateTimeOffset time ? time
            : throw Bad($"'{word}' is not a constant");
    }

    private string? Peek() => _at < _tokens.Count ? _tokens[_at] : null;

    private string Next() => _at < _tokens.Count ? _tokens[_at++] : throw Bad("it ends too early");

    private bool Take(string word)
    {
        if (!string.Equals(Peek(), word, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        _at++;
        return true;
    }

    private void Expect(string word)
    {
        if (!Take(word))
        {
            throw Bad($"'{word}' expected" + (Peek() is { } found ? $", '{found}' found" : string.Empty));
        }
    }
}
