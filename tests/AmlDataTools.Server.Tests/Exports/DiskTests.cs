using System.Text.Json.Nodes;
using AmlDataTools.Server.Protocol;

namespace AmlDataTools.Server.Tests.Exports;

/// <summary>What goes wrong on the disk, and what is there already.</summary>
[Collection(ExportCollection.Name)]
public sealed class DiskTests(EmulatorProcess emulator) : IAsyncLifetime
{
    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => emulator.ClearFaultsAsync();

    [Theory]
    [InlineData(4_000)]
    [InlineData(20 << 20)]
    public async Task A_full_disk_stops_it_and_it_goes_on_when_there_is_room(int size)
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync(("outputs/a.bin", 300), ("outputs/b.bin", size), ("outputs/c.bin", 300));
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var plan = await sidecar.PlanAsync(emulator.NodeOf(run.RunId));

        // The device on which every write finds no room stands where the unfinished second file goes.
        var part = Path.Combine(Directory.CreateDirectory(Path.Combine(folder.StagingOf(plan.PlanId), "1")).FullName, "1.part");
        File.CreateSymbolicLink(part, "/dev/full");
        await sidecar.BeginAsync(plan.PlanId, folder.Out);
        var end = await sidecar.EndAsync(plan.PlanId);
        Assert.Equal((OperationState.Failed, "disk.full"), (end.State, end.ErrorCode));
        Assert.Contains("Free some space", end.Message, StringComparison.Ordinal);
        Assert.Contains(OperationAction.Resume, end.Actions);
        var receipt = await sidecar.ReceiptAsync(plan.PlanId);
        Assert.Equal(("failed", "disk.full", 3L, 0L), (receipt.State, receipt.ErrorCode, receipt.Found, receipt.Failed));
        Assert.Equal(("skipped", "operation.stopped"), (receipt.Of("b.bin").Outcome, receipt.Of("b.bin").Code));
        TestFolder.AssertFiles(run.Files.Where(f => receipt.Of(Path.GetFileName(f.Path)).Outcome == "done"), Path.Combine(folder.Out, run.RunId));
        File.Delete(part);
        await sidecar.OperationAsync("resume", plan.PlanId);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(plan.PlanId)).State);
        (await sidecar.ReceiptAsync(plan.PlanId)).AssertTotals(done: 3);
        folder.AssertExactly(run);
    }

    [Fact]
    public async Task A_disk_that_is_too_small_is_told_before_anything_is_fetched()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync(("outputs/a.bin", 300));
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var plan = await sidecar.PlanAsync(emulator.NodeOf(run.RunId));
        var path = Path.Combine(folder.Storage, "plans", plan.PlanId, "plan.json");
        var record = JsonNode.Parse(await File.ReadAllTextAsync(path)) as JsonObject ?? [];
        record["bytes"] = 8_000_000_000_000_000;
        await File.WriteAllTextAsync(path, record.ToJsonString());
        var since = await emulator.MarkAsync();
        await sidecar.BeginAsync(plan.PlanId, folder.Out);
        var end = await sidecar.EndAsync(plan.PlanId);
        Assert.Equal((OperationState.Failed, "disk.full"), (end.State, end.ErrorCode));
        Assert.Contains("7.1 PB are needed", end.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(await emulator.RequestsAsync(since), r => r.IsRead);
        (await sidecar.ReceiptAsync(plan.PlanId)).AssertTotals(done: 0, skipped: 1);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_told_at_the_start()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync(("outputs/a.bin", 300));
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var plan = await sidecar.PlanAsync(emulator.NodeOf(run.RunId));

        // Not even root makes a folder there.
        var refusal = await sidecar.RefusalAsync(() => sidecar.BeginAsync(plan.PlanId, "/sys/amldt-export"));
        Assert.StartsWith("disk.notWritable: ", refusal, StringComparison.Ordinal);

        // The plan stands: another folder can be chosen.
        await sidecar.BeginAsync(plan.PlanId, folder.Out);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(plan.PlanId)).State);
        folder.AssertExactly(run);
    }

    [Theory]
    [InlineData("gone/deeper", "disk.folderMissing")]
    [InlineData("file", "disk.error")]
    [InlineData("file/below", "disk.folderMissing")]
    public async Task A_folder_that_cannot_be_is_told_at_the_start(string name, string code)
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync(("outputs/a.bin", 300));
        await File.WriteAllTextAsync(Path.Combine(folder.Root, "file"), "in the way");
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var plan = await sidecar.PlanAsync(emulator.NodeOf(run.RunId));
        var refusal = await sidecar.RefusalAsync(() => sidecar.BeginAsync(plan.PlanId, Path.Combine(folder.Root, name)));
        Assert.StartsWith(code + ": ", refusal, StringComparison.Ordinal);
        Assert.Empty((await sidecar.ListAsync()));
    }

    [Fact]
    public async Task A_destination_deleted_in_the_middle_is_told_and_can_be_resumed()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync([.. Enumerable.Range(0, 40).Select(i => ($"outputs/{i:00}.bin", 500L))]);
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var plan = await sidecar.PlanAsync(emulator.NodeOf(run.RunId));
        await emulator.FaultAsync(run.RunId, new JsonObject { ["kind"] = "delay", ["milliseconds"] = 5000 }, nth: 5, times: 1000, host: ".blob.");
        await sidecar.BeginAsync(plan.PlanId, folder.Out);
        bool HasFiles() => Directory.Exists(folder.Out) && Directory.EnumerateFiles(folder.Out, "*", SearchOption.AllDirectories).Any();
        for (var tries = 0; tries < 12_000 && !HasFiles(); tries++)
        {
            await Task.Delay(10);
        }

        // Out of the way in one step, then deleted: files are being made in it.
        var away = Path.Combine(folder.Root, "away");
        Directory.Move(folder.Out, away);
        Directory.Delete(away, recursive: true);
        var end = await sidecar.EndAsync(plan.PlanId);
        Assert.Equal((OperationState.Failed, "disk.folderMissing"), (end.State, end.ErrorCode));
        Assert.Equal(40, (await sidecar.ReceiptAsync(plan.PlanId)).Found);
        await emulator.ClearFaultsAsync();
        await sidecar.OperationAsync("resume", plan.PlanId);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(plan.PlanId)).State);
        folder.AssertExactly(run);
    }

    [Fact]
    public async Task A_link_in_the_destination_is_not_gone_through()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync(("outputs/a.bin", 300), ("user_logs/b.txt", 300));
        var elsewhere = Directory.CreateDirectory(Path.Combine(folder.Root, "elsewhere")).FullName;
        var inside = Directory.CreateDirectory(Path.Combine(folder.Out, run.RunId)).FullName;
        Directory.CreateSymbolicLink(Path.Combine(inside, "outputs"), elsewhere);
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var export = await sidecar.ExportAsync(emulator.NodeOf(run.RunId), folder.Out);
        Assert.Equal(OperationState.SucceededWithWarnings, export.Operation.State);
        export.Receipt.AssertTotals(done: 1, failed: 1);
        Assert.Equal("path.linkInDestination", export.Receipt.Of("a.bin").Code);
        Assert.Empty(Directory.EnumerateFileSystemEntries(elsewhere));
        TestFolder.AssertFiles([run.Files[1]], inside);
    }

    [Fact]
    public async Task A_file_where_a_folder_must_be_fails_what_would_lie_in_it()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync(("outputs/a.bin", 300), ("user_logs/b.txt", 300));
        var inside = Directory.CreateDirectory(Path.Combine(folder.Out, run.RunId)).FullName;
        await File.WriteAllTextAsync(Path.Combine(inside, "outputs"), "mine");
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var export = await sidecar.ExportAsync(emulator.NodeOf(run.RunId), folder.Out);
        export.Receipt.AssertTotals(done: 1, failed: 1);
        Assert.Equal("path.fileInTheWay", export.Receipt.Of("a.bin").Code);
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(inside, "outputs")));

        // Out of the way, trying again brings it.
        File.Delete(Path.Combine(inside, "outputs"));
        await sidecar.OperationAsync("resume", export.Plan.PlanId);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(export.Plan.PlanId)).State);
        folder.AssertExactly(run);
    }

    [Theory]
    [InlineData(ExistingFiles.SkipIdentical)]
    [InlineData(ExistingFiles.KeepBoth)]
    [InlineData(ExistingFiles.Replace)]
    public async Task A_folder_where_a_file_must_be_is_never_replaced(ExistingFiles existing)
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync(("outputs/a.bin", 300), ("outputs/b.bin", 300));
        var outputs = Directory.CreateDirectory(Path.Combine(folder.Out, run.RunId, "outputs")).FullName;
        Directory.CreateDirectory(Path.Combine(outputs, "a.bin"));
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var export = await sidecar.ExportAsync(emulator.NodeOf(run.RunId), folder.Out, null, existing);
        Assert.True(Directory.Exists(Path.Combine(outputs, "a.bin")));
        TestFolder.AssertFiles([run.Files[1]], Path.Combine(folder.Out, run.RunId));
        if (existing == ExistingFiles.Replace)
        {
            export.Receipt.AssertTotals(done: 1, failed: 1);
            Assert.Equal("path.folderInTheWay", export.Receipt.Of("a.bin").Code);
        }
        else
        {
            export.Receipt.AssertTotals(done: 2);
            Assert.Equal($"{run.RunId}/outputs/a (1).bin", export.Receipt.Of("a.bin").Path);
            TestFolder.AssertFiles([run.Files[0] with { Path = "outputs/a (1).bin" }], Path.Combine(folder.Out, run.RunId));
        }
    }

    [Fact]
    public async Task Files_that_exist_are_treated_as_chosen()
    {
        using var folder = new TestFolder();
        var files = EmulatorProcess.Files(("outputs/same.bin", 3_000), ("outputs/other.bin", 4_000));
        files.Add(EmulatorProcess.Hashed("outputs/large.bin", 12 << 20));
        var run = await emulator.AddRunAsync(new JsonObject { ["files"] = files });
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        await sidecar.ExportAsync(emulator.NodeOf(run.RunId), folder.Out);
        folder.AssertExactly(run);
        var inside = Path.Combine(folder.Out, run.RunId);

        // All identical: nothing is fetched.
        var since = await emulator.MarkAsync();
        var again = await sidecar.ExportAsync(emulator.NodeOf(run.RunId), folder.Out);
        again.Receipt.AssertTotals(done: 0, skipped: 3);
        Assert.All(again.Receipt.Items, i => Assert.Equal("file.identical", i.Code));
        Assert.DoesNotContain(await emulator.RequestsAsync(since), r => r.IsRead);
        Assert.Equal(again.Operation.Bytes, again.Operation.BytesDone);
        folder.AssertExactly(run);

        // One changed by the person: it is kept, the service's comes beside it.
        await File.WriteAllTextAsync(Path.Combine(inside, "outputs", "other.bin"), "my own");
        var beside = await sidecar.ExportAsync(emulator.NodeOf(run.RunId), folder.Out);
        beside.Receipt.AssertTotals(done: 1, skipped: 2);
        Assert.Equal("my own", await File.ReadAllTextAsync(Path.Combine(inside, "outputs", "other.bin")));
        TestFolder.AssertFiles([run.Files.Single(f => f.Path.EndsWith("other.bin", StringComparison.Ordinal)) with { Path = "outputs/other (1).bin" }], inside);
        File.Delete(Path.Combine(inside, "outputs", "other (1).bin"));

        // Replaced.
        var replaced = await sidecar.ExportAsync(emulator.NodeOf(run.RunId), folder.Out, null, ExistingFiles.Replace);
        replaced.Receipt.AssertTotals(done: 3);
        folder.AssertExactly(run);

        // Kept both: each comes once more under another name.
        var both = await sidecar.ExportAsync(emulator.NodeOf(run.RunId), folder.Out, null, ExistingFiles.KeepBoth);
        both.Receipt.AssertTotals(done: 3);
        TestFolder.AssertFiles(run.Files, inside);
        TestFolder.AssertFiles(run.Files.Select(f => f with { Path = f.Path.Replace(".bin", " (1).bin", StringComparison.Ordinal) }), inside);
    }
}
