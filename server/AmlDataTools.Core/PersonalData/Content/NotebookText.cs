using System.Globalization;
using System.Text;
using System.Text.Json;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.PersonalData.Matching;

namespace AmlDataTools.Core.PersonalData.Content;

/// <summary>Searches a notebook (nbformat 4) cell by cell, as people see it: <c>cell 3</c>, <c>cell 3, output</c>; what is in no cell is <c>notebook</c>.</summary>
internal static class NotebookText
{
    /// <summary>The largest notebook that is read as a whole, in bytes; larger ones are searched as text.</summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>Whether a file is a notebook, by its name.</summary>
    public static bool IsNotebook(string name) => name.EndsWith(".ipynb", StringComparison.OrdinalIgnoreCase);

    /// <summary>Searches one.</summary>
    /// <param name="utf8">The file.</param>
    /// <param name="terms">The words.</param>
    /// <returns>Where it names the subject; null when the file is no notebook.</returns>
    public static IReadOnlyList<Evidence>? Search(ReadOnlyMemory<byte> utf8, TextTerms terms)
    {
        if (utf8.Span.StartsWith("\uFEFF"u8))
        {
            utf8 = utf8[3..];
        }

        try
        {
            using var document = JsonDocument.Parse(utf8);
            if (document.RootElement.Child("cells") is not { ValueKind: JsonValueKind.Array } cells)
            {
                return null;
            }

            var found = new List<Evidence>();
            var number = 0;
            foreach (var cell in cells.EnumerateArray())
            {
                number++;
                var name = string.Create(CultureInfo.InvariantCulture, $"cell {number}");
                if (cell.ValueKind != JsonValueKind.Object)
                {
                    continue;
                }

                foreach (var member in cell.EnumerateObject())
                {
                    Walk(member.Value, member.NameEquals("outputs") ? name + ", output" : name, terms, found);
                }
            }

            foreach (var member in document.RootElement.EnumerateObject().Where(member => !member.NameEquals("cells")))
            {
                Walk(member.Value, "notebook", terms, found);
            }

            return found;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // A text of several lines is a list of them.
    private static void Walk(JsonElement element, string field, TextTerms terms, List<Evidence> found)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                Look(element.GetString(), field, terms, found);
                break;
            case JsonValueKind.Array:
                var lines = new StringBuilder();
                foreach (var item in element.EnumerateArray())
                {
                    if (item.ValueKind == JsonValueKind.String)
                    {
                        lines.Append(item.GetString());
                    }
                    else
                    {
                        Walk(item, field, terms, found);
                    }
                }

                Look(lines.ToString(), field, terms, found);
                break;
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    Look(member.Name, field, terms, found);
                    Walk(member.Value, field, terms, found);
                }

                break;
            default:
                break;
        }
    }

    private static void Look(string? text, string field, TextTerms terms, List<Evidence> found)
    {
        if (found.Count < TextSearch.MostHits * 3 && terms.Surest(text) is { } grade && new Evidence(field, grade, false) is var one && !found.Contains(one))
        {
            found.Add(one);
        }
    }
}
