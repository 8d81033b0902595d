using System.Globalization;
using System.Text.Json;

namespace AmlDataTools.Azure.Http;

/// <summary>Reads raw JSON of the services: whatever is absent, null or of another type reads as null, never as an error.</summary>
public static class JsonReading
{
    /// <summary>A member, or null when it is absent or null, or this is no object.</summary>
    /// <param name="element">The object.</param>
    /// <param name="name">The member's name, exactly.</param>
    public static JsonElement? Child(this JsonElement element, string name)
        => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)
            && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined) ? value : null;

    /// <summary>A string member, or null.</summary>
    /// <param name="element">The object.</param>
    /// <param name="name">The member's name, exactly.</param>
    public static string? Text(this JsonElement element, string name)
        => element.Child(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>A boolean member, or null; the strings <c>true</c> and <c>false</c> count, whatever the case.</summary>
    /// <param name="element">The object.</param>
    /// <param name="name">The member's name, exactly.</param>
    public static bool? Flag(this JsonElement element, string name) => element.Child(name) switch
    {
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.String } text when bool.TryParse(text.GetString(), out var value) => value,
        _ => null,
    };

    /// <summary>A moment, or null.</summary>
    /// <param name="element">The object.</param>
    /// <param name="name">The member's name, exactly.</param>
    public static DateTimeOffset? Moment(this JsonElement element, string name)
        => DateTimeOffset.TryParse(element.Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var value) ? value : null;

    /// <summary>The elements of an array member; nothing when it is absent or no array.</summary>
    /// <param name="element">The object.</param>
    /// <param name="name">The member's name, exactly.</param>
    public static IEnumerable<JsonElement> Items(this JsonElement element, string name)
    {
        if (element.Child(name) is { ValueKind: JsonValueKind.Array } array)
        {
            foreach (var item in array.EnumerateArray())
            {
                yield return item;
            }
        }
    }

    /// <summary>The string members of an object member; other members are left out.</summary>
    /// <param name="element">The object.</param>
    /// <param name="name">The member's name, exactly.</param>
    public static IReadOnlyDictionary<string, string> Texts(this JsonElement element, string name)
    {
        if (element.Child(name) is not { ValueKind: JsonValueKind.Object } map)
        {
            return System.Collections.Immutable.ImmutableDictionary<string, string>.Empty;
        }

        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in map.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.String && member.Value.GetString() is { } value)
            {
                result[member.Name] = value;
            }
        }

        return result;
    }
}
