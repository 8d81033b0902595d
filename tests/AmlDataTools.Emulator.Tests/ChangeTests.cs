using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Http;

namespace AmlDataTools.Emulator.Tests;

/// <summary>Every change and refusal of the control plane and run history, each followed by a comparison of the whole state.</summary>
public sealed class ChangeTests(EmulatorFixture emulator) : IClassFixture<EmulatorFixture>
{
    private const string Api = "?api-version=2024-04-01";
    private const string Here = "workspaces|sample-ws|";

    private string Workspace => emulator.Arm + emulator.Workspace;

    private string History => $"{emulator.DataPlane}/history/v1.0{emulator.Workspace}";

    [Fact]
    public async Task TheStateIsTheSameTwiceAndQuick()
    {
        var first = await StateAsync();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var second = await StateAsync();
        Assert.Equal([], StateDifference.Of(first, second));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), watch.Elapsed.ToString());
        Assert.Null((await StateAsync("campaign-ws"))["workspaces"]?["sample-ws"]);
    }

    [Fact]
    public async Task AnExperimentIsArchivedAndRestored()
    {
        var experiment = await emulator.JsonAsync("GET", History + "/experiments/trial");
        var url = $"{History}/experimentids/{experiment.Text("experimentId")}";
        var before = await StateAsync();
        await emulator.JsonAsync("PATCH", url, """{"archive":true}""");
        Assert.NotNull((await emulator.JsonAsync("GET", History + "/experiments/trial"))["archivedTime"]);
        Assert.Equal(["~" + Here + "experiments|trial|archived"], StateDifference.Of(before, await StateAsync()));
        var shown = await emulator.JsonAsync("POST", History + "/experiments:query", """{"viewType":"ArchivedOnly"}""");
        Assert.Contains("trial", Names(shown));
        await emulator.JsonAsync("PATCH", url, """{"archive":false}""");
        Assert.Equal([], StateDifference.Of(before, await StateAsync()));
    }

    [Fact]
    public async Task AnExperimentIsDeletedOnlyWhenEmpty()
    {
        var id = (await emulator.JsonAsync("GET", History + "/experiments/trial-2")).Text("experimentId");
        var before = await StateAsync();
        var error = await RefusedAsync("DELETE", $"{History}/experimentids/{id}", 409);
        Assert.Equal("UserError", error.Text("code"));
        Assert.Equal([], StateDifference.Of(before, await StateAsync()));
        var empty = (await emulator.ControlAsync("/runs", """{"experiment":"empty-one","experimentOnly":true}"""))["runs"]?[0] as JsonObject ?? [];
        await OkAsync("DELETE", $"{History}/experimentids/{empty.Text("experimentId")}", 200);
        Assert.Equal([], StateDifference.Of(before, await StateAsync()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AJobIsDeletedAndItsDataOnlyWhenSet(bool withData)
    {
        var id = withData ? "job_with_data" : "job_without_data";
        var before = await StateAsync();
        await emulator.ControlAsync("/runs", $$"""{"experiment":"trial","runId":"{{id}}","files":[{"path":"outputs/a.txt","text":"a"}],"metrics":["auc"]}""");
        await emulator.ControlAsync("/runs", $$"""{"experiment":"trial","runId":"{{id}}0","files":[{"path":"outputs/a.txt","text":"a"}]}""");
        var made = await StateAsync();
        await emulator.ControlAsync("/settings", $$"""{"jobDeleteRemovesData":{{(withData ? "true" : "false")}}}""");
        await DeleteLaterAsync($"/jobs/{id}");
        await emulator.ControlAsync("/settings", """{"jobDeleteRemovesData":false}""");
        string[] expected = ["-" + Here + "runs|" + id];
        Assert.Equal(withData ? ["-storage|samplewsstorage|containers|azureml|blobs|ExperimentRun/dcid." + id + "/outputs/a.txt", .. expected] : expected, StateDifference.Of(made, await StateAsync()));
        using var gone = await emulator.SendAsync("GET", $"{History}/runs/{id}");
        Assert.Equal(404, (int)gone.StatusCode);
        using var again = await emulator.SendAsync("DELETE", $"{Workspace}/jobs/{id}{Api}");
        Assert.Equal(204, (int)again.StatusCode);
        Assert.NotEmpty(StateDifference.Of(before, made));
    }

    [Fact]
    public async Task ARunningJobIsNotDeletedAndArchivingShowsInRunHistory()
    {
        await emulator.ControlAsync("/runs", """{"experiment":"trial","runId":"still_running","status":"Running"}""");
        var before = await StateAsync();
        await RefusedAsync("DELETE", $"{Workspace}/jobs/still_running{Api}", 400);
        Assert.Equal([], StateDifference.Of(before, await StateAsync()));
        var job = await emulator.JsonAsync("GET", $"{Workspace}/jobs/run1{Api}");
        (job["properties"] as JsonObject ?? [])["isArchived"] = true;
        await emulator.JsonAsync("PUT", $"{Workspace}/jobs/run1{Api}", job.ToJsonString());
        Assert.True((await emulator.JsonAsync("GET", History + "/runs/run1")).Truth("hidden"));
        Assert.Equal(["~" + Here + "runs|run1|archived"], StateDifference.Of(before, await StateAsync()));
        (job["properties"] as JsonObject ?? [])["isArchived"] = false;
        await emulator.JsonAsync("PUT", $"{Workspace}/jobs/run1{Api}", job.ToJsonString());
        Assert.Equal([], StateDifference.Of(before, await StateAsync()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ChildrenGoWithTheirParentUnlessSet(bool stay)
    {
        var id = stay ? "parent_stay" : "parent_go";
        await emulator.ControlAsync("/runs", $$"""{"runs":[{"experiment":"trial","runId":"{{id}}","kind":"Pipeline"},{"experiment":"trial","runId":"{{id}}_c","parentRunId":"{{id}}"},{"experiment":"trial","runId":"{{id}}_g","parentRunId":"{{id}}_c"}]}""");
        var before = await StateAsync();
        await emulator.ControlAsync("/settings", $$"""{"jobDeleteLeavesChildren":{{(stay ? "true" : "false")}}}""");
        await DeleteLaterAsync($"/jobs/{id}");
        await emulator.ControlAsync("/settings", """{"jobDeleteLeavesChildren":false}""");
        string[] gone = stay ? [id] : [id, id + "_c", id + "_g"];
        Assert.Equal(gone.Select(g => "-" + Here + "runs|" + g), StateDifference.Of(before, await StateAsync()));
    }

    [Fact]
    public async Task MetricsAreDeletedOfOneRunOnly()
    {
        await emulator.ControlAsync("/runs", """{"experiment":"trial","runId":"measured","metrics":["auc","loss"]}""");
        var before = await StateAsync();
        var metrics = $"{emulator.DataPlane}/metric/v2.0{emulator.Workspace}/runs/measured";
        Assert.Equal(2, (await emulator.JsonAsync("POST", metrics + "/list", "{}"))["value"]?.AsArray().Count);
        await OkAsync("DELETE", metrics + "/deleteMetrics", 200);
        Assert.Equal(0, (await emulator.JsonAsync("POST", metrics + "/list", "{}"))["value"]?.AsArray().Count);
        Assert.Equal(["~" + Here + "runs|measured|metrics"], StateDifference.Of(before, await StateAsync()));
    }

    [Theory]
    [InlineData("data/applicants", 405)]
    [InlineData("data/applicants/versions/1", 405)]
    [InlineData("environments/sklearn-train/versions/2", 405)]
    [InlineData("components/score_batch/versions/2", 405)]
    [InlineData("components/score_batch", 405)]
    [InlineData("datastores/workspaceblobstore", 400)]
    [InlineData("onlineEndpoints/loan-scoring/deployments/green", 400)]
    [InlineData("computes/gpu-cluster?underlyingResourceAction=Delete", 409)]
    [InlineData("computes/idle-cluster?underlyingResourceAction=Detach", 400)]
    [InlineData("computes/idle-cluster", 400)]
    public async Task WhatTheServiceRefusesIsRefusedAndNothingChanges(string path, int status)
    {
        var before = await StateAsync();
        var parts = path.Split('?');
        var error = await RefusedAsync("DELETE", $"{Workspace}/{parts[0]}{Api}{(parts.Length > 1 ? "&" + parts[1] : string.Empty)}", status);
        Assert.Equal("UserError", error.Text("code"));
        Assert.Equal([], StateDifference.Of(before, await StateAsync()));
    }

    [Fact]
    public async Task WhatIsRefusedIsDeletedOnceHonoured()
    {
        await emulator.ControlAsync("/resources", """{"path":"environments/short-lived","body":{"properties":{"isArchived":false}}}""");
        await emulator.ControlAsync("/resources", """{"path":"environments/short-lived/versions/1","body":{"properties":{"isArchived":false}}}""");
        var before = await StateAsync();
        await emulator.ControlAsync("/settings", """{"deletesHonoured":["environments"]}""");
        await OkAsync("DELETE", $"{Workspace}/environments/short-lived/versions/1{Api}", 200);
        await RefusedAsync("DELETE", $"{Workspace}/components/score_batch{Api}", 405);
        await emulator.ControlAsync("/settings", """{"deletesHonoured":[]}""");
        Assert.Equal(["-" + Here + "resources|environments/short-lived/versions/1"], StateDifference.Of(before, await StateAsync()));
    }

    [Theory]
    [InlineData("models/shared-model-a/versions/1")]
    [InlineData("models/shared-model-a")]
    [InlineData("data/applicants/versions/1")]
    [InlineData("data/features")]
    [InlineData("environments/sklearn-train")]
    [InlineData("components/nightly_pipeline/versions/1")]
    public async Task ContainersAndVersionsAreArchivedAndRestoredByPut(string path)
    {
        var before = await StateAsync();
        var resource = await emulator.JsonAsync("GET", $"{Workspace}/{path}{Api}");
        var properties = resource["properties"] as JsonObject ?? [];
        properties["isArchived"] = true;
        await emulator.JsonAsync("PUT", $"{Workspace}/{path}{Api}", resource.ToJsonString());
        Assert.Equal(["~" + Here + $"resources|{path}|archived", "~" + Here + $"resources|{path}|hash"], StateDifference.Of(before, await StateAsync()));
        var collection = path[..path.LastIndexOf('/')];
        var name = path[(path.LastIndexOf('/') + 1)..];
        Assert.Contains(name, Names(await emulator.JsonAsync("GET", $"{Workspace}/{collection}{Api}&listViewType=ArchivedOnly")));
        Assert.DoesNotContain(name, Names(await emulator.JsonAsync("GET", $"{Workspace}/{collection}{Api}")));
        properties["isArchived"] = false;
        var after = await emulator.JsonAsync("PUT", $"{Workspace}/{path}{Api}", resource.ToJsonString());
        Assert.NotEqual((resource["systemData"] as JsonObject)?.Text("lastModifiedAt"), (after["systemData"] as JsonObject)?.Text("lastModifiedAt"));
        Assert.Equal([], StateDifference.Of(before, await StateAsync()));
    }

    [Fact]
    public async Task AVersionOfAnArchivedContainerIsNotRestoredAlone()
    {
        foreach (var path in new[] { "models/whole", "models/whole/versions/1" })
        {
            await emulator.ControlAsync("/resources", """{"path":"PATH","body":{"properties":{"isArchived":true}}}""".Replace("PATH", path, StringComparison.Ordinal));
        }

        await RefusedAsync("PUT", $"{Workspace}/models/whole/versions/1{Api}", 400, """{"properties":{"isArchived":false}}""");
        await emulator.JsonAsync("PUT", $"{Workspace}/models/whole{Api}", """{"properties":{"isArchived":false}}""");
        await emulator.JsonAsync("PUT", $"{Workspace}/models/whole/versions/1{Api}", """{"properties":{"isArchived":false}}""");
    }

    [Fact]
    public async Task AnEndpointGoesWithItsDeployments()
    {
        foreach (var path in new[] { "onlineEndpoints/brief", "onlineEndpoints/brief/deployments/one", "onlineEndpoints/brief2" })
        {
            await emulator.ControlAsync("/resources", """{"path":"PATH","body":{"properties":{"traffic":{"one":100}}}}""".Replace("PATH", path, StringComparison.Ordinal));
        }

        var before = await StateAsync();
        await DeleteLaterAsync("/onlineEndpoints/brief");
        Assert.Equal(["-" + Here + "resources|onlineEndpoints/brief", "-" + Here + "resources|onlineEndpoints/brief/deployments/one"], StateDifference.Of(before, await StateAsync()));
    }

    [Fact]
    public async Task AnAttachedComputeIsDetachedAndASecondDeleteRefused()
    {
        await emulator.ControlAsync("/resources", """{"path":"computes/borrowed-vm","body":{"properties":{"computeType":"VirtualMachine","isAttachedCompute":true,"provisioningState":"Succeeded"}}}""");
        var before = await StateAsync();
        var url = $"{Workspace}/computes/borrowed-vm{Api}&underlyingResourceAction=Detach";
        using var accepted = await emulator.SendAsync("DELETE", url);
        Assert.Equal(202, (int)accepted.StatusCode);
        await RefusedAsync("DELETE", url, 409);
        await PollAsync(accepted.Headers.GetValues("Azure-AsyncOperation").Single());
        Assert.Equal(["-" + Here + "resources|computes/borrowed-vm"], StateDifference.Of(before, await StateAsync()));
    }

    private static IEnumerable<string?> Names(JsonObject list) => (list["value"] as JsonArray ?? []).OfType<JsonObject>().Select(v => v.Text("name"));

    private Task<JsonObject> StateAsync(string workspace = "sample-ws") => emulator.StateAsync(workspace);

    private async Task OkAsync(string method, string url, int status)
    {
        using var answer = await emulator.SendAsync(method, url);
        Assert.Equal(status, (int)answer.StatusCode);
    }

    private async Task<JsonObject> RefusedAsync(string method, string url, int status, string? body = null)
    {
        using var answer = await emulator.SendAsync(method, url, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(status == (int)answer.StatusCode, $"{(int)answer.StatusCode}: {text}");
        return JsonNode.Parse(text)?["error"] as JsonObject ?? [];
    }

    private async Task DeleteLaterAsync(string path)
    {
        using var answer = await emulator.SendAsync("DELETE", Workspace + path + Api);
        Assert.Equal(202, (int)answer.StatusCode);
        await PollAsync(answer.Headers.TryGetValues("Azure-AsyncOperation", out var links) ? links.Single() : answer.Headers.Location?.ToString() ?? string.Empty);
    }

    private async Task PollAsync(string url)
    {
        for (var i = 0; i < 9; i++)
        {
            using var answer = await emulator.SendAsync("GET", url);
            var text = await answer.Content.ReadAsStringAsync();
            if (text.Contains("Succeeded", StringComparison.Ordinal) || (text.Length == 0 && (int)answer.StatusCode == 200))
            {
                return;
            }
        }

        Assert.Fail("The operation did not end: " + url);
    }
}
