using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Http;

namespace AmlDataTools.Emulator.Tests;

/// <summary>Long-running operations and changes answer and poll as recorded.</summary>
public sealed class OperationTests(EmulatorFixture emulator) : IClassFixture<EmulatorFixture>
{
    private const string Api = "?api-version=2024-04-01";

    private string Workspace => emulator.Arm + emulator.Workspace;

    [Theory]
    [InlineData("batchendpoint-delete-202", "/batchEndpoints/nightly", "Updating,Succeeded", "batchendpoint-delete-poll-succeeded-200")]
    [InlineData("compute-delete-202", "/computes/ben-dev", "InProgress,Succeeded", null)]
    [InlineData("schedule-delete-202", "/schedules/weekly-retrain", "Deleting,Succeeded", "schedule-delete-poll-succeeded-200")]
    [InlineData("schedule-delete-enabled-202", "/schedules/nightly", "Deleting,Failed", "schedule-delete-poll-failed-200")]
    public async Task DeletesArePolledToTheirEnd(string sampleName, string path, string statuses, string? lastPoll)
    {
        var more = path.StartsWith("/computes", StringComparison.Ordinal) ? "&underlyingResourceAction=Delete" : string.Empty;
        using var answer = await emulator.SendAsync("DELETE", Workspace + path + Api + more);
        await AssertLikeAsync(sampleName, answer);
        var poll = answer.Headers.GetValues("Azure-AsyncOperation").Single();
        var seen = new List<string?>();
        JsonObject last = [];
        while (seen.LastOrDefault() is not ("Succeeded" or "Failed") && seen.Count < 9)
        {
            last = await emulator.JsonAsync("GET", poll);
            seen.Add(last.Text("status"));
        }

        Assert.Equal(statuses.Split(','), seen);
        if (lastPoll is not null)
        {
            Assert.Equal([], Shape.Differences((ShapeTests.Sample(lastPoll)["response"] as JsonObject)?["body"], last, []));
        }

        using var after = await emulator.SendAsync("GET", Workspace + path + Api);
        Assert.Equal(seen[^1] == "Failed" ? 200 : 404, (int)after.StatusCode);
    }

    [Fact]
    public async Task AWorkspaceIsDeletedWithBothHeadersAndGoneAfterwards()
    {
        var other = emulator.Arm + "/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/marketing-rg/providers/Microsoft.MachineLearningServices/workspaces/campaign-ws" + Api;
        using var answer = await emulator.SendAsync("DELETE", other + "&forceToPurge=true");
        await AssertLikeAsync("workspace-delete-202", answer);
        var running = await emulator.JsonAsync("GET", answer.Headers.GetValues("Azure-AsyncOperation").Single());
        Assert.Equal([], Shape.Differences((ShapeTests.Sample("workspace-delete-poll-inprogress-200")["response"] as JsonObject)?["body"], running, []));
        using var byLocation = await emulator.SendAsync("GET", answer.Headers.Location?.ToString() ?? string.Empty);
        Assert.Equal(202, (int)byLocation.StatusCode);
        var done = await emulator.JsonAsync("GET", answer.Headers.GetValues("Azure-AsyncOperation").Single());
        Assert.Equal([], Shape.Differences((ShapeTests.Sample("workspace-delete-poll-succeeded-200")["response"] as JsonObject)?["body"], done, []));
        using var after = await emulator.SendAsync("GET", other);
        Assert.Equal(404, (int)after.StatusCode);
    }

    [Fact]
    public async Task ARunningJobIsCancelledByLocationOnly()
    {
        var made = (await emulator.ControlAsync("/runs", """{"experiment":"cancelled","status":"Running"}"""))["runs"]?[0] as JsonObject ?? [];
        using var answer = await emulator.SendAsync("POST", $"{Workspace}/jobs/{made.Text("runId")}/cancel{Api}", "");
        await AssertLikeAsync("job-cancel-202", answer);
        Assert.False(answer.Headers.Contains("Azure-AsyncOperation"));
        using var running = await emulator.SendAsync("GET", answer.Headers.Location?.ToString() ?? string.Empty);
        await AssertLikeAsync("job-cancel-poll-202", running);
        using var again = await emulator.SendAsync("GET", running.Headers.Location?.ToString() ?? string.Empty);
        Assert.Equal(202, (int)again.StatusCode);
        using var done = await emulator.SendAsync("GET", running.Headers.Location?.ToString() ?? string.Empty);
        await AssertLikeAsync("job-cancel-poll-200", done);
    }

