using System.Globalization;
using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.PersonalData.Content;

/// <summary>A line of what was not searched of a place, with how many files it stands for.</summary>
/// <param name="Code">Why, stable.</param>
/// <param name="What">The file or folder; empty for what is too much to be named.</param>
/// <param name="Message">Why, for people.</param>
/// <param name="Files">How many files.</param>
internal sealed record CountedGap(string Code, string What, string Message, long Files);

/// <summary>
/// Counts the files of a place that were not searched, so that a million of them makes a short list: those that are no text by
/// folder, others one by one, and beyond some lines of each kind only how many. Small enough to go into every checkpoint.
/// </summary>
/// <param name="known">What was counted before.</param>
internal sealed class Gaps(IReadOnlyList<CountedGap> known)
{
    /// <summary>Most lines of a kind, besides the one that stands for the rest.</summary>
    public const int MostLines = 20;

    private readonly List<CountedGap> _lines = [.. known];

    /// <summary>What was counted so far.</summary>
    public IReadOnlyList<CountedGap> Lines => [.. _lines];

    /// <summary>Whether the same may go well some other time.</summary>
    public static bool Passes(ProblemException problem) => problem.Retryable;

    /// <summary>The code of a gap for a problem.</summary>
    public static string CodeOf(ProblemException problem) => problem.Code switch
    {
        "storage.authorizationMismatch" or "storage.authorizationFailure" or "storage.authenticationFailed" or "storage.keyAccessDisabled" or "storage.publicAccessDisabled" or "storage.forbidden"
            or "storage.noWay" or "storage.accountDisabled" or "auth.forbidden" or "auth.signInRequired" or "network.publicAccessDisabled" => "forbidden",
        "datastore.unsupported" => SearchGaps.Unsupported,
        var code => code,
    };

    /// <summary>Forgets what was counted: the listing begins anew.</summary>
    public void Clear() => _lines.Clear();

    /// <summary>Counts a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="gap">Why it was not searched.</param>
    public void Add(string path, FileGap gap)
    {
        var what = gap.Code == SearchGaps.Binary ? path[..(path.LastIndexOf('/') + 1)] is { Length: > 0 } folder ? folder : "/" : path;
        var at = _lines.FindIndex(line => line.Code == gap.Code && line.What == what);
        if (at < 0 && _lines.Count(line => line.Code == gap.Code && line.What.Length > 0) >= MostLines)
        {
            what = string.Empty;
            at = _lines.FindIndex(line => line.Code == gap.Code && line.What.Length == 0);
        }

        if (at < 0)
        {
            _lines.Add(new CountedGap(gap.Code, what, gap.Message, 1));
        }
        else
        {
            _lines[at] = _lines[at] with { Files = _lines[at].Files + 1 };
        }
    }

    /// <summary>The gaps of a place that was searched to its end.</summary>
    /// <param name="workspace">Resource Manager id of the workspace.</param>
    /// <param name="datastore">The datastore.</param>
    public IReadOnlyList<SearchGap> Told(string workspace, string datastore) => [.. _lines.Select(line => new SearchGap(
        workspace,
        line.What.Length == 0 ? $"{datastore}: {Files(line.Files)} in other places" : line.Code == SearchGaps.Binary ? $"{datastore}: {line.What} ({Files(line.Files)})" : $"{datastore}: {line.What}",
        line.Code,
        line.Message))];

    /// <summary>The gap of a datastore that could not be listed to its end; none when it could, and none for a container that is not there, which holds nothing.</summary>
    /// <param name="workspace">Resource Manager id of the workspace.</param>
    /// <param name="datastore">The datastore.</param>
    /// <param name="problem">What was the matter; null for nothing.</param>
    public static IEnumerable<SearchGap> Of(string workspace, string datastore, ProblemException? problem) =>
        problem is null or { Code: "storage.containerNotFound" } ? [] : [new SearchGap(workspace, $"Datastore {datastore}", CodeOf(problem), problem.Message)];

    private static string Files(long count) => count == 1 ? "1 file" : string.Create(CultureInfo.InvariantCulture, $"{count:N0} files");
}
