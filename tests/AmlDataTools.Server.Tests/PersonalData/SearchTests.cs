using System.Text.Json.Nodes;
using AmlDataTools.Azure;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Resources;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.PersonalData;

/// <summary>What is found of a person, compared with what lists hold that are read by other code; and what is said of the rest.</summary>
[Collection(SearchCollection.Name)]
public sealed class SearchTests(EmulatorProcess emulator)
{
    [Fact]
    public async Task Exactly_the_documents_with_an_object_id_are_found()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var search = await sidecar.SearchAsync(People.BenById, emulator.Workspace);
        Assert.Equal(SearchState.Done, search.State);
        var found = (await sidecar.FindingsAsync(search.SearchId)).Select(node => NodeTargets.Parse(node.NodeId ?? string.Empty).ToString() ?? string.Empty).Order(StringComparer.Ordinal);

        var expected = new List<string>();
        foreach (var experiment in await emulator.AllAsync("experiments:query", isHistory: true))
        {
            var runs = await emulator.AllAsync($"experiments/{experiment["name"]}/runs:query", isHistory: true);
            expected.AddRange(runs.Where(Holds).Select(run => new RunTarget(emulator.Workspace, (string?)run["runId"] ?? string.Empty).ToString()));
        }

        foreach (var (collection, kind) in new[] { ("models", ResourceKind.Model), ("data", ResourceKind.DataAsset), ("environments", ResourceKind.Environment), ("computes", ResourceKind.Compute), ("schedules", ResourceKind.Schedule) })
        {
            var all = await emulator.AllAsync($"{collection}?listViewType=All", isHistory: false);
            expected.AddRange(all.Where(Holds).Select(item => Asset(kind, item)));
        }

        var datasets = await emulator.ServiceAsync(HttpMethod.Get, $"{emulator["dataPlane"].TrimEnd('/')}/dataset/v1.2{emulator.Workspace.ResourceId}/datasets?pageSize=100", null);
        expected.AddRange((datasets["value"] as JsonArray ?? []).OfType<JsonObject>().Where(Holds).Select(item => Asset(ResourceKind.Dataset, item)));

        Assert.True(expected.Count > 20, "The sample is too small to tell.");
        Assert.Equal(expected.Order(StringComparer.Ordinal), found);
        Assert.Equal(expected.Count, search.Found);
        Assert.Equal(search.Found, search.Chosen);

        string Asset(ResourceKind kind, JsonObject item) => new ResourceTarget(new ResourceAddress(emulator.Workspace, kind, (string?)item["name"] ?? string.Empty, null), null).ToString();

        static bool Holds(JsonObject document) => document.ToJsonString().Contains(People.BenById.ObjectId ?? "-", StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Names_are_graded_with_the_field_and_only_sure_ones_are_ticked()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var search = await sidecar.SearchAsync(People.Ada, emulator.Workspace);
        var findings = await sidecar.FindingsAsync(search.SearchId);
        Assert.Equal(search.Found, findings.Count);
        Assert.Contains(findings, node => node.Grade == MatchGrade.ExactId);
        Assert.Contains(findings, node => node.Grade == MatchGrade.DisplayName);
        Assert.All(findings, node => Assert.Equal(node.Grade == MatchGrade.DisplayName ? SearchTick.Unticked : SearchTick.Ticked, node.Tick));
        Assert.Equal(findings.Count(node => node.Tick == SearchTick.Ticked), search.Chosen);

        var run = findings.First(node => NodeTargets.Parse(node.NodeId ?? string.Empty) is RunTarget);
        var evidence = await sidecar.ResultsAsync(search.SearchId, run.Id);
        Assert.Equal("createdBy.userObjectId", evidence[0].Label);
        Assert.Equal(MatchGrade.ExactId, evidence[0].Grade);
        Assert.Contains(evidence, one => one.Label == "createdBy.userName" && one.Grade == MatchGrade.DisplayName);

        var sure = await sidecar.FindingsAsync(search.SearchId, [MatchGrade.ExactId]);
        Assert.Equal(findings.Where(node => node.Grade == MatchGrade.ExactId).Select(node => node.Id), sure.Select(node => node.Id));
        var named = await sidecar.FindingsAsync(search.SearchId, null, "MANGO");
        Assert.Equal(findings.Where(node => node.Label.Contains("mango", StringComparison.OrdinalIgnoreCase)).Select(node => node.Id), named.Select(node => node.Id));
        Assert.NotEmpty(named);
    }

