using System.Diagnostics;
using System.Text.Json.Nodes;
using AmlDataTools.Server.Protocol;

namespace AmlDataTools.Server.Tests.Exports;

/// <summary>A sidecar killed at any step is gone on with by another: every byte right, nothing verified fetched twice.</summary>
[Collection(ExportCollection.Name)]
public sealed class KillTests(EmulatorProcess emulator)
{
    private const long Large = 40 << 20;
    private const string LargeName = "outputs/large.bin";

    private Task<MadeRun> RunAsync() => emulator.AddRunAsync([(LargeName, Large), .. Enumerable.Range(0, 60).Select(i => ($"outputs/small/{i:00}.bin", 2000L + i))]);

    /// <summary>Kills after so many lines of the journal, or after a certain one; then another sidecar finishes.</summary>
    [Theory]
    [InlineData(1, null)]
    [InlineData(2, null)]
    [InlineData(0, "begun")]
    [InlineData(0, "range")]
    [InlineData(0, "item")]
    [InlineData(12, null)]
    [InlineData(30, null)]
    [InlineData(50, null)]
    [InlineData(64, null)]
    public async Task Killed_after_a_line_of_the_journal(int lines, string? kind)
    {
        using var folder = new TestFolder();
        var run = await RunAsync();
        string id;
        await using (var first = await ExportSidecar.StartAsync(emulator, folder))
        {
            var plan = await first.PlanAsync(emulator.NodeOf(run.RunId));
            id = plan.PlanId;

            // Slow enough to be caught in the middle: the large blob's later ranges wait.
            await emulator.FaultAsync(run.RunId + "/" + LargeName, new JsonObject { ["kind"] = "delay", ["milliseconds"] = 400 }, nth: 2, times: 4);
            await first.BeginAsync(id, folder.Out);
            await JournalAsync(folder, id, l => kind is null ? l.Count >= lines : l.Any(e => Is(e, kind)));
            await first.KillAsync();
        }

        await emulator.ClearFaultsAsync();
        await ResumeAndCheckAsync(folder, run, id, folder.Lines(id));
    }

    [Fact]
    public async Task A_torn_last_line_and_a_damaged_one_are_survived()
    {
        using var folder = new TestFolder();
        var run = await RunAsync();
        string id;
        await using (var first = await ExportSidecar.StartAsync(emulator, folder))
        {
            var plan = await first.PlanAsync(emulator.NodeOf(run.RunId));
            id = plan.PlanId;
            await emulator.FaultAsync(run.RunId + "/" + LargeName, new JsonObject { ["kind"] = "delay", ["milliseconds"] = 600 }, nth: 2, times: 4);
            await first.BeginAsync(id, folder.Out);
            await JournalAsync(folder, id, l => l.Count >= 40 && l.Any(e => Is(e, "range")));
            await first.KillAsync();
        }

        await emulator.ClearFaultsAsync();
        var journal = await File.ReadAllBytesAsync(folder.JournalOf(id));
        var text = System.Text.Encoding.UTF8.GetString(journal);
        var all = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).ToList();
        var damaged = all.FindIndex(l => l.Contains("\"item\"", StringComparison.OrdinalIgnoreCase));
        Assert.True(damaged > 0);
        all[damaged] = "#" + all[damaged][1..];
        var known = folder.Lines(id).Where((_, i) => i != damaged).ToList();
        await File.WriteAllTextAsync(folder.JournalOf(id), string.Join('\n', all) + "\n{\"event\":\"Item\",\"at\":17");

