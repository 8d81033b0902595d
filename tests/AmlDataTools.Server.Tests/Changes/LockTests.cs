using System.Text.Json.Nodes;
using AmlDataTools.Core.Resources;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.Changes;

/// <summary>Management locks: the plan says of each item which lock keeps it, and nothing that is locked is tried.</summary>
[Collection(ChangeCollection.Name)]
public sealed class LockTests(ChangeEmulator emulator) : IAsyncLifetime
{
    private const string Ben = "ben@example.com";

    private string WorkspaceId => emulator.Workspace.ResourceId;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await emulator.ControlAsync(HttpMethod.Delete, "locks", null);
        await emulator.ClearFaultsAsync();
        await emulator.RoleAsync(Ben, "Contributor", "Contributor");
    }

    [Theory]
    [InlineData("CanNotDelete")]
    [InlineData("ReadOnly")]
    public async Task What_is_locked_stays_with_its_data_and_the_rest_goes(string level)
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var (locked, free) = (await emulator.ModelAsync(), await emulator.ModelAsync());
        await LockAsync("keep-it", $"/models/{locked}", level);
        var before = await World.ReadAsync(emulator);
        var mark = await emulator.MarkAsync();
        var deleted = await sidecar.ChangeAsync(
            OperationVerb.Delete, [emulator.NodeOf(ResourceKind.ModelVersion, locked, "1"), emulator.NodeOf(ResourceKind.ModelVersion, free, "1")], ChangeCalls.WithData);
        var kept = deleted.Items.Single(i => i.Name == $"{locked}:1");
        Assert.Equal((false, false), (kept.Ticked, kept.CanTick));
        Assert.Contains($"because of the lock keep-it ({level}) on models/{locked}", kept.Note, StringComparison.Ordinal);
        Assert.Contains(deleted.Plan.Warnings, w => w.Code == "record.locked" && w.Count == 1 && w.Message.Contains("keep-it", StringComparison.Ordinal));
        Assert.Equal(OperationState.Succeeded, deleted.Operation.State);
        before.AssertBecame(await World.ReadAsync(emulator), [$"resource:models/{free}/versions/1", .. before.Keys($"LocalUpload/{free}-1/")]);
        Assert.DoesNotContain(await emulator.RequestsAsync(mark), r => r.Method == "DELETE" && r.Path.Contains(locked, StringComparison.Ordinal));
    }

    /// <summary>A lock on what the workspace is in holds for it too. Archiving is writing, which only a read-only lock forbids.</summary>
    [Theory]
    [InlineData("CanNotDelete", "the workspace")]
    [InlineData("CanNotDelete", "the resource group")]
    [InlineData("CanNotDelete", "the subscription")]
    [InlineData("ReadOnly", "the resource group")]
    public async Task Locks_are_inherited(string level, string where)
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var run = await emulator.AddRunAsync(("outputs/a.bin", 10));
        var scope = where switch
        {
            "the workspace" => WorkspaceId,
            "the resource group" => WorkspaceId[..WorkspaceId.IndexOf("/providers/", StringComparison.Ordinal)].ToLowerInvariant(),
            _ => $"/subscriptions/{emulator.Workspace.SubscriptionId}",
        };
        await emulator.ControlAsync(HttpMethod.Post, "locks", new JsonObject { ["scope"] = scope, ["level"] = level, ["name"] = "from-above" });
        var before = await World.ReadAsync(emulator);
        var refusal = await sidecar.RefusalAsync(() => sidecar.PlanChangeAsync(OperationVerb.Delete, [emulator.NodeOf(run.RunId)], ChangeCalls.WithData));
        Assert.StartsWith("change.nothingPossible", refusal, StringComparison.Ordinal);
        Assert.Contains($"cannot be deleted because of the lock from-above ({level}) on {where}", refusal, StringComparison.Ordinal);

        // Neither its data nor its metrics, which no lock protects.
        before.AssertBecame(await World.ReadAsync(emulator), []);
        if (level == "ReadOnly")
        {
            var archive = await sidecar.RefusalAsync(() => sidecar.PlanChangeAsync(OperationVerb.Archive, [emulator.NodeOf(run.RunId)]));
            Assert.Contains("cannot be archived because of the lock from-above", archive, StringComparison.Ordinal);
            before.AssertBecame(await World.ReadAsync(emulator), []);
        }
        else
        {
            var archived = await sidecar.ChangeAsync(OperationVerb.Archive, [emulator.NodeOf(run.RunId)]);
            Assert.DoesNotContain(archived.Plan.Warnings, w => w.Code == "record.locked");
            before.AssertBecame(await World.ReadAsync(emulator), [], changed: [$"run:{run.RunId}"]);
        }
    }

    [Fact]
    public async Task An_experiment_with_a_locked_run_stays_and_its_other_runs_go()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var name = emulator.NewName("exp");
        var locked = await emulator.AddRunAsync(new JsonObject { ["experiment"] = name, ["files"] = EmulatorProcess.Files(("outputs/a.bin", 10)) });
        var free = await emulator.AddRunAsync(new JsonObject { ["experiment"] = name, ["files"] = EmulatorProcess.Files(("outputs/a.bin", 10)) });
        await LockAsync("keep-run", $"/jobs/{locked.RunId}", "CanNotDelete");
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.ExperimentNode(name)], ChangeCalls.WithData);
        var experiment = deleted.Items.Single(i => i.Kind == "experiment");
        Assert.False(experiment.Ticked || experiment.CanTick);
        Assert.Contains("the lock keep-run", experiment.Note, StringComparison.Ordinal);
        before.AssertBecame(await World.ReadAsync(emulator), [$"run:{free.RunId}", .. before.BlobsBelow($"ExperimentRun/dcid.{free.RunId}/")]);
    }

    [Fact]
    public async Task What_holds_something_locked_stays_with_it()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var (endpoint, model) = (emulator.NewName("endpoint"), await emulator.ModelAsync(versions: 2));
        await emulator.ResourceAsync($"onlineEndpoints/{endpoint}", new JsonObject { ["provisioningState"] = "Succeeded", ["traffic"] = new JsonObject { ["blue"] = 100, ["green"] = 0 } });
        await emulator.ResourceAsync($"onlineEndpoints/{endpoint}/deployments/blue", new JsonObject { ["provisioningState"] = "Succeeded" });
        await emulator.ResourceAsync($"onlineEndpoints/{endpoint}/deployments/green", new JsonObject { ["provisioningState"] = "Succeeded" });
        await LockAsync("keep-blue", $"/onlineEndpoints/{endpoint}/deployments/blue", "CanNotDelete");
        await LockAsync("keep-first", $"/models/{model}/versions/1", "CanNotDelete");
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.NodeOf(ResourceKind.OnlineEndpoint, endpoint), emulator.NodeOf(ResourceKind.Model, model)], ChangeCalls.WithData);
        Assert.All(deleted.Items.Where(i => i.Name == endpoint || i.Name == model || i.Name == $"{endpoint}/blue" || i.Name == $"{model}:1"), i => Assert.False(i.Ticked || i.CanTick));
        before.AssertBecame(
            await World.ReadAsync(emulator),
            [$"resource:onlineEndpoints/{endpoint}/deployments/green", $"resource:models/{model}/versions/2", .. before.Keys($"LocalUpload/{model}-2/")]);
    }

    /// <summary>AzureML Data Scientist may delete and may not read locks: the plan says nothing of them, the act meets them.</summary>
    [Fact]
    public async Task Whoever_may_not_read_locks_meets_them_when_acting()
    {
        using var folder = new TestFolder();
        await emulator.RoleAsync(Ben, "DataScientist", "Contributor");
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder, new SignIn(Ben));
        var (locked, free) = (await emulator.ModelAsync(), await emulator.ModelAsync());
        await LockAsync("unseen", $"/models/{locked}", "CanNotDelete");
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(
            OperationVerb.Delete, [emulator.NodeOf(ResourceKind.ModelVersion, locked, "1"), emulator.NodeOf(ResourceKind.ModelVersion, free, "1")], ChangeCalls.WithData);
        Assert.DoesNotContain(deleted.Plan.Warnings, w => w.Message.Contains("lock", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(OperationState.SucceededWithWarnings, deleted.Operation.State);
        Assert.Contains(deleted.Receipt.Items, i => i.Code == "resource.locked");
        before.AssertBecame(await World.ReadAsync(emulator), [$"resource:models/{free}/versions/1", .. before.Keys($"LocalUpload/{free}-1/")]);
    }

    /// <summary>Reading a datastore's secrets is a POST, which a read-only lock forbids: there are other ways to the files.</summary>
    [Fact]
    public async Task Under_a_read_only_lock_files_are_still_reached()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var run = await emulator.AddRunAsync(("outputs/a.bin", 10));
        await LockAsync("frozen", string.Empty, "ReadOnly");
        var export = await sidecar.ExportAsync(emulator.NodeOf(run.RunId), folder.Out);
        Assert.Equal(OperationState.Succeeded, export.Operation.State);
        Assert.Equal(["your token"], export.Receipt.Access);
    }

    private Task LockAsync(string name, string below, string level) =>
        emulator.ControlAsync(HttpMethod.Post, "locks", new JsonObject { ["scope"] = WorkspaceId + below, ["level"] = level, ["name"] = name });
}
