using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Resources;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.Changes;

/// <summary>Chosen things that somebody else has deleted meanwhile: said so, and the rest goes on.</summary>
[Collection(ChangeCollection.Name)]
public sealed class GoneTests(ChangeEmulator emulator)
{
    private string[] Nowhere => [emulator.NodeOf("no_such_run"), emulator.ExperimentNode("no-such-experiment"), emulator.NodeOf(ResourceKind.Model, "no-such-model"), emulator.NodeOf(ResourceKind.ModelVersion, "no-such-other-model", "3"),
        emulator.NodeOf(ResourceKind.DataAsset, "no-such-data"), emulator.NodeOf(ResourceKind.Dataset, "no-such-dataset"), emulator.NodeOf(ResourceKind.Compute, "no-such-compute"), emulator.NodeOf(ResourceKind.OnlineEndpoint, "no-such-endpoint"),
        emulator.NodeOf(ResourceKind.Schedule, "no-such-schedule"), emulator.NodeOf(ResourceKind.Datastore, "no_such_store")];

    [Fact]
    public async Task What_is_gone_counts_as_done_and_the_rest_goes()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var run = await emulator.AddRunAsync(("outputs/a.bin", 10));
        var before = await World.ReadAsync(emulator);
        var mark = await emulator.MarkAsync();
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [.. Nowhere, emulator.NodeOf(run.RunId)], ChangeCalls.WithData);
        var gone = deleted.Items.Where(i => i.Name.StartsWith("no", StringComparison.Ordinal) && i.Note?.StartsWith("It is gone already.", StringComparison.Ordinal) == true).ToList();
        Assert.Equal(Nowhere.Length, gone.Count);
        Assert.Contains(deleted.Plan.Warnings, w => w.Code == "record.gone" && w.Count == Nowhere.Length);
        Assert.Equal(OperationState.Succeeded, deleted.Operation.State);
        deleted.Receipt.AssertTotals(deleted.Receipt.Items.Count);
        before.AssertBecame(await World.ReadAsync(emulator), [$"run:{run.RunId}", .. before.BlobsBelow($"ExperimentRun/dcid.{run.RunId}/")]);
        Assert.DoesNotContain(await emulator.RequestsAsync(mark), r => r.Method == "DELETE" && (r.Path.Contains("no-such", StringComparison.Ordinal) || r.Path.Contains("no_such", StringComparison.Ordinal)));
    }

    /// <summary>What comes under the name of what was gone was in no plan.</summary>
    [Fact]
    public async Task What_comes_under_that_name_later_is_left()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var (late, other) = (emulator.NewName("late"), await emulator.ModelAsync());
        var plan = await sidecar.PlanChangeAsync(OperationVerb.Delete, [emulator.NodeOf(ResourceKind.Model, late), emulator.NodeOf(ResourceKind.Model, other)], ChangeCalls.WithData);
        await emulator.ModelAsync(name: late);
        var before = await World.ReadAsync(emulator);
        await sidecar.ConfirmAsync(plan.PlanId);
        Assert.Equal(OperationState.SucceededWithWarnings, (await sidecar.EndAsync(plan.PlanId)).State);
        before.AssertBecame(await World.ReadAsync(emulator), [$"resource:models/{other}", $"resource:models/{other}/versions/1", .. before.Keys($"LocalUpload/{other}-1/")]);
    }

    [Fact]
    public async Task When_all_is_gone_an_error_says_so()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var refusal = await sidecar.RefusalAsync(() => sidecar.PlanChangeAsync(OperationVerb.Delete, Nowhere, ChangeCalls.WithData));
        Assert.StartsWith("change.allGone", refusal, StringComparison.Ordinal);
        Assert.Contains("no_such_run", refusal, StringComparison.Ordinal);
        var one = await sidecar.RefusalAsync(() => sidecar.PlanChangeAsync(OperationVerb.Delete, [emulator.NodeOf("no_such_run")]));
        Assert.StartsWith("run.notFound", one, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_gone_can_be_archived_and_the_rest_is()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var model = await emulator.ModelAsync();
        var before = await World.ReadAsync(emulator);
        var archived = await sidecar.ChangeAsync(OperationVerb.Archive, [emulator.NodeOf(ResourceKind.Model, "no-such-model"), emulator.NodeOf(ResourceKind.Model, model)]);
        var gone = archived.Items.Single(i => i.Name == "no-such-model");
        Assert.Equal((false, false), (gone.Ticked, gone.CanTick));
        Assert.Contains("not there any more", gone.Note, StringComparison.Ordinal);
        before.AssertBecame(await World.ReadAsync(emulator), [], changed: [$"resource:models/{model}"]);
    }

    /// <summary>That the whole workspace is gone, or may not be seen, is no answer about the things in it.</summary>
    [Fact]
    public async Task A_workspace_that_is_not_there_is_an_error_and_not_ten_items_gone()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var elsewhere = emulator.Workspace with { Name = "no-such-ws" };
        var refusal = await sidecar.RefusalAsync(() => sidecar.PlanChangeAsync(
            OperationVerb.Delete, [NodeTargets.Format(new RunTarget(elsewhere, "a")), NodeTargets.Format(new RunTarget(elsewhere, "b"))]));
        Assert.DoesNotContain("allGone", refusal, StringComparison.Ordinal);
        Assert.Contains("no-such-ws", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_output_of_a_run_that_is_gone_is_named_and_the_rest_goes()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var run = await emulator.AddRunAsync(("outputs/a.bin", 10));
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(
            OperationVerb.Delete, [NodeTargets.Format(new NamedOutputTarget(emulator.Workspace, "no_such_run", "scores")), NodeTargets.Format(new NamedOutputTarget(emulator.Workspace, run.RunId, "scores")), emulator.NodeOf(run.RunId)], ChangeCalls.WithData);
        Assert.Equal(2, deleted.Items.Count(i => !i.CanTick && i.Note?.Contains("cannot be told", StringComparison.Ordinal) == true));
        before.AssertBecame(await World.ReadAsync(emulator), [$"run:{run.RunId}", .. before.BlobsBelow($"ExperimentRun/dcid.{run.RunId}/")]);
    }
}
