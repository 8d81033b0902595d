using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Cloud;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.PersonalData;
using Azure.Core;

namespace AmlDataTools.Core.Export;

/// <summary>Tells who is signed in. The token itself goes nowhere.</summary>
internal static class Caller
{
    /// <summary>Name and object id as the token tells them, for receipts; null when it does not.</summary>
    public static async Task<string?> DescribeAsync(AzureConnection connection, string? tenantId, CancellationToken cancellationToken) =>
        Describe(await TokenAsync(connection, tenantId, cancellationToken).ConfigureAwait(false));

    /// <summary>The person as the token tells; null when it tells nothing, or is that of a program.</summary>
    public static async Task<Subject?> SubjectAsync(AzureConnection connection, string? tenantId, CancellationToken cancellationToken) =>
        SubjectOf(await TokenAsync(connection, tenantId, cancellationToken).ConfigureAwait(false));

    /// <summary>What a token's claims say; null when it is opaque.</summary>
    internal static string? Describe(string token)
    {
        var claims = Claims(token);
        var name = claims.Text("name") ?? claims.Text("upn") ?? claims.Text("preferred_username") ?? claims.Text("appid");
        var id = claims.Text("oid");
        return name is null ? id : id is null ? name : $"{name} ({id})";
    }

    /// <summary>The person that a token is for; null when it is opaque or that of a program (claim <c>idtyp</c>: app; or no name to sign in with and no name).</summary>
    internal static Subject? SubjectOf(string token)
    {
        var claims = Claims(token);
        var address = new[] { "upn", "preferred_username", "unique_name", "email" }.Select(claim => claims.Text(claim)).FirstOrDefault(text => text?.Contains('@', StringComparison.Ordinal) == true);
        var name = claims.Text("name");
        return claims.Text("idtyp") == "app" || (address is null && name is null)
            ? null
            : new Subject(claims.Text("oid"), claims.Text("oid") is null ? null : claims.Text("tid"), address, claims.Text("email") is { } mail && mail != address ? mail : null, name);
    }

    private static async Task<string> TokenAsync(AzureConnection connection, string? tenantId, CancellationToken cancellationToken)
    {
        var scopes = new TokenRequestContext([CloudDescription.ToScope(connection.Cloud.ResourceManagerAudience)], tenantId: tenantId);
        return (await connection.Credentials.ForTenant(tenantId).GetTokenAsync(scopes, cancellationToken).ConfigureAwait(false)).Token;
    }

    // Kind Undefined when the token is opaque.
    private static JsonElement Claims(string token)
    {
        var parts = token.Split('.');
        if (parts.Length != 3)
        {
            return default;
        }

        try
        {
            using var claims = JsonDocument.Parse(Base64Url.DecodeFromUtf8(Encoding.ASCII.GetBytes(parts[1].TrimEnd('='))));
            return claims.RootElement.Clone();
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            return default;
        }
    }
}
