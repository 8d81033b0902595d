namespace AmlDataTools.Core.PersonalData.Export.Reports;

/// <summary>What a report tells, in bounded memory: numbers of all, and the first of each sort.</summary>
internal sealed class ReportFacts
{
    /// <summary>How many findings of a kind are listed.</summary>
    public const int ListedOfKind = 250;

    /// <summary>How many of anything else are.</summary>
    public const int Listed = 250;

    private readonly SortedDictionary<FindingKind, KindFacts> _kinds = [];
    private readonly List<(string Name, string Why)> _missing = [];
    private readonly List<SearchGap> _gaps = [];

    /// <summary>Findings by kind.</summary>
    public IReadOnlyDictionary<FindingKind, KindFacts> Kinds => _kinds;

    /// <summary>Documents in the bag.</summary>
    public long Documents { get; private set; }

    /// <summary>Findings that have no document at all.</summary>
    public long WithoutDocument { get; private set; }

    /// <summary>Files in the bag, each once.</summary>
    public long Files { get; private set; }

    /// <summary>Bytes of these.</summary>
    public long FileBytes { get; private set; }

    /// <summary>Documents and files that should be in the bag and are not.</summary>
    public long Missing { get; private set; }

    /// <summary>The first of these: the finding, and why.</summary>
    public IReadOnlyList<(string Name, string Why)> FirstMissing => _missing;

    /// <summary>What was not searched.</summary>
    public long Gaps { get; private set; }

    /// <summary>The first of these.</summary>
    public IReadOnlyList<SearchGap> FirstGaps => _gaps;

    /// <summary>How many things were taken out of documents.</summary>
    public long Redactions { get; private set; }

    /// <summary>Of how many documents.</summary>
    public long RedactedDocuments { get; private set; }

    /// <summary>Reads all of it.</summary>
    /// <param name="outcomes">The findings.</param>
    /// <param name="gaps">What was not searched.</param>
    /// <param name="redactions">How many things were taken out of a finding's document.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<ReportFacts> GatherAsync(
        IAsyncEnumerable<FoundOutcome> outcomes, IEnumerable<SearchGap> gaps, Func<FoundItem, int> redactions, CancellationToken cancellationToken)
    {
        var facts = new ReportFacts();
        await foreach (var outcome in outcomes.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            facts.Add(outcome, outcome.Document?.Path is null ? 0 : redactions(outcome.Item));
        }

        foreach (var gap in gaps)
        {
            facts.Gaps++;
            if (facts._gaps.Count < Listed)
            {
                facts._gaps.Add(gap);
            }
        }

        return facts;
    }

    private void Add(FoundOutcome outcome, int redactions)
    {
        var finding = outcome.Item.Finding;
        if (!_kinds.TryGetValue(finding.Kind, out var kind))
        {
            _kinds[finding.Kind] = kind = new KindFacts();
        }

        kind.Add(outcome);
        Documents += outcome.Document?.Path is null ? 0 : 1;
        WithoutDocument += outcome.Document is null ? 1 : 0;
        Files += outcome.FilesGiven + (outcome.OwnsFile && outcome.File?.Path is not null ? 1 : 0);
        FileBytes += outcome.FileBytes + (outcome.OwnsFile ? outcome.File?.Bytes ?? 0 : 0);
        Redactions += redactions;
        RedactedDocuments += redactions > 0 ? 1 : 0;
        Miss(finding, outcome.Document?.Why is { } why ? $"Its record: {why}" : null, 1);
        Miss(finding, outcome.File?.Why, 1);
        Miss(finding, outcome.FilesMissing > 0 ? "Not all files in it could be fetched; the receipt names them." : null, outcome.FilesMissing);
        Miss(finding, outcome.Item.Why, 0);
    }

    private void Miss(Finding finding, string? why, long count)
    {
        if (why is null)
        {
            return;
        }

        Missing += count;
        if (_missing.Count < Listed)
        {
            _missing.Add((finding.Name, why));
        }
    }
}

/// <summary>The findings of a kind.</summary>
internal sealed class KindFacts
{
    private readonly long[] _grades = new long[Enum.GetValues<MatchGrade>().Length];
    private readonly List<FoundOutcome> _first = [];

    /// <summary>How many.</summary>
    public long Count { get; private set; }

    /// <summary>The first of them.</summary>
    public IReadOnlyList<FoundOutcome> First => _first;

    /// <summary>How many are as sure as this.</summary>
    public long Of(MatchGrade grade) => _grades[(int)grade];

    /// <summary>Adds one.</summary>
    public void Add(FoundOutcome outcome)
    {
        Count++;
        _grades[(int)outcome.Item.Finding.Grade]++;
        if (_first.Count < ReportFacts.ListedOfKind)
        {
            _first.Add(outcome);
        }
    }
}
