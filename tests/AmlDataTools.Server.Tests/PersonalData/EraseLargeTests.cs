using System.Diagnostics;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Exports;
using Xunit.Abstractions;

namespace AmlDataTools.Server.Tests.PersonalData;

/// <summary>An erasure of very many findings is planned from the lists of files, and not by a request for each.</summary>
[Collection(ContentCollection.Name)]
public sealed class EraseLargeTests(LargeSearchEmulator emulator, ITestOutputHelper output) : IClassFixture<LargeSearchEmulator>
{
    private const int Files = 100_000;

    // A third of the runs by the id, and of each run one file by the words of its name.
    private static readonly PersonalDataSubject Subject = People.AdaById with { DisplayName = "Std Log" };

    [Fact]
    public async Task An_erasure_is_planned_from_all_that_was_found()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var clock = Stopwatch.StartNew();
        var search = await sidecar.EndSearchAsync((await sidecar.CallAsync(
            "personalData/search", new SearchParams(Subject, [SearchCalls.NodeOf(emulator.Workspace)], false, true, false, 1), ProtocolJsonContext.Default.SearchParams, ProtocolJsonContext.Default.SearchResult)).Search.SearchId);
        output.WriteLine($"searched: {clock.Elapsed.TotalSeconds:F1} s, {search.Found} found, peak {sidecar.PeakMiB()} MiB");

        // Each run costs a request, as reading it must: the files alone show what the rest costs.
        await sidecar.ChooseAsync(search.SearchId, true, null, [MatchGrade.DisplayName]);
        var chosen = await sidecar.ChooseAsync(search.SearchId, false, null, [MatchGrade.ExactId]);
        Assert.Equal(Files, chosen.Chosen);
        var mark = await emulator.MarkAsync();
        sidecar.AnswerPatience = TimeSpan.FromMinutes(9);
        clock.Restart();
        var plan = await EraseWorld.PlanAsync(sidecar, search.SearchId);
        var peak = sidecar.PeakMiB();
        var requests = await emulator.MarkAsync() - mark;
        output.WriteLine($"planned: {clock.Elapsed.TotalSeconds:F1} s, {plan.Items} items, {requests} requests, peak {peak} MiB");
        Assert.Equal(Files, plan.Items);
        Assert.InRange(requests, 1, Files / 10);
        Assert.True(peak < 700, $"It took {peak} MiB.");
    }
}
