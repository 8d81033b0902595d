using System.Net;
using System.Text.Json.Nodes;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Runs;
using AmlDataTools.Core.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmlDataTools.Core.Tests.Explorer;

public sealed class ExplorerServiceTests : IDisposable
{
    private readonly FakeAzure _azure = new();
    private readonly MemoryBrowser _browser = new();
    private readonly StillClock _clock = new(new DateTimeOffset(2026, 1, 1, 12, 30, 0, TimeSpan.Zero));
    private readonly AzureConnection _connection;
    private readonly ExplorerService _explorer;

    public ExplorerServiceTests()
    {
        _connection = _azure.Connect();
        _explorer = new ExplorerService(
            _connection, _browser, new NamedOutputResolver(_connection, new RunReader(_connection), _browser), NullLoggerFactory.Instance, _clock);
    }

    public void Dispose() => _connection.Dispose();

    [Fact]
    public async Task The_roots_are_the_subscriptions_chosen()
    {
        var page = await _explorer.ChildrenAsync(new ChildrenRequest(null, [new("s2", "t", "Zeta", "Enabled"), new("s1", "t", "Alpha", "Disabled")], null, null, null, false), default);
        Assert.Equal(["Alpha", "Zeta"], page.Nodes.Select(node => node.Label));
        Assert.Equal("disabled", page.Nodes[0].Description);
        Assert.Equal(new SubscriptionTarget("s1", "t"), NodeTargets.Parse(page.Nodes[0].Id));
        var none = await _explorer.ChildrenAsync(new ChildrenRequest(null, [], null, null, null, false), default);
        Assert.Contains(NodeAction.SelectSubscriptions, Assert.Single(none.Nodes).Actions);
    }

    [Fact]
    public async Task Workspaces_come_by_name_and_in_pages_from_one_reading()
    {
        var list = new JsonArray([.. Enumerable.Range(0, 7).Reverse().Select(index => (JsonNode)new JsonObject
        {
            ["id"] = $"/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/ws{index}",
            ["name"] = $"ws{index}",
            ["location"] = "westeurope",
            ["kind"] = "Default",
        })]);
        _azure.On("GET", "MachineLearningServices/workspaces?", new JsonObject { ["value"] = list }.ToJsonString());
        var all = await AllAsync(new SubscriptionTarget("s", "t"), pageSize: 3);
        Assert.Equal(NodeKind.Leftovers, all[^1].Kind);
        var names = all.SkipLast(1).ToList();
        Assert.Equal(Enumerable.Range(0, 7).Select(index => $"ws{index}"), names.Select(node => node.Label));
        Assert.All(names, node => Assert.Equal("westeurope", node.Description));
        Assert.Equal(new WorkspaceRef("s", "g", "ws0", "t"), Assert.IsType<WorkspaceTarget>(NodeTargets.Parse(names[0].Id)).Workspace);
        Assert.Equal(2, _azure.Requests.Count);
        Assert.Single(_azure.Requests, request => request.Contains("/registries?", StringComparison.Ordinal));
        _explorer.Refresh(NodeTargets.Format(new SubscriptionTarget("s", "t")));
        await AllAsync(new SubscriptionTarget("s", "t"), pageSize: 10);
        Assert.Equal(4, _azure.Requests.Count);
    }

    [Fact]
    public async Task Ten_thousand_runs_come_in_pages_newest_first_roots_only()
    {
        var runs = Enumerable.Range(0, 10_000).Select(index => FakeAzure.Run($"run{index}", parent: index % 10 == 9 ? $"run{index - 1}" : null)).ToList();
        _azure.WithRuns("e", runs);
        var first = await ChildrenAsync(new ExperimentTarget(FakeAzure.Workspace, "e"));
        Assert.Equal(50, first.Nodes.Count);
        Assert.NotNull(first.NextPageToken);
        Assert.All(first.Nodes, node => Assert.Equal(NodeKind.Run, node.Kind));
        Assert.Contains("\"top\":50", _azure.Requests[^1], StringComparison.Ordinal);
        Assert.Contains("CreatedUtc desc", _azure.Requests[^1], StringComparison.Ordinal);
        var all = await AllAsync(new ExperimentTarget(FakeAzure.Workspace, "e"), pageSize: 1000);
        Assert.Equal(9_000, all.Count);
        Assert.Equal(9_000, all.Select(node => node.Id).Distinct().Count());
    }

