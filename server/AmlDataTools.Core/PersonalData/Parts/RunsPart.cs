using System.Runtime.CompilerServices;
using System.Text.Json;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.RunHistory;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.PersonalData.Matching;

namespace AmlDataTools.Core.PersonalData.Parts;

/// <summary>
/// Searches run history: every experiment and every run, archived ones and children included. Of a page of runs only those are
/// decoded whose bytes may name the subject.
/// </summary>
internal sealed class RunsPart(AzureConnection connection) : ISearchPart
{
    // The checkpoint names the experiments of a page that are still to be searched, and is written with every page of runs.
    internal const int ExperimentsPage = 100;

    /// <summary>Runs at once: as many as run history gives.</summary>
    private const int RunsPage = 500;

    /// <inheritdoc/>
    public string Name => "runs";

    /// <inheritdoc/>
    public string Title => "experiments and runs";

    /// <inheritdoc/>
    public bool IsAskedFor(SearchRequest request) => true;

    /// <inheritdoc/>
    public async IAsyncEnumerable<SearchBatch> SearchAsync(
        SearchRequest request, WorkspaceRef workspace, string? checkpoint, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var matcher = new DocumentMatcher(request.Subject);
        var history = connection.Workspace(workspace).RunHistory;
        var at = PartCheckpoint.Read(checkpoint, PartJson.Default.RunsCheckpoint) ?? new RunsCheckpoint(null, false, [], null);
        while (true)
        {
            while (at.Left is [var experiment, .. var others])
            {
                await foreach (var batch in RunsAsync(history, matcher, workspace, experiment, others, at, cancellationToken).ConfigureAwait(false))
                {
                    yield return batch;
                }

                at = at with { Left = others, Runs = null };
            }

            if (at.IsLast)
            {
                yield break;
            }

            var page = await history.QueryExperimentsAsync(ExperimentView.All, null, "CreatedUtc desc", ExperimentsPage, at.Experiments, cancellationToken).ConfigureAwait(false);
            var next = page.ContinuationToken == at.Experiments ? null : page.ContinuationToken;
            at = new RunsCheckpoint(next, next is null, [.. page.Items.Select(one => one.Name).Where(name => name.Length > 0)], null);
            yield return new SearchBatch(page.Items.Count, [.. page.Items.Where(one => one.Name.Length > 0).Select(one => Experiment(matcher, workspace, one)).OfType<(Finding, JsonElement?)>()], [], Write(at));
        }
    }

    private static async IAsyncEnumerable<SearchBatch> RunsAsync(
        RunHistoryClient history, DocumentMatcher matcher, WorkspaceRef workspace, string experiment, string[] others, RunsCheckpoint at, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = at with { Left = others, Runs = null };
        await foreach (var page in PagesAsync(history, experiment, at.Runs, cancellationToken).ConfigureAwait(false))
        {
            var decoded = new List<JsonDocument>();
            try
            {
                yield return new SearchBatch(page.Count, Runs(matcher, workspace, experiment, page, decoded), [], Write(page.ContinuationToken is { } next ? at with { Runs = next } : after));
            }
            finally
            {
                decoded.ForEach(document => document.Dispose());
            }
        }
    }

    private static async IAsyncEnumerable<RawPage> PagesAsync(RunHistoryClient history, string experiment, string? token, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pages = history.ScanRunPagesAsync(experiment, "CreatedUtc desc", RunsPage, token, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (pages.ConfigureAwait(false))
        {
            while (true)
            {
                try
                {
                    if (!await pages.MoveNextAsync().ConfigureAwait(false))
                    {
                        yield break;
                    }
                }
                catch (AzureServiceException exception) when (exception.Status == 404 && exception.HasCode("ExperimentNotFound"))
                {
                    // Deleted since the experiments were listed: there is nothing of it left to search.
                    yield break;
                }

                yield return pages.Current;
            }
        }
    }

    /// <summary>What a page of runs holds of the subject.</summary>
    internal static List<(Finding Finding, JsonElement? Document)> Runs(DocumentMatcher matcher, WorkspaceRef workspace, string experiment, RawPage page, List<JsonDocument> decoded)
    {
        var found = new List<(Finding, JsonElement?)>();
        if (!matcher.Terms.MayHoldInJson(page.Body.Span))
        {
            return found;
        }

        for (var i = 0; i < page.Count; i++)
        {
            if (!matcher.Terms.MayHoldInJson(page[i].Span))
            {
                continue;
            }

            var document = JsonDocument.Parse(page[i]);
            decoded.Add(document);
            var run = new RunDocument(document.RootElement);
            if (run.RunId.Length > 0 && matcher.Match(run.Raw) is { Count: > 0 } evidence)
            {
                var name = string.IsNullOrWhiteSpace(run.DisplayName) ? run.RunId : run.DisplayName;
                found.Add((new Finding(FindingKind.Run, NodeTargets.Format(new RunTarget(workspace, run.RunId)), workspace.ResourceId, name, experiment, evidence, run.CreatedTime, null), run.Raw));
            }
        }

        return found;
    }

    /// <summary>What an experiment's document holds of the subject; null for nothing.</summary>
    internal static (Finding Finding, JsonElement? Document)? Experiment(DocumentMatcher matcher, WorkspaceRef workspace, ExperimentDocument experiment) =>
        matcher.Match(experiment.Raw) is { Count: > 0 } evidence
            ? (new Finding(FindingKind.Experiment, NodeTargets.Format(new ExperimentTarget(workspace, experiment.Name)), workspace.ResourceId, experiment.Name, null, evidence, experiment.CreatedTime, null), experiment.Raw)
            : null;

    private static string Write(RunsCheckpoint at) => JsonSerializer.Serialize(at, PartJson.Default.RunsCheckpoint);
}

/// <summary>Where the search of run history goes on.</summary>
/// <param name="Experiments">The token of the next page of experiments; null for the first, or when there is none.</param>
/// <param name="IsLast">Whether there is no further page of experiments.</param>
/// <param name="Left">Experiments of the page at hand that are still to be searched, the present one first.</param>
/// <param name="Runs">The token of the next page of the present one's runs; null for the first.</param>
internal sealed record RunsCheckpoint(string? Experiments, bool IsLast, string[] Left, string? Runs);
