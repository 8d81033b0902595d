using System.Text.Json.Nodes;
using AmlDataTools.Azure;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Storage;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.Changes;

/// <summary>All run data of an account at once, in flat accounts and in those with real folders: gone, and back; and where the service does not do it, said.</summary>
[Collection(ChangeCollection.Name)]
public sealed class UndeleteAllTests(ChangeEmulator emulator)
{
    private const string Lake = "campaign-ws";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task All_data_of_an_account_goes_and_comes_back(bool hierarchical)
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var workspace = hierarchical ? await emulator.WorkspaceAsync(Lake) : emulator.Workspace;
        await AddRunAsync(workspace);
        await KeepAsync(workspace, 7);
        try
        {
            var before = await World.ReadAsync(emulator);
            var account = await AccountAsync(workspace);
            string[] folders = [.. Blobs(before, account).Select(k => k[(k.IndexOf("/azureml/", StringComparison.Ordinal) + 9)..].Split('/')).Where(p => p is ["ExperimentRun", _, _, ..]).Select(p => $"ExperimentRun/{p[1]}/").Distinct()];
            var below = Blobs(before, account).Where(k => folders.Any(f => k.Contains($"/azureml/{f}", StringComparison.Ordinal) || k.EndsWith($"/azureml/{f.TrimEnd('/')}", StringComparison.Ordinal))).ToList();
            Assert.NotEmpty(folders);
            var deleted = await DeleteAsync(sidecar, workspace, folders);
            Assert.Equal(OperationState.Succeeded, deleted.Operation.State);
            before.AssertBecame(await World.ReadAsync(emulator), below);
            var totals = deleted.Receipt.Json["totals"];
            Assert.Equal((long?)totals?["blobs"], (long?)totals?["kept"]);
            Assert.Equal(folders.Length, deleted.Receipt.Done);
            Assert.Contains(OperationAction.Undelete, deleted.Operation.Actions);

            var undone = await sidecar.ChangeAsync(OperationVerb.Undelete, [], operationId: deleted.Operation.Id);
            Assert.Equal(OperationState.Succeeded, undone.Operation.State);
            Assert.DoesNotContain(undone.Plan.Warnings, w => w.Code == "undelete.notKept");
            var after = await World.ReadAsync(emulator);

            // Undeleted blobs may have other entity tags; they are the same blobs of the same length, and nothing else is touched.
            before.AssertBecame(after, [], below.Where(k => before.Entries[k] != after.Entries[k]));
            Assert.All(below, k => Assert.Equal(Length(before, k), Length(after, k)));
            Assert.Equal((long?)totals?["bytes"], (long?)undone.Receipt.Json["totals"]?["bytes"]);
            Assert.DoesNotContain(OperationAction.Undelete, (await sidecar.FindAsync(deleted.Operation.Id)).Actions);
        }
        finally
        {
            await KeepAsync(workspace, null);
        }
    }

    [Fact]
    public async Task A_lake_folder_that_is_there_again_is_not_written_over()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var lake = await emulator.WorkspaceAsync(Lake);
        var run = await AddRunAsync(lake);
        await KeepAsync(lake, 7);
        try
        {
            var account = await AccountAsync(lake);
            var deleted = await DeleteAsync(sidecar, lake, run.BlobOf("outputs/"));
            Assert.Equal(OperationState.Succeeded, deleted.Operation.State);
            var again = run.BlobOf("outputs/new.bin");
            await emulator.ControlAsync(HttpMethod.Post, "blobs", new JsonObject { ["account"] = account, ["name"] = again, ["size"] = 3 });
            var before = await World.ReadAsync(emulator);
            var undone = await sidecar.ChangeAsync(OperationVerb.Undelete, [], operationId: deleted.Operation.Id);
            Assert.Equal((OperationState.Failed, "undelete.folderThere"), (undone.Operation.State, undone.Operation.ErrorCode));
            before.AssertBecame(await World.ReadAsync(emulator), []);
            Assert.Contains(OperationAction.Undelete, (await sidecar.FindAsync(deleted.Operation.Id)).Actions);

            // Out of the way, it can be tried again.
            await emulator.ControlAsync(HttpMethod.Post, "blobs", new JsonObject { ["account"] = account, ["name"] = again, ["delete"] = true });
            await emulator.ControlAsync(HttpMethod.Post, "blobs", new JsonObject { ["account"] = account, ["name"] = run.BlobOf("outputs"), ["delete"] = true });
            await sidecar.OperationAsync("resume", undone.Operation.Id);
            Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(undone.Operation.Id)).State);
            var after = await World.ReadAsync(emulator);
            Assert.NotEmpty(after.Keys(run.BlobOf("outputs/deep/er/b.bin")));
            Assert.DoesNotContain(OperationAction.Undelete, (await sidecar.FindAsync(deleted.Operation.Id)).Actions);
        }
        finally
        {
            await KeepAsync(lake, null);
        }
    }

    [Fact]
    public async Task Files_of_a_lake_that_went_one_by_one_come_back_one_by_one()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var lake = await emulator.WorkspaceAsync(Lake);
        var run = await AddRunAsync(lake);
        await KeepAsync(lake, 7);
        try
        {
            var account = await AccountAsync(lake);
            var before = await World.ReadAsync(emulator);
            var plan = await sidecar.PlanChangeAsync(OperationVerb.Delete, [Node(lake, run.BlobOf("outputs/"))], ChangeCalls.WithData);
            await emulator.ControlAsync(HttpMethod.Post, "blobs", new JsonObject { ["account"] = account, ["name"] = run.BlobOf("outputs/came.bin"), ["size"] = 3 });
            await sidecar.ConfirmAsync(plan.PlanId, await UntickedAsync(sidecar, plan));
            var operation = await sidecar.EndAsync(plan.PlanId);
            Assert.Contains(OperationAction.Undelete, operation.Actions);
            var receipt = await sidecar.ReceiptAsync(plan.PlanId);
            Assert.Equal([run.BlobOf("outputs/came.bin")], receipt.Json["items"]?[0]?["new"]?.AsArray().Select(n => (string?)n));
            var gone = await World.ReadAsync(emulator);
            Assert.DoesNotContain(gone.Keys($"{account}/azureml/{run.BlobOf("outputs/a.bin")}"), k => k.StartsWith("blob:", StringComparison.Ordinal));
            var undone = await sidecar.ChangeAsync(OperationVerb.Undelete, [], operationId: plan.PlanId);
            Assert.Equal(OperationState.Succeeded, undone.Operation.State);
            var after = await World.ReadAsync(emulator);
            var came = after.Keys(run.BlobOf("outputs/came.bin")).Where(k => k.StartsWith("blob:", StringComparison.Ordinal));
            before.AssertBecame(after, [], before.Keys(run.BlobOf("outputs/")).Where(k => before.Entries[k] != after.Entries[k]), came);
        }
        finally
        {
            await KeepAsync(lake, null);
        }
    }

    [Fact]
    public async Task Without_soft_delete_a_lake_brings_nothing_back_and_the_plan_says_so()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var lake = await emulator.WorkspaceAsync(Lake);
        var run = await AddRunAsync(lake);
        var deleted = await DeleteAsync(sidecar, lake, run.BlobOf("outputs/"));
        Assert.Contains(deleted.Plan.Survivors, s => s.Contains("keeps no deleted blobs", StringComparison.Ordinal));
        Assert.DoesNotContain(OperationAction.Undelete, deleted.Operation.Actions);
        Assert.Null(deleted.Operation.UndeleteUntil);
        Assert.StartsWith("undelete.nothingKept:", await sidecar.RefusalAsync(() => sidecar.PlanChangeAsync(OperationVerb.Undelete, [], operationId: deleted.Operation.Id)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("ExperimentRun/")]
    public async Task A_whole_container_is_refused_and_the_plan_says_what_can_be_chosen(string path)
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        foreach (var workspace in new[] { emulator.Workspace, await emulator.WorkspaceAsync(Lake) })
        {
            var before = await World.ReadAsync(emulator);
            var refusal = await sidecar.RefusalAsync(() => sidecar.PlanChangeAsync(OperationVerb.Delete, [Node(workspace, path)], ChangeCalls.WithData));
            Assert.StartsWith("change.nothingPossible:", refusal, StringComparison.Ordinal);
            Assert.Contains("Choose a folder", refusal, StringComparison.Ordinal);
            before.AssertBecame(await World.ReadAsync(emulator), []);
        }
    }

    private static string Node(WorkspaceRef workspace, string path) =>
        NodeTargets.Format(new FolderTarget(new FileLocation(workspace, "workspaceartifactstore", path, null), "of-no-run"));

    private static IReadOnlyList<string> Blobs(World world, string account) =>
        [.. world.Keys($"{account}/azureml/").Where(k => k.StartsWith("blob:", StringComparison.Ordinal))];

    private static long? Length(World world, string key) => (long?)JsonNode.Parse(world.Entries[key])?["length"];

    /// <summary>Others refer to what is there: all of it is asked for by name.</summary>
    private static async Task<long[]> UntickedAsync(ExportSidecar sidecar, PlanResult plan) =>
        [.. (await sidecar.ItemsAsync(plan.PlanId)).Where(i => i is { CanTick: true, Ticked: false }).Select(i => i.Id)];

    private static async Task<Changed> DeleteAsync(ExportSidecar sidecar, WorkspaceRef workspace, params string[] paths)
    {
        var plan = await sidecar.PlanChangeAsync(OperationVerb.Delete, [.. paths.Select(p => Node(workspace, p))], ChangeCalls.WithData);
        await sidecar.ConfirmAsync(plan.PlanId, await UntickedAsync(sidecar, plan));
        var operation = await sidecar.EndAsync(plan.PlanId);
        return new Changed(plan, await sidecar.ItemsAsync(plan.PlanId), operation, await sidecar.ReceiptAsync(plan.PlanId));
    }

    private async Task<string> AccountAsync(WorkspaceRef workspace)
    {
        var store = await emulator.ServiceAsync(HttpMethod.Get, $"{emulator["resourceManager"].TrimEnd('/')}{workspace.ResourceId}/datastores/workspaceartifactstore?api-version=2025-12-01", null);
        return (string?)store["properties"]?["accountName"] ?? throw new InvalidOperationException("No account.");
    }

    private async Task KeepAsync(WorkspaceRef workspace, int? days) =>
        await emulator.StorageRulesAsync(new JsonObject { ["account"] = await AccountAsync(workspace), ["softDeleteDays"] = days });

    private Task<MadeRun> AddRunAsync(WorkspaceRef workspace) => emulator.AddRunAsync(new JsonObject
    {
        ["workspace"] = workspace.Name,
        ["files"] = EmulatorProcess.Files(("outputs/a.bin", 10), ("outputs/deep/er/b.bin", 20), ("user_logs/c.txt", 30)),
    });
}
