using System.Text.Json.Serialization;

namespace AmlDataTools.Server.Protocol;

/// <summary>What workspaces hold on a person: searched for here, given out and erased through <see cref="IOperationsApi"/>.</summary>
[RpcContract(RpcSide.Server)]
public interface IPersonalDataApi
{
    /// <summary>The signed-in person as a subject, as far as the token tells.</summary>
    [RpcRequest("personalData/me")]
    Task<MeResult> MeAsync(MeParams parameters, CancellationToken cancellationToken);

    /// <summary>Begins a search. Answers once it is recorded; it is followed by <c>personalData/changed</c>.</summary>
    [RpcRequest("personalData/search")]
    Task<SearchResult> SearchAsync(SearchParams parameters, CancellationToken cancellationToken);

    /// <summary>All searches on record, newest first.</summary>
    [RpcRequest("personalData/searches")]
    Task<SearchesResult> SearchesAsync(Empty parameters, CancellationToken cancellationToken);

    /// <summary>Stops a search; what was found stays, and it can go on later.</summary>
    [RpcRequest("personalData/stop")]
    Task<SearchResult> StopAsync(SearchIdParams parameters, CancellationToken cancellationToken);

    /// <summary>Goes on with a stopped, interrupted or failed search, where it was; of one that has ended with gaps, searches again what was refused.</summary>
    [RpcRequest("personalData/resume")]
    Task<SearchResult> ResumeAsync(SearchIdParams parameters, CancellationToken cancellationToken);

    /// <summary>Removes a search and all it found from this machine.</summary>
    [RpcRequest("personalData/discard")]
    Task<Empty> DiscardAsync(SearchIdParams parameters, CancellationToken cancellationToken);

    /// <summary>One page of a search's results: the groups, then the findings in one, then what speaks for a finding.</summary>
    [RpcRequest("personalData/results")]
    Task<SearchResultsPage> ResultsAsync(SearchResultsParams parameters, CancellationToken cancellationToken);

    /// <summary>Ticks or unticks findings: what is ticked is exported or erased.</summary>
    [RpcRequest("personalData/choose")]
    Task<SearchResult> ChooseAsync(ChooseParams parameters, CancellationToken cancellationToken);
}

/// <summary>What the sidecar tells of searches.</summary>
[RpcContract(RpcSide.Client)]
public interface IPersonalDataClient
{
    /// <summary>A search's state or numbers changed; at most four times a second for each.</summary>
    [RpcNotification("personalData/changed")]
    Task ChangedAsync(SearchResult parameters, CancellationToken cancellationToken);

    /// <summary>A search is no longer there.</summary>
    [RpcNotification("personalData/removed")]
    Task RemovedAsync(SearchIdParams parameters, CancellationToken cancellationToken);
}

/// <summary>Of whom data is searched; at least one of object id, user principal name, e-mail and display name is given.</summary>
/// <param name="ObjectId">Microsoft Entra object id; null when not known.</param>
/// <param name="TenantId">The tenant of the object id; null for any.</param>
/// <param name="UserPrincipalName">Name to sign in with; null when not known.</param>
/// <param name="Email">An e-mail address other than that; null for none.</param>
/// <param name="DisplayName">Name for people: never enough to be sure; null when not to be searched for.</param>
public sealed record PersonalDataSubject(string? ObjectId, string? TenantId, string? UserPrincipalName, string? Email, string? DisplayName);

/// <summary>Whose token is looked at.</summary>
/// <param name="TenantId">The tenant; null for the account's own.</param>
public sealed record MeParams(string? TenantId);

/// <summary>The signed-in person.</summary>
/// <param name="Subject">As the token tells; null when it tells nothing, or is that of a program.</param>
public sealed record MeResult(PersonalDataSubject? Subject);

/// <summary>What is to be searched.</summary>
/// <param name="Subject">Of whom.</param>
/// <param name="WorkspaceNodeIds">Where: nodes of workspaces.</param>
/// <param name="Exhaustive">Read everything, even where the index service answers.</param>
/// <param name="FileNames">The names of artifacts and other files too.</param>
/// <param name="FileContent">The text of artifacts and other files too.</param>
/// <param name="MaxFileBytes">Files above this size are not read; bytes.</param>
public sealed record SearchParams(
    PersonalDataSubject Subject, IReadOnlyList<string> WorkspaceNodeIds, bool Exhaustive, bool FileNames, bool FileContent, long MaxFileBytes);

/// <summary>Names a search.</summary>
/// <param name="SearchId">Its id.</param>
public sealed record SearchIdParams(string SearchId);

/// <summary>The states of a search.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<SearchState>))]
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

    /// <summary>Ended, but something could not be searched: see what was not.</summary>
    DoneWithGaps,

    /// <summary>Could not go on; can be tried again.</summary>
    Failed,
}

