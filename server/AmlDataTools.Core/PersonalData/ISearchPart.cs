using System.Text.Json;
using AmlDataTools.Azure;

namespace AmlDataTools.Core.PersonalData;

/// <summary>What a search is asked for; written down when it begins.</summary>
/// <param name="Subject">Of whom.</param>
/// <param name="Workspaces">Where.</param>
/// <param name="Exhaustive">Read everything, even where the index service answers.</param>
/// <param name="FileNames">Names of files too.</param>
/// <param name="FileContent">Text of files too.</param>
/// <param name="MaxFileBytes">Files above this are not read; bytes.</param>
public sealed record SearchRequest(
    Subject Subject, IReadOnlyList<WorkspaceRef> Workspaces, bool Exhaustive, bool FileNames, bool FileContent, long MaxFileBytes);

/// <summary>
/// Searches one sort of thing in one workspace: runs, Resource Manager's records, notebooks, files. Reads page by page, holds
/// no more than a page, and can go on after any batch it has given.
/// </summary>
internal interface ISearchPart
{
    /// <summary>Names it in checkpoints; never changes.</summary>
    string Name { get; }

    /// <summary>What is being searched, for people: <c>runs</c>, <c>models, data and other assets</c>.</summary>
    string Title { get; }

    /// <summary>Whether a search asks for it.</summary>
    /// <param name="request">The search.</param>
    bool IsAskedFor(SearchRequest request);

    /// <summary>Searches.</summary>
    /// <param name="request">The search.</param>
    /// <param name="workspace">Where.</param>
    /// <param name="checkpoint">That of the last batch that was kept; null to begin. One that is no longer taken begins the part, or the list, anew: a thing found twice counts once.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    /// <returns>What was found, in batches of a page or so; a batch without findings still carries its checkpoint.</returns>
    IAsyncEnumerable<SearchBatch> SearchAsync(SearchRequest request, WorkspaceRef workspace, string? checkpoint, CancellationToken cancellationToken);
}

/// <summary>What a page brought. Documents are valid until the next batch is asked for.</summary>
/// <param name="Looked">How many things were looked at.</param>
/// <param name="Findings">What was found, each with the document it was found in; null for what has none.</param>
/// <param name="Gaps">What could not be searched.</param>
/// <param name="Checkpoint">Where to go on after this batch, opaque, without secrets; null to begin the part anew.</param>
internal sealed record SearchBatch(long Looked, IReadOnlyList<(Finding Finding, JsonElement? Document)> Findings, IReadOnlyList<SearchGap> Gaps, string? Checkpoint)
{
    /// <summary>
    /// The checkpoint with which the place of this batch (a list, a datastore) is searched again from its beginning, and nothing behind it:
    /// where a gap of it may be closed some other time. All batches of a place have the same. Null where a part has no gaps of its own that may be closed.
    /// </summary>
    public string? Scope { get; init; }
}
