using System.Text.Json.Nodes;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Changes;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.Retention;

/// <summary>"Without a registered model": whatever way a model has of being a run's, that run is left; what others use is not deleted.</summary>
[Collection(ChangeCollection.Name)]
public sealed class ModelTests(ChangeEmulator emulator) : IAsyncLifetime
{
    private static readonly BulkFilter WithoutModel = RuleCalls.Anything with { WithoutModel = true };

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => emulator.ClearFaultsAsync();

    [Theory]
    [InlineData(RetentionAction.DeleteData)]
    [InlineData(RetentionAction.DeleteRunsAndData)]
    public async Task Runs_with_a_model_are_left_however_the_model_is_theirs(RetentionAction action)
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var x = emulator.NewName("exp");
        string[] with = ["job", "folder", "address", "mlflow", "named", "own-place", "parent", "archived", "escaped"];
        foreach (var name in with.Append("none").Append("also-none"))
        {
            await AddAsync(x, name, name is "own-place" ? $"shared-results/{x}/" : null);
        }

        await AddAsync(x, "child", null, parent: $"{x}-parent");
        var store = emulator.Uri("workspaceartifactstore", string.Empty);
        await ModelAsync(x, "job", new() { ["modelUri"] = emulator.Uri("workspaceblobstore", $"LocalUpload/{x}/m"), ["jobName"] = $"{x}-job" });
        await ModelAsync(x, "folder", new() { ["modelUri"] = $"{store}ExperimentRun/dcid.{x}-folder/outputs/" });
        await ModelAsync(x, "address", new() { ["modelUri"] = $"azureml://jobs/{x}-address/outputs/artifacts/paths/outputs/" });
        await ModelAsync(x, "mlflow", new() { ["modelUri"] = $"runs:/{x}-mlflow/outputs" });
        await ModelAsync(x, "named", new() { ["modelUri"] = $"azureml://jobs/{x}-named/outputs/result" });
        await ModelAsync(x, "own-place", new() { ["modelUri"] = emulator.Uri("workspaceblobstore", $"shared-results/{x}/part.bin") });
        await ModelAsync(x, "child", new() { ["modelUri"] = $"azureml://jobs/{x}-child/outputs/artifacts/paths/outputs/" });
        await ModelAsync(x, "archived", new() { ["modelUri"] = "https://example.com/elsewhere", ["jobName"] = $"{x}-archived", ["isArchived"] = true });
        await ModelAsync(x, "escaped", new() { ["modelUri"] = $"{store}ExperimentRun/dcid.{x}%2Descaped/outputs/" });
        var before = await World.ReadAsync(emulator);