        // What the damaged line told is not known any more; its file is found to be identical.
        await ResumeAndCheckAsync(folder, run, id, known, skipped: 1);
    }

    [Fact]
    public async Task Killed_again_and_again_it_ends_and_fetches_each_range_once()
    {
        using var folder = new TestFolder();
        var run = await RunAsync();
        var since = await emulator.MarkAsync();
        var id = string.Empty;
        var lives = new List<(long Mark, IReadOnlyList<JsonObject> Known)>();
        for (var life = 0; life < 4; life++)
        {
            await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
            if (life == 0)
            {
                id = (await sidecar.PlanAsync(emulator.NodeOf(run.RunId))).PlanId;
                await emulator.FaultAsync(run.RunId, new JsonObject { ["kind"] = "delay", ["milliseconds"] = 60 }, times: 10_000, host: ".blob.");
                await sidecar.BeginAsync(id, folder.Out);
            }
            else
            {
                Assert.Equal(OperationState.Interrupted, (await sidecar.FindAsync(id)).State);
                await sidecar.OperationAsync("resume", id);
            }

            var before = folder.Lines(id).Count;
            await JournalAsync(folder, id, l => l.Count >= before + 10 || l.Count(IsEnd) == run.Files.Count);
            await sidecar.KillAsync();
            lives.Add((await emulator.MarkAsync(), folder.Lines(id)));
        }

        await emulator.ClearFaultsAsync();
        await ResumeAndCheckAsync(folder, run, id, folder.Lines(id));

        // A range that a kill cut may come again, in every life; one that the journal had at that kill may not, in any later one.
        foreach (var (mark, known) in lives)
        {
            await AssertNothingTwiceAsync(mark, known);
        }

        var fetched = (await emulator.RequestsAsync(since)).Where(r => r.IsRead && r.Path.EndsWith(LargeName, StringComparison.Ordinal)).Sum(r => r.Bytes);
        Assert.InRange(fetched, Large, (lives.Count + 1) * Large);
    }

    private static bool IsEnd(JsonObject line) => Is(line, "item");

    private static bool Is(JsonObject line, string kind) => string.Equals((string?)line["event"], kind, StringComparison.OrdinalIgnoreCase);

    private static async Task JournalAsync(TestFolder folder, string id, Func<IReadOnlyList<JsonObject>, bool> until)
    {
        var clock = Stopwatch.StartNew();
        while (!until(folder.Lines(id)))
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(120), "The journal did not come so far.");
            await Task.Delay(2);
        }
    }

    private async Task ResumeAndCheckAsync(TestFolder folder, MadeRun run, string id, IReadOnlyList<JsonObject> known, int skipped = 0)
    {
        var since = await emulator.MarkAsync();
        await using var second = await ExportSidecar.StartAsync(emulator, folder);
        var found = await second.FindAsync(id);
        Assert.Equal(OperationOwner.None, found.Owner);
        if (found.State != OperationState.Succeeded || !known.Any(l => Is(l, "ended")))
        {
            Assert.Equal(OperationState.Interrupted, found.State);
            Assert.Contains(OperationAction.Resume, found.Actions);
            await second.OperationAsync("resume", id);
        }

        var ended = await second.EndAsync(id);
        Assert.Equal((OperationState.Succeeded, null), (ended.State, ended.Message));
        folder.AssertExactly(run);
        (await second.ReceiptAsync(id)).AssertTotals(run.Files.Count - skipped, skipped);
        await AssertNothingTwiceAsync(since, known);
    }

    /// <summary>That nothing was asked for that the journal knew to be there.</summary>
    private async Task AssertNothingTwiceAsync(long since, IReadOnlyList<JsonObject> known)
    {
        var reads = (await emulator.RequestsAsync(since)).Where(r => r.IsRead).ToList();
        foreach (var name in known.Where(IsEnd).Select(l => (string?)l["result"]?["name"] ?? string.Empty))
        {
            Assert.DoesNotContain(reads, r => r.Path.EndsWith("/" + name, StringComparison.Ordinal));
        }

        foreach (var range in known.Where(l => Is(l, "range")))
        {
            var start = $"bytes={(long?)range["offset"]}-";
            Assert.DoesNotContain(reads, r => r.Path.EndsWith(LargeName, StringComparison.Ordinal) && r.Range?.StartsWith(start, StringComparison.Ordinal) == true);
        }
    }
}
