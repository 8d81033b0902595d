using System.Text.Json.Nodes;
using System.Xml.Linq;
using AmlDataTools.Emulator.Http;

namespace AmlDataTools.Emulator.Tests;

/// <summary>Answers have the shapes of the recorded ones.</summary>
public sealed class ShapeTests(EmulatorFixture emulator) : IClassFixture<EmulatorFixture>
{
    private const string Api = "?api-version=2024-04-01";

    [Theory]
    [InlineData("workspace-get-200", "GET", "{arm}{ws}{api}", "")]
    [InlineData("workspace-get-404", "GET", "{arm}{ws}-x{api}", "")]
    [InlineData("workspace-list-200", "GET", "{arm}{wslist}{api}", "featureStoreSettings")]
    [InlineData("job-get-command-completed-200", "GET", "{arm}{ws}/jobs/{command}{api}", "distribution,port,status,properties")]
    [InlineData("job-get-pipeline-completed-200", "GET", "{arm}{ws}/jobs/{pipeline}{api}", "computeId")]
    [InlineData("job-get-sweep-running-200", "GET", "{arm}{ws}/jobs/{sweep}{api}", "")]
    [InlineData("job-get-child-no-properties-200", "GET", "{arm}{ws}/jobs/{step}{api}", "")]
    [InlineData("job-get-404", "GET", "{arm}{ws}/jobs/none{api}", "")]
    [InlineData("job-cancel-400-terminal", "POST", "{arm}{ws}/jobs/{pipeline}/cancel{api}", "messageParameters")]
    [InlineData("datastore-get-blob-accountkey-200", "GET", "{arm}{ws}/datastores/workspaceblobstore{api}", "")]
    [InlineData("datastore-get-adlsgen2-none-200", "GET", "{arm}{ws}/datastores/research_lake{api}", "tags")]
    [InlineData("datastore-list-200", "GET", "{arm}{ws}/datastores{api}&names=research_lake", "tags")]
    [InlineData("datastore-get-404", "GET", "{arm}{ws}/datastores/none{api}", "")]
    [InlineData("datastore-listsecrets-accountkey-200", "POST", "{arm}{ws}/datastores/workspaceblobstore/listSecrets{api}", "")]
    [InlineData("datastore-listsecrets-sas-200", "POST", "{arm}{ws}/datastores/partner_data/listSecrets{api}", "")]
    [InlineData("model-container-list-nextlink-200", "GET", "{arm}{ws}/models{api}&$top=1", "")]
    [InlineData("model-version-get-200", "GET", "{arm}{ws}/models/credit-scoring-model/versions/2{api}", "description")]
    [InlineData("data-container-get-200", "GET", "{arm}{ws}/data/loans{api}", "")]
    [InlineData("data-version-get-200", "GET", "{arm}{ws}/data/loans/versions/2{api}", "")]
    [InlineData("compute-get-amlcompute-200", "GET", "{arm}{ws}/computes/cpu-cluster{api}", "description,adminUserSshPublicKey")]
    [InlineData("compute-get-404-empty", "GET", "{arm}{ws}/computes/none{api}", "")]
    [InlineData("onlineendpoint-get-200", "GET", "{arm}{ws}/onlineEndpoints/credit-scoring{api}", "")]
    [InlineData("batchendpoint-get-200", "GET", "{arm}{ws}/batchEndpoints/nightly{api}", "")]
    [InlineData("batchendpoint-get-404", "GET", "{arm}{ws}/batchEndpoints/none{api}", "")]
    [InlineData("schedule-get-200", "GET", "{arm}{ws}/schedules/nightly{api}", "")]
    [InlineData("schedule-get-404", "GET", "{arm}{ws}/schedules/none{api}", "")]
    [InlineData("discovery-200", "GET", "{data}/discovery", "")]
    [InlineData("history-run-get-200", "GET", "{data}/history/v1.0{ws}/runs/{reused}", "")]
    [InlineData("history-run-children-200", "GET", "{data}/history/v1.0{ws}/runs/{sweep}/children", "userIdp,ContentSnapshotId,name,diagnosticsUri")]
    [InlineData("history-run-children-reused-200", "GET", "{data}/history/v1.0{ws}/runs/{pipeline}/children", "")]
    [InlineData("history-run-details-200", "GET", "{data}/history/v1.0{ws}/runs/{pipeline}/details", "effectiveStartTimeUtc,lastStartTimeUtc,currentComputeTime,AssetName,AssetVersion")]
    [InlineData("history-rundata-200", "POST", "{data}/history/v1.0{ws}/rundata", "ComputeId,description,Description")]
    [InlineData("artifact-list-200", "GET", "{data}/artifact/v2.0{ws}/artifacts/ExperimentRun/dcid.{command}", "")]
    [InlineData("artifact-contentinfo-200", "GET", "{data}/artifact/v2.0{ws}/artifacts/ExperimentRun/dcid.{command}/contentinfo?path=user_logs%2Fstd_log.txt", "")]
    [InlineData("artifact-prefix-contentinfo-200", "GET", "{data}/artifact/v2.0{ws}/artifacts/ExperimentRun/dcid.{command}/prefix/contentinfo?path=outputs%2F", "continuationToken")]
    [InlineData("data-batchgetresolveduris-200", "POST", "{data}/data/v1.0{ws}/dataversion/batchGetResolvedUris", "")]
    public async Task AnswersLikeTheSample(string sampleName, string method, string url, string optional)
    {
        var runs = await RunsAsync();
        var sample = Sample(sampleName);
        var body = sampleName switch
        {
            "history-rundata-200" => $$"""{"runId":"{{runs["pipeline"]}}","selectRunMetadata":true,"selectRunDefinition":true,"selectJobSpecification":true}""",
            "data-batchgetresolveduris-200" => $$"""{"values":["{{runs["asset"]}}"]}""",
            _ => method == "POST" ? string.Empty : null,
        };
        using var answer = await emulator.SendAsync(method, Fill(url, runs), body);
        var text = await answer.Content.ReadAsStringAsync();
        var response = sample["response"] as JsonObject ?? [];
        Assert.Equal(response.Number("status"), (int)answer.StatusCode);
        if (response["body"] is { } expected)
        {
            Assert.Equal([], Shape.Differences(expected, JsonNode.Parse(text), optional.Split(',', StringSplitOptions.RemoveEmptyEntries)));
        }
        else
        {
            Assert.Equal(string.Empty, text);
        }

        AssertHeaders(response, answer);
    }

