using System.Text;
using System.Text.Json;

namespace AmlDataTools.Core.Changes.Execution;

/// <summary>
/// Changes one flag among the <c>properties</c> of a resource's JSON and nothing else, byte for byte: writing it anew would
/// bring numbers, escapes and unknown members back in another form.
/// </summary>
internal static class PropertyFlag
{
    /// <summary>Whether it is archived.</summary>
    public const string Archived = "isArchived";

    /// <summary>Of a schedule, whether it starts anything.</summary>
    public const string Enabled = "isEnabled";

    /// <summary>The resource with a flag set.</summary>
    /// <param name="resource">As the service gave it.</param>
    /// <param name="name">The flag.</param>
    /// <param name="value">Its new value.</param>
    /// <returns>Null when it has no properties: then there is nothing that could be written back.</returns>
    public static JsonElement? Set(JsonElement resource, string name, bool value)
    {
        if (resource.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var bytes = Encoding.UTF8.GetBytes(resource.GetRawText());
        var flag = value ? "true"u8 : "false"u8;
        if (Find(bytes, name) is not { } place)
        {
            return null;
        }

        byte[] changed = place.Flag is { } found
            ? [.. bytes.AsSpan(0, found.Start), .. flag, .. bytes.AsSpan(found.End)]
            : [.. bytes.AsSpan(0, place.Inside), .. Encoding.UTF8.GetBytes($"\"{name}\":"), .. flag, .. place.IsEmpty ? ""u8 : ","u8, .. bytes.AsSpan(place.Inside)];
        using var document = JsonDocument.Parse(changed);
        return document.RootElement.Clone();
    }

    private static Place? Find(byte[] bytes, string name)
    {
        var reader = new Utf8JsonReader(bytes);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isProperties = reader.ValueTextEquals("properties"u8);
            reader.Read();
            if (!isProperties || reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            var inside = (int)reader.BytesConsumed;
            var isEmpty = true;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                isEmpty = false;
                var isFlag = reader.ValueTextEquals(name);
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                if (isFlag)
                {
                    return new Place(inside, false, (start, (int)reader.BytesConsumed));
                }
            }

            return new Place(inside, isEmpty, null);
        }

        return null;
    }

    private readonly record struct Place(int Inside, bool IsEmpty, (int Start, int End)? Flag);
}
