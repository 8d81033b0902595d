using System.Buffers;

namespace AmlDataTools.Core.Notebooks.Code;

/// <summary>
/// Splits Python into tokens: enough of its lexical rules (https://docs.python.org/3/reference/lexical_analysis.html) to
/// know what is a string, what a comment, and where a logical line ends. Reads every character once; no text makes it
/// throw or look back. Code that is being typed is often wrong: a string that is not closed ends with its line, and a
/// statement's keyword at the start of a line closes all brackets.
/// </summary>
internal ref partial struct PythonLexer(ReadOnlySpan<char> text)
{
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
    private static readonly SearchValues<char> LineEnds = SearchValues.Create("\r\n");

    // What follows these is never part of an expression, so a bracket open before them was forgotten.
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Statements = new HashSet<string>(
        ["def", "class", "import", "while", "try", "with", "return", "del", "raise", "pass", "break", "continue", "global", "nonlocal", "assert"],
        StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly ReadOnlySpan<char> _text = text;
    private int _at;
    private int _line;
    private int _lineStart;
    private int _depth;
    private bool _endsOpen;
    private bool _lineIsEmpty = true;
    private bool _statementStart = true;

    /// <summary>Brackets open here.</summary>
    public readonly int Depth => _depth;

    /// <summary>Whether what was read last would take in what is appended: a continued line, or a cell's magic.</summary>
    public readonly bool EndsOpen => _endsOpen;

    private readonly PythonPlace Here => new(_at, _line, _lineStart);

    /// <summary>Reads the next token.</summary>
    public void Read(ref PythonToken token)
    {
        while (_at < _text.Length)
        {
            var c = _text[_at];
            switch (c)
            {
                case ' ' or '\t' or '\f' or '\uFEFF':
                    _at++;
                    continue;
                case '#':
                    SkipToLineEnd();
                    continue;
                case '\r' or '\n':
                    token.Start = Here;
                    TakeLineEnd();
                    _lineIsEmpty = true;
                    if (_depth == 0)
                    {
                        _statementStart = true;
                        token.Kind = PythonTokenKind.Newline;
                        token.End = Here;
                        return;
                    }

                    continue;
                case '\\' when _at + 1 < _text.Length && _text[_at + 1] is '\r' or '\n':
                    _at++;
                    TakeLineEnd();
                    _endsOpen = _at == _text.Length;
                    continue;
                case '%' or '!' when _statementStart && _depth == 0:
                    SkipMagic();
                    continue;
                default:
                    break;
            }

            if (ReadOther(c, ref token))
            {
                return;
            }
        }

        token.Kind = PythonTokenKind.End;
        token.Start = token.End = Here;
    }

    private bool ReadOther(char c, ref PythonToken token)
    {
        token.Start = Here;
        var first = _lineIsEmpty;
        _lineIsEmpty = false;
        _statementStart = false;
        if (c is '"' or '\'')
        {
            ReadString(ref token);
            return true;
        }

        if (char.IsAsciiDigit(c) || (c == '.' && _at + 1 < _text.Length && char.IsAsciiDigit(_text[_at + 1])))
        {
            SkipName();
            while (_at < _text.Length && _text[_at] == '.')
            {
                _at++;
                SkipName();
            }

            token.Kind = PythonTokenKind.Number;
        }
        else if (char.IsAsciiLetter(c) || c == '_' || c >= '\u0080')
        {
            SkipName();
            var name = _text[token.Start.Offset.._at];
            if (_at < _text.Length && _text[_at] is '"' or '\'' && IsPrefix(name))
            {
                ReadString(ref token);
                return true;
            }

            if (first && _depth > 0 && Statements.Contains(name))
            {
                // Read again, as the beginning of a line.
                _at = _lineStart;
                _depth = 0;
                _lineIsEmpty = _statementStart = true;
                token.Kind = PythonTokenKind.Newline;
                token.Start = token.End = Here;
                return true;
            }

            token.Kind = PythonTokenKind.Name;
        }
        else
        {
            _at++;
            token.Kind = PythonTokenKind.Operator;
            token.Symbol = c;
            _depth = c switch { '(' or '[' or '{' => _depth + 1, ')' or ']' or '}' when _depth > 0 => _depth - 1, _ => _depth };
            _statementStart = c == ';' && _depth == 0;
        }

        token.End = Here;
        return true;
    }

    private void SkipName()
    {
        while (_at < _text.Length)
        {
            var length = _text[_at..].IndexOfAnyExcept(NameCharacters);
            if (length < 0)
            {
                _at = _text.Length;
                return;
            }

            _at += length;
            if (_text[_at] < '\u0080' || _text[_at] == '\uFEFF')
            {
                return;
            }

            _at++;
        }
    }

    private void SkipToLineEnd()
    {
        var length = _text[_at..].IndexOfAny(LineEnds);
        _at = length < 0 ? _text.Length : _at + length;
    }

    // IPython: %magic and !command take their line, which a backslash continues; %%magic takes the rest of the cell, unless
    // what it is given is Python.
    private void SkipMagic()
    {
        var rest = _text[_at..];
        if (rest.StartsWith("%%"))
        {
            var name = rest[2..];
            var length = name.IndexOfAnyExcept(NameCharacters);
            if ((length < 0 ? name : name[..length]) is not ("time" or "timeit" or "capture" or "prun" or "python" or "python3"))
            {
                SkipLines(all: true);
                return;
            }
        }

        SkipLines(all: false);
    }

    private void SkipLines(bool all)
    {
        while (true)
        {
            SkipToLineEnd();
            if (_at >= _text.Length || !(all || _text[_at - 1] == '\\'))
            {
                _endsOpen |= all;
                return;
            }

            TakeLineEnd();
            _endsOpen = _at == _text.Length;
        }
    }

    private void TakeLineEnd()
    {
        _at += _text[_at] == '\r' && _at + 1 < _text.Length && _text[_at + 1] == '\n' ? 2 : 1;
        _line++;
        _lineStart = _at;
    }

    private static bool IsPrefix(ReadOnlySpan<char> name)
        => name.Length <= 2 && (name.Length == 1 ? name[0] | 0x20 : (name[0] | 0x20) << 8 | name[1] | 0x20) is
            'r' or 'b' or 'u' or 'f' or 't' or ('r' << 8 | 'b') or ('b' << 8 | 'r') or ('r' << 8 | 'f') or ('f' << 8 | 'r') or ('r' << 8 | 't') or ('t' << 8 | 'r');
}
