using AmlDataTools.Azure;
using AmlDataTools.Azure.RunHistory;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Explorer.Branches;
using AmlDataTools.Core.Explorer.Nodes;
using AmlDataTools.Core.Problems;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace AmlDataTools.Core.Tests.Explorer;

public sealed class ExplorerPartsTests
{
    private const string Wsid = "/subscriptions/s/resourcegroups/g/workspaces/w";

    [Theory]
    [InlineData($"https://ml.azure.com/runs/run_1?wsid={Wsid}&tid=t2", "run_1", null, null, "t2")]
    [InlineData($"https://ml.azure.com/runs/run_1?wsid={Wsid}#outputsAndLogs", "run_1", null, null, null)]
    [InlineData("https://ml.azure.com/runs/run_1?wsid=%2Fsubscriptions%2Fs%2FresourceGroups%2Fg%2Fproviders%2FMicrosoft.MachineLearningServices%2Fworkspaces%2Fw", "run_1", null, null, null)]
    [InlineData($"https://ml.azure.com/experiments/id/a-b/runs/run_1?wsid={Wsid}", "run_1", null, "a-b", null)]
    [InlineData($"https://ml.azure.com/experiments/my%20exp?wsid={Wsid}", null, "my exp", null, null)]
    [InlineData($"https://ml.azure.com/experiments/id/a-b?wsid={Wsid}", null, null, "a-b", null)]
    [InlineData($"https://ml.azure.com/home?wsid={Wsid}", null, null, null, null)]
    [InlineData("https://mlworkspace.azure.ai/portal/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/experiments/e/runs/run_1", "run_1", "e", null, null)]
    [InlineData("https://portal.azure.com/#@x/resource/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/overview", null, null, null, null)]
    [InlineData("/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/jobs/run_1", "run_1", null, null, null)]
    [InlineData(" '/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w' ", null, null, null, null)]
    public void Addresses_and_ids_are_understood(string text, string? run, string? experiment, string? experimentId, string? tenant)
    {
        var place = LocateText.Parse(text, null);
        Assert.Equal(new WorkspaceRef("s", "g", "w", tenant), place.Workspace);
        Assert.Equal((run, experiment, experimentId), (place.RunId, place.ExperimentName, place.ExperimentId));
    }

    [Theory]
    [InlineData("", "locate.notUnderstood")]
    [InlineData("two words", "locate.notUnderstood")]
    [InlineData("../x", "locate.notUnderstood")]
    [InlineData("https://example.com/", "locate.notUnderstood")]
    [InlineData("https://ml.azure.com/runs/a%2Fb%2F..?wsid=/subscriptions/s", "locate.notUnderstood")]
    [InlineData("/subscriptions/s", "locate.notUnderstood")]
    [InlineData("mango_leaf", "locate.workspaceNeeded")]
    public void What_is_not_understood_is_a_clear_problem(string text, string code)
        => Assert.Equal(code, Assert.Throws<ProblemException>(() => LocateText.Parse(text, null)).Code);

    [Fact]
    public void A_bare_run_id_is_looked_for_in_the_workspace_at_hand()
    {
        Assert.Equal("mango_leaf", LocateText.Parse(" mango_leaf ", FakeAzure.Workspace).RunId);
        Assert.Equal("t", LocateText.Parse($"https://ml.azure.com/runs/r?wsid={Wsid}", FakeAzure.Workspace).Workspace.TenantId);
    }

    [Theory]
    [InlineData(null, true, false, "(ParentRunId eq null) and (Hidden eq false)")]
    [InlineData("", false, true, null)]
    [InlineData("Failed", false, true, "(Status eq Failed)")]
    [InlineData("Failed,Canceled", true, true, "(ParentRunId eq null) and ((Status eq Failed) or (Status eq Canceled))")]
    [InlineData("Failed) or (1 eq 1", true, true, "(ParentRunId eq null)")]
    public void The_service_is_asked_what_it_can_answer(string? statuses, bool roots, bool archived, string? expected)
    {
        var filter = statuses is null ? null : new RunFilter(null, statuses.Split(',', StringSplitOptions.RemoveEmptyEntries), null, null);
        Assert.Equal(expected, RunFilters.ForService(filter, roots, archived));
        Assert.Equal(expected?.Replace("Failed", "'Failed'", StringComparison.Ordinal).Replace("Canceled", "'Canceled'", StringComparison.Ordinal), RunFilters.ForService(filter, roots, archived, quoted: true));
    }

