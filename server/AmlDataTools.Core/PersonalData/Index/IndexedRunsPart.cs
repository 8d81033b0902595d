using System.Runtime.CompilerServices;
using System.Text.Json;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.Index;
using AmlDataTools.Azure.RunHistory;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.PersonalData.Matching;
using AmlDataTools.Core.PersonalData.Parts;

namespace AmlDataTools.Core.PersonalData.Index;

/// <summary>
/// Runs, by the index service where that will do, else one by one. The rule stands here and nowhere else: the index is asked when
/// the search is not exhaustive and names an object id or a display name, which is all the index can be asked for; and it is
/// believed when it answers. It knows who made a run, not who changed it, nor what it says anywhere else: that is told as not searched.
/// </summary>
/// <param name="connection">The cloud and the sign-in.</param>
/// <param name="all">Reads all runs.</param>
internal sealed class IndexedRunsPart(AzureConnection connection, ISearchPart all) : ISearchPart
{
    private const string ByIndex = "index:";
    private const string ByAll = "all:";
    private const string CreatedBy = "properties/creationContext/createdBy/";

    /// <inheritdoc/>
    public string Name => all.Name;

    /// <inheritdoc/>
    public string Title => all.Title;

    /// <inheritdoc/>
    public bool IsAskedFor(SearchRequest request) => all.IsAskedFor(request);

    /// <inheritdoc/>
    public async IAsyncEnumerable<SearchBatch> SearchAsync(
        SearchRequest request, WorkspaceRef workspace, string? checkpoint, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var queries = QueriesOf(request);
        var rest = checkpoint;
        if (rest?.StartsWith(ByAll, StringComparison.Ordinal) == true)
        {
            rest = rest[ByAll.Length..] is { Length: > 0 } inner ? inner : null;
        }
        else if (queries.Count > 0)
        {
            var matcher = new DocumentMatcher(request.Subject);
            var place = Place.Parse(rest);
            while (true)
            {
                var (batch, next, absence) = await PageAsync(queries, matcher, workspace, place, cancellationToken).ConfigureAwait(false);
                if (absence is not null)
                {
                    // All runs are read from here on, also after an interruption.
                    yield return new SearchBatch(0, [], [absence], ByAll);
                    rest = null;
                    break;
                }

                yield return batch;
                if (next is not { } following)
                {
                    yield break;
                }

                place = following;
            }
        }

        await foreach (var batch in all.SearchAsync(request, workspace, rest, cancellationToken).ConfigureAwait(false))
        {
            yield return batch.Checkpoint is { } inner ? batch with { Checkpoint = ByAll + inner } : batch;
        }
    }

    /// <summary>What the index is asked for; nothing when it is not to be asked.</summary>
    private static List<IndexCondition> QueriesOf(SearchRequest request)
    {
        var subject = request.Subject;
        var queries = new List<IndexCondition>();
        if (!request.Exhaustive && subject.ObjectId is { } id)
        {
            queries.Add(new IndexCondition(CreatedBy + "userObjectId", [id]));
        }

        if (!request.Exhaustive && subject.DisplayName is { } name)
        {
            queries.Add(new IndexCondition(CreatedBy + "userName", [name]));
        }

        return queries;
    }