    [Fact]
    public async Task AStepHasNoPropertiesInResourceManager()
    {
        var job = await emulator.JsonAsync("GET", Fill("{arm}{ws}/jobs/{step}{api}", await RunsAsync()));
        Assert.False(job.ContainsKey("properties"));
    }

    [Fact]
    public async Task ReusedStepsNameTheirOriginalAndShareItsContainer()
    {
        var run = await emulator.JsonAsync("GET", Fill("{data}/history/v1.0{ws}/runs/{reused}", await RunsAsync()));
        var original = (run["properties"] as JsonObject)?.Text("azureml.reusedrunid");
        Assert.NotNull(original);
        Assert.Equal("dcid." + original, run.Text("dataContainerId"));
        Assert.NotEqual(original, run.Text("runId"));
    }

    [Theory]
    [InlineData("blob-list-delimiter-200", "{blob}/{container}?restype=container&comp=list&prefix=azureml%2F{pipeline}%2Fmodel_output%2F&delimiter=%2F")]
    [InlineData("blob-list-hdi-isfolder-200", "{lake}/raw?restype=container&comp=list&prefix=credit%2F&include=metadata")]
    public async Task ListsBlobsLikeTheSample(string sampleName, string url)
    {
        var runs = await RunsAsync();
        using var answer = await emulator.SendAsync("GET", Fill(url, runs), token: await emulator.StorageTokenAsync(), headers: ("x-ms-version", "2021-08-06"));
        var actual = XDocument.Parse(await answer.Content.ReadAsStringAsync());
        var response = Sample(sampleName)["response"] as JsonObject ?? [];
        var expected = XDocument.Parse(response.Text("body") ?? string.Empty);

        // The engine leaves empty elements out.
        var absent = expected.Descendants().Where(e => e.Name.LocalName is not "OrMetadata" and not "Marker" && (e.HasElements || e.Value.Length > 0))
            .Select(e => e.Name.LocalName).Distinct().Except(actual.Descendants().Select(e => e.Name.LocalName));
        Assert.Equal([], absent);
        AssertHeaders(response, answer);
    }

    [Theory]
    [InlineData("blob-get-range-206", "GET", "outputs/model.pkl", true, 206)]
    [InlineData("blob-get-range-416-empty", "GET", "system_logs/snapshot_capability/snapshot-capability.log", true, 416)]
    [InlineData("blob-get-empty-200", "GET", "system_logs/snapshot_capability/snapshot-capability.log", false, 200)]
    [InlineData("blob-get-404", "GET", "outputs/none", false, 404)]
    [InlineData("blob-head-404", "HEAD", "outputs/none", false, 404)]
    public async Task ReadsBlobsLikeTheSample(string sampleName, string method, string path, bool ranged, int status)
    {
        var url = Fill("{blob}/azureml/ExperimentRun/dcid.{command}/" + path, await RunsAsync());
        (string, string)[] headers = ranged ? [("x-ms-version", "2021-08-06"), ("x-ms-range", "bytes=0-33554431")] : [("x-ms-version", "2021-08-06")];
        using var answer = await emulator.SendAsync(method, url, token: await emulator.StorageTokenAsync(), headers: headers);
        Assert.Equal(status, (int)answer.StatusCode);
        AssertHeaders(Sample(sampleName)["response"] as JsonObject ?? [], answer);
        if (sampleName == "blob-get-range-416-empty")
        {
            Assert.Equal("bytes */0", answer.Content.Headers.GetValues("Content-Range").Single());
        }
    }

