using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Http;

namespace AmlDataTools.Emulator.Tests;

/// <summary>
/// Deletion of tags (specification of 2019-09-30): of a run by a list (Runs_DeleteTags), of an experiment by a command that holds one
/// (Experiments_DeleteTags); both answer with the document as it is then. Each followed by a comparison of the whole state.
/// </summary>
public sealed class TagTests(EmulatorFixture emulator) : IClassFixture<EmulatorFixture>
{
    private const string Here = "workspaces|sample-ws|";

    private string History => $"{emulator.DataPlane}/history/v1.0{emulator.Workspace}";

    [Fact]
    public async Task Tags_of_a_run_are_deleted_and_only_those()
    {
        var url = await RunAsync("tagged_run");
        var before = await StateAsync();
        var run = await emulator.JsonAsync("DELETE", url + "/tags", """["owner","not there"]""");
        Assert.Equal("tagged_run", run.Text("runId"));
        Assert.Equal(["stage"], TagsOf(run));
        Assert.Equal(["stage"], TagsOf(await emulator.JsonAsync("GET", url)));
        Assert.Equal(["~" + Here + "runs|tagged_run|texts"], StateDifference.Of(before, await StateAsync()));

        await emulator.JsonAsync("DELETE", url + "/tags", "[]");
        Assert.Equal(["stage"], TagsOf(await emulator.JsonAsync("GET", url)));
        await emulator.JsonAsync("PATCH", url, """{"tags":{"owner":"Maria Muster"}}""");
        Assert.Equal([], StateDifference.Of(before, await StateAsync()));
    }

    [Fact]
    public async Task Tags_of_an_experiment_are_deleted_and_only_those()
    {
        var id = (await emulator.JsonAsync("GET", History + "/experiments/trial")).Text("experimentId");
        var url = $"{History}/experimentids/{id}";
        await emulator.JsonAsync("PATCH", url, """{"tags":{"owner":"Maria Muster","stage":"one"}}""");
        var before = await StateAsync();
        var experiment = await emulator.JsonAsync("DELETE", url + "/tags", """{"tags":["owner","not there"]}""");
        Assert.Equal(id, experiment.Text("experimentId"));
        Assert.DoesNotContain("owner", TagsOf(experiment));
        Assert.Contains("stage", TagsOf(await emulator.JsonAsync("GET", url)));
        Assert.Equal(["~" + Here + "experiments|trial|texts"], StateDifference.Of(before, await StateAsync()));
    }

    [Theory]
    [InlineData("experiments/tagged/runs/{run}/tags", "{\"tags\":[\"owner\"]}")]
    [InlineData("experiments/tagged/runs/{run}/tags", "[1]")]
    [InlineData("experiments/tagged/runs/{run}/tags", "\"owner\"")]
    [InlineData("experimentids/{id}/tags", "[\"owner\"]")]
    [InlineData("experimentids/{id}/tags", "{\"tags\":\"owner\"}")]
    [InlineData("experimentids/{id}/tags", "{}")]
    public async Task What_is_no_list_is_refused_and_changes_nothing(string path, string body)
    {
        var run = $"untouched_{Guid.NewGuid():N}";
        await RunAsync(run);
        var id = (await emulator.JsonAsync("GET", History + "/experiments/tagged")).Text("experimentId");
        var before = await StateAsync();
        await RefusedAsync($"{History}/{path.Replace("{id}", id, StringComparison.Ordinal).Replace("{run}", run, StringComparison.Ordinal)}", body, 400);
        Assert.Equal([], StateDifference.Of(before, await StateAsync()));
    }

    [Theory]
    [InlineData("experiments/tagged/runs/no_such_run/tags", "[\"owner\"]")]
    [InlineData("experimentids/00000000-0000-0000-0000-00000000dead/tags", "{\"tags\":[\"owner\"]}")]
    public async Task What_is_not_there_is_said(string path, string body) => await RefusedAsync($"{History}/{path}", body, 404);

    private async Task<string> RunAsync(string id)
    {
        var run = new JsonObject { ["experiment"] = "tagged", ["runId"] = id, ["tags"] = new JsonObject { ["owner"] = "Maria Muster", ["stage"] = "one" } };
        await emulator.ControlAsync("/runs", run.ToJsonString());
        return $"{History}/experiments/tagged/runs/{id}";
    }

    private Task<JsonObject> StateAsync() => emulator.StateAsync("sample-ws");

    private static IEnumerable<string> TagsOf(JsonObject document) => (document["tags"] as JsonObject ?? []).Select(tag => tag.Key);

    private async Task RefusedAsync(string url, string body, int status)
    {
        using var answer = await emulator.SendAsync("DELETE", url, body);
        Assert.True(status == (int)answer.StatusCode, $"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
    }
}
