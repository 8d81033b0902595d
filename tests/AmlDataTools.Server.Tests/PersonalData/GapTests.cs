using System.Text.Json.Nodes;
using AmlDataTools.Azure;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Rpc;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.PersonalData;

/// <summary>A search that ended with gaps goes on with those alone, once there are the rights: nothing is found twice, ticks stay.</summary>
[Collection(SearchCollection.Name)]
public sealed class GapTests(EmulatorProcess emulator)
{
    private static readonly WorkspaceRef Campaign = new("00000000-0000-0000-0000-000000000002", "marketing-rg", "campaign-ws", null);

    [Fact]
    public async Task Refused_places_are_searched_again_and_only_those()
    {
        using var folder = new TestFolder();
        await RefuseAsync();
        try
        {
            await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
            var search = await sidecar.SearchAsync(People.Ada, Campaign, emulator.Workspace);
            Assert.Equal((SearchState.DoneWithGaps, true), (search.State, search.CanResume));
            Assert.Contains("Resume", search.Message, StringComparison.Ordinal);
            var before = await sidecar.FindingsAsync(search.SearchId);
            var gaps = await GapsAsync(sidecar, search.SearchId);
            await sidecar.ChooseAsync(search.SearchId, false, [before[0].Id]);
            await sidecar.ChooseAsync(search.SearchId, true, [before.First(node => node.Tick == SearchTick.Unticked).Id]);

            // Still refused: the same gaps, each once.
            var again = await ResumedAsync(sidecar, search.SearchId);
            Assert.Equal((SearchState.DoneWithGaps, search.NotSearched, search.Looked, search.Found), (again.State, again.NotSearched, again.Looked, again.Found));
            Assert.Equal(gaps.Order(StringComparer.Ordinal), (await GapsAsync(sidecar, search.SearchId)).Order(StringComparer.Ordinal));

            await emulator.ClearFaultsAsync();
            var mark = await emulator.MarkAsync();
            var end = await ResumedAsync(sidecar, search.SearchId);
            Assert.Equal((SearchState.Done, 0L, false), (end.State, end.NotSearched, end.CanResume));
            Assert.DoesNotContain(await emulator.RequestsAsync(mark), request =>
                request.Path.Contains(emulator.Workspace.Name, StringComparison.Ordinal) && !request.Path.Contains("/computes", StringComparison.Ordinal) && !request.Path.Contains("/models", StringComparison.Ordinal));
            await AssertWholeAsync(sidecar, end);
            var told = await GapsAsync(sidecar, search.SearchId);
            Assert.Equal(told.Count, told.Distinct().Count());
            Assert.DoesNotContain(told, gap => gap.Contains("omputes", StringComparison.Ordinal) || gap.Contains("odel", StringComparison.Ordinal));

            var after = (await sidecar.FindingsAsync(search.SearchId)).ToDictionary(node => node.Id, node => node.Tick);
            Assert.Equal(SearchTick.Unticked, after[before[0].Id]);
            Assert.Equal(SearchTick.Ticked, after[before.First(node => node.Tick == SearchTick.Unticked).Id]);
            Assert.Equal("search.finished", (await Assert.ThrowsAsync<RemoteRpcException>(() => sidecar.SearchVerbAsync("resume", search.SearchId))).ErrorData?.Code);
        }
        finally
        {
            await emulator.ClearFaultsAsync();
        }
    }

