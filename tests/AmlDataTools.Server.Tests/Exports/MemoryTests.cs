using AmlDataTools.Core.Explorer;
using AmlDataTools.Server.Tests.Datastores;
using Xunit.Abstractions;

namespace AmlDataTools.Server.Tests.Exports;

/// <summary>Memory does not grow with a blob's size.</summary>
[Collection(ExportCollection.Name)]
public sealed class LargeBlobTests(EmulatorProcess emulator, ITestOutputHelper output)
{
    internal const long MostMiB = 150;

    [Fact]
    public async Task A_large_blob_needs_little_memory()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync(("outputs/large.bin", 300L << 20));
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var export = await sidecar.ExportAsync(emulator.NodeOf(run.RunId), folder.Out);
        export.Receipt.AssertTotals(done: 1);
        var peak = sidecar.PeakMiB();
        output.WriteLine($"Peak: {peak} MiB");
        folder.AssertExactly(run);
        Assert.True(peak < MostMiB, $"It took {peak} MiB.");
    }
}

/// <summary>An emulator with a run of 100,000 files.</summary>
public sealed class LargeEmulator : EmulatorProcess
{
    private protected override string Seed => "large";

    // The collection's own emulator was started before.
    private protected override bool IsBuilt => true;
}

/// <summary>Memory does not grow with the length of a listing.</summary>
[Collection(ExportCollection.Name)]
public sealed class LongListingTests(LargeEmulator emulator, ITestOutputHelper output) : IClassFixture<LargeEmulator>
{
    [Fact]
    public async Task A_run_of_100_000_files_needs_little_memory()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var plan = await sidecar.PlanAsync(NodeTargets.Format(new RunTarget(emulator.Workspace, "many_files_run")));
        Assert.Equal(100_000, plan.Items);
        var peak = sidecar.PeakMiB();
        output.WriteLine($"Peak: {peak} MiB");
        Assert.True(peak < LargeBlobTests.MostMiB, $"It took {peak} MiB.");
    }

    [Fact]
    public async Task The_record_of_100_000_runs_needs_little_memory()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var export = await sidecar.ExportAsync(NodeTargets.Format(new WorkspaceTarget(emulator.Workspace)), folder.Out);
        var peak = sidecar.PeakMiB();
        output.WriteLine($"Peak: {peak} MiB");
        Assert.Equal(Protocol.OperationState.Succeeded, export.Operation.State);
        foreach (var list in new[] { "runs.jsonl", "jobs.jsonl" })
        {
            Assert.True(File.ReadLines(Path.Combine(folder.Out, $"{emulator.Workspace.Name}-record", list)).Count() >= 100_000, list);
        }

        // All its lists are read side by side, each some pages ahead.
        Assert.True(peak < 200, $"It took {peak} MiB.");
    }

    /// <summary>Killed inside two lists of 100,000, each goes on with the page it had come to.</summary>
    [Fact]
    public async Task Killed_inside_a_list_of_100_000_it_goes_on_inside_that_list()
    {
        using var folder = new TestFolder();
        string id;
        var mark = await emulator.MarkAsync();
        await using (var first = await ExportSidecar.StartAsync(emulator, folder))
        {
            id = (await first.PlanAsync(NodeTargets.Format(new WorkspaceTarget(emulator.Workspace)))).PlanId;
            await first.BeginAsync(id, folder.Out);
            for (var tries = 0; tries < 2000 && folder.Lines(id).Where(l => (string?)l["event"] == "Page").GroupBy(l => (long?)l["index"]).Count(pages => pages.Count() > 60) < 2; tries++)
            {
                await Task.Delay(20);
            }

            await first.KillAsync();
        }

        bool IsOf(SeenRequest request, string list) => request.Path.EndsWith(list, StringComparison.Ordinal);
        var before = await emulator.RequestsAsync(mark);
        mark = await emulator.MarkAsync();
        await using var second = await ExportSidecar.StartAsync(emulator, folder);
        await second.OperationAsync("resume", id);
        Assert.Equal(Protocol.OperationState.Succeeded, (await second.EndAsync(id)).State);
        var after = await emulator.RequestsAsync(mark);
        var receipt = await second.ReceiptAsync(id);
        foreach (var (file, list, key) in new[] { ("runs.jsonl", "runs:query", "\"runId\":\""), ("jobs.jsonl", "/jobs", "\"name\":\"") })
        {
            // One page was on its way, and one read ahead.
            var (asked, again) = (before.Count(r => IsOf(r, list)), after.Count(r => IsOf(r, list)));
            output.WriteLine($"{file}: {asked} requests before, {again} after");
            Assert.True(asked > 60 && again > 0, $"{file}: {asked} and {again}");
            var names = File.ReadLines(Path.Combine(folder.Out, $"{emulator.Workspace.Name}-record", file)).Select(line => line[(line.IndexOf(key, StringComparison.Ordinal) + key.Length)..]).Select(rest => rest[..rest.IndexOf('"', StringComparison.Ordinal)]).ToList();
            Assert.Equal(100_001, names.Count);
            Assert.Equal(100_001, names.Distinct().Count());
            var whole = list == "/jobs" ? asked + again : 202;
            Assert.InRange(asked + again, 1, whole + 4);
            Assert.Equal("list.resumed", Assert.Single(receipt.Items, i => i.Path.EndsWith(file, StringComparison.Ordinal)).Code);
        }
    }

    /// <summary>The runs' folders are listed as one: a request for each run would be a hundred thousand.</summary>
    [Fact]
    public async Task The_plan_of_a_workspace_with_100_000_runs_and_files_needs_little_memory_and_few_requests()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var mark = await emulator.MarkAsync();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var plan = await sidecar.PlanAsync(
            NodeTargets.Format(new WorkspaceTarget(emulator.Workspace)), new Protocol.ExportOptions(false, false, false, false, [], [], new Protocol.WorkspaceExport(true, true, true, true, true)));
        var (peak, asked) = (sidecar.PeakMiB(), (await emulator.RequestsAsync(mark)).Count);
        output.WriteLine($"Peak: {peak} MiB; {clock.Elapsed.TotalSeconds:F1} s; {asked} requests; {plan.Items} items; {string.Join(' ', plan.Warnings.Select(w => w.Message))}");
        Assert.True(plan.Items >= 400_000, $"{plan.Items} items");
        Assert.InRange(asked, 100, 2000);

        // 400,000 files in 300,000 folders, of each of which a hash is kept.
        Assert.True(peak < 220, $"It took {peak} MiB.");
    }

    [Fact]
    public async Task A_datastore_with_100_000_files_is_shown_by_pages()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var (node, files, pages) = (emulator.FolderNode("workspaceartifactstore", "ExperimentRun/dcid.many_files_run/"), new HashSet<string>(), 0);
        var open = new Queue<string>([node]);
        while (pages < 20 && open.TryDequeue(out var parent))
        {
            string? token = null;
            do
            {
                var page = await sidecar.PageAsync(parent, token, null);
                Assert.InRange(page.Nodes.Count, 1, 200);
                Assert.All(page.Nodes, n => Assert.True(files.Add(n.Id)));
                page.Nodes.Where(n => n.Kind == Protocol.NodeKind.Folder).ToList().ForEach(n => open.Enqueue(n.Id));
                token = page.NextPageToken;
            }
            while (++pages < 20 && token is not null);
        }

        Assert.InRange(files.Count, 1000, 4000);
    }
}
