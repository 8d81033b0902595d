using System.Net;
using System.Text.Json;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.Tests.Arm;
using AmlDataTools.Azure.V1;
using Xunit;

namespace AmlDataTools.Azure.Tests.V1;

public sealed class FirstVersionTests
{
    private static readonly WorkspaceRef Workspace = new("s", "g", "w", null);

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("...")]
    [InlineData(". .")]
    [InlineData("a/..")]
    [InlineData("/")]
    [InlineData("a\\b")]
    [InlineData("\u0000")]
    public async Task A_name_that_addresses_everything_is_refused_before_any_request(string name)
    {
        var service = Service();
        using var connection = service.Connect();
        var workspace = connection.Workspace(Workspace);
        await Assert.ThrowsAsync<ArgumentException>(() => workspace.Datasets.UnregisterAsync(name, default));
        await Assert.ThrowsAsync<ArgumentException>(() => workspace.WebServices.DeleteAsync(name, default));
        await Assert.ThrowsAsync<ArgumentException>(() => workspace.Pipelines.SetArchivedAsync(PipelineKind.Pipeline, name, true, default));
        await Assert.ThrowsAsync<ArgumentException>(() => workspace.Pipelines.SetArchivedAsync(PipelineKind.Endpoint, name, true, default));
        Assert.Empty(service.Requests);
    }

    [Fact]
    public async Task Datasets_are_listed_page_by_page_and_unregistered_by_name()
    {
        var flow = JsonSerializer.Serialize("""{"blocks":[{"type":"Microsoft.DPrep.GetDatastoreFilesBlock","arguments":{"datastores":[{"datastoreName":"workspaceblobstore","path":"UI/a/*.csv"}]}}]}""");
        var service = Service()
            .On("GET", "continuationToken=t1", """{"value":[{"name":"second","latest":{"versionId":3,"dataflow":"blocks:\n- type: x"}}],"continuationToken":null}""")
            .On("GET", "/dataset/v1.2/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/datasets?", $$$"""
                {"value":[{"datasetId":"d1","name":"first","datasetType":"tabular","createdTime":"2020-01-02T03:04:05+00:00","tags":{"k":"v"},
                  "createdBy":{"userObjectId":"o1","userName":"Ada Example"},
                  "latest":{"versionId":"2","savedDatasetId":"sd2","dataPath":{"datastoreName":"workspaceblobstore","relativePath":"x/y"},"dataflow":{{{flow}}}}}],
                 "continuationToken":"t1","nextLink":"https://attacker.example/"}
                """)
            .On("DELETE", "/datasets/a%20b%25?", _ => new HttpResponseMessage(HttpStatusCode.NotImplemented))
            .On("DELETE", "/datasets/a%20b%25", _ => new HttpResponseMessage(HttpStatusCode.OK));
        using var connection = service.Connect();
        var datasets = connection.Workspace(Workspace).Datasets;
        var found = new List<DatasetDocument>();
        await foreach (var dataset in datasets.ListAsync(default))
        {
            found.Add(dataset);
        }

        Assert.Equal(("d1", "first", "tabular", "2", "sd2"), (found[0].Id, found[0].Name, found[0].Type, found[0].LatestVersion, found[0].LatestId));
        Assert.Equal(("Ada Example", "o1", "v", 2020), (found[0].CreatedByName, found[0].CreatedByObjectId, found[0].Tags["k"], found[0].CreatedTime?.Year));
        Assert.Equal([new DatasetPath("workspaceblobstore", "x/y"), new DatasetPath("workspaceblobstore", "UI/a/*.csv")], found[0].DataPaths);
        Assert.Equal(("second", "3", null), (found[1].Name, found[1].LatestVersion, found[1].CreatedTime));
        Assert.Empty(found[1].DataPaths);
        await datasets.UnregisterAsync("a b%", default);
        Assert.EndsWith("/workspaces/w/datasets/a%20b%25", service.Requests[^1].Address.AbsoluteUri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Web_services_are_listed_and_deleted()
    {
        const string Base = "https://eastus.api.azureml.ms/modelmanagement/v1.0/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/services";
        var service = Service()
            .On("GET", "/services?$skipToken=2", """{"value":[{"id":"b","name":"b","computeType":"AKS"}]}""")
            .On("GET", "/services/a", """{"id":"a","state":"Healthy"}""")
            .On("GET", "/services", $$$"""{"value":[{"id":"a","name":"a","computeType":"ACI","state":"Healthy","createdTime":"2020-01-02T03:04:05Z","kvTags":{"k":"v"},"models":[{"id":"m:1"}],"environmentImageRequest":{"modelIds":["m:1","n:2"]}}],"nextLink":"{{{Base}}}?$skipToken=2"}""")
            .On("DELETE", "/services/a", _ => new HttpResponseMessage(HttpStatusCode.Accepted))
            .On("DELETE", "/services/gone", _ => new HttpResponseMessage(HttpStatusCode.NoContent));
        using var connection = service.Connect();
        var services = connection.Workspace(Workspace).WebServices;
        var found = new List<WebServiceDocument>();
        await foreach (var one in services.ListAsync(default))
        {
            found.Add(one);
        }

        Assert.Equal(["a", "b"], found.Select(one => one.Id));
        Assert.Equal(("ACI", "Healthy", "v"), (found[0].ComputeType, found[0].State, found[0].Tags["k"]));
        Assert.Equal(["m:1", "n:2"], found[0].ModelIds);
        Assert.Empty(found[1].ModelIds);
        Assert.Equal("Healthy", (await services.GetAsync("a", default)).State);
        Assert.Equal(202, await services.DeleteAsync("a", default));
        Assert.Equal(204, await services.DeleteAsync("gone", default));
        Assert.Equal(Base + "/gone", service.Requests[^1].Address.AbsoluteUri);
    }

    [Theory]
    [InlineData("https://attacker.example/x/operations/op%201?c=1", """{"state":"Succeeded"}""", 200)]
    [InlineData("op%201", """{"code":"NotFound"}""", 202)]
    public async Task The_end_of_a_web_services_delete_is_awaited(string link, string end, int expected)
    {
        var polls = 0;
        var service = Service()
            .On("DELETE", "/services/a", _ =>
            {
                var response = new HttpResponseMessage(HttpStatusCode.Accepted);
                response.Headers.TryAddWithoutValidation("Operation-Location", link);
                return response;
            })
            .On("GET", "https://eastus.api.azureml.ms/modelmanagement/v1.0/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/operations/op%201", _ => polls++ switch
            {
                0 => FakeService.Json("""{"state":"Running"}"""),
                1 => throw new HttpRequestException("reset", new IOException("reset")),
                _ => FakeService.Json(end, expected == 200 ? HttpStatusCode.OK : HttpStatusCode.NotFound),
            });
        using var connection = LongRunningTests.Connect(service, new JumpingTime(), retries: 0);
        Assert.Equal(expected, await connection.Workspace(Workspace).WebServices.DeleteAsync("a", default));
        Assert.Equal(3, polls);
        Assert.DoesNotContain(service.Requests, sent => sent.Address.Host == "attacker.example");
    }

    [Fact]
    public async Task A_web_services_delete_that_fails_says_why()
    {
        var service = Service()
            .On("DELETE", "/services/a", _ =>
            {
                var response = new HttpResponseMessage(HttpStatusCode.Accepted);
                response.Headers.TryAddWithoutValidation("Operation-Location", "https://eastus.api.azureml.ms/operations/1");
                return response;
            })
            .On("GET", "/operations/1", """{"state":"Failed","error":{"code":"ServiceDeletionFailed","statusCode":400,"message":"m"}}""");
        using var connection = LongRunningTests.Connect(service, new JumpingTime());
        var exception = await Assert.ThrowsAsync<AzureServiceException>(() => connection.Workspace(Workspace).WebServices.DeleteAsync("a", default));
        Assert.Equal(("ServiceDeletionFailed", true), (exception.Code, exception.OperationFailed));
    }

    [Theory]
    [InlineData("https://attacker.example/x")]
    [InlineData("https://management.azure.com/x")]
    public async Task Web_services_are_not_sought_elsewhere(string link)
    {
        var service = Service().On("GET", "/services", $$$"""{"value":[],"nextLink":"{{{link}}}"}""");
        using var connection = service.Connect();
        await Assert.ThrowsAsync<ForeignHostException>(async () =>
        {
            await foreach (var one in connection.Workspace(Workspace).WebServices.ListAsync(default))
            {
                Assert.Fail(one.Name);
            }
        });
    }

    [Fact]
    public async Task A_workspace_without_the_pipeline_service_has_no_list()
    {
        using var connection = Service().On("GET", "/Pipelines", "{}", HttpStatusCode.NotFound).Connect();
        Assert.Null(await connection.Workspace(Workspace).Pipelines.ListAsync(PipelineKind.Pipeline, false, default));
    }

    [Fact]
    public async Task Pipelines_are_listed_and_disabled()
    {
        var service = Service()
            .On("GET", "/pipelines/v1.0/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/Pipelines?activeOnly=false", """[{"Id":"p1","Name":"train","EntityStatus":"0","Version":"1.0"},{"id":"p2","name":"score","entityStatus":"Disabled"},{"Id":"p3"}]""")
            .On("GET", "/PipelineEndpoints?activeOnly=true", """{"value":[{"Id":"e1","Name":"end","EntityStatus":0,"DefaultVersion":"3"}]}""")
            .On("GET", "/PipelineEndpoints/e1", """{"Id":"e1","Unknown":1.50,"EntityStatus":0}""")
            .On("PUT", "/Pipelines/p1/Status", _ => new HttpResponseMessage(HttpStatusCode.OK))
            .On("PUT", "/PipelineEndpoints/e1", "{}");
        using var connection = service.Connect();
        var pipelines = connection.Workspace(Workspace).Pipelines;
        var found = await pipelines.ListAsync(PipelineKind.Pipeline, activeOnly: false, default) ?? [];
        Assert.Equal([("p1", "train", "Active", false), ("p2", "score", "Disabled", true), ("p3", "p3", "Unknown", false)], found.Select(one => (one.Id, one.Name, one.Status, one.IsArchived)));
        var endpoint = Assert.Single(await pipelines.ListAsync(PipelineKind.Endpoint, activeOnly: true, default) ?? []);
        Assert.Equal(("e1", "Active", "3", PipelineKind.Endpoint), (endpoint.Id, endpoint.Status, endpoint.Version, endpoint.Kind));
        await pipelines.SetArchivedAsync(PipelineKind.Pipeline, "p1", archived: true, default);
        Assert.Equal("\"Disabled\"", service.Requests[^1].Body);
        await pipelines.SetArchivedAsync(PipelineKind.Endpoint, "e1", archived: true, default);
        Assert.Equal("""{"Id":"e1","Unknown":1.50,"EntityStatus":2}""", service.Requests[^1].Body);
    }

    private static FakeService Service() => new FakeService()
        .On("GET", "/workspaces/w?", Sample.Load("workspace-get-200"))
        .On("GET", "/discovery", Sample.Load("discovery-200"));
}