    [Fact]
    public async Task A_run_shows_what_one_compares()
    {
        _azure.WithRuns("e", [FakeAzure.Run("r1", name: "mango_leaf_3f"), FakeAzure.Run("r2", "Failed")]);
        var page = await ChildrenAsync(new ExperimentTarget(FakeAzure.Workspace, "e"));
        var node = page.Nodes[0];
        Assert.Equal(("mango_leaf_3f", "12 min, 2 h ago, Ada Example", "pass", "testing.iconPassed"), (node.Label, node.Description, node.Icon, node.IconColor));
        Assert.Equal("mango_leaf_3f, Completed, 12 min, 2 h ago, Ada Example", node.AccessibilityLabel);
        Assert.Contains("Tags: team=red", node.Tooltip, StringComparison.Ordinal);
        Assert.Equal(
            new NodeResource("r1", "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/jobs/r1", "https://ml.azure.com/runs/r1?wsid=/subscriptions/s/resourcegroups/g/workspaces/w&tid=t", null),
            node.Resource);
        Assert.Contains(NodeAction.DownloadRun, node.Actions);
        Assert.Equal(("r2", "error", "testing.iconFailed"), (page.Nodes[1].Label, page.Nodes[1].Icon, page.Nodes[1].IconColor));
    }

    [Fact]
    public async Task A_sparse_filter_looks_through_a_bounded_number_and_says_so()
    {
        _azure.WithRuns("e", [.. Enumerable.Range(0, 5000).Select(index => FakeAzure.Run($"run{index}", by: index == 4500 ? "Ben Example" : "Ada Example"))]);
        var filter = new RunFilter(null, [], "ben", null);
        var first = await ChildrenAsync(new ExperimentTarget(FakeAzure.Workspace, "e"), filter: filter);
        Assert.Equal(NodeKind.Notice, Assert.Single(first.Nodes).Kind);
        Assert.Contains("1,000 runs", first.Nodes[0].Label, StringComparison.Ordinal);
        Assert.NotNull(first.NextPageToken);
        Assert.Equal(5, _azure.Requests.Count(request => request.Contains("runs:query", StringComparison.Ordinal)));
        var all = await AllAsync(new ExperimentTarget(FakeAzure.Workspace, "e"), filter: filter);
        Assert.Equal("run4500", Assert.Single(all, node => node.Kind == NodeKind.Run).Label);
        Assert.Equal(all.Count, all.Select(node => node.Id).Distinct().Count());
    }

    [Fact]
    public async Task A_service_that_does_not_take_the_filter_is_read_plain()
    {
        _azure.WithRuns("e", [FakeAzure.Run("a"), FakeAzure.Run("child", parent: "a"), FakeAzure.Run("old", hidden: true), FakeAzure.Run("f", "Failed")], takesFilter: false);
        var target = new ExperimentTarget(FakeAzure.Workspace, "e");
        Assert.Equal(["a", "f"], (await ChildrenAsync(target)).Nodes.Select(node => node.Label));
        Assert.Equal(["a", "old", "f"], (await ChildrenAsync(target, archived: true)).Nodes.Select(node => node.Label));
        Assert.Equal(["f"], (await ChildrenAsync(target, filter: new RunFilter(null, ["Failed"], null, null))).Nodes.Select(node => node.Label));
        Assert.Equal(3, (await AllAsync(target, pageSize: 1, archived: true)).Count);
    }

