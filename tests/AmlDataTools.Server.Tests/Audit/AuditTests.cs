using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Changes;
using AmlDataTools.Server.Tests.Exports;
using AmlDataTools.Server.Tests.Retention;
using AmlDataTools.Server.Tests.Support;

namespace AmlDataTools.Server.Tests.Audit;

/// <summary>What real sidecars do is in the log of their machine: once, in order, whatever becomes of them.</summary>
[Collection(ChangeCollection.Name)]
public sealed class AuditTests(ChangeEmulator emulator) : IAsyncLifetime
{
    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => emulator.ClearFaultsAsync();

    [Fact]
    public async Task A_download_and_a_deletion_are_logged_exported_and_checked_by_others_code()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var run = await emulator.AddRunAsync(("outputs/a.bin", 10));
        var download = await sidecar.ExportAsync(emulator.NodeOf(run.RunId), folder.Out);
        var experiment = emulator.NewName("exp");
        await emulator.AddRunAsync(new JsonObject { ["runId"] = experiment + "-1", ["experiment"] = experiment, ["status"] = "Failed" });
        var deletion = await sidecar.CarryOutAsync(await sidecar.PlanNewAsync("Failed runs", emulator.ExperimentNode(experiment), RetentionAction.DeleteRuns, RuleCalls.Anything with { Statuses = ["Failed"] }));
        await sidecar.ListAsync("clearFinished");

        var file = Path.Combine(folder.Root, "audit.jsonl");
        var exported = await sidecar.ExportAuditAsync(file);
        Assert.Equal((5L, 1L, 5L, null), (exported.Lines, exported.First, exported.Last, exported.Problem));
        Assert.Equal((0, "5"), Python(file));
        var lines = (await File.ReadAllLinesAsync(file)).Select(l => JsonNode.Parse(l) as JsonObject ?? []).ToList();
        Assert.Equal(["opened", "begun", "started", "ended", "started", "ended", "closed"], lines.Select(l => (string?)l["event"]));
        Assert.Equal(exported.LastHash, (string?)lines[5]["hash"]);
        var ended = lines[5];
        Assert.Equal((deletion.Operation.Id, "delete", "succeeded", deletion.Operation.Title), ((string?)ended["operation"], (string?)ended["verb"], (string?)ended["outcome"], (string?)ended["title"]));
        Assert.Equal(("Failed runs", 1L, 0L), ((string?)ended["retentionRule"], (long?)ended["counts"]?["done"], (long?)ended["counts"]?["failed"]));
        Assert.Equal([emulator.Workspace.ResourceId], ended["workspaces"]?.AsArray().Select(w => (string?)w));
        Assert.Contains("ada", (string?)ended["who"], StringComparison.OrdinalIgnoreCase);
        Assert.Equal(download.Operation.Id, (string?)lines[2]["operation"]);

        // Where somebody downloads to is nobody's business, and no secret is in it.
        var text = await File.ReadAllTextAsync(file);
        Assert.DoesNotContain(folder.Root, text, StringComparison.Ordinal);
        Secrets.AssertNone(text, "the audit log");

        // Taken off the list, lines and receipts stay and fit.
        var verdict = await sidecar.VerifyAuditAsync(file);
        Assert.Equal((true, 2L, 0L, 0L), (verdict.IsIntact, verdict.ReceiptsSame, verdict.ReceiptsDifferent, verdict.ReceiptsAbsent));
        var receipt = Directory.EnumerateFiles(Path.Combine(folder.Storage, "receipts"), deletion.Operation.Id + ".json").Single();
        await File.AppendAllTextAsync(receipt, " ");
        verdict = await sidecar.VerifyAuditAsync(file);
        Assert.Equal((false, 6L), (verdict.IsIntact, Assert.Single(verdict.Problems).Line));

