using System.Diagnostics;
using System.Text.Json.Nodes;
using AmlDataTools.Server.Protocol;

namespace AmlDataTools.Server.Tests.Exports;

/// <summary>Pause, resume, cancel, the end of the process, two windows, and the list.</summary>
[Collection(ExportCollection.Name)]
public sealed class ControlTests(EmulatorProcess emulator) : IAsyncLifetime
{
    private const string LargeName = "outputs/large.bin";

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => emulator.ClearFaultsAsync();

    [Fact]
    public async Task Pause_keeps_and_resume_goes_on()
    {
        using var folder = new TestFolder();
        var run = await RunAsync();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var id = await HalfwayAsync(sidecar, folder, run);
        var paused = await sidecar.OperationAsync("pause", id);
        Assert.Equal((OperationState.Paused, OperationOwner.None), (paused.State, paused.Owner));
        Assert.Contains("receipt.notYet", await sidecar.RefusalAsync(() => sidecar.ReceiptAsync(id)), StringComparison.Ordinal);
        Assert.Contains("operation.notRunning", await sidecar.RefusalAsync(() => sidecar.OperationAsync("pause", id)), StringComparison.Ordinal);
        var known = folder.Lines(id);
        var since = await emulator.MarkAsync();
        await emulator.ClearFaultsAsync();
        await sidecar.OperationAsync("resume", id);
        var end = await sidecar.EndAsync(id);
        Assert.Equal((OperationState.Succeeded, end.Bytes), (end.State, end.BytesDone));
        (await sidecar.ReceiptAsync(id)).AssertTotals(done: run.Files.Count);
        folder.AssertExactly(run);
        var starts = known.Where(l => (string?)l["event"] == "Range").Select(l => $"bytes={(long?)l["offset"]}-").ToList();
        Assert.NotEmpty(starts);
        Assert.DoesNotContain((await emulator.RequestsAsync(since)).Where(r => r.IsRead), r =>
            r.Path.EndsWith(LargeName, StringComparison.Ordinal) && starts.Any(s => r.Range?.StartsWith(s, StringComparison.Ordinal) == true));
    }

