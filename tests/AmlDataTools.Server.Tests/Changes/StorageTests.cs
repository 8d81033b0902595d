using System.Text.Json.Nodes;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.Changes;

/// <summary>Accounts that keep versions, accounts with real folders, folders and files chosen by themselves.</summary>
[Collection(ChangeCollection.Name)]
public sealed class StorageTests(ChangeEmulator emulator)
{
    [Fact]
    public async Task Where_versions_are_kept_a_deletion_can_be_undone_from_them()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        await emulator.StorageRulesAsync(new JsonObject { ["versioning"] = true });
        try
        {
            var run = await emulator.AddRunAsync(("outputs/a.bin", 10), ("outputs/b.bin", 20));
            var before = await World.ReadAsync(emulator);
            var blobs = before.BlobsBelow($"ExperimentRun/dcid.{run.RunId}/");
            var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.NodeOf(run.RunId)], ChangeCalls.WithData);
            before.AssertBecame(await World.ReadAsync(emulator), [$"run:{run.RunId}", .. blobs]);
            Assert.Contains(OperationAction.Undelete, deleted.Operation.Actions);
            var undone = await sidecar.ChangeAsync(OperationVerb.Undelete, [], operationId: deleted.Operation.Id);
            Assert.Equal(OperationState.Succeeded, undone.Operation.State);
            var after = await World.ReadAsync(emulator);
            Assert.All(blobs, b => Assert.Contains(b, after.Entries.Keys));
        }
        finally
        {
            await emulator.StorageRulesAsync(new JsonObject { ["versioning"] = false });
        }
    }

    [Fact]
    public async Task With_versions_asked_for_nothing_is_kept()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        await emulator.StorageRulesAsync(new JsonObject { ["versioning"] = true });
        try
        {
            var run = await emulator.AddRunAsync(("outputs/a.bin", 10), ("outputs/b.bin", 20));
            var other = await emulator.AddRunAsync(("outputs/a.bin", 10));
            var before = await World.ReadAsync(emulator);
            await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.NodeOf(run.RunId)], ChangeCalls.WithData with { IncludeVersionsAndSnapshots = true });
            var after = await World.ReadAsync(emulator);
            before.AssertBecame(after, [$"run:{run.RunId}", .. before.BlobsBelow($"ExperimentRun/dcid.{run.RunId}/")]);
            Assert.Empty(after.Keys($"/azureml/ExperimentRun/dcid.{run.RunId}/"));
            Assert.NotEmpty(after.Keys($"/azureml/ExperimentRun/dcid.{other.RunId}/"));
        }
        finally
        {
            await emulator.StorageRulesAsync(new JsonObject { ["versioning"] = false });
        }
    }

    [Fact]
    public async Task In_an_account_with_real_folders_a_folder_goes_with_one_request()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var workspace = await emulator.WorkspaceAsync("campaign-ws");
        var run = await MakeAsync();
        var beside = await MakeAsync();
        var before = await World.ReadAsync(emulator);
        var mark = await emulator.MarkAsync();
        var plan = await sidecar.PlanChangeAsync(OperationVerb.Delete, [NodeTargets.Format(new RunTarget(workspace, run))], ChangeCalls.WithData);
        await sidecar.ConfirmAsync(plan.PlanId);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(plan.PlanId)).State);
        var after = await World.ReadAsync(emulator);
        before.AssertBecame(after, [$"campaign-ws!run:{run}", .. before.Keys($"dcid.{run}/"), .. before.Keys($"dcid.{run}").Where(k => k.StartsWith("blob:", StringComparison.Ordinal) && k.EndsWith(run, StringComparison.Ordinal))]);
        Assert.NotEmpty(after.Keys($"dcid.{beside}/"));
        var deletes = (await emulator.RequestsAsync(mark)).Where(r => r.Method == "DELETE" && r.Host.Contains(".dfs.", StringComparison.Ordinal)).ToList();
        Assert.Single(deletes);
        Assert.DoesNotContain(await emulator.RequestsAsync(mark), r => r.Query.Contains("comp=batch", StringComparison.Ordinal));

        async Task<string> MakeAsync() => (await emulator.AddRunAsync(new JsonObject
        {
            ["workspace"] = "campaign-ws",
            ["files"] = EmulatorProcess.Files(("outputs/a.bin", 10), ("outputs/deep/er/b.bin", 10), ("user_logs/c.txt", 10)),
        })).RunId;
    }

    [Fact]
    public async Task A_folder_of_a_run_goes_by_itself_and_one_that_begins_alike_stays()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var run = await emulator.AddRunAsync(("outputs/model/a.bin", 10), ("outputs/model/deep/b.bin", 10), ("outputs/model2/c.bin", 10), ("outputs/model.txt", 10));
        var before = await World.ReadAsync(emulator);
        var place = new Core.Storage.FileLocation(emulator.Workspace, "workspaceartifactstore", run.BlobOf("outputs/model/"), $"dcid.{run.RunId}");
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [NodeTargets.Format(new FolderTarget(place, run.RunId))], ChangeCalls.WithData);
        Assert.Equal(OperationState.Succeeded, deleted.Operation.State);
        before.AssertBecame(await World.ReadAsync(emulator), before.BlobsBelow(run.BlobOf("outputs/model/")));
    }
}
