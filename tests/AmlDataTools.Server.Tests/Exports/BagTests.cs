using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AmlDataTools.Server.Protocol;

namespace AmlDataTools.Server.Tests.Exports;

/// <summary>Exports written as BagIt bags, looked at with nothing but the specification (RFC 8493) and with sha256sum.</summary>
[Collection(ExportCollection.Name)]
public sealed partial class BagTests(EmulatorProcess emulator) : IAsyncLifetime
{
    private const string LargeName = "outputs/large.bin";
    private static readonly string[] s_tags = ["bag-info.txt", "bagit.txt", "export-receipt.json", "export-receipt.md", "manifest-sha256.txt", "tagmanifest-sha256.txt"];

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => emulator.ClearFaultsAsync();

    [Fact]
    public async Task A_run_becomes_a_bag_that_anybody_can_check()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync([("outputs/model.pkl", 20_000_000), ("outputs/100%.txt", 5), ("outputs/with space/ü ñ.bin", 77), ("user_logs/std_log.txt", 0)]);
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var plan = await sidecar.PlanAsync(emulator.NodeOf(run.RunId));
        var begun = await sidecar.BeginAsync(plan.PlanId, folder.Out, format: ExportFormat.Bag);
        var end = await sidecar.EndAsync(begun.Id);
        var bag = Path.Combine(folder.Out, run.RunId);
        Assert.Equal((OperationState.Succeeded, bag), (end.State, end.Destination));
        TestFolder.AssertFiles(run.Files, Path.Combine(bag, "data"));
        AssertBag(bag, run.Files.Count, run.Files.Sum(f => f.Size));
        Assert.Equal((0, 0), (Sha256Sum(bag, "manifest-sha256.txt"), Sha256Sum(bag, "tagmanifest-sha256.txt")));
        Assert.Empty(Directory.EnumerateDirectories(folder.Out, ".aml-data-tools-*"));
        var receipt = await sidecar.ReceiptAsync(begun.Id);
        Assert.All(receipt.Items, item => Assert.True(File.Exists(Path.Combine(folder.Out, item.Path)), item.Path));
        var info = await File.ReadAllTextAsync(Path.Combine(bag, "bag-info.txt"));
        Assert.Contains($"External-Identifier: {begun.Id}\n", info, StringComparison.Ordinal);
        Assert.Contains("/workspaces/", info, StringComparison.Ordinal);
        Secrets.AssertNone(info, "bag-info.txt");