/// <summary>A search.</summary>
/// <param name="SearchId">Its id.</param>
/// <param name="Title">For people: <c>Ada Example in sample-ws</c>.</param>
/// <param name="State">How it stands.</param>
/// <param name="StartedAt">Unix time in milliseconds.</param>
/// <param name="FinishedAt">Unix time in milliseconds; null while it has not ended.</param>
/// <param name="Looked">Things looked at: runs, assets, files.</param>
/// <param name="Found">Findings.</param>
/// <param name="Chosen">Findings that are ticked.</param>
/// <param name="NotSearched">How many things or places could not be searched.</param>
/// <param name="CanResume">Whether <c>personalData/resume</c> would do something: it did not end, or has gaps that may be closed by now.</param>
/// <param name="Message">What is being searched, or why it failed; null for nothing to say.</param>
public sealed record PersonalDataSearch(
    string SearchId, string Title, SearchState State, long StartedAt, long? FinishedAt, long Looked, long Found, long Chosen, long NotSearched, bool CanResume, string? Message);

/// <summary>A search as it stands.</summary>
/// <param name="Search">The search.</param>
public sealed record SearchResult(PersonalDataSearch Search);

/// <summary>All searches.</summary>
/// <param name="Searches">Newest first.</param>
public sealed record SearchesResult(IReadOnlyList<PersonalDataSearch> Searches);

/// <summary>How sure a match is.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<MatchGrade>))]
public enum MatchGrade
{
    /// <summary>The object id: this person.</summary>
    ExactId,

    /// <summary>User principal name or e-mail address: this person unless the name went to somebody else.</summary>
    SignInName,

    /// <summary>Only the display name: perhaps somebody else.</summary>
    DisplayName,
}

/// <summary>Which results are wanted.</summary>
/// <param name="SearchId">The search.</param>
/// <param name="ParentId">A result's id; null for the groups.</param>
/// <param name="Grades">Only matches as sure as these; empty for all.</param>
/// <param name="Name">A part of the name, whatever the case; null for all.</param>
/// <param name="PageToken">The previous page's token; null for the first.</param>
/// <param name="PageSize">How many at most; null for the server's choice.</param>
public sealed record SearchResultsParams(
    string SearchId, string? ParentId, IReadOnlyList<MatchGrade> Grades, string? Name, string? PageToken, int? PageSize);

/// <summary>What a line of the results is.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<SearchNodeKind>))]
public enum SearchNodeKind
{
    /// <summary>All findings of a kind in a workspace, or the workspace itself.</summary>
    Group,

    /// <summary>A finding.</summary>
    Finding,

    /// <summary>What speaks for it: the field, and how sure.</summary>
    Evidence,

    /// <summary>"Not searched".</summary>
    Gaps,

    /// <summary>A thing or place that was not searched, and why.</summary>
    Gap,
}

/// <summary>How a line is ticked.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<SearchTick>))]
public enum SearchTick
{
    /// <summary>Has no tick.</summary>
    None,

    /// <summary>Ticked.</summary>
    Ticked,

    /// <summary>Not ticked.</summary>
    Unticked,

    /// <summary>A group of which some are ticked.</summary>
    Some,
}

/// <summary>A line of the results.</summary>
/// <param name="Id">Within the search; the same for as long as it is there.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Label">Its name.</param>
/// <param name="Description">What stands behind it in grey; null for nothing.</param>
/// <param name="Tooltip">Plain lines; null for none.</param>
/// <param name="Icon">A codicon name.</param>
/// <param name="AccessibilityLabel">What a screen reader says; null for label and description.</param>
/// <param name="HasChildren">Whether it opens.</param>
/// <param name="Tick">How it is ticked.</param>
/// <param name="Grade">Of a finding or its evidence, how sure; else null.</param>
/// <param name="NodeId">The node of the tree that a finding is, to be opened there; null for none.</param>
/// <param name="StudioUrl">Its page in Azure ML studio; null for none.</param>
public sealed record SearchNode(
    string Id,
    SearchNodeKind Kind,
    string Label,
    string? Description,
    string? Tooltip,
    string Icon,
    string? AccessibilityLabel,
    bool HasChildren,
    SearchTick Tick,
    MatchGrade? Grade,
    string? NodeId,
    string? StudioUrl);

/// <summary>A page of results.</summary>
/// <param name="Nodes">In the order to show.</param>
/// <param name="NextPageToken">For the next page; null when this is the last so far.</param>
public sealed record SearchResultsPage(IReadOnlyList<SearchNode> Nodes, string? NextPageToken);

/// <summary>What is ticked or unticked.</summary>
/// <param name="SearchId">The search.</param>
/// <param name="NodeIds">Groups or findings; empty for all that <paramref name="Grades"/> and <paramref name="Name"/> leave.</param>
/// <param name="Grades">Only matches as sure as these; empty for all.</param>
/// <param name="Name">A part of the name, whatever the case; null for all.</param>
/// <param name="Chosen">True to tick.</param>
public sealed record ChooseParams(string SearchId, IReadOnlyList<string> NodeIds, IReadOnlyList<MatchGrade> Grades, string? Name, bool Chosen);

/// <summary>What of a search is exported or erased: its ticked findings.</summary>
/// <param name="SearchId">The search; it has ended, or was stopped.</param>
/// <param name="RedactOthers">Of an export: data of other people in the same documents is taken out, and that is recorded.</param>
/// <param name="IncludeFiles">The files of found runs, models, folders too, not the documents alone.</param>
public sealed record PersonalDataSelection(string SearchId, bool RedactOthers, bool IncludeFiles);
