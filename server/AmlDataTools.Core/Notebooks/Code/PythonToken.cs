namespace AmlDataTools.Core.Notebooks.Code;

internal enum PythonTokenKind : byte
{
    /// <summary>The text is over.</summary>
    End,

    /// <summary>The end of a logical line: not inside brackets, not continued.</summary>
    Newline,

    Name,
    Number,
    String,

    /// <summary>One character of anything else.</summary>
    Operator,
}

/// <summary>A place in a text: offset, line, and where that line begins.</summary>
internal readonly record struct PythonPlace(int Offset, int Line, int LineStart)
{
    public int Character => Offset - LineStart;
}

internal struct PythonToken
{
    public PythonTokenKind Kind;
    public PythonPlace Start;
    public PythonPlace End;

    /// <summary>Of an operator: its character.</summary>
    public char Symbol;

    /// <summary>Of a string: whether its value is fixed text: closed, no bytes, no replacement fields.</summary>
    public bool IsPlain;

    /// <summary>Of a string: whether backslashes stand for themselves.</summary>
    public bool IsRaw;

    /// <summary>Of a string: whether doubled braces stand for one.</summary>
    public bool IsFormatted;

    /// <summary>Of a string: where its content begins.</summary>
    public int ContentStart;

    /// <summary>Of a string: where its content ends.</summary>
    public int ContentEnd;

    /// <summary>Of a string: whether its value differs from its content.</summary>
    public bool HasEscapes;
}
