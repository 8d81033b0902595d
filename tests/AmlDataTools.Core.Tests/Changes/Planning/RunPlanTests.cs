using System.Text.Json.Nodes;
using AmlDataTools.Core.Changes;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using Xunit;

namespace AmlDataTools.Core.Tests.Changes.Planning;

/// <summary>Plans of runs and experiments: what is in them, and above all what is not.</summary>
[Collection(PlanCollection.Name)]
public sealed class RunPlanTests(PlanEmulator emulator)
{
    private static readonly ChangeChoices WithData = ChangeChoices.Default with { IncludeData = true };
    private static readonly ChangeChoices Everything = WithData with { IncludeChildren = true };

    private static JsonArray Files(params string[] paths) => [.. paths.Select(p => (JsonNode)new JsonObject { ["path"] = p, ["size"] = 10 })];

    [Fact]
    public async Task A_run_is_deleted_without_data_unless_asked()
    {
        var id = await emulator.AddRunAsync(new JsonObject { ["files"] = Files("outputs/a.txt") });
        var planned = await emulator.PlanAsync(OperationVerb.Delete, null, null, emulator.Run(id));
        var item = Assert.Single(planned.Items);
        Assert.Equal((ChangeAction.Delete, true, true), (item.Action, item.Ticked, item.CanTick));
        Assert.Equal(id, item.Record?.Name);
        Assert.Equal("Completed", item.Seen?.State);
        Assert.Equal(1, planned.Plan.Items);
        Assert.Equal(0, planned.Plan.Bytes);
    }

    [Fact]
    public async Task Only_blobs_in_the_runs_folders_are_taken_never_those_of_a_longer_name()
    {
        var id = "prefix" + Guid.NewGuid().ToString("N")[..6];
        await emulator.AddRunAsync(new JsonObject { ["runId"] = id, ["files"] = Files("outputs/a.txt", "user_logs/b.txt") });
        await emulator.AddRunAsync(new JsonObject { ["runId"] = id + "0", ["files"] = Files("outputs/other.txt") });
        await emulator.AddRunAsync(new JsonObject { ["runId"] = id + "-x", ["files"] = Files("outputs/other.txt") });
        await emulator.AddRunAsync(new JsonObject { ["runId"] = id.ToUpperInvariant(), ["files"] = Files("outputs/other.txt") });
        foreach (var name in new[] { $"ArtifactZip/ExperimentRun/dcid.{id}.zip", $"ArtifactZip/ExperimentRun/dcid.{id}.zip2", $"ArtifactZip/ExperimentRun/dcid.{id}0.zip", $"ComputeRecord/dcid.{id}", $"ComputeRecord/dcid.{id}0", $"ComputeRecord/dcid.{id}/x" })
        {
            await emulator.ControlAsync(HttpMethod.Post, "blobs", new JsonObject { ["name"] = name, ["size"] = 5 });
        }

        var planned = await emulator.PlanAsync(OperationVerb.Delete, WithData, null, emulator.Run(id));
        Assert.Equal(
            new[] { $"ArtifactZip/ExperimentRun/dcid.{id}.zip", $"ComputeRecord/dcid.{id}", $"ComputeRecord/dcid.{id}/x", $"ExperimentRun/dcid.{id}/outputs/a.txt", $"ExperimentRun/dcid.{id}/user_logs/b.txt" }.Order(StringComparer.Ordinal),
            planned.Ticked);
        Assert.Equal(planned.Ticked, planned.All);
        Assert.Equal(35, planned.Plan.Bytes);
        var record = planned.Record(ResourceKind.Run, id);
        Assert.All(planned.Data, data => Assert.Equal([record.Index], data.After));
        Assert.All(planned.Data, data => Assert.True(data.Stage > record.Stage));
        Assert.All(planned.Data.SelectMany(d => planned.Store.Blobs(planned.Plan.Id, d.Manifest ?? new ManifestPart(0, 0))), blob => Assert.NotNull(blob.E));
        var metrics = Assert.Single(planned.Items, i => i.Action == ChangeAction.DeleteMetrics);
        Assert.True(metrics.Stage < record.Stage);
        Assert.Equal(record.Index, metrics.Parent);
    }

