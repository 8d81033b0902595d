using System.Globalization;
using System.Text;
using System.Text.Json;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Core.Export;

/// <summary>A path that an <c>MLTable</c> file names.</summary>
/// <param name="Kind"><c>file</c>, <c>folder</c> or <c>pattern</c>.</param>
/// <param name="Value">As written, without quotes.</param>
internal readonly record struct MLTablePath(string Kind, string Value);

/// <summary>
/// What is needed of an <c>MLTable</c> file: the list <c>paths</c> at its top. Reads the YAML people and Microsoft's tools
/// write there (block lists, mappings in braces, quotes, comments; JSON), and says when it met something else: no value is
/// ever guessed.
/// </summary>
/// <param name="Paths">The paths, in their order.</param>
/// <param name="IsWhole">Whether all of the list was understood.</param>
internal sealed record MLTableText(IReadOnlyList<MLTablePath> Paths, bool IsWhole)
{
    private static readonly string[] Kinds = ["file", "folder", "pattern"];

    /// <summary>Reads the text of a file.</summary>
    /// <param name="text">The text.</param>
    public static MLTableText Parse(string text)
    {
        return text.AsSpan().TrimStart().StartsWith("{") ? FromJson(text) : new Reader(text).Read();
    }

    private static MLTableText FromJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            var paths = new List<MLTablePath>();
            var whole = true;
            foreach (var item in document.RootElement.Items("paths"))
            {
                var kind = Kinds.FirstOrDefault(k => item.Text(k) is { Length: > 0 });
                whole &= kind is not null;
                if (kind is not null && item.Text(kind) is { } value)
                {
                    paths.Add(new MLTablePath(kind, value));
                }
            }

