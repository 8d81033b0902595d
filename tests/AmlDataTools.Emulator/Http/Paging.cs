using System.Globalization;
using System.Text;

namespace AmlDataTools.Emulator.Http;

/// <summary>Continuation tokens: opaque to clients, an offset to us.</summary>
internal static class Paging
{
    private const string Prefix = "offset:";

    /// <summary>The token of an offset.</summary>
    public static string Token(int offset) => Convert.ToBase64String(Encoding.UTF8.GetBytes(Prefix + offset.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The offset of a token; 0 without one.</summary>
    /// <exception cref="ServiceException">The token was not issued here.</exception>
    public static int Offset(string? token)
    {
        if (string.IsNullOrEmpty(token))
        {
            return 0;
        }

        var buffer = new byte[token.Length];
        if (Convert.TryFromBase64String(token, buffer, out var length)
            && Encoding.UTF8.GetString(buffer, 0, length) is var text
            && text.StartsWith(Prefix, StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
        {
            return offset;
        }

        throw new ServiceException(400, "UserError", "The continuation token is not valid.") { InnerCodes = ["BadArgument", "ArgumentInvalid"] };
    }

    /// <summary>A positive number from a query, or the default.</summary>
    /// <exception cref="ServiceException">The text is not a positive number.</exception>
    public static int Count(string? text, int standard, int most) => text is null ? standard
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? Math.Min(count, most)
        : throw new ServiceException(400, "UserError", $"'{text}' is not a positive number.") { InnerCodes = ["BadArgument", "ArgumentInvalid"] };
}
