using System.Net;
using System.Text.Json;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.Index;
using Xunit;

namespace AmlDataTools.Azure.Tests.Index;

public sealed class IndexClientTests
{
    private static readonly WorkspaceRef Workspace = new("s", "g", "w", null);
    private static readonly IndexCondition ById = new("properties/creationContext/createdBy/userObjectId", ["o1"]);

    [Fact]
    public async Task It_is_asked_as_public_clients_ask_and_its_recorded_entities_are_read()
    {
        var recorded = Sample.Load("index-crossregion-200").Body.GetProperty("indexEntitiesResponse").GetRawText();
        var service = Service().On("POST", "/entities", recorded);
        using var connection = service.Connect();
        var page = await connection.Workspace(Workspace).Index.QueryAsync([new IndexCondition("type", ["runs"]), ById], 100, "before", default);
        Assert.NotNull(page);
        Assert.Equal("REDACTED-OPAQUE-TOKEN", page.ContinuationToken);
        var first = page.Items[0];
        Assert.Equal(("runs", "HD_a0000000-0000-4000-8000-000000000075_264", "control-data-2-24548f64", "boring_boat_29w29ygp", 2023), (first.Type, first.RunId, first.ExperimentName, first.DisplayName, first.CreatedTime?.Year));

        var sent = service.Requests[^1];
        Assert.EndsWith("/index/v1.0/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/entities", sent.Address.AbsoluteUri, StringComparison.Ordinal);
        using var body = JsonDocument.Parse(sent.Body ?? string.Empty);
        Assert.Equal(["type eq runs", "properties/creationContext/createdBy/userObjectId eq o1"], body.RootElement.GetProperty("filters").EnumerateArray().Select(
            filter => $"{filter.GetProperty("field")} {filter.GetProperty("operator")} {filter.GetProperty("values")[0]}"));
        Assert.Equal((100, "before"), (body.RootElement.GetProperty("pageSize").GetInt32(), body.RootElement.GetProperty("continuationToken").GetString()));
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.MethodNotAllowed)]
    [InlineData(HttpStatusCode.Gone)]
    [InlineData(HttpStatusCode.NotImplemented)]
    public async Task Where_it_is_not_there_nothing_is_given(HttpStatusCode status)
    {
        using var connection = Service().On("POST", "/entities", """{"error":{"code":"UserError"}}""", status).Connect();
        Assert.Null(await connection.Workspace(Workspace).Index.QueryAsync([ById], 10, null, default));
    }

    [Fact]
    public async Task A_workspace_that_is_gone_and_a_refusal_are_no_absence()
    {
        using var gone = Service().On("POST", "/entities", """{"error":{"code":"UserError","innerError":{"code":"NotFound","innerError":{"code":"WorkspaceNotFound"}}}}""", HttpStatusCode.NotFound).Connect();
        Assert.Equal(404, (await Assert.ThrowsAsync<AzureServiceException>(() => gone.Workspace(Workspace).Index.QueryAsync([ById], 10, null, default))).Status);
        using var refused = Service().On("POST", "/entities", """{"error":{"code":"UserError"}}""", HttpStatusCode.Forbidden).Connect();
        Assert.Equal(403, (await Assert.ThrowsAsync<AzureServiceException>(() => refused.Workspace(Workspace).Index.QueryAsync([ById], 10, null, default))).Status);
    }

    [Fact]
    public async Task A_list_that_does_not_move_on_and_an_impossible_page_are_refused()
    {
        using var connection = Service().On("POST", "/entities", """{"value":[],"continuationToken":"same"}""").Connect();
        await Assert.ThrowsAsync<AzureServiceException>(() => connection.Workspace(Workspace).Index.QueryAsync([ById], 10, "same", default));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => connection.Workspace(Workspace).Index.QueryAsync([ById], 101, null, default));
    }

    private static FakeService Service() => new FakeService()
        .On("GET", "/workspaces/w?", """{"properties":{"discoveryUrl":"https://eastus.api.azureml.ms/discovery"}}""")
        .On("GET", "/discovery", """{"api":"https://eastus.api.azureml.ms"}""");
}
