using System.Text.Json;

namespace AmlDataTools.Core.PersonalData.Export.Redaction;

/// <summary>JSON that stands as text in JSON: services and people put whole documents into tags and properties.</summary>
internal static class EmbeddedJson
{
    /// <summary>How deep documents may be.</summary>
    public const int Deepest = 256;

    private const int DeepestWithin = 8;

    /// <summary>The document in a text; null when there is none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="within">In how many texts this text stands.</param>
    public static JsonDocument? Parse(string? text, int within)
    {
        var trimmed = text.AsSpan().Trim();
        if (within >= DeepestWithin || trimmed.Length < 2 || !((trimmed[0] == '{' && trimmed[^1] == '}') || (trimmed[0] == '[' && trimmed[^1] == ']')))
        {
            return null;
        }

        try
        {
            return JsonDocument.Parse(trimmed.ToString(), new JsonDocumentOptions { MaxDepth = Deepest });
        }
        catch (JsonException)
        {
            // Braces around anything else: a text like others.
            return null;
        }
    }
}
