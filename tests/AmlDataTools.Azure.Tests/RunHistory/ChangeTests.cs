using System.Net;
using AmlDataTools.Azure.Http;
using Xunit;

namespace AmlDataTools.Azure.Tests.RunHistory;

public sealed class ChangeTests
{
    private const string Root = "https://eastus.api.azureml.ms/{0}/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w";
    private static readonly WorkspaceRef Workspace = new("s", "g", "w", null);

    [Theory]
    [InlineData(true, """{"archive":true}""")]
    [InlineData(false, """{"archive":false}""")]
    public async Task An_experiment_is_archived_and_restored_by_its_id(bool archived, string body)
    {
        var service = Service().On("PATCH", "/experimentids/e%201", "{}");
        using var connection = service.Connect();
        await connection.Workspace(Workspace).RunHistory.SetExperimentArchivedAsync("e 1", archived, default);
        Assert.Equal((Root.Replace("{0}", "history/v1.0", StringComparison.Ordinal) + "/experimentids/e%201", body), (service.Requests[^1].Address.AbsoluteUri, service.Requests[^1].Body));
    }

    [Theory]
    [InlineData(true, """{"hidden":true}""")]
    [InlineData(false, """{"hidden":false}""")]
    public async Task A_run_is_archived_and_restored_by_its_flag(bool hidden, string body)
    {
        var service = Service().On("PATCH", "/runs/r%201", "{}");
        using var connection = service.Connect();
        await connection.Workspace(Workspace).RunHistory.SetRunHiddenAsync("r 1", hidden, default);
        Assert.Equal((Root.Replace("{0}", "history/v1.0", StringComparison.Ordinal) + "/runs/r%201", body), (service.Requests[^1].Address.AbsoluteUri, service.Requests[^1].Body));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => connection.Workspace(Workspace).RunHistory.SetRunHiddenAsync(" ", hidden, default));
    }

    [Fact]
    public async Task An_experiment_with_runs_is_not_deleted_and_the_reason_is_told()
    {
        var service = Service().On(
            "DELETE", "/experimentids/e1", """{"error":{"code":"UserError","message":"Only empty Experiments can be deleted.","innerError":{"code":"BadArgument"}}}""", HttpStatusCode.BadRequest);
        using var connection = service.Connect();
        var exception = await Assert.ThrowsAsync<AzureServiceException>(() => connection.Workspace(Workspace).RunHistory.DeleteExperimentAsync("e1", default));
        Assert.Equal((400, true), (exception.Status, exception.HasCode("BadArgument")));
        Assert.Null(service.Requests[^1].Body);
    }

    [Fact]
    public async Task Metrics_are_deleted_by_run()
    {
        var service = Service().On("DELETE", "/runs/r1/deleteMetrics", _ => new HttpResponseMessage(HttpStatusCode.OK));
        using var connection = service.Connect();
        await connection.Workspace(Workspace).Metrics.DeleteMetricsAsync("r1", default);
        Assert.Equal(Root.Replace("{0}", "metric/v2.0", StringComparison.Ordinal) + "/runs/r1/deleteMetrics", service.Requests[^1].Address.AbsoluteUri);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("..")]
    public async Task An_empty_id_never_reaches_the_collection(string id)
    {
        var service = Service();
        using var connection = service.Connect();
        var workspace = connection.Workspace(Workspace);
        await Assert.ThrowsAsync<ArgumentException>(() => workspace.RunHistory.SetExperimentArchivedAsync(id, true, default));
        await Assert.ThrowsAsync<ArgumentException>(() => workspace.RunHistory.DeleteExperimentAsync(id, default));
        await Assert.ThrowsAsync<ArgumentException>(() => workspace.Metrics.DeleteMetricsAsync(id, default));
        Assert.Empty(service.Requests);
    }

    private static FakeService Service() => new FakeService()
        .On("GET", "/workspaces/w?", Sample.Load("workspace-get-200"))
        .On("GET", "/discovery", Sample.Load("discovery-200"));
}