        // Any byte that is not what it was, any file too many, and any file missing shows.
        await File.AppendAllTextAsync(Path.Combine(bag, "data", "outputs", "100%.txt"), "x");
        Assert.NotEqual(0, Sha256Sum(bag, "manifest-sha256.txt"));
        Assert.ThrowsAny<Exception>(() => AssertBag(bag, run.Files.Count, run.Files.Sum(f => f.Size)));
        await File.AppendAllTextAsync(Path.Combine(bag, "bag-info.txt"), "Contact-Name: Somebody Else\n");
        Assert.NotEqual(0, Sha256Sum(bag, "tagmanifest-sha256.txt"));
    }

    [Fact]
    public async Task Several_chosen_things_make_one_bag_and_a_bag_is_never_mixed_with_others_files()
    {
        using var folder = new TestFolder();
        var (one, two) = (await emulator.AddRunAsync([("outputs/a.txt", 10)]), await emulator.AddRunAsync([("outputs/a.txt", 20)]));
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var plan = await sidecar.PlanAsync([emulator.NodeOf(one.RunId), emulator.NodeOf(two.RunId)], null);
        var end = await sidecar.EndAsync((await sidecar.BeginAsync(plan.PlanId, folder.Out, format: ExportFormat.Bag)).Id);
        var bag = Assert.Single(Directory.GetDirectories(folder.Out));
        Assert.Equal((OperationState.Succeeded, bag), (end.State, end.Destination));
        Assert.Matches(BagName(), Path.GetFileName(bag));
        AssertBag(bag, 2, 30);
        TestFolder.AssertFiles(one.Files, Path.Combine(bag, "data", one.RunId));
        TestFolder.AssertFiles(two.Files, Path.Combine(bag, "data", two.RunId));

        // A folder of the bag's name with somebody's file in it is refused at once and left as it is; an empty one is taken.
        var taken = Directory.CreateDirectory(Path.Combine(folder.Out, one.RunId)).FullName;
        var precious = Path.Combine(taken, "mine.txt");
        await File.WriteAllTextAsync(precious, "mine");
        var again = await sidecar.PlanAsync(emulator.NodeOf(one.RunId));
        Assert.Contains("bag.folderTaken", await sidecar.RefusalAsync(() => sidecar.BeginAsync(again.PlanId, folder.Out, format: ExportFormat.Bag)), StringComparison.Ordinal);
        Assert.Equal([precious], Directory.GetFileSystemEntries(taken));
        File.Delete(precious);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync((await sidecar.BeginAsync(again.PlanId, folder.Out, format: ExportFormat.Bag)).Id)).State);
        AssertBag(taken, 1, 10);
    }

    [Fact]
    public async Task A_killed_export_is_no_bag_until_it_was_resumed_to_its_end()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync([(LargeName, 40 << 20), ("outputs/small.bin", 2000)]);
        var bag = Path.Combine(folder.Out, run.RunId);
        string id;
        await using (var first = await ExportSidecar.StartAsync(emulator, folder))
        {
            var plan = await first.PlanAsync(emulator.NodeOf(run.RunId));
            await emulator.FaultAsync($"{run.RunId}/{LargeName}", new JsonObject { ["kind"] = "delay", ["milliseconds"] = 20_000 }, nth: 2, times: 4, host: ".blob.");
            id = (await first.BeginAsync(plan.PlanId, folder.Out, format: ExportFormat.Bag)).Id;
            await UntilAsync(() => folder.Lines(id).Any(l => (string?)l["event"] == "Range") && folder.Lines(id).Any(l => (string?)l["event"] == "Item"));
            await first.KillAsync();
        }

        Assert.False(File.Exists(Path.Combine(bag, "bagit.txt")));
        await emulator.ClearFaultsAsync();
        await using var second = await ExportSidecar.StartAsync(emulator, folder);
        await second.OperationAsync("resume", id);
        Assert.Equal(OperationState.Succeeded, (await second.EndAsync(id)).State);
        AssertBag(bag, 2, (40 << 20) + 2000);
        TestFolder.AssertFiles(run.Files, Path.Combine(bag, "data"));
    }

    [Fact]
    public async Task A_bag_with_a_missing_file_says_so_and_is_whole_once_that_came()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync([("outputs/a.txt", 10), ("outputs/b.txt", 20)]);
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var plan = await sidecar.PlanAsync(emulator.NodeOf(run.RunId));
        await emulator.FaultAsync($"{run.RunId}/outputs/b.txt", new JsonObject { ["kind"] = "corrupt", ["offset"] = 3 }, times: 1000, host: ".blob.", method: "GET");
        var id = (await sidecar.BeginAsync(plan.PlanId, folder.Out, format: ExportFormat.Bag)).Id;
        Assert.Equal(OperationState.SucceededWithWarnings, (await sidecar.EndAsync(id)).State);
        var bag = Path.Combine(folder.Out, run.RunId);
        AssertBag(bag, 1, 10);
        Assert.Contains("Missing-Items: 1 item ", await File.ReadAllTextAsync(Path.Combine(bag, "bag-info.txt")), StringComparison.Ordinal);
        await emulator.ClearFaultsAsync();
        await sidecar.OperationAsync("resume", id);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(id)).State);
        AssertBag(bag, 2, 30);
        Assert.DoesNotContain("Missing-Items", await File.ReadAllTextAsync(Path.Combine(bag, "bag-info.txt")), StringComparison.Ordinal);
    }

    /// <summary>What RFC 8493 demands of a complete and valid bag.</summary>
    internal static void AssertBag(string bag, long files, long bytes)
    {
        Assert.Equal("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", File.ReadAllText(Path.Combine(bag, "bagit.txt")));
        Assert.Equal(s_tags, Directory.EnumerateFiles(bag).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        Assert.Equal(["data"], Directory.EnumerateDirectories(bag).Select(f => Path.GetFileName(f)));
        AssertManifest(bag, "manifest-sha256.txt", [.. Directory.EnumerateFiles(Path.Combine(bag, "data"), "*", SearchOption.AllDirectories)]);
        AssertManifest(bag, "tagmanifest-sha256.txt", [.. s_tags[..^1].Select(name => Path.Combine(bag, name))]);
        var info = File.ReadAllLines(Path.Combine(bag, "bag-info.txt"));
        Assert.All(info, line => Assert.Matches(Field(), line));
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"Payload-Oxum: {bytes}.{files}"), info);
    }

    private static void AssertManifest(string bag, string name, string[] files)
    {
        var raw = File.ReadAllBytes(Path.Combine(bag, name));
        Assert.NotEqual(0xEF, raw.FirstOrDefault());
        var listed = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in Encoding.UTF8.GetString(raw).Split('\n')[..^1])
        {
            var match = ManifestLine().Match(line);
            Assert.True(match.Success, line);
            var path = match.Groups[2].Value.Replace("%0A", "\n", StringComparison.OrdinalIgnoreCase).Replace("%0D", "\r", StringComparison.OrdinalIgnoreCase).Replace("%25", "%", StringComparison.Ordinal);
            listed.Add(path, match.Groups[1].Value);
        }

        Assert.Equal(
            files.Select(f => Path.GetRelativePath(bag, f).Replace('\\', '/')).Order(StringComparer.Ordinal),
            listed.Keys.Order(StringComparer.Ordinal));
        foreach (var (path, hash) in listed)
        {
            using var stream = File.OpenRead(Path.Combine(bag, path));
            Assert.Equal((path, hash), (path, Convert.ToHexStringLower(SHA256.HashData(stream))));
        }
    }

    /// <summary>The manifest as coreutils reads it, which knows no escaped percent signs.</summary>
    private static int Sha256Sum(string bag, string manifest)
    {
        var text = File.ReadAllText(Path.Combine(bag, manifest)).Replace("%25", "%", StringComparison.Ordinal);
        using var process = Process.Start(new ProcessStartInfo("sha256sum", ["--check", "--strict", "--quiet", "-"]) { WorkingDirectory = bag, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException("sha256sum did not start.");
        process.StandardInput.Write(text);
        process.StandardInput.Close();
        process.WaitForExit();
        return process.ExitCode;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(120), "It did not come to that.");
            await Task.Delay(20);
        }
    }

    [GeneratedRegex(@"^([0-9a-f]{64})[ \t]+(\S.*)$")]
    private static partial Regex ManifestLine();

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9-]*: \S.*$")]
    private static partial Regex Field();

    [GeneratedRegex(@"^export-\d{8}-\d{6}$")]
    private static partial Regex BagName();
}
