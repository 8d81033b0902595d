using System.Text.RegularExpressions;

namespace AmlDataTools.Azure.Http;

/// <summary>Makes texts of services fit to be shown and logged: no query strings, no secrets, one line, bounded.</summary>
public static partial class SafeText
{
    private const int MaxLength = 1000;

    /// <summary>Takes query strings, signatures, keys and bearer tokens out of a text and puts it on one line.</summary>
    /// <param name="text">The text.</param>
    public static string Clean(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return string.Empty;
        }

        // Cut before matching, so that a hostile body cannot cost much.
        var result = text.Length > 8 * MaxLength ? text[..(8 * MaxLength)] : text;
        result = QueryString().Replace(result, "$1");
        result = Assignments().Replace(result, "$1=(removed)");
        result = Bearer().Replace(result, "Bearer (removed)");
        result = Jwt().Replace(result, "(removed)");
        result = Blanks().Replace(result, " ").Trim();
        return result.Length > MaxLength ? string.Concat(result.AsSpan(0, MaxLength), "...") : result;
    }

    [GeneratedRegex(@"(\b[a-z][a-z0-9+.-]*://[^\s""'<>?]*)\?[^\s""'<>]*", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex QueryString();

    [GeneratedRegex(@"\b(sig|signature|accountkey|sharedaccesssignature|sharedaccesskey|sastoken|client_secret|password|access_token|refresh_token)""?\s*[=:]\s*""?[^\s&;,""']+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Assignments();

    [GeneratedRegex(@"\bBearer\s+[A-Za-z0-9._~+/=-]{8,}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Bearer();

    [GeneratedRegex(@"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*", RegexOptions.CultureInvariant)]
    private static partial Regex Jwt();

    [GeneratedRegex(@"[\s\p{Cc}]+", RegexOptions.CultureInvariant)]
    private static partial Regex Blanks();
}
