using System.Text.Json;
using Azure.Core;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Azure.RunHistory;

/// <summary>Run history, version 1.0 of the data plane (published in 2019-09-30; workspace-level paths as Microsoft's SDK uses them).</summary>
public sealed class RunHistoryClient
{
    /// <summary>Children asked for at once; without a number the service gives all in one answer (specification).</summary>
    public const int ChildrenPageSize = 500;

    private const string Service = "history/v1.0";

    private readonly WorkspaceEndpoints _endpoints;
    private readonly JsonSender _sender;

    internal RunHistoryClient(WorkspaceEndpoints endpoints, JsonSender sender)
    {
        _endpoints = endpoints;
        _sender = sender;
    }

    /// <summary>A page of experiments.</summary>
    /// <param name="view">Which.</param>
    /// <param name="filter">OData expression; null for none.</param>
    /// <param name="orderBy">Such as <c>CreatedUtc desc</c>; null leaves it to the service.</param>
    /// <param name="pageSize">How many at most; the service may give fewer.</param>
    /// <param name="continuationToken">The previous page's; null for the first.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<HistoryPage<ExperimentDocument>> QueryExperimentsAsync(
        ExperimentView view, string? filter, string? orderBy, int pageSize, string? continuationToken, CancellationToken cancellationToken)
    {
        var body = await QueryAsync("/experiments:query", view.ToString(), filter, orderBy, pageSize, continuationToken, cancellationToken).ConfigureAwait(false);
        return DataPlanePages.Read(body, raw => new ExperimentDocument(raw));
    }

    /// <summary>All experiments, page by page.</summary>
    /// <param name="view">Which.</param>
    /// <param name="pageSize">How many at once at most; the service may give fewer.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public IAsyncEnumerable<ExperimentDocument> ListExperimentsAsync(ExperimentView view, int pageSize, CancellationToken cancellationToken) =>
        DataPlanePages.AllAsync(token => QueryExperimentsAsync(view, null, null, pageSize, token, cancellationToken));

    /// <summary>One experiment by its name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<ExperimentDocument> GetExperimentAsync(string name, CancellationToken cancellationToken)
        => new(await GetAsync("/experiments/" + Segment(name), cancellationToken).ConfigureAwait(false));

    /// <summary>One experiment by its id.</summary>
    /// <param name="experimentId">The id.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<ExperimentDocument> GetExperimentByIdAsync(string experimentId, CancellationToken cancellationToken)
        => new(await GetAsync("/experimentids/" + Segment(experimentId), cancellationToken).ConfigureAwait(false));

    /// <summary>Archives an experiment or takes it back; no data is touched. (What azureml-core sends.)</summary>
    /// <param name="experimentId">Its id, not its name.</param>
    /// <param name="archived">True to archive, false to restore.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <exception cref="AzureServiceException">Refused.</exception>
    public async Task SetExperimentArchivedAsync(string experimentId, bool archived, CancellationToken cancellationToken)
    {
        var address = await _endpoints.AddressAsync(Service, "/experimentids/" + Segment(experimentId), cancellationToken).ConfigureAwait(false);
        await PatchFlagAsync(address, "archive", archived, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes an experiment, which the service does only when it holds no run.</summary>
    /// <param name="experimentId">Its id, not its name.</param>
    /// <param name="cancellationToken">Stops waiting for the answer; the delete may still take effect.</param>
    /// <exception cref="AzureServiceException">Refused: it holds runs, or is not there (404).</exception>
    public async Task DeleteExperimentAsync(string experimentId, CancellationToken cancellationToken)
    {
        var address = await _endpoints.AddressAsync(Service, "/experimentids/" + Segment(experimentId), cancellationToken).ConfigureAwait(false);
        await _sender.SendAsync(RequestMethod.Delete, address, null, SendOptions.Delete, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A page of an experiment's runs, children included unless the filter leaves them out.</summary>
    /// <param name="experimentName">The experiment.</param>
    /// <param name="filter">OData expression such as <c>(ParentRunId eq null)</c>; null for none.</param>
    /// <param name="orderBy">Such as <c>CreatedUtc desc</c>; null leaves it to the service.</param>
    /// <param name="pageSize">How many at most; the service may give fewer.</param>
    /// <param name="continuationToken">The previous page's; null for the first.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<HistoryPage<RunDocument>> QueryRunsAsync(
        string experimentName, string? filter, string? orderBy, int pageSize, string? continuationToken, CancellationToken cancellationToken)
    {
        var path = $"/experiments/{Segment(experimentName)}/runs:query";
        var body = await QueryAsync(path, null, filter, orderBy, pageSize, continuationToken, cancellationToken).ConfigureAwait(false);
        return DataPlanePages.Read(body, raw => new RunDocument(raw));
    }

    /// <summary>All of an experiment's runs, for those who look at each once: a run is valid until the next is asked for.</summary>
    /// <param name="experimentName">The experiment.</param>
    /// <param name="filter">OData expression such as <c>(ParentRunId eq null)</c>; null for none.</param>
    /// <param name="orderBy">Such as <c>CreatedUtc desc</c>; null leaves it to the service.</param>
    /// <param name="pageSize">How many at once at most; the service may give fewer.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public IAsyncEnumerable<RunDocument> ScanRunsAsync(string experimentName, string? filter, string? orderBy, int pageSize, CancellationToken cancellationToken) =>
        ScanRunsAsync(experimentName, filter, orderBy, pageSize, null, null, cancellationToken);

    /// <summary>The same from some page on, telling how far it has come.</summary>
    /// <param name="experimentName">The experiment.</param>
    /// <param name="filter">OData expression such as <c>(ParentRunId eq null)</c>; null for none.</param>
    /// <param name="orderBy">Such as <c>CreatedUtc desc</c>; null leaves it to the service.</param>
    /// <param name="pageSize">How many at once at most; the service may give fewer.</param>
    /// <param name="from">Continuation token of the page to begin with, from <paramref name="passed"/>; null for the first.</param>
    /// <param name="passed">Told, when all runs of a page were taken, the next page's continuation token; null for nobody.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public IAsyncEnumerable<RunDocument> ScanRunsAsync(
        string experimentName, string? filter, string? orderBy, int pageSize, string? from, Action<string>? passed, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pageSize);
        var path = $"/experiments/{Segment(experimentName)}/runs:query";
        return PageWalk.ReadAsync(
            from ?? string.Empty,
            async (token, stop) =>
            {
                var address = await _endpoints.AddressAsync(Service, path, stop).ConfigureAwait(false);
                var body = Query(null, filter, orderBy, pageSize, token.Length == 0 ? null : token);
                return PageBody.Of(await _sender.SendPassingAsync(RequestMethod.Post, address, body, stop).ConfigureAwait(false));
            },
            (token, page) => page.Text("continuationToken") is { Length: > 0 } given ? DataPlanePages.Advance(token, given) : null,
            passed,
            cancellationToken).Select(raw => new RunDocument(raw));
    }

    /// <summary>
    /// All of an experiment's runs, archived ones and children included, in pages that are not decoded, each to be disposed of
    /// before the next is asked for. The page behind is on its way meanwhile.
    /// </summary>
    /// <param name="experimentName">The experiment.</param>
    /// <param name="orderBy">Such as <c>CreatedUtc desc</c>; null leaves it to the service.</param>
    /// <param name="pageSize">How many at once at most; the service may give fewer.</param>
    /// <param name="continuationToken">Where to go on, from an earlier page; null to begin.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="AzureServiceException">Refused; or the list does not end.</exception>
    public IAsyncEnumerable<RawPage> ScanRunPagesAsync(string experimentName, string? orderBy, int pageSize, string? continuationToken, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pageSize);
        var path = $"/experiments/{Segment(experimentName)}/runs:query";
        return PageWalk.PagesAsync(
            continuationToken ?? string.Empty,
            async (token, stop) =>
            {
                var address = await _endpoints.AddressAsync(Service, path, stop).ConfigureAwait(false);
                return await _sender.SendForPageAsync(RequestMethod.Post, address, Query(null, null, orderBy, pageSize, token.Length == 0 ? null : token), stop).ConfigureAwait(false);
            },
            (token, page) => DataPlanePages.Advance(token, page.ContinuationToken),
            cancellationToken);
    }

    /// <summary>One run, whatever its experiment.</summary>
    /// <param name="runId">Its id.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<RunDocument> GetRunAsync(string runId, CancellationToken cancellationToken)
        => new(await GetAsync("/runs/" + Segment(runId), cancellationToken).ConfigureAwait(false));

    /// <summary>
    /// Archives a run or takes it back by its flag <c>hidden</c> (specification of 2019-09-30: CreateRun, Runs_Patch), which is what
    /// Resource Manager calls archived. For steps of pipelines, whose jobs Resource Manager does not give whole.
    /// </summary>
    /// <param name="runId">Its id.</param>
    /// <param name="hidden">True to archive, false to restore.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <exception cref="AzureServiceException">Refused, or it is not there (404).</exception>
    public async Task SetRunHiddenAsync(string runId, bool hidden, CancellationToken cancellationToken)
    {
        var address = await _endpoints.AddressAsync(Service, "/runs/" + Segment(runId), cancellationToken).ConfigureAwait(false);
        await PatchFlagAsync(address, "hidden", hidden, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Says anew what a run says of itself (specification of 2019-09-30: CreateRun, Runs_Patch).</summary>
    /// <param name="runId">Its id.</param>
    /// <param name="description">The text; empty to take it away.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <exception cref="AzureServiceException">Refused, or it is not there (404).</exception>
    public async Task SetRunDescriptionAsync(string runId, string description, CancellationToken cancellationToken)
    {
        var address = await _endpoints.AddressAsync(Service, "/runs/" + Segment(runId), cancellationToken).ConfigureAwait(false);
        await PatchTextAsync(address, "description", description, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Says anew what an experiment is for (specification of 2019-09-30: ModifyExperiment).</summary>
    /// <param name="experimentId">Its id, not its name.</param>
    /// <param name="description">The text; empty to take it away.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <exception cref="AzureServiceException">Refused, or it is not there (404).</exception>
    public async Task SetExperimentDescriptionAsync(string experimentId, string description, CancellationToken cancellationToken)
    {
        var address = await _endpoints.AddressAsync(Service, "/experimentids/" + Segment(experimentId), cancellationToken).ConfigureAwait(false);
        await PatchTextAsync(address, "description", description, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes tags of a run (specification of 2019-09-30: Runs_DeleteTags, whose body is the list itself).</summary>
    /// <param name="experimentName">Its experiment.</param>
    /// <param name="runId">Its id.</param>
    /// <param name="tags">Names of the tags.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <exception cref="AzureServiceException">Refused, or it is not there (404).</exception>
    public async Task DeleteRunTagsAsync(string experimentName, string runId, IReadOnlyList<string> tags, CancellationToken cancellationToken)
    {
        var address = await _endpoints.AddressAsync(Service, $"/experiments/{Segment(experimentName)}/runs/{Segment(runId)}/tags", cancellationToken).ConfigureAwait(false);
        await _sender.SendAsync(RequestMethod.Delete, address, writer => WriteList(writer, tags), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes tags of an experiment (specification of 2019-09-30: Experiments_DeleteTags, DeleteTagsCommand).</summary>
    /// <param name="experimentId">Its id, not its name.</param>
    /// <param name="tags">Names of the tags.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <exception cref="AzureServiceException">Refused, or it is not there (404).</exception>
    public async Task DeleteExperimentTagsAsync(string experimentId, IReadOnlyList<string> tags, CancellationToken cancellationToken)
    {
        var address = await _endpoints.AddressAsync(Service, $"/experimentids/{Segment(experimentId)}/tags", cancellationToken).ConfigureAwait(false);
        await _sender.SendAsync(
            RequestMethod.Delete,
            address,
            writer =>
            {
                writer.WriteStartObject();
                writer.WritePropertyName("tags");
                WriteList(writer, tags);
                writer.WriteEndObject();
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A run's details, raw. They hold signed addresses of log files (<c>logFiles</c>): not to be logged, nor kept.</summary>
    /// <param name="runId">Its id.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public Task<JsonElement> GetRunDetailsAsync(string runId, CancellationToken cancellationToken)
        => GetAsync($"/runs/{Segment(runId)}/details", cancellationToken);

    /// <summary>A page of a run's direct children.</summary>
    /// <param name="runId">The parent.</param>
    /// <param name="filter">OData expression; null for none.</param>
    /// <param name="orderBy">Such as <c>CreatedUtc desc</c>; null leaves it to the service.</param>
    /// <param name="pageSize">How many at most.</param>
    /// <param name="continuationToken">The previous page's; null for the first.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<HistoryPage<RunDocument>> GetChildrenPageAsync(
        string runId, string? filter, string? orderBy, int pageSize, string? continuationToken, CancellationToken cancellationToken)
    {
        var query = DataPlanePages.Query(
            ("$filter", filter), ("$continuationtoken", continuationToken), ("$orderby", orderBy),
            ("$top", pageSize.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        return DataPlanePages.Read(
            await GetAsync($"/runs/{Segment(runId)}/children{query}", cancellationToken).ConfigureAwait(false),
            raw => new RunDocument(raw));
    }

    /// <summary>All direct children of a run, page by page.</summary>
    /// <param name="runId">The parent.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public IAsyncEnumerable<RunDocument> GetChildrenAsync(string runId, CancellationToken cancellationToken) =>
        DataPlanePages.AllAsync(token => GetChildrenPageAsync(runId, null, null, ChildrenPageSize, token, cancellationToken));

    /// <summary>A run's metadata, definition and job specification, raw: <c>runMetadata</c>, <c>runDefinition</c>, <c>jobSpecification</c>.</summary>
    /// <param name="runId">Its id.</param>
    /// <param name="definition">The definition too.</param>
    /// <param name="specification">The job specification too.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<JsonElement> GetRunDataAsync(string runId, bool definition, bool specification, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(runId);
        var address = await _endpoints.AddressAsync(Service, "/rundata", cancellationToken).ConfigureAwait(false);
        return await _sender.PostAsync(
            address,
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("runId", runId);
                writer.WriteBoolean("selectRunMetadata", true);
                writer.WriteBoolean("selectRunDefinition", definition);
                writer.WriteBoolean("selectJobSpecification", specification);
                writer.WriteEndObject();
            },
            cancellationToken).ConfigureAwait(false);
    }

    private Task PatchFlagAsync(Uri address, string name, bool value, CancellationToken cancellationToken) => _sender.SendAsync(
        RequestMethod.Patch,
        address,
        writer =>
        {
            writer.WriteStartObject();
            writer.WriteBoolean(name, value);
            writer.WriteEndObject();
        },
        cancellationToken);

    private Task PatchTextAsync(Uri address, string name, string value, CancellationToken cancellationToken) => _sender.SendAsync(
        RequestMethod.Patch,
        address,
        writer =>
        {
            writer.WriteStartObject();
            writer.WriteString(name, value);
            writer.WriteEndObject();
        },
        cancellationToken);

    private static void WriteList(Utf8JsonWriter writer, IReadOnlyList<string> texts)
    {
        writer.WriteStartArray();
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }

    private static string Segment(string name) => DataPlanePages.Segment(name);

    private async Task<JsonElement> GetAsync(string relative, CancellationToken cancellationToken)
    {
        var address = await _endpoints.AddressAsync(Service, relative, cancellationToken).ConfigureAwait(false);
        return await _sender.GetAsync(address, cancellationToken).ConfigureAwait(false);
    }

    private async Task<JsonElement> QueryAsync(
        string relative, string? view, string? filter, string? orderBy, int pageSize, string? continuationToken, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pageSize);
        var address = await _endpoints.AddressAsync(Service, relative, cancellationToken).ConfigureAwait(false);
        return await _sender.PostAsync(address, Query(view, filter, orderBy, pageSize, continuationToken), cancellationToken).ConfigureAwait(false);
    }

    private static Action<Utf8JsonWriter> Query(string? view, string? filter, string? orderBy, int pageSize, string? continuationToken) => writer =>
    {
        writer.WriteStartObject();
        WriteText(writer, "viewType", view);
        WriteText(writer, "filter", filter);
        WriteText(writer, "orderBy", orderBy);
        WriteText(writer, "continuationToken", continuationToken);
        writer.WriteNumber("top", pageSize);
        writer.WriteEndObject();
    };

    private static void WriteText(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }
}
