using System.Text.Json.Nodes;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Server.Protocol;

namespace AmlDataTools.Server.Tests.Exports;

/// <summary>What an export of a run takes: children, originals of reused steps, logs, patterns, named outputs, the record.</summary>
[Collection(ExportCollection.Name)]
public sealed class RunTests(EmulatorProcess emulator)
{
    private static ExportOptions Options(
        bool children = false, bool logs = false, bool outputs = false, bool record = false, string[]? include = null, string[]? exclude = null) =>
        new(children, logs, outputs, record, include ?? [], exclude ?? []);

    [Fact]
    public async Task Children_are_walked_to_the_leaves_and_a_reused_step_comes_from_its_original()
    {
        using var folder = new TestFolder();
        var original = await emulator.AddRunAsync(("outputs/original.bin", 40));
        var root = await emulator.AddRunAsync(new JsonObject { ["kind"] = "Pipeline", ["files"] = EmulatorProcess.Files(("logs/azureml/stdoutlogs.txt", 10)) });
        var step = await emulator.AddRunAsync(new JsonObject { ["parentRunId"] = root.RunId, ["files"] = EmulatorProcess.Files(("outputs/step.bin", 20)) });
        var leaf = await emulator.AddRunAsync(new JsonObject { ["parentRunId"] = step.RunId, ["files"] = EmulatorProcess.Files(("outputs/leaf.bin", 30)) });
        var reused = await emulator.AddRunAsync(new JsonObject { ["parentRunId"] = root.RunId, ["reusedRunId"] = original.RunId });
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var alone = await sidecar.PlanAsync(emulator.NodeOf(root.RunId));
        Assert.True(alone is { Items: 1, HasChildRuns: true });
        var export = await sidecar.ExportAsync(emulator.NodeOf(root.RunId), folder.Out, Options(children: true));
        Assert.Contains(export.Plan.Warnings, w => w is { Code: "step.reused", Count: 1 });
        export.Receipt.AssertTotals(done: 4);
        var inside = Path.Combine(folder.Out, root.RunId);
        TestFolder.AssertFiles(root.Files, inside);
        TestFolder.AssertFiles(step.Files, Path.Combine(inside, "child-runs", step.RunId));
        TestFolder.AssertFiles(leaf.Files, Path.Combine(inside, "child-runs", leaf.RunId));
        TestFolder.AssertFiles(original.Files, Path.Combine(inside, "child-runs", reused.RunId));
    }

