using System.Diagnostics;
using System.Text.Json.Nodes;
using AmlDataTools.Core.Resources;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.Changes;

/// <summary>A sidecar killed in the middle of a deletion: another goes on, and in the end exactly the plan is gone.</summary>
[Collection(ChangeCollection.Name)]
public sealed class ChangeKillTests(ChangeEmulator emulator) : IAsyncLifetime
{
    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => emulator.ClearFaultsAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(9)]
    [InlineData(11)]
    public async Task Killed_after_a_line_of_the_journal_it_goes_on_to_the_same_end(int lines)
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync([.. Enumerable.Range(0, 300).Select(i => ($"outputs/{i:000}.bin", 10L))]);
        var model = await emulator.ModelAsync(versions: 2);
        var stays = await emulator.AddRunAsync(("outputs/a.bin", 10));
        var before = await World.ReadAsync(emulator);
        string id;
        await using (var first = await ExportSidecar.StartAsync(emulator, folder))
        {
            var plan = await first.PlanChangeAsync(OperationVerb.Delete, [emulator.NodeOf(run.RunId), emulator.NodeOf(ResourceKind.Model, model)], ChangeCalls.WithData);
            id = plan.PlanId;
            await emulator.FaultAsync("/", new JsonObject { ["kind"] = "delay", ["milliseconds"] = 60 }, times: 10_000);
            await first.ConfirmAsync(id);
            var clock = Stopwatch.StartNew();
            while (folder.Lines(id).Count < lines && clock.Elapsed < TimeSpan.FromSeconds(120) && !folder.Lines(id).Any(l => string.Equals((string?)l["event"], "ended", StringComparison.OrdinalIgnoreCase)))
            {
                await Task.Delay(2);
            }

            await first.KillAsync();
        }

        await emulator.ClearFaultsAsync();
        await using var second = await ExportSidecar.StartAsync(emulator, folder);
        var found = await second.FindAsync(id);
        if (found.State == OperationState.Interrupted)
        {
            await second.OperationAsync("resume", id);
        }

        var ended = await second.EndAsync(id);
        Assert.Equal((OperationState.Succeeded, 0L), (ended.State, ended.ItemsFailed));
        var receipt = await second.ReceiptAsync(id);
        Assert.Equal((ended.Items, ended.Items), (receipt.Found, receipt.Done));
        before.AssertBecame(
            await World.ReadAsync(emulator),
            [$"run:{run.RunId}", .. before.BlobsBelow($"ExperimentRun/dcid.{run.RunId}/"), .. before.Keys($"resource:models/{model}"), .. before.Keys($"LocalUpload/{model}-")]);
        Assert.NotEmpty(before.BlobsBelow($"ExperimentRun/dcid.{stays.RunId}/"));
    }

    [Fact]
    public async Task Cancelled_in_the_middle_what_went_and_what_stayed_is_told()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var models = new List<string>();
        for (var i = 0; i < 30; i++)
        {
            models.Add(await emulator.ModelAsync());
        }

        var before = await World.ReadAsync(emulator);
        var plan = await sidecar.PlanChangeAsync(OperationVerb.Delete, [.. models.Select(m => emulator.NodeOf(ResourceKind.ModelVersion, m, "1"))]);
        await emulator.FaultAsync("/models/", new JsonObject { ["kind"] = "delay", ["milliseconds"] = 150 }, times: 10_000, method: "DELETE");
        await sidecar.ConfirmAsync(plan.PlanId);
        var clock = Stopwatch.StartNew();
        while ((await sidecar.FindAsync(plan.PlanId)).ItemsDone == 0 && clock.Elapsed < TimeSpan.FromSeconds(120))
        {
            await Task.Delay(5);
        }

        await sidecar.OperationAsync("cancel", plan.PlanId);
        var ended = await sidecar.EndAsync(plan.PlanId);
        await emulator.ClearFaultsAsync();
        Assert.Equal(OperationState.Cancelled, ended.State);
        var gone = (await sidecar.ReceiptAsync(plan.PlanId)).Items.Where(i => i.Outcome == "done").Select(i => i.Name).ToHashSet();
        Assert.InRange(gone.Count, 1, models.Count - 1);
        before.AssertBecame(await World.ReadAsync(emulator), models.Where(m => gone.Contains($"{m}:1")).Select(m => $"resource:models/{m}/versions/1"));
    }
}
