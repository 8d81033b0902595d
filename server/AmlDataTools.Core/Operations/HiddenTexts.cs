using System.Security.Cryptography;
using System.Text;
using AmlDataTools.Core.Changes;
using AmlDataTools.Core.Changes.Execution;
using AmlDataTools.Core.PersonalData.Matching;

namespace AmlDataTools.Core.Operations;

/// <summary>Of whom an operation erases data, told so that only those who know the person can tell.</summary>
/// <param name="Salt">Made for this operation alone; hexadecimal.</param>
/// <param name="IdentifiedBy">Which identifier was hashed: <c>objectId</c>, <c>userPrincipalName</c>, <c>email</c>, <c>displayName</c>.</param>
/// <param name="Hash">SHA-256 of salt and identifier, hexadecimal: see <c>SubjectHash</c>.</param>
/// <param name="Hidden">What must not stand in anything the operation writes down for people.</param>
public sealed record ErasedSubject(string Salt, string IdentifiedBy, string Hash, IReadOnlyList<HiddenText> Hidden);

/// <summary>A text that is hidden wherever it appears, known by its hash alone.</summary>
/// <param name="Length">How many characters, folded.</param>
/// <param name="Hash">Salted SHA-256 of the text as <see cref="FoldedText"/> has it, hexadecimal.</param>
public sealed record HiddenText(int Length, string Hash);

/// <summary>
/// Takes texts that name a person out of what is written down, knowing them by salted hashes only: an operation goes on after a
/// restart, when nobody can tell it the person's name any more. Whole words count, however they are written.
/// </summary>
internal sealed class HiddenTexts
{
    /// <summary>What stands in the place of such a text.</summary>
    public const string Mark = "[subject]";

    private const int Shortest = 3;

    private readonly string _salt;
    private readonly int[] _lengths;
    private readonly HashSet<string> _hashes;

    /// <summary>Hides the texts of a subject.</summary>
    public HiddenTexts(ErasedSubject subject)
    {
        _salt = subject.Salt;
        _lengths = [.. subject.Hidden.Select(text => text.Length).Distinct().OrderDescending()];
        _hashes = [.. subject.Hidden.Select(text => text.Hash)];
    }

    /// <summary>What a plan's operation hides; null for nothing.</summary>
    public static HiddenTexts? Of(OperationPlan plan) => plan.Subject is { } subject ? new HiddenTexts(subject) : null;

    /// <summary>How texts are written down to be hidden later. Those too short to mean anybody are left out.</summary>
    public static IReadOnlyList<HiddenText> Prints(string salt, IEnumerable<string> texts) =>
        [.. texts.Select(FoldedText.Of).Where(text => text.Length >= Shortest).Distinct(StringComparer.Ordinal).Select(text => new HiddenText(text.Length, Print(salt, text)))];

    /// <summary>A text with everything hidden that must be.</summary>
    public string Hide(string text)
    {
        if (_lengths.Length == 0 || text.Length == 0)
        {
            return text;
        }

        var room = new FoldedText();
        room.Fold(text);
        var folded = room.Text;
        StringBuilder? hidden = null;
        var copied = 0;
        for (var at = 0; at < folded.Length; at++)
        {
            if (FoldedText.IsWordAt(folded, at - 1) && FoldedText.IsWordAt(folded, at))
            {
                continue;
            }

            foreach (var length in _lengths)
            {
                var end = at + length;
                if (end > folded.Length || (FoldedText.IsWordAt(folded, end - 1) && FoldedText.IsWordAt(folded, end)) || !_hashes.Contains(Print(_salt, folded.Slice(at, length))))
                {
                    continue;
                }

                hidden ??= new StringBuilder(text.Length);
                hidden.Append(text, copied, room.OriginOf(at) - copied).Append(Mark);
                copied = room.OriginOf(end);
                at = end - 1;
                break;
            }
        }

        return hidden is null ? text : hidden.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary>The same of what may be missing.</summary>
    public string? HideIfSet(string? text) => text is null ? null : Hide(text);

    /// <summary>Whether a text holds something that is hidden.</summary>
    public bool IsIn(string text) => !ReferenceEquals(Hide(text), text);

    /// <summary>An item of a plan whose words hide what they must; what it addresses stays, for without that it could not be done.</summary>
    public ChangeItem InWords(ChangeItem item) => item with
    {
        Label = Hide(item.Label),
        Refused = HideIfSet(item.Refused),
        Note = HideIfSet(item.Note),
        Details = [.. item.Details.Select(Hide)],
        Seen = item.Seen is { } seen ? seen with { CreatedBy = null } : null,
    };

    /// <summary>An item to be shown, or to be kept when there is nothing left to do with it: what it addresses is hidden too.</summary>
    public ChangeItem Whole(ChangeItem item)
    {
        var words = InWords(item);
        return words with
        {
            Record = item.Record is { } record ? record with { Name = Hide(record.Name), Child = HideIfSet(record.Child), ServiceId = HideIfSet(record.ServiceId) } : null,
            Place = item.Place is { } place ? place with { Path = Hide(place.Path) } : null,
        };
    }

    /// <summary>What is written down of how an item ended.</summary>
    public ChangeResult InWords(ChangeResult result) => result with
    {
        Reason = HideIfSet(result.Reason),
        Verified = HideIfSet(result.Verified),
        NewNames = result.NewNames is { } names ? [.. names.Select(Hide)] : null,
    };

    /// <summary>What is written down of how a batch ended.</summary>
    public BatchResult InWords(BatchResult result) => result with { Left = [.. result.Left.Select(left => left with { Name = Hide(left.Name), Reason = Hide(left.Reason) })] };

    private static string Print(string salt, ReadOnlySpan<char> text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{salt} text {text}")));
}