    [Theory]
    [InlineData("team=red", "(Tags/team eq red)")]
    [InlineData("team", null)]
    [InlineData("team=red or x", null)]
    [InlineData("team=null", null)]
    [InlineData("te am=red", null)]
    public void Only_plain_tags_are_asked_of_the_service(string tag, string? expected)
        => Assert.Equal(expected, RunFilters.ForService(new RunFilter(null, [], null, tag), false, true));

    [Theory]
    [InlineData("MANGO", null, null, null, true)]
    [InlineData("run-1", null, null, null, true)]
    [InlineData("plum", null, null, null, false)]
    [InlineData(null, "failed", null, null, false)]
    [InlineData(null, "completed", null, null, true)]
    [InlineData(null, null, "ada", null, true)]
    [InlineData(null, null, "ben", null, false)]
    [InlineData(null, null, null, "team", true)]
    [InlineData(null, null, null, "team=red", true)]
    [InlineData(null, null, null, "team = blue", false)]
    [InlineData("mango", "Completed", "Example", "team=red", true)]
    [InlineData(" ", null, " ", " ", true)]
    public void A_run_must_satisfy_all_that_is_given(string? name, string? status, string? by, string? tag, bool expected)
    {
        using var document = System.Text.Json.JsonDocument.Parse(FakeAzure.Run("run-1", name: "mango_leaf").ToJsonString());
        var run = RunView.From(new RunDocument(document.RootElement));
        Assert.Equal(expected, RunFilters.Matches(run, new RunFilter(name, status is null ? [] : [status], by, tag), rootsOnly: true, includeArchived: false));
    }

    [Theory]
    [InlineData("0|0|", true)]
    [InlineData("1|7|a|b", true)]
    [InlineData("9|0|", false)]
    [InlineData("0|-1|", false)]
    [InlineData("", false)]
    [InlineData("x", false)]
    public void A_page_token_is_read_or_refused(string text, bool good)
    {
        if (good)
        {
            Assert.Equal(text, PageToken.Parse(text)?.ToString());
        }
        else
        {
            Assert.Equal("explorer.badPageToken", Assert.Throws<ProblemException>(() => PageToken.Parse(text)).Code);
        }
    }

    /// <summary>Whatever the sizes of pages and whatever is kept: all that is wanted comes, once, in order, in pages not too large.</summary>
    [Fact]
    public void Pages_lose_and_repeat_nothing() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(300),
        Prop.ForAll(
            Gen.Choose(0, 300).ToArbitrary(), Gen.Choose(1, 40).ToArbitrary(), Gen.Choose(1, 40).Two().ToArbitrary(),
            (total, pageSize, shape) =>
            {
                var (servicePage, every) = shape;
                var got = new List<string>();
                var token = new PageToken(ReadMode.Filtered, 0, null);
                for (var calls = 0; token is not null && calls < 1000; calls++)
                {
                    var page = ListPager.ReadAsync(
                        PageToken.Parse(token.ToString())!, pageSize,
                        (inner, _) =>
                        {
                            var begin = int.Parse(inner ?? "0", null);
                            var end = Math.Min(total, begin + servicePage);
                            return Task.FromResult(new HistoryPage<int>([.. Enumerable.Range(begin, end - begin)], end < total ? end.ToString(System.Globalization.CultureInfo.InvariantCulture) : null));
                        },
                        item => item % every == 0 ? item.ToString(System.Globalization.CultureInfo.InvariantCulture) : null,
                        default).GetAwaiter().GetResult();
                    if (page.Items.Count > pageSize)
                    {
                        return false;
                    }

                    got.AddRange(page.Items);
                    token = page.Next;
                }

                return got.SequenceEqual(Enumerable.Range(0, total).Where(item => item % every == 0).Select(item => item.ToString(System.Globalization.CultureInfo.InvariantCulture)));
            }));

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(40, "40 s")]
    [InlineData(725, "12 min")]
    [InlineData(3600, "1 h")]
    [InlineData(11100, "3 h 5 min")]
    [InlineData(187200, "2 d 4 h")]
    [InlineData(-5, "0 s")]
    public void Durations_are_short(int seconds, string text) => Assert.Equal(text, HumanText.Duration(TimeSpan.FromSeconds(seconds)));
}
