using System.Net;
using System.Text.Json.Nodes;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Tests.Explorer;
using Xunit;

namespace AmlDataTools.Core.Tests.Resources;

public sealed class ResourceListerTests : IDisposable
{
    private readonly FakeAzure _azure = new();
    private readonly AzureConnection _connection;
    private readonly ResourceLister _lister;

    public ResourceListerTests()
    {
        _connection = _azure.Connect();
        _lister = new ResourceLister(_connection);
    }

    public void Dispose() => _connection.Dispose();

    [Theory]
    [InlineData(ResourceKind.Model, "models", null)]
    [InlineData(ResourceKind.ModelVersion, "models/m/versions", "m")]
    [InlineData(ResourceKind.DataAsset, "data", null)]
    [InlineData(ResourceKind.DataVersion, "data/m/versions", "m")]
    [InlineData(ResourceKind.Compute, "computes", null)]
    [InlineData(ResourceKind.OnlineEndpoint, "onlineEndpoints", null)]
    [InlineData(ResourceKind.OnlineDeployment, "onlineEndpoints/m/deployments", "m")]
    [InlineData(ResourceKind.BatchEndpoint, "batchEndpoints", null)]
    [InlineData(ResourceKind.BatchDeployment, "batchEndpoints/m/deployments", "m")]
    [InlineData(ResourceKind.Schedule, "schedules", null)]
    [InlineData(ResourceKind.Environment, "environments", null)]
    [InlineData(ResourceKind.EnvironmentVersion, "environments/m/versions", "m")]
    [InlineData(ResourceKind.Component, "components", null)]
    [InlineData(ResourceKind.ComponentVersion, "components/m/versions", "m")]
    [InlineData(ResourceKind.Datastore, "datastores", null)]
    public async Task Every_kind_is_listed_page_by_page_and_read_again(ResourceKind kind, string collection, string? container)
    {
        _azure.WithCollection(collection, [.. Enumerable.Range(0, 25).Select(index => FakeResources.Item($"{collection}/x{index}", new JsonObject { ["tags"] = new JsonObject { ["n"] = $"{index}" } }))], pageSize: 10);
        var all = await AllAsync(kind, container, ListView.ActiveOnly);
        Assert.Equal(Enumerable.Range(0, 25).Select(index => $"x{index}"), all.Select(item => item.Label));
        Assert.Equal(3, _azure.Requests.Count);
        Assert.All(all, item => Assert.Equal((kind, "Ada Example", false), (item.Address.Kind, item.CreatedBy, item.IsArchived)));
        Assert.Equal(container is null ? ("x3", null) : (container, "x3"), (all[3].Address.Name, all[3].Address.Child));
        Assert.Equal("3", all[3].Tags["n"]);
        Assert.Equal(DateTimeOffset.Parse("2026-01-01T10:30:00Z", null), all[3].Created);
        var again = await _lister.GetAsync(all[3].Address, all[3].ServiceId, default);
        Assert.Equal(all[3] with { Raw = default, Tags = again.Tags }, again with { Raw = default });
    }

