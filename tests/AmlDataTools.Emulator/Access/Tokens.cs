using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Http;

namespace AmlDataTools.Emulator.Access;

/// <summary>A bearer token's claims.</summary>
/// <param name="Audience">Whom it is for.</param>
/// <param name="TenantId">Which tenant issued it.</param>
/// <param name="ObjectId">Whom it speaks for.</param>
/// <param name="Expires">Until when.</param>
internal sealed record TokenClaims(string Audience, string TenantId, string ObjectId, DateTimeOffset Expires);

/// <summary>Issues and reads bearer tokens: JSON web tokens whose signature nobody checks, as the emulator has no secret worth one.</summary>
internal static class Tokens
{
    /// <summary>Makes a token.</summary>
    public static string Issue(string audience, string tenantId, Person person, DateTimeOffset now, TimeSpan lifetime)
    {
        var header = new JsonObject { ["typ"] = "JWT", ["alg"] = "RS256", ["kid"] = "emulator" };
        var payload = new JsonObject
        {
            ["aud"] = audience,
            ["iss"] = $"https://sts.windows.net/{tenantId}/",
            ["iat"] = now.ToUnixTimeSeconds(),
            ["nbf"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + lifetime).ToUnixTimeSeconds(),
            ["name"] = person.Name,
            ["oid"] = person.ObjectId,
            ["puid"] = person.PuId,
            ["tid"] = tenantId,
            ["upn"] = person.Upn,
            ["unique_name"] = person.Upn,
            ["ver"] = "1.0",
        };
        return $"{Encode(header)}.{Encode(payload)}.{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))}";
    }

    /// <summary>Reads a token; null when it is not one.</summary>
    public static TokenClaims? Read(string token)
    {
        var parts = token.Split('.');
        if (parts.Length != 3)
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(Base64Url.DecodeFromChars(parts[1])) is JsonObject claims
                && claims.Text("aud") is { } audience
                && claims.Text("tid") is { } tenant
                && claims.Text("oid") is { } oid
                && claims.Number("exp") is { } expires
                    ? new TokenClaims(audience, tenant, oid, DateTimeOffset.FromUnixTimeSeconds(expires))
                    : null;
        }
        catch (Exception e) when (e is FormatException or JsonException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private static string Encode(JsonObject json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
}
