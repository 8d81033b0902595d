using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Changes;
using AmlDataTools.Server.Tests.Exports;
using AmlDataTools.Server.Tests.Workspaces;

namespace AmlDataTools.Server.Tests.Retention;

/// <summary>What a rule's plan does is exactly what the rule says, and nothing happens before a person starts it.</summary>
[Collection(ChangeCollection.Name)]
public sealed class RuleTests(ChangeEmulator emulator) : IAsyncLifetime
{
    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => emulator.ClearFaultsAsync();

    [Fact]
    public async Task Runs_older_than_so_many_days_go_with_their_data_and_no_other_does()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var experiment = emulator.NewName("exp");
        var (old, child, young) = ($"{experiment}-old", $"{experiment}-old-child", $"{experiment}-young");
        await AddAsync(Run(old, experiment, daysAgo: 200), Run(child, experiment, daysAgo: 1, more: new() { ["parentRunId"] = old }), Run(young, experiment, daysAgo: 100), Run($"{experiment}0-old", experiment + "0", daysAgo: 300));
        var before = await World.ReadAsync(emulator);
        var plan = await sidecar.PlanNewAsync("Half a year", emulator.ExperimentNode(experiment), RetentionAction.DeleteRunsAndData, RuleCalls.Anything with { OlderThanDays = 180 }, children: true);
        Assert.Equal($"Rule \"Half a year\": delete {old}", plan.Title);
        before.AssertBecame(await World.ReadAsync(emulator), []);

        var deleted = await sidecar.CarryOutAsync(plan);
        Assert.Equal((OperationState.Succeeded, plan.Title), (deleted.Operation.State, deleted.Operation.Title));
        before.AssertBecame(await World.ReadAsync(emulator), [$"run:{old}", $"run:{child}", .. before.BlobsBelow($"ExperimentRun/dcid.{old}/"), .. before.BlobsBelow($"ExperimentRun/dcid.{child}/")]);
        Assert.Equal("Half a year", (string?)deleted.Receipt.Json["retentionRule"]?["name"]);
        Assert.Contains("| Retention rule | Half a year |", deleted.Receipt.Markdown, StringComparison.Ordinal);

        // A rule stays, and says so when it finds nothing.
        var again = await sidecar.RefusalAsync(async () => await sidecar.PlanRuleAsync((await sidecar.RulesAsync()).Rules.Single().Id));
        Assert.StartsWith("retention.nothingToDo: The rule \"Half a year\" finds nothing to do now.", again, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failed_runs_of_a_whole_workspace_are_found_in_every_experiment()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var made = await MadeWorkspace.MakeAsync(emulator);
        await AddAsync(
            made.Name,
            Run("a-failed-old", "a", 40, "Failed"), Run("a-failed-young", "a", 20, "Failed"), Run("a-done-old", "a", 40), Run("b-failed-old", "b", 31, "Failed"), Run("b-running-old", "b", 40, "Running"));
        var before = await World.ReadAsync(emulator);
        var filter = RuleCalls.Anything with { OlderThanDays = 30, Statuses = ["Failed"] };
        var archived = await sidecar.CarryOutAsync(await sidecar.PlanNewAsync("Failed, hidden", made.Node, RetentionAction.Archive, filter));
        Assert.Equal((OperationState.Succeeded, 2L), (archived.Operation.State, archived.Receipt.Done));
        before.AssertBecame(await World.ReadAsync(emulator), [], [$"{made.Name}!run:a-failed-old", $"{made.Name}!run:b-failed-old"]);

        before = await World.ReadAsync(emulator);
        var plan = await sidecar.PlanNewAsync("Failed", made.Node, RetentionAction.DeleteRuns, filter);
        Assert.Equal("Rule \"Failed\": delete 2 runs", plan.Title);
        await sidecar.CarryOutAsync(plan);
        before.AssertBecame(await World.ReadAsync(emulator), [$"{made.Name}!run:a-failed-old", $"{made.Name}!run:b-failed-old"]);
        Assert.Equal(2, (await sidecar.RulesAsync()).Rules.Count(r => r.Workspace == made.Name && r.Experiment is null));
    }

    [Fact]
    public async Task Killed_in_the_middle_of_a_rules_plan_it_goes_on_to_the_same_end()
    {
        using var folder = new TestFolder();
        var experiment = emulator.NewName("exp");
        await AddAsync([.. Enumerable.Range(0, 12).Select(i => Run($"{experiment}-{i:00}", experiment, daysAgo: i < 9 ? 200 : 10))]);
        var before = await World.ReadAsync(emulator);
        string id;
        await using (var first = await ExportSidecar.StartAsync(emulator, folder))
        {
            var plan = await first.PlanNewAsync("Old", emulator.ExperimentNode(experiment), RetentionAction.DeleteRunsAndData, RuleCalls.Anything with { OlderThanDays = 180 });
            id = plan.PlanId;
            await emulator.FaultAsync("/", new JsonObject { ["kind"] = "delay", ["milliseconds"] = 60 }, times: 10_000);
            await first.ConfirmAsync(id);
            var clock = Stopwatch.StartNew();
            while (folder.Lines(id).Count < 8 && clock.Elapsed < TimeSpan.FromSeconds(120))
            {
                await Task.Delay(2);
            }

            await first.KillAsync();
        }

        await emulator.ClearFaultsAsync();
        await using var second = await ExportSidecar.StartAsync(emulator, folder);
        if ((await second.FindAsync(id)).State == OperationState.Interrupted)
        {
            await second.OperationAsync("resume", id);
        }

        Assert.Equal(OperationState.Succeeded, (await second.EndAsync(id)).State);
        before.AssertBecame(await World.ReadAsync(emulator), [.. before.Keys($"run:{experiment}-0").Except([$"run:{experiment}-09"]), .. before.Keys($"dcid.{experiment}-0").Where(k => !k.Contains($"{experiment}-09", StringComparison.Ordinal))]);
        Assert.Equal("Old", (string?)(await second.ReceiptAsync(id)).Json["retentionRule"]?["name"]);
        Assert.Equal("Old", Assert.Single((await second.RulesAsync()).Rules).Name);
    }

