using System.Diagnostics;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Rpc;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.PersonalData;

/// <summary>Ticks, searches of other windows, what is refused, and that nothing of it is in the log or left behind.</summary>
[Collection(SearchCollection.Name)]
public sealed class ChoiceTests(EmulatorProcess emulator)
{
    [Fact]
    public async Task Ticks_of_groups_and_findings_outlive_the_process()
    {
        using var folder = new TestFolder();
        string id;
        PersonalDataSearch chosen;
        await using (var sidecar = await ExportSidecar.StartAsync(emulator, folder))
        {
            var search = await sidecar.SearchAsync(People.Ada, emulator.Workspace);
            id = search.SearchId;
            var runs = (await sidecar.ResultsAsync(id)).Single(group => group.Label == "Runs");
            Assert.Equal(SearchTick.Ticked, runs.Tick);
            var ofRuns = await sidecar.ResultsAsync(id, runs.Id);
            chosen = await sidecar.ChooseAsync(id, false, [ofRuns[0].Id, ofRuns[1].Id]);
            Assert.Equal(search.Chosen - 2, chosen.Chosen);
            Assert.Equal(SearchTick.Some, (await sidecar.ResultsAsync(id)).Single(group => group.Label == "Runs").Tick);

            chosen = await sidecar.ChooseAsync(id, false, [runs.Id]);
            Assert.Equal(search.Chosen - ofRuns.Count, chosen.Chosen);
            chosen = await sidecar.ChooseAsync(id, true, null, [MatchGrade.DisplayName]);
            Assert.Equal(search.Chosen - ofRuns.Count + (await sidecar.FindingsAsync(id, [MatchGrade.DisplayName])).Count, chosen.Chosen);
            chosen = await sidecar.ChooseAsync(id, true, [ofRuns[0].Id]);
        }

        await using var other = await ExportSidecar.StartAsync(emulator, folder);
        Assert.Equal(chosen, await other.FindSearchAsync(id));
        var findings = await other.FindingsAsync(id);
        Assert.Equal(chosen.Chosen, findings.Count(node => node.Tick == SearchTick.Ticked));
        Assert.Equal(chosen.Found, findings.Count);
    }

    [Fact]
    public async Task Another_window_sees_a_search_and_does_not_disturb_it()
    {
        using var folder = new TestFolder();
        await emulator.FaultAsync("runs:query", new() { ["kind"] = "delay", ["milliseconds"] = 300 }, times: 12);
        try
        {
            await using var first = await ExportSidecar.StartAsync(emulator, folder);
            await using var second = await ExportSidecar.StartAsync(emulator, folder);
            var id = await first.BeginSearchAsync(People.BenById, false, emulator.Workspace);
            Assert.Equal(SearchState.Running, (await second.FindSearchAsync(id)).State);
            foreach (var verb in new[] { "stop", "resume" })
            {
                Assert.Equal("search.elsewhere", await CodeAsync(() => second.SearchVerbAsync(verb, id)));
            }

            Assert.Equal("search.elsewhere", await CodeAsync(() => second.DiscardSearchAsync(id)));
            var end = await first.EndSearchAsync(id);
            Assert.Equal(SearchState.Done, end.State);
            var seen = await second.WaitSearchAsync(id, search => search.State == SearchState.Done);
            Assert.Equal(end, seen);
            Assert.Equal(end.Found, (await second.FindingsAsync(id)).Count);

            // Four a second and the end.
            var told = first.SearchesTold(id);
            Assert.Equal(end, told[^1].Search);
            var seconds = Stopwatch.GetElapsedTime(told[0].At, told[^1].At).TotalSeconds;
            Assert.True(told.Count <= (4 * seconds) + 3, $"{told.Count} in {seconds:F1} s");

            await second.DiscardSearchAsync(id);
            await first.WaitSearchGoneAsync(id);
        }
        finally
        {
            await emulator.ClearFaultsAsync();
        }
    }