    [Fact]
    public async Task ArchivingKeepsFieldsNobodyKnows()
    {
        var path = Workspace + "/environments/sklearn-train/versions/2" + Api;
        var before = await emulator.JsonAsync("GET", path);
        var properties = before["properties"] as JsonObject ?? [];
        properties["isArchived"] = true;
        properties["somethingNew"] = "kept";
        using var answer = await emulator.SendAsync("PUT", path, before.ToJsonString());
        await AssertLikeAsync("environment-version-put-archive-201", answer);
        var after = await emulator.JsonAsync("GET", path);
        Assert.Equal("kept", (after["properties"] as JsonObject)?.Text("somethingNew"));
        var listed = await emulator.JsonAsync("GET", Workspace + "/environments/sklearn-train/versions" + Api + "&listViewType=ActiveOnly");
        Assert.DoesNotContain("2", (listed["value"] as JsonArray ?? []).OfType<JsonObject>().Select(v => v.Text("name")));
    }

    [Fact]
    public async Task AJobIsArchivedByPut()
    {
        var made = (await emulator.ControlAsync("/runs", """{"experiment":"to-archive"}"""))["runs"]?[0] as JsonObject ?? [];
        var path = $"{Workspace}/jobs/{made.Text("runId")}{Api}";
        var job = await emulator.JsonAsync("GET", path);
        (job["properties"] as JsonObject ?? [])["isArchived"] = true;
        using var answer = await emulator.SendAsync("PUT", path, job.ToJsonString());
        await AssertLikeAsync("job-put-update-200", answer);
        var run = await emulator.JsonAsync("GET", $"{emulator.DataPlane}/history/v1.0{emulator.Workspace}/runs/{made.Text("runId")}");
        Assert.True(run.Truth("hidden"));
    }

    [Fact]
    public async Task DependentsAreFoundAndDeletedOnce()
    {
        var workspace = (await emulator.JsonAsync("GET", Workspace + Api))["properties"] as JsonObject ?? [];
        foreach (var name in new[] { "storageAccount", "keyVault", "applicationInsights", "containerRegistry" })
        {
            var found = await emulator.JsonAsync("GET", emulator.Arm + workspace.Text(name) + "?api-version=2019-09-01");
            Assert.Equal(workspace.Text(name), found.Text("id"));
        }

        var vault = emulator.Arm + workspace.Text("keyVault") + "?api-version=2019-09-01";
        using var first = await emulator.SendAsync("DELETE", vault);
        await AssertLikeAsync("dependent-keyvault-delete-200", first);
        using var second = await emulator.SendAsync("DELETE", vault);
        Assert.Equal((200, 204), ((int)first.StatusCode, (int)second.StatusCode));
    }

    [Fact]
    public async Task ADirectoryIsMadeInAHierarchicalAccount()
    {
        var lake = emulator.Blob.Replace("samplewsstorage.blob", "samplelake.dfs", StringComparison.Ordinal) + "/raw/new/deep";
        var token = await emulator.StorageTokenAsync();
        using var made = await emulator.SendAsync("PUT", lake + "?resource=directory", token: token, headers: ("x-ms-version", "2021-06-08"));
        await AssertLikeAsync("adlsgen2-path-create-201", made);
        using var head = await emulator.SendAsync("HEAD", lake, token: token, headers: ("x-ms-version", "2021-06-08"));
        Assert.Equal("directory", head.Headers.GetValues("x-ms-resource-type").Single());
    }

    private static async Task AssertLikeAsync(string sampleName, HttpResponseMessage answer)
    {
        var response = ShapeTests.Sample(sampleName)["response"] as JsonObject ?? [];
        Assert.Equal(response.Number("status"), (int)answer.StatusCode);
        if (response["body"] is { } body)
        {
            string[] otherState = ["distribution", "limits", "queueSettings", "resources", "environmentId", "description", "computeId", "codeId", "jobTier", "IsLocal"];
            Assert.Equal([], Shape.Differences(body, JsonNode.Parse(await answer.Content.ReadAsStringAsync()), otherState));
        }

        var has = answer.Headers.Concat(answer.Content.Headers).Select(h => h.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        Assert.Equal([], (response["headers"] as JsonObject ?? []).Select(h => h.Key).Where(h => !has.Contains(h)));
    }
}
