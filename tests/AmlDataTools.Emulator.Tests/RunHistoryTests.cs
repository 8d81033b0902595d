using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Http;

namespace AmlDataTools.Emulator.Tests;

/// <summary>Paging, filters, archiving, metrics and snapshots of the workspace services.</summary>
public sealed class RunHistoryTests(EmulatorFixture emulator) : IClassFixture<EmulatorFixture>
{
    private string History => $"{emulator.DataPlane}/history/v1.0{emulator.Workspace}";

    [Fact]
    public async Task RunsComeInPagesNewestFirstAndOnce()
    {
        var ids = new List<string>();
        var times = new List<string>();
        string? token = null;
        do
        {
            var page = await QueryAsync("credit-scoring", new JsonObject { ["top"] = 25, ["continuationToken"] = token });
            ids.AddRange(Runs(page).Select(r => r.Text("runId") ?? string.Empty));
            times.AddRange(Runs(page).Select(r => r.Text("createdUtc") ?? string.Empty));
            token = page.Text("continuationToken");
        }
        while (token is not null);
        Assert.Equal(63, ids.Count);
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.Equal(times.OrderDescending(StringComparer.Ordinal), times);
    }

    [Theory]
    [InlineData("status eq 'Failed'", "status", "Failed")]
    [InlineData("Status eq 'Running' or status eq 'Queued'", "status", "Running,Queued")]
    [InlineData("status in ('Failed', 'Canceled') and createdBy/userName eq 'Ben Example'", "status", "Failed,Canceled")]
    [InlineData("tags/candidate eq 'yes'", "status", "")]
    [InlineData("not (hidden eq false)", "status", "Completed")]
    [InlineData("startswith(displayName, 'mango') and parentRunId eq null", "status", "")]
    public async Task FiltersKeepWhatTheySay(string filter, string field, string allowed)
    {
        var runs = Runs(await QueryAsync("credit-scoring", new JsonObject { ["filter"] = filter })).ToList();
        Assert.NotEmpty(runs);
        Assert.True(runs.Count < 63, $"{runs.Count} runs");
        Assert.All(runs, r => Assert.True(allowed.Length == 0 || allowed.Split(',').Contains(r.Text(field)), r.Text(field)));
    }

