using AmlDataTools.Core.Notebooks.Code;

namespace AmlDataTools.Core.Notebooks;

/// <summary>A change of a text: some characters gone, others in their place.</summary>
/// <param name="Offset">Where, in UTF-16 code units.</param>
/// <param name="Length">How many go.</param>
/// <param name="Text">What comes.</param>
public sealed record CodeEdit(int Offset, int Length, string Text);

/// <summary>
/// A cell, or a whole Python file, kept in pieces that are understood one by one: an edit reads again the pieces it touches,
/// and those after them only until one begins where it did before. Immutable, so that a cancelled edit changes nothing.
/// </summary>
public sealed class CellText
{
    /// <summary>Characters beyond which a cell is not looked into.</summary>
    public const int MaxLength = 8 * 1024 * 1024;

    /// <summary>References beyond which no more are told.</summary>
    public const int MaxReferences = 2000;

    private readonly CodePiece[] _pieces;

    private CellText(CodePiece[] pieces)
    {
        _pieces = pieces;
        Clients = [.. pieces.SelectMany(piece => piece.Clients)];
        Length = pieces.Sum(piece => piece.Text.Length);
    }

    /// <summary>UTF-16 code units.</summary>
    public int Length { get; }

    /// <summary>The clients that it makes.</summary>
    internal IReadOnlyList<CodeClient> Clients { get; }

    /// <summary>Pieces held.</summary>
    internal int Pieces => _pieces.Length;

    /// <summary>How many pieces another text has in common with this one: they were not read again.</summary>
    internal int Shared(CellText other) => _pieces.Intersect(other._pieces, ReferenceEqualityComparer.Instance).Count();

    /// <summary>Reads a text.</summary>
    /// <param name="text">Python, as IPython takes it: magics and commands too.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static CellText Read(string text, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(text);
        var pieces = new List<CodePiece>();
        new CodeScan(text).Read(pieces, isEnd: true, cancellationToken);
        return new CellText([.. pieces]);
    }

    /// <summary>The text after an edit.</summary>
    /// <param name="edit">The edit.</param>
    /// <param name="cancellationToken">Stops reading; this text stays.</param>
    /// <exception cref="ArgumentOutOfRangeException">The edit is outside the text, or makes it longer than <see cref="MaxLength"/>.</exception>
    public CellText With(CodeEdit edit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(edit);
        ArgumentOutOfRangeException.ThrowIfNegative(edit.Offset);
        ArgumentOutOfRangeException.ThrowIfNegative(edit.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)edit.Offset + edit.Length, Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)Length - edit.Length + edit.Text.Length, MaxLength);

        var (first, start) = Find(edit.Offset);
        var (last, lastStart) = Find(edit.Offset + edit.Length);
        var tail = last < _pieces.Length ? _pieces[last].Text[(edit.Offset + edit.Length - lastStart)..] : string.Empty;
        var head = first < _pieces.Length ? _pieces[first].Text[..(edit.Offset - start)] : string.Empty;
        var text = string.Concat(head, edit.Text, tail);
        var next = Math.Min(last + 1, _pieces.Length);

        // A line end may become half of another, and a short piece grows before more are made.
        if (first > 0 && (head.Length == 0 || text.Length < CodeScan.PieceLength))
        {
            text = _pieces[--first].Text + text;
        }

        // As long as what follows may be changed by what was read, twice as much of it is read too.
        for (var more = 1; ; more *= 2)
        {
            var pieces = new List<CodePiece>();
            if (new CodeScan(text).Read(pieces, next == _pieces.Length, cancellationToken) || next == _pieces.Length)
            {
                return new CellText([.. _pieces.AsSpan(0, first), .. pieces, .. _pieces.AsSpan(next)]);
            }

            var upTo = Math.Min(next + more, _pieces.Length);
            text = string.Concat(text, string.Concat(_pieces[next..upTo].Select(piece => piece.Text)));
            next = upTo;
        }
    }

    /// <summary>What it refers to, in the order of the text, at most <see cref="MaxReferences"/>.</summary>
    public IReadOnlyList<CodeReference> References()
    {
        var all = new List<CodeReference>();
        var lines = 0;
        foreach (var piece in _pieces)
        {
            foreach (var reference in piece.References)
            {
                if (all.Count == MaxReferences)
                {
                    return all;
                }

                all.Add(CodeScan.Shift(reference, lines));
            }

            lines += piece.Lines;
        }

        return all;
    }

    // The piece that holds a place, and where it begins; that behind an edge, and none behind the last.
    private (int Piece, int Start) Find(int offset)
    {
        var start = 0;
        for (var index = 0; index < _pieces.Length; index++)
        {
            var end = start + _pieces[index].Text.Length;
            if (offset < end || (offset == end && index == _pieces.Length - 1))
            {
                return (index, start);
            }

            start = end;
        }

        return (_pieces.Length, start);
    }
}