    [Fact]
    public async Task AnArtifactsEtagIsItsBlobs()
    {
        var runs = await RunsAsync();
        var artifacts = await emulator.JsonAsync("GET", Fill("{data}/artifact/v2.0{ws}/artifacts/ExperimentRun/dcid.{command}", runs));
        foreach (var artifact in (artifacts["value"] as JsonArray ?? []).OfType<JsonObject>())
        {
            using var blob = await emulator.SendAsync("HEAD", Fill("{blob}/azureml/ExperimentRun/dcid.{command}/", runs) + Uri.EscapeDataString(artifact.Text("path") ?? string.Empty).Replace("%2F", "/", StringComparison.Ordinal),
                token: await emulator.StorageTokenAsync(), headers: ("x-ms-version", "2021-08-06"));
            Assert.Equal(artifact.Text("etag"), blob.Headers.ETag?.Tag);
        }
    }

    [Fact]
    public async Task ListsPathsLikeTheSample()
    {
        var url = emulator.Blob.Replace("samplewsstorage.blob", "samplelake.dfs", StringComparison.Ordinal) + "/raw?resource=filesystem&recursive=true&directory=credit";
        using var answer = await emulator.SendAsync("GET", url, token: await emulator.StorageTokenAsync(), headers: ("x-ms-version", "2021-06-08"));
        var sample = (Sample("adlsgen2-path-list-200")["response"] as JsonObject)?["body"];
        var actual = JsonNode.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal([], Shape.Differences(sample, actual, []));
        Assert.Equal("true", (actual?["paths"]?[0] as JsonObject)?.Text("isDirectory"));
    }

    internal static JsonObject Sample(string name) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Samples", name + ".json"))) as JsonObject ?? throw new InvalidOperationException(name);

    private static void AssertHeaders(JsonObject response, HttpResponseMessage answer)
    {
        var has = answer.Headers.Concat(answer.Content.Headers).Select(h => h.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        string[] free = ["Content-Length", "x-ms-ratelimit-remaining-subscription-reads", "x-ms-ratelimit-remaining-subscription-writes"];
        Assert.Equal([], (response["headers"] as JsonObject ?? []).Select(h => h.Key).Except(free).Where(h => !has.Contains(h)));
    }

    private string Fill(string url, Dictionary<string, string> runs)
    {
        var filled = url.Replace("{arm}", emulator.Arm, StringComparison.Ordinal).Replace("{data}", emulator.DataPlane, StringComparison.Ordinal)
            .Replace("{blob}", emulator.Blob, StringComparison.Ordinal).Replace("{lake}", emulator.Blob.Replace("samplewsstorage", "samplelake", StringComparison.Ordinal), StringComparison.Ordinal)
            .Replace("{wslist}", emulator.Workspace[..emulator.Workspace.LastIndexOf('/')], StringComparison.Ordinal)
            .Replace("{ws}", emulator.Workspace, StringComparison.Ordinal).Replace("{api}", Api, StringComparison.Ordinal);
        return runs.Aggregate(filled, (text, run) => text.Replace($"{{{run.Key}}}", run.Value, StringComparison.Ordinal));
    }

    private async Task<Dictionary<string, string>> RunsAsync()
    {
        async Task<JsonObject> First(string experiment, string filter) =>
            (await emulator.JsonAsync("POST", $"{emulator.DataPlane}/history/v1.0{emulator.Workspace}/experiments/{experiment}/runs:query", new JsonObject { ["filter"] = filter }.ToJsonString()))["value"]?[0] as JsonObject
            ?? throw new InvalidOperationException("No run: " + filter);
        var pipeline = await First("nightly-scoring", "runType eq 'azureml.PipelineRun'");
        var workspace = (await emulator.JsonAsync("GET", emulator.Arm + emulator.Workspace + Api))["properties"] as JsonObject ?? [];
        return new Dictionary<string, string>
        {
            ["command"] = (await First("credit-scoring", "displayName eq 'mango_leaf_3f'")).Text("runId") ?? string.Empty,
            ["pipeline"] = pipeline.Text("runId") ?? string.Empty,
            ["sweep"] = (await First("churn-forecast", "runType eq 'hyperdrive'")).Text("runId") ?? string.Empty,
            ["step"] = (await First("nightly-scoring", "name eq 'train_model'")).Text("runId") ?? string.Empty,
            ["reused"] = (await First("nightly-scoring", "properties/azureml.isreused eq 'true'")).Text("runId") ?? string.Empty,
            ["asset"] = (pipeline["outputs"]?["model_output"] as JsonObject)?.Text("assetId") ?? string.Empty,
            ["container"] = "azureml-blobstore-" + workspace.Text("workspaceId"),
        };
    }
}