    [Fact]
    public async Task A_running_run_is_refused_and_nothing_else_to_do_is_an_error()
    {
        var id = await emulator.AddRunAsync(new JsonObject { ["status"] = "Running", ["files"] = Files("outputs/a.txt") });
        var problem = await Assert.ThrowsAsync<ProblemException>(() => emulator.PlanAsync(OperationVerb.Delete, WithData, null, emulator.Run(id)));
        Assert.Equal("change.nothingPossible", problem.Code);
        Assert.Contains("cancel it first", problem.Message, StringComparison.Ordinal);

        var done = await emulator.AddRunAsync(new JsonObject { ["files"] = Files("outputs/a.txt") });
        var planned = await emulator.PlanAsync(OperationVerb.Delete, WithData, null, emulator.Run(id), emulator.Run(done));
        var running = planned.Record(ResourceKind.Run, id);
        Assert.NotNull(running.Refused);
        Assert.Equal((false, false), (running.Ticked, running.CanTick));
        Assert.DoesNotContain(planned.All, name => name.Contains(id, StringComparison.Ordinal));
        Assert.Contains(planned.Plan.Warnings, w => w.Code == "run.stillRunning" && w.Count == 1);
    }

    [Fact]
    public async Task Children_come_only_when_asked_and_go_before_their_parent()
    {
        var parent = await emulator.AddRunAsync(new JsonObject { ["kind"] = "Sweep", ["files"] = Files("outputs/p.txt") });
        var child = await emulator.AddRunAsync(new JsonObject { ["kind"] = "Trial", ["parentRunId"] = parent, ["files"] = Files("outputs/c.txt") });
        var without = await emulator.PlanAsync(OperationVerb.Delete, WithData, null, emulator.Run(parent));
        Assert.DoesNotContain(without.All, name => name.Contains($"dcid.{child}/", StringComparison.Ordinal));
        Assert.DoesNotContain(without.Items, i => i.Record?.Name == child);
        Assert.True(without.Plan.HasChildRuns);
        var with = await emulator.PlanAsync(OperationVerb.Delete, Everything, null, emulator.Run(parent), emulator.Run(child));
        Assert.True(with.Record(ResourceKind.Run, child).Stage < with.Record(ResourceKind.Run, parent).Stage);
        Assert.Single(with.Items, i => i.Record?.Name == child && i.Action == ChangeAction.Delete);
        Assert.Contains($"ExperimentRun/dcid.{child}/outputs/c.txt", with.Ticked);
    }

    [Fact]
    public async Task What_a_reused_step_shows_belongs_to_the_original_and_stays()
    {
        var parent = await emulator.AddRunAsync(new JsonObject { ["kind"] = "Pipeline" });
        var original = await emulator.AddRunAsync(new JsonObject
        {
            ["kind"] = "Step",
            ["parentRunId"] = parent,
            ["files"] = Files("outputs/o.txt"),
            ["outputs"] = new JsonObject { ["model_output"] = new JsonObject { ["files"] = Files("m.bin") } },
        });
        var again = await emulator.AddRunAsync(new JsonObject { ["kind"] = "Pipeline" });
        var reusing = await emulator.AddRunAsync(new JsonObject { ["kind"] = "Step", ["parentRunId"] = again, ["reusedRunId"] = original });
        var planned = await emulator.PlanAsync(OperationVerb.Delete, Everything, null, emulator.Run(again));
        Assert.Contains(planned.Items, i => i.Record?.Name == reusing);
        Assert.DoesNotContain(planned.All, name => name.Contains(original, StringComparison.Ordinal));
        Assert.Contains(planned.Plan.Warnings, w => w.Code == "step.reused");
    }

