using AmlDataTools.Azure.RunHistory;
using AmlDataTools.Core.Operations;

namespace AmlDataTools.Core.Export;

/// <summary>What is gathered while a plan is made.</summary>
internal sealed class ExportPlanning(PlanBuilder builder, ExportChoices choices)
{
    private static readonly HashSet<string> Ended = new(StringComparer.OrdinalIgnoreCase) { "Completed", "Failed", "Canceled", "Cancelled", "NotResponding" };

    // What a person would still read.
    private const int MostAlike = 50;

    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    /// <summary>Takes the items.</summary>
    public PlanBuilder Builder => builder;

    /// <summary>What is taken.</summary>
    public ExportChoices Choices => choices;

    /// <summary>What else is worth knowing, in the order found.</summary>
    public List<PlanWarning> Notes { get; } = [];

    private long StillRunning { get; set; }

    /// <summary>Steps that reused earlier results.</summary>
    public long Reused { get; set; }

    /// <summary>Whether runs have children that were not asked for.</summary>
    public bool HasChildRuns { get; set; }

    /// <summary>Notes what is worth knowing of a run that is taken.</summary>
    public void Saw(RunDocument run)
    {
        StillRunning += Ended.Contains(run.Status) ? 0 : 1;
        if (_names.Count < 100 && !string.IsNullOrWhiteSpace(run.DisplayName))
        {
            _names[run.RunId] = run.DisplayName;
        }
    }

    /// <summary>The name a person knows a run by; its id when it was not read.</summary>
    public string NameOf(string runId) => _names.GetValueOrDefault(runId, runId);

    /// <summary>All of it, for the plan.</summary>
    public IReadOnlyList<PlanWarning> Warnings()
    {
        var warnings = new List<PlanWarning>();
        foreach (var alike in Notes.GroupBy(note => note.Code))
        {
            warnings.AddRange(alike.Take(MostAlike));
            if (alike.Skip(MostAlike).ToList() is { Count: > 0 } more)
            {
                warnings.Add(new PlanWarning(alike.Key, $"And {Sizes.Count(more.Count, "more note")} like the last.", more.Sum(note => note.Count)));
            }
        }

        Warn(StillRunning, "run.stillRunning", n => $"{(n == 1 ? "A run has" : $"{n:N0} runs have")} not ended: its files may still change, and more may come.");
        Warn(Reused, "step.reused", n => $"{Sizes.Count(n, "step")} reused earlier results: the files come from the original run.");
        Warn(builder.Renamed, "names.mapped", n => $"{Sizes.Count(n, "file")} {(n == 1 ? "has a name" : "have names")} that not every disk can hold: written under a changed name, recorded in the receipt.");
        Warn(builder.Refused, "names.refused", n => $"{Sizes.Count(n, "file")} cannot be written, for want of a usable name.");
        Warn(builder.WithoutMd5, "files.noHash", n => $"The service has no MD5 of {Sizes.Count(n, "file")}: verified by length, version and SHA-256 of what was received only.");
        return warnings;

        void Warn(long count, string code, Func<long, string> message)
        {
            if (count > 0)
            {
                warnings.Add(new PlanWarning(code, message(count), count));
            }
        }
    }
}
