using System.Net;
using System.Text.Json.Nodes;
using AmlDataTools.Azure;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Runs;
using AmlDataTools.Core.Tests.Resources;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmlDataTools.Core.Tests.Explorer;

/// <summary>The groups below a workspace and what is in them: pages, archived ones, services that fail.</summary>
public sealed class ResourceTreeTests : IDisposable
{
    private readonly FakeAzure _azure = new();
    private readonly StillClock _clock = new(new DateTimeOffset(2026, 1, 1, 12, 30, 0, TimeSpan.Zero));
    private readonly AzureConnection _connection;
    private readonly ExplorerService _explorer;

    public ResourceTreeTests()
    {
        _connection = _azure.Connect();
        var browser = new MemoryBrowser();
        _explorer = new ExplorerService(
            _connection, browser, new NamedOutputResolver(_connection, new RunReader(_connection), browser), NullLoggerFactory.Instance, _clock);
    }

    public void Dispose() => _connection.Dispose();

    [Fact]
    public async Task A_workspace_opens_into_its_groups_without_a_request()
    {
        var page = await ChildrenAsync(new WorkspaceTarget(FakeAzure.Workspace));
        Assert.Equal(
            ["Experiments", "Models", "Data", "Compute", "Endpoints", "Pipelines and schedules", "Environments and components", "Datastores", "Resources of this workspace"], page.Nodes.Select(node => node.Label));
        Assert.All(page.Nodes, node => Assert.Equal(NodeExpansion.Collapsed, node.Expansion));
        Assert.All(page.Nodes.Where(node => node.Kind is not (NodeKind.EnvironmentsAndComponents or NodeKind.Dependents)), node => Assert.Contains(NodeAction.ChangeMatching, node.Actions));
        var inner = await _explorer.ChildrenAsync(Request(page.Nodes[6].Id), default);
        Assert.Equal([NodeKind.Environments, NodeKind.Components], inner.Nodes.Select(node => node.Kind));
        Assert.Empty(_azure.Requests);
    }

    [Fact]
    public async Task A_hundred_thousand_models_page_with_one_request_a_page()
    {
        _azure.WithCollection("models", [.. Enumerable.Range(0, 100_000).Select(index => FakeResources.Item($"models/m{index}"))], pageSize: 1000);
        var first = await ChildrenAsync(Group(ResourceGroupKind.Models));
        Assert.Equal(50, first.Nodes.Count);
        Assert.Single(_azure.Requests);
        Assert.NotNull(first.NextPageToken);
        var all = await AllAsync(Group(ResourceGroupKind.Models), 1000);
        Assert.Equal(100_000, all.Count);
        Assert.Equal(100_000, all.Select(node => node.Id).Distinct().Count());
        Assert.Equal(101, _azure.Requests.Count);
    }

    [Fact]
    public async Task Kinds_of_a_group_follow_each_other_whatever_the_page()
    {
        _azure.WithVersionOne().WithCollection("data", [.. Enumerable.Range(0, 7).Select(index => FakeResources.Item($"data/d{index}"))], pageSize: 3);
        string[] expected = ["d0", "d1", "d2", "d3", "d4", "d5", "d6", "loans-v1", "half"];
        foreach (var size in new[] { 1, 2, 3, 4, 7, 8, 9, 50 })
        {
            var all = await AllAsync(Group(ResourceGroupKind.DataAssets), size);
            Assert.Equal(expected, all.Select(node => node.Label));
            Assert.Equal(expected.Length, all.Select(node => node.Id).Distinct().Count());
        }

        Assert.Equal([NodeKind.DataAsset, NodeKind.Dataset], (await AllAsync(Group(ResourceGroupKind.DataAssets))).Select(node => node.Kind).Distinct());
    }

    [Theory]
    [InlineData(ResourceGroupKind.DataAssets, "/dataset/v1.2/")]
    [InlineData(ResourceGroupKind.Endpoints, "/modelmanagement/v1.0/")]
    public async Task A_part_that_fails_is_told_of_and_the_rest_is_shown(ResourceGroupKind group, string service)
    {
        _azure.WithVersionOne().WithCollection("data", [FakeResources.Item("data/d")])
            .WithCollection("onlineEndpoints", [FakeResources.Item("onlineEndpoints/o")]).WithCollection("batchEndpoints", [FakeResources.Item("batchEndpoints/b")])
            .On("GET", service, """{"error":{"code":"Forbidden","message":"no"}}""", HttpStatusCode.Forbidden);
        var nodes = (await ChildrenAsync(Group(group))).Nodes;
        var error = Assert.Single(nodes, node => node.Kind == NodeKind.Error);
        Assert.Contains("auth.forbidden", error.Tooltip, StringComparison.Ordinal);
        Assert.Contains(ResourceCatalog.Of(group == ResourceGroupKind.Endpoints ? ResourceKind.WebService : ResourceKind.Dataset).Plural, error.Label, StringComparison.Ordinal);
        Assert.Equal(group == ResourceGroupKind.Endpoints ? ["o", "b"] : ["d"], nodes.Where(node => node.Kind != NodeKind.Error).Select(node => node.Label));
    }