    [Fact]
    public async Task A_service_that_wants_quotes_gets_them()
    {
        var runs = Enumerable.Range(0, 300).Select(index => FakeAzure.Run($"r{index}", index % 3 == 0 ? "Failed" : "Completed")).ToList();
        _azure.WithRuns("e", runs, quotedTexts: true);
        var failed = await AllAsync(new ExperimentTarget(FakeAzure.Workspace, "e"), pageSize: 20, filter: new RunFilter(null, ["Failed"], null, null));
        Assert.Equal(100, failed.Count);
        var queries = _azure.Requests.Where(request => request.Contains("runs:query", StringComparison.Ordinal)).ToList();
        Assert.Single(queries, query => query.Contains("(Status eq Failed)", StringComparison.Ordinal));
        Assert.All(queries.Skip(1), query => Assert.Contains("Status eq \\u0027Failed", query, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_there_is_said_with_its_reason()
    {
        _azure.WithRuns("e", []).On("POST", "/experiments:query", """{"value":[]}""");
        Assert.StartsWith("No runs in this experiment", Assert.Single((await ChildrenAsync(new ExperimentTarget(FakeAzure.Workspace, "e"))).Nodes).Label, StringComparison.Ordinal);
        Assert.StartsWith("No run matches", Assert.Single((await ChildrenAsync(new ExperimentTarget(FakeAzure.Workspace, "e"), filter: new RunFilter("x", [], null, null))).Nodes).Label, StringComparison.Ordinal);
        Assert.StartsWith("No experiments in this workspace yet", Assert.Single((await ChildrenAsync(new ExperimentsTarget(FakeAzure.Workspace))).Nodes).Label, StringComparison.Ordinal);
        Assert.StartsWith("No files here", Assert.Single((await ChildrenAsync(new FolderTarget(new FileLocation(FakeAzure.Workspace, "store", "x/", null), "r"))).Nodes).Label, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Experiments_are_listed_with_their_last_run()
    {
        _azure.On("POST", "/experiments:query", """{"value":[{"experimentId":"id-1","name":"credit-scoring","latestCreatedRunCreatedUtc":"2026-01-01T10:00:00Z"},{"experimentId":"id-2","name":"old","archivedTime":"2025-01-01T00:00:00Z"}]}""");
        var page = await ChildrenAsync(new ExperimentsTarget(FakeAzure.Workspace));
        var node = Assert.Single(page.Nodes);
        Assert.Equal(("credit-scoring", "last run 2 h ago"), (node.Label, node.Description));
        Assert.Contains("/experiments/id/id-1?wsid=", node.Resource?.StudioUrl, StringComparison.Ordinal);
        Assert.Contains("ActiveOnly", _azure.Requests[^1], StringComparison.Ordinal);
        Assert.Equal(2, (await ChildrenAsync(new ExperimentsTarget(FakeAzure.Workspace), archived: true)).Nodes.Count);
    }

    [Fact]
    public async Task A_pipeline_run_opens_into_files_outputs_and_children()
    {
        var pipeline = FakeAzure.Run("p", type: "azureml.PipelineRun");
        pipeline["outputs"] = new JsonObject { ["default"] = new JsonObject { ["assetId"] = "a" }, ["model_output"] = new JsonObject { ["assetId"] = "b" } };
        _azure.WithRuns("e", [pipeline, FakeAzure.Run("c1", parent: "p"), FakeAzure.Run("c2", parent: "p"), FakeAzure.Run("leaf", parent: "c1")]);
        var below = (await ChildrenAsync(new RunTarget(FakeAzure.Workspace, "p"))).Nodes;
        Assert.Equal(["Outputs + logs", "Named outputs", "Child runs"], below.Select(node => node.Label));
        Assert.Equal("model_output", below[1].Description);
        Assert.Equal(
            new RunFilesTarget(new FileLocation(FakeAzure.Workspace, "workspaceartifactstore", "ExperimentRun/dcid.p/", "dcid.p"), "p"), NodeTargets.Parse(below[0].Id));
        Assert.Equal(["c1", "c2"], (await _explorer.ChildrenAsync(Request(below[2].Id), default)).Nodes.Select(node => node.Label));
        Assert.Equal(["Outputs + logs", "Named outputs"], (await ChildrenAsync(new RunTarget(FakeAzure.Workspace, "leaf"))).Nodes.Select(node => node.Label));
        Assert.Equal(3, (await ChildrenAsync(new RunTarget(FakeAzure.Workspace, "c1"))).Nodes.Count);
    }

    [Fact]
    public async Task Files_come_in_pages_with_sizes()
    {
        _browser.Files.AddRange(Enumerable.Range(0, 450).Select(index => $"workspaceartifactstore:ExperimentRun/dcid.r/outputs/f{index:000}"));
        _browser.Files.Add("workspaceartifactstore:ExperimentRun/dcid.r1/outputs/other");
        var root = new RunFilesTarget(new FileLocation(FakeAzure.Workspace, "workspaceartifactstore", "ExperimentRun/dcid.r/", "dcid.r"), "r");
        var folder = Assert.Single((await ChildrenAsync(root)).Nodes);
        Assert.Equal((NodeKind.Folder, "outputs"), (folder.Kind, folder.Label));
        var first = await _explorer.ChildrenAsync(Request(folder.Id), default);
        Assert.Equal(200, first.Nodes.Count);
        var all = await AllAsync(NodeTargets.Parse(folder.Id));
        Assert.Equal(450, all.Count);
        Assert.All(all, node => Assert.Equal(("2 KB, 1970-01-01", 2048L), (node.Description, node.Resource?.Bytes)));
        Assert.Equal("ExperimentRun/dcid.r/outputs/f000", Assert.IsType<FileTarget>(NodeTargets.Parse(all[0].Id)).Location.Path);
    }

    [Fact]
    public async Task Named_outputs_open_into_their_files()
    {
        var run = FakeAzure.Run("r");
        run["outputs"] = new JsonObject { ["model"] = new JsonObject { ["assetId"] = "id:1", ["type"] = "uri_folder" } };
        _azure.WithRuns("e", [run]).On("POST", "/data/v1.0/", """{"values":{"id:1":{"uri":"azureml://datastores/b/paths/x/model","type":"uri_folder"}}}""");
        _browser.Files.Add("b:x/model/weights.bin");
        var output = Assert.Single((await ChildrenAsync(new NamedOutputsTarget(FakeAzure.Workspace, "r"))).Nodes);
        Assert.Equal(new NamedOutputTarget(FakeAzure.Workspace, "r", "model"), NodeTargets.Parse(output.Id));
        var file = Assert.Single((await _explorer.ChildrenAsync(Request(output.Id), default)).Nodes);
        Assert.Equal("x/model/weights.bin", Assert.IsType<FileTarget>(NodeTargets.Parse(file.Id)).Location.Path);
    }

    [Fact]
    public async Task A_model_that_is_one_file_opens_into_it()
    {
        var run = FakeAzure.Run("r");
        run["outputs"] = new JsonObject { ["model"] = new JsonObject { ["assetId"] = "id:1", ["type"] = "custom_model" }, ["dir"] = new JsonObject { ["assetId"] = "id:2", ["type"] = "custom_model" } };
        _azure.WithRuns("e", [run]).On("POST", "/modelregistry/v1.0/", """{"values":{"id:1":{"uri":"azureml://datastores/b/paths/x/model.pkl","type":"custom_model"},"id:2":{"uri":"azureml://datastores/b/paths/x/dir","type":"custom_model"}}}""");
        _browser.Files.AddRange(["b:x/model.pkl", "b:x/model.pkl.sha", "b:x/dir/part"]);
        var file = Assert.Single((await ChildrenAsync(new NamedOutputTarget(FakeAzure.Workspace, "r", "model"))).Nodes);
        Assert.Equal("x/model.pkl", Assert.IsType<FileTarget>(NodeTargets.Parse(file.Id)).Location.Path);
        Assert.Equal("part", Assert.Single((await ChildrenAsync(new NamedOutputTarget(FakeAzure.Workspace, "r", "dir"))).Nodes).Label);
        Assert.Equal("namedOutput.notFound", Assert.Single((await ChildrenAsync(new NamedOutputTarget(FakeAzure.Workspace, "r", "other"))).Nodes).Tooltip?.Split('\n')[1]["Code: ".Length..]);
    }

    [Fact]
    public async Task Without_run_history_the_list_comes_from_resource_manager_and_says_so()
    {
        _azure.On("GET", "/discovery", (_, _) => throw new HttpRequestException(HttpRequestError.NameResolutionError, "no such host"))
            .On("GET", "/jobs?", """{"value":[{"name":"j1","properties":{"experimentName":"e","displayName":"mango","status":"Completed","jobType":"Command"},"systemData":{"createdBy":"Ada Example","createdAt":"2026-01-01T11:30:00Z"}},{"name":"j2","properties":{"experimentName":"other","status":"Running"}},{"name":"child"}]}""");
        var experiments = (await ChildrenAsync(new ExperimentsTarget(FakeAzure.Workspace))).Nodes;
        Assert.Equal(NodeKind.Notice, experiments[0].Kind);
        Assert.Contains("Resource Manager", experiments[0].Label, StringComparison.Ordinal);
        Assert.Contains("network.unreachable", experiments[0].Tooltip, StringComparison.Ordinal);
        Assert.Equal(["e", "other"], experiments.Skip(1).Select(node => node.Label));
        var runs = (await _explorer.ChildrenAsync(Request(experiments[1].Id), default)).Nodes;
        Assert.Equal(("mango", "1 h ago, Ada Example"), (runs[1].Label, runs[1].Description));
        Assert.Equal(2, runs.Count);
        var below = (await _explorer.ChildrenAsync(Request(runs[1].Id), default)).Nodes;
        Assert.Equal([NodeKind.Notice, NodeKind.RunFiles, NodeKind.NamedOutputs], below.Select(node => node.Kind));
        Assert.Single(_azure.Requests, request => request.Contains("/discovery", StringComparison.Ordinal));
        _clock.Now += TimeSpan.FromMinutes(3);
        await ChildrenAsync(new ExperimentsTarget(FakeAzure.Workspace));
        Assert.Equal(2, _azure.Requests.Count(request => request.Contains("/discovery", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(403, "auth.forbidden", NodeAction.SignIn)]
    [InlineData(404, "workspace.notFound", NodeAction.SelectSubscriptions)]
    public async Task What_resource_manager_refuses_is_an_error_node_with_its_actions(int status, string code, NodeAction action)
    {
        _azure.On("GET", "/workspaces/w?", """{"error":{"code":"AuthorizationFailed","message":"no"}}""", (HttpStatusCode)status);
        var node = Assert.Single((await ChildrenAsync(new ExperimentsTarget(FakeAzure.Workspace))).Nodes);
        Assert.Equal(NodeKind.Error, node.Kind);
        Assert.Contains(code, node.Tooltip, StringComparison.Ordinal);
        Assert.Contains(action, node.Actions);
        Assert.Equal(NodeExpansion.None, node.Expansion);
    }

    [Fact]
    public async Task A_foreign_data_plane_is_an_error_and_not_a_reason_to_look_elsewhere()
    {
        _azure.On("GET", "/discovery", """{"api":"https://attacker.example"}""");
        var node = Assert.Single((await ChildrenAsync(new ExperimentsTarget(FakeAzure.Workspace))).Nodes);
        Assert.Contains("security.foreignHost", node.Tooltip, StringComparison.Ordinal);
        Assert.DoesNotContain(_azure.Requests, request => request.Contains("attacker", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_later_page_that_failed_can_be_asked_for_again()
    {
        _browser.Failure = new AzureServiceException(403, "AuthorizationPermissionMismatch", "x") { Host = "a.blob.core.windows.net" };
        var target = NodeTargets.Format(new FolderTarget(new FileLocation(FakeAzure.Workspace, "store", "x/", null), "r"));
        var page = await _explorer.ChildrenAsync(Request(target) with { PageToken = "7" }, default);
        Assert.Contains("storage.authorizationMismatch", Assert.Single(page.Nodes).Tooltip, StringComparison.Ordinal);
        Assert.Equal("7", page.NextPageToken);
    }

    [Fact]
    public async Task Nonsense_is_refused_and_cancelling_is_no_error_node()
    {
        Assert.Equal("explorer.badNodeId", (await Assert.ThrowsAsync<ProblemException>(() => _explorer.ChildrenAsync(Request("nonsense"), default))).Code);
        var target = NodeTargets.Format(new ExperimentTarget(FakeAzure.Workspace, "e"));
        Assert.Equal("explorer.badPageToken", (await Assert.ThrowsAsync<ProblemException>(() => _explorer.ChildrenAsync(Request(target) with { PageToken = "x" }, default))).Code);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _explorer.ChildrenAsync(Request(target), cancelled.Token));
    }

    [Fact]
    public async Task Subscriptions_of_all_tenants_are_found_and_a_failing_tenant_is_told_of()
    {
        var calls = 0;
        _azure.On("GET", "/tenants?", """{"value":[{"tenantId":"t1"},{"tenantId":"t2"},{"tenantId":"t3"}]}""")
            .On("GET", "azure.com/subscriptions?", (_, _) => Interlocked.Increment(ref calls) switch
            {
                1 => FakeAzure.Json("""{"value":[{"subscriptionId":"b","displayName":"Beta","state":"Enabled"}]}"""),
                2 => FakeAzure.Json("""{"value":[{"subscriptionId":"B","displayName":"Beta","state":"Enabled"},{"subscriptionId":"a","displayName":"Alpha","state":"Warned"}]}"""),
                _ => FakeAzure.Json("""{"error":{"code":"AuthorizationFailed","message":"no"}}""", HttpStatusCode.Forbidden),
            });
        var list = await _explorer.SubscriptionsAsync(default);
        Assert.Equal(["Alpha", "Beta"], list.Subscriptions.Select(entry => entry.Name));
        Assert.NotEmpty(Assert.Single(list.Problems).Message);
    }

    [Fact]
    public async Task An_identity_that_may_not_list_tenants_has_its_own()
    {
        _azure.On("GET", "/tenants?", "{}", HttpStatusCode.Forbidden)
            .On("GET", "azure.com/subscriptions?", """{"value":[{"subscriptionId":"a","displayName":"Alpha","state":"Enabled","tenantId":"t9"}]}""");
        Assert.Equal(new SubscriptionEntry("a", "t9", "Alpha", "Enabled"), Assert.Single((await _explorer.SubscriptionsAsync(default)).Subscriptions));
    }

    [Fact]
    public async Task A_run_is_located_by_its_id_and_a_missing_one_is_told()
    {
        _azure.WithRuns("e", [FakeAzure.Run("mango")]);
        var workspaceNode = NodeTargets.Format(new ExperimentsTarget(FakeAzure.Workspace));
        var node = await _explorer.LocateAsync("mango", workspaceNode, default);
        Assert.Equal(new RunTarget(FakeAzure.Workspace, "mango"), NodeTargets.Parse(node.Id));
        var problem = await Assert.ThrowsAsync<ProblemException>(() => _explorer.LocateAsync("plum", workspaceNode, default));
        Assert.Equal(("run.notFound", "plum"), (problem.Code, problem.Target));
    }

    private static ChildrenRequest Request(string nodeId) => new(nodeId, null, null, null, null, false);

    private Task<ChildrenPage> ChildrenAsync(NodeTarget target, RunFilter? filter = null, bool archived = false)
        => _explorer.ChildrenAsync(Request(NodeTargets.Format(target)) with { Filter = filter, IncludeArchived = archived }, default);

    private async Task<List<ExplorerNode>> AllAsync(NodeTarget target, int? pageSize = null, RunFilter? filter = null, bool archived = false)
    {
        var nodes = new List<ExplorerNode>();
        string? token = null;
        do
        {
            var page = await _explorer.ChildrenAsync(
                Request(NodeTargets.Format(target)) with { PageToken = token, PageSize = pageSize, Filter = filter, IncludeArchived = archived }, default);
            nodes.AddRange(page.Nodes);
            token = page.NextPageToken;
        }
        while (token is not null);
        return nodes;
    }
}
