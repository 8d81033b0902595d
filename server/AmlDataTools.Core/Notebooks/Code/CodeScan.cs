namespace AmlDataTools.Core.Notebooks.Code;

/// <summary>A piece of code that begins and ends with a logical line, so that it can be read alone.</summary>
/// <param name="Text">The code.</param>
/// <param name="Lines">Line ends in it.</param>
/// <param name="References">What it refers to; lines count from the piece's first.</param>
internal sealed record CodePiece(string Text, int Lines, IReadOnlyList<CodeReference> References);

/// <summary>
/// Finds the references in Python. A literal counts when the whole of it is a reference and it stands alone: not in a
/// comment, not joined by an operator or a method, not with a replacement field; adjacent literals are one.
/// </summary>
internal ref struct CodeScan(ReadOnlySpan<char> text)
{
    /// <summary>A piece is not ended before it has this many characters.</summary>
    public const int PieceLength = 2048;

    // Deeper brackets are counted, and not looked into.
    private const int MaxFrames = 256;

    private readonly ReadOnlySpan<char> _text = text;
    private PythonLexer _lexer = new(text);

    // Kept for reuse; the open ones come first, and the very first is the statement itself.
    private readonly List<Frame> _frames = [new Frame()];
    private int _open = 1;
    private PythonToken _number;
    private List<CodeReference> _found = [];
    private int _tooDeep;

    // The names before the next token: receiver.One.Last
    private (int Start, int End) _last;
    private (int Start, int End) _one;
    private bool _hasReceiver;
    private bool _afterDot;
    private bool _defining;
    private PythonTokenKind _before = PythonTokenKind.Newline;
    private char _beforeSymbol;

    // Adjacent literals.
    private int _parts;
    private string? _value;
    private PythonToken _firstPart;
    private PythonPlace _runEnd;
    private char _beforeRun;

    /// <summary>Reads it all.</summary>
    /// <param name="pieces">Takes the pieces, in order.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>Whether the end of the text is the end of a logical line, so that what follows cannot change what was read.</returns>
    public bool Read(List<CodePiece> pieces, CancellationToken cancellationToken)
    {
        var token = default(PythonToken);
        var start = 0;
        var startLine = 0;
        while (true)
        {
            _lexer.Read(ref token);
            if (_parts > 0 && token.Kind != PythonTokenKind.String)
            {
                EndRun(token);
            }

            switch (token.Kind)
            {
                case PythonTokenKind.End:
                    EndStatement();
                    var clean = !_lexer.EndsOpen && (token.End.Offset == start || (_before == PythonTokenKind.Newline && _lexer.Depth == 0 && EndsLine()));
                    if (token.End.Offset > start)
                    {
                        pieces.Add(Piece(start, startLine, token.End));
                    }

                    return clean;
                case PythonTokenKind.Newline:
                    EndStatement();

                    // Where a keyword closed brackets (no characters of its own) the piece would end because of what follows.
                    if (token.End.Offset - start >= PieceLength && token.End.Offset > token.Start.Offset)
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        pieces.Add(Piece(start, startLine, token.End));
                        start = token.End.Offset;
                        startLine = token.End.Line;
                    }

                    break;
                case PythonTokenKind.String:
                    TakeString(token);
                    break;
                case PythonTokenKind.Name:
                    TakeName(token);
                    break;
                case PythonTokenKind.Number:
                    Top().Tokens++;
                    _number = token;
                    break;
                default:
                    TakeOperator(token);
                    break;
            }

            _before = token.Kind;
            _beforeSymbol = token.Kind == PythonTokenKind.Operator ? token.Symbol : '\0';
        }
    }

    // A comment or blanks behind the last line end would join what is appended.
    private readonly bool EndsLine() => _text.IsEmpty || _text[^1] == '\n';

    private CodePiece Piece(int start, int startLine, PythonPlace end)
    {
        IReadOnlyList<CodeReference> references = [];
        if (_found.Count > 0)
        {
            references = startLine == 0 ? _found : [.. _found.Select(found => Shift(found, -startLine))];
            _found = [];
        }

        return new CodePiece(_text[start..end.Offset].ToString(), end.Line - startLine, references);
    }

    /// <summary>A reference with other lines in front.</summary>
    public static CodeReference Shift(CodeReference reference, int lines) => reference with { Range = reference.Range.Below(lines), VersionRange = reference.VersionRange?.Below(lines) };

    private readonly Frame Top() => _frames[_open - 1];

    private void TakeString(in PythonToken token)
    {
        if (_parts == 0)
        {
            _firstPart = token;
            _beforeRun = _beforeSymbol;
            _value = PythonText.Value(_text, token);
            Top().Tokens++;
        }
        else
        {
            _value = _value is not null && _parts < 64 && PythonText.Value(_text, token) is { } more ? _value + more : null;
        }

        _parts++;
        _runEnd = token.End;
    }

    private void EndRun(in PythonToken next)
    {
        var value = _value;
        var joined = Joins(_beforeRun) || (next.Kind == PythonTokenKind.Operator && (Joins(next.Symbol) || next.Symbol is '[' or '('));
        var frame = Top();
        if (value is not null && !joined)
        {
            // The characters of a literal without escapes stand for themselves, so that a part of it can be replaced.
            var inner = _parts == 1 && !_firstPart.HasEscapes && _firstPart.Start.Line == _runEnd.Line ? _firstPart.ContentStart - _firstPart.Start.LineStart : -1;
            frame.Value = new CallArgument(
                ArgumentForm.Text, value, _firstPart.Start, _runEnd, inner < 0 ? null : new CodeRange(_runEnd.Line, inner, _runEnd.Line, inner + value.Length));
            if (ReferenceText.MayBe(value) && ReferenceText.TryParse(value, out var asset, out var versionAt))
            {
                TakeReference(frame, asset, inner < 0 || versionAt < 0 ? -1 : inner + versionAt);
            }
        }
        else
        {
            frame.Value = null;
        }

        _parts = 0;
        _value = null;
        _last = _one = default;
        _hasReceiver = true;
    }

    private void TakeReference(Frame frame, NotebookAsset asset, int versionAt)
    {
        if (asset.Kind == NotebookAssetKind.Any)
        {
            switch (frame.Keyword)
            {
                // Of these there are references of the same form.
                case "environment" or "component" or "compute" or "code" or "target" or "instance_pool":
                    return;
                case "model":
                    asset = asset with { Kind = NotebookAssetKind.Model };
                    break;
                case "path":
                    frame.PathReference = _found.Count;
                    break;
                default:
                    break;
            }
        }

        var range = new CodeRange(_firstPart.Start.Line, _firstPart.Start.Character, _runEnd.Line, _runEnd.Character);
        CodeRange? version = versionAt < 0 || asset.Version is not { } text ? null : new CodeRange(_runEnd.Line, versionAt, _runEnd.Line, versionAt + text.Length);
        _found.Add(new CodeReference(range, asset, version, false));
    }

    private void TakeName(in PythonToken token)
    {
        Top().Tokens++;
        var span = (token.Start.Offset, token.End.Offset);
        if (_afterDot)
        {
            _one = _last;
        }
        else
        {
            _one = default;
            _hasReceiver = false;
            _defining = _before == PythonTokenKind.Name && Text(_last) is "def" or "class";
        }

        _hasReceiver |= _afterDot && _one.End == 0;
        _last = span;
        _afterDot = false;
    }

    private void TakeOperator(in PythonToken token)
    {
        var symbol = token.Symbol;
        var frame = Top();
        _afterDot = false;
        switch (symbol)
        {
            case '(' or '[' or '{':
                frame.Tokens++;
                Open(symbol);
                break;
            case ')' or ']' or '}':
                Close();
                break;
            case ',':
                EndArgument(frame);
                break;
            case '=' when frame.Tokens == 1 && _before == PythonTokenKind.Name && frame.Keyword.Length == 0 && _open > 1 && _one.End == 0 && !Follows(token, '='):
                frame.Keyword = Text(_last) is { Length: <= 32 } keyword ? keyword.ToString() : "?";
                frame.Tokens = 0;
                break;
            case '.':
                frame.Tokens++;
                _afterDot = true;
                if (_before == PythonTokenKind.Name)
                {
                    // The name before the one before, if any, becomes a receiver.
                    _hasReceiver |= _one.End != 0;
                }
                else
                {
                    _last = _one = default;
                    _hasReceiver = true;
                }

                return;
            case '*' when frame.Tokens == 0:
                frame.Tokens++;
                frame.Call?.Doubt();
                break;
            default:
                frame.Tokens++;
                break;
        }

        if (symbol is not ('=' or ',') && symbol is not (')' or ']'))
        {
            _last = _one = default;
        }
    }

    private void Open(char symbol)
    {
        if (_open > MaxFrames)
        {
            _tooDeep++;
            return;
        }

        var call = symbol == '(' && _before == PythonTokenKind.Name && !_defining ? Recognise() : KnownCall.None;
        if (_open == _frames.Count)
        {
            _frames.Add(new Frame());
        }

        _frames[_open++].Begin(call == KnownCall.None ? null : new CallArguments(call));
    }

    private void Close()
    {
        if (_tooDeep > 0)
        {
            _tooDeep--;
        }
        else if (_open > 1)
        {
            var frame = Top();
            EndArgument(frame);
            EndCall(frame);
            _open--;
        }

        _last = _one = default;
        _hasReceiver = true;
    }

    private void EndArgument(Frame frame)
    {
        var argument = default(CallArgument);
        if (frame.Tokens == 1)
        {
            argument = frame.Value ?? (_before == PythonTokenKind.Number ? NumberOf(_number)
                : _before == PythonTokenKind.Name && Text(_last) is "None" ? new CallArgument(ArgumentForm.Nothing, null, default, default, null) : default);
        }

        if (frame.Keyword == "type" && frame.Tokens > 0)
        {
            frame.Type = frame.Value?.Value is { } text ? KindOf(text) : _before == PythonTokenKind.Name ? KindOf(Text(_last)) : null;
        }

        if (frame.Call is { } call && frame.Tokens > 0)
        {
            call.Add(frame.Keyword.Length > 0 ? -1 : frame.Position, frame.Keyword, argument);
        }

        frame.Position += frame.Keyword.Length > 0 ? 0 : 1;
        frame.Keyword = string.Empty;
        frame.Tokens = 0;
        frame.Value = null;
    }

    private CallArgument NumberOf(in PythonToken token)
    {
        var digits = _text[token.Start.Offset..token.End.Offset];
        return digits.Length <= 18 && !digits.ContainsAnyExceptInRange('0', '9')
            ? new CallArgument(ArgumentForm.Number, digits.ToString(), token.Start, token.End, new CodeRange(token.Start.Line, token.Start.Character, token.End.Line, token.End.Character))
            : default;
    }

    private readonly void EndCall(Frame frame)
    {
        if (frame.Call?.Read() is { } reference)
        {
            _found.Add(reference);
        }

        if (frame is { Type: { } type, PathReference: >= 0 } && frame.PathReference < _found.Count)
        {
            var path = _found[frame.PathReference];
            _found[frame.PathReference] = path with { Asset = path.Asset with { Kind = type } };
        }
    }

    private void EndStatement()
    {
        // What is still open was forgotten.
        _open = 1;
        _tooDeep = 0;
        _frames[0].Begin(null);
        _last = _one = default;
        _afterDot = _hasReceiver = false;
    }

    private readonly KnownCall Recognise() => Text(_last) switch
    {
        "get" when _hasReceiver && Text(_one) is "models" => KnownCall.ModelsGet,
        "get" when _hasReceiver && Text(_one) is "data" => KnownCall.DataGet,
        "Model" => KnownCall.Model,
        "get_model_path" when Text(_one) is "Model" => KnownCall.ModelPath,
        "get_by_name" when Text(_one) is "Dataset" => KnownCall.DatasetByName,
        _ => KnownCall.None,
    };

    private static NotebookAssetKind? KindOf(ReadOnlySpan<char> type) => type switch
    {
        "mlflow_model" or "custom_model" or "triton_model" or "MLFLOW_MODEL" or "CUSTOM_MODEL" or "TRITON_MODEL" => NotebookAssetKind.Model,
        "uri_file" or "uri_folder" or "mltable" or "URI_FILE" or "URI_FOLDER" or "MLTABLE" => NotebookAssetKind.Data,
        _ => null,
    };

    private readonly bool Follows(in PythonToken token, char symbol) => token.End.Offset < _text.Length && _text[token.End.Offset] == symbol;

    private static bool Joins(char symbol) => symbol is '+' or '-' or '*' or '/' or '%' or '|' or '&' or '^' or '@' or '.';

    private readonly ReadOnlySpan<char> Text((int Start, int End) span) => _text[span.Start..span.End];

    /// <summary>An open bracket.</summary>
    private sealed class Frame
    {
        public CallArguments? Call { get; private set; }

        public int Position { get; set; }

        public int Tokens { get; set; }

        public string Keyword { get; set; } = string.Empty;

        public CallArgument? Value { get; set; }

        public NotebookAssetKind? Type { get; set; }

        /// <summary>Which of the references found is its <c>path</c>; -1 for none.</summary>
        public int PathReference { get; set; } = -1;

        public void Begin(CallArguments? call)
        {
            Call = call;
            Position = Tokens = 0;
            Keyword = string.Empty;
            Value = null;
            Type = null;
            PathReference = -1;
        }
    }
}
