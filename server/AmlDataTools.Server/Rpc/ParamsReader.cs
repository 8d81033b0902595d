using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace AmlDataTools.Server.Rpc;

/// <summary>Reads the parameters of a method, and says which member is wrong.</summary>
internal static partial class ParamsReader
{
    /// <summary>Reads parameters.</summary>
    /// <param name="json">The JSON; empty reads as <c>{}</c>.</param>
    /// <param name="info">Their type.</param>
    /// <typeparam name="T">Their type.</typeparam>
    /// <exception cref="RpcProtocolException">They are not those of the method.</exception>
    public static T Read<T>(ReadOnlyMemory<byte> json, JsonTypeInfo<T> info)
    {
        var text = json.IsEmpty ? "{}"u8 : json.Span;
        if (text[0] != (byte)'{')
        {
            throw Invalid("params must be an object with named members.");
        }

        try
        {
            return JsonSerializer.Deserialize(text, info) ?? throw Invalid("params must not be null.");
        }
        catch (JsonException e)
        {
            throw Invalid(Describe(e));
        }
    }

    private static RpcProtocolException Invalid(string message) =>
        new(RpcErrorCodes.InvalidParams, "protocol.invalidParams", message);

    // The serializer's own texts name .NET types, which mean nothing to the other end.
    private static string Describe(JsonException e)
    {
        var path = $"params{e.Path?.TrimStart('$')}";
        if (e.Message.Contains("missing required properties", StringComparison.Ordinal))
        {
            var names = QuotedName().Matches(e.Message[e.Message.IndexOf("including:", StringComparison.Ordinal)..]);
            return $"{path} lacks {string.Join(", ", names.Select(name => name.Value.Trim('\'')))}.";
        }

        if (NullForName().Match(e.Message) is { Success: true } member)
        {
            // The path stands on the object or on the member, depending on where the serializer noticed.
            var name = JsonNamingPolicy.CamelCase.ConvertName(member.Groups[1].Value);
            return $"{(path.EndsWith($".{name}", StringComparison.Ordinal) ? path : $"{path}.{name}")} must not be null.";
        }

        return $"{path} has a value that is not allowed there.";
    }

    [GeneratedRegex("'[^']+'")]
    private static partial Regex QuotedName();

    [GeneratedRegex("(?:constructor parameter|property or field) '([^']+)'.*null", RegexOptions.IgnoreCase)]
    private static partial Regex NullForName();
}
