using System.Text;
using AmlDataTools.Azure;
using AmlDataTools.Core.Changes;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Export;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.RetentionRules;
using AmlDataTools.Core.Tests.Names;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmlDataTools.Core.Tests.RetentionRules;

/// <summary>Rules as they are kept: for all windows, never lost, never written over when they cannot be understood.</summary>
public sealed class RetentionStoreTests : IDisposable
{
    private static readonly WorkspaceRef Workspace = new("00000000-0000-0000-0000-000000000001", "rg", "sample-ws", null);
    private static readonly BulkFilter Old = new(180, [], null, null, null, false);
    private readonly TemporaryFolder _folder = new();
    private readonly Planner _planner = new();
    private readonly RetentionService _rules;

    public RetentionStoreTests() => _rules = NewService();

    private string FilePath => Path.Combine(_folder.Root, "retention.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_rule_is_kept_changed_and_removed_for_all_windows()
    {
        var (saved, _) = await SaveAsync(Rule("  Old runs "));
        Assert.Equal(("Old runs", 1), (saved.Name, saved.Revision));
        var other = NewService();
        var view = Assert.Single((await other.ListAsync(CancellationToken.None)).Rules);
        Assert.Equal((saved.Id, "sample-ws", "mango"), (view.Rule.Id, view.Workspace, view.Experiment));

        var (changed, _) = await other.SaveAsync(view.Rule with { Name = "Older runs", Filter = Old with { OlderThanDays = 365, Statuses = ["Failed"], WithoutModel = true } }, CancellationToken.None);
        Assert.Equal(2, changed.Revision);
        Assert.Equal("retention.changed", await RefusalAsync(() => SaveAsync(saved with { Name = "Mine" })));
        var now = Assert.Single((await _rules.ListAsync(CancellationToken.None)).Rules).Rule;
        Assert.Equal(("Older runs", 365, true), (now.Name, now.Filter.OlderThanDays, now.Filter.WithoutModel));

        Assert.Empty((await _rules.RemoveAsync(saved.Id, CancellationToken.None)).Rules);
        Assert.Empty((await other.RemoveAsync(saved.Id, CancellationToken.None)).Rules);
        Assert.Equal("retention.notFound", await RefusalAsync(() => SaveAsync(now)));
        Assert.Equal("retention.notFound", await RefusalAsync(() => PlanAsync(saved.Id)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(36501)]
    public async Task An_age_that_makes_no_sense_is_refused(int days) =>
        Assert.Equal("retention.badRule", await RefusalAsync(() => SaveAsync(Rule("Old") with { Filter = Old with { OlderThanDays = days } })));

    [Fact]
    public async Task What_could_not_make_a_plan_is_refused()
    {
        var none = new BulkFilter(null, [], " ", null, string.Empty, false);
        foreach (var rule in new[]
        {
            Rule(string.Empty), Rule(" "), Rule("two\nlines"), Rule(new string('n', 101)), Rule("No condition") with { Filter = none }, Rule("No node") with { NodeId = "nonsense" },
            Rule("A run") with { NodeId = NodeTargets.Format(new RunTarget(Workspace, "r")) }, Rule("Pattern") with { Filter = Old with { Name = new string('*', 5000) } },
        })
        {
            Assert.Equal("retention.badRule", await RefusalAsync(() => SaveAsync(rule)));
        }

        Assert.False(File.Exists(FilePath));
    }

    [Fact]
    public async Task A_name_is_one_of_its_kind_in_a_workspace()
    {
        var (first, _) = await SaveAsync(Rule("Old runs"));
        Assert.Equal("retention.nameTaken", await RefusalAsync(() => SaveAsync(Rule("OLD RUNS") with { NodeId = NodeTargets.Format(new WorkspaceTarget(Workspace)) })));
        await SaveAsync(Rule("Old runs") with { NodeId = NodeTargets.Format(new WorkspaceTarget(Workspace with { Name = "other-ws" })) });
        await SaveAsync(first with { Filter = Old with { OlderThanDays = 90 } });
        Assert.Equal(2, (await _rules.ListAsync(CancellationToken.None)).Rules.Count);
    }

    [Theory]
    [InlineData("{\"version\":1,\"rules\":[{\"id\":\"a\"")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"version\":1,\"rules\":[null]}")]
    [InlineData("{\"version\":1,\"rules\":[{\"id\":\"a\"}]}")]
    [InlineData("{\"version\":\"one\",\"rules\":[]}")]
    [InlineData("\0\0\0")]
    public async Task A_damaged_file_is_kept_aside_and_said(string text)
    {
        await File.WriteAllTextAsync(FilePath, text);
        var list = await _rules.ListAsync(CancellationToken.None);
        Assert.Empty(list.Rules);
        var aside = Assert.Single(Directory.EnumerateFiles(_folder.Root, "retention.damaged-*.json"));
        Assert.Contains(aside, list.Notice, StringComparison.Ordinal);
        Assert.Equal(text, await File.ReadAllTextAsync(aside));
        await SaveAsync(Rule("Anew"));
        Assert.Null((await _rules.ListAsync(CancellationToken.None)).Notice);

        // Found by a save, it is said with the save.
        await File.WriteAllTextAsync(FilePath, "{");
        Assert.NotNull((await SaveAsync(Rule("Again"))).All.Notice);
        Assert.Equal(2, Directory.EnumerateFiles(_folder.Root, "retention.damaged-*.json").Count());
    }

    [Fact]
    public async Task A_file_of_a_newer_version_is_left_as_it_is()
    {
        const string Newer = "{\"version\":2,\"rules\":{}}";
        await File.WriteAllTextAsync(FilePath, Newer);
        Assert.Equal("retention.newerFile", await RefusalAsync(() => _rules.ListAsync(CancellationToken.None)));
        Assert.Equal("retention.newerFile", await RefusalAsync(() => SaveAsync(Rule("Old"))));
        Assert.Equal(Newer, await File.ReadAllTextAsync(FilePath));
    }

    /// <summary>Written by hand: a byte order mark is no damage, a rule without sense is shown with its reason and makes no plan.</summary>
    [Fact]
    public async Task A_file_written_by_hand_is_read_with_care()
    {
        var (saved, _) = await SaveAsync(Rule("Old runs"));
        var text = (await File.ReadAllTextAsync(FilePath)).Replace("180", "-5", StringComparison.Ordinal);
        await File.WriteAllTextAsync(FilePath, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        var view = Assert.Single((await _rules.ListAsync(CancellationToken.None)).Rules);
        Assert.Contains("-5 days", view.Problem, StringComparison.Ordinal);
        Assert.Equal("retention.badRule", await RefusalAsync(() => PlanAsync(saved.Id)));
        Assert.Empty(_planner.Asked);
    }

    [Fact]
    public async Task Rules_saved_at_once_are_all_kept()
    {
        var services = Enumerable.Range(0, 4).Select(_ => NewService()).ToList();
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => services[i % 4].SaveAsync(Rule($"Rule {i}"), CancellationToken.None))));
        Assert.Equal(40, (await _rules.ListAsync(CancellationToken.None)).Rules.Count);
    }

