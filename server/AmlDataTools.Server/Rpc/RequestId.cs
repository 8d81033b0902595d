using System.Globalization;
using System.Text.Json;

namespace AmlDataTools.Server.Rpc;

/// <summary>The id of a request: a whole number or a text, and a number is never equal to a text (JSON-RPC 2.0, section 4).</summary>
/// <param name="Number">The number; 0 when it is a text.</param>
/// <param name="Text">The text; null when it is a number.</param>
internal readonly record struct RequestId(long Number, string? Text)
{
    /// <summary>Writes it as a JSON value.</summary>
    /// <param name="writer">Where to.</param>
    public void WriteTo(Utf8JsonWriter writer)
    {
        if (Text is null)
        {
            writer.WriteNumberValue(Number);
        }
        else
        {
            writer.WriteStringValue(Text);
        }
    }

    /// <summary>Reads the JSON value the reader stands on.</summary>
    /// <param name="reader">Stands on a value.</param>
    /// <returns>The id; null when the value can be none (null, a fraction, an object, ...).</returns>
    public static RequestId? Read(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Number when reader.TryGetInt64(out var number) => new RequestId(number, null),
        JsonTokenType.String => new RequestId(0, reader.GetString()),
        _ => null,
    };

    /// <inheritdoc/>
    public override string ToString() => Text is null ? Number.ToString(CultureInfo.InvariantCulture) : $"\"{Text}\"";
}
