using System.Buffers;
using System.Text;

namespace AmlDataTools.Core.PersonalData.Matching;

/// <summary>A place in a text that names the subject.</summary>
/// <param name="Index">Its first character.</param>
/// <param name="Length">How many characters.</param>
/// <param name="Grade">How sure.</param>
internal readonly record struct TextHit(int Index, int Length, MatchGrade Grade);

/// <summary>How what stands around a term tells whether it is the term or a part of something longer.</summary>
internal enum TermKind
{
    /// <summary>An id: no letter or digit before or behind it.</summary>
    Id,

    /// <summary>An address: nor anything that makes a longer address of it.</summary>
    Address,

    /// <summary>A name: whole words.</summary>
    Name,
}

/// <summary>
/// The words to look for in texts: object id, addresses, display name. They are literal, never patterns. Case does not count, nor
/// how a letter with marks is written, nor how much white space is between the words of a name. Immutable, for any thread.
/// </summary>
internal sealed class TextTerms
{
    private const int Piece = 4096;

    // What of a term the raw form of JSON surely holds as it stands: no white space, and nothing that may be escaped.
    private static readonly SearchValues<char> AnchorEnds = SearchValues.Create(" \"\\/'<>&+`");

    private readonly IReadOnlyList<Term> _terms;
    private readonly SearchValues<string>? _anchors;
    private readonly int _longestAnchor;

    private TextTerms(IReadOnlyList<Term> terms)
    {
        _terms = terms;
        Overlap = (4 * terms.Select(term => term.Text.Length).DefaultIfEmpty().Max()) + 64;

        // Text of ASCII alone folds to nothing but ASCII: it cannot hold the other terms.
        var anchors = terms.Where(term => Ascii.IsValid(term.Text)).Select(term => AnchorOf(term.Text)).ToList();
        _longestAnchor = anchors.Select(anchor => anchor.Length).DefaultIfEmpty().Max();
        _anchors = anchors.Contains(string.Empty) || _longestAnchor > Piece / 2 ? null : SearchValues.Create([.. anchors.Distinct()], StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>How many characters a text that is searched in pieces is to be searched again with the next one, so that nothing is missed where they meet: more than any hit has, as long as no more than 64 spaces stand between two words.</summary>
    public int Overlap { get; }

    /// <summary>The terms of a subject.</summary>
    public static TextTerms Of(Subject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        var terms = new List<Term>();
        void Add(string? text, TermKind kind, MatchGrade grade)
        {
            if (!string.IsNullOrWhiteSpace(text) && FoldedText.Of(text) is { Length: > 0 } folded && !terms.Exists(term => term.Text == folded))
            {
                terms.Add(new Term(folded, kind, grade));
            }
        }

        Add(subject.ObjectId, TermKind.Id, MatchGrade.ExactId);
        Add(subject.UserPrincipalName, TermKind.Address, MatchGrade.SignInName);
        Add(subject.Email, TermKind.Address, MatchGrade.SignInName);
        Add(subject.DisplayName, TermKind.Name, MatchGrade.DisplayName);
        return new TextTerms(terms);
    }

    /// <summary>How surely a text names the subject; null when it does not.</summary>
    public MatchGrade? Surest(string? text)
    {
        if (string.IsNullOrEmpty(text) || !MayHold(text))
        {
            return null;
        }

        var hits = new List<TextHit>();
        Find(text, new FoldedText(), hits);
        return hits.Count == 0 ? null : hits.Min(hit => hit.Grade);
    }

    /// <summary>All places of a text that name the subject, in order; where two overlap, both.</summary>
    /// <param name="text">The text.</param>
    /// <param name="room">Memory, used again and again.</param>
    /// <param name="hits">Where they are added.</param>
    public void Find(ReadOnlySpan<char> text, FoldedText room, List<TextHit> hits)
    {
        if (!MayHold(text))
        {
            return;
        }

        var before = hits.Count;
        room.Fold(text);
        var folded = room.Text;
        foreach (var term in _terms)
        {
            for (int from = 0, at; (at = folded[from..].IndexOf(term.Text, StringComparison.Ordinal)) >= 0; from += at + 1)
            {
                var (start, end) = (from + at, from + at + term.Text.Length);
                if (StandsAlone(folded, start, end, term.Kind))
                {
                    var index = room.OriginOf(start);
                    hits.Add(new TextHit(index, room.OriginOf(end) - index, term.Grade));
                }
            }
        }

        hits.Sort(before, hits.Count - before, Comparer<TextHit>.Create((a, b) => a.Index != b.Index ? a.Index.CompareTo(b.Index) : a.Grade.CompareTo(b.Grade)));
    }

    /// <summary>Whether a text may name the subject; false only if it does not. Cheap.</summary>
    public bool MayHold(ReadOnlySpan<char> text) => _anchors is null || !Ascii.IsValid(text) || text.ContainsAny(_anchors);

    /// <summary>Whether raw JSON may hold a text that names the subject; false only if it does not. Cheap.</summary>
    /// <param name="utf8">The JSON, as received: texts in it may be escaped.</param>
    public bool MayHoldInJson(ReadOnlySpan<byte> utf8)
    {
        if (_anchors is null || !Ascii.IsValid(utf8) || utf8.IndexOf("\\u"u8) >= 0)
        {
            return true;
        }

        // In pieces that stay in the processor's nearest cache, each with the end of the one before.
        Span<char> characters = stackalloc char[Piece];
        for (var at = 0; at < utf8.Length; at += Piece - _longestAnchor)
        {
            var length = Encoding.ASCII.GetChars(utf8.Slice(at, Math.Min(Piece, utf8.Length - at)), characters);
            if (characters[..length].ContainsAny(_anchors))
            {
                return true;
            }
        }

        return false;
    }

    private static bool StandsAlone(ReadOnlySpan<char> text, int start, int end, TermKind kind)
    {
        if (FoldedText.IsWordAt(text, start - 1) || FoldedText.IsWordAt(text, end))
        {
            return false;
        }

        if (kind != TermKind.Address)
        {
            return true;
        }

        // x.ada@example.com and x+ada@example.com are somebody else's, as are ada@example.com.au and ada@example.com-x.net.
        // A full stop behind an address, or a dash before it, is none of it.
        var before = start == 0 ? ' ' : text[start - 1];
        var behind = end == text.Length ? ' ' : text[end];
        return before is not ('_' or '+' or '%')
            && !(before is '.' or '-' && FoldedText.IsWordAt(text, start - 2))
            && !(behind is '.' or '-' && FoldedText.IsWordAt(text, end + 1))
            && behind != '@';
    }

    private static string AnchorOf(string term)
    {
        var best = string.Empty;
        var rest = term.AsSpan();
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOfAny(AnchorEnds);
            var part = end < 0 ? rest : rest[..end];
            best = part.Length > best.Length ? part.ToString() : best;
            rest = end < 0 ? [] : rest[(end + 1)..];
        }

        return best;
    }

    /// <summary>A term.</summary>
    /// <param name="Text">Folded.</param>
    /// <param name="Kind">What may stand around it.</param>
    /// <param name="Grade">How sure a hit is.</param>
    private sealed record Term(string Text, TermKind Kind, MatchGrade Grade);
}
