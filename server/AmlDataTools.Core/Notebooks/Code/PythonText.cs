using System.Globalization;
using System.Text;

namespace AmlDataTools.Core.Notebooks.Code;

/// <summary>The values of string literals, and literals of values.</summary>
internal static class PythonText
{
    // Names and addresses are shorter by far; what is longer is no reference.
    private const int MaxContent = 4096;

    /// <summary>The value of a literal; null when it is no fixed text, too long to be a name, or names a character.</summary>
    public static string? Value(ReadOnlySpan<char> text, in PythonToken token)
    {
        if (!token.IsPlain || token.ContentEnd - token.ContentStart > MaxContent)
        {
            return null;
        }

        var content = text[token.ContentStart..token.ContentEnd];
        return token.HasEscapes ? Unescape(content, token.IsRaw, token.IsFormatted) : content.ToString();
    }

    /// <summary>A literal in double quotes on one line.</summary>
    public static string Quote(string value)
    {
        var result = new StringBuilder(value.Length + 2).Append('"');
        for (var index = 0; index < value.Length; index++)
        {
            var c = value[index];
            if (c is '"' or '\\')
            {
                result.Append('\\').Append(c);
            }
            else if (char.IsControl(c) || c is '\u2028' or '\u2029' or '\uFEFF' || IsLone(value, index))
            {
                result.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
            else
            {
                result.Append(c);
            }
        }

        return result.Append('"').ToString();
    }

    private static bool IsLone(string value, int index) => char.IsHighSurrogate(value[index])
        ? index + 1 >= value.Length || !char.IsLowSurrogate(value[index + 1])
        : char.IsLowSurrogate(value[index]) && (index == 0 || !char.IsHighSurrogate(value[index - 1]));

    private static string? Unescape(ReadOnlySpan<char> content, bool raw, bool formatted)
    {
        var result = new StringBuilder(content.Length);
        for (var index = 0; index < content.Length;)
        {
            var c = content[index++];
            if (formatted && c is '{' or '}')
            {
                // Fixed text has them doubled only.
                index++;
                result.Append(c);
            }
            else if (c != '\\' || raw || index >= content.Length)
            {
                result.Append(c);
            }
            else if (!TakeEscape(content, ref index, result))
            {
                return null;
            }
        }

        return result.ToString();
    }

    // https://docs.python.org/3/reference/lexical_analysis.html#escape-sequences
    private static bool TakeEscape(ReadOnlySpan<char> content, ref int index, StringBuilder result)
    {
        var c = content[index++];
        switch (c)
        {
            case '\n':
                return true;
            case '\r':
                index += index < content.Length && content[index] == '\n' ? 1 : 0;
                return true;
            case '\\' or '\'' or '"':
                result.Append(c);
                return true;
            case 'a' or 'b' or 'f' or 'n' or 'r' or 't' or 'v':
                result.Append(c switch { 'a' => '\a', 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', _ => '\v' });
                return true;
            case >= '0' and <= '7':
                var octal = c - '0';
                for (var digits = 1; digits < 3 && index < content.Length && content[index] is >= '0' and <= '7'; digits++)
                {
                    octal = (octal * 8) + content[index++] - '0';
                }

                result.Append((char)octal);
                return true;
            case 'x':
                return TakeHex(content, ref index, 2, result);
            case 'u':
                return TakeHex(content, ref index, 4, result);
            case 'U':
                return TakeHex(content, ref index, 8, result);
            case 'N':
                return false;
            default:
                result.Append('\\').Append(c);
                return true;
        }
    }

    private static bool TakeHex(ReadOnlySpan<char> content, ref int index, int digits, StringBuilder result)
    {
        if (index + digits > content.Length || !uint.TryParse(content.Slice(index, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) || value > 0x10FFFF)
        {
            return false;
        }

        index += digits;
        if (value > 0xFFFF)
        {
            result.Append(char.ConvertFromUtf32((int)value));
        }
        else
        {
            result.Append((char)value);
        }

        return true;
    }
}
