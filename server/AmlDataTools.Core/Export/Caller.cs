using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Cloud;
using Azure.Core;

namespace AmlDataTools.Core.Export;

/// <summary>Tells who is signed in, for receipts.</summary>
internal static class Caller
{
    /// <summary>Name and object id as the token tells them; null when it does not. The token itself goes nowhere.</summary>
    public static async Task<string?> DescribeAsync(AzureConnection connection, string? tenantId, CancellationToken cancellationToken)
    {
        var scopes = new TokenRequestContext([CloudDescription.ToScope(connection.Cloud.ResourceManagerAudience)], tenantId: tenantId);
        var token = await connection.Credentials.ForTenant(tenantId).GetTokenAsync(scopes, cancellationToken).ConfigureAwait(false);
        return Describe(token.Token);
    }

    /// <summary>What a token's claims say; null when it is opaque.</summary>
    internal static string? Describe(string token)
    {
        var parts = token.Split('.');
        if (parts.Length != 3)
        {
            return null;
        }

        try
        {
            using var claims = JsonDocument.Parse(Base64Url.DecodeFromUtf8(Encoding.ASCII.GetBytes(parts[1].TrimEnd('='))));
            string? Claim(string name) => claims.RootElement.ValueKind == JsonValueKind.Object && claims.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
            var name = Claim("name") ?? Claim("upn") ?? Claim("preferred_username") ?? Claim("appid");
            var id = Claim("oid");
            return name is null ? id : id is null ? name : $"{name} ({id})";
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            return null;
        }
    }
}