            return new MLTableText(paths, whole);
        }
        catch (JsonException)
        {
            return new MLTableText([], false);
        }
    }

    private sealed class Reader(string text)
    {
        private readonly string[] _lines = text.TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n');
        private readonly List<MLTablePath> _paths = [];
        private bool _whole = true;

        public MLTableText Read()
        {
            var at = Array.FindIndex(_lines, line => KeyOf(line) is { Key: "paths" } && !char.IsWhiteSpace(line[0]));
            if (at < 0)
            {
                return new MLTableText([], true);
            }

            var rest = WithoutComment(KeyOf(_lines[at])?.Value ?? string.Empty).Trim();
            if (rest.Length == 0)
            {
                ReadBlock(at + 1);
            }
            else if (rest[0] == '[')
            {
                ReadFlow(at, _lines[at].IndexOf('[', StringComparison.Ordinal));
            }
            else
            {
                _whole &= rest is "~" or "null";
            }

            return new MLTableText(_paths, _whole);
        }

        // - file: a        - {file: a}        -
        //                                        file: a
        private void ReadBlock(int at)
        {
            var dash = -1;
            var open = false;
            for (; at < _lines.Length; at++)
            {
                var line = WithoutComment(_lines[at]).TrimEnd();
                var body = line.TrimStart(' ');
                if (body.Length == 0)
                {
                    continue;
                }

                var indent = line.Length - body.Length;
                var isItem = body == "-" || body.StartsWith("- ", StringComparison.Ordinal);
                if (body is "---" or "..." || (dash < 0 ? !isItem : indent < dash || (indent == dash && !isItem)))
                {
                    break;
                }

                if (isItem && (dash < 0 || indent == dash))
                {
                    _whole &= !open;
                    dash = indent;
                    body = body[1..].TrimStart(' ');
                    open = body.Length == 0 || !ReadItem(body);
                }
                else if (KeyOf(body) is null)
                {
                    // A value that goes on, or an item that is no mapping.
                    _whole = false;
                }
                else if (open)
                {
                    open = !ReadItem(body);
                }
            }

            _whole &= !open;
        }

        /// <summary>One line of an item; false when it names no path (another key may follow that does).</summary>
        private bool ReadItem(string body)
        {
            if (body[0] == '{')
            {
                return body[^1] == '}' ? ReadMapping(body[1..^1]) : Unknown();
            }

            return KeyOf(body) is { } entry ? Array.IndexOf(Kinds, entry.Key) >= 0 && ReadPath(entry.Key, entry.Value.Trim()) : Unknown();
        }

        private bool ReadPath(string kind, string value)
        {
            if (Scalar(value) is not { Length: > 0 } path)
            {
                return Unknown();
            }

            _paths.Add(new MLTablePath(kind, path));
            return true;
        }

        private bool ReadMapping(string inside)
        {
            foreach (var part in Split(inside))
            {
                // Within braces a colon needs no space behind it after a quoted key only; those are read like the others.
                if (KeyOf(part.Trim()) is { } entry && Array.IndexOf(Kinds, entry.Key) >= 0)
                {
                    return ReadPath(entry.Key, entry.Value.Trim());
                }
            }

            return Unknown();
        }

        // [{file: a}, {folder: b}], over as many lines as it takes.
        private void ReadFlow(int at, int column)
        {
            var all = new StringBuilder(_lines[at][column..]);
            while (++at < _lines.Length)
            {
                all.Append('\n').Append(_lines[at]);
            }

            var flow = string.Join(' ', all.ToString().Split('\n').Select(WithoutComment));
            var depth = 0;
            var quote = '\0';
            for (var index = 0; index < flow.Length; index++)
            {
                var letter = flow[index];
                if (quote != '\0')
                {
                    index += letter == '\\' && quote == '"' ? 1 : 0;
                    quote = letter == quote ? '\0' : quote;
                }
                else if (letter is '"' or '\'')
                {
                    quote = letter;
                }
                else if (letter is '[' or '{')
                {
                    depth++;
                }
                else if (letter is ']' or '}' && --depth == 0)
                {
                    foreach (var part in Split(flow[1..index]).Select(p => p.Trim()).Where(p => p.Length > 0))
                    {
                        _ = part is ['{', .., '}'] ? ReadMapping(part[1..^1]) : Unknown();
                    }

                    return;
                }
            }

            _whole = false;
        }

        private bool Unknown()
        {
            _whole = false;
            return true;
        }

        /// <summary>Parts between commas, outside of quotes and brackets.</summary>
        private static List<string> Split(string text)
        {
            var parts = new List<string>();
            var (start, depth, quote) = (0, 0, '\0');
            for (var index = 0; index < text.Length; index++)
            {
                var letter = text[index];
                if (quote != '\0')
                {
                    index += letter == '\\' && quote == '"' ? 1 : 0;
                    quote = letter == quote ? '\0' : quote;
                    continue;
                }

                quote = letter is '"' or '\'' ? letter : '\0';
                depth += letter is '[' or '{' ? 1 : letter is ']' or '}' ? -1 : 0;
                if (letter == ',' && depth == 0)
                {
                    parts.Add(text[start..index]);
                    start = index + 1;
                }
            }

            parts.Add(text[start..]);
            return parts;
        }

        /// <summary>Key and rest of <c>key: rest</c>; null for a line that is no such thing.</summary>
        private static (string Key, string Value)? KeyOf(string line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || (colon + 1 < line.Length && line[colon + 1] is not (' ' or '\t')))
            {
                return null;
            }

            var key = line[..colon].Trim();
            key = key is ['"', .., '"'] or ['\'', .., '\''] ? key[1..^1] : key;
            return key.Length > 0 && key.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-') ? (key, line[(colon + 1)..]) : null;
        }

        /// <summary>A value on one line; null for what is none (a block, an anchor, an alias, a tag).</summary>
        private static string? Scalar(string value)
        {
            switch (value)
            {
                case ['\'', .., '\''] when value.Length > 1:
                    var single = value[1..^1];
                    return single.Replace("''", string.Empty, StringComparison.Ordinal).Contains('\'', StringComparison.Ordinal) ? null : single.Replace("''", "'", StringComparison.Ordinal);
                case ['"', .., '"'] when value.Length > 1:
                    return Unescaped(value[1..^1]);
                case "" or ['\'' or '"' or '|' or '>' or '&' or '*' or '!' or '[' or '{' or '%' or '@' or '`', ..]:
                    return null;
                default:
                    return value.Contains(": ", StringComparison.Ordinal) ? null : value;
            }
        }

        private static string? Unescaped(string text)
        {
            var result = new StringBuilder(text.Length);
            for (var index = 0; index < text.Length; index++)
            {
                if (text[index] == '"')
                {
                    return null;
                }

                if (text[index] != '\\')
                {
                    result.Append(text[index]);
                    continue;
                }

                switch (++index < text.Length ? text[index] : '\0')
                {
                    case '"' or '\\' or '/':
                        result.Append(text[index]);
                        break;
                    case 'u' when index + 4 < text.Length && ushort.TryParse(text.AsSpan(index + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code):
                        result.Append((char)code);
                        index += 4;
                        break;
                    default:
                        return null;
                }
            }

            return result.ToString();
        }

        /// <summary>A comment begins with # at the start or behind a space, outside of quotes.</summary>
        private static string WithoutComment(string line)
        {
            var quote = '\0';
            for (var index = 0; index < line.Length; index++)
            {
                var letter = line[index];
                if (quote == '\'' && letter == quote && index + 1 < line.Length && line[index + 1] == quote)
                {
                    index++;
                }
                else if (quote != '\0')
                {
                    index += letter == '\\' && quote == '"' ? 1 : 0;
                    quote = letter == quote ? '\0' : quote;
                }
                else if (letter is '"' or '\'' && (index == 0 || line[index - 1] is ' ' or ',' or '{' or '[' or ':'))
                {
                    quote = letter;
                }
                else if (letter == '#' && (index == 0 || line[index - 1] is ' ' or '\t'))
                {
                    return line[..index];
                }
            }

            return line;
        }
    }
}
