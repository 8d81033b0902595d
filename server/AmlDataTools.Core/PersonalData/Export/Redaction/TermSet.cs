using System.Runtime.InteropServices;
using AmlDataTools.Core.PersonalData.Matching;

namespace AmlDataTools.Core.PersonalData.Export.Redaction;

/// <summary>
/// Many names, addresses and ids, found in texts as whole words in one pass. Single words are no names to look for within a
/// text: too many mean something else too; they count where they are all of a text.
/// </summary>
internal sealed class TermSet
{
    private const int Head = 4;

    private readonly Dictionary<ulong, List<string>> _terms = [];
    private readonly HashSet<string> _wholes = new(StringComparer.Ordinal);

    /// <summary>Adds a value, folded.</summary>
    /// <param name="fact">What it is.</param>
    /// <param name="folded">The value.</param>
    public void Add(PersonFact fact, string folded)
    {
        if (fact == PersonFact.Tenant || !_wholes.Add(folded))
        {
            return;
        }

        var isName = fact == PersonFact.Name && !folded.Contains(' ', StringComparison.Ordinal);
        if (folded.Length > Head && !isName && FoldedText.IsWordAt(folded, 0))
        {
            ref var same = ref CollectionsMarshal.GetValueRefOrAddDefault(_terms, KeyOf(folded), out _);
            (same ??= []).Add(folded);
        }
    }

    /// <summary>Whether a text as a whole is one of them.</summary>
    public bool Is(string folded) => _wholes.Contains(folded);

    /// <summary>All places at which one stands as whole words, in order; of several that begin at a place the longest.</summary>
    /// <param name="text">The text, folded.</param>
    /// <param name="found">Where they are added: in the original text.</param>
    public void Find(FoldedText text, List<(int Start, int End)> found)
    {
        var folded = text.Text;
        for (var at = 0; at + Head < folded.Length; at++)
        {
            if (!_terms.TryGetValue(KeyOf(folded[at..]), out var candidates) || FoldedText.IsWordAt(folded, at - 1))
            {
                continue;
            }

            var longest = 0;
            foreach (var candidate in candidates)
            {
                if (candidate.Length > longest && folded[at..].StartsWith(candidate, StringComparison.Ordinal) && !FoldedText.IsWordAt(folded, at + candidate.Length))
                {
                    longest = candidate.Length;
                }
            }

            if (longest > 0)
            {
                found.Add((text.OriginOf(at), text.OriginOf(at + longest)));
                at += longest - 1;
            }
        }
    }

    private static ulong KeyOf(ReadOnlySpan<char> text) => MemoryMarshal.Read<ulong>(MemoryMarshal.AsBytes(text[..Head]));
}