    [Fact]
    public async Task Killed_while_gaps_are_searched_again_it_goes_on_with_the_rest()
    {
        using var folder = new TestFolder();
        await RefuseAsync();
        try
        {
            string id;
            await using (var first = await ExportSidecar.StartAsync(emulator, folder))
            {
                id = (await first.SearchAsync(People.Ada, Campaign, emulator.Workspace)).SearchId;
                await emulator.ClearFaultsAsync();

                // The one workspace is read again, and the versions of the other's models are being waited for.
                await emulator.FaultAsync("/versions", new JsonObject { ["kind"] = "hang" }, times: 50);
                await first.SearchVerbAsync("resume", id);
                await first.WaitSearchAsync(id, search => search.State == SearchState.Running && search.Message?.Contains("models", StringComparison.Ordinal) == true);
                await Task.Delay(300);
                await first.KillAsync();
                await emulator.ClearFaultsAsync();
            }

            await using var second = await ExportSidecar.StartAsync(emulator, folder);
            var found = await second.FindSearchAsync(id);
            Assert.Equal((SearchState.Interrupted, true), (found.State, found.CanResume));
            Assert.True(found.NotSearched > 0);
            var end = await ResumedAsync(second, id);
            Assert.Equal((SearchState.Done, 0L), (end.State, end.NotSearched));
            await AssertWholeAsync(second, end);
        }
        finally
        {
            await emulator.ClearFaultsAsync();
        }
    }

    [Fact]
    public async Task A_place_that_fails_while_it_is_tried_again_is_left_and_stays_told()
    {
        using var folder = new TestFolder();
        await RefuseAsync();
        try
        {
            await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
            var id = (await sidecar.SearchAsync(People.Ada, Campaign, emulator.Workspace)).SearchId;
            await emulator.ClearFaultsAsync();
            await emulator.FaultAsync($"{emulator.Workspace.Name}/computes?", new JsonObject { ["kind"] = "status", ["status"] = 500 }, times: 1000);
            var failed = await ResumedAsync(sidecar, id);
            Assert.Equal((SearchState.Failed, 1L), (failed.State, failed.NotSearched));
            Assert.Contains(await GapsAsync(sidecar, id), gap => gap.StartsWith($"{emulator.Workspace.Name}: computes", StringComparison.OrdinalIgnoreCase));
            await emulator.ClearFaultsAsync();
            var end = await ResumedAsync(sidecar, id);
            Assert.Equal((SearchState.Done, 0L), (end.State, end.NotSearched));
            await AssertWholeAsync(sidecar, end);
        }
        finally
        {
            await emulator.ClearFaultsAsync();
        }
    }

    // A workspace as a whole, and of another one a list and the versions of its models.
    private async Task RefuseAsync()
    {
        foreach (var path in new[] { "campaign-ws", $"{emulator.Workspace.Name}/computes?", $"{emulator.Workspace.Name}/models/" })
        {
            await emulator.FaultAsync(path, new JsonObject { ["kind"] = "status", ["status"] = 403, ["code"] = "AuthorizationFailed" }, times: 10_000);
        }
    }

    private Task<PersonalDataSearch> WholeAsync(ExportSidecar sidecar) => sidecar.SearchAsync(People.Ada, Campaign, emulator.Workspace);

    private async Task AssertWholeAsync(ExportSidecar sidecar, PersonalDataSearch search)
    {
        var whole = await WholeAsync(sidecar);
        Assert.Equal((whole.Found, whole.Looked), (search.Found, search.Looked));
        var found = (await sidecar.FindingsAsync(search.SearchId)).Select(node => node.NodeId).ToList();
        Assert.Equal(found.Count, found.Distinct().Count());
        Assert.Equal((await sidecar.FindingsAsync(whole.SearchId)).Select(node => node.NodeId).Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    private static async Task<PersonalDataSearch> ResumedAsync(ExportSidecar sidecar, string id)
    {
        await sidecar.SearchVerbAsync("resume", id);
        return await sidecar.EndSearchAsync(id);
    }

    private static async Task<IReadOnlyList<string>> GapsAsync(ExportSidecar sidecar, string id)
    {
        var gaps = (await sidecar.ResultsAsync(id)).SingleOrDefault(node => node.Kind == SearchNodeKind.Gaps);
        return gaps is null ? [] : [.. (await sidecar.ResultsAsync(id, gaps.Id, 20)).Select(gap => $"{gap.Label} {gap.Description}")];
    }
}
