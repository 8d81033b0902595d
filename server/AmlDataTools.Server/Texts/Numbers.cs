using System.Text.RegularExpressions;

namespace AmlDataTools.Server.Texts;

/// <summary>Numbers as a language writes them, and which form of a plural one takes.</summary>
/// <param name="language">As VS Code names it.</param>
internal sealed partial class Numbers(string language)
{
    private readonly char _decimal = language is "en" ? '.' : ',';
    private readonly char _thousands = language switch { "fr" or "ru" => '\u00a0', "en" => ',', _ => '.' };

    /// <summary>A number as the sidecar writes it, <c>1,204.5</c>, in the language; anything else as it is.</summary>
    public string Write(string text) => Number().IsMatch(text)
        ? string.Concat(text.Select(sign => sign switch { ',' => _thousands, '.' => _decimal, _ => sign }))
        : text;

    /// <summary>Whether something is a number, a size or a time as the sidecar writes them.</summary>
    public static bool IsQuantity(string text) => text.Length > 0 && char.IsAsciiDigit(text[0]) || text is "just now" or "yesterday";

    /// <summary>The form of a plural for a number: one, few and many, as Unicode's rules for the language have them.</summary>
    /// <param name="forms">The forms; with one only, that is taken.</param>
    /// <param name="number">The number as the sidecar writes it.</param>
    public static string Form(string[] forms, string number)
    {
        if (forms.Length == 1)
        {
            return forms[0];
        }

        var digits = number.Replace(",", string.Empty, StringComparison.Ordinal);
        var (tens, ones) = long.TryParse(digits, out var count) ? (count % 100, count % 10) : (0, 0);
        return ones == 1 && tens != 11 ? forms[0] : ones is >= 2 and <= 4 && tens is < 12 or > 14 ? forms[1] : forms[^1];
    }

    [GeneratedRegex(@"^\d{1,3}(,\d{3})*(\.\d+)?$|^\d+(\.\d+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
