using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using AmlDataTools.Server.Protocol;

namespace AmlDataTools.Server.Tests.Exports;

/// <summary>Exports written as one zip by the real process, whatever the network, the disk and the person do.</summary>
[Collection(ExportCollection.Name)]
public sealed class ZipTests(EmulatorProcess emulator) : IAsyncLifetime
{
    private const long Large = 40 << 20;
    private const string LargeName = "outputs/large.bin";

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => emulator.ClearFaultsAsync();

    [Fact]
    public async Task A_run_becomes_one_zip_that_reads_from_a_file_and_from_a_pipe()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync([(LargeName, 20_000_000), ("outputs/100%.txt", 5), ("outputs/with space/ü ñ.bin", 77), ("user_logs/std_log.txt", 0), ("outputs/CON.txt", 3)]);
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var plan = await sidecar.PlanAsync(emulator.NodeOf(run.RunId));
        var end = await sidecar.EndAsync((await sidecar.BeginAsync(plan.PlanId, folder.Out, format: ExportFormat.Zip)).Id);
        Assert.Equal((OperationState.Succeeded, ZipOf(folder, run)), (end.State, end.Destination));
        var receipt = await sidecar.ReceiptAsync(plan.PlanId);
        receipt.AssertTotals(done: 5);
        Assert.Equal([end.Destination], Directory.EnumerateFileSystemEntries(folder.Out));
        using (var zip = ZipFile.OpenRead(ZipOf(folder, run)))
        {
            Assert.Equal(receipt.Items.Select(i => i.Path).Append($"{run.RunId}/export-receipt.json").Append($"{run.RunId}/export-receipt.md").Order(StringComparer.Ordinal), zip.Entries.Select(e => e.FullName).Order(StringComparer.Ordinal));
            foreach (var item in receipt.Items)
            {
                using var content = zip.GetEntry(item.Path)?.Open() ?? Stream.Null;
                Assert.Equal(item.Sha256, Convert.ToHexStringLower(await SHA256.HashDataAsync(content)));
            }

            using var text = new StreamReader(zip.GetEntry($"{run.RunId}/export-receipt.json")?.Open() ?? Stream.Null);
            Secrets.AssertNone(await text.ReadToEndAsync(), "the receipt in the zip");
        }

        Run("sh", "-c", "cat \"$1\" | bsdtar -xOf - > /dev/null", "sh", ZipOf(folder, run));
        AssertUnzipped(folder, run, run.Files.Where(f => !f.Path.Contains("CON", StringComparison.Ordinal)));