    [Fact]
    public async Task Logs_and_patterns_choose_and_nothing_found_says_where_it_looked()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync(("outputs/model.pkl", 10), ("outputs/sub/model.onnx", 11), ("user_logs/std_log.txt", 12), ("system_logs/lifecycler/x.log", 13), ("outputs/logs/no.txt", 14));
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var node = emulator.NodeOf(run.RunId);
        Assert.Equal(["system_logs/lifecycler/x.log", "user_logs/std_log.txt"], await NamesAsync(Options(logs: true)));
        Assert.Equal(["outputs/model.pkl", "outputs/sub/model.onnx"], await NamesAsync(Options(include: ["**/model.*"])));
        Assert.Equal(["outputs/model.pkl"], await NamesAsync(Options(include: ["outputs/**"], exclude: ["**/*.onnx", "**/logs/**"])));
        var refusal = await sidecar.RefusalAsync(() => sidecar.PlanAsync(node, Options(include: ["*.none"])));
        Assert.StartsWith("export.nothingFound: ", refusal, StringComparison.Ordinal);
        Assert.Contains("5 files are there", refusal, StringComparison.Ordinal);
        Assert.Contains($"workspaceartifactstore: ExperimentRun/dcid.{run.RunId}/", refusal, StringComparison.Ordinal);
        var empty = await emulator.AddRunAsync(new JsonObject());
        refusal = await sidecar.RefusalAsync(() => sidecar.PlanAsync(emulator.NodeOf(empty.RunId)));
        Assert.StartsWith("export.nothingFound: ", refusal, StringComparison.Ordinal);
        Assert.Contains($"ExperimentRun/dcid.{empty.RunId}/", refusal, StringComparison.Ordinal);
        Assert.Equal(3, (await sidecar.ListAsync()).Count);
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(folder.Storage, "plans")));

        async Task<IEnumerable<string>> NamesAsync(ExportOptions options)
        {
            var export = await sidecar.ExportAsync(node, Path.Combine(folder.Root, $"out{Guid.NewGuid():N}"), options);
            return export.Receipt.Items.Select(i => i.Name[run.BlobOf("").Length..]).Order(StringComparer.Ordinal);
        }
    }

    [Fact]
    public async Task A_run_that_still_runs_is_offered_with_a_warning()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync(new JsonObject { ["status"] = "Running", ["files"] = EmulatorProcess.Files(("user_logs/std_log.txt", 12)) });
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var export = await sidecar.ExportAsync(emulator.NodeOf(run.RunId), folder.Out);
        Assert.Contains(export.Plan.Warnings, w => w is { Code: "run.stillRunning", Count: 1 });
        Assert.Contains((export.Receipt.Json["warnings"] as JsonArray ?? []), w => (string?)w?["code"] == "run.stillRunning");
        folder.AssertExactly(run);
    }

    [Fact]
    public async Task Named_outputs_come_from_where_they_are()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync(new JsonObject
        {
            ["files"] = EmulatorProcess.Files(("user_logs/std_log.txt", 12)),
            ["outputs"] = new JsonObject { ["model_output"] = new JsonObject { ["files"] = EmulatorProcess.Files(("model.pkl", 100), ("sub/conda.yaml", 50)) } },
        });
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var all = await sidecar.ExportAsync(emulator.NodeOf(run.RunId), folder.Out, Options(outputs: true));
        all.Receipt.AssertTotals(done: 3);
        var inside = Path.Combine(folder.Out, run.RunId, "named-outputs", "model_output");
        Assert.Equal((100L, 50L), (new FileInfo(Path.Combine(inside, "model.pkl")).Length, new FileInfo(Path.Combine(inside, "sub", "conda.yaml")).Length));
        var one = await sidecar.ExportAsync(NodeTargets.Format(new NamedOutputTarget(emulator.Workspace, run.RunId, "model_output")), folder.Out);
        one.Receipt.AssertTotals(done: 2);
        Assert.Equal(100, new FileInfo(Path.Combine(folder.Out, "model_output", "model.pkl")).Length);
    }

    [Fact]
    public async Task The_full_record_is_there_and_holds_no_signed_address()
    {
        using var folder = new TestFolder();
        var root = await emulator.AddRunAsync(new JsonObject
        {
            ["kind"] = "Sweep",
            ["snapshotId"] = "a0000000-0000-4000-8000-0000000000c0",
            ["properties"] = new JsonObject { ["ContentSnapshotId"] = "a0000000-0000-4000-8000-0000000000c0" },
            ["tags"] = new JsonObject { ["team"] = "credit, \"risk\"" },
            ["files"] = EmulatorProcess.Files(("user_logs/std_log.txt", 12)),
        });
        var child = await emulator.AddRunAsync(new JsonObject { ["parentRunId"] = root.RunId });
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var export = await sidecar.ExportAsync(emulator.NodeOf(root.RunId), folder.Out, Options(record: true));
        Assert.Equal(OperationState.Succeeded, export.Operation.State);
        var record = Path.Combine(folder.Out, root.RunId, "run-record");
        JsonNode Document(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(record, name))) ?? throw new InvalidDataException(name);
        Assert.Contains(root.RunId, Document("run.json").ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(root.RunId, (string?)Document("job.json")["name"]);
        Assert.Equal("credit, \"risk\"", (string?)Document("tags.json")["team"]);
        Assert.Contains((Document("children.json") as JsonArray ?? []), c => (string?)c?["runId"] == child.RunId);
        using (var zip = System.IO.Compression.ZipFile.OpenRead(Path.Combine(record, "code.zip")))
        {
            Assert.Contains(zip.Entries, e => e.FullName == "train.py");
        }

        foreach (var file in Directory.EnumerateFiles(record, "*.json"))
        {
            Secrets.AssertNone(await File.ReadAllTextAsync(file), Path.GetFileName(file));
        }

        // Every document is an item: written, or said to be absent.
        Assert.All(export.Receipt.Items.Where(i => i.Name.Contains(':', StringComparison.Ordinal)), i =>
            Assert.True(i.Outcome == "done" ? File.Exists(Path.Combine(folder.Out, i.Path)) : i is { Outcome: "skipped", Code: "document.absent" }, i.Name));
    }

    [Fact]
    public async Task Metrics_come_as_json_and_as_a_table()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);

        // A run of the sample that has metrics, however many runs other tests have added by now.
        JsonObject? found = null;
        var page = $"{emulator["resourceManager"].TrimEnd('/')}{emulator.Workspace.ResourceId}/jobs?api-version=2025-12-01";
        while (found is null)
        {
            var runs = await emulator.ServiceAsync(HttpMethod.Get, page, null);
            found = (runs["value"] as JsonArray ?? []).OfType<JsonObject>().FirstOrDefault(j =>
                (string?)j["properties"]?["jobType"] == "Command" && (string?)j["properties"]?["status"] == "Completed" && (string?)j["properties"]?["experimentName"] == "credit-scoring");
            page = (string?)runs["nextLink"] ?? (found is null ? throw new InvalidDataException("The sample has no such run.") : string.Empty);
        }

        var name = (string?)found["name"] ?? string.Empty;
        var export = await sidecar.ExportAsync(emulator.NodeOf(name), folder.Out, Options(record: true, include: ["none"]));
        Assert.Equal(OperationState.Succeeded, export.Operation.State);
        var record = Path.Combine(folder.Out, name, "run-record");
        var table = await File.ReadAllLinesAsync(Path.Combine(record, "metrics.csv"));
        Assert.Equal("metric,step,createdUtc,column,value", table[0]);
        Assert.True(table.Length > 2);
        Assert.All(table, l => Assert.Equal(4, l.Count(c => c == ',')));
        Assert.NotEmpty(JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(record, "metrics.json"))) as JsonArray ?? []);
    }
}
