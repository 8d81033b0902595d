namespace AmlDataTools.Core.PersonalData.Matching;

/// <summary>A place in a long text that names the subject.</summary>
/// <param name="Line">Its line; the first is 1.</param>
/// <param name="Grade">How sure.</param>
internal readonly record struct LineHit(long Line, MatchGrade Grade);

/// <summary>Looks for terms in a text that comes in pieces, of any length. Holds a piece and a few hundred characters; one text, one thread.</summary>
internal sealed class TermScanner(TextTerms terms)
{
    // What stands before a hit is looked at, two characters far.
    private const int Behind = 4;

    private readonly FoldedText _room = new();
    private readonly List<TextHit> _found = [];
    private char[] _window = new char[4096];
    private int _length;
    private int _from;
    private long _line = 1;

    /// <summary>Searches the next piece.</summary>
    /// <param name="piece">The text behind what came before.</param>
    /// <param name="hits">Where hits are added, in order.</param>
    public void Add(ReadOnlySpan<char> piece, List<LineHit> hits)
    {
        if (_length + piece.Length > _window.Length)
        {
            Array.Resize(ref _window, Math.Max(_window.Length * 2, _length + piece.Length));
        }

        piece.CopyTo(_window.AsSpan(_length));
        _length += piece.Length;
        Search(Math.Max(_from, _length - terms.Overlap), hits);
    }

    /// <summary>The text has ended.</summary>
    /// <param name="hits">Where hits are added, in order.</param>
    public void End(List<LineHit> hits) => Search(_length, hits);

    // A hit that begins before the limit lies in the window whole, with what stands behind it.
    private void Search(int limit, List<LineHit> hits)
    {
        if (limit > _from)
        {
            var window = _window.AsSpan(0, _length);
            _found.Clear();
            terms.Find(window, _room, _found);
            var counted = _from;
            foreach (var hit in _found)
            {
                if (hit.Index >= _from && hit.Index < limit)
                {
                    _line += window[counted..hit.Index].Count('\n');
                    counted = hit.Index;
                    hits.Add(new LineHit(_line, hit.Grade));
                }
            }

            _line += window[counted..limit].Count('\n');
            var keep = Math.Max(0, limit - Behind);
            window[keep..].CopyTo(_window);
            _length -= keep;
            _from = limit - keep;
        }
    }
}