    [Theory]
    [InlineData(ResourceKind.Model, "models", null)]
    [InlineData(ResourceKind.DataVersion, "data/m/versions", "m")]
    public async Task Views_choose_between_active_and_archived_even_if_the_service_does_not(ResourceKind kind, string collection, string? container)
    {
        JsonObject[] items = [FakeResources.Item($"{collection}/a"), FakeResources.Item($"{collection}/b", new JsonObject { ["isArchived"] = true })];
        _azure.On("GET", $"/workspaces/w/{collection}?", new JsonObject { ["value"] = new JsonArray([.. items]) }.ToJsonString());
        Assert.Equal(["a"], (await AllAsync(kind, container, ListView.ActiveOnly)).Select(item => item.Label));
        Assert.Contains("listViewType=ActiveOnly", _azure.Requests[^1], StringComparison.Ordinal);
        Assert.Equal(["b"], (await AllAsync(kind, container, ListView.ArchivedOnly)).Select(item => item.Label));
        Assert.Equal(["a", "b"], (await AllAsync(kind, container, ListView.All)).Select(item => item.Label));
        Assert.Contains("listViewType=All", _azure.Requests[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disabled_schedules_are_listed_too()
    {
        _azure.On("GET", "/schedules?", new JsonObject
        {
            ["value"] = new JsonArray(FakeResources.Item("schedules/on", new JsonObject { ["isEnabled"] = true }), FakeResources.Item("schedules/off", new JsonObject { ["isEnabled"] = false })),
        }.ToJsonString());
        Assert.Equal(["Enabled", "Disabled"], (await AllAsync(ResourceKind.Schedule, null, ListView.ActiveOnly)).Select(item => item.State));
        Assert.Contains("listViewType=All", _azure.Requests[^1], StringComparison.Ordinal);
        Assert.Empty(await AllAsync(ResourceKind.Schedule, null, ListView.ArchivedOnly));
    }

    [Fact]
    public async Task Versions_are_asked_for_newest_first_and_plain_where_that_is_refused()
    {
        _azure.WithCollection("models/m/versions", [FakeResources.Item("models/m/versions/1")]);
        await AllAsync(ResourceKind.ModelVersion, "m", ListView.All);
        Assert.Contains("%24orderBy=createdtime%20desc", _azure.Requests[^1], StringComparison.Ordinal);
        _azure.On("GET", "orderBy", """{"error":{"code":"UserError","message":"no order"}}""", HttpStatusCode.BadRequest);
        Assert.Single(await AllAsync(ResourceKind.ModelVersion, "m", ListView.All));
    }

    [Fact]
    public async Task Versions_of_all_containers_come_container_by_container()
    {
        _azure.WithCollection("models", [FakeResources.Item("models/a"), FakeResources.Item("models/b", new JsonObject { ["isArchived"] = true })])
            .WithCollection("models/a/versions", [FakeResources.Item("models/a/versions/2"), FakeResources.Item("models/a/versions/1")])
            .WithCollection("models/b/versions", [FakeResources.Item("models/b/versions/1")]);
        Assert.Equal(["a:2", "a:1", "b:1"], (await AllAsync(ResourceKind.ModelVersion, null, ListView.All)).Select(item => item.Address.Text));
    }

    [Fact]
    public async Task What_the_first_version_of_the_sdk_made_is_listed()
    {
        _azure.WithVersionOne();
        var datasets = await AllAsync(ResourceKind.Dataset, null, ListView.ActiveOnly);
        Assert.Equal(["loans-v1", "half"], datasets.Select(item => item.Label));
        Assert.Equal(("Ben Example", "red"), (datasets[0].CreatedBy, datasets[0].Tags["team"]));
        Assert.Equal("loans-v1", (await _lister.GetAsync(datasets[0].Address, null, default)).Label);
        Assert.Equal("Healthy", Assert.Single(await AllAsync(ResourceKind.WebService, null, ListView.ActiveOnly)).State);
        Assert.Equal(("nightly", "e1"), Assert.Single((await AllAsync(ResourceKind.PipelineEndpoint, null, ListView.All)).Select(item => (item.Label, item.ServiceId ?? string.Empty))));
        var pipelines = await AllAsync(ResourceKind.PublishedPipeline, null, ListView.All);
        Assert.Equal([("train", "p1", false), ("train", "p2", true)], pipelines.Select(item => (item.Label, item.ServiceId ?? string.Empty, item.IsArchived)));
        Assert.Equal(["p1"], (await AllAsync(ResourceKind.PublishedPipeline, null, ListView.ActiveOnly)).Select(item => item.ServiceId ?? string.Empty));
        Assert.Equal(["p2"], (await AllAsync(ResourceKind.PublishedPipeline, null, ListView.ArchivedOnly)).Select(item => item.ServiceId ?? string.Empty));
    }

    [Theory]
    [InlineData(ResourceKind.Dataset, 404)]
    [InlineData(ResourceKind.Dataset, 501)]
    [InlineData(ResourceKind.WebService, 405)]
    [InlineData(ResourceKind.PipelineEndpoint, 404)]
    [InlineData(ResourceKind.PublishedPipeline, 410)]
    public async Task A_service_that_is_not_there_is_said_and_not_an_empty_list(ResourceKind kind, int status)
    {
        _azure.On("GET", "api.azureml.ms/", "{}", (HttpStatusCode)status).On("GET", "/discovery", """{"api":"https://eastus.api.azureml.ms"}""");
        var problem = await Assert.ThrowsAsync<ProblemException>(() => AllAsync(kind, null, ListView.ActiveOnly));
        Assert.Equal(ResourceLister.ServiceAbsent, problem.Code);
        Assert.Contains(ResourceCatalog.Of(kind).Plural, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_workspace_that_is_gone_is_no_absent_service()
    {
        _azure.On("GET", "/workspaces/w?", """{"error":{"code":"ResourceNotFound","message":"gone"}}""", HttpStatusCode.NotFound);
        await Assert.ThrowsAsync<AzureServiceException>(() => AllAsync(ResourceKind.Dataset, null, ListView.ActiveOnly));
        await Assert.ThrowsAsync<AzureServiceException>(() => AllAsync(ResourceKind.PublishedPipeline, null, ListView.ActiveOnly));
    }

    [Fact]
    public async Task Computes_tell_their_state_and_who_made_them()
    {
        var instance = FakeResources.Item("computes/dev", new JsonObject
        {
            ["computeType"] = "ComputeInstance",
            ["provisioningState"] = "Succeeded",
            ["createdOn"] = "2026-01-01T10:00:00Z",
            ["isAttachedCompute"] = false,
            ["properties"] = new JsonObject { ["state"] = "Stopped", ["createdBy"] = new JsonObject { ["userName"] = "Ben Example" } },
        });
        instance.Remove("systemData");
        var aks = FakeResources.Item("computes/aks", new JsonObject { ["computeType"] = "AKS", ["provisioningState"] = "Failed" });
        _azure.WithCollection("computes", [instance, aks]);
        var all = await AllAsync(ResourceKind.Compute, null, ListView.ActiveOnly);
        Assert.Equal(("Stopped", "Ben Example", false), (all[0].State, all[0].CreatedBy, all[0].IsAttached));
        Assert.Equal(DateTimeOffset.Parse("2026-01-01T10:00:00Z", null), all[0].Created);
        Assert.Equal(("Failed", true), (all[1].State, all[1].IsAttached));
    }

    [Fact]
    public async Task What_has_no_name_is_counted_and_not_taken_for_a_thing()
    {
        _azure.On("GET", "/models?", """{"value":[{"properties":{}},{"name":" ","id":""},{"id":"/x/models/from-id","properties":{}},{"name":"good"}]}""");
        var page = await _lister.PageAsync(FakeAzure.Workspace, ResourceKind.Model, null, ListView.All, null, default);
        Assert.Equal((2, 2), (page.Items.Count, page.Unnamed));
        Assert.Equal(["from-id", "good"], page.Items.Select(item => item.Label));
    }

    [Fact]
    public async Task Links_to_other_hosts_and_endless_pages_are_refused()
    {
        _azure.On("GET", "/models?", """{"value":[],"nextLink":"https://attacker.example/models?x"}""");
        await Assert.ThrowsAsync<ForeignHostException>(() => AllAsync(ResourceKind.Model, null, ListView.All));
        Assert.DoesNotContain(_azure.Requests, request => request.Contains("attacker", StringComparison.Ordinal));
        _azure.On("GET", "/models?", $$"""{"value":[],"nextLink":"https://management.azure.com{{FakeResources.Workspace}}/models?same"}""");
        Assert.Equal("service.invalidAnswer", (await Assert.ThrowsAsync<ProblemException>(() => AllAsync(ResourceKind.Model, null, ListView.All))).Code);
    }

    [Theory]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("")]
    public async Task A_name_that_would_be_another_address_makes_no_request(string name)
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(() => AllAsync(ResourceKind.ModelVersion, name, ListView.All));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => _lister.GetAsync(new ResourceAddress(FakeAzure.Workspace, ResourceKind.Model, name, null), null, default));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => AllAsync(ResourceKind.Run, null, ListView.All));
        Assert.Empty(_azure.Requests);
    }

    [Fact]
    public async Task A_missing_thing_is_not_found()
    {
        _azure.WithVersionOne();
        Assert.Equal(404, (await Assert.ThrowsAsync<AzureServiceException>(() => _lister.GetAsync(new ResourceAddress(FakeAzure.Workspace, ResourceKind.Dataset, "loans", null), null, default))).Status);
        Assert.Equal(404, (await Assert.ThrowsAsync<AzureServiceException>(() => _lister.GetAsync(new ResourceAddress(FakeAzure.Workspace, ResourceKind.Model, "loans", null), null, default))).Status);
    }

    private async Task<List<ListedResource>> AllAsync(ResourceKind kind, string? container, ListView view)
    {
        var all = new List<ListedResource>();
        await foreach (var item in _lister.ListAsync(FakeAzure.Workspace, kind, container, view, default))
        {
            all.Add(item);
        }

        return all;
    }
}
