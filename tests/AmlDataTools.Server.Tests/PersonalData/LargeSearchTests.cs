using System.Diagnostics;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Exports;
using Xunit.Abstractions;

namespace AmlDataTools.Server.Tests.PersonalData;

/// <summary>An emulator with 100,000 runs.</summary>
public sealed class LargeSearchEmulator : EmulatorProcess
{
    private protected override string Seed => "large";

    // The collection's own emulator was started before.
    private protected override bool IsBuilt => true;
}

/// <summary>100,000 runs: one request a page, little memory, stopped at once, and gone on with after a kill.</summary>
[Collection(SearchCollection.Name)]
public sealed class LargeSearchTests(LargeSearchEmulator emulator, ITestOutputHelper output) : IClassFixture<LargeSearchEmulator>
{
    private const int Runs = 100_000;
    private const int Pages = Runs / 500;

    [Fact]
    public async Task It_takes_a_request_a_page_and_little_memory()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var mark = await emulator.MarkAsync();
        var clock = Stopwatch.StartNew();
        var search = await sidecar.SearchAsync(People.AdaById, emulator.Workspace);
        var took = clock.Elapsed;
        var peak = sidecar.PeakMiB();
        output.WriteLine($"{took.TotalSeconds:F1} s, {Runs / took.TotalSeconds:F0} runs a second, peak {peak} MiB");
        Assert.Equal(SearchState.Done, search.State);

        // Every third run, the first among them, and the one with many files.
        Assert.Equal((Runs / 3) + 2, search.Found);
        Assert.Equal(Pages + 1, (await PagesAsync(mark)).Count);
        Assert.True(peak < 200, $"It took {peak} MiB.");

        var group = (await sidecar.ResultsAsync(search.SearchId)).Single(node => node.Label == "Runs");
        var nodes = await sidecar.ResultsAsync(search.SearchId, group.Id, 2000);
        Assert.Equal(search.Found, nodes.Select(node => node.NodeId).Distinct().Count());
        clock.Restart();
        var chosen = await sidecar.ChooseAsync(search.SearchId, false, [group.Id]);
        Assert.Equal((0L, true), (chosen.Chosen, clock.Elapsed < TimeSpan.FromSeconds(60)));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(60)]
    [InlineData(150)]
    public async Task Killed_and_gone_on_with_nothing_is_read_twice_but_the_page_in_flight(int pages)
    {
        using var folder = new TestFolder();
        var mark = await emulator.MarkAsync();
        string id;
        await using (var first = await ExportSidecar.StartAsync(emulator, folder))
        {
            id = await first.BeginSearchAsync(People.BenById, false, emulator.Workspace);
            await first.WaitSearchAsync(id, search => search.Looked > pages * 500);
            await first.KillAsync();
        }

        // What was written is not yet counted by the checkpoint, and what was being written is cut off in the middle of a line.
        var findings = Path.Combine(folder.Storage, "searches", id, "findings.jsonl");
        await File.AppendAllTextAsync(findings, $"{File.ReadLines(findings).First()}\n");
        foreach (var list in new[] { "findings.jsonl", "documents.jsonl", "gaps.jsonl" })
        {
            await File.AppendAllTextAsync(Path.Combine(folder.Storage, "searches", id, list), "{\"kind\":\"Run\",\"no");
        }

        await using var second = await ExportSidecar.StartAsync(emulator, folder);
        var found = await second.FindSearchAsync(id);
        Assert.Equal(SearchState.Interrupted, found.State);
        Assert.Equal(found.Found, (await second.FindingsAsync(id)).Count);
        await second.SearchVerbAsync("resume", id);
        var end = await second.EndSearchAsync(id);
        Assert.Equal(SearchState.Done, end.State);
        Assert.Equal(Runs / 3, end.Found);
        var nodes = await second.FindingsAsync(id);
        Assert.Equal(end.Found, nodes.Select(node => node.NodeId).Distinct().Count());

        // The page that was being worked on, and the one that was on its way behind it.
        Assert.InRange((await PagesAsync(mark)).Count, Pages + 1, Pages + 3);
    }

    [Fact]
    public async Task Stopped_it_ends_at_once_and_goes_on_where_it_was()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var mark = await emulator.MarkAsync();
        var id = await sidecar.BeginSearchAsync(People.BenById, false, emulator.Workspace);
        await sidecar.WaitSearchAsync(id, search => search.Looked > 10_000);
        var clock = Stopwatch.StartNew();
        var stopped = await sidecar.SearchVerbAsync("stop", id);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"It took {clock.Elapsed}.");
        Assert.Equal(SearchState.Stopped, stopped.State);
        Assert.Equal(stopped.Found, (await sidecar.FindingsAsync(id)).Count);
        var read = (await PagesAsync(mark)).Count;
        await Task.Delay(500);
        Assert.Equal(read, (await PagesAsync(mark)).Count);

        await sidecar.SearchVerbAsync("resume", id);
        var end = await sidecar.EndSearchAsync(id);
        Assert.Equal((SearchState.Done, Runs / 3), (end.State, (int)end.Found));
        Assert.InRange((await PagesAsync(mark)).Count, Pages + 1, Pages + 3);
    }

    private async Task<IReadOnlyList<SeenRequest>> PagesAsync(long mark) =>
        [.. (await emulator.RequestsAsync(mark)).Where(request => request.Path.EndsWith("runs:query", StringComparison.Ordinal))];
}
