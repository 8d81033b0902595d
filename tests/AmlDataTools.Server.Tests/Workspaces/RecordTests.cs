using System.Text.Json.Nodes;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Changes;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.Workspaces;

/// <summary>The record of a workspace: everything the services say about it, a line for each thing.</summary>
[Collection(ChangeCollection.Name)]
public sealed class RecordTests(ChangeEmulator emulator) : IAsyncLifetime
{
    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => emulator.ClearFaultsAsync();

    private string Node => NodeTargets.Format(new WorkspaceTarget(emulator.Workspace));

    [Fact]
    public async Task Every_run_and_every_asset_is_a_line_and_no_secret_is()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var run = await emulator.AddRunAsync(("outputs/a.bin", 10));
        var model = await emulator.ModelAsync(versions: 2);
        var export = await sidecar.ExportAsync(Node, folder.Out);
        Assert.Equal(OperationState.Succeeded, export.Operation.State);
        var state = (await emulator.ControlAsync(HttpMethod.Get, $"state?workspace={emulator.Workspace.Name}", null))["workspaces"]?[emulator.Workspace.Name];
        var runs = Lines(folder, "runs.jsonl");
        Assert.Equal(((state?["runs"] as JsonObject) ?? []).Select(r => r.Key).Order(StringComparer.Ordinal), runs.Select(r => (string?)r["runId"] ?? string.Empty).Order(StringComparer.Ordinal));
        Assert.Contains(runs, r => (string?)r["runId"] == run.RunId);
        Assert.Equal(((state?["experiments"] as JsonObject) ?? []).Count, Lines(folder, "experiments.jsonl").Count);
        foreach (var (file, collection, depth) in new[] { ("models.jsonl", "models/", 2), ("model-versions.jsonl", "models/", 4), ("computes.jsonl", "computes/", 2), ("datastores.jsonl", "datastores/", 2), ("online-deployments.jsonl", "onlineEndpoints/", 4) })
        {
            var paths = ((state?["resources"] as JsonObject) ?? []).Select(r => r.Key).Where(k => k.StartsWith(collection, StringComparison.Ordinal) && k.Split('/').Length == depth);
            Assert.Equal(paths.Order(StringComparer.Ordinal), Lines(folder, file).Select(l => ((string?)l["id"] ?? string.Empty)[(emulator.Workspace.ResourceId.Length + 1)..]).Order(StringComparer.Ordinal));
        }

        Assert.Equal(2, Lines(folder, "model-versions.jsonl").Count(l => ((string?)l["id"] ?? string.Empty).Contains($"/{model}/", StringComparison.Ordinal)));
        Assert.Equal(emulator.Workspace.ResourceId, (string?)Assert.Single(Lines(folder, "workspace.json"))["id"]);
        foreach (var file in Directory.EnumerateFiles(folder.Out, "*", SearchOption.AllDirectories))
        {
            Secrets.AssertNone(await File.ReadAllTextAsync(file), file);
        }
    }

    /// <summary>Files that are done stay; the one that was being written is written anew.</summary>
    [Fact]
    public async Task Killed_in_the_middle_it_goes_on_with_the_lists_that_are_missing()
    {
        using var folder = new TestFolder();
        string id;
        await using (var first = await ExportSidecar.StartAsync(emulator, folder))
        {
            var plan = await first.PlanAsync(Node);
            id = plan.PlanId;
            await emulator.FaultAsync("/environments", new JsonObject { ["kind"] = "delay", ["milliseconds"] = 60_000 }, times: 1000);
            await first.BeginAsync(id, folder.Out);
            for (var tries = 0; tries < 200 && !File.Exists(Path.Combine(folder.Out, $"{emulator.Workspace.Name}-record", "computes.jsonl")); tries++)
            {
                await Task.Delay(50);
            }

            await first.KillAsync();
        }

        await emulator.ClearFaultsAsync();
        await using var second = await ExportSidecar.StartAsync(emulator, folder);
        var mark = await emulator.MarkAsync();
        await second.OperationAsync("resume", id);
        Assert.Equal(OperationState.Succeeded, (await second.EndAsync(id)).State);
        Assert.NotEmpty(Lines(folder, "environment-versions.jsonl"));
        Assert.DoesNotContain(await emulator.RequestsAsync(mark), r => r.Path.EndsWith("/computes", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_place_that_the_service_does_not_know_any_more_begins_that_list_anew_and_says_so()
    {
        using var folder = new TestFolder();
        string id;
        await using (var first = await ExportSidecar.StartAsync(emulator, folder))
        {
            id = (await first.PlanAsync(Node)).PlanId;
            await emulator.FaultAsync("runs:query", new JsonObject { ["kind"] = "delay", ["milliseconds"] = 60_000 }, nth: 3, times: 1000);
            await first.BeginAsync(id, folder.Out);
            for (var tries = 0; tries < 400 && (!folder.Lines(id).Any(l => (string?)l["event"] == "Page" && ((string?)l["next"] ?? string.Empty).Contains("&.", StringComparison.Ordinal) && (long?)l["index"] == 2) || !File.Exists(Path.Combine(folder.Out, $"{emulator.Workspace.Name}-record", "experiments.jsonl"))); tries++)
            {
                await Task.Delay(25);
            }

            await first.KillAsync();
        }

        Assert.Contains(folder.Lines(id), l => (string?)l["event"] == "Page" && (long?)l["index"] == 2);
        await emulator.ClearFaultsAsync();
        await emulator.FaultAsync("experiments:query", new JsonObject { ["kind"] = "status", ["status"] = 400, ["code"] = "BadContinuationToken" });
        await using var second = await ExportSidecar.StartAsync(emulator, folder);
        await second.OperationAsync("resume", id);
        await second.EndAsync(id);
        var runs = Lines(folder, "runs.jsonl").Select(r => (string?)r["runId"]).ToList();
        Assert.Equal(runs.Count, runs.Distinct().Count());
        var state = (await emulator.ControlAsync(HttpMethod.Get, $"state?workspace={emulator.Workspace.Name}", null))["workspaces"]?[emulator.Workspace.Name];
        Assert.Equal(((state?["runs"] as JsonObject) ?? []).Count, runs.Count);
        var item = Assert.Single((await second.ReceiptAsync(id)).Items, i => i.Name.EndsWith("runs.jsonl", StringComparison.Ordinal));
        Assert.Equal(("done", "list.begunAnew"), (item.Outcome, item.Code));
    }

    [Fact]
    public async Task A_list_that_is_refused_is_told_and_the_others_are_written()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        await emulator.FaultAsync("/schedules", new JsonObject { ["kind"] = "status", ["status"] = 403, ["code"] = "AuthorizationFailed" }, times: 50);
        var export = await sidecar.ExportAsync(Node, folder.Out);
        Assert.Equal(OperationState.SucceededWithWarnings, export.Operation.State);
        Assert.Equal("failed", Assert.Single(export.Receipt.Items, i => i.Name.EndsWith("schedules.jsonl", StringComparison.Ordinal)).Outcome);
        Assert.NotEmpty(Lines(folder, "computes.jsonl"));
        Assert.False(File.Exists(Path.Combine(folder.Out, $"{emulator.Workspace.Name}-record", "schedules.jsonl")));
    }

    private List<JsonObject> Lines(TestFolder folder, string file) =>
        [.. File.ReadLines(Path.Combine(folder.Out, $"{emulator.Workspace.Name}-record", file)).Select(line => JsonNode.Parse(line) as JsonObject ?? throw new InvalidDataException(line))];
}
