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