    [Fact]
    public async Task Data_of_a_step_that_others_reuse_is_kept()
    {
        var parent = await emulator.AddRunAsync(new JsonObject { ["kind"] = "Pipeline" });
        var original = await emulator.AddRunAsync(new JsonObject { ["kind"] = "Step", ["parentRunId"] = parent, ["files"] = Files("outputs/o.txt") });
        var again = await emulator.AddRunAsync(new JsonObject { ["kind"] = "Pipeline" });
        await emulator.AddRunAsync(new JsonObject { ["kind"] = "Step", ["parentRunId"] = again, ["reusedRunId"] = original });
        var planned = await emulator.PlanAsync(OperationVerb.Delete, Everything, null, emulator.Run(parent));
        var data = Assert.Single(planned.Data, d => d.Place?.Path == $"ExperimentRun/dcid.{original}/");
        Assert.Equal((false, true), (data.Ticked, data.NeedsName));
    }

    [Fact]
    public async Task Named_outputs_go_with_their_run()
    {
        var id = await emulator.AddRunAsync(new JsonObject
        {
            ["files"] = Files("outputs/a.txt"),
            ["outputs"] = new JsonObject { ["metrics_output"] = new JsonObject { ["files"] = Files("x.csv") }, ["elsewhere"] = new JsonObject { ["folder"] = $"far/away{Guid.NewGuid():N}/", ["files"] = Files("y.csv") } },
        });
        var planned = await emulator.PlanAsync(OperationVerb.Delete, WithData, null, emulator.Run(id));
        Assert.Contains(planned.Ticked, name => name.EndsWith("/x.csv", StringComparison.Ordinal));
        Assert.DoesNotContain(planned.Data, d => !d.Ticked);
        Assert.Contains(planned.Ticked, name => name.StartsWith("far/away", StringComparison.Ordinal) && name.EndsWith("/y.csv", StringComparison.Ordinal));
        Assert.Equal(3, planned.All.Count);
    }

    [Fact]
    public async Task A_run_of_which_a_model_was_made_keeps_its_data()
    {
        var id = await emulator.AddRunAsync(new JsonObject { ["files"] = Files("outputs/model/m.bin", "user_logs/l.txt") });
        var name = "made-" + id.ToLowerInvariant();
        await emulator.PutAsync($"models/{name}", []);
        await emulator.PutAsync($"models/{name}/versions/1", new JsonObject { ["modelType"] = "custom_model", ["modelUri"] = $"azureml://jobs/{id}/outputs/artifacts/paths/outputs/model" });
        var planned = await emulator.PlanAsync(OperationVerb.Delete, WithData, null, emulator.Run(id));
        var data = Assert.Single(planned.Data);
        Assert.Equal((false, true), (data.Ticked, data.NeedsName));
        Assert.Contains(data.Details, line => line.Contains($"{name}:1", StringComparison.Ordinal));

        // Deleted together they share with nobody else.
        var both = await emulator.PlanAsync(OperationVerb.Delete, WithData, null, emulator.Run(id), emulator.Resource(ResourceKind.ModelVersion, name, "1"));
        var shared = Assert.Single(both.Data);
        Assert.True(shared.Ticked);
        Assert.Equal(new[] { both.Record(ResourceKind.Run, id).Index, both.Record(ResourceKind.ModelVersion, name, "1").Index }.Order(), shared.After.Order());

        // And the model alone leaves the run what is its own.
        var model = await emulator.PlanAsync(OperationVerb.Delete, WithData, null, emulator.Resource(ResourceKind.ModelVersion, name, "1"));
        var kept = Assert.Single(model.Data);
        Assert.False(kept.Ticked);
        Assert.Equal([$"ExperimentRun/dcid.{id}/outputs/model/m.bin"], model.All);
    }