    [Fact]
    public async Task Cancel_keeps_what_is_finished_and_removes_the_rest()
    {
        using var folder = new TestFolder();
        var run = await RunAsync();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var id = await HalfwayAsync(sidecar, folder, run);
        Assert.Equal(OperationState.Cancelled, (await sidecar.OperationAsync("cancel", id)).State);
        AssertCancelled(folder, run, await sidecar.ReceiptAsync(id), id);
        Assert.Contains("operation.finished", await sidecar.RefusalAsync(() => sidecar.OperationAsync("cancel", id)), StringComparison.Ordinal);

        // Changed one's mind: it begins where it stopped.
        await emulator.ClearFaultsAsync();
        await sidecar.OperationAsync("resume", id);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(id)).State);
        (await sidecar.ReceiptAsync(id)).AssertTotals(done: run.Files.Count);
        folder.AssertExactly(run);
    }

    [Fact]
    public async Task A_paused_one_can_be_cancelled_too()
    {
        using var folder = new TestFolder();
        var run = await RunAsync();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var id = await HalfwayAsync(sidecar, folder, run);
        await sidecar.OperationAsync("pause", id);
        Assert.Equal(OperationState.Cancelled, (await sidecar.OperationAsync("cancel", id)).State);
        AssertCancelled(folder, run, await sidecar.ReceiptAsync(id), id);
    }

    [Fact]
    public async Task A_plan_cancelled_in_the_middle_leaves_nothing()
    {
        using var folder = new TestFolder();
        var run = await RunAsync();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        await emulator.FaultAsync("comp=list", new JsonObject { ["kind"] = "delay", ["milliseconds"] = 3000 }, host: ".blob.");
        using var stop = new CancellationTokenSource();
        var planning = sidecar.PlanAsync([emulator.NodeOf(run.RunId)], null, stop.Token);
        var plans = Path.Combine(folder.Storage, "plans");
        await UntilAsync(() => Directory.Exists(plans) && Directory.EnumerateDirectories(plans).Any());
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => planning);
        await UntilAsync(() => !Directory.EnumerateDirectories(plans).Any());
        Assert.Empty(await sidecar.ListAsync());
    }

    [Fact]
    public async Task Shutdown_in_the_middle_leaves_it_interrupted_and_another_goes_on()
    {
        using var folder = new TestFolder();
        var run = await RunAsync();
        string id;
        await using (var first = await ExportSidecar.StartAsync(emulator, folder))
        {
            id = await HalfwayAsync(first, folder, run);
            await first.ShutdownAsync();
        }

        await emulator.ClearFaultsAsync();
        await using var second = await ExportSidecar.StartAsync(emulator, folder);
        Assert.Equal(OperationState.Interrupted, (await second.FindAsync(id)).State);
        await second.OperationAsync("resume", id);
        Assert.Equal(OperationState.Succeeded, (await second.EndAsync(id)).State);
        (await second.ReceiptAsync(id)).AssertTotals(done: run.Files.Count);
        folder.AssertExactly(run);
    }

    [Fact]
    public async Task Two_windows_share_the_list_and_one_works()
    {
        using var folder = new TestFolder();
        var run = await RunAsync();
        await using var first = await ExportSidecar.StartAsync(emulator, folder);
        await using var second = await ExportSidecar.StartAsync(emulator, folder);
        var id = await HalfwayAsync(first, folder, run, waits: 4_000);
        var seen = await second.FindAsync(id);
        Assert.Equal((OperationState.Running, OperationOwner.Other), (seen.State, seen.Owner));
        Assert.Equal([OperationAction.Reveal], seen.Actions);
        foreach (var verb in new[] { "pause", "resume", "cancel" })
        {
            Assert.StartsWith("operation.elsewhere: ", await second.RefusalAsync(() => second.OperationAsync(verb, id)), StringComparison.Ordinal);
        }

        Assert.StartsWith("operation.elsewhere: ", await second.RefusalAsync(() => second.DiscardAsync(id)), StringComparison.Ordinal);
        Assert.Equal(OperationOwner.This, (await first.FindAsync(id)).Owner);
        await emulator.ClearFaultsAsync();
        Assert.Equal(OperationState.Succeeded, (await first.EndAsync(id)).State);
        await UntilAsync(() => second.ChangesOf(id).Any(c => c.State == OperationState.Succeeded));
        folder.AssertExactly(run);
    }

    [Fact]
    public async Task Discard_and_clear_take_off_the_list_and_keep_receipts()
    {
        using var folder = new TestFolder();
        var run = await RunAsync();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var given = await HalfwayAsync(sidecar, folder, run);
        Assert.Contains("operation.running", await sidecar.RefusalAsync(() => sidecar.DiscardAsync(given)), StringComparison.Ordinal);
        await sidecar.OperationAsync("pause", given);
        await sidecar.DiscardAsync(given);
        await UntilAsync(() => sidecar.WasRemoved(given));
        Assert.Empty(await sidecar.ListAsync());
        AssertCancelled(folder, run, new Receipt(Kept(given, "json"), Kept(given, "md")), given);
        await emulator.ClearFaultsAsync();
        var export = await sidecar.ExportAsync(emulator.NodeOf(run.RunId), folder.Out);
        Assert.Single(await sidecar.ListAsync());
        Assert.Empty(await sidecar.ListAsync("clearFinished"));
        Assert.Equal("succeeded", new Receipt(Kept(export.Plan.PlanId, "json"), Kept(export.Plan.PlanId, "md")).State);
        Assert.Contains("operation.notFound", await sidecar.RefusalAsync(() => sidecar.OperationAsync("resume", given)), StringComparison.Ordinal);
        Assert.Contains("plan.notFound", await sidecar.RefusalAsync(() => sidecar.BeginAsync(export.Plan.PlanId, folder.Out)), StringComparison.Ordinal);

        string Kept(string id, string extension) => Path.Combine(folder.Storage, "receipts", $"{id}.{extension}");
    }

    private static void AssertCancelled(TestFolder folder, MadeRun run, Receipt receipt, string id)
    {
        Assert.Equal(("cancelled", (long)run.Files.Count, 0L), (receipt.State, receipt.Found, receipt.Failed));
        Assert.Equal(("skipped", "operation.stopped"), (receipt.Of(LargeName).Outcome, receipt.Of(LargeName).Code));
        Assert.False(Directory.Exists(folder.StagingOf(id)));
        var inside = Path.Combine(folder.Out, run.RunId);
        var done = receipt.Items.Where(i => i.Outcome == "done").Select(i => i.Name).ToHashSet();
        TestFolder.AssertFiles(run.Files.Where(f => done.Contains(run.BlobOf(f.Path))), inside);
        Assert.Equal(done.Count, Directory.EnumerateFiles(inside, "*.bin", SearchOption.AllDirectories).Count());
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(120), "It did not come to it.");
            await Task.Delay(10);
        }
    }

    private Task<MadeRun> RunAsync() => emulator.AddRunAsync([(LargeName, 40 << 20), .. Enumerable.Range(0, 10).Select(i => ($"outputs/small/{i:00}.bin", 2000L + i))]);

    /// <summary>Starts an export, and comes back when a range of the large blob and all small ones are on disk and other ranges wait long.</summary>
    private async Task<string> HalfwayAsync(ExportSidecar sidecar, TestFolder folder, MadeRun run, int waits = 20_000)
    {
        var plan = await sidecar.PlanAsync(emulator.NodeOf(run.RunId));
        await emulator.FaultAsync($"{run.RunId}/{LargeName}", new JsonObject { ["kind"] = "delay", ["milliseconds"] = waits }, nth: 2, times: 4, host: ".blob.");
        await sidecar.BeginAsync(plan.PlanId, folder.Out);
        await UntilAsync(() => folder.Lines(plan.PlanId) is var lines && lines.Any(l => (string?)l["event"] == "Range") && lines.Count(l => (string?)l["event"] == "Item") == 10);
        return plan.PlanId;
    }
}
