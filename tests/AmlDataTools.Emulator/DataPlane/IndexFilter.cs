using System.Globalization;
using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Http;

namespace AmlDataTools.Emulator.DataPlane;

/// <summary>Filters of the index service: <c>{field, operator, values}</c>, all of which must hold; of the values of one, any.</summary>
internal static class IndexFilter
{
    /// <summary>Makes a test of entities.</summary>
    /// <exception cref="ServiceException">A filter cannot be read.</exception>
    public static Func<JsonObject, bool> Of(JsonArray filters)
    {
        var tests = filters.OfType<JsonObject>().Select(One).ToArray();
        return entity => Array.TrueForAll(tests, test => test(entity));
    }

    private static Func<JsonObject, bool> One(JsonObject filter)
    {
        var field = filter.Text("field") is { Length: > 0 } given ? given : throw Bad("a filter has no field");
        var values = filter.Texts("values");
        return (filter.Text("operator") ?? string.Empty).ToLowerInvariant() switch
        {
            "eq" => entity => Text(entity, field) is { } text && values.Contains(text, StringComparer.OrdinalIgnoreCase),
            "ne" => entity => Text(entity, field) is not { } text || !values.Contains(text, StringComparer.OrdinalIgnoreCase),
            "contains" => entity => Text(entity, field) is { } text && values.Any(v => text.Contains(v, StringComparison.OrdinalIgnoreCase)),
            "gt" => entity => Text(entity, field) is { } text && values.Any(v => Compare(text, v) > 0),
            "ge" => entity => Text(entity, field) is { } text && values.Any(v => Compare(text, v) >= 0),
            "lt" => entity => Text(entity, field) is { } text && values.Any(v => Compare(text, v) < 0),
            "le" => entity => Text(entity, field) is { } text && values.Any(v => Compare(text, v) <= 0),
            var other => throw Bad($"unknown operator '{other}'"),
        };
    }

    /// <summary>The value of a field as text, null when it is not there: names apart by slashes, so that names in maps may have dots.</summary>
    private static string? Text(JsonObject entity, string field)
    {
        JsonNode? node = entity;
        foreach (var part in field.Split('/'))
        {
            node = (node as JsonObject)?.FirstOrDefault(p => p.Key.Equals(part, StringComparison.OrdinalIgnoreCase)).Value;
        }

        return node is JsonValue value ? value.TryGetValue<string>(out var text) ? text : value.ToJsonString() : null;
    }

    private static int Compare(string left, string right) =>
        DateTimeOffset.TryParse(left, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var a) && DateTimeOffset.TryParse(right, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var b)
            ? a.CompareTo(b)
            : string.Compare(left, right, StringComparison.OrdinalIgnoreCase);

    private static ServiceException Bad(string why) => new(400, "UserError", "The filters are not valid: " + why) { InnerCodes = ["BadArgument", "ArgumentInvalid"] };
}
