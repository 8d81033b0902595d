using System.Diagnostics;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Exports;
using Xunit.Abstractions;

namespace AmlDataTools.Server.Tests.PersonalData;

/// <summary>An erasure of very many findings is planned in little memory, and asks once for each run, and no more for files than their lists.</summary>
[Collection(ContentCollection.Name)]
public sealed class EraseLargeTests(LargeSearchEmulator emulator, ITestOutputHelper output) : IClassFixture<LargeSearchEmulator>
{
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
        var chosen = await sidecar.ChooseAsync(search.SearchId, true);
        Assert.Equal(search.Found, chosen.Chosen);
        var mark = await emulator.MarkAsync();
        clock.Restart();
        var plan = await EraseWorld.PlanAsync(sidecar, search.SearchId);
        var peak = sidecar.PeakMiB();
        var requests = await emulator.RequestsAsync(mark);
        output.WriteLine($"planned: {clock.Elapsed.TotalSeconds:F1} s, {plan.Items} items, {requests.Count} requests, peak {peak} MiB");
        output.WriteLine(string.Join("\n", requests.GroupBy(one => one.Path.Split('/')[^1] is { Length: < 12 } last ? last : "...").OrderByDescending(group => group.Count()).Take(8).Select(group => $"{group.Key}: {group.Count()}")));
        Assert.True(peak < 600, $"It took {peak} MiB.");
    }
}
