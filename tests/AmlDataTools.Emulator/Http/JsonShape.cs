using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AmlDataTools.Emulator.Http;

/// <summary>Small helpers to write the services' JSON.</summary>
internal static class JsonShape
{
    /// <summary>A time the way the workspace services write it: seven digits and an offset.</summary>
    public static string Time(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fffffffzzz", CultureInfo.InvariantCulture);

    /// <summary>A time or null.</summary>
    public static JsonNode? TimeOrNull(DateTimeOffset? time) => time is { } value ? Time(value) : null;

    /// <summary>A map of texts.</summary>
    public static JsonObject Map(IEnumerable<KeyValuePair<string, string>> values)
    {
        var map = new JsonObject();
        foreach (var (key, value) in values)
        {
            map[key] = value;
        }

        return map;
    }

    /// <summary>A list of texts.</summary>
    public static JsonArray List(IEnumerable<string> values) => new([.. values.Select(v => (JsonNode?)JsonValue.Create(v))]);

    /// <summary>A list of nodes.</summary>
    public static JsonArray List(IEnumerable<JsonObject> values) => new([.. values]);

    /// <summary>A text property, or null when missing or something else.</summary>
    public static string? Text(this JsonObject node, string name) =>
        node[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>A truth value, or null when missing or something else.</summary>
    public static bool? Truth(this JsonObject node, string name) =>
        node[name] is JsonValue value && value.TryGetValue<bool>(out var truth) ? truth : null;

    /// <summary>A number, or null when missing or something else.</summary>
    public static long? Number(this JsonObject node, string name) =>
        node[name] is not JsonValue value || value.GetValueKind() != JsonValueKind.Number ? null
            : value.TryGetValue<long>(out var number) ? number
            : value.TryGetValue<int>(out var small) ? small : null;

    /// <summary>The texts of a list property; empty when missing.</summary>
    public static IReadOnlyList<string> Texts(this JsonObject node, string name) =>
        node[name] is JsonArray list
            ? [.. list.OfType<JsonValue>().Select(v => v.TryGetValue<string>(out var text) ? text : null).OfType<string>()]
            : [];

    /// <summary>The texts of a map property; empty when missing. Other values are written as JSON text.</summary>
    public static Dictionary<string, string> TextMap(this JsonObject node, string name) =>
        node[name] is JsonObject map
            ? map.ToDictionary(p => p.Key, p => p.Value is JsonValue v && v.TryGetValue<string>(out var t) ? t : p.Value?.ToJsonString() ?? string.Empty)
            : [];
}
