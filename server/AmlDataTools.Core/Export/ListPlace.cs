using System.Text;

namespace AmlDataTools.Core.Export;

/// <summary>Where in a list of lists its reading has come to. Written into the journal, and so only of what holds no secret.</summary>
/// <param name="Outer">Of a plain list where its next page is; of a list of lists where the page of outer things is that is being gone through. Null for the first.</param>
/// <param name="Name">The outer thing whose list is being read; null for a plain list.</param>
/// <param name="Inner">Where the next page of that list is; null when it was read to its end.</param>
internal sealed record ListPlace(string? Outer, string? Name, string? Inner)
{
    private const int Longest = 8 * 1024;

    // What lists of Resource Manager carry, by its specification and by recorded links. Anything else may be a signature.
    private static readonly HashSet<string> Harmless = new(StringComparer.OrdinalIgnoreCase)
    {
        "api-version", "$skip", "$skipToken", "$top", "$orderBy", "$filter", "listViewType", "jobType", "tag", "tags", "properties", "count", "isDefault", "names", "searchText", "offset", "pageSize",
    };

    /// <summary>As the journal has it; null when a part of it might be a secret, and so must not be written down.</summary>
    public string? Text => IsSafe(Outer) && IsSafe(Inner) ? string.Join('&', new[] { Outer, Name, Inner }.Select(part => part is null ? string.Empty : "." + Uri.EscapeDataString(part))) : null;

    /// <summary>Reads it again; null for what is none.</summary>
    public static ListPlace? Parse(string? text)
    {
        var parts = text?.Split('&');
        return parts is [var outer, var name, var inner] && parts.All(part => part.Length == 0 || part[0] == '.')
            ? new ListPlace(Part(outer), Part(name), Part(inner))
            : null;

        static string? Part(string part) => part.Length == 0 ? null : Uri.UnescapeDataString(part[1..]);
    }

    /// <summary>Whether a link to a page, or a continuation token, may be written down: it holds no signature and no token.</summary>
    internal static bool IsSafe(string? next)
    {
        if (next is null)
        {
            return true;
        }

        if (next.Length > Longest)
        {
            return false;
        }

        if (!Uri.TryCreate(next, UriKind.Absolute, out var link) || link.Scheme is not ("https" or "http"))
        {
            return IsPlain(next);
        }

        return link.UserInfo.Length == 0 && link.Fragment.Length == 0 && link.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).All(parameter =>
        {
            var end = parameter.IndexOf('=', StringComparison.Ordinal);
            return end > 0 && Harmless.Contains(Uri.UnescapeDataString(parameter[..end])) && IsPlain(Uri.UnescapeDataString(parameter[(end + 1)..]));
        });
    }

    private static bool IsPlain(string value) => !LooksSecret(value) && !LooksSecret(Uri.UnescapeDataString(value)) && (Decoded(value) is not { } inside || !LooksSecret(inside));

    private static bool LooksSecret(string text) =>
        new[] { "sig=", "sig%3d", "signature", "AccountKey", "Bearer ", "token\":\"eyJ" }.Any(sign => text.Contains(sign, StringComparison.OrdinalIgnoreCase))
        || text.Split('"', ' ', '=', '&').Any(word => word.StartsWith("eyJ", StringComparison.Ordinal) && word.Count(c => c == '.') == 2);

    private static string? Decoded(string value)
    {
        var base64 = value.Replace('-', '+').Replace('_', '/').TrimEnd('=');
        var bytes = new byte[(base64.Length * 3 / 4) + 3];
        return Convert.TryFromBase64String(base64 + new string('=', (4 - (base64.Length % 4)) % 4), bytes, out var count) ? Encoding.UTF8.GetString(bytes, 0, count) : null;
    }
}
