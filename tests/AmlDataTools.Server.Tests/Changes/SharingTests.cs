using System.Text.Json.Nodes;
using AmlDataTools.Core.Resources;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.Changes;

/// <summary>Data that something else refers to stays, unless it is asked for by name.</summary>
[Collection(ChangeCollection.Name)]
public sealed class SharingTests(ChangeEmulator emulator)
{
    [Fact]
    public async Task Data_of_another_model_too_is_kept_and_the_other_is_named()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var (one, other, place) = await SharedAsync();
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.NodeOf(ResourceKind.ModelVersion, one, "1")], ChangeCalls.WithData);
        var data = Assert.Single(deleted.Items, i => i.Action is PlanItemAction.DeleteData);
        Assert.Equal((false, true), (data.Ticked, data.NeedsName));
        Assert.Contains(data.Details, d => d.Contains(other, StringComparison.Ordinal));
        Assert.Contains(deleted.Plan.Warnings, w => w.Code == "data.shared");
        before.AssertBecame(await World.ReadAsync(emulator), [$"resource:models/{one}/versions/1"]);
        Assert.NotEmpty(before.Keys(place));
    }

    /// <summary>Services have written the workspace's id instead of its name, and the first version names artifacts in its own way.</summary>
    [Theory]
    [InlineData("azureml://workspaces/a0000000-0000-4000-8000-000000000002/datastores/workspaceblobstore/paths/")]
    [InlineData("aml://artifact/LocalUpload/")]
    public async Task Data_is_kept_however_the_other_names_it(string form)
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var isArtifact = form.StartsWith("aml:", StringComparison.Ordinal);
        var path = $"LocalUpload/{emulator.NewName("forms")}/model";
        var one = emulator.NewName("model");
        await emulator.ModelAsync(1, one, path);
        if (isArtifact)
        {
            await emulator.ControlAsync(HttpMethod.Post, "blobs", new JsonObject { ["name"] = path + "/model.pkl", ["size"] = 30 });
            await emulator.ResourceAsync($"models/{one}/versions/1", new JsonObject { ["modelType"] = "custom_model", ["modelUri"] = emulator.Uri("workspaceartifactstore", path), ["isArchived"] = false });
        }

        var other = emulator.NewName("model");
        await emulator.ModelAsync(1, other, path + "-unused");
        await emulator.ResourceAsync($"models/{other}/versions/1", new JsonObject { ["modelType"] = "custom_model", ["modelUri"] = form + (isArtifact ? path["LocalUpload/".Length..] : path), ["isArchived"] = false });
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.NodeOf(ResourceKind.ModelVersion, one, "1")], ChangeCalls.WithData);
        var data = Assert.Single(deleted.Items, i => i.Action is PlanItemAction.DeleteData);
        Assert.Equal((false, true), (data.Ticked, data.NeedsName));
        Assert.Contains(data.Details, d => d.Contains(other, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ticked_it_goes_but_only_with_the_name_typed()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var (one, _, place) = await SharedAsync();
        var before = await World.ReadAsync(emulator);
        var plan = await sidecar.PlanChangeAsync(OperationVerb.Delete, [emulator.NodeOf(ResourceKind.ModelVersion, one, "1")], ChangeCalls.WithData);
        var data = (await sidecar.ItemsAsync(plan.PlanId)).Single(i => i.NeedsName);
        Assert.Equal(ConfirmationKind.Modal, (await sidecar.ReviewAsync(plan.PlanId)).Confirmation);
        var review = await sidecar.ReviewAsync(plan.PlanId, data.Id);
        Assert.Equal(ConfirmationKind.TypeName, review.Confirmation);
        Assert.StartsWith("confirmation.", await sidecar.RefusalAsync(() => sidecar.BeginChangeAsync(plan.PlanId, "confirmed", data.Id)), StringComparison.Ordinal);
        before.AssertBecame(await World.ReadAsync(emulator), []);
        await sidecar.BeginChangeAsync(plan.PlanId, review.ConfirmationText, data.Id);
        await sidecar.EndAsync(plan.PlanId);
        before.AssertBecame(await World.ReadAsync(emulator), [$"resource:models/{one}/versions/1", .. before.Keys(place)]);
    }

    [Fact]
    public async Task Shared_only_among_what_goes_it_goes_once()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var (one, other, place) = await SharedAsync();
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(
            OperationVerb.Delete, [emulator.NodeOf(ResourceKind.ModelVersion, one, "1"), emulator.NodeOf(ResourceKind.ModelVersion, other, "1")], ChangeCalls.WithData);
        Assert.Equal(OperationState.Succeeded, deleted.Operation.State);
        before.AssertBecame(await World.ReadAsync(emulator), [$"resource:models/{one}/versions/1", $"resource:models/{other}/versions/1", .. before.Keys(place)]);
    }

    /// <summary>Two that share, both deleted with their data, but the record of one unticked: it would lose its data.</summary>
    [Fact]
    public async Task Shared_with_one_that_was_unticked_it_stays()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var (one, other, place) = await SharedAsync();
        var before = await World.ReadAsync(emulator);
        var plan = await sidecar.PlanChangeAsync(
            OperationVerb.Delete, [emulator.NodeOf(ResourceKind.ModelVersion, one, "1"), emulator.NodeOf(ResourceKind.ModelVersion, other, "1")], ChangeCalls.WithData);
        var items = await sidecar.ItemsAsync(plan.PlanId);
        await sidecar.ConfirmAsync(plan.PlanId, items.Single(i => i.Kind == "modelVersion" && i.Name.StartsWith(other, StringComparison.Ordinal)).Id);
        await sidecar.EndAsync(plan.PlanId);
        before.AssertBecame(await World.ReadAsync(emulator), [$"resource:models/{one}/versions/1"]);
        Assert.NotEmpty(before.Keys(place));
    }

    [Fact]
    public async Task A_model_made_from_a_run_keeps_that_folder_of_the_run()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var run = await emulator.AddRunAsync(("outputs/model/model.pkl", 100), ("outputs/other.bin", 50), ("user_logs/std_log.txt", 5));
        var model = emulator.NewName("model");
        await emulator.ResourceAsync($"models/{model}", new() { ["isArchived"] = false });
        await emulator.ResourceAsync($"models/{model}/versions/1", new() { ["isArchived"] = false, ["modelUri"] = $"azureml://jobs/{run.RunId}/outputs/artifacts/paths/outputs/model/", ["jobName"] = run.RunId });
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.NodeOf(run.RunId)], ChangeCalls.WithData);
        Assert.Contains(deleted.Items, i => i.NeedsName && i.Details.Any(d => d.Contains(model, StringComparison.Ordinal)));
        var after = await World.ReadAsync(emulator);
        Assert.Contains(after.BlobsBelow($"ExperimentRun/dcid.{run.RunId}/outputs/model/"), k => k.EndsWith("model.pkl", StringComparison.Ordinal));
        Assert.DoesNotContain($"run:{run.RunId}", after.Entries.Keys);
    }

    /// <summary>Few runs are asked one by one, many from lists: what nobody else has goes either way, once for all that had it.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(60)]
    public async Task Code_goes_with_the_last_of_its_runs_however_many_they_are(int count)
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var name = emulator.NewName("exp");
        var (own, common, deployed, gone) = (await CodeAsync(), await CodeAsync(), await CodeAsync(), Guid.NewGuid().ToString());
        var codes = new[] { own, own, common, deployed, gone };
        var runs = Enumerable.Range(0, count).Select(i => Run($"{name}-{i:000}", name, codes[i % codes.Length])).Append(Run($"{name}-other", name + "0", common));
        await emulator.ControlAsync(HttpMethod.Post, "runs", new JsonObject { ["runs"] = new JsonArray([.. runs]) });
        var endpoint = emulator.NewName("endpoint");
        await emulator.ResourceAsync($"onlineEndpoints/{endpoint}", new JsonObject { ["provisioningState"] = "Succeeded" });
        await emulator.ResourceAsync($"onlineEndpoints/{endpoint}/deployments/blue", new JsonObject { ["codeConfiguration"] = new JsonObject { ["codeId"] = $"{emulator.Workspace.ResourceId}/codes/{deployed}/versions/1" } });
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.ExperimentNode(name)], ChangeCalls.WithData);
        Assert.Equal(OperationState.Succeeded, deleted.Operation.State);
        var kept = deleted.Items.Where(i => i.NeedsName).ToList();
        Assert.Equal(count > 3 ? 2 : 1, kept.Count);
        Assert.All(kept, i => Assert.False(i.Ticked));
        before.AssertBecame(
            await World.ReadAsync(emulator),
            [$"experiment:{name}", .. before.Keys($"run:{name}-0"), .. before.Keys($"ExperimentRun/dcid.{name}-0"), .. before.Keys($"LocalUpload/code-{own}/")]);
        Assert.NotEmpty(before.Keys($"LocalUpload/code-{own}/"));

        async Task<string> CodeAsync()
        {
            var code = Guid.NewGuid().ToString();
            await emulator.ResourceAsync($"codes/{code}", []);
            await emulator.ResourceAsync($"codes/{code}/versions/1", new JsonObject { ["codeUri"] = emulator.Uri("workspaceblobstore", $"LocalUpload/code-{code}/") });
            await emulator.BlobAsync($"LocalUpload/code-{code}/train.py", 5);
            await emulator.BlobAsync($"LocalUpload/code-{code}/lib/more.py", 5);
            return code;
        }

        static JsonObject Run(string id, string experiment, string code) => new()
        {
            ["runId"] = id,
            ["experiment"] = experiment,
            ["snapshotId"] = code,
            ["properties"] = new JsonObject { ["ContentSnapshotId"] = code },
            ["files"] = EmulatorProcess.Files(("outputs/a.bin", 10)),
        };
    }

    /// <summary>In a model's path a star is a letter; in a dataset's it stands for whatever fits.</summary>
    [Fact]
    public async Task A_star_in_a_models_path_is_a_letter()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var root = $"LocalUpload/{emulator.NewName("stars")}";
        var (star, fits) = (await emulator.ModelAsync(folder: $"{root}/a*b"), await emulator.ModelAsync(folder: $"{root}/axb"));
        await emulator.BlobAsync($"{root}/a*bc/other.bin", 5);
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.NodeOf(ResourceKind.ModelVersion, star, "1")], ChangeCalls.WithData);
        Assert.Equal(OperationState.Succeeded, deleted.Operation.State);
        var after = await World.ReadAsync(emulator);
        before.AssertBecame(after, [$"resource:models/{star}/versions/1", .. before.Keys($"{root}/a*b/")]);
        Assert.Equal(2, before.Keys($"{root}/a*b/").Count);

        // Nor does it, while it is there, hold what would fit if it were a pattern.
        var again = await emulator.ModelAsync(folder: $"{root}/a*b");
        before = await World.ReadAsync(emulator);
        await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.NodeOf(ResourceKind.ModelVersion, fits, "1")], ChangeCalls.WithData);
        before.AssertBecame(await World.ReadAsync(emulator), [$"resource:models/{fits}/versions/1", .. before.Keys($"{root}/axb/")]);
        Assert.NotEmpty(before.Keys($"resource:models/{again}/versions/1"));
    }

    [Fact]
    public async Task A_star_in_a_datasets_path_stays_a_pattern_and_keeps_what_fits()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var root = $"LocalUpload/{emulator.NewName("stars")}";
        var (dataset, model) = (emulator.NewName("dataset"), await emulator.ModelAsync(folder: $"{root}/axb"));
        await emulator.DatasetAsync(dataset, $"{root}/a*b/");
        await emulator.BlobAsync($"{root}/a*b/lit.bin", 5);
        var before = await World.ReadAsync(emulator);

        // Its own data is none that could be named; the model's is shared with it.
        var unregistered = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.NodeOf(ResourceKind.ModelVersion, model, "1")], ChangeCalls.WithData);
        Assert.Contains(unregistered.Items, i => i.NeedsName && i.Details.Any(d => d.Contains(dataset, StringComparison.Ordinal)));
        before.AssertBecame(await World.ReadAsync(emulator), [$"resource:models/{model}/versions/1"]);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Unregister, [emulator.NodeOf(ResourceKind.Dataset, dataset)], ChangeCalls.WithData);
        Assert.Contains(deleted.Items, i => i.Action == PlanItemAction.DeleteData && !i.CanTick && i.Note?.Contains("pattern", StringComparison.Ordinal) == true);
        before.AssertBecame(await World.ReadAsync(emulator), [$"resource:models/{model}/versions/1", $"classic:datasets/{dataset}"]);
    }

    /// <summary>What could not be read might refer to the data: it is kept.</summary>
    [Theory]
    [InlineData("/models")]
    [InlineData("/data")]
    [InlineData("/jobs")]
    public async Task References_that_cannot_be_read_keep_the_data(string unreadable)
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var name = await emulator.ModelAsync();
        var before = await World.ReadAsync(emulator);
        await emulator.FaultAsync(unreadable + "?", new() { ["kind"] = "status", ["status"] = 403, ["code"] = "AuthorizationFailed" }, times: 100, method: "GET");
        Changed deleted;
        try
        {
            deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.NodeOf(ResourceKind.ModelVersion, name, "1")], ChangeCalls.WithData);
        }
        finally
        {
            await emulator.ClearFaultsAsync();
        }

        Assert.Contains(deleted.Items, i => i.Action == PlanItemAction.DeleteData && !i.Ticked);
        Assert.Contains(deleted.Plan.Warnings, w => w.Code == "data.referencesUnread");
        before.AssertBecame(await World.ReadAsync(emulator), [$"resource:models/{name}/versions/1"]);
    }

    private async Task<(string One, string Other, string Place)> SharedAsync()
    {
        var place = $"LocalUpload/{emulator.NewName("shared")}/model";
        var one = await emulator.ModelAsync(folder: place);
        var other = await emulator.ModelAsync(folder: place);
        return (one, other, place + "/");
    }
}