    [Fact]
    public async Task Two_people_with_a_name_are_both_shown_and_none_is_ticked()
    {
        using var folder = new TestFolder();
        var tag = $"namesake-{Guid.NewGuid():N}";
        var run = await emulator.AddRunAsync(new JsonObject { ["user"] = "ben@example.com", ["tags"] = new JsonObject { [tag] = "with Ada Example, by ada@example.com." } });
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var search = await sidecar.SearchAsync(People.Nobody with { DisplayName = "ADA  example" }, emulator.Workspace);
        var findings = await sidecar.FindingsAsync(search.SearchId);
        Assert.NotEmpty(findings);
        Assert.All(findings, node => Assert.Equal((MatchGrade.DisplayName, SearchTick.Unticked), (node.Grade, node.Tick)));
        Assert.Equal(0, search.Chosen);

        var mention = Assert.Single(findings, node => node.NodeId == emulator.NodeOf(run.RunId));
        Assert.Equal($"tags.{tag}", Assert.Single(await sidecar.ResultsAsync(search.SearchId, mention.Id)).Label);
        var ownRun = findings.First(node => NodeTargets.Parse(node.NodeId ?? string.Empty) is RunTarget && node.Id != mention.Id);
        Assert.Contains(await sidecar.ResultsAsync(search.SearchId, ownRun.Id), one => one.Description?.Contains(People.Ada.ObjectId ?? "-", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task Nothing_found_says_what_was_searched()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var search = await sidecar.SearchAsync(People.Nobody with { Email = "nobody.at.all@example.org" }, emulator.Workspace);
        Assert.Equal((SearchState.Done, 0L, 0L), (search.State, search.Found, search.NotSearched));
        Assert.True(search.Looked > 100);
        Assert.Contains("Nothing was found", search.Message, StringComparison.Ordinal);
        Assert.Contains("runs", search.Message, StringComparison.Ordinal);
        Assert.Contains(emulator.Workspace.Name, search.Message, StringComparison.Ordinal);
        var gaps = Assert.Single(await sidecar.ResultsAsync(search.SearchId));
        Assert.Equal(SearchNodeKind.Gaps, gaps.Kind);
        Assert.Contains(await sidecar.ResultsAsync(search.SearchId, gaps.Id, 1), gap => gap.Description?.Contains("not asked for", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task A_name_that_is_a_pattern_is_literal()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync(new JsonObject { ["tags"] = new JsonObject { ["owner"] = "(the) .* [of] a.*+?" } });
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var search = await sidecar.SearchAsync(People.Nobody with { DisplayName = ".* [of] a.*+?" }, emulator.Workspace);
        Assert.Equal(emulator.NodeOf(run.RunId), Assert.Single(await sidecar.FindingsAsync(search.SearchId)).NodeId);
    }

    [Fact]
    public async Task An_unreadable_workspace_among_several_is_a_gap()
    {
        using var folder = new TestFolder();
        await emulator.FaultAsync("campaign-ws", new JsonObject { ["kind"] = "status", ["status"] = 403, ["code"] = "AuthorizationFailed" }, times: 1000);
        try
        {
            await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
            var search = await sidecar.SearchAsync(People.AdaById, Campaign, emulator.Workspace);
            Assert.Equal(SearchState.DoneWithGaps, search.State);
            Assert.True(search.Found > 20);
            var roots = await sidecar.ResultsAsync(search.SearchId);
            Assert.Equal(emulator.Workspace.Name, Assert.Single(roots, node => node.Kind == SearchNodeKind.Group).Label);
            var gaps = await sidecar.ResultsAsync(search.SearchId, roots[^1].Id);
            var real = gaps.Where(gap => gap.Icon == "warning").ToList();
            Assert.All(real, gap => Assert.StartsWith("campaign-ws", gap.Label, StringComparison.Ordinal));
            Assert.Equal(search.NotSearched, real.Count);
            Assert.Contains(real, gap => gap.Label.Contains("xperiments and runs", StringComparison.Ordinal));
        }
        finally
        {
            await emulator.ClearFaultsAsync();
        }
    }

    [Fact]
    public async Task An_unreadable_list_is_a_gap_and_the_next_is_read()
    {
        using var folder = new TestFolder();
        await emulator.FaultAsync("/computes?", new JsonObject { ["kind"] = "status", ["status"] = 403, ["code"] = "AuthorizationFailed" }, times: 1000);
        try
        {
            await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
            var search = await sidecar.SearchAsync(People.Ada, emulator.Workspace);
            Assert.Equal((SearchState.DoneWithGaps, 1L), (search.State, search.NotSearched));
            var groups = await sidecar.ResultsAsync(search.SearchId);
            Assert.Contains(groups, group => group.Label == "Online endpoints");
            Assert.DoesNotContain(groups, group => group.Label == "Computes");
            Assert.Contains(await sidecar.ResultsAsync(search.SearchId, groups[^1].Id), gap => gap.Label == "computes");
        }
        finally
        {
            await emulator.ClearFaultsAsync();
        }
    }

    [Fact]
    public async Task A_service_that_fails_is_left_and_tried_again_when_resumed()
    {
        using var folder = new TestFolder();
        await emulator.FaultAsync("runs:query", new JsonObject { ["kind"] = "status", ["status"] = 500 }, nth: 2, times: 5);
        try
        {
            await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
            var search = await sidecar.SearchAsync(People.BenById, emulator.Workspace);
            Assert.Equal((SearchState.Failed, 1L), (search.State, search.NotSearched));
            Assert.Contains("Resume", search.Message, StringComparison.Ordinal);
            var found = search.Found;
            await emulator.ClearFaultsAsync();
            await sidecar.SearchVerbAsync("resume", search.SearchId);
            search = await sidecar.EndSearchAsync(search.SearchId);
            Assert.Equal((SearchState.Done, 0L), (search.State, search.NotSearched));
            Assert.True(search.Found > found);
            var whole = await sidecar.SearchAsync(People.BenById, emulator.Workspace);
            Assert.Equal((whole.Found, whole.Looked), (search.Found, search.Looked));
        }
        finally
        {
            await emulator.ClearFaultsAsync();
        }
    }

    [Fact]
    public async Task Throttling_over_the_whole_scan_is_waited_for()
    {
        using var folder = new TestFolder();

        // A rule does not count the requests that others took, and they are tried in no order: closer together, or more at once, and
        // one request would be refused as often as it is sent.
        for (var nth = 1; nth < 100; nth += 5)
        {
            await emulator.FaultAsync(emulator.Workspace.Name, new JsonObject { ["kind"] = "status", ["status"] = 429, ["headers"] = new JsonObject { ["retry-after-ms"] = "20" } }, nth: nth);
        }

        try
        {
            await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
            var search = await sidecar.SearchAsync(People.BenById, emulator.Workspace);
            Assert.True((search.State, search.NotSearched) == (SearchState.Done, 0), search.Message);
            await emulator.ClearFaultsAsync();
            var calm = await sidecar.SearchAsync(People.BenById, emulator.Workspace);
            Assert.Equal((calm.Found, calm.Looked), (search.Found, search.Looked));
        }
        finally
        {
            await emulator.ClearFaultsAsync();
        }
    }

    [Fact]
    public async Task Everything_reads_the_jobs_too()
    {
        using var folder = new TestFolder();
        var mail = $"someone{Guid.NewGuid():N}@example.org";
        var run = await emulator.AddRunAsync(new JsonObject { ["inputs"] = new JsonObject { ["people"] = new JsonObject { ["uri"] = $"https://data.example.org/{mail}/rows.csv" } } });
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var subject = People.Nobody with { Email = mail };
        var search = await sidecar.EndSearchAsync(await sidecar.BeginSearchAsync(subject, true, emulator.Workspace));
        Assert.Equal(emulator.NodeOf(run.RunId), Assert.Single(await sidecar.FindingsAsync(search.SearchId)).NodeId);
    }

    private WorkspaceRef Campaign => new("00000000-0000-0000-0000-000000000002", "marketing-rg", "campaign-ws", null);
}
