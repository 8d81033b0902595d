using System.Net;
using System.Text.Json.Nodes;
using AmlDataTools.Core.Runs;
using AmlDataTools.Core.Tests.Explorer;
using Xunit;

namespace AmlDataTools.Core.Tests.Runs;

public sealed class NamedOutputResolverTests
{
    private const string DefaultStore = """{"value":[{"name":"other","properties":{"isDefault":false}},{"name":"workspaceblobstore","properties":{"isDefault":true,"datastoreType":"AzureBlob"}}]}""";

    private readonly MemoryBrowser _browser = new();

    [Fact]
    public async Task Assets_on_the_record_come_first_and_the_runs_own_folder_is_left_out()
    {
        var run = WithOutputs(("default", "a:0", "UriFolder"), ("model_output", "azureml://locations/l/workspaces/i/models/m/versions/1", "mlflow_model"), ("metrics_output", "azureml://l/data/x", "uri_file"));
        var azure = new FakeAzure().WithRuns("e", [run])
            .On("POST", "/data/v1.0/", """{"values":{"a:0":{"uri":"azureml://datastores/workspaceartifactstore/paths/ExperimentRun/dcid.r/","type":"UriFolder"},"azureml://l/data/x":{"uri":"azureml://subscriptions/s/resourcegroups/g/workspaces/w2/datastores/lake/paths/m/metrics.json","type":"UriFile"}}}""")
            .On("POST", "/modelregistry/v1.0/", """{"values":{"azureml://locations/l/workspaces/i/models/m/versions/1":{"uri":"azureml://datastores/workspaceblobstore/paths/azureml/r/model","type":"mlflow_model"}}}""");
        var found = await ResolveAsync(azure);
        Assert.Equal(
            ["metrics_output UriFile lake m/metrics.json Asset", "model_output UriFolder workspaceblobstore azureml/r/model/ Asset"],
            Describe(found));
        Assert.Equal("w2", found.Single(one => one.Name == "metrics_output").Location.Workspace.Name);
        Assert.DoesNotContain(azure.Requests, request => request.Contains("/jobs/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_data_is_asked_when_the_run_came_without_outputs()
    {
        var azure = new FakeAzure().WithRuns("e", [FakeAzure.Run("r")])
            .On("POST", "/rundata", new JsonObject { ["runMetadata"] = WithOutputs(("out", "id:1", "UriFolder")) }.ToJsonString())
            .On("POST", "/data/v1.0/", """{"values":{"id:1":{"uri":"azureml://datastores/b/paths/p/","type":"UriFolder"}}}""");
        Assert.Equal(["out UriFolder b p/ Asset"], Describe(await ResolveAsync(azure)));
    }

    [Fact]
    public async Task Then_the_jobs_definition_tells()
    {
        var azure = new FakeAzure().WithRuns("e", [FakeAzure.Run("r")])
            .On("POST", "/rundata", """{"runMetadata":{"runId":"r"}}""")
            .On("GET", "/jobs/r?", """{"name":"r","properties":{"outputs":{"default":{"uri":"azureml://datastores/workspaceartifactstore/ExperimentRun/dcid.r","jobOutputType":"uri_folder"},"trained":{"uri":"azureml://datastores/b/paths/t","jobOutputType":"uri_folder"}}}}""");
        Assert.Equal(["trained UriFolder b t/ Job"], Describe(await ResolveAsync(azure)));
    }

    [Fact]
    public async Task Then_the_default_folders_are_looked_into()
    {
        _browser.Files.AddRange(["workspaceblobstore:azureml/r/one/a.txt", "workspaceblobstore:dataset/r/two/b.txt", "workspaceblobstore:azureml/r10/three/c.txt"]);
        var azure = new FakeAzure().WithRuns("e", [FakeAzure.Run("r")])
            .On("POST", "/rundata", """{"runMetadata":{"runId":"r"}}""")
            .On("GET", "/datastores?", DefaultStore)
            .On("GET", "/jobs/r?", """{"name":"r","properties":{"outputs":{"one":{"uri":null,"jobOutputType":"uri_folder"},"two":{"jobOutputType":"mltable"},"none":{"jobOutputType":"uri_file"}}}}""");
        Assert.Equal(
            ["none UriFile workspaceblobstore azureml/r/none/ Assumed", "one UriFolder workspaceblobstore azureml/r/one/ DefaultFolder", "two UriFolder workspaceblobstore dataset/r/two/ DefaultFolder"],
            Describe(await ResolveAsync(azure)));
    }

    [Fact]
    public async Task A_step_without_a_job_is_found_by_its_folders_alone()
    {
        _browser.Files.AddRange(["workspaceblobstore:azureml/r/one/a.txt", "workspaceblobstore:dataset/r/two/b.txt", "workspaceblobstore:azureml/r10/three/c.txt"]);
        var azure = new FakeAzure().WithRuns("e", [FakeAzure.Run("r")])
            .On("POST", "/rundata", """{"runMetadata":{"runId":"r"}}""")
            .On("GET", "/datastores?", DefaultStore)
            .On("GET", "/jobs/r?", """{"error":{"code":"UserError","message":"Job r not found."}}""", HttpStatusCode.NotFound);
        Assert.Equal(["one UriFolder workspaceblobstore azureml/r/one/ DefaultFolder", "two UriFolder workspaceblobstore dataset/r/two/ DefaultFolder"], Describe(await ResolveAsync(azure)));
    }

    [Fact]
    public async Task An_asset_that_is_gone_falls_back_to_the_folders()
    {
        _browser.Files.Add("workspaceblobstore:azureml/r/out/a.txt");
        var azure = new FakeAzure().WithRuns("e", [WithOutputs(("out", "id:1", "UriFolder"))])
            .On("POST", "/data/v1.0/", """{"error":{"code":"NotFound","message":"gone"}}""", HttpStatusCode.NotFound)
            .On("GET", "/datastores?", DefaultStore)
            .On("GET", "/jobs/r?", """{"name":"r"}""");
        Assert.Equal(["out UriFolder workspaceblobstore azureml/r/out/ DefaultFolder"], Describe(await ResolveAsync(azure)));
    }

    [Theory]
    [InlineData("UriFile", NamedOutputKind.UriFile)]
    [InlineData("uri_file", NamedOutputKind.UriFile)]
    [InlineData("UriFolder", NamedOutputKind.UriFolder)]
    [InlineData("URI_FOLDER", NamedOutputKind.UriFolder)]
    [InlineData("MLTable", NamedOutputKind.UriFolder)]
    [InlineData("custom_model", NamedOutputKind.Unknown)]
    [InlineData(null, NamedOutputKind.Unknown)]
    public void Types_are_read_whatever_their_spelling(string? type, NamedOutputKind kind) => Assert.Equal(kind, NamedOutputLocation.ReadKind(type));

    private static JsonObject WithOutputs(params (string Name, string Asset, string Type)[] outputs)
    {
        var run = FakeAzure.Run("r");
        run["outputs"] = new JsonObject(outputs.Select(output => KeyValuePair.Create<string, JsonNode?>(output.Name, new JsonObject { ["assetId"] = output.Asset, ["type"] = output.Type })));
        return run;
    }

    private static IEnumerable<string> Describe(IEnumerable<NamedOutputLocation> outputs)
        => outputs.Select(output => $"{output.Name} {output.Kind} {output.Datastore} {output.Path} {output.Source}").Order(StringComparer.Ordinal);

    private async Task<List<NamedOutputLocation>> ResolveAsync(FakeAzure azure)
    {
        using var connection = azure.Connect();
        var reader = new RunReader(connection);
        var run = await reader.GetAsync(FakeAzure.Workspace, "r", default);
        var found = new List<NamedOutputLocation>();
        await foreach (var output in new NamedOutputResolver(connection, reader, _browser).ResolveAsync(FakeAzure.Workspace, run, default))
        {
            found.Add(output);
        }

        return found;
    }
}
