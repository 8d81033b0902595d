using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AmlDataTools.Core.Audit;

/// <summary>
/// JSON in the one form that RFC 8785 (JSON Canonicalization Scheme) gives it: members sorted by name, no blanks, the least
/// escapes. Of numbers only whole ones are written, whose form is plain.
/// </summary>
internal sealed class CanonicalJson
{
    private readonly SortedDictionary<string, string> _members = new(StringComparer.Ordinal);

    /// <summary>Sets a member; nothing for null.</summary>
    public CanonicalJson Set(string name, string? value) => SetRaw(name, value is null ? null : Quote(value));

    /// <summary>Sets a member; nothing for null.</summary>
    public CanonicalJson Set(string name, long? value) => SetRaw(name, value?.ToString(CultureInfo.InvariantCulture));

    /// <summary>Sets a member to a list of texts.</summary>
    public CanonicalJson Set(string name, IEnumerable<string> values) => SetRaw(name, $"[{string.Join(',', values.Select(Quote))}]");

    /// <summary>Sets a member to an object; nothing for null.</summary>
    public CanonicalJson Set(string name, CanonicalJson? value) => SetRaw(name, value?.ToString());

    /// <summary>The canonical form of an element; null when it has none here: a number that is not whole, a name that stands twice.</summary>
    /// <param name="element">The element.</param>
    public static string? Of(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new CanonicalJson();
                foreach (var member in element.EnumerateObject())
                {
                    if (Of(member.Value) is not { } value || !members._members.TryAdd(member.Name, value))
                    {
                        return null;
                    }
                }

                return members.ToString();
            case JsonValueKind.Array:
                var items = element.EnumerateArray().Select(Of).ToList();
                return items.Contains(null) ? null : $"[{string.Join(',', items)}]";
            case JsonValueKind.String:
                return Quote(element.GetString() ?? string.Empty);
            case JsonValueKind.Number:
                return element.TryGetInt64(out var number) ? number.ToString(CultureInfo.InvariantCulture) : null;
            default:
                return element.GetRawText();
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{{{string.Join(',', _members.Select(m => $"{Quote(m.Key)}:{m.Value}"))}}}";

    private CanonicalJson SetRaw(string name, string? value)
    {
        if (value is not null)
        {
            _members[name] = value;
        }

        return this;
    }

    private static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        for (var at = 0; at < text.Length; at++)
        {
            var c = text[at];
            switch (c)
            {
                case '"' or '\\':
                    quoted.Append('\\').Append(c);
                    break;
                case '\b':
                    quoted.Append("\\b");
                    break;
                case '\f':
                    quoted.Append("\\f");
                    break;
                case '\n':
                    quoted.Append("\\n");
                    break;
                case '\r':
                    quoted.Append("\\r");
                    break;
                case '\t':
                    quoted.Append("\\t");
                    break;
                case < ' ':
                    quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
                    break;
                case var _ when char.IsHighSurrogate(c) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]):
                    quoted.Append(c).Append(text[++at]);
                    break;
                case var _ when char.IsSurrogate(c):
                    // Half a character has no UTF-8.
                    quoted.Append('\uFFFD');
                    break;
                default:
                    quoted.Append(c);
                    break;
            }
        }

        return quoted.Append('"').ToString();
    }
}