    private async Task<(SearchBatch Batch, Place? Next, SearchGap? Absence)> PageAsync(
        List<IndexCondition> queries, DocumentMatcher matcher, WorkspaceRef workspace, Place place, CancellationToken cancellationToken)
    {
        var empty = new SearchBatch(0, [], [], null);
        if (place.Query >= queries.Count)
        {
            return await ExperimentsAsync(queries.Count, matcher, workspace, place, cancellationToken).ConfigureAwait(false);
        }

        HistoryPage<IndexEntity>? page;
        try
        {
            page = await connection.Workspace(workspace).Index.QueryAsync(
                [new IndexCondition("type", ["runs"]), queries[place.Query]], IndexClient.MaxPageSize, place.Token, cancellationToken).ConfigureAwait(false);
        }
        catch (AzureServiceException exception) when (exception.Status == 400 && place.Token is not null)
        {
            // The token is no longer taken: what is found twice counts once.
            return (empty with { Checkpoint = new Place(0, null).ToString() }, new Place(0, null), null);
        }
        catch (AzureServiceException exception) when (exception.Status is 400 or 401 or 403)
        {
            return (empty, null, Absent(workspace, $"did not take the question ({exception.Status} {exception.Code})"));
        }

        if (page is null)
        {
            return (empty, null, Absent(workspace, "is not there"));
        }

        var findings = new List<(Finding, JsonElement?)>();
        foreach (var entity in page.Items)
        {
            // What it found is looked at again: fields it compares in its own way.
            if (entity is { Type: "runs" or null, RunId: { } runId } && matcher.Match(entity.Raw) is { Count: > 0 } evidence)
            {
                findings.Add((
                    new Finding(
                        FindingKind.Run, NodeTargets.Format(new RunTarget(workspace, runId)), workspace.ResourceId, entity.DisplayName is { Length: > 0 } shown ? shown : runId,
                        entity.ExperimentName, [.. evidence.Select(AsInRunHistory)], entity.CreatedTime, null),
                    entity.Raw));
            }
        }

        var next = page.ContinuationToken is { } token ? place with { Token = token } : new Place(place.Query + 1, null);
        return (new SearchBatch(page.Items.Count, findings, [], next.ToString()), next, null);
    }

    /// <summary>The index tells of runs; experiments are few and read one by one.</summary>
    private async Task<(SearchBatch Batch, Place? Next, SearchGap? Absence)> ExperimentsAsync(
        int behind, DocumentMatcher matcher, WorkspaceRef workspace, Place place, CancellationToken cancellationToken)
    {
        var page = await connection.Workspace(workspace).RunHistory.QueryExperimentsAsync(
            ExperimentView.All, null, "CreatedUtc asc", RunsPart.ExperimentsPage, place.Token, cancellationToken).ConfigureAwait(false);
        var found = page.Items.Where(one => one.Name.Length > 0).Select(one => RunsPart.Experiment(matcher, workspace, one)).OfType<(Finding, JsonElement?)>().ToList();
        Place? next = page.ContinuationToken is { } token && token != place.Token ? new Place(behind, token) : null;
        SearchGap[] gaps = next is not null ? [] : [new SearchGap(
            workspace.ResourceId, "Runs that somebody else made", SearchGaps.NotAsked,
            "The runs were looked up in the index of the workspace, which knows who made a run. Runs that the person only changed, or that only mention the person, were not searched for: search everything to find them.")];
        return (new SearchBatch(page.Items.Count, found, gaps, (next ?? place).ToString()), next, null);
    }

    /// <summary>Fields by the names that run history has for them.</summary>
    private static Evidence AsInRunHistory(Evidence one)
    {
        foreach (var (prefix, name) in new[] { ("properties.creationContext.", string.Empty), ("properties.userProperties.", "properties."), ("annotations.", string.Empty) })
        {
            if (one.Field.StartsWith(prefix, StringComparison.Ordinal))
            {
                return one with { Field = name + one.Field[prefix.Length..] };
            }
        }

        return one;
    }

    private static SearchGap Absent(WorkspaceRef workspace, string what) => new(
        workspace.ResourceId, "Index of the workspace", SearchGaps.Absent, $"The index service of the workspace {workspace.Name} {what}: all runs are read instead, so that nothing is missing for that.");

    /// <summary>Where in the index a search is.</summary>
    /// <param name="Query">Which question.</param>
    /// <param name="Token">The page's token; null for the first page.</param>
    private readonly record struct Place(int Query, string? Token)
    {
        public static Place Parse(string? text) =>
            text?.StartsWith(ByIndex, StringComparison.Ordinal) == true && text[ByIndex.Length..].Split(':', 2) is [var number, var token] && int.TryParse(number, out var query) && query >= 0
                ? new Place(query, token.Length == 0 ? null : token)
                : default;

        public override string ToString() => $"{ByIndex}{Query}:{Token}";
    }
}