    [Fact]
    public async Task What_a_rule_is_for_may_be_gone_and_that_is_said()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var filter = RuleCalls.Anything with { OlderThanDays = 1 };
        var made = await MadeWorkspace.MakeAsync(emulator);
        var unknown = await sidecar.SaveRuleAsync("No experiment", emulator.ExperimentNode("there-is-none"), RetentionAction.DeleteRuns, filter);
        var nowhere = await sidecar.SaveRuleAsync("No workspace", NodeTargets.Format(new ExperimentTarget(made.Ref with { Name = "gone-ws" }, "e")), RetentionAction.DeleteRuns, filter);
        var whole = await sidecar.SaveRuleAsync("No workspace", NodeTargets.Format(new WorkspaceTarget(made.Ref with { Name = "gone-too" })), RetentionAction.DeleteData, filter);
        foreach (var rule in new[] { unknown, nowhere, whole })
        {
            var refusal = await sidecar.RefusalAsync(() => sidecar.PlanRuleAsync(rule.Id));
            Assert.StartsWith("retention.scopeGone: What the rule \"No ", refusal, StringComparison.Ordinal);
            Assert.EndsWith("remove the rule.", refusal, StringComparison.Ordinal);
        }

        await sidecar.RemoveRuleAsync(unknown.Id);
        Assert.Equal(2, (await sidecar.RulesAsync()).Rules.Count);
    }

    [Fact]
    public async Task Bad_rules_are_refused_over_the_wire()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var node = emulator.ExperimentNode("e");
        foreach (var (name, filter) in new[] { ("Zero", RuleCalls.Anything with { OlderThanDays = 0 }), ("Negative", RuleCalls.Anything with { OlderThanDays = -30 }), ("All", RuleCalls.Anything), (" ", RuleCalls.Anything with { WithoutModel = true }) })
        {
            Assert.StartsWith("retention.badRule: ", await sidecar.RefusalAsync(() => sidecar.SaveRuleAsync(name, node, RetentionAction.DeleteData, filter)), StringComparison.Ordinal);
        }

        await sidecar.SaveRuleAsync("One", node, RetentionAction.DeleteData, RuleCalls.Anything with { WithoutModel = true });
        Assert.StartsWith("retention.nameTaken: ", await sidecar.RefusalAsync(() => sidecar.SaveRuleAsync("one", node, RetentionAction.Archive, RuleCalls.Anything with { OlderThanDays = 1 })), StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(folder.Storage, "retention.json"), "{\"version\":1,");
        Assert.Contains("damaged", (await sidecar.RulesAsync()).Notice, StringComparison.Ordinal);
    }

    /// <summary>Two processes, one killed again and again while it saves: the file is whole at any time, and what was answered is kept.</summary>
    [Fact]
    public async Task Two_processes_save_at_once_and_one_is_killed()
    {
        using var folder = new TestFolder();
        var node = emulator.ExperimentNode("e");
        var filter = RuleCalls.Anything with { OlderThanDays = 1 };
        var answered = new System.Collections.Concurrent.ConcurrentBag<string>();
        await using var steady = await ExportSidecar.StartAsync(emulator, folder);
        var victim = await ExportSidecar.StartAsync(emulator, folder);
        var killed = Task.Run(async () =>
        {
            for (var i = 0; i < 1000; i++)
            {
                answered.Add((await victim.SaveRuleAsync($"victim {i}", node, RetentionAction.DeleteRuns, filter)).Id);
            }
        });
        for (var i = 0; i < 30; i++)
        {
            answered.Add((await steady.SaveRuleAsync($"steady {i}", node, RetentionAction.DeleteRuns, filter)).Id);
            if (i == 15)
            {
                await victim.KillAsync();
            }
        }

        await Assert.ThrowsAnyAsync<Exception>(() => killed);
        await victim.DisposeAsync();
        var rules = await steady.RulesAsync();
        Assert.Null(rules.Notice);
        Assert.Empty(answered.Except(rules.Rules.Select(r => r.Id)));
        Assert.InRange(rules.Rules.Count - answered.Count, 0, 1);
        Assert.Empty(Directory.EnumerateFiles(folder.Storage, "retention.damaged-*"));
    }

    private static JsonObject Run(string id, string experiment, int daysAgo, string status = "Completed", JsonObject? more = null)
    {
        var run = new JsonObject
        {
            ["runId"] = id,
            ["experiment"] = experiment,
            ["created"] = DateTimeOffset.UtcNow.AddDays(-daysAgo).AddMinutes(-5).ToString("O", CultureInfo.InvariantCulture),
            ["status"] = status,
            ["files"] = EmulatorProcess.Files(("outputs/a.bin", 10), ("user_logs/std_log.txt", 5)),
        };
        foreach (var (key, value) in more ?? [])
        {
            run[key] = value?.DeepClone();
        }

        return run;
    }

    private Task AddAsync(params JsonObject[] runs) => AddAsync(emulator.Workspace.Name, runs);

    private Task AddAsync(string workspace, params JsonObject[] runs) =>
        emulator.ControlAsync(HttpMethod.Post, "runs", new JsonObject { ["workspace"] = workspace, ["runs"] = new JsonArray([.. runs]) });
}
