using System.Text.Json.Serialization;

namespace AmlDataTools.Core.PersonalData;

/// <summary>The states of a search.</summary>
public enum SearchState
{
    /// <summary>Under way.</summary>
    Running,

    /// <summary>Stopped by the person; can go on.</summary>
    Stopped,

    /// <summary>Its process ended in the middle; can go on.</summary>
    Interrupted,

    /// <summary>Everything was searched.</summary>
    Done,

    /// <summary>Ended, but something could not be searched.</summary>
    DoneWithGaps,

    /// <summary>Could not go on; can be tried again.</summary>
    Failed,
}

/// <summary>Where a search is: a part of the search of a workspace.</summary>
/// <param name="Workspace">The workspace, by its number in the request.</param>
/// <param name="Part">The part.</param>
/// <param name="Checkpoint">Where in it, as the part told; null for its beginning.</param>
public sealed record SearchPlace(int Workspace, string Part, string? Checkpoint)
{
    /// <summary>The place within the part, as the part told: the checkpoint with which that alone is searched; null for none.</summary>
    public string? Scope { get; init; }

    /// <summary>How many things were looked at in <see cref="Scope"/> so far.</summary>
    public long Looked { get; init; }

    /// <summary>Whether <see cref="Scope"/> alone is searched, because of its gaps, and not what is behind it.</summary>
    public bool IsAlone { get; init; }

    /// <summary>Whether another goes over the same.</summary>
    internal bool IsSame(SearchPlace other) => Workspace == other.Workspace && Part == other.Part && ScopeAlone == other.ScopeAlone;

    /// <summary>What alone is searched; null for the part.</summary>
    internal string? ScopeAlone => IsAlone ? Scope : null;
}

/// <summary>A place that could not be searched for a reason that may pass.</summary>
/// <param name="Place">Which, to go on there.</param>
/// <param name="What">For people: what was being searched.</param>
/// <param name="Code">Why, stable.</param>
/// <param name="Message">Why, for people.</param>
public sealed record SearchLeft(SearchPlace Place, string What, string Code, string Message);

/// <summary>How far the files of a search are good: what is behind was written after the last checkpoint.</summary>
/// <param name="Findings">Bytes of the findings.</param>
/// <param name="Documents">Bytes of the documents.</param>
/// <param name="Gaps">Bytes of the gaps.</param>
public sealed record SearchLengths(long Findings, long Documents, long Gaps)
{
    /// <summary>Which list of gaps it is: a new one each time that gaps are tried again.</summary>
    public int GapsList { get; init; }
}

/// <summary>How a search stands, and from where it goes on.</summary>
/// <param name="State">The state.</param>
/// <param name="StartedAt">Unix time in milliseconds.</param>
/// <param name="FinishedAt">Unix time in milliseconds; null while it has not ended.</param>
/// <param name="Looked">Things looked at.</param>
/// <param name="Found">Findings.</param>
/// <param name="NotSearched">Things and places that could not be searched.</param>
/// <param name="Message">What is being searched, what was, or why it failed; null for nothing to say.</param>
/// <param name="Place">Where it is; null when all was gone through.</param>
/// <param name="Left">What failed for reasons that may pass.</param>
/// <param name="Namesakes">Object ids found beside the display name, where they are not known to be the subject's; the first few.</param>
/// <param name="Lengths">How far its files are good.</param>
public sealed record SearchStatus(
    SearchState State,
    long StartedAt,
    long? FinishedAt,
    long Looked,
    long Found,
    long NotSearched,
    string? Message,
    SearchPlace? Place,
    IReadOnlyList<SearchLeft> Left,
    IReadOnlyList<string> Namesakes,
    SearchLengths Lengths)
{
    /// <summary>Findings that are ticked.</summary>
    public long Chosen { get; init; }

    /// <summary>The places of gaps that may be closed some other time, each once.</summary>
    public IReadOnlyList<SearchPlace> Again
    {
        get;
        init => field = value ?? [];
    }

    = [];

    /// <summary>Whether going on would do something: it did not end, or has gaps that may be closed by now.</summary>
    public bool CanGoOn => State is not (SearchState.Running or SearchState.Done) && (State != SearchState.DoneWithGaps || Again.Count > 0);

    /// <summary>Of a search that has not begun.</summary>
    /// <param name="startedAt">Unix time in milliseconds.</param>
    public static SearchStatus New(long startedAt) => new(SearchState.Running, startedAt, null, 0, 0, 0, null, null, [], [], new SearchLengths(0, 0, 0));
}

/// <summary>A search as it stands.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Request">What was asked for.</param>
/// <param name="Status">How it stands.</param>
public sealed record SearchView(string Id, SearchRequest Request, SearchStatus Status)
{
    /// <summary>For people: who, and where.</summary>
    public string Title => SearchRules.TitleOf(Request);
}

/// <summary>How records of searches are written: one line each, camelCase, nothing that is null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(SearchRequest))]
[JsonSerializable(typeof(SearchStatus))]
[JsonSerializable(typeof(Finding))]
[JsonSerializable(typeof(SearchGap))]
internal sealed partial class SearchJson : JsonSerializerContext;
