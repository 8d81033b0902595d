using System.Diagnostics;
using System.Text.Json.Nodes;
using AmlDataTools.Server.Protocol;

namespace AmlDataTools.Server.Tests.Exports;

/// <summary>What goes wrong between the sidecar and the storage account.</summary>
[Collection(ExportCollection.Name)]
public sealed class WireTests(EmulatorProcess emulator) : IAsyncLifetime
{
    private const long Large = 40 << 20;
    private const string LargeName = "outputs/large.bin";
    private const string SmallName = "outputs/small.bin";

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => emulator.ClearFaultsAsync();

    [Theory]
    [InlineData("reset", 3_000_000)]
    [InlineData("truncate", 3_000_000)]
    [InlineData("reset", 0)]
    public async Task A_connection_that_breaks_in_the_middle_goes_on(string kind, int bytes)
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync((LargeName, 20 << 20), (SmallName, 4_000_000));
        await emulator.FaultAsync(run.RunId + "/outputs", new JsonObject { ["kind"] = kind, ["bytes"] = bytes }, times: 2, host: ".blob.", method: "GET");
        var since = await emulator.MarkAsync();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var export = await sidecar.ExportAsync(emulator.NodeOf(run.RunId), folder.Out);
        Assert.Equal(OperationState.Succeeded, export.Operation.State);
        export.Receipt.AssertTotals(done: 2);
        folder.AssertExactly(run);
        var reads = (await emulator.RequestsAsync(since)).Where(r => r.IsRead).ToList();
        Assert.Equal(2, reads.Count(r => r.Fault is not null));
        if (kind == "reset" && bytes > 0)
        {
            // It went on at the byte that had come, not at the beginning of the range.
            Assert.Contains(reads, r => r.Range is { } range && long.Parse(range[6..range.IndexOf('-', StringComparison.Ordinal)], System.Globalization.CultureInfo.InvariantCulture) % (1 << 20) != 0);
        }
    }

    [Theory]
    [InlineData(LargeName)]
    [InlineData(SmallName)]
    public async Task Wrong_bytes_once_are_fetched_again(string name)
    {
        using var folder = new TestFolder();
        var run = await HashedRunAsync();
        await emulator.FaultAsync($"{run.RunId}/{name}", new JsonObject { ["kind"] = "corrupt", ["offset"] = 100 }, host: ".blob.", method: "GET");
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var export = await sidecar.ExportAsync(emulator.NodeOf(run.RunId), folder.Out);
        Assert.Equal(OperationState.Succeeded, export.Operation.State);
        export.Receipt.AssertTotals(done: 3);
        Assert.NotNull(export.Receipt.Of(name).Md5);
        folder.AssertExactly(run);
    }

    [Theory]
    [InlineData(LargeName)]
    [InlineData(SmallName)]
    public async Task Bytes_that_stay_wrong_fail_one_file_and_keep_the_others(string name)
    {
        using var folder = new TestFolder();
        var run = await HashedRunAsync();
        await emulator.FaultAsync($"{run.RunId}/{name}", new JsonObject { ["kind"] = "corrupt", ["offset"] = 100 }, times: 1000, host: ".blob.", method: "GET");
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var export = await sidecar.ExportAsync(emulator.NodeOf(run.RunId), folder.Out);
        Assert.Equal(OperationState.SucceededWithWarnings, export.Operation.State);
        export.Receipt.AssertTotals(done: 2, failed: 1);
        Assert.Equal(("failed", "file.wrongBytes"), (export.Receipt.Of(name).Outcome, export.Receipt.Of(name).Code));
        folder.AssertExactly(run with { Files = [.. run.Files.Where(f => f.Path != name)] });

        // The service is well again: only what failed is fetched.
        await emulator.ClearFaultsAsync();
        var since = await emulator.MarkAsync();
        await sidecar.OperationAsync("resume", export.Plan.PlanId);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(export.Plan.PlanId)).State);
        (await sidecar.ReceiptAsync(export.Plan.PlanId)).AssertTotals(done: 3);
        Assert.All((await emulator.RequestsAsync(since)).Where(r => r.IsRead), r => Assert.EndsWith(name, r.Path, StringComparison.Ordinal));
        folder.AssertExactly(run);
    }

    [Fact]
    public async Task A_blob_replaced_in_the_middle_is_taken_in_its_new_version()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync((LargeName, Large), (SmallName, 4_000));
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var id = await HalfwayAsync(sidecar, folder, run);
        var newer = await emulator.WriteBlobAsync(run, LargeName, Large, "another seed");
        var end = await sidecar.EndAsync(id);
        Assert.Equal(OperationState.Succeeded, end.State);
        var receipt = await sidecar.ReceiptAsync(id);
        receipt.AssertTotals(done: 2);
        Assert.Equal(("file.changed", newer.Sha256), (receipt.Of(LargeName).Code, receipt.Of(LargeName).Sha256));
        folder.AssertExactly(run with { Files = [newer, run.Files[1]] });
        Assert.InRange(end.BytesDone, Large + 4_000, Large + 4_000);
    }

    [Fact]
    public async Task A_blob_that_changed_after_the_plan_is_told()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync((SmallName, 4_000));
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var plan = await sidecar.PlanAsync(emulator.NodeOf(run.RunId));
        var newer = await emulator.WriteBlobAsync(run, SmallName, 5_000, "another seed");
        await sidecar.BeginAsync(plan.PlanId, folder.Out);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(plan.PlanId)).State);
        var receipt = await sidecar.ReceiptAsync(plan.PlanId);
        Assert.Equal(("file.changed", 5_000L), (receipt.Of(SmallName).Code, receipt.Of(SmallName).Bytes));
        folder.AssertExactly(run with { Files = [newer] });
    }

    [Fact]
    public async Task A_blob_deleted_in_the_middle_fails_alone()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync((LargeName, Large), (SmallName, 4_000));
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var id = await HalfwayAsync(sidecar, folder, run);
        await emulator.DeleteBlobAsync(run, LargeName);
        Assert.Equal(OperationState.SucceededWithWarnings, (await sidecar.EndAsync(id)).State);
        var receipt = await sidecar.ReceiptAsync(id);
        receipt.AssertTotals(done: 1, failed: 1);
        Assert.Equal(("failed", "file.gone"), (receipt.Of(LargeName).Outcome, receipt.Of(LargeName).Code));
        folder.AssertExactly(run with { Files = [run.Files[1]] });
    }

    [Fact]
    public async Task A_blob_without_a_hash_is_fetched_and_said_to_have_none()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync(new JsonObject
        {
            ["files"] = new JsonArray(
                new JsonObject { ["path"] = "user_logs/std_log.txt", ["text"] = "line 1\nline 2\n", ["append"] = true },
                new JsonObject { ["path"] = "outputs/a.bin", ["size"] = 10 }),
        });
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var export = await sidecar.ExportAsync(emulator.NodeOf(run.RunId), folder.Out);
        Assert.Contains(export.Plan.Warnings, w => w is { Code: "files.noHash", Count: 1 });
        Assert.Null(export.Receipt.Of("std_log.txt").Md5);
        Assert.NotNull(export.Receipt.Of("std_log.txt").Sha256);
        Assert.Equal(1, (long?)export.Receipt.Json["totals"]?["withoutMd5"]);
        Assert.Contains("none on record", export.Receipt.Markdown, StringComparison.Ordinal);
        folder.AssertExactly(run);

        // Again: compared by content after fetching, as nothing else can be compared.
        var again = await sidecar.ExportAsync(emulator.NodeOf(run.RunId), folder.Out);
        again.Receipt.AssertTotals(done: 0, skipped: 2);
        folder.AssertExactly(run);
    }

    [Theory]
    [InlineData("status", 0)]
    [InlineData("reset", 0)]
    [InlineData("reset", 300)]
    [InlineData("truncate", 300)]
    public async Task A_listing_that_stumbles_is_asked_again(string kind, int bytes)
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync((LargeName, 500), (SmallName, 600));
        await emulator.FaultAsync(run.RunId, new JsonObject { ["kind"] = kind, ["status"] = 503, ["bytes"] = bytes, ["headers"] = new JsonObject { ["Retry-After"] = "1" } }, times: 2, host: ".blob.");
        var since = await emulator.MarkAsync();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        Assert.Equal(2, (await sidecar.PlanAsync(emulator.NodeOf(run.RunId))).Items);
        Assert.Equal(2, (await emulator.RequestsAsync(since)).Count(r => r.Fault is not null && r.Query.Contains("comp=list", StringComparison.Ordinal)));

        // Of one file, what is on record is asked for.
        var location = new Core.Storage.FileLocation(emulator.Workspace, "workspaceartifactstore", run.BlobOf(SmallName), run.RunId);
        await emulator.FaultAsync(run.RunId, new JsonObject { ["kind"] = "status", ["status"] = 503 }, times: 2, host: ".blob.", method: "HEAD");
        Assert.Equal(600, (await sidecar.PlanAsync(Core.Explorer.NodeTargets.Format(new Core.Explorer.FileTarget(location, run.RunId)))).Bytes);
    }

    [Fact]
    public async Task A_blob_in_the_archive_tier_fails_alone()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync((LargeName, 500), (SmallName, 600));
        await emulator.FaultAsync($"{run.RunId}/{LargeName}", new JsonObject { ["kind"] = "status", ["status"] = 409, ["code"] = "BlobArchived" }, times: 100, host: ".blob.");
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var export = await sidecar.ExportAsync(emulator.NodeOf(run.RunId), folder.Out);
        Assert.Equal(OperationState.SucceededWithWarnings, export.Operation.State);
        export.Receipt.AssertTotals(done: 1, failed: 1);
        Assert.Equal("storage.archived", export.Receipt.Of(LargeName).Code);
        folder.AssertExactly(run with { Files = [run.Files[1]] });
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Throttling_slows_it_down_as_long_as_was_asked(int status)
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync([.. Enumerable.Range(0, 40).Select(i => ($"outputs/{i:00}.bin", 500L))]);
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var plan = await sidecar.PlanAsync(emulator.NodeOf(run.RunId));
        var action = new JsonObject { ["kind"] = "status", ["status"] = status, ["headers"] = new JsonObject { ["Retry-After"] = "2" } };
        await emulator.FaultAsync(run.RunId, action, times: 6, host: ".blob.");
        var since = await emulator.MarkAsync();
        var clock = Stopwatch.StartNew();
        await sidecar.BeginAsync(plan.PlanId, folder.Out);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(plan.PlanId)).State);
        Assert.True(clock.Elapsed >= TimeSpan.FromSeconds(2), $"It waited only {clock.Elapsed}.");
        Assert.Contains(sidecar.ChangesOf(plan.PlanId), c => c.Message?.Contains("throttling", StringComparison.Ordinal) == true);
        (await sidecar.ReceiptAsync(plan.PlanId)).AssertTotals(done: 40);
        folder.AssertExactly(run);

        // Each refused request was asked once more, and nothing else twice.
        Assert.Equal(46, (await emulator.RequestsAsync(since)).Count(r => r.IsRead));
    }

    [Fact]
    public async Task A_service_that_asks_for_too_long_a_wait_stops_it_with_what_is_finished_kept()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync(("outputs/a.bin", 500), ("outputs/b.bin", 600));
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var action = new JsonObject { ["kind"] = "status", ["status"] = 503, ["headers"] = new JsonObject { ["Retry-After"] = "3600" } };
        await emulator.FaultAsync(run.RunId + "/outputs/b", action, times: 100, host: ".blob.", method: "GET");
        var export = await sidecar.ExportAsync(emulator.NodeOf(run.RunId), folder.Out);
        Assert.Equal(OperationState.Failed, export.Operation.State);
        Assert.Equal(export.Operation.ErrorCode, export.Receipt.ErrorCode);
        Assert.NotNull(export.Operation.ErrorCode);
        Assert.Equal(2, export.Receipt.Found);
        await emulator.ClearFaultsAsync();
        await sidecar.OperationAsync("resume", export.Plan.PlanId);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(export.Plan.PlanId)).State);
        folder.AssertExactly(run);
    }

    /// <summary>A run of which the service has hashes, of the blob that is fetched in ranges too: as blobs written in one go have.</summary>
    private Task<MadeRun> HashedRunAsync()
    {
        var files = EmulatorProcess.Files((SmallName, 4_000), ("outputs/other.bin", 77));
        files.Add(EmulatorProcess.Hashed(LargeName, 12 << 20));
        return emulator.AddRunAsync(new JsonObject { ["files"] = files });
    }

    /// <summary>Starts an export of a run with a large blob, and comes back when the first of its ranges is on disk and others wait.</summary>
    private async Task<string> HalfwayAsync(ExportSidecar sidecar, TestFolder folder, MadeRun run)
    {
        var plan = await sidecar.PlanAsync(emulator.NodeOf(run.RunId));
        await emulator.FaultAsync($"{run.RunId}/{LargeName}", new JsonObject { ["kind"] = "delay", ["milliseconds"] = 8000 }, nth: 2, times: 4, host: ".blob.");
        await sidecar.BeginAsync(plan.PlanId, folder.Out);
        var clock = Stopwatch.StartNew();
        while (!folder.Lines(plan.PlanId).Any(l => (string?)l["event"] == "Range"))
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(120), "No range came.");
            await Task.Delay(10);
        }

        return plan.PlanId;
    }
}