        // The same once more does not touch it.
        var before = File.GetLastWriteTimeUtc(ZipOf(folder, run));
        var again = await sidecar.PlanAsync(emulator.NodeOf(run.RunId));
        Assert.Equal(Path.Combine(folder.Out, $"{run.RunId} (1).zip"), (await sidecar.EndAsync((await sidecar.BeginAsync(again.PlanId, folder.Out, format: ExportFormat.Zip)).Id)).Destination);
        Assert.Equal(before, File.GetLastWriteTimeUtc(ZipOf(folder, run)));
    }

    [Fact]
    public async Task A_bag_in_a_zip_is_a_bag_once_unzipped()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync([(LargeName, 20_000_000), ("outputs/a.txt", 10)]);
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var plan = await sidecar.PlanAsync(emulator.NodeOf(run.RunId));
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync((await sidecar.BeginAsync(plan.PlanId, folder.Out, format: ExportFormat.BagZip)).Id)).State);
        var bag = Path.Combine(Unzip(folder, run), run.RunId);
        BagTests.AssertBag(bag, 2, 20_000_010);
        TestFolder.AssertFiles(run.Files, Path.Combine(bag, "data"));
        Assert.Equal([bag], Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(bag) ?? string.Empty));
    }

    /// <summary>Kills when so many lines are in the journal; then another sidecar finishes.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(12)]
    [InlineData(30)]
    [InlineData(60)]
    public async Task Killed_it_goes_on_inside_the_file_and_fetches_nothing_verified_twice(int lines)
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync([(LargeName, Large), .. Enumerable.Range(0, 60).Select(i => ($"outputs/small/{i:00}.bin", 2000L + i))]);
        string id;
        await using (var first = await ExportSidecar.StartAsync(emulator, folder))
        {
            var plan = await first.PlanAsync(emulator.NodeOf(run.RunId));
            await emulator.FaultAsync(run.RunId + "/" + LargeName, new JsonObject { ["kind"] = "delay", ["milliseconds"] = 400 }, nth: 2, times: 4);
            id = (await first.BeginAsync(plan.PlanId, folder.Out, format: ExportFormat.Zip)).Id;
            await UntilAsync(() => folder.Lines(id).Count >= lines);
            await first.KillAsync();
        }

        Assert.False(File.Exists(ZipOf(folder, run)) && !folder.Lines(id).Any(l => (string?)l["event"] == "Zipped"));
        await emulator.ClearFaultsAsync();
        var known = folder.Lines(id);
        await File.AppendAllTextAsync(folder.JournalOf(id), "{\"event\":\"Item\",\"at\":17");
        var since = await emulator.MarkAsync();
        await using var second = await ExportSidecar.StartAsync(emulator, folder);
        if ((await second.FindAsync(id)).State == OperationState.Interrupted)
        {
            await second.OperationAsync("resume", id);
        }

        Assert.Equal(OperationState.Succeeded, (await second.EndAsync(id)).State);
        AssertUnzipped(folder, run, run.Files);
        (await second.ReceiptAsync(id)).AssertTotals(done: 61);
        var reads = (await emulator.RequestsAsync(since)).Where(r => r.IsRead).ToList();
        foreach (var line in known)
        {
            if ((string?)line["event"] == "Item")
            {
                Assert.DoesNotContain(reads, r => r.Path.EndsWith("/" + (string?)line["result"]?["name"], StringComparison.Ordinal));
            }
            else if ((string?)line["event"] == "Range")
            {
                Assert.DoesNotContain(reads, r => r.Path.EndsWith(LargeName, StringComparison.Ordinal) && r.Range?.StartsWith($"bytes={(long?)line["offset"]}-", StringComparison.Ordinal) == true);
            }
        }
    }

    [Fact]
    public async Task Throttled_cut_off_and_changed_on_the_way_it_holds_what_is_there_in_the_end()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync([(LargeName, 2 * Large), .. Enumerable.Range(0, 30).Select(i => ($"outputs/small/{i:00}.bin", 9000L))]);
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var plan = await sidecar.PlanAsync(emulator.NodeOf(run.RunId));
        await emulator.FaultAsync(run.RunId, new JsonObject { ["kind"] = "status", ["status"] = 503, ["headers"] = new JsonObject { ["Retry-After"] = "1" } }, nth: 3, times: 5, host: ".blob.");
        await emulator.FaultAsync($"{run.RunId}/outputs/small", new JsonObject { ["kind"] = "reset", ["bytes"] = 5000 }, nth: 4, times: 4, host: ".blob.", method: "GET");
        await emulator.FaultAsync(run.RunId + "/" + LargeName, new JsonObject { ["kind"] = "delay", ["milliseconds"] = 4000 }, nth: 2, times: 9, host: ".blob.");
        await sidecar.BeginAsync(plan.PlanId, folder.Out, format: ExportFormat.Zip);
        await UntilAsync(() => folder.Lines(plan.PlanId).Any(l => (string?)l["event"] == "Range"));
        var changed = await emulator.WriteBlobAsync(run, LargeName, (30 << 20) + 5, "another");
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(plan.PlanId)).State);
        AssertUnzipped(folder, run, run.Files.Where(f => f.Path != LargeName).Append(changed));
        Assert.Equal("file.changed", (await sidecar.ReceiptAsync(plan.PlanId)).Of("large.bin").Code);
    }

    [Fact]
    public async Task What_failed_is_not_in_it_and_comes_when_it_is_tried_again()
    {
        using var folder = new TestFolder();
        var files = EmulatorProcess.Files(("outputs/a.txt", 10), ("outputs/c.txt", 20_000));
        files.Add(EmulatorProcess.Hashed(LargeName, 20 << 20));
        var run = await emulator.AddRunAsync(new JsonObject { ["files"] = files });
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var plan = await sidecar.PlanAsync(emulator.NodeOf(run.RunId));
        await emulator.FaultAsync($"{run.RunId}/{LargeName}", new JsonObject { ["kind"] = "corrupt", ["offset"] = 3 }, times: 1000, host: ".blob.", method: "GET");
        await sidecar.BeginAsync(plan.PlanId, folder.Out, format: ExportFormat.BagZip);
        var end = await sidecar.EndAsync(plan.PlanId);
        Assert.Equal(OperationState.SucceededWithWarnings, end.State);
        Assert.Contains(OperationAction.Resume, end.Actions);
        Assert.True(new FileInfo(ZipOf(folder, run)).Length < 40_000, "Bytes of the failed file are left in the zip.");
        var bag = Path.Combine(Unzip(folder, run), run.RunId);
        BagTests.AssertBag(bag, 2, 20_010);
        Assert.Contains("Missing-Items: 1 item ", await File.ReadAllTextAsync(Path.Combine(bag, "bag-info.txt")), StringComparison.Ordinal);
        await emulator.ClearFaultsAsync();
        var since = await emulator.MarkAsync();
        await sidecar.OperationAsync("resume", plan.PlanId);
        Assert.Equal((OperationState.Succeeded, ZipOf(folder, run)), ((await sidecar.EndAsync(plan.PlanId)).State, (await sidecar.FindAsync(plan.PlanId)).Destination));
        Assert.DoesNotContain(await emulator.RequestsAsync(since), r => r.IsRead && !r.Path.EndsWith(LargeName, StringComparison.Ordinal));
        bag = Path.Combine(Unzip(folder, run), run.RunId);
        BagTests.AssertBag(bag, 3, 20_010 + (20 << 20));
        TestFolder.AssertFiles(run.Files, Path.Combine(bag, "data"));
    }

    [Fact]
    public async Task Cancelled_or_discarded_nothing_of_it_stays()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync([(LargeName, Large), ("outputs/a.txt", 10)]);
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        foreach (var discard in new[] { false, true })
        {
            var plan = await sidecar.PlanAsync(emulator.NodeOf(run.RunId));
            await emulator.FaultAsync(run.RunId + "/" + LargeName, new JsonObject { ["kind"] = "delay", ["milliseconds"] = 20_000 }, nth: 2, times: 4, host: ".blob.");
            await sidecar.BeginAsync(plan.PlanId, folder.Out, format: ExportFormat.Zip);
            await UntilAsync(() => folder.Lines(plan.PlanId).Any(l => (string?)l["event"] == "Range"));
            Assert.True(File.Exists(Path.Combine(folder.StagingOf(plan.PlanId), "export.zip.part")));
            var end = await sidecar.OperationAsync(discard ? "pause" : "cancel", plan.PlanId);
            if (discard)
            {
                await sidecar.DiscardAsync(plan.PlanId);
            }
            else
            {
                Assert.Equal((OperationState.Cancelled, 0L, 0L), (end.State, end.ItemsDone, end.BytesDone));
                (await sidecar.ReceiptAsync(plan.PlanId)).AssertTotals(done: 0, skipped: 2);
            }

            Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Out));
            await emulator.ClearFaultsAsync();
        }
    }

    [Fact]
    public async Task A_full_disk_stops_it_and_it_goes_on_when_there_is_room()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync(("outputs/a.bin", 300), (LargeName, 20 << 20), ("outputs/c.bin", 300));
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var plan = await sidecar.PlanAsync(emulator.NodeOf(run.RunId));

        // The device on which every write finds no room stands where the unfinished zip goes.
        var part = Path.Combine(Directory.CreateDirectory(folder.StagingOf(plan.PlanId)).FullName, "export.zip.part");
        File.CreateSymbolicLink(part, "/dev/full");
        await sidecar.BeginAsync(plan.PlanId, folder.Out, format: ExportFormat.Zip);
        var end = await sidecar.EndAsync(plan.PlanId);
        Assert.Equal((OperationState.Failed, "disk.full"), (end.State, end.ErrorCode));
        Assert.Empty(Directory.EnumerateFiles(folder.Out));
        File.Delete(part);
        await sidecar.OperationAsync("resume", plan.PlanId);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(plan.PlanId)).State);
        AssertUnzipped(folder, run, run.Files);
    }

    [Fact]
    public async Task The_payload_lies_on_disk_once_at_most()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync([.. Enumerable.Range(0, 4).Select(i => ($"outputs/{i}.bin", 30L << 20)), .. Enumerable.Range(0, 50).Select(i => ($"logs/{i}.txt", 20_000L))]);
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var plan = await sidecar.PlanAsync(emulator.NodeOf(run.RunId));
        await sidecar.BeginAsync(plan.PlanId, folder.Out, format: ExportFormat.BagZip);
        var (most, samples) = (0L, 0);
        while ((await sidecar.FindAsync(plan.PlanId)).State is OperationState.Running or OperationState.Planned)
        {
            most = Math.Max(most, OnDisk(folder.Out));
            samples++;
        }

        Assert.True(samples > 3);
        Assert.InRange(most, 1, run.Files.Sum(f => f.Size) + (2 << 20));
        BagTests.AssertBag(Path.Combine(Unzip(folder, run), run.RunId), 54, run.Files.Sum(f => f.Size));
    }

    private static string ZipOf(TestFolder folder, MadeRun run) => Path.Combine(folder.Out, $"{run.RunId}.zip");

    private static void AssertUnzipped(TestFolder folder, MadeRun run, IEnumerable<MadeFile> files)
    {
        Assert.Empty(Directory.EnumerateDirectories(folder.Out, ".aml-data-tools-*"));
        TestFolder.AssertFiles(files, Path.Combine(Unzip(folder, run), run.RunId));
    }

    private static string Unzip(TestFolder folder, MadeRun run)
    {
        var to = Path.Combine(folder.Root, "unzipped", Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(to);
        Run("unzip", "-qq", ZipOf(folder, run), "-d", to);
        return to;
    }

    private static void Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LC_ALL"] = "C.UTF-8";
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {process.ExitCode}: {output} {errors.Result}");
    }

    /// <summary>Bytes that a folder really takes: what is not written yet takes none.</summary>
    private static long OnDisk(string folder)
    {
        using var process = Process.Start(new ProcessStartInfo("du", ["-s", "-B1", folder]) { RedirectStandardOutput = true, RedirectStandardError = true }) ?? throw new InvalidOperationException("du did not start.");
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return long.TryParse(text.Split('\t')[0], out var bytes) ? bytes : 0;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(120), "It did not come to that.");
            await Task.Delay(5);
        }
    }
}
