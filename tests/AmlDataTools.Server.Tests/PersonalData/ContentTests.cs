using System.Text;
using System.Text.Json.Nodes;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.PersonalData;

/// <summary>Exactly what was planted is found, with its grade: in records, names and texts of files, notebooks.</summary>
[Collection(ContentCollection.Name)]
public sealed class ContentTests(ContentEmulator emulator)
{
    private const long Max = 1L << 30;

    [Theory]
    [InlineData("maria", "id")]
    [InlineData("maria", "upn")]
    [InlineData("maria", "name")]
    [InlineData("maria", "all")]
    [InlineData("otherMaria", "all")]
    [InlineData("bob", "name")]
    [InlineData("bob", "all")]
    [InlineData("juergen", "all")]
    [InlineData("robot", "id")]
    public async Task Exactly_the_planted_places_are_found(string person, string given)
    {
        await emulator.PlantAsync();
        var whole = emulator.Subject(person);
        var subject = given switch
        {
            "id" => People.Nobody with { ObjectId = whole.ObjectId, TenantId = whole.TenantId },
            "upn" => People.Nobody with { UserPrincipalName = whole.UserPrincipalName },
            "name" => People.Nobody with { DisplayName = whole.DisplayName },
            _ => whole,
        };
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var search = await SearchAsync(sidecar, subject, exhaustive: true);
        Assert.Equal(SearchState.DoneWithGaps, search.State);
        var found = await FoundAsync(sidecar, search);
        AssertSame(emulator.Expected(subject, names: true, content: true), found);

        var gaps = await GapsAsync(sidecar, search);
        Assert.Contains(gaps, gap => gap.Contains("outputs/huge.csv", StringComparison.Ordinal) && gap.Contains("Larger than", StringComparison.Ordinal));
        Assert.Contains(gaps, gap => gap.Contains("outputs/ (1 file)", StringComparison.Ordinal) && gap.Contains("No text", StringComparison.Ordinal));
        Assert.DoesNotContain(gaps, gap => gap.Contains("index", StringComparison.OrdinalIgnoreCase));
        AssertQuiet(folder, subject);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Files_are_looked_at_only_as_asked(bool names, bool content)
    {
        await emulator.PlantAsync();
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var since = await emulator.MarkAsync();
        var search = await SearchAsync(sidecar, emulator.Subject("maria"), exhaustive: true, names, content);
        AssertSame(emulator.Expected(emulator.Subject("maria"), names, content), await FoundAsync(sidecar, search));
        var reads = (await emulator.RequestsAsync(since)).Count(request => request.IsRead);
        Assert.Equal(content, reads > 0);
        var gaps = await GapsAsync(sidecar, search);
        Assert.Equal(names && !content, gaps.Any(gap => gap.StartsWith("Text of files", StringComparison.Ordinal)));
        Assert.Equal(content && !names, gaps.Any(gap => gap.StartsWith("Names of files", StringComparison.Ordinal)));
        Assert.Equal(!names && !content, gaps.Any(gap => gap.StartsWith("Files among the notebooks", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_file_of_ten_gigabytes_is_not_read_and_a_large_binary_only_at_its_beginning()
    {
        await emulator.PlantAsync();
        await emulator.ControlAsync(HttpMethod.Post, "blobs", new JsonObject { ["account"] = emulator.Account, ["container"] = "extra", ["name"] = "big/model.bin", ["base64"] = Convert.ToBase64String(new byte[4 << 20]) });
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var since = await emulator.MarkAsync();
        await SearchAsync(sidecar, emulator.Subject("maria"), exhaustive: true);
        var requests = await emulator.RequestsAsync(since);
        Assert.DoesNotContain(requests, request => request.IsRead && request.Path.EndsWith("huge.csv", StringComparison.Ordinal));
        var read = Assert.Single(requests, request => request.IsRead && request.Path.EndsWith("big/model.bin", StringComparison.Ordinal));
        Assert.Equal("bytes=0-65535", read.Range);
        await emulator.ControlAsync(HttpMethod.Post, "blobs", new JsonObject { ["account"] = emulator.Account, ["container"] = "extra", ["name"] = "big/model.bin", ["delete"] = true });
    }

    [Fact]
    public async Task What_may_not_be_read_is_told_and_the_rest_is_found()
    {
        await emulator.PlantAsync();
        await emulator.RoleAsync("ben@example.com", "Contributor", "None");
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder, new SignIn("ben@example.com"));
        var search = await SearchAsync(sidecar, emulator.Subject("juergen"), exhaustive: true);
        Assert.Equal(SearchState.DoneWithGaps, search.State);
        AssertSame(emulator.Expected(emulator.Subject("juergen"), true, true, place => !place.Path.StartsWith("closed_data:", StringComparison.Ordinal)), await FoundAsync(sidecar, search));
        Assert.Contains(await GapsAsync(sidecar, search), gap => gap.Contains("Datastore closed_data", StringComparison.Ordinal) && gap.Contains("may not read the storage account", StringComparison.Ordinal));
        Assert.True(search.CanResume);

        // The right is given: that datastore alone is searched again, and what cannot be searched by anybody stays said, once.
        await emulator.RoleAsync("ben@example.com", "Contributor", "Contributor");
        var since = await emulator.MarkAsync();
        await sidecar.SearchVerbAsync("resume", search.SearchId);
        var end = await sidecar.EndSearchAsync(search.SearchId);
        Assert.Equal((SearchState.DoneWithGaps, false, search.NotSearched - 1), (end.State, end.CanResume, end.NotSearched));
        AssertSame(emulator.Expected(emulator.Subject("juergen"), true, true), await FoundAsync(sidecar, end));
        Assert.Equal(end.Found, (await FoundAsync(sidecar, end)).Count);
        var gaps = await GapsAsync(sidecar, end);
        Assert.DoesNotContain(gaps, gap => gap.Contains("closed_data", StringComparison.Ordinal));
        Assert.Equal(gaps.Count, gaps.Distinct().Count());
        Assert.Contains(gaps, gap => gap.Contains("outputs/huge.csv", StringComparison.Ordinal));
        Assert.DoesNotContain(await emulator.RequestsAsync(since), request => request.IsRead && request.Path.Contains("/azureml", StringComparison.Ordinal));
        Assert.Equal((await SearchAsync(sidecar, emulator.Subject("juergen"), exhaustive: true)).Looked, end.Looked);
    }

    [Fact]
    public async Task Throttling_and_cuts_over_the_whole_scan_lose_nothing()
    {
        await emulator.PlantAsync();
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var throttled = new JsonObject { ["kind"] = "status", ["status"] = 503, ["code"] = "ServerBusy", ["headers"] = new JsonObject { ["Retry-After"] = "1" } };
        foreach (var nth in new[] { 2, 9, 15, 21 })
        {
            await emulator.FaultAsync("ExperimentRun", (JsonObject)throttled.DeepClone(), nth: nth, host: ".blob.");
        }

        await emulator.FaultAsync("long.txt", new JsonObject { ["kind"] = "reset", ["bytes"] = 30_000 }, nth: 2);
        await emulator.FaultAsync("/entities", new JsonObject { ["kind"] = "status", ["status"] = 429, ["code"] = "TooManyRequests", ["headers"] = new JsonObject { ["Retry-After"] = "1" } });
        await emulator.FaultAsync("Users", (JsonObject)throttled.DeepClone(), nth: 3, host: ".file.");
        var search = await SearchAsync(sidecar, emulator.Subject("maria"), exhaustive: true);
        await emulator.ClearFaultsAsync();
        AssertSame(emulator.Expected(emulator.Subject("maria"), true, true), await FoundAsync(sidecar, search));
    }

    [Fact]
    public async Task A_killed_search_goes_on_and_finds_what_it_would_have()
    {
        await emulator.PlantAsync();
        using var folder = new TestFolder();
        string id;
        await using (var first = await ExportSidecar.StartAsync(emulator, folder))
        {
            // It comes to the files and hangs there.
            await emulator.FaultAsync("list.txt", new JsonObject { ["kind"] = "hang" }, times: 50);
            id = await BeginAsync(first, emulator.Subject("maria"), true, true, true);
            await first.WaitSearchAsync(id, search => search.Found > 20 && search.Message?.Contains("files of runs", StringComparison.Ordinal) == true);
            await Task.Delay(300);
            await first.KillAsync();
        }

        await emulator.ClearFaultsAsync();
        await using var second = await ExportSidecar.StartAsync(emulator, folder);
        Assert.Equal(SearchState.Interrupted, (await second.FindSearchAsync(id)).State);
        var since = await emulator.MarkAsync();
        await second.SearchVerbAsync("resume", id);
        var search = await second.EndSearchAsync(id);
        AssertSame(emulator.Expected(emulator.Subject("maria"), true, true), await FoundAsync(second, search));
        Assert.DoesNotContain(await emulator.RequestsAsync(since), request => request.Path.EndsWith("runs:query", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_the_index_answers_runs_are_not_read_and_what_it_does_not_know_is_said()
    {
        await emulator.PlantAsync();
        await emulator.ControlAsync(HttpMethod.Post, "settings", new JsonObject { ["indexService"] = true });
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var subject = People.Nobody with { ObjectId = emulator.Subject("maria").ObjectId };
        var since = await emulator.MarkAsync();
        var quick = await SearchAsync(sidecar, subject, exhaustive: false, false, false);
        Assert.DoesNotContain(await emulator.RequestsAsync(since), request => request.Path.EndsWith("runs:query", StringComparison.Ordinal));
        var runs = emulator.Places.Where(place => place.Kind == "run" && place.Value == subject.ObjectId).ToLookup(place => place.Node);
        string[] byHer = ["calm_river_01", "archived_bay_06", "old_shore_07", "marias_flow_08", "a0000000-0000-4000-8000-00000000f001"];
        AssertSame(emulator.Expected(subject, false, false, place => place.Kind != "run" || byHer.Contains(place.Path)), await FoundAsync(sidecar, quick));
        Assert.True(runs.Count > byHer.Length, "Nothing is planted that the index does not know.");
        Assert.Contains(await GapsAsync(sidecar, quick), gap => gap.Contains("search everything", StringComparison.Ordinal));
        var run = (await sidecar.FindingsAsync(quick.SearchId)).First(node => NodeTargets.Parse(node.NodeId ?? string.Empty) is RunTarget);
        Assert.Equal("createdBy.userObjectId", (await sidecar.ResultsAsync(quick.SearchId, run.Id))[0].Label);

        AssertSame(emulator.Expected(subject, false, false), await FoundAsync(sidecar, await SearchAsync(sidecar, subject, exhaustive: true, false, false)));

        // A subject that the index cannot be asked for.
        var byName = People.Nobody with { UserPrincipalName = emulator.Subject("bob").UserPrincipalName };
        AssertSame(emulator.Expected(byName, false, false), await FoundAsync(sidecar, await SearchAsync(sidecar, byName, exhaustive: false, false, false)));
        await emulator.ControlAsync(HttpMethod.Post, "settings", new JsonObject { ["indexService"] = false });
    }

    [Fact]
    public async Task Where_the_index_is_absent_everything_is_read_and_that_is_said()
    {
        await emulator.PlantAsync();
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var search = await SearchAsync(sidecar, emulator.Subject("maria"), exhaustive: false, false, false);
        AssertSame(emulator.Expected(emulator.Subject("maria"), false, false), await FoundAsync(sidecar, search));
        Assert.Contains(await GapsAsync(sidecar, search), gap => gap.Contains("all runs are read instead", StringComparison.Ordinal));
    }

    private static void AssertSame(IReadOnlyDictionary<string, MatchGrade> expected, IReadOnlyDictionary<string, MatchGrade> found)
    {
        string Lines(IEnumerable<string> nodes, IReadOnlyDictionary<string, MatchGrade> from) => string.Join("\n", nodes.Select(node => $"{from[node]} {NodeTargets.Parse(node)}"));
        var missing = expected.Keys.Except(found.Keys).ToList();
        var surplus = found.Keys.Except(expected.Keys).ToList();
        var graded = expected.Where(one => found.TryGetValue(one.Key, out var grade) && grade != one.Value).Select(one => one.Key).ToList();
        Assert.True(missing.Count + surplus.Count + graded.Count == 0, $"Not found:\n{Lines(missing, expected)}\nToo much:\n{Lines(surplus, found)}\nGraded otherwise:\n{Lines(graded, found)}");
        Assert.NotEmpty(expected);
    }

    private static void AssertQuiet(TestFolder folder, PersonalDataSubject subject)
    {
        foreach (var file in Directory.EnumerateFiles(folder.Logs, "*", SearchOption.AllDirectories))
        {
            var log = File.ReadAllText(file, Encoding.UTF8);
            string?[] values = [subject.ObjectId, subject.UserPrincipalName, subject.DisplayName, subject.DisplayName is { } name ? System.Uri.EscapeDataString(name) : null, subject.UserPrincipalName?.Split('@')[0]];
            foreach (var value in values.OfType<string>())
            {
                Assert.DoesNotContain(value, log, StringComparison.OrdinalIgnoreCase);
            }
        }
    }

    private async Task<string> BeginAsync(ExportSidecar sidecar, PersonalDataSubject subject, bool exhaustive, bool names, bool content) => (await sidecar.CallAsync(
        "personalData/search", new SearchParams(subject, [SearchCalls.NodeOf(emulator.People)], exhaustive, names, content, Max), ProtocolJsonContext.Default.SearchParams, ProtocolJsonContext.Default.SearchResult)).Search.SearchId;

    private async Task<PersonalDataSearch> SearchAsync(ExportSidecar sidecar, PersonalDataSubject subject, bool exhaustive, bool names = true, bool content = true) =>
        await sidecar.EndSearchAsync(await BeginAsync(sidecar, subject, exhaustive, names, content));

    private static async Task<IReadOnlyDictionary<string, MatchGrade>> FoundAsync(ExportSidecar sidecar, PersonalDataSearch search) =>
        (await sidecar.FindingsAsync(search.SearchId)).ToDictionary(node => node.NodeId ?? string.Empty, node => node.Grade ?? throw new InvalidOperationException("A finding without a grade."));

    private static async Task<IReadOnlyList<string>> GapsAsync(ExportSidecar sidecar, PersonalDataSearch search)
    {
        var told = new List<string>();
        foreach (var group in (await sidecar.ResultsAsync(search.SearchId)).Where(node => node.Kind == SearchNodeKind.Gaps))
        {
            told.AddRange((await sidecar.ResultsAsync(search.SearchId, group.Id)).Select(gap => $"{gap.Label} {gap.Description} {gap.Tooltip}"));
        }

        return told;
    }
}