    [Theory]
    [InlineData(RetentionAction.Archive, OperationVerb.Archive, false, false)]
    [InlineData(RetentionAction.DeleteRuns, OperationVerb.Delete, false, false)]
    [InlineData(RetentionAction.DeleteRunsAndData, OperationVerb.Delete, true, false)]
    [InlineData(RetentionAction.DeleteData, OperationVerb.Delete, true, true)]
    public async Task A_rule_asks_for_a_plan_and_says_which_it_is(RetentionAction action, OperationVerb verb, bool data, bool dataOnly)
    {
        var (saved, _) = await SaveAsync(Rule("Old runs") with { Action = action, IncludeVersionsAndSnapshots = true });
        Assert.Equal("change.notPossible", await RefusalAsync(() => PlanAsync(saved.Id)));
        var asked = Assert.Single(_planner.Asked);
        Assert.Equal((verb, data, dataOnly, data), (asked.Verb, asked.Choices.IncludeData, asked.DataOnly, asked.Choices.IncludeVersionsAndSnapshots));
        Assert.Equal(new RuleMark(saved.Id, "Old runs"), asked.Rule);
        Assert.Equal([saved.NodeId], asked.NodeIds);
    }

    private static RetentionRule Rule(string name) =>
        new(string.Empty, 0, name, NodeTargets.Format(new ExperimentTarget(Workspace, "mango")), RetentionAction.DeleteRunsAndData, Old, true, false);

    private static async Task<string> RefusalAsync(Func<Task> call) => (await Assert.ThrowsAsync<ProblemException>(call)).Code;

    private Task<(RetentionRule Saved, RetentionRuleList All)> SaveAsync(RetentionRule rule) => _rules.SaveAsync(rule, CancellationToken.None);

    private Task PlanAsync(string id) => _rules.PlanAsync(id, true, 1, null, CancellationToken.None);

    private RetentionService NewService() => new(new RetentionStore(_folder.Root, TimeProvider.System, NullLogger.Instance), _planner);

    /// <summary>Notes what is asked for; plans are made elsewhere.</summary>
    private sealed class Planner : IChangePlanner
    {
        public List<ChangeRequest> Asked { get; } = [];

        public Task<OperationPlan> PlanAsync(ChangeRequest request, IProgress<PlanStep>? progress, CancellationToken cancellationToken)
        {
            Asked.Add(request);
            throw new ProblemException("change.notPossible", "Not here.");
        }
    }
}