    [Fact]
    public async Task Discarded_nothing_is_left_and_meanwhile_only_the_owner_may_read()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var search = await sidecar.SearchAsync(People.Ada, emulator.Workspace);
        await sidecar.ChooseAsync(search.SearchId, false);
        var own = Path.Combine(folder.Storage, "searches", search.SearchId);
        Assert.True(File.Exists(Path.Combine(own, "documents.jsonl")));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(own));
            foreach (var file in Directory.EnumerateFiles(own).Where(file => Path.GetFileName(file) != "lock"))
            {
                Assert.Equal((file, UnixFileMode.UserRead | UnixFileMode.UserWrite), (file, File.GetUnixFileMode(file)));
            }
        }

        await sidecar.DiscardSearchAsync(search.SearchId);
        Assert.False(Directory.Exists(own));
        Assert.Empty(await sidecar.SearchesAsync());
        Assert.Equal("search.notFound", await CodeAsync(() => sidecar.ResultsAsync(search.SearchId)));
    }

    [Fact]
    public async Task Nothing_of_the_person_is_in_the_log()
    {
        using var folder = new TestFolder();
        await using (var sidecar = await ExportSidecar.StartAsync(emulator, folder))
        {
            await emulator.FaultAsync("/schedules?", new() { ["kind"] = "status", ["status"] = 403 }, times: 10);
            var search = await sidecar.SearchAsync(People.Ada, emulator.Workspace);
            await emulator.ClearFaultsAsync();
            Assert.True(search.Found > 0);
            await sidecar.FindingsAsync(search.SearchId, null, "Ada Example");
            await CodeAsync(() => sidecar.ResultsAsync(search.SearchId, "f999999"));
            await CodeAsync(() => sidecar.SearchAsync(People.Nobody with { Email = "ada example.com" }, emulator.Workspace));
            await sidecar.ShutdownAsync();
            foreach (var secret in new[] { "ada@example.com", "Ada Example", "ada example.com", People.Ada.ObjectId ?? "-" })
            {
                Assert.DoesNotContain(secret, sidecar.Errors, StringComparison.OrdinalIgnoreCase);
            }
        }

        foreach (var file in Directory.EnumerateFiles(folder.Logs, "*", SearchOption.AllDirectories))
        {
            var text = await File.ReadAllTextAsync(file);
            Assert.Contains("search", text, StringComparison.OrdinalIgnoreCase);
            foreach (var secret in new[] { "ada@example.com", "Ada Example", "ada example.com", People.Ada.ObjectId ?? "-" })
            {
                Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase);
            }
        }
    }

    [Fact]
    public async Task The_signed_in_person_is_a_subject()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var me = await sidecar.CallAsync("personalData/me", new MeParams(null), ProtocolJsonContext.Default.MeParams, ProtocolJsonContext.Default.MeResult);
        Assert.Equal((People.Ada.ObjectId, "ada@example.com", "Ada Example"), (me.Subject?.ObjectId, me.Subject?.UserPrincipalName, me.Subject?.DisplayName));
        Assert.Equal(emulator["tenantId"], me.Subject?.TenantId);
    }

    [Fact]
    public async Task What_cannot_be_searched_is_refused_with_what_to_do()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        foreach (var (subject, code) in new[]
        {
            (People.Nobody, "subject.empty"),
            (People.Nobody with { DisplayName = " " }, "subject.empty"),
            (People.Nobody with { ObjectId = "ada" }, "subject.badObjectId"),
            (People.AdaById with { TenantId = "contoso.com" }, "subject.badTenantId"),
            (People.Nobody with { Email = "ada.example.com" }, "subject.badAddress"),
            (People.Nobody with { UserPrincipalName = "@example.com" }, "subject.badAddress"),
            (People.Nobody with { DisplayName = "A" }, "subject.shortName"),
        })
        {
            Assert.Equal(code, await CodeAsync(() => sidecar.BeginSearchAsync(subject, false, emulator.Workspace)));
        }

        Assert.Equal("search.noWorkspace", await CodeAsync(() => sidecar.BeginSearchAsync(People.AdaById, false)));
        Assert.Equal("search.notFound", await CodeAsync(() => sidecar.ResultsAsync("../../etc")));
        Assert.Equal("search.notFound", await CodeAsync(() => sidecar.SearchVerbAsync("stop", "20200101-000000-aaaaaaaa")));
        var search = await sidecar.SearchAsync(People.BenById, emulator.Workspace);
        Assert.True(search.State == SearchState.Done, search.Message);
        Assert.Equal("search.finished", await CodeAsync(() => sidecar.SearchVerbAsync("resume", search.SearchId)));
        Assert.Equal("search.notRunning", await CodeAsync(() => sidecar.SearchVerbAsync("stop", search.SearchId)));
        foreach (var node in new[] { "x", "g", "g0", "g0.99.1", "f-1", "f999999", "w" })
        {
            Assert.Equal("search.badNodeId", await CodeAsync(() => sidecar.ChooseAsync(search.SearchId, true, [node])));
        }
    }

    private static async Task<string?> CodeAsync(Func<Task> call) => (await Assert.ThrowsAsync<RemoteRpcException>(call)).ErrorData?.Code;
}
