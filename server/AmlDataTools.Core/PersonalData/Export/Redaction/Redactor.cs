using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using AmlDataTools.Core.PersonalData.Matching;

namespace AmlDataTools.Core.PersonalData.Export.Redaction;

/// <summary>
/// Takes other people out of documents: the fields that say who they are, their names and ids wherever they are mentioned, and
/// what looks like an e-mail address. What is the subject's stays. The same document gives the same bytes. One document, one thread.
/// </summary>
internal sealed class Redactor(People people)
{
    /// <summary>What stands in the place of what was taken out.</summary>
    public const string Marker = "[redacted: another person]";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true, MaxDepth = EmbeddedJson.Deepest + 1 };

    private readonly TextCuts _cuts = new(people);
    private readonly StringBuilder _pointer = new();
    private string? _outer;
    private int _within;

    /// <summary>A document without other people; the very same memory when there are none in it.</summary>
    /// <param name="document">UTF-8 JSON.</param>
    /// <param name="redactions">What was taken out is added.</param>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public ReadOnlyMemory<byte> Redact(ReadOnlyMemory<byte> document, ICollection<Redaction> redactions)
    {
        using var parsed = JsonDocument.Parse(document, new JsonDocumentOptions { MaxDepth = EmbeddedJson.Deepest });
        var before = redactions.Count;
        _pointer.Clear();
        (_outer, _within) = (null, 0);
        var buffer = new ArrayBufferWriter<byte>(document.Length + 64);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            Write(parsed.RootElement, writer, redactions);
        }

        return redactions.Count == before ? document : buffer.WrittenMemory;
    }

    /// <summary>A text without other people: a name, a path, a sentence. The ending of a file is no part of an address before it.</summary>
    public string Redact(string text)
    {
        var cuts = _cuts.Find(text, mayEnd: true);
        return cuts.Count > 0 ? TextCuts.Without(text, cuts, Marker) : text;
    }

    private void Write(JsonElement element, Utf8JsonWriter writer, ICollection<Redaction> redactions)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object when PersonFields.IsBlock(element):
                WriteBlock(element, writer, redactions, Person.Of(element) is { } person && !people.IsSubject(person));
                break;
            case JsonValueKind.Object:
                writer.WriteStartObject();
                Names? names = null;
                foreach (var member in element.EnumerateObject())
                {
                    var length = Enter(NameOf(member.Name, element, ref names, redactions), writer);
                    if (PersonFields.NamesPerson(member.Name) && !PersonFields.IsProgram(element, member.Name))
                    {
                        WritePerson(member.Name, member.Value, writer, redactions);
                    }
                    else
                    {
                        Write(member.Value, writer, redactions);
                    }

                    _pointer.Length = length;
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                WriteItems(element, writer, item => Write(item, writer, redactions));
                break;
            case JsonValueKind.String:
                WriteText(null, element, writer, redactions);
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }

    /// <summary>Writes the value of a member that is a person.</summary>
    private void WritePerson(string member, JsonElement value, Utf8JsonWriter writer, ICollection<Redaction> redactions)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when Person.Of(value) is { } person:
                WriteBlock(value, writer, redactions, !people.IsSubject(person));
                break;
            case JsonValueKind.Array:
                WriteItems(value, writer, item => WritePerson(member, item, writer, redactions));
                break;
            case JsonValueKind.String or JsonValueKind.Number:
                WriteText(member, value, writer, redactions);
                break;
            default:
                Write(value, writer, redactions);
                break;
        }
    }

    /// <summary>Writes a block on a person; of another person nothing is left but its form, and what is the subject's own.</summary>
    private void WriteBlock(JsonElement block, Utf8JsonWriter writer, ICollection<Redaction> redactions, bool isOther)
    {
        writer.WriteStartObject();
        foreach (var member in block.EnumerateObject())
        {
            var length = Enter(member.Name, writer);
            switch (member.Value.ValueKind)
            {
                case JsonValueKind.Object:
                    WriteBlock(member.Value, writer, redactions, isOther);
                    break;
                case JsonValueKind.String or JsonValueKind.Number when isOther && Person.TextOf(member.Value) is { Length: > 0 } text && !people.IsOwn(PersonFields.FactOf(member.Name), FoldedText.Of(text)):
                    Note(redactions, RedactionCause.Person);
                    writer.WriteStringValue(Marker);
                    break;
                case JsonValueKind.Array when isOther && member.Value.GetArrayLength() > 0:
                    Note(redactions, RedactionCause.Person);
                    writer.WriteStringValue(Marker);
                    break;
                default:
                    member.Value.WriteTo(writer);
                    break;
            }

            _pointer.Length = length;
        }

        writer.WriteEndObject();
    }

    private void WriteItems(JsonElement array, Utf8JsonWriter writer, Action<JsonElement> write)
    {
        writer.WriteStartArray();
        var index = 0;
        foreach (var item in array.EnumerateArray())
        {
            var length = _pointer.Length;
            _pointer.Append(CultureInfo.InvariantCulture, $"/{index++}");
            write(item);
            _pointer.Length = length;
        }

        writer.WriteEndArray();
    }

    private void WriteText(string? member, JsonElement value, Utf8JsonWriter writer, ICollection<Redaction> redactions)
    {
        var text = Person.TextOf(value) ?? string.Empty;
        if (EmbeddedJson.Parse(value.ValueKind == JsonValueKind.String ? text : null, _within) is { } embedded)
        {
            using (embedded)
            {
                WriteEmbedded(member, embedded.RootElement, value, writer, redactions);
            }

            return;
        }

        var cuts = member is null || Person.Of(member, text) is not { } person || people.IsSubject(person) ? _cuts.Find(text) : _cuts.FindOthers(text);
        if (cuts.Count == 0)
        {
            value.WriteTo(writer);
            return;
        }

        foreach (var why in cuts.Select(cut => cut.Why).Distinct(StringComparer.Ordinal).ToList())
        {
            Note(redactions, why);
        }

        writer.WriteStringValue(TextCuts.Without(text, cuts, Marker));
    }

    private void WriteEmbedded(string? member, JsonElement embedded, JsonElement value, Utf8JsonWriter writer, ICollection<Redaction> redactions)
    {
        var (outer, before) = (_outer, redactions.Count);
        var pointer = _pointer.ToString();
        _outer ??= pointer;
        if (_within == 0)
        {
            _pointer.Clear();
        }

        _within++;
        var buffer = new ArrayBufferWriter<byte>();
        using (var inner = new Utf8JsonWriter(buffer, Options))
        {
            if (member is null)
            {
                Write(embedded, inner, redactions);
            }
            else
            {
                WritePerson(member, embedded, inner, redactions);
            }
        }

        _within--;
        _outer = outer;
        _pointer.Clear().Append(pointer);
        if (redactions.Count == before)
        {
            value.WriteTo(writer);
        }
        else
        {
            writer.WriteStringValue(buffer.WrittenSpan);
        }
    }

    /// <summary>A member's name: names are texts too. Two that become the same stay apart.</summary>
    private string NameOf(string name, JsonElement owner, ref Names? names, ICollection<Redaction> redactions)
    {
        var cuts = _cuts.Find(name);
        if (cuts.Count == 0)
        {
            return name;
        }

        names ??= new Names(owner.EnumerateObject().Select(member => member.Name));
        var causes = cuts.Select(cut => cut.Why).Distinct(StringComparer.Ordinal).ToList();
        var free = names.Free(TextCuts.Without(name, cuts, Marker));
        var length = _pointer.Length;
        AppendToPointer(free);
        foreach (var why in causes)
        {
            Note(redactions, why);
        }

        _pointer.Length = length;
        return free;
    }

    private int Enter(string name, Utf8JsonWriter writer)
    {
        var length = _pointer.Length;
        AppendToPointer(name);
        writer.WritePropertyName(name);
        return length;
    }

    private void AppendToPointer(string name) =>
        _pointer.Append('/').Append(name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal));

    private void Note(ICollection<Redaction> redactions, string why) =>
        redactions.Add(_outer is null ? new Redaction(_pointer.ToString(), null, why) : new Redaction(_outer, _pointer.ToString(), why));

    /// <summary>The names of an object's members.</summary>
    private sealed class Names(IEnumerable<string> taken)
    {
        private readonly HashSet<string> _taken = new(taken, StringComparer.Ordinal);

        public string Free(string name)
        {
            var free = name;
            for (var number = 2; !_taken.Add(free); number++)
            {
                free = string.Create(CultureInfo.InvariantCulture, $"{name} {number}");
            }

            return free;
        }
    }
}
