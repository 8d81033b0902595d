using System.Net;
using System.Text.Json;
using AmlDataTools.Azure.Artifacts;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.RunHistory;
using Xunit;

namespace AmlDataTools.Azure.Tests.RunHistory;

public sealed class DataPlaneTests
{
    private static readonly WorkspaceRef Workspace = new("s", "g", "w", null);

    [Fact]
    public async Task A_reused_step_is_read()
    {
        using var connection = Service().On("GET", "/runs/r", Sample.Load("history-run-get-200")).Connect();
        var run = await connection.Workspace(Workspace).RunHistory.GetRunAsync("r", default);
        Assert.Equal("a0000000-0000-4000-8000-000000000057", run.RunId);
        Assert.Equal("hello_world_component_inline", run.DisplayName);
        Assert.Equal("Completed", run.Status);
        Assert.True(run.IsReused);
        Assert.Equal("a0000000-0000-4000-8000-000000000060", run.ReusedRunId);
        Assert.Equal("dcid.a0000000-0000-4000-8000-000000000060", run.DataContainerId);
        Assert.Equal(("test_500269749167", "test_500269749167", "azureml.StepRun"), (run.ParentRunId, run.RootRunId, run.RunType));
        Assert.Equal(("Ben Example", "11111111-1111-1111-1111-111111111112"), (run.CreatedByName, run.CreatedByObjectId));
        Assert.Equal("a0000000-0000-4000-8000-000000000061", run.ContentSnapshotId);
        Assert.Equal(TimeSpan.Zero, run.Duration);
        Assert.Equal("95421ceb".Length, run.Tags["azureml.nodeid"].Length);
        Assert.False(run.Hidden);
        Assert.Empty(run.Outputs);
    }

    [Fact]
    public async Task Run_data_tells_the_named_outputs()
    {
        var service = Service().On("POST", "/rundata", Sample.Load("history-rundata-200"));
        using var connection = service.Connect();
        var data = await connection.Workspace(Workspace).RunHistory.GetRunDataAsync("r", true, false, default);
        var run = new RunDocument(data.GetProperty("runMetadata"));
        Assert.Equal(["default", "job_out_path_1"], run.Outputs.Select(output => output.Name));
        Assert.All(run.Outputs, output => Assert.Equal("UriFolder", output.Type));
        Assert.Equal(TimeSpan.Parse("00:00:03.6674413", null), run.Duration);
        Assert.False(run.IsReused);
        using var body = JsonDocument.Parse(service.Requests[^1].Body ?? string.Empty);
        Assert.Equal("r", body.RootElement.GetProperty("runId").GetString());
        Assert.True(body.RootElement.GetProperty("selectRunDefinition").GetBoolean());
    }

    [Fact]
    public async Task Queries_say_what_is_wanted_and_pages_go_on_by_token()
    {
        var service = Service().On("POST", "/experiments/a%2Fb%20c/runs:query", sent => FakeService.Json(sent.Body?.Contains("\"t1\"", StringComparison.Ordinal) == true
            ? """{"value":[{"runId":"2"}],"continuationToken":null,"nextLink":null}"""
            : """{"value":[{"runId":"1"}],"continuationToken":"t1","nextLink":"https://attacker.example/"}"""));
        using var connection = service.Connect();
        var history = connection.Workspace(Workspace).RunHistory;
        var first = await history.QueryRunsAsync("a/b c", "(ParentRunId eq null)", "CreatedUtc desc", 7, null, default);
        var second = await history.QueryRunsAsync("a/b c", "(ParentRunId eq null)", "CreatedUtc desc", 7, first.ContinuationToken, default);
        Assert.Equal(("1", "t1", "2", null), (first.Items[0].RunId, first.ContinuationToken, second.Items[0].RunId, second.ContinuationToken));
        Assert.Equal("""{"filter":"(ParentRunId eq null)","orderBy":"CreatedUtc desc","top":7}""", service.Requests[^2].Body);
        Assert.Equal("""{"filter":"(ParentRunId eq null)","orderBy":"CreatedUtc desc","continuationToken":"t1","top":7}""", service.Requests[^1].Body);
    }

