using System.Text.Json.Nodes;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.Changes;

/// <summary>Runs and experiments: what goes, and above all what stays.</summary>
[Collection(ChangeCollection.Name)]
public sealed class RunTests(ChangeEmulator emulator)
{
    [Fact]
    public async Task Archived_and_restored_it_is_what_it_was()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var run = await emulator.AddRunAsync(("outputs/a.bin", 10));
        var before = await World.ReadAsync(emulator);

        var archived = await sidecar.ChangeAsync(OperationVerb.Archive, [emulator.NodeOf(run.RunId)]);
        Assert.Equal(ConfirmationKind.Click, archived.Plan.Confirmation);
        archived.Receipt.AssertTotals(1);
        before.AssertBecame(await World.ReadAsync(emulator), [], changed: [$"run:{run.RunId}"]);
        Assert.Contains(OperationAction.Restore, archived.Operation.Actions);

        var restored = await sidecar.ChangeAsync(OperationVerb.Restore, [], operationId: archived.Operation.Id);
        restored.Receipt.AssertTotals(1);
        before.AssertBecame(await World.ReadAsync(emulator), []);
    }

    [Fact]
    public async Task Its_record_alone_leaves_its_files_and_says_so()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var run = await emulator.AddRunAsync(("outputs/a.bin", 10), ("user_logs/std_log.txt", 20));
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.NodeOf(run.RunId)]);
        Assert.Equal(ConfirmationKind.Modal, deleted.Plan.Confirmation);
        Assert.Equal(OperationState.Succeeded, deleted.Operation.State);
        before.AssertBecame(await World.ReadAsync(emulator), [$"run:{run.RunId}"]);
    }

    /// <summary>A name that is another's beginning, folders that begin alike: only the run's own three places go.</summary>
    [Fact]
    public async Task With_its_data_only_its_own_places_go()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var name = emulator.NewName("run");
        var run = await emulator.AddRunAsync(Run(name));
        await emulator.AddRunAsync(Run(name + "0"));
        foreach (var blob in new[] { $"ArtifactZip/ExperimentRun/dcid.{name}.zip", $"ArtifactZip/ExperimentRun/dcid.{name}0.zip", $"ComputeRecord/dcid.{name}", $"ComputeRecord/dcid.{name}0", $"ExperimentRun/dcid.{name}.copy/a.bin" })
        {
            await emulator.ControlAsync(HttpMethod.Post, "blobs", new JsonObject { ["name"] = blob, ["size"] = 5 });
        }

        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.NodeOf(run.RunId)], ChangeCalls.WithData);
        Assert.Equal((OperationState.Succeeded, null), (deleted.Operation.State, deleted.Operation.Message is { } m && m.Contains("not", StringComparison.Ordinal) ? m : null));
        string[] data = [.. before.BlobsBelow($"ExperimentRun/dcid.{name}/"), .. before.BlobsBelow($"ArtifactZip/ExperimentRun/dcid.{name}.zip"), .. before.Keys($"/azureml/ComputeRecord/dcid.{name}").Where(k => k.EndsWith(name, StringComparison.Ordinal)), .. before.Keys($"/azureml/{name}/")];
        Assert.Equal(run.Files.Count + 2 + 1, data.Length);
        before.AssertBecame(await World.ReadAsync(emulator), [$"run:{name}", .. data]);

        JsonObject Run(string id) => new()
        {
            ["runId"] = id,
            ["files"] = EmulatorProcess.Files(("outputs/model.bin", 2000), ("user_logs/std_log.txt", 30), ("outputs/deep/er/x.json", 12)),
            ["outputs"] = new JsonObject { ["scores"] = new JsonObject { ["files"] = EmulatorProcess.Files(("part-0.csv", 30)) } },
        };
    }

    [Fact]
    public async Task A_run_that_goes_on_is_refused_and_stays()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var running = await emulator.AddRunAsync(new JsonObject { ["status"] = "Running", ["files"] = EmulatorProcess.Files(("outputs/a.bin", 10)) });
        var ended = await emulator.AddRunAsync(("outputs/a.bin", 10));
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.NodeOf(running.RunId), emulator.NodeOf(ended.RunId)], ChangeCalls.WithData);
        var refused = Assert.Single(deleted.Items, i => i.Kind == "run" && i.Name == running.RunId);
        Assert.False(refused.Ticked || refused.CanTick);
        Assert.NotNull(refused.Note);
        before.AssertBecame(await World.ReadAsync(emulator), [$"run:{ended.RunId}", .. before.BlobsBelow($"ExperimentRun/dcid.{ended.RunId}/")]);
    }

    [Fact]
    public async Task An_experiment_goes_with_its_runs_in_one_plan_archived_ones_too()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var name = emulator.NewName("exp");
        var runs = new List<string>();
        foreach (var archived in new[] { false, true, false })
        {
            var made = await emulator.AddRunAsync(new JsonObject { ["experiment"] = name, ["archived"] = archived, ["files"] = EmulatorProcess.Files(("outputs/a.bin", 10)) });
            runs.Add(made.RunId);
        }

        var other = await emulator.AddRunAsync(new JsonObject { ["experiment"] = name + "0", ["files"] = EmulatorProcess.Files(("outputs/a.bin", 10)) });
        var before = await World.ReadAsync(emulator);
        var plan = await sidecar.PlanChangeAsync(OperationVerb.Delete, [emulator.ExperimentNode(name)], ChangeCalls.WithData);
        Assert.Equal((ConfirmationKind.TypeName, name), (plan.Confirmation, plan.ConfirmationText));
        Assert.StartsWith("confirmation.", await sidecar.RefusalAsync(() => sidecar.BeginChangeAsync(plan.PlanId, "confirmed")), StringComparison.Ordinal);
        Assert.StartsWith("confirmation.", await sidecar.RefusalAsync(() => sidecar.BeginChangeAsync(plan.PlanId, null)), StringComparison.Ordinal);
        await sidecar.BeginChangeAsync(plan.PlanId, name);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(plan.PlanId)).State);
        before.AssertBecame(
            await World.ReadAsync(emulator),
            [$"experiment:{name}", .. runs.Select(r => $"run:{r}"), .. runs.SelectMany(r => before.BlobsBelow($"ExperimentRun/dcid.{r}/"))]);
        Assert.NotEmpty(before.BlobsBelow($"ExperimentRun/dcid.{other.RunId}/"));
    }

    [Fact]
    public async Task An_experiment_archived_and_restored()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var name = emulator.NewName("exp");
        await emulator.AddRunAsync(new JsonObject { ["experiment"] = name });
        var before = await World.ReadAsync(emulator);
        await sidecar.ChangeAsync(OperationVerb.Archive, [emulator.ExperimentNode(name)]);
        before.AssertBecame(await World.ReadAsync(emulator), [], changed: [$"experiment:{name}"]);
        await sidecar.ChangeAsync(OperationVerb.Restore, [emulator.ExperimentNode(name)]);
        before.AssertBecame(await World.ReadAsync(emulator), []);
    }

    [Fact]
    public async Task Failed_runs_older_than_some_days_are_one_plan()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var name = emulator.NewName("exp");
        async Task<string> MakeAsync(string status, int days) => (await emulator.AddRunAsync(new JsonObject
        {
            ["experiment"] = name,
            ["status"] = status,
            ["created"] = DateTimeOffset.UtcNow.AddDays(-days).ToString("O"),
            ["files"] = EmulatorProcess.Files(("outputs/a.bin", 10)),
        })).RunId;
        string[] meant = [await MakeAsync("Failed", 120), await MakeAsync("Failed", 91)];
        await MakeAsync("Failed", 20);
        await MakeAsync("Completed", 120);
        var before = await World.ReadAsync(emulator);
        var filter = new BulkFilter(90, ["Failed"], null, null, null, false);
        var changed = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.ExperimentNode(name)], ChangeCalls.WithData, filter);
        Assert.Equal(OperationState.Succeeded, changed.Operation.State);
        before.AssertBecame(await World.ReadAsync(emulator), [.. meant.Select(r => $"run:{r}"), .. meant.SelectMany(r => before.BlobsBelow($"ExperimentRun/dcid.{r}/"))]);

        var nothing = await sidecar.RefusalAsync(() => sidecar.PlanChangeAsync(OperationVerb.Delete, [emulator.ExperimentNode(name)], ChangeCalls.WithData, filter));
        Assert.StartsWith("change.nothingMatches", nothing, StringComparison.Ordinal);
    }

    /// <summary>Run history counts for a while runs that have just gone.</summary>
    [Fact]
    public async Task An_experiment_goes_once_run_history_knows_that_its_runs_have()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var name = emulator.NewName("exp");
        var run = await emulator.AddRunAsync(new JsonObject { ["experiment"] = name, ["files"] = EmulatorProcess.Files(("outputs/a.bin", 10)) });
        var before = await World.ReadAsync(emulator);
        await emulator.FaultAsync("/experimentids/", new JsonObject { ["kind"] = "status", ["status"] = 409, ["code"] = "Conflict" }, times: 3, method: "DELETE");
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.ExperimentNode(name)], ChangeCalls.WithData);
        Assert.Equal(OperationState.Succeeded, deleted.Operation.State);
        before.AssertBecame(await World.ReadAsync(emulator), [$"experiment:{name}", $"run:{run.RunId}", .. before.BlobsBelow($"ExperimentRun/dcid.{run.RunId}/")]);
    }

    [Fact]
    public async Task A_step_of_a_pipeline_is_archived_and_restored_by_itself()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var pipeline = await emulator.AddRunAsync(new JsonObject { ["kind"] = "Pipeline" });
        var step = await emulator.AddRunAsync(new JsonObject { ["kind"] = "Step", ["parentRunId"] = pipeline.RunId, ["files"] = EmulatorProcess.Files(("outputs/a.bin", 10)) });
        var before = await World.ReadAsync(emulator);
        var archived = await sidecar.ChangeAsync(OperationVerb.Archive, [emulator.NodeOf(step.RunId)]);
        Assert.Equal(OperationState.Succeeded, archived.Operation.State);
        archived.Receipt.AssertTotals(1);
        before.AssertBecame(await World.ReadAsync(emulator), [], changed: [$"run:{step.RunId}"]);
        var restored = await sidecar.ChangeAsync(OperationVerb.Restore, [], operationId: archived.Operation.Id);
        Assert.Equal(OperationState.Succeeded, restored.Operation.State);
        before.AssertBecame(await World.ReadAsync(emulator), []);
    }

    [Fact]
    public async Task Unticked_items_stay()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var runs = new[] { await emulator.AddRunAsync(("outputs/a.bin", 10)), await emulator.AddRunAsync(("outputs/a.bin", 10)) };
        var before = await World.ReadAsync(emulator);
        var plan = await sidecar.PlanChangeAsync(OperationVerb.Delete, [.. runs.Select(r => emulator.NodeOf(r.RunId))], ChangeCalls.WithData);
        var items = await sidecar.ItemsAsync(plan.PlanId);
        var kept = items.Single(i => i.Kind == "run" && i.Name == runs[0].RunId);
        await sidecar.ConfirmAsync(plan.PlanId, kept.Id);
        await sidecar.EndAsync(plan.PlanId);

        // Its record unticked, its data stays too: data goes only after its record.
        before.AssertBecame(await World.ReadAsync(emulator), [$"run:{runs[1].RunId}", .. before.BlobsBelow($"ExperimentRun/dcid.{runs[1].RunId}/")]);
    }
}