    [Fact]
    public async Task An_experiment_is_archived_alone_and_deleted_with_all_its_runs()
    {
        var name = "exp" + Guid.NewGuid().ToString("N")[..8];
        var one = await emulator.AddRunAsync(new JsonObject { ["experiment"] = name, ["files"] = Files("outputs/a.txt") });
        var two = await emulator.AddRunAsync(new JsonObject { ["experiment"] = name, ["archived"] = true });
        var target = new ExperimentTarget(emulator.Workspace, name);
        var archive = await emulator.PlanAsync(OperationVerb.Archive, null, null, target, emulator.Run(one));
        var only = Assert.Single(archive.Items);
        Assert.Equal((ChangeAction.Archive, ResourceKind.Experiment), (only.Action, only.Record?.Kind));
        Assert.False(string.IsNullOrEmpty(only.Record?.ServiceId));
        Assert.Equal($"Archive {name}", archive.Plan.Title);

        var delete = await emulator.PlanAsync(OperationVerb.Delete, WithData, null, target);
        var experiment = delete.Record(ResourceKind.Experiment, name);
        Assert.Equal(new[] { delete.Record(ResourceKind.Run, one).Index, delete.Record(ResourceKind.Run, two).Index }.Order(), experiment.After.Order());
        Assert.All(experiment.After, index => Assert.True(delete.Items[(int)index].Stage < experiment.Stage));
        Assert.Equal(name, delete.Plan.NameToType);
        Assert.Equal([$"ExperimentRun/dcid.{one}/outputs/a.txt"], delete.Ticked);

        await emulator.AddRunAsync(new JsonObject { ["experiment"] = name, ["status"] = "Queued" });
        var busy = await emulator.PlanAsync(OperationVerb.Delete, null, null, target);
        Assert.NotNull(busy.Record(ResourceKind.Experiment, name).Refused);
    }

