using System.Text.Json.Nodes;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Changes;
using AmlDataTools.Server.Tests.Exports;
using Xunit.Abstractions;

namespace AmlDataTools.Server.Tests.Copies;

/// <summary>Throttling, broken connections, kills and cancels: nothing is copied twice, nothing is half, and memory stays small.</summary>
[Collection(CopyCollection.Name)]
public sealed class CopyFaultTests(CopyEmulator emulator, ITestOutputHelper output)
{
    private const long Block = 64L << 20;
    private const long Large = (4 * Block) + (40L << 20);

    [Fact]
    public async Task Throttled_and_cut_off_it_goes_on_and_makes_no_second_copies()
    {
        using var folder = new TestFolder();
        var target = await emulator.TargetAsync();
        var run = await emulator.AddRunAsync([.. Enumerable.Range(0, 60).Select(i => ($"outputs/{i:00}.bin", 100L + i))]);
        await emulator.FaultAsync(target.Container, new JsonObject { ["kind"] = "status", ["status"] = 503, ["headers"] = new JsonObject { ["Retry-After"] = "1" } }, nth: 5, times: 3, method: "PUT");
        await emulator.FaultAsync(target.Container, new JsonObject { ["kind"] = "reset" }, nth: 20, times: 4, method: "PUT");
        await emulator.FaultAsync(target.Container, new JsonObject { ["kind"] = "status", ["status"] = 500 }, nth: 10, times: 3, method: "HEAD");
        try
        {
            await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
            var before = await World.ReadAsync(emulator);
            var copy = await sidecar.CopyAsync(emulator.NodeOf(run.RunId), new CopyTo(target.Node, null));
            copy.Receipt.AssertTotals(done: 60);
            before.AssertBecame(await World.ReadAsync(emulator), [], came: run.Files.Select(f => $"blob:{target.Account}/{target.Container}/{run.RunId}/{f.Path}"));
        }
        finally
        {
            await emulator.ClearFaultsAsync();
        }
    }

    [Fact]
    public async Task An_answer_that_never_came_makes_no_second_copy()
    {
        using var folder = new TestFolder();
        var target = await emulator.TargetAsync();
        var run = await emulator.AddRunAsync([.. Enumerable.Range(0, 20).Select(i => ($"outputs/{i:00}.bin", 100L + i)), ("outputs/large.bin", Large)]);
        await emulator.FaultAsync(target.Container, new JsonObject { ["kind"] = "lost" }, nth: 2, times: 8, method: "PUT");
        await emulator.FaultAsync("comp=blocklist", new JsonObject { ["kind"] = "lost" }, method: "PUT");
        try
        {
            await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
            var mark = await emulator.MarkAsync();
            var copy = await sidecar.CopyAsync(emulator.NodeOf(run.RunId), new CopyTo(target.Node, null));
            copy.Receipt.AssertTotals(done: 21);
            Assert.Contains(await emulator.RequestsAsync(mark), r => r is { Fault: "Lost", Status: 201 });
            Assert.Equal(
                run.Files.Select(f => $"{run.RunId}/{f.Path}").Append("untouched.txt").Order(StringComparer.Ordinal), (await target.BlobsAsync()).Keys.Order(StringComparer.Ordinal));
        }
        finally
        {
            await emulator.ClearFaultsAsync();
        }
    }

