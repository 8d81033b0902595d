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

    /// <summary>In an account with real folders a folder goes at once: not one in which something is leased or protected.</summary>
    [Theory]
    [InlineData("lease")]
    [InlineData("policy")]
    [InlineData("hold")]
    public async Task In_an_account_with_real_folders_what_is_leased_or_protected_stays(string protection)
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var workspace = await emulator.WorkspaceAsync("campaign-ws");
        var (run, _) = (await MakeAsync(), await MakeAsync());
        var before = await World.ReadAsync(emulator);
        var held = before.Keys($"dcid.{run}/outputs/deep/held.bin").Single(k => k.StartsWith("blob:", StringComparison.Ordinal));
        var account = held["blob:".Length..held.IndexOf('/', StringComparison.Ordinal)];
        var blob = $"ExperimentRun/dcid.{run}/outputs/deep/held.bin";
        var lease = string.Empty;
        switch (protection)
        {
            case "lease":
                lease = await emulator.LeaseAsync(account, "azureml", blob);
                break;
            case "policy":
                await emulator.StorageRulesAsync(new JsonObject { ["account"] = account, ["immutability"] = new JsonObject { ["container"] = "azureml", ["prefixOrBlob"] = blob, ["until"] = "2199-01-01T00:00:00Z" } });
                break;
            default:
                await emulator.StorageRulesAsync(new JsonObject { ["account"] = account, ["legalHold"] = new JsonObject { ["container"] = "azureml", ["prefixOrBlob"] = blob } });
                break;
        }

        try
        {
            before = await World.ReadAsync(emulator);
            var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [NodeTargets.Format(new RunTarget(workspace, run))], ChangeCalls.WithData);
            Assert.Contains(deleted.Plan.Warnings, w => w.Code == (protection == "lease" ? "blobs.leased" : "blobs.protected") && w.Count == 1);
            var after = await World.ReadAsync(emulator);
            Assert.Contains(held, after.Entries.Keys);

            // The record, and every blob of the run but the one: its folders stay with it.
            var gone = before.Keys($"/azureml/ExperimentRun/dcid.{run}/").Where(k => k.EndsWith(".bin", StringComparison.Ordinal) && k != held || k.EndsWith(".txt", StringComparison.Ordinal)).ToList();
            Assert.Equal(2, gone.Count);
            var empty = before.Keys($"/azureml/ExperimentRun/dcid.{run}").Where(k => !after.Entries.ContainsKey(k) && !gone.Contains(k)).ToList();
            Assert.DoesNotContain(empty, k => held.StartsWith(k + "/", StringComparison.Ordinal));
            Assert.All(empty, k => Assert.Contains("directory", before.Entries[k], StringComparison.Ordinal));
            Assert.True(gone.TrueForAll(k => !after.Entries.ContainsKey(k)), string.Join("; ", deleted.Receipt.Json["items"]?.AsArray().Select(i => i?.ToJsonString()) ?? []));
            before.AssertBecame(after, [$"campaign-ws!run:{run}", .. gone, .. empty]);
            if (protection != "lease")
            {
                Assert.Contains(deleted.Items, i => !i.CanTick && i.Blobs == 1 && i.Note?.Contains(protection == "hold" ? "legal hold" : "2199", StringComparison.Ordinal) == true);
            }
        }
        finally
        {
            await emulator.StorageRulesAsync(new JsonObject { ["account"] = account, ["immutability"] = null, ["legalHold"] = null });
            if (lease.Length > 0)
            {
                await emulator.ReleaseAsync(account, "azureml", blob, lease);
            }
        }

        async Task<string> MakeAsync() => (await emulator.AddRunAsync(new JsonObject
        {
            ["workspace"] = "campaign-ws",
            ["files"] = EmulatorProcess.Files(("outputs/a.bin", 10), ("outputs/deep/held.bin", 10), ("user_logs/c.txt", 10)),
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
