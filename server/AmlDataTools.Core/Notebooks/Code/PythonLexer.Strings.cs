using System.Buffers;

namespace AmlDataTools.Core.Notebooks.Code;

// String literals, with the nesting that formatted ones may have since Python 3.12 (PEP 701).
internal ref partial struct PythonLexer
{
    // Deeper nesting than anybody writes is read as plain characters.
    private const int MaxNesting = 16;

    private static readonly SearchValues<char> EndsOfDouble = SearchValues.Create("\"\\\r\n");
    private static readonly SearchValues<char> EndsOfSingle = SearchValues.Create("'\\\r\n");
    private static readonly SearchValues<char> EndsOfFormatted = SearchValues.Create("\"'\\\r\n{}");

    private void ReadString(ref PythonToken token)
    {
        var prefix = _text[token.Start.Offset.._at];
        token.Kind = PythonTokenKind.String;
        token.IsRaw = prefix.ContainsAny('r', 'R');
        token.IsFormatted = prefix.ContainsAny("fFtT");
        token.HasEscapes = false;
        var isText = !prefix.ContainsAny("bBtT");
        token.IsPlain = ReadBody(ref token, token.IsFormatted, 0) && isText;
        token.End = Here;
    }

    /// <summary>Reads from the opening quote behind the closing one, or to the end of the line that lacks it.</summary>
    /// <returns>Whether it is closed and holds no replacement field.</returns>
    private bool ReadBody(ref PythonToken token, bool formatted, int nesting)
    {
        var quote = _text[_at];
        var triple = _at + 2 < _text.Length && _text[_at + 1] == quote && _text[_at + 2] == quote;
        _at += triple ? 3 : 1;
        var start = _at;
        var plain = true;
        while (_at < _text.Length)
        {
            var length = _text[_at..].IndexOfAny(formatted ? EndsOfFormatted : quote == '"' ? EndsOfDouble : EndsOfSingle);
            if (length < 0)
            {
                _at = _text.Length;
                return false;
            }

            _at += length;
            var c = _text[_at];
            if (c == quote && (!triple || (_at + 2 < _text.Length && _text[_at + 1] == quote && _text[_at + 2] == quote)))
            {
                if (nesting == 0)
                {
                    token.ContentStart = start;
                    token.ContentEnd = _at;
                }

                _at += triple ? 3 : 1;
                return plain;
            }

            switch (c)
            {
                case '\\':
                    token.HasEscapes = true;
                    _at++;
                    TakeAny();
                    break;
                case '\r' or '\n' when triple:
                    TakeLineEnd();
                    break;
                case '\r' or '\n':
                    return false;
                case '{' or '}' when formatted && _at + 1 < _text.Length && _text[_at + 1] == c:
                    token.HasEscapes = true;
                    _at += 2;
                    break;
                case '{' when formatted:
                    plain = false;
                    _at++;
                    if (!SkipField(ref token, quote, triple, nesting))
                    {
                        return false;
                    }

                    break;
                default:
                    _at++;
                    break;
            }
        }

        return false;
    }

    /// <summary>Skips a replacement field from behind its brace; false at the end of a line it may not cross.</summary>
    private bool SkipField(ref PythonToken token, char quote, bool triple, int nesting)
    {
        var brackets = 0;
        var inFormat = false;
        while (_at < _text.Length)
        {
            var c = _text[_at];
            switch (c)
            {
                case '}' when brackets == 0:
                    _at++;
                    return true;
                case '\r' or '\n' when triple:
                    TakeLineEnd();
                    continue;
                case '\r' or '\n':
                    return false;
                case '{' when inFormat && nesting < MaxNesting:
                    _at++;
                    if (!SkipField(ref token, quote, triple, nesting + 1))
                    {
                        return false;
                    }

                    continue;
                case '(' or '[' or '{' when !inFormat:
                    brackets++;
                    break;
                case ')' or ']' or '}' when !inFormat && brackets > 0:
                    brackets--;
                    break;
                case ':' when brackets == 0:
                    inFormat = true;
                    break;
                case '"' or '\'' when inFormat && c == quote && !triple:
                    // A format cannot hold the quote of its string: the field was not closed.
                    return true;
                case '"' or '\'' when !inFormat && nesting < MaxNesting:
                    var formatted = _at > 0 && (_text[_at - 1] | 0x20) is 'f' or 't';
                    var before = _at;
                    if (!ReadBody(ref token, formatted, nesting + 1) && _at < _text.Length && _text[_at] is '\r' or '\n' && !triple)
                    {
                        return false;
                    }

                    if (_at == before)
                    {
                        _at++;
                    }

                    continue;
                default:
                    break;
            }

            _at++;
        }

        return false;
    }

    private void TakeAny()
    {
        if (_at < _text.Length)
        {
            if (_text[_at] is '\r' or '\n')
            {
                TakeLineEnd();
            }
            else
            {
                _at++;
            }
        }
    }
}
