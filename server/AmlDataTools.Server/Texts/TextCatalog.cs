using System.Text.Json;
using System.Text.Json.Serialization;

namespace AmlDataTools.Server.Texts;

/// <summary>A text of the catalogue.</summary>
/// <param name="Text">In English, with holes.</param>
/// <param name="Holes">The kinds of its holes, a letter each.</param>
/// <param name="Codes">The stable codes of errors and warnings that say it.</param>
internal sealed record CatalogText(string Text, string? Holes, IReadOnlyList<string>? Codes);

/// <summary>The sidecar's texts in the languages there are, read from what is embedded.</summary>
internal static class TextCatalog
{
    /// <summary>The texts as the sources have them.</summary>
    public static IReadOnlyList<CatalogText> English()
    {
        using var stream = Open("catalog") ?? throw new InvalidOperationException("The catalogue of texts is not embedded.");
        return JsonSerializer.Deserialize(stream, TextsJsonContext.Default.IReadOnlyListCatalogText) ?? [];
    }

    /// <summary>The texts in another language, by the English ones.</summary>
    /// <param name="language">As VS Code names it: <c>de</c>, <c>pt-br</c>.</param>
    /// <returns>Null for a language in which there is nothing: English is said then.</returns>
    public static IReadOnlyDictionary<string, string>? In(string language)
    {
        using var stream = Open(language.ToLowerInvariant()) ?? Open(language.ToLowerInvariant().Split('-')[0]);
        return stream is null ? null : JsonSerializer.Deserialize(stream, TextsJsonContext.Default.IReadOnlyDictionaryStringString);
    }

    private static Stream? Open(string name) => typeof(TextCatalog).Assembly.GetManifestResourceStream($"texts.{name}.json");
}

/// <summary>How the catalogue is read.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(IReadOnlyList<CatalogText>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class TextsJsonContext : JsonSerializerContext;