    [Fact]
    public async Task Children_are_paged_by_the_parameters_of_the_specification()
    {
        var service = Service()
            .On("GET", "continuationtoken=t%2B1", """{"value":[{"runId":"2"}]}""")
            .On("GET", "/runs/p/children", """{"value":[{"runId":"1"}],"continuationToken":"t+1"}""");
        using var connection = service.Connect();
        var ids = new List<string>();
        await foreach (var run in connection.Workspace(Workspace).RunHistory.GetChildrenAsync("p", default))
        {
            ids.Add(run.RunId);
        }

        Assert.Equal(["1", "2"], ids);
        Assert.EndsWith("/children?%24continuationtoken=t%2B1&%24top=500", service.Requests[^1].Address.AbsoluteUri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_that_does_not_move_on_ends_with_an_error()
    {
        using var connection = Service().On("GET", "/children", """{"value":[{"runId":"1"}],"continuationToken":"same"}""").Connect();
        var exception = await Assert.ThrowsAsync<AzureServiceException>(async () =>
        {
            await foreach (var run in connection.Workspace(Workspace).RunHistory.GetChildrenAsync("p", default))
            {
                Assert.Equal("1", run.RunId);
            }
        });
        Assert.Equal("InvalidContinuationToken", exception.Code);
    }

    [Fact]
    public async Task Artifacts_are_listed_and_signed_addresses_stay_out_of_texts()
    {
        using var connection = Service()
            .On("GET", "/artifacts/ExperimentRun/dcid.r/prefix/contentinfo?path=outputs%2F&continuationToken=sample-token-1", """{"value":[],"continuationToken":null}""")
            .On("GET", "/artifacts/ExperimentRun/dcid.r/prefix/contentinfo?path=outputs%2F", Sample.Load("artifact-prefix-contentinfo-200"))
            .On("GET", "/artifacts/ExperimentRun/dcid.r/contentinfo?path=user_logs%2Fstd_log.txt", Sample.Load("artifact-contentinfo-200"))
            .On("GET", "/artifacts/ExperimentRun/dcid.r", Sample.Load("artifact-list-200"))
            .Connect();
        var artifacts = connection.Workspace(Workspace).Artifacts;
        var paths = new List<string>();
        await foreach (var artifact in artifacts.ListAsync(ArtifactClient.ExperimentRun, "dcid.r", null, default))
        {
            Assert.Equal("workspaceartifactstore", artifact.DatastoreName);
            paths.Add(artifact.Path);
        }

        Assert.Equal(["user_logs/std_log.txt", "outputs/model.pkl"], paths);
        var one = await artifacts.GetContentInfoAsync(ArtifactClient.ExperimentRun, "dcid.r", "user_logs/std_log.txt", default);
        Assert.Contains("sig=", one.ContentUri.Query, StringComparison.Ordinal);
        Assert.DoesNotContain("sig=", one.ToString(), StringComparison.Ordinal);
        var signed = new List<string>();
        await foreach (var info in artifacts.ListContentInfoAsync(ArtifactClient.ExperimentRun, "dcid.r", "outputs/", default))
        {
            signed.Add(info.Path);
        }

        Assert.Equal(["outputs/model.pkl"], signed);
    }

    [Fact]
    public async Task The_other_form_of_the_prefix_request_is_used_where_the_first_is_unknown()
    {
        var service = Service()
            .On("GET", "/artifacts/prefix/contentinfo/ExperimentRun/dcid.r?path=", Sample.Load("artifact-prefix-contentinfo-200"))
            .On("GET", "/dcid.r/prefix/contentinfo", _ => new HttpResponseMessage(HttpStatusCode.NotFound));
        using var connection = service.Connect();
        var page = await connection.Workspace(Workspace).Artifacts.ListContentInfoPageAsync(ArtifactClient.ExperimentRun, "dcid.r", string.Empty, null, default);
        Assert.Single(page.Items);
    }

    [Fact]
    public async Task Assets_are_resolved_in_batches()
    {
        const string Id = "azureml://locations/centraluseuap/workspaces/a0000000-0000-4000-8000-000000000052/data/azureml_test_495987493621_output_data_default/versions/1";
        var service = Service().On("POST", "/data/v1.0/", Sample.Load("data-batchgetresolveduris-200"));
        using var connection = service.Connect();
        string[] ids = [Id, .. Enumerable.Range(0, 149).Select(index => "azureml://x/" + index)];
        var found = await connection.Workspace(Workspace).Data.BatchGetResolvedUrisAsync(ids, default);
        Assert.EndsWith("/datastores/workspaceartifactstore/paths/ExperimentRun/dcid.test_495987493621/", found[Id].Uri, StringComparison.Ordinal);
        Assert.Equal("UriFolder", found[Id].Type);
        Assert.Equal(2, service.Requests.Count(sent => sent.Method == "POST"));
    }

    [Fact]
    public async Task A_snapshot_is_waited_for()
    {
        var polls = 0;
        using var connection = Service()
            .On("POST", "/content/v2.0/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/snapshots/x/zip", _ => Accepted("/content/poll/1"))
            .On("GET", "/content/poll/1", _ => polls++ == 0 ? Accepted("/content/poll/1") : FakeService.Json("""{"zipSasUri":"https://a.blob.core.windows.net/z?sig=S"}"""))
            .Connect();
        Assert.Equal("a.blob.core.windows.net", (await connection.Workspace(Workspace).Content.GetZipAsync("x", default))?.Host);
        Assert.Equal(2, polls);
    }

    [Fact]
    public async Task A_missing_content_service_is_null_and_a_foreign_poll_is_refused()
    {
        var service = Service()
            .On("POST", "/snapshots/gone/zip", _ => new HttpResponseMessage(HttpStatusCode.NotFound))
            .On("POST", "/snapshots/evil/zip", _ => Accepted("https://attacker.example/poll"));
        using var connection = service.Connect();
        Assert.Null(await connection.Workspace(Workspace).Content.GetZipAsync("gone", default));
        await Assert.ThrowsAsync<ForeignHostException>(() => connection.Workspace(Workspace).Content.GetZipAsync("evil", default));
        Assert.DoesNotContain(service.Requests, sent => sent.Address.Host == "attacker.example");
    }

    [Fact]
    public async Task Metrics_are_listed_and_read_to_the_end()
    {
        var service = Service()
            .On("POST", "/metric/v2.0/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/runs/r/list", """{"value":[{"name":"loss","namespace":"n"}]}""")
            .On("POST", "/runs/r/full", sent => FakeService.Json(sent.Body?.Contains("\"c\"", StringComparison.Ordinal) == true ? """{"value":[2]}""" : """{"value":[1],"continuationToken":"c"}"""));
        using var connection = service.Connect();
        var metrics = connection.Workspace(Workspace).Metrics;
        var pages = 0;
        await foreach (var metric in metrics.ListAsync("r", default))
        {
            await foreach (var page in metrics.GetFullAsync("r", metric.Text("name") ?? string.Empty, metric.Text("namespace"), default))
            {
                Assert.Single(page.Items("value"));
                pages++;
            }
        }

        Assert.Equal(2, pages);
        Assert.Contains("\"metricName\":\"loss\",\"metricNamespace\":\"n\"", service.Requests[^1].Body, StringComparison.Ordinal);
    }

    private static HttpResponseMessage Accepted(string location)
    {
        var response = new HttpResponseMessage(HttpStatusCode.Accepted);
        response.Headers.TryAddWithoutValidation("Location", location);
        response.Headers.TryAddWithoutValidation("Retry-After", "0");
        return response;
    }

    private static FakeService Service() => new FakeService()
        .On("GET", "/workspaces/w?", Sample.Load("workspace-get-200"))
        .On("GET", "/discovery", Sample.Load("discovery-200"));
}
