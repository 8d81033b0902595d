using System.Net;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Http;
using Xunit;

namespace AmlDataTools.Azure.Tests.Arm;

public sealed class WorkspaceTests
{
    private static readonly WorkspaceRef Workspace = new("s", "g", "w", null);

    [Fact]
    public async Task Pages_are_followed_by_their_links_unchanged()
    {
        const string Next = "https://management.azure.com/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/jobs?api-version=2024-04-01&$skipToken=QUJD%2B%2F&x=a%20b";
        var service = new FakeService()
            .On("GET", "skipToken", """{"value":[{"name":"b"}]}""")
            .On("GET", "/jobs?", $$"""{"value":[{"name":"a"}],"nextLink":"{{Next}}"}""");
        using var connection = service.Connect();
        var names = new List<string>();
        await foreach (var job in connection.Workspace(Workspace).Arm.ListJobsAsync(ListView.ActiveOnly, default))
        {
            names.Add(job.Name);
        }

        Assert.Equal(["a", "b"], names);
        Assert.Equal(Next, service.Requests[^1].Address.AbsoluteUri);
        Assert.Contains("listViewType=ActiveOnly", service.Requests[0].Address.Query, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://attacker.example/jobs?$skipToken=1")]
    [InlineData("http://management.azure.com/jobs?$skipToken=1")]
    [InlineData("https://eastus.api.azureml.ms/jobs")]
    public async Task A_link_to_another_host_is_refused(string next)
    {
        var service = new FakeService().On("GET", "/jobs?", $$"""{"value":[{"name":"a"}],"nextLink":"{{next}}"}""");
        using var connection = service.Connect();
        await Assert.ThrowsAsync<ForeignHostException>(async () =>
        {
            await foreach (var job in connection.Workspace(Workspace).Arm.ListJobsAsync(ListView.All, default))
            {
                Assert.Equal("a", job.Name);
            }
        });
        Assert.Single(service.Requests);
        await Assert.ThrowsAsync<ForeignHostException>(() => connection.Workspace(Workspace).Arm.ListJobsPageAsync(ListView.All, next, default));
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task A_list_that_leads_back_to_itself_ends_with_an_error()
    {
        var service = new FakeService().On("GET", "/jobs", sent => FakeService.Json($$"""{"value":[],"nextLink":"{{sent.Address.AbsoluteUri}}"}"""));
        using var connection = service.Connect();
        var exception = await Assert.ThrowsAsync<AzureServiceException>(async () =>
        {
            await foreach (var job in connection.Workspace(Workspace).Arm.ListJobsAsync(ListView.All, default))
            {
                Assert.Fail(job.Name);
            }
        });
        Assert.Equal("InvalidNextLink", exception.Code);
    }

    [Theory]
    [InlineData("https://attacker.example/discovery")]
    [InlineData("http://eastus.api.azureml.ms/discovery")]
    public async Task A_discovery_address_elsewhere_is_refused(string discoveryUrl)
    {
        var service = new FakeService().On("GET", "/workspaces/w", $$$"""{"name":"w","properties":{"discoveryUrl":"{{{discoveryUrl}}}"}}""");
        using var connection = service.Connect();
        await Assert.ThrowsAsync<ForeignHostException>(() => connection.Workspace(Workspace).RunHistory.GetRunAsync("r", default));
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task A_service_address_elsewhere_is_refused()
    {
        var service = new FakeService()
            .On("GET", "/workspaces/w", Sample.Load("workspace-get-200"))
            .On("GET", "/discovery", """{"api":"https://attacker.example","history":"https://attacker.example"}""");
        using var connection = service.Connect();
        await Assert.ThrowsAsync<ForeignHostException>(() => connection.Workspace(Workspace).RunHistory.GetRunAsync("r", default));
        Assert.All(service.Requests, sent => Assert.DoesNotContain("attacker", sent.Address.Host, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_data_plane_is_discovered_once_even_by_many()
    {
        var service = new FakeService()
            .On("GET", "/workspaces/w?", Sample.Load("workspace-get-200"))
            .On("GET", "/discovery", Sample.Load("discovery-200"))
            .On("GET", "/history/v1.0/", Sample.Load("history-run-get-200"));
        using var connection = service.Connect();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => connection.Workspace(Workspace).RunHistory.GetRunAsync("r", default)));
        Assert.Single(service.Requests, sent => sent.Address.AbsolutePath == "/discovery");
        Assert.Contains(service.Requests, sent => sent.Address.AbsoluteUri.StartsWith("https://eastus.api.azureml.ms/history/v1.0/subscriptions/s/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_discovery_that_failed_is_tried_again()
    {
        var count = 0;
        var service = new FakeService()
            .On("GET", "/workspaces/w?", Sample.Load("workspace-get-200"))
            .On("GET", "/discovery", _ => count++ == 0 ? new HttpResponseMessage(HttpStatusCode.Forbidden) : Sample.Load("discovery-200").ToResponse())
            .On("GET", "/history/v1.0/", Sample.Load("history-run-get-200"));
        using var connection = service.Connect();
        await Assert.ThrowsAsync<AzureServiceException>(() => connection.Workspace(Workspace).RunHistory.GetRunAsync("r", default));
        Assert.NotEmpty((await connection.Workspace(Workspace).RunHistory.GetRunAsync("r", default)).RunId);
    }

    [Fact]
    public async Task Only_the_history_host_told_is_enough()
    {
        var service = new FakeService()
            .On("GET", "/workspaces/w?", Sample.Load("workspace-get-200"))
            .On("GET", "/discovery", """{"history":"https://eastus.experiments.azureml.net"}""")
            .On("GET", "https://eastus.experiments.azureml.net/history/v1.0/", Sample.Load("history-run-get-200"));
        using var connection = service.Connect();
        Assert.NotEmpty((await connection.Workspace(Workspace).RunHistory.GetRunAsync("r", default)).RunId);
    }

    [Fact]
    public async Task Datastores_and_their_secrets_are_read()
    {
        var service = new FakeService()
            .On("POST", "/datastores/a%20b/listSecrets", Sample.Load("datastore-listsecrets-accountkey-200"))
            .On("POST", "/datastores/sas/listSecrets", Sample.Load("datastore-listsecrets-sas-200"))
            .On("GET", "/datastores/x?", Sample.Load("datastore-get-blob-accountkey-200"))
            .On("GET", "/datastores?", Sample.Load("datastore-list-200"));
        using var connection = service.Connect();
        var arm = connection.Workspace(Workspace).Arm;
        var key = await arm.ListSecretsAsync("a b", default);
        Assert.Equal(("AccountKey", "UkVEQUNURUQ=", null), (key.SecretsType, key.AccountKey, key.SasToken));
        Assert.DoesNotContain("UkVE", key.ToString(), StringComparison.Ordinal);
        Assert.Contains("sig=", (await arm.ListSecretsAsync("sas", default)).SasToken, StringComparison.Ordinal);
        var store = await arm.GetDatastoreAsync("x", default);
        Assert.Equal(("AzureBlob", "AccountKey", "core.windows.net", "https"), (store.DatastoreType, store.CredentialsType, store.Endpoint, store.Protocol));
        Assert.StartsWith("azureml-blobstore-", store.ContainerName, StringComparison.Ordinal);
        var types = new List<string>();
        await foreach (var one in arm.ListDatastoresAsync(default))
        {
            types.Add($"{one.DatastoreType}/{one.ContainerName ?? one.FileShareName}/{one.CredentialsType}");
        }

        Assert.Equal(["AzureDataLakeGen2/my-gen2-container/None", "AzureBlob/azureml/AccountKey", "AzureFile/code-a0000000-0000-4000-8000-000000000098/AccountKey"], types);
        Assert.Null(await arm.GetDefaultDatastoreAsync(default));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(".")]
    [InlineData("..")]
    public async Task An_empty_name_never_reaches_the_collection(string name)
    {
        var service = new FakeService();
        using var connection = service.Connect();
        await Assert.ThrowsAsync<ArgumentException>(() => connection.Workspace(Workspace).Arm.GetJobAsync(name, default));
        await Assert.ThrowsAsync<ArgumentException>(() => connection.Workspace(Workspace).RunHistory.GetRunAsync(name, default));
        Assert.Empty(service.Requests);
    }

    [Fact]
    public async Task Workspaces_and_jobs_are_read()
    {
        var service = new FakeService()
            .On("GET", "/subscriptions/s/providers/Microsoft.MachineLearningServices/workspaces?", Sample.Load("workspace-list-200"))
            .On("GET", "/jobs/p?", Sample.Load("job-get-pipeline-completed-200"))
            .On("GET", "/jobs/c?", Sample.Load("job-get-child-no-properties-200"));
        using var connection = service.Connect();
        var kinds = new List<string?>();
        await foreach (var workspace in connection.Arm(null).ListWorkspacesAsync("s", default))
        {
            Assert.Equal("sample-ws", WorkspaceRef.FromResourceId(workspace.Id, "t")?.Name);
            kinds.Add(workspace.Kind);
        }

        Assert.Equal(2, kinds.Count);
        Assert.Equal("FeatureStore", kinds[0]);
        var arm = connection.Workspace(Workspace).Arm;
        var job = await arm.GetJobAsync("p", default);
        Assert.Equal(("azure-ai-ml", "Completed", "Pipeline", "Ben Example"), (job.ExperimentName, job.Status, job.JobType, job.CreatedBy));
        var child = await arm.GetJobAsync("c", default);
        Assert.Null(child.Properties);
        Assert.Null(child.Status);
        Assert.Empty(child.Tags);
    }

    [Theory]
    [InlineData("/subscriptions/s/resourcegroups/g/providers/microsoft.machinelearningservices/workspaces/w/jobs/j", true)]
    [InlineData("/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/w/x", false)]
    [InlineData("/subscriptions//resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_workspace_is_read_out_of_an_id(string? id, bool found)
        => Assert.Equal(found ? new WorkspaceRef("s", "g", "w", "t") : null, WorkspaceRef.FromResourceId(id, "t"));
}
