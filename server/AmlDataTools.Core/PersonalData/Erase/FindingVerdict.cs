using AmlDataTools.Core.Changes;
using AmlDataTools.Core.Changes.Execution;
using AmlDataTools.Core.Operations;

namespace AmlDataTools.Core.PersonalData.Erase;

/// <summary>What speaks for a finding means for erasing it: whether the person made it, which texts can be taken out, what would stay.</summary>
internal sealed class FindingVerdict
{
    private readonly SortedSet<string> _stays = new(StringComparer.Ordinal);

    private FindingVerdict()
    {
    }

    /// <summary>Whether the person made it, and how sure that is; null when the person only changed it or is named in it.</summary>
    public MatchGrade? Made { get; private set; }

    /// <summary>Texts that name the person for sure, as far as they can be taken out.</summary>
    public List<SeenField> Sure { get; } = [];

    /// <summary>Texts that hold no more than the display name, which may be somebody else's.</summary>
    public List<SeenField> Unsure { get; } = [];

    /// <summary>How many texts were found that are not there any more, or do not name the person any more.</summary>
    public int ChangedSince { get; private set; }

    /// <summary>Whether the person made it for sure.</summary>
    public bool IsSurelyMade => Made is MatchGrade.ExactId or MatchGrade.SignInName;

    /// <summary>What of the record names the person and cannot be changed, in words; null for nothing.</summary>
    public string? Stays => _stays.Count == 0 ? null : string.Join(", ", _stays);

    /// <summary>Judges a finding.</summary>
    /// <param name="finding">The finding.</param>
    /// <param name="texts">The record's texts as they are now, those of them that can be taken out; null for none.</param>
    /// <param name="hash">Hashes of the operation.</param>
    /// <param name="hidden">What must not be written down.</param>
    /// <param name="names">Whether a text names the person.</param>
    public static FindingVerdict Of(Finding finding, RecordTexts? texts, FieldHash hash, HiddenTexts hidden, Func<string, bool> names)
    {
        var verdict = new FindingVerdict();
        foreach (var evidence in finding.Evidence)
        {
            if (evidence.IsAuthorship)
            {
                verdict.AddAuthor(evidence);
            }
            else
            {
                verdict.AddText(finding, evidence, texts, hash, hidden, names);
            }
        }

        // One text may be found by several marks; the surest counts.
        verdict.Unsure.RemoveAll(field => verdict.Sure.Exists(sure => sure.Name == field.Name));
        Once(verdict.Sure);
        Once(verdict.Unsure);
        return verdict;

        static void Once(List<SeenField> fields)
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            fields.RemoveAll(field => !seen.Add(field.Name));
        }
    }

    private static bool IsClearable(string name) => name is RecordTexts.Description or RecordTexts.DisplayName || RecordTexts.TagOf(name) is { Length: > 0 };

    private void AddAuthor(Evidence evidence)
    {
        var changed = evidence.Field.Contains("modified", StringComparison.OrdinalIgnoreCase);
        _stays.Add(changed ? "who changed it last, until somebody changes it" : "who made it");
        Made = changed ? Made : Made is { } known && known < evidence.Grade ? known : evidence.Grade;
    }

    private void AddText(Finding finding, Evidence evidence, RecordTexts? texts, FieldHash hash, HiddenTexts hidden, Func<string, bool> names)
    {
        // Resource Manager keeps tags and descriptions among the properties; run history's properties are something else.
        const string Inside = "properties.";
        var isInside = evidence.Field.StartsWith(Inside, StringComparison.Ordinal) && IsClearable(evidence.Field[Inside.Length..]);
        var name = isInside ? evidence.Field[Inside.Length..] : evidence.Field;
        var value = texts is not null && IsClearable(name) ? texts.ValueOf(name) : null;
        var isNamed = value is not null && (names(value) || names(RecordTexts.TagOf(name) ?? name));
        if (isNamed)
        {
            var seen = new SeenField(hidden.Hide(name), hash.OfName(name), hash.OfValue(name, value ?? string.Empty));
            (evidence.Grade == MatchGrade.DisplayName ? Unsure : Sure).Add(seen);
        }
        else if (texts is null || !IsClearable(name) || (isInside && finding.Kind is FindingKind.Run or FindingKind.Experiment))
        {
            _stays.Add(hidden.Hide(evidence.Field));
        }
        else
        {
            // Written anew since the search, and names nobody: not the person's to lose.
            ChangedSince++;
        }
    }
}
