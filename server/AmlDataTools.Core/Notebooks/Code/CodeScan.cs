using System.Buffers;

namespace AmlDataTools.Core.Notebooks.Code;

/// <summary>A piece of code that begins and ends with a logical line, so that it can be read alone.</summary>
/// <param name="Text">The code.</param>
/// <param name="Lines">Line ends in it.</param>
/// <param name="References">What it refers to; lines count from the piece's first.</param>
/// <param name="Clients">The clients of Azure ML that it makes and gives a name.</param>
internal sealed record CodePiece(string Text, int Lines, IReadOnlyList<CodeReference> References, IReadOnlyList<CodeClient> Clients);

/// <summary>A client (<c>MLClient</c>) that code makes.</summary>
/// <param name="Name">The name it is given, without what it is an attribute of.</param>
/// <param name="Registry">The registry it is of; null for a workspace.</param>
/// <param name="IsKnown">Whether the code says which it is; only running it tells the others.</param>
internal sealed record CodeClient(string Name, string? Registry, bool IsKnown);

/// <summary>
/// Finds the references in Python. A literal counts when the whole of it is a reference and it stands alone: not in a
/// comment, not joined by an operator or a method, not with a replacement field; adjacent literals are one.
/// </summary>
internal ref struct CodeScan(ReadOnlySpan<char> text)
{
    /// <summary>A piece is not ended before it has this many characters.</summary>
    public const int PieceLength = 2048;

    /// <summary>As much of a text's end as names nothing is left unread: it is read again whenever it is typed in.</summary>
    public const int MaxUnread = 64 * 1024;

    // Without one of these there is no reference and no client, whatever else the text is.
    private static readonly SearchValues<string> Signs = SearchValues.Create(
        ["azureml:", "models", "runs:/", "data.get", "Model(", "get_model_path", "get_by_name", "MLClient("], StringComparison.Ordinal);

    // Deeper brackets are counted, and not looked into.
    private const int MaxFrames = 256;

    private readonly ReadOnlySpan<char> _text = text;
    private PythonLexer _lexer = new(text);

    // Kept for reuse; the open ones come first, and the very first is the statement itself.
    private readonly List<Frame> _frames = [new Frame()];
    private int _open = 1;
    private PythonToken _number;
    private List<CodeReference> _found = [];
    private List<CodeClient> _clients = [];
    private int _tooDeep;

    // The names before the next token: receiver.One.Last
    private (int Start, int End) _last;
    private (int Start, int End) _one;
    private (int Start, int End) _two;
    private bool _hasReceiver;
    private bool _afterDot;
    private bool _defining;
    private PythonTokenKind _before = PythonTokenKind.Newline;
    private char _beforeSymbol;

    // What the statement gives a name, and the client that was made last in it.
    private string? _assigned;
    private CodeClient? _made;

    // Adjacent literals.
    private int _parts;
    private bool _mayBeReference;
    private string? _value;
    private PythonToken _firstPart;
    private PythonPlace _runEnd;
    private char _beforeRun;

    /// <summary>Reads it all.</summary>
    /// <param name="pieces">Takes the pieces, in order.</param>
    /// <param name="isEnd">Whether nothing follows: then an end that names nothing may be left unread, as one piece.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>Whether the end of the text is the end of a logical line, so that what follows cannot change what was read.</returns>
    public bool Read(List<CodePiece> pieces, bool isEnd, CancellationToken cancellationToken)
    {
        var token = default(PythonToken);
        var start = 0;
        var startLine = 0;
        var enough = isEnd ? Math.Max(LastSign(), _text.Length - MaxUnread) : int.MaxValue;
        if (enough <= 0)
        {
            if (!_text.IsEmpty)
            {
                pieces.Add(Unread(0));
            }

            return false;
        }

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

                    if (token.End.Offset >= enough && token.End.Offset > token.Start.Offset)
                    {
                        pieces.Add(Piece(start, startLine, token.End));
                        if (token.End.Offset < _text.Length)
                        {
                            pieces.Add(Unread(token.End.Offset));
                        }

                        return false;
                    }

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

    // Lines are counted to tell where what follows is; nothing does.
    private readonly CodePiece Unread(int start) => new(_text[start..].ToString(), 0, [], []);

    /// <summary>Where the last sign of a reference begins, and so behind which line end nothing is referred to; 0 when there is none.</summary>
    private readonly int LastSign()
    {
        var last = 0;
        for (var at = 0; at < _text.Length;)
        {
            var next = _text[at..].IndexOfAny(Signs);
            if (next < 0)
            {
                break;
            }

            // One at the very beginning counts too.
            at += next + 1;
            last = at;
        }

        return last;
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

        IReadOnlyList<CodeClient> clients = [];
        if (_clients.Count > 0)
        {
            clients = _clients;
            _clients = [];
        }

        return new CodePiece(_text[start..end.Offset].ToString(), end.Line - startLine, references, clients);
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
            var frame = Top();

            // The value of every other one is of no use.
            _mayBeReference = token.IsPlain && ReferenceText.MayBe(_text[token.ContentStart..token.ContentEnd]);
            _value = _mayBeReference || frame.Call is not null || frame.Keyword == "type" ? PythonText.Value(_text, token) : null;
            frame.Tokens++;
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
            if (_mayBeReference && ReferenceText.MayBe(value) && ReferenceText.TryParse(value, out var asset, out var versionAt))
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
        _last = _one = _two = default;
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
            _two = _one;
            _one = _last;
        }
        else
        {
            _one = _two = default;
            _made = null;
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
            case '=' when _open == 1 && _before == PythonTokenKind.Name && !Follows(token, '='):
                frame.Tokens++;
                _assigned = Text(_last).ToString();
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
                    _last = _one = _two = default;
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
            _last = _one = _two = default;
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
        var arguments = call == KnownCall.None ? null : new CallArguments(call) { Client = _two.End > 0 ? Text(_two).ToString() : null, Made = _two.End > 0 ? null : _made };
        if (_open == _frames.Count)
        {
            _frames.Add(new Frame());
        }

        _frames[_open++].Begin(arguments);
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
            _made = null;
            EndCall(frame);
            _open--;
        }

        _last = _one = _two = default;
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

    private void EndCall(Frame frame)
    {
        if (frame.Call is { Call: KnownCall.Client } client)
        {
            // One that is only part of an expression has no name, and may be asked at once.
            _made = client.ReadClient(_open == 2 && _assigned is not null ? _assigned : string.Empty);
            if (_made.Name.Length > 0)
            {
                _clients.Add(_made);
            }
        }
        else if (frame.Call?.Read() is { } reference)
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
        _last = _one = _two = default;
        _afterDot = _hasReceiver = false;
        _assigned = null;
        _made = null;
    }

    private readonly KnownCall Recognise() => Text(_last) switch
    {
        "get" when _hasReceiver && Text(_one) is "models" => KnownCall.ModelsGet,
        "get" when _hasReceiver && Text(_one) is "data" && IsClose() => KnownCall.DataGet,
        "MLClient" when IsBeforeBracket() => KnownCall.Client,
        "Model" when IsBeforeBracket() => KnownCall.Model,
        "get_model_path" when Text(_one) is "Model" => KnownCall.ModelPath,
        "get_by_name" when Text(_one) is "Dataset" => KnownCall.DatasetByName,
        _ => KnownCall.None,
    };

    // The signs of these hold more than a name, which stands for too much else.
    private readonly bool IsClose() => _last.Start == _one.End + 1;

    private readonly bool IsBeforeBracket() => _last.End < _text.Length && _text[_last.End] == '(';

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