        var plan = await sidecar.PlanNewAsync($"No model {x}", emulator.ExperimentNode(x), action, WithoutModel, children: true);
        Assert.Equal($"Rule \"No model {x}\": delete {(action == RetentionAction.DeleteData ? "the data of " : string.Empty)}2 runs", plan.Title);
        Assert.Contains(plan.Warnings, w => w.Code == "run.hasModel" && w.Count == with.Length);
        var done = await sidecar.CarryOutAsync(plan);
        Assert.Equal(OperationState.Succeeded, done.Operation.State);
        string[] runs = ["none", "also-none"];
        before.AssertBecame(
            await World.ReadAsync(emulator),
            [.. action == RetentionAction.DeleteData ? [] : runs.Select(r => $"run:{x}-{r}"), .. runs.SelectMany(r => before.BlobsBelow($"ExperimentRun/dcid.{x}-{r}/")), .. runs.SelectMany(r => before.Keys($"/azureml/{x}-{r}/result/"))]);
        if (action == RetentionAction.DeleteData)
        {
            Assert.All(done.Items, i => Assert.Equal((PlanItemAction.DeleteData, (long?)null), (i.Action, i.Parent)));
            Assert.Contains(plan.Survivors, s => s.StartsWith("The runs themselves stay", StringComparison.Ordinal));
        }
    }

    /// <summary>Without a model, and still used: a data asset, or a run that stays and read them, keep the outputs.</summary>
    [Fact]
    public async Task Data_that_others_use_is_not_deleted_unless_asked_for_by_name()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var (x, y) = (emulator.NewName("exp"), emulator.NewName("other"));
        await AddAsync(x, "asset", null);
        await AddAsync(x, "input", null);
        await AddAsync(x, "free", null);
        await AddAsync(x, "running", null, status: "Running");
        await emulator.AssetAtAsync("data", emulator.NewName("data"), new() { ["dataType"] = "uri_folder", ["dataUri"] = emulator.Uri("workspaceartifactstore", $"ExperimentRun/dcid.{x}-asset/outputs/") });
        await emulator.AddRunAsync(new JsonObject
        {
            ["runId"] = $"{y}-reader",
            ["experiment"] = y,
            ["inputs"] = new JsonObject { ["in"] = new JsonObject { ["uri"] = emulator.Uri("workspaceartifactstore", $"ExperimentRun/dcid.{x}-input/outputs/") } },
        });
        var before = await World.ReadAsync(emulator);
        var plan = await sidecar.PlanNewAsync($"No model {x}", emulator.ExperimentNode(x), RetentionAction.DeleteData, WithoutModel);
        var items = await sidecar.ItemsAsync(plan.PlanId);
        var kept = items.Where(i => i.NeedsName).ToList();
        Assert.Equal(2, kept.Count);
        Assert.All(kept, i => Assert.False(i.Ticked));
        Assert.Contains(items, i => i.Kind == "run" && i is { CanTick: false } && i.Note == "It is Running: its data is left while it goes on.");
        Assert.Contains(plan.Warnings, w => w.Code == "data.shared");
        var done = await sidecar.CarryOutAsync(plan);
        before.AssertBecame(
            await World.ReadAsync(emulator),
            [.. before.BlobsBelow($"ExperimentRun/dcid.{x}-free/"), .. before.Keys($"/azureml/{x}-free/"), .. before.Keys($"/azureml/{x}-asset/"), .. before.Keys($"/azureml/{x}-input/")]);
        Assert.Equal(OperationState.Succeeded, done.Operation.State);
    }

    /// <summary>SDK v1 keeps a model's files by an asset's id; the sample workspace has such a one.</summary>
    [Fact]
    public async Task When_models_cannot_be_read_nothing_is_planned()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var x = emulator.NewName("exp");
        await AddAsync(x, "one", null);
        var before = await World.ReadAsync(emulator);
        await emulator.FaultAsync("/models", new() { ["kind"] = "status", ["status"] = 403, ["code"] = "AuthorizationFailed" }, times: 100, method: "GET");
        var refusal = await sidecar.RefusalAsync(() => sidecar.PlanNewAsync($"No model {x}", emulator.ExperimentNode(x), RetentionAction.DeleteData, WithoutModel));
        Assert.StartsWith("change.modelsUnread: Which runs have a registered model cannot be told", refusal, StringComparison.Ordinal);
        before.AssertBecame(await World.ReadAsync(emulator), []);
    }

    /// <summary>The condition is one of "Delete Matching..." too, and refused where there are no runs.</summary>
    [Fact]
    public async Task Matching_runs_by_hand_knows_the_condition_too()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var x = emulator.NewName("exp");
        await AddAsync(x, "with", null);
        await AddAsync(x, "without", null);
        await ModelAsync(x, "with", new() { ["modelUri"] = $"azureml://jobs/{x}-with/outputs/artifacts/paths/outputs/" });
        var plan = await sidecar.PlanChangeAsync(OperationVerb.Archive, [emulator.ExperimentNode(x)], filter: WithoutModel);
        Assert.Equal($"{x}-without", Assert.Single(await sidecar.ItemsAsync(plan.PlanId)).Name);
        var refusal = await sidecar.RefusalAsync(() => sidecar.PlanChangeAsync(OperationVerb.Archive, [emulator.GroupNode(Core.Resources.ResourceGroupKind.Models)], filter: WithoutModel));
        Assert.StartsWith("change.badFilter: Only of runs", refusal, StringComparison.Ordinal);
    }

    private Task AddAsync(string experiment, string name, string? outputFolder, string? parent = null, string status = "Completed")
    {
        var output = new JsonObject { ["files"] = EmulatorProcess.Files(("part.bin", 20)) };
        if (outputFolder is not null)
        {
            output["folder"] = outputFolder;
        }

        var run = new JsonObject
        {
            ["runId"] = $"{experiment}-{name}",
            ["experiment"] = experiment,
            ["status"] = status,
            ["files"] = EmulatorProcess.Files(("outputs/model.pkl", 30), ("user_logs/std_log.txt", 5)),
            ["outputs"] = new JsonObject { ["result"] = output },
        };
        if (parent is not null)
        {
            run["parentRunId"] = parent;
        }

        return emulator.AddRunAsync(run);
    }

    private Task ModelAsync(string experiment, string name, JsonObject version)
    {
        version["modelType"] = "custom_model";
        version["isArchived"] ??= false;
        return emulator.AssetAtAsync("models", $"{experiment}-{name}-model", version);
    }
}
