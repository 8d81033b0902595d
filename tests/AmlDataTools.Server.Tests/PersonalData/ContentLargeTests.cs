using System.Diagnostics;
using System.Text.Json.Nodes;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Exports;
using Xunit.Abstractions;

namespace AmlDataTools.Server.Tests.PersonalData;

/// <summary>400,000 files: a request a page of the listing, little memory, and gone on with after a kill.</summary>
[Collection(ContentCollection.Name)]
public sealed class ContentLargeTests(LargeSearchEmulator emulator, ITestOutputHelper output) : IClassFixture<LargeSearchEmulator>
{
    private const int Files = 400_000;
    private const int Named = 100_000;
    private const int Pages = Files / 5000;

    // Enough to see that memory stays flat; all of them take too long for a test.
    private const int Read = 20_000;

    // As programs write the two words of a name: every run has a file called std_log.txt.
    private static readonly PersonalDataSubject StdLog = People.Nobody with { DisplayName = "Std Log" };

    [Fact]
    public async Task Names_take_a_request_a_page_and_little_memory()
    {
        await emulator.ControlAsync(HttpMethod.Post, "settings", new JsonObject { ["indexService"] = true });
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var mark = await emulator.MarkAsync();
        var clock = Stopwatch.StartNew();
        var search = await sidecar.EndSearchAsync(await BeginAsync(sidecar));
        var peak = sidecar.PeakMiB();
        output.WriteLine($"{clock.Elapsed.TotalSeconds:F1} s, {search.Looked} looked at, peak {peak} MiB");
        Assert.Equal(Named, search.Found);
        Assert.True(search.Looked >= Files, $"{search.Looked} looked at");
        var requests = (await emulator.RequestsAsync(mark)).Where(request => request.Query.Contains("comp=list", StringComparison.Ordinal) && request.Path.EndsWith("/azureml", StringComparison.Ordinal)).ToList();
        Assert.InRange(requests.Count, Pages, Pages + 1);
        Assert.DoesNotContain(await emulator.RequestsAsync(mark), request => request.IsRead);
        Assert.True(peak < 200, $"It took {peak} MiB.");
    }

    [Fact]
    public async Task Killed_in_the_middle_it_goes_on_where_it_was()
    {
        await emulator.ControlAsync(HttpMethod.Post, "settings", new JsonObject { ["indexService"] = true });
        using var folder = new TestFolder();
        var mark = await emulator.MarkAsync();
        string id;
        await using (var first = await ExportSidecar.StartAsync(emulator, folder))
        {
            id = await BeginAsync(first);
            await first.WaitSearchAsync(id, search => search.Looked > Files / 2);
            await first.KillAsync();
        }

        await using var second = await ExportSidecar.StartAsync(emulator, folder);
        await second.SearchVerbAsync("resume", id);
        var search = await second.EndSearchAsync(id);
        Assert.Equal(Named, search.Found);
        var pages = (await emulator.RequestsAsync(mark)).Count(request => request.Query.Contains("comp=list", StringComparison.Ordinal) && request.Path.EndsWith("/azureml", StringComparison.Ordinal));
        Assert.InRange(pages, Pages, Pages + 4);
    }

    [Fact]
    public async Task Text_takes_a_request_a_file_and_little_memory()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var id = (await sidecar.CallAsync(
            "personalData/search", new SearchParams(StdLog, [SearchCalls.NodeOf(emulator.Workspace)], false, false, true, 1 << 20), ProtocolJsonContext.Default.SearchParams, ProtocolJsonContext.Default.SearchResult)).Search.SearchId;
        var begun = await sidecar.WaitSearchAsync(id, search => search.Message?.Contains("files of runs", StringComparison.Ordinal) == true);
        var (clock, mark, before) = (Stopwatch.StartNew(), await emulator.MarkAsync(), begun.Looked);
        await sidecar.WaitSearchAsync(id, search => search.Looked - before >= Read || search.State != SearchState.Running);
        var took = clock.Elapsed;
        var search = await sidecar.SearchVerbAsync("stop", id);
        var peak = sidecar.PeakMiB();
        var (requests, looked) = (await emulator.MarkAsync() - mark, search.Looked - before);
        output.WriteLine($"{took.TotalSeconds:F1} s, {looked} files, {requests} requests, peak {peak} MiB");
        Assert.InRange(requests, looked, looked + 1500);
        Assert.True(peak < 200, $"It took {peak} MiB.");
    }

    private async Task<string> BeginAsync(ExportSidecar sidecar) => (await sidecar.CallAsync(
        "personalData/search", new SearchParams(StdLog, [SearchCalls.NodeOf(emulator.Workspace)], false, true, false, 1), ProtocolJsonContext.Default.SearchParams, ProtocolJsonContext.Default.SearchResult)).Search.SearchId;
}