    [Fact]
    public async Task TimesAreComparedAsTimes()
    {
        var all = Runs(await QueryAsync("credit-scoring", [])).Select(r => DateTimeOffset.Parse(r.Text("createdUtc") ?? string.Empty, System.Globalization.CultureInfo.InvariantCulture)).ToList();
        var middle = all[20];
        var newer = Runs(await QueryAsync("credit-scoring", new JsonObject { ["filter"] = $"createdUtc ge {middle.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffffffZ}" }));
        Assert.Equal(21, newer.Count());
        var oldest = Runs(await QueryAsync("credit-scoring", new JsonObject { ["orderBy"] = "createdUtc asc", ["top"] = 1 })).Single();
        Assert.Equal(all[^1], DateTimeOffset.Parse(oldest.Text("createdUtc") ?? string.Empty, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("{\"filter\":\"status eq\"}")]
    [InlineData("{\"filter\":\"status like 'x'\"}")]
    [InlineData("{\"continuationToken\":\"rubbish\"}")]
    [InlineData("[1]")]
    public async Task BadQueriesAreRefused(string body)
    {
        using var answer = await emulator.SendAsync("POST", $"{History}/experiments/credit-scoring/runs:query", body);
        Assert.Equal(400, (int)answer.StatusCode);
    }

    [Fact]
    public async Task AnExperimentIsArchivedRestoredAndDeletedOnlyWhenEmpty()
    {
        var made = (await emulator.ControlAsync("/runs", """{"experiment":"short-lived","experimentOnly":true}"""))["runs"]?[0] as JsonObject ?? [];
        var url = $"{History}/experimentids/{made.Text("experimentId")}";
        Assert.NotNull((await emulator.JsonAsync("PATCH", url, """{"archive":true}""")).Text("archivedTime"));
        Assert.DoesNotContain("short-lived", await NamesAsync("ActiveOnly"));
        Assert.Contains("short-lived", await NamesAsync("ArchivedOnly"));
        Assert.Null((await emulator.JsonAsync("PATCH", url, """{"archive":false}"""))["archivedTime"]);
        using var deleted = await emulator.SendAsync("DELETE", url);
        Assert.Equal(200, (int)deleted.StatusCode);
        Assert.DoesNotContain("short-lived", await NamesAsync("All"));

        var full = await emulator.JsonAsync("GET", $"{History}/experiments/churn-forecast");
        using var refused = await emulator.SendAsync("DELETE", $"{History}/experimentids/{full.Text("experimentId")}");
        Assert.Equal(409, (int)refused.StatusCode);
    }

    [Fact]
    public async Task ChildrenComeInPagesWithALink()
    {
        var sweep = Runs(await QueryAsync("churn-forecast", new JsonObject { ["filter"] = "runType eq 'hyperdrive'" })).Single().Text("runId");
        var names = new List<string?>();
        var url = $"{History}/runs/{sweep}/children?$top=4";
        while (url is not null)
        {
            var page = await emulator.JsonAsync("GET", url);
            names.AddRange(Runs(page).Select(r => r.Text("displayName")));
            url = page.Text("nextLink");
        }

        Assert.Equal(6, names.Distinct().Count());
    }

    [Fact]
    public async Task MetricsAreListedAndRead()
    {
        var run = Runs(await QueryAsync("credit-scoring", new JsonObject { ["filter"] = "displayName eq 'mango_leaf_3f'" })).Single().Text("runId");
        var url = $"{emulator.DataPlane}/metric/v2.0{emulator.Workspace}/runs/{run}";
        var names = Runs(await emulator.JsonAsync("POST", url + "/list", "{}")).Select(m => m.Text("name"));
        Assert.Equal(["loss", "accuracy", "auc"], names);
        var full = await emulator.JsonAsync("POST", url + "/full", """{"metricName":"loss"}""");
        Assert.Equal(20, Runs(full).Count());
        Assert.NotNull(full["value"]?[0]?["data"]?["loss"]);
    }

    [Fact]
    public async Task ASnapshotIsPolledAndDownloaded()
    {
        var run = Runs(await QueryAsync("credit-scoring", new JsonObject { ["filter"] = "displayName eq 'mango_leaf_3f'" })).Single();
        var url = $"{emulator.DataPlane}/content/v2.0{emulator.Workspace}/snapshots/{(run["properties"] as JsonObject)?.Text("ContentSnapshotId")}/zip";
        using var first = await emulator.SendAsync("POST", url, "");
        Assert.Equal(202, (int)first.StatusCode);
        var location = first.Headers.Location?.ToString() ?? string.Empty;
        using var second = await emulator.SendAsync("GET", location);
        Assert.Equal(202, (int)second.StatusCode);
        var done = await emulator.JsonAsync("GET", location);
        using var zip = await emulator.SendAsync("GET", done.Text("zipSasUri") ?? string.Empty, token: null);
        using var archive = new System.IO.Compression.ZipArchive(await zip.Content.ReadAsStreamAsync());
        Assert.Contains("train.py", archive.Entries.Select(e => e.FullName));
    }

    [Fact]
    public async Task NamedOutputsLeadToTheirBlobs()
    {
        var pipeline = Runs(await QueryAsync("nightly-scoring", new JsonObject { ["filter"] = "runType eq 'azureml.PipelineRun'" })).First();
        var asset = (pipeline["outputs"]?["metrics_output"] as JsonObject)?.Text("assetId") ?? string.Empty;
        var resolved = await emulator.JsonAsync("POST", $"{emulator.DataPlane}/data/v1.0{emulator.Workspace}/dataversion/batchGetResolvedUris", new JsonObject { ["values"] = JsonShape.List([asset]) }.ToJsonString());
        var uri = (resolved["values"]?[asset] as JsonObject)?.Text("uri") ?? string.Empty;
        Assert.EndsWith($"/datastores/workspaceblobstore/paths/azureml/{pipeline.Text("runId")}/metrics_output/", uri, StringComparison.Ordinal);
        var container = "azureml-blobstore-a0000000-0000-4000-8000-000000000002";
        using var blob = await emulator.SendAsync("GET", $"{emulator.Blob}/{container}/azureml/{pipeline.Text("runId")}/metrics_output/metrics.json", token: await emulator.StorageTokenAsync(), headers: ("x-ms-version", "2021-08-06"));
        Assert.Equal(200, (int)blob.StatusCode);
    }

    private static IEnumerable<JsonObject> Runs(JsonObject page) => (page["value"] as JsonArray ?? []).OfType<JsonObject>();

    private Task<JsonObject> QueryAsync(string experiment, JsonObject body) => emulator.JsonAsync("POST", $"{History}/experiments/{experiment}/runs:query", body.ToJsonString());

    private async Task<IEnumerable<string?>> NamesAsync(string view) =>
        Runs(await emulator.JsonAsync("POST", History + "/experiments:query", new JsonObject { ["viewType"] = view }.ToJsonString())).Select(e => e.Text("name"));
}