    [Fact]
    public async Task What_somebody_writes_to_the_target_meanwhile_is_kept()
    {
        using var folder = new TestFolder();
        var target = await emulator.TargetAsync();
        var run = await emulator.AddRunAsync(("outputs/model.bin", 5000));
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var plan = await sidecar.PlanCopyAsync([emulator.NodeOf(run.RunId)], new CopyTo(target.Node, null));
        await target.BlobAsync($"{run.RunId}/outputs/model.bin", "came after the plan");
        var before = await target.BlobsAsync();
        await sidecar.BeginCopyAsync(plan.PlanId);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(plan.PlanId)).State);
        var after = await target.BlobsAsync();
        Assert.Equal(before[$"{run.RunId}/outputs/model.bin"], after[$"{run.RunId}/outputs/model.bin"]);
        Assert.Equal(5000, after[$"{run.RunId}/outputs/model (1).bin"].Length);
    }

    [Fact]
    public async Task Killed_in_a_large_blob_another_sidecar_copies_only_the_blocks_that_are_missing()
    {
        using var folder = new TestFolder();
        var target = await emulator.TargetAsync();
        var run = await emulator.AddRunAsync(("outputs/large.bin", Large), ("outputs/small.bin", 100));
        string id;
        var mark = await emulator.MarkAsync();
        await using (var first = await ExportSidecar.StartAsync(emulator, folder))
        {
            id = (await first.PlanCopyAsync([emulator.NodeOf(run.RunId)], new CopyTo(target.Node, null))).PlanId;
            await emulator.FaultAsync("comp=block&", new JsonObject { ["kind"] = "hang" }, nth: 3, times: 100, method: "PUT");
            await first.BeginCopyAsync(id);
            await UntilAsync(async () => Blocks(await emulator.RequestsAsync(mark)).Count(r => r.Status == 201) == 2);
            await first.KillAsync();
        }

        await emulator.ClearFaultsAsync();
        Assert.DoesNotContain($"{run.RunId}/outputs/large.bin", (await target.BlobsAsync()).Keys);
        var finished = Blocks(await emulator.RequestsAsync(mark)).Where(r => r.Status == 201).Select(BlockOf).ToHashSet();
        Assert.Equal(2, finished.Count);
        var second = await emulator.MarkAsync();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        Assert.Equal(OperationState.Interrupted, (await sidecar.FindAsync(id)).State);
        await sidecar.OperationAsync("resume", id);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(id)).State);
        var requests = await emulator.RequestsAsync(second);
        var copied = Blocks(requests).Select(BlockOf).ToList();
        Assert.Equal(3, copied.Count);
        Assert.Empty(finished.Intersect(copied));
        Assert.DoesNotContain(requests, r => r.IsRead);
        var receipt = await sidecar.ReceiptAsync(id);
        receipt.AssertTotals(done: 2);
        Assert.Contains("none on record", receipt.Markdown, StringComparison.Ordinal);
        var blobs = await target.BlobsAsync();
        Assert.Equal((3, Large), (blobs.Count, blobs[$"{run.RunId}/outputs/large.bin"].Length));
        var peak = sidecar.PeakMiB();
        output.WriteLine($"Peak: {peak} MiB");
        Assert.True(peak < LargeBlobTests.MostMiB, $"It took {peak} MiB.");

        // The bytes are the source's: a download of the copy has their hash.
        var back = await sidecar.ExportAsync(target.FolderNode($"{run.RunId}/"), folder.Out);
        Assert.Equal(run.Files[0].Sha256, back.Receipt.Of("large.bin").Sha256);
    }

    [Fact]
    public async Task Cancelled_it_says_what_becomes_of_blocks_and_can_be_gone_on_with()
    {
        using var folder = new TestFolder();
        var target = await emulator.TargetAsync();
        var run = await emulator.AddRunAsync(("outputs/large.bin", Large));
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var mark = await emulator.MarkAsync();
        var id = (await sidecar.PlanCopyAsync([emulator.NodeOf(run.RunId)], new CopyTo(target.Node, null))).PlanId;
        await emulator.FaultAsync("comp=block&", new JsonObject { ["kind"] = "hang" }, nth: 2, times: 100, method: "PUT");
        await sidecar.BeginCopyAsync(id);
        await UntilAsync(async () => Blocks(await emulator.RequestsAsync(mark)).Any(r => r.Status == 201));
        await sidecar.OperationAsync("pause", id);
        await emulator.ClearFaultsAsync();
        await emulator.FaultAsync("comp=block&", new JsonObject { ["kind"] = "hang" }, nth: 2, times: 100, method: "PUT");
        await sidecar.OperationAsync("resume", id);
        await Task.Delay(500);
        var cancelled = await sidecar.OperationAsync("cancel", id);
        await emulator.ClearFaultsAsync();
        Assert.Equal(OperationState.Cancelled, cancelled.State);
        Assert.Contains("week", cancelled.Message, StringComparison.Ordinal);
        var receipt = await sidecar.ReceiptAsync(id);
        receipt.AssertTotals(done: 0, skipped: 1);
        Assert.Contains("for a week", receipt.Markdown, StringComparison.Ordinal);
        Assert.Single(await target.BlobsAsync());
        await sidecar.OperationAsync("resume", id);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(id)).State);
        var done = Blocks(await emulator.RequestsAsync(mark)).Where(r => r.Status == 201).Select(BlockOf).ToList();
        Assert.Equal(done.Count, done.Distinct().Count());
    }

    [Fact]
    public async Task Killed_among_small_blobs_each_is_copied_once_and_nothing_is_left_over()
    {
        using var folder = new TestFolder();
        var target = await emulator.TargetAsync();
        var run = await emulator.AddRunAsync([.. Enumerable.Range(0, 300).Select(i => ($"outputs/{i:000}.bin", 10L + i))]);
        string id;
        await using (var first = await ExportSidecar.StartAsync(emulator, folder))
        {
            id = (await first.PlanCopyAsync([emulator.NodeOf(run.RunId)], new CopyTo(target.Node, null))).PlanId;
            await first.BeginCopyAsync(id);
            await UntilAsync(() => Task.FromResult(folder.Lines(id).Count(l => (string?)l["event"] == "Item") >= 60));
            await first.KillAsync();
        }

        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        await sidecar.OperationAsync("resume", id);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(id)).State);
        (await sidecar.ReceiptAsync(id)).AssertTotals(done: 300);
        Assert.Equal(301, (await target.BlobsAsync()).Count);
    }

    [Fact]
    public async Task Ten_thousand_small_blobs_need_little_memory()
    {
        const int count = 10_000;
        using var folder = new TestFolder();
        var target = await emulator.TargetAsync();
        var name = AssetMaker.NewName("many");
        var (account, container) = await emulator.Make.StoreAsync();
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
            await emulator.BlobAsync(account, container, $"inputs/{name}/{i / 100:000}/{i:00000}.txt", $"number {i}"));
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var node = Core.Explorer.NodeTargets.Format(new Core.Explorer.FolderTarget(new Core.Storage.FileLocation(emulator.Workspace, "workspaceblobstore", $"inputs/{name}/", null), null));
        var plan = await sidecar.PlanCopyAsync([node], new CopyTo(target.Node, null));
        Assert.Equal(count, plan.Items);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await sidecar.BeginCopyAsync(plan.PlanId);
        await UntilAsync(async () => (await sidecar.FindAsync(plan.PlanId)).State is OperationState.Succeeded or OperationState.Failed or OperationState.SucceededWithWarnings, seconds: 240);
        output.WriteLine($"{count} in {clock.Elapsed.TotalSeconds:F1} s; peak {sidecar.PeakMiB()} MiB");
        (await sidecar.ReceiptAsync(plan.PlanId)).AssertTotals(done: count);
        Assert.True(sidecar.PeakMiB() < LargeBlobTests.MostMiB, $"It took {sidecar.PeakMiB()} MiB.");
    }

    private static IEnumerable<SeenRequest> Blocks(IEnumerable<SeenRequest> requests) => requests.Where(r => r.Method == "PUT" && r.Query.Contains("comp=block&", StringComparison.Ordinal));

    private static string BlockOf(SeenRequest request) => request.Query[(request.Query.IndexOf("blockid=", StringComparison.Ordinal) + 8)..].Split('&')[0];

    private static async Task UntilAsync(Func<Task<bool>> holds, int seconds = 60)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (!await holds())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(seconds), "It took too long.");
            await Task.Delay(50);
        }
    }
}