    [Fact]
    public async Task A_filter_takes_what_matches_and_nothing_else()
    {
        var name = "flt" + Guid.NewGuid().ToString("N")[..8];
        var old = DateTimeOffset.UtcNow.AddDays(-100).ToString("o");
        var wanted = await emulator.AddRunAsync(new JsonObject { ["experiment"] = name, ["status"] = "Failed", ["created"] = old, ["displayName"] = "Nightly 1" });
        await emulator.AddRunAsync(new JsonObject { ["experiment"] = name, ["status"] = "Failed", ["displayName"] = "nightly 2" });
        await emulator.AddRunAsync(new JsonObject { ["experiment"] = name, ["status"] = "Completed", ["created"] = old, ["displayName"] = "nightly 3" });
        await emulator.AddRunAsync(new JsonObject { ["experiment"] = name, ["status"] = "Failed", ["created"] = old, ["displayName"] = "daily" });
        var target = new ExperimentTarget(emulator.Workspace, name);
        var planned = await emulator.PlanAsync(OperationVerb.Delete, null, new BulkFilter(90, ["failed"], "nightly*", null, null, false), target);
        Assert.Equal([wanted], planned.Items.Select(i => i.Record?.Name));
        var problem = await Assert.ThrowsAsync<ProblemException>(() => emulator.PlanAsync(OperationVerb.Delete, null, new BulkFilter(900, [], null, null, null, false), target));
        Assert.Equal("change.nothingMatches", problem.Code);
        Assert.Contains("4 entries", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_goes_with_the_last_run_that_uses_it()
    {
        var code = Guid.NewGuid().ToString();
        await emulator.PutAsync($"codes/{code}", []);
        await emulator.PutAsync($"codes/{code}/versions/1", new JsonObject { ["codeUri"] = $"azureml://datastores/workspaceartifactstore/paths/code/{code}" });
        await emulator.ControlAsync(HttpMethod.Post, "blobs", new JsonObject { ["name"] = $"code/{code}/train.py", ["size"] = 5 });
        var one = await emulator.AddRunAsync(new JsonObject { ["snapshotId"] = code, ["properties"] = new JsonObject { ["ContentSnapshotId"] = code } });
        var two = await emulator.AddRunAsync(new JsonObject { ["snapshotId"] = code, ["properties"] = new JsonObject { ["ContentSnapshotId"] = code } });
        var first = await emulator.PlanAsync(OperationVerb.Delete, WithData, null, emulator.Run(one));
        Assert.Equal([$"code/{code}/train.py"], first.All);
        Assert.Empty(first.Ticked);
        var both = await emulator.PlanAsync(OperationVerb.Delete, WithData, null, emulator.Run(one), emulator.Run(two));
        Assert.Equal([$"code/{code}/train.py"], both.Ticked);
        Assert.Equal(2, Assert.Single(both.Data).After.Count);
    }

    [Fact]
    public async Task Many_runs_are_listed_together_and_get_just_their_own_blobs()
    {
        var name = "many" + Guid.NewGuid().ToString("N")[..6];
        var runs = new JsonArray();
        var expected = new List<string>();
        for (var i = 0; i < 120; i++)
        {
            // Every other one is meant; between them stand others, and names that go on.
            var id = $"{name}-{i:000}";
            runs.Add(new JsonObject { ["runId"] = id, ["experiment"] = name, ["status"] = i % 2 == 0 ? "Failed" : "Completed", ["files"] = Files("outputs/a.txt", "user_logs/b.txt") });
            if (i % 2 == 0)
            {
                expected.AddRange([$"ExperimentRun/dcid.{id}/outputs/a.txt", $"ExperimentRun/dcid.{id}/user_logs/b.txt"]);
            }
        }

        runs.Add(new JsonObject { ["runId"] = $"{name}-0000", ["experiment"] = name, ["files"] = Files("outputs/other.txt") });
        runs.Add(new JsonObject { ["runId"] = $"{name}-000-x", ["experiment"] = name, ["files"] = Files("outputs/other.txt") });
        await emulator.ControlAsync(HttpMethod.Post, "runs", new JsonObject { ["runs"] = runs });
        await emulator.ControlAsync(HttpMethod.Post, "blobs", new JsonObject { ["name"] = $"ArtifactZip/ExperimentRun/dcid.{name}-004.zip", ["size"] = 5 });
        await emulator.ControlAsync(HttpMethod.Post, "blobs", new JsonObject { ["name"] = $"ArtifactZip/ExperimentRun/dcid.{name}-005.zip", ["size"] = 5 });
        expected.Add($"ArtifactZip/ExperimentRun/dcid.{name}-004.zip");
        var planned = await emulator.PlanAsync(OperationVerb.Delete, WithData, new BulkFilter(null, ["Failed"], null, null, null, false), new ExperimentTarget(emulator.Workspace, name));
        Assert.Equal(60, planned.Items.Count(i => i.Action == ChangeAction.Delete));
        Assert.Equal(expected.Order(StringComparer.Ordinal), planned.Ticked);
        Assert.Equal(planned.Ticked, planned.All);
        Assert.All(planned.Data, data => Assert.All(planned.Blobs(data), blob => Assert.Contains($"dcid.{data.Record?.Name}", blob, StringComparison.Ordinal)));
        Assert.Equal("Delete 60 runs", planned.Plan.Title);
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData(".")]
    public async Task Names_that_would_be_another_address_are_refused(string name)
    {
        var problem = await Assert.ThrowsAsync<ProblemException>(() => emulator.PlanAsync(OperationVerb.Delete, null, null, emulator.Run(name)));
        Assert.Equal("change.badName", problem.Code);
        problem = await Assert.ThrowsAsync<ProblemException>(() => emulator.PlanAsync(OperationVerb.Unregister, null, null, emulator.Resource(ResourceKind.Dataset, name)));
        Assert.Equal("change.badName", problem.Code);
    }
}

/// <summary>The tests that share one emulator, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class PlanCollection : ICollectionFixture<PlanEmulator>
{
    public const string Name = "plans";
}