    [Fact]
    public async Task A_first_part_that_fails_does_not_hide_the_others()
    {
        _azure.WithVersionOne().On("GET", "/schedules?", """{"error":{"code":"ServiceError","message":"no"}}""", HttpStatusCode.NotImplemented);
        var nodes = (await ChildrenAsync(Group(ResourceGroupKind.Pipelines))).Nodes;
        Assert.Equal([NodeKind.Error, NodeKind.PipelineEndpoint, NodeKind.PublishedPipeline], nodes.Select(node => node.Kind));
        Assert.Contains("schedules", nodes[0].Label, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_is_not_there_is_a_notice()
    {
        _azure.WithCollection("data", [FakeResources.Item("data/d")]);
        var nodes = (await ChildrenAsync(Group(ResourceGroupKind.DataAssets))).Nodes;
        Assert.Equal([NodeKind.DataAsset, NodeKind.Notice], nodes.Select(node => node.Kind));
        Assert.Contains("datasets (v1)", nodes[1].Label, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_plane_that_cannot_be_reached_is_waited_for_once()
    {
        _azure.WithCollection("data", [FakeResources.Item("data/d")]).WithCollection("onlineEndpoints", []).WithCollection("batchEndpoints", [])
            .On("GET", "/discovery", (_, _) => throw new HttpRequestException(HttpRequestError.NameResolutionError, "no such host"));
        Assert.Contains("network.unreachable", (await ChildrenAsync(Group(ResourceGroupKind.DataAssets))).Nodes[1].Tooltip, StringComparison.Ordinal);
        var asked = _azure.Requests.Count(request => request.Contains("/discovery", StringComparison.Ordinal));
        Assert.Contains("network.unreachable", Assert.Single((await ChildrenAsync(Group(ResourceGroupKind.Endpoints))).Nodes).Tooltip, StringComparison.Ordinal);
        Assert.Equal(asked, _azure.Requests.Count(request => request.Contains("/discovery", StringComparison.Ordinal)));
        _explorer.Refresh(NodeTargets.Format(Group(ResourceGroupKind.Endpoints)));
        await ChildrenAsync(Group(ResourceGroupKind.Endpoints));
        Assert.True(_azure.Requests.Count(request => request.Contains("/discovery", StringComparison.Ordinal)) > asked);
    }

    [Theory]
    [InlineData(403, "auth.forbidden")]
    [InlineData(404, "workspace.notFound")]
    public async Task What_resource_manager_refuses_is_an_error_node(int status, string code)
    {
        _azure.On("GET", "/models?", """{"error":{"code":"X","message":"no"}}""", (HttpStatusCode)status);
        var node = Assert.Single((await ChildrenAsync(Group(ResourceGroupKind.Models))).Nodes);
        Assert.Equal(NodeKind.Error, node.Kind);
        Assert.Contains(code, node.Tooltip, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_later_page_that_failed_can_be_asked_for_again()
    {
        _azure.WithVersionOne().WithCollection("data", [.. Enumerable.Range(0, 4).Select(index => FakeResources.Item($"data/d{index}"))], pageSize: 2);
        var first = await _explorer.ChildrenAsync(Request(NodeTargets.Format(Group(ResourceGroupKind.DataAssets))) with { PageSize = 2 }, default);
        _azure.On("GET", "/data?", """{"error":{"code":"X","message":"no"}}""", HttpStatusCode.Forbidden);
        var second = await _explorer.ChildrenAsync(Request(NodeTargets.Format(Group(ResourceGroupKind.DataAssets))) with { PageSize = 2, PageToken = first.NextPageToken }, default);
        Assert.Equal((NodeKind.Error, first.NextPageToken), (Assert.Single(second.Nodes).Kind, second.NextPageToken));
    }

    [Fact]
    public async Task Nothing_there_is_said()
    {
        foreach (var collection in new[] { "models", "models/m/versions", "computes", "onlineEndpoints", "batchEndpoints", "onlineEndpoints/e/deployments" })
        {
            _azure.WithCollection(collection, []);
        }

        _azure.On("GET", "/modelmanagement/v1.0/", """{"value":[]}""");
        Assert.Equal("No models in this workspace, or only archived ones.", Assert.Single((await ChildrenAsync(Group(ResourceGroupKind.Models))).Nodes).Label);
        Assert.Equal("No models in this workspace.", Assert.Single((await ChildrenAsync(Group(ResourceGroupKind.Models), archived: true)).Nodes).Label);
        Assert.Equal("No computes in this workspace.", Assert.Single((await ChildrenAsync(Group(ResourceGroupKind.Computes))).Nodes).Label);
        Assert.Equal("No endpoints or web services in this workspace.", Assert.Single((await ChildrenAsync(Group(ResourceGroupKind.Endpoints))).Nodes).Label);
        Assert.Equal("No versions in m, or only archived ones.", Assert.Single((await ChildrenAsync(Of(ResourceKind.Model, "m"))).Nodes).Label);
        Assert.Equal("No deployments in e.", Assert.Single((await ChildrenAsync(Of(ResourceKind.OnlineEndpoint, "e"))).Nodes).Label);
    }

    [Fact]
    public async Task Archived_ones_are_shown_when_asked_for()
    {
        _azure.WithCollection("models", [FakeResources.Item("models/a"), FakeResources.Item("models/b", new JsonObject { ["isArchived"] = true })]);
        Assert.Equal(["a"], (await ChildrenAsync(Group(ResourceGroupKind.Models))).Nodes.Select(node => node.Label));
        var nodes = (await ChildrenAsync(Group(ResourceGroupKind.Models), archived: true)).Nodes;
        Assert.Equal([false, true], nodes.Select(node => node.Resource?.IsArchived ?? false));
        Assert.Equal("disabledForeground", nodes[1].IconColor);
        Assert.EndsWith("archived", nodes[1].Description, StringComparison.Ordinal);
        Assert.Contains(NodeAction.Archive, nodes[0].Actions);
        Assert.DoesNotContain(NodeAction.Archive, nodes[1].Actions);
        Assert.Contains(NodeAction.Restore, nodes[1].Actions);
    }

    [Fact]
    public async Task A_version_in_an_archived_container_cannot_be_restored_by_itself()
    {
        JsonObject[] versions = [FakeResources.Item("models/a/versions/2"), FakeResources.Item("models/a/versions/1", new JsonObject { ["isArchived"] = true })];
        _azure.WithCollection("models", [FakeResources.Item("models/a", new JsonObject { ["isArchived"] = true })]).WithCollection("models/a/versions", versions);
        var nodes = (await ChildrenAsync(Of(ResourceKind.Model, "a"), archived: true)).Nodes;
        Assert.Equal(["2", "1"], nodes.Select(node => node.Label));
        Assert.All(nodes, node => Assert.Equal([NodeAction.CopyName, NodeAction.CopyId, NodeAction.OpenInStudio, NodeAction.Download, NodeAction.Delete], node.Actions));
        Assert.All(nodes, node => Assert.True(node.Resource?.IsArchived));
        _azure.WithCollection("models", [FakeResources.Item("models/a")]);
        nodes = (await ChildrenAsync(Of(ResourceKind.Model, "a"), archived: true)).Nodes;
        Assert.Equal([NodeAction.Archive, NodeAction.Restore], nodes.Select(node => node.Actions.Single(action => action is NodeAction.Archive or NodeAction.Restore)));
    }

    [Fact]
    public async Task The_name_filter_finds_things_and_gives_up_with_a_word()
    {
        _azure.WithCollection("models", [.. Enumerable.Range(0, 3000).Select(index => FakeResources.Item(index == 2500 ? "models/the-Mango" : $"models/m{index}"))], pageSize: 100);
        var filter = new RunFilter("mango", ["Failed"], "nobody", null);
        var first = await _explorer.ChildrenAsync(Request(NodeTargets.Format(Group(ResourceGroupKind.Models))) with { Filter = filter }, default);
        Assert.StartsWith("Looked through 1,000 models", Assert.Single(first.Nodes).Label, StringComparison.Ordinal);
        Assert.Equal("the-Mango", Assert.Single(await AllAsync(Group(ResourceGroupKind.Models), filter: filter), node => node.Kind == NodeKind.Model).Label);
        _azure.WithCollection("computes", [FakeResources.Item("computes/c")]);
        Assert.StartsWith("No computes match", Assert.Single((await AllAsync(Group(ResourceGroupKind.Computes), filter: filter))).Label, StringComparison.Ordinal);
        Assert.Single(await AllAsync(Group(ResourceGroupKind.Computes), filter: filter with { Name = null }), node => node.Kind == NodeKind.Compute);
    }

    [Theory]
    [InlineData("0;")]
    [InlineData("7;5|0|")]
    [InlineData("-1;")]
    [InlineData("5|0|")]
    [InlineData("x;y")]
    public async Task A_page_token_that_is_none_is_refused(string token)
    {
        _azure.WithCollection("models", []);
        var request = Request(NodeTargets.Format(Group(ResourceGroupKind.Models))) with { PageToken = token };
        if (token == "0;")
        {
            Assert.Empty((await _explorer.ChildrenAsync(request, default)).Nodes);
            return;
        }

        Assert.Equal("explorer.badPageToken", (await Assert.ThrowsAsync<ProblemException>(() => _explorer.ChildrenAsync(request, default))).Code);
        Assert.Empty(_azure.Requests);
    }

    [Fact]
    public async Task Cancelling_is_no_error_node()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _explorer.ChildrenAsync(Request(NodeTargets.Format(Group(ResourceGroupKind.Endpoints))), cancelled.Token));
    }

    [Theory]
    [InlineData("models/a%20b/versions/3", "models", ResourceKind.ModelVersion)]
    [InlineData("computes/c", "computes", ResourceKind.Compute)]
    [InlineData("data/d", "data", ResourceKind.DataAsset)]
    [InlineData("onlineEndpoints/e/deployments/blue", "onlineEndpoints", ResourceKind.OnlineDeployment)]
    [InlineData("datastores/d", "datastores", ResourceKind.Datastore)]
    [InlineData("schedules/s", "schedules", ResourceKind.Schedule)]
    [InlineData("components/c/versions/1", "components", ResourceKind.ComponentVersion)]
    public async Task A_thing_is_located_by_its_id(string path, string collection, ResourceKind kind)
    {
        _azure.On("GET", $"/workspaces/w/{path}?", FakeResources.Item(Uri.UnescapeDataString(path)).ToJsonString());
        var node = await _explorer.LocateAsync($"{FakeResources.Workspace}/{Uri.UnescapeDataString(path)}", NodeTargets.Format(Group(ResourceGroupKind.Models)), default);
        var target = Assert.IsType<ResourceTarget>(NodeTargets.Parse(node.Id));
        Assert.Equal((kind, "t"), (target.Resource.Kind, target.Resource.Workspace.TenantId));
        Assert.Equal($"{FakeResources.Workspace}/{Uri.UnescapeDataString(path)}", node.Resource?.ResourceId);
        _azure.On("GET", $"/workspaces/w/{collection}", """{"error":{"code":"ResourceNotFound","message":"gone"}}""", HttpStatusCode.NotFound);
        var problem = await Assert.ThrowsAsync<ProblemException>(() => _explorer.LocateAsync($"{FakeResources.Workspace}/{Uri.UnescapeDataString(path)}", null, default));
        Assert.EndsWith(".notFound", problem.Code, StringComparison.Ordinal);
        Assert.Contains("was not found", problem.Message, StringComparison.Ordinal);
    }

    private static ResourceGroupTarget Group(ResourceGroupKind group) => new(FakeAzure.Workspace, group);

    private static ResourceTarget Of(ResourceKind kind, string name) => new(new ResourceAddress(FakeAzure.Workspace, kind, name, null), null);

    private static ChildrenRequest Request(string nodeId) => new(nodeId, null, null, null, null, false);

    private Task<ChildrenPage> ChildrenAsync(NodeTarget target, bool archived = false)
        => _explorer.ChildrenAsync(Request(NodeTargets.Format(target)) with { IncludeArchived = archived }, default);

    private async Task<List<ExplorerNode>> AllAsync(NodeTarget target, int? pageSize = null, RunFilter? filter = null)
    {
        var nodes = new List<ExplorerNode>();
        string? token = null;
        do
        {
            var page = await _explorer.ChildrenAsync(Request(NodeTargets.Format(target)) with { PageToken = token, PageSize = pageSize, Filter = filter }, default);
            nodes.AddRange(page.Nodes);
            token = page.NextPageToken;
        }
        while (token is not null);
        return nodes;
    }
}