        await File.WriteAllTextAsync(file, text.Replace("\"failed\":0", "\"failed\":1", StringComparison.Ordinal));
        Assert.Equal(1, Python(file).Exit);
        Assert.StartsWith("The audit log is not as it was written. Line 4: This line was changed after it was written", (await sidecar.VerifyAuditAsync(file)).Summary, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, "no log");
        Assert.StartsWith("audit.notALog: ", await sidecar.RefusalAsync(() => sidecar.VerifyAuditAsync(file)), StringComparison.Ordinal);
    }

    /// <summary>The lock held from outside stops it between receipt and line; killed there, the next start writes the line, once.</summary>
    [Fact]
    public async Task Killed_between_receipt_and_line_the_next_start_writes_the_line()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync(("outputs/a.bin", 10));
        string id;
        await using (var first = await ExportSidecar.StartAsync(emulator, folder))
        {
            id = (await first.PlanChangeAsync(OperationVerb.Delete, [emulator.NodeOf(run.RunId)], ChangeCalls.WithData)).PlanId;
            await emulator.FaultAsync("/", new JsonObject { ["kind"] = "delay", ["milliseconds"] = 100 }, times: 10_000);
            await first.ConfirmAsync(id);
            using (new FileStream(Path.Combine(folder.Storage, "audit", "lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
            {
                await emulator.ClearFaultsAsync();
                await UntilAsync(() => Status(folder, id) == "Succeeded", "its end is on disk");
                await first.KillAsync();
            }
        }

        Assert.Equal(["begun", "started"], Events(folder));
        await using (var second = await ExportSidecar.StartAsync(emulator, folder))
        {
            Assert.Equal(OperationState.Succeeded, (await second.FindAsync(id)).State);
            await UntilAsync(() => Events(folder).Count == 3, "the line is written");
        }

        await using var third = await ExportSidecar.StartAsync(emulator, folder);
        await third.ListAsync();
        var file = Path.Combine(folder.Root, "audit.jsonl");
        Assert.Equal(3, (await third.ExportAuditAsync(file)).Lines);
        Assert.Equal(["begun", "started", "ended"], Events(folder));
        var verdict = await third.VerifyAuditAsync(file);
        Assert.Equal((true, 1L), (verdict.IsIntact, verdict.ReceiptsSame));
    }

    [Fact]
    public async Task Without_its_line_nothing_is_begun()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var run = await emulator.AddRunAsync(("outputs/a.bin", 10));
        var plan = await sidecar.PlanChangeAsync(OperationVerb.Delete, [emulator.NodeOf(run.RunId)], ChangeCalls.WithData);
        var before = await World.ReadAsync(emulator);
        Directory.CreateDirectory(Path.Combine(folder.Storage, "audit"));
        using (new FileStream(Path.Combine(folder.Storage, "audit", "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            Assert.StartsWith("storage.busy: ", await sidecar.RefusalAsync(() => sidecar.ConfirmAsync(plan.PlanId)), StringComparison.Ordinal);
        }

        before.AssertBecame(await World.ReadAsync(emulator), []);
        Assert.Equal(OperationState.Interrupted, (await sidecar.FindAsync(plan.PlanId)).State);
        await sidecar.OperationAsync("resume", plan.PlanId);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(plan.PlanId)).State);
        Assert.Equal(["begun", "resumed", "ended"], Events(folder));
    }

    [Fact]
    public async Task Two_windows_at_once_make_one_chain_and_a_discarded_operation_is_in_it()
    {
        using var folder = new TestFolder();
        await using var one = await ExportSidecar.StartAsync(emulator, folder);
        await using var other = await ExportSidecar.StartAsync(emulator, folder);
        var runs = new List<string>();
        for (var i = 0; i < 12; i++)
        {
            runs.Add((await emulator.AddRunAsync(("outputs/a.bin", 10))).RunId);
        }

        await Task.WhenAll(runs.Select((run, i) => (i % 2 == 0 ? one : other).ChangeAsync(OperationVerb.Archive, [emulator.NodeOf(run)])));
        var plan = await one.PlanChangeAsync(OperationVerb.Restore, [emulator.NodeOf(runs[0])]);
        await emulator.FaultAsync("/runs/", new JsonObject { ["kind"] = "delay", ["milliseconds"] = 3000 }, times: 100);
        await one.ConfirmAsync(plan.PlanId);
        await one.OperationAsync("pause", plan.PlanId);
        await emulator.ClearFaultsAsync();
        await one.DiscardAsync(plan.PlanId);
        var file = Path.Combine(folder.Root, "audit.jsonl");
        Assert.Equal(1 + 24 + 2, (await other.ExportAuditAsync(file)).Lines);
        Assert.Equal((0, "27"), Python(file));
        Assert.True((await one.VerifyAuditAsync(file)).IsIntact);
        Assert.Contains("\"outcome\":\"cancelled\"", (await File.ReadAllLinesAsync(file))[^2], StringComparison.Ordinal);
    }

    /// <summary>A log of 100,000 lines is exported and checked in the memory that a short one takes.</summary>
    [Fact]
    public async Task A_hundred_thousand_lines_take_no_more_memory()
    {
        using var folder = new TestFolder();
        var (small, large) = (Path.Combine(folder.Root, "small.jsonl"), Path.Combine(folder.Root, "large.jsonl"));
        await using (var sidecar = await ExportSidecar.StartAsync(emulator, folder))
        {
            var run = await emulator.AddRunAsync(("outputs/a.bin", 10));
            await sidecar.ChangeAsync(OperationVerb.Archive, [emulator.NodeOf(run.RunId)]);
        }

        Lengthen(folder, 100_000);
        await using var measured = await ExportSidecar.StartAsync(emulator, folder);
        await measured.ListAsync();
        await measured.ExportAuditAsync(small, DateTimeOffset.UtcNow.AddMinutes(59).ToUnixTimeMilliseconds());
        await measured.VerifyAuditAsync(small);
        var before = measured.PeakMiB();
        var clock = Stopwatch.StartNew();
        Assert.Equal(100_003, (await measured.ExportAuditAsync(large)).Lines);
        Assert.True((await measured.VerifyAuditAsync(large)).IsIntact);
        Assert.InRange(measured.PeakMiB() - before, 0, 48);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 60);
        Assert.Equal((0, "100003"), Python(large));
    }

    private static (int Exit, string Said) Python(string path)
    {
        var script = Path.Combine(Repository.Root, "tests", "AmlDataTools.Core.Tests", "Audit", "verify_audit.py");
        using var process = Process.Start(new ProcessStartInfo("python3", [script, path]) { RedirectStandardOutput = true }) ?? throw new InvalidOperationException("python3 did not start.");
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, said.Trim());
    }

    /// <summary>Adds lines as the documentation says they are, an hour ahead: what was written by somebody else's hand fits too.</summary>
    private static void Lengthen(TestFolder folder, int count)
    {
        var path = Path.Combine(folder.Storage, "audit", "chain.jsonl");
        var last = JsonNode.Parse(File.ReadLines(path).Last()) as JsonObject ?? [];
        var (previous, sequence) = ((string?)last["hash"] ?? string.Empty, (long?)last["sequence"] ?? 0);
        var at = DateTimeOffset.UtcNow.AddHours(1).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
        using var file = new StreamWriter(path, append: true, new UTF8Encoding(false));
        for (var i = 0; i < count; i++)
        {
            var body = $"{{\"at\":\"{at}\",\"event\":\"started\",\"items\":1,\"operation\":\"made-{i}\",\"previous\":\"{previous}\",\"sequence\":{++sequence},\"title\":\"Archive a run with a name of some length, number {i}\",\"verb\":\"archive\",\"who\":\"Ada Example\",\"workspaces\":[\"/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w\"]}}";
            previous = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(body)));
            file.Write($"{body[..^1]},\"hash\":\"{previous}\"}}\n");
        }
    }

    private static List<string?> Events(TestFolder folder)
    {
        using var file = new StreamReader(new FileStream(Path.Combine(folder.Storage, "audit", "chain.jsonl"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var text = file.ReadToEnd();
        return [.. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => (string?)JsonNode.Parse(l)?["event"])];
    }

    private static string? Status(TestFolder folder, string id)
    {
        var path = Path.Combine(folder.Storage, "operations", id, "status.json");
        return File.Exists(path) ? (string?)JsonNode.Parse(File.ReadAllText(path))?["state"] : null;
    }

    private static async Task UntilAsync(Func<bool> holds, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!holds())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(120), $"Not yet: {what}.");
            await Task.Delay(10);
        }
    }
}
