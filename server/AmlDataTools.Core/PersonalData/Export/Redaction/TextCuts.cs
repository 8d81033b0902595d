using System.Text;
using AmlDataTools.Core.PersonalData.Matching;

namespace AmlDataTools.Core.PersonalData.Export.Redaction;

/// <summary>A stretch of a text that names another person.</summary>
/// <param name="Start">Its first character.</param>
/// <param name="End">The one behind its last.</param>
/// <param name="Why">Stable: see <see cref="RedactionCause"/>.</param>
internal readonly record struct TextCut(int Start, int End, string Why);

/// <summary>Finds other people in single texts: their names and ids, and what looks like an e-mail address. What is the subject's stays. Not for several threads.</summary>
/// <param name="people">Who is who.</param>
internal sealed class TextCuts(People people)
{
    private readonly FoldedText _folded = new();
    private readonly List<(int Start, int End)> _mails = [];
    private readonly List<(int Start, int End)> _own = [];
    private readonly List<(int Start, int End)> _others = [];
    private readonly List<TextCut> _cuts = [];
    private bool _mayEnd;

    /// <summary>What of a text names another person. Valid until the next text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="mayEnd">Whether the ending of a file may follow an address, and is no part of it.</param>
    public IReadOnlyList<TextCut> Find(string text, bool mayEnd = false)
    {
        _mayEnd = mayEnd;
        _cuts.Clear();
        FindAll(text);
        foreach (var (start, end) in _mails)
        {
            _cuts.Add(new TextCut(start, end, RedactionCause.Address));
        }

        if (_own.Count == 0 && people.Others.Is(new string(_folded.Text.Trim(' '))))
        {
            _cuts.Clear();
            _cuts.Add(new TextCut(0, text.Length, RedactionCause.Mention));
            return _cuts;
        }

        foreach (var other in _others.Where(other => !_mails.Exists(mail => Meet(mail, other)) && !_own.Exists(own => Meet(own, other))))
        {
            _cuts.Add(new TextCut(other.Start, other.End, RedactionCause.Mention));
        }

        _cuts.Sort(static (one, other) => (one.Start, one.End).CompareTo((other.Start, other.End)));
        return _cuts;
    }

    /// <summary>Everything of a text that is a person, but for the subject. Valid until the next text.</summary>
    public IReadOnlyList<TextCut> FindOthers(string text)
    {
        _mayEnd = false;
        _cuts.Clear();
        FindAll(text);
        var from = 0;
        foreach (var (start, end) in _own.Append((text.Length, text.Length)))
        {
            if (text.AsSpan(from, Math.Max(0, start - from)).IndexOfAnyExcept(" ,;/|&()<>[]\t\r\n") >= 0)
            {
                _cuts.Add(new TextCut(from, start, RedactionCause.Person));
            }

            from = end;
        }

        return _cuts;
    }

    private void FindAll(string text)
    {
        _mails.Clear();
        _own.Clear();
        _others.Clear();
        MailAddresses.Find(text, _mails);
        _mails.RemoveAll(mail => IsOwn(text[mail.Start..mail.End].Replace("%40", "@", StringComparison.Ordinal)));
        _folded.Fold(text);
        people.OwnTerms.Find(_folded, _own);
        people.Others.Find(_folded, _others);

        // An address that ends like the subject's is somebody else's.
        _own.RemoveAll(own => _mails.Exists(mail => Meet(mail, own)));
    }

    private bool IsOwn(string address) => people.IsOwn(PersonFact.Address, FoldedText.Of(address))
        || (_mayEnd && address.LastIndexOf('.') is var dot and > 0 && people.IsOwn(PersonFact.Address, FoldedText.Of(address[..dot])));

    private static bool Meet((int Start, int End) one, (int Start, int End) other) => one.Start < other.End && other.Start < one.End;

    /// <summary>A text without what is cut out of it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="cuts">In order.</param>
    /// <param name="marker">What stands there instead.</param>
    public static string Without(string text, IReadOnlyList<TextCut> cuts, string marker)
    {
        var result = new StringBuilder(text.Length);
        var from = 0;
        foreach (var (start, end, _) in cuts)
        {
            if (start >= from)
            {
                result.Append(text, from, start - from).Append(marker);
                from = end;
            }
        }

        return result.Append(text, from, text.Length - from).ToString();
    }
}
