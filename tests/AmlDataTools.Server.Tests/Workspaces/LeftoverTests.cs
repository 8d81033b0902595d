using System.Text.Json.Nodes;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Changes;
using AmlDataTools.Server.Tests.Exports;
using NodeAction = AmlDataTools.Server.Protocol.NodeAction;
using NodeKind = AmlDataTools.Server.Protocol.NodeKind;

namespace AmlDataTools.Server.Tests.Workspaces;

/// <summary>What a deleted workspace left behind is found with the reason, and exactly what was ticked of it goes.</summary>
[Collection(LeftoverCollection.Name)]
public sealed class LeftoverTests(ChangeEmulator emulator) : IAsyncLifetime
{
    private static ChangeOptions ForGood { get; } = ChangeCalls.Records with { Permanently = true };

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await emulator.ControlAsync(HttpMethod.Delete, "locks", null);
        await emulator.ClearFaultsAsync();
    }

    [Fact]
    public async Task What_a_workspace_deleted_from_here_left_is_found_and_deleted()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var group = emulator.NewName("left-rg");
        var made = await MadeWorkspace.MakeAsync(emulator, new JsonObject { ["group"] = group });
        Assert.Empty(await sidecar.LeftAsync(emulator, group));
        await sidecar.ChangeAsync(OperationVerb.Delete, [made.Node]);

        // The end of the operation makes the extension read the tree anew.
        var left = await sidecar.LeftAsync(emulator, group);
        Assert.Equal(((string[])[.. made.Used, made.Logs]).Order(StringComparer.OrdinalIgnoreCase), left.Select(n => n.Resource?.ResourceId ?? string.Empty).Order(StringComparer.OrdinalIgnoreCase));
        Assert.All(left, n => Assert.EndsWith($"eastus, of {made.Name}", n.Description, StringComparison.Ordinal));
        Assert.All(left, n => Assert.Contains($"Why it is here: The workspace {made.Name}, which is gone, used it", n.Tooltip, StringComparison.Ordinal));
        Assert.Equal([true, true, true, false, false], left.Select(n => n.Tooltip?.Contains("can be recovered until", StringComparison.Ordinal) == true));
        Assert.All(left, n => Assert.Contains(NodeAction.Delete, n.Actions));

        var before = await World.ReadAsync(emulator);
        var plan = await sidecar.PlanChangeAsync(OperationVerb.Delete, [.. left.Select(n => n.Id)]);
        var items = await sidecar.ItemsAsync(plan.PlanId);
        Assert.Equal(("Delete 5 leftover resources", ConfirmationKind.TypeName, "delete 5"), (plan.Title, plan.Confirmation, plan.ConfirmationText));
        Assert.All(items, i => Assert.True(i is { Ticked: true, NeedsName: true }));
        Assert.All(items, i => Assert.Contains("which is gone, used it", i.Note, StringComparison.Ordinal));
        Assert.Contains(plan.Warnings, w => w.Code == "leftovers.recoverable" && w.Count == 3);
        Assert.DoesNotContain(plan.Warnings, w => w.Code == "leftovers.likely");
        Assert.StartsWith("confirmation.", await sidecar.RefusalAsync(() => sidecar.BeginChangeAsync(plan.PlanId, "confirmed")), StringComparison.Ordinal);
        before.AssertBecame(await World.ReadAsync(emulator), []);

        await sidecar.ConfirmAsync(plan.PlanId);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(plan.PlanId)).State);
        before.AssertBecame(await World.ReadAsync(emulator), MadeWorkspace.Keys(before, [.. made.Used, made.Logs]), came: [$"keptVault:{made.Vault[(made.Vault.LastIndexOf('/') + 1)..]}"]);
        Assert.Empty(await sidecar.LeftAsync(emulator, group));
        Assert.Equal("Nothing is left over in this resource group any more.", Assert.Single(await sidecar.ReadAsync(LeftoverWorld.GroupNode(emulator, group))).Label);
    }

    [Fact]
    public async Task One_goes_alone_by_its_name_and_for_good_after_its_workspace_went_for_good()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var group = emulator.NewName("left-rg");
        var made = await MadeWorkspace.MakeAsync(emulator, new JsonObject { ["group"] = group });
        await sidecar.ChangeAsync(OperationVerb.Delete, [made.Node], ForGood);
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [LeftoverWorld.Node(made.Vault)], ForGood);
        Assert.Equal((ConfirmationKind.TypeName, made.Vault[(made.Vault.LastIndexOf('/') + 1)..]), (deleted.Plan.Confirmation, deleted.Plan.ConfirmationText));
        Assert.DoesNotContain(deleted.Plan.Warnings, w => w.Code == "leftovers.recoverable");
        Assert.Equal(2, deleted.Items.Count);
        before.AssertBecame(await World.ReadAsync(emulator), ["dependent:" + made.Vault]);
        Assert.Equal(4, (await sidecar.LeftAsync(emulator, group)).Count);
    }

    /// <summary>The list of operations may be cleared; another machine never had it. There the account's own container speaks.</summary>
    [Fact]
    public async Task It_is_known_after_the_operation_was_cleared_and_likely_where_nothing_is_remembered()
    {
        using var folder = new TestFolder();
        var group = emulator.NewName("left-rg");
        var made = await MadeWorkspace.MakeAsync(emulator, new JsonObject { ["group"] = group });
        await using (var sidecar = await ExportSidecar.StartAsync(emulator, folder))
        {
            var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [made.Node]);
            await sidecar.ListAsync("clearFinished");
            Assert.True(sidecar.WasRemoved(deleted.Operation.Id) || !(await sidecar.ListAsync()).Any(o => o.Id == deleted.Operation.Id));
        }

        await using var again = await ExportSidecar.StartAsync(emulator, folder);
        Assert.Equal(5, (await again.LeftAsync(emulator, group)).Count);

        using var elsewhere = new TestFolder();
        await using var other = await ExportSidecar.StartAsync(emulator, elsewhere);
        var only = Assert.Single(await other.LeftAsync(emulator, group));
        Assert.Equal((made.Storage, "storage account, eastus, likely of a workspace that is gone"), (only.Resource?.ResourceId, only.Description));
        Assert.Contains("azureml-blobstore-", only.Tooltip, StringComparison.Ordinal);
        var plan = await other.PlanChangeAsync(OperationVerb.Delete, [only.Id]);
        Assert.Contains(plan.Warnings, w => w.Code == "leftovers.likely" && w.Count == 1);
        Assert.Contains(plan.Warnings, w => w.Code == "leftovers.recoverable");
    }

    /// <summary>A deployment says what the workspace needed; what it only made beside it is likely, what it made two of is nothing.</summary>
    [Fact]
    public async Task Deployments_tell_what_was_made_for_a_workspace()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var group = emulator.NewName("left-rg");
        var workspace = LeftoverWorld.WorkspaceId(emulator, group, "gone-ws");
        var storage = await emulator.StrayAsync("Microsoft.Storage/storageAccounts", group, "goneaccount", new JsonObject { ["containers"] = new JsonArray("azureml", "raw-data") });
        var other = await emulator.StrayAsync("Microsoft.Storage/storageAccounts", group, "landingaccount", new JsonObject { ["containers"] = new JsonArray("raw") });
        var vault = await emulator.StrayAsync("Microsoft.KeyVault/vaults", group, "gone-kv");
        var logs = await emulator.StrayAsync("Microsoft.OperationalInsights/workspaces", group, "gone-logs");
        var insights = await emulator.StrayAsync("Microsoft.Insights/components", group, "gone-ai", new JsonObject { ["properties"] = new JsonObject { ["WorkspaceResourceId"] = logs } });
        var registry = await emulator.StrayAsync("Microsoft.ContainerRegistry/registries", group, "goneacr");
        await emulator.DeployAsync(group, [workspace, storage, other, vault, insights, logs, registry], (workspace, [storage, vault, insights]), (insights, [logs]));
        var left = await sidecar.LeftAsync(emulator, group);
        Assert.Equal([storage, vault, registry, insights, logs], left.Select(n => n.Resource?.ResourceId ?? string.Empty));
        Assert.Equal([false, false, true, false, false], left.Select(n => n.Description?.Contains("likely of gone-ws", StringComparison.Ordinal) == true));
        Assert.Contains("containers that Azure ML did not make: raw-data", left[0].Tooltip, StringComparison.Ordinal);

        // Made anew under its name, it is there, and nothing is a leftover of it.
        await MadeWorkspace.MakeAsync(emulator, new JsonObject { ["group"] = group, ["shares"] = emulator.Workspace.Name }, "gone-ws");
        Assert.Empty(await sidecar.LeftAsync(emulator, group));
    }

    /// <summary>Names alone are nothing; beside a proven account, made in the same minutes, they are.</summary>
    [Fact]
    public async Task Names_count_only_beside_a_proven_account_of_the_same_minutes()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var group = emulator.NewName("left-rg");
        JsonObject At(string time) => new() { ["created"] = time };
        var vault = await emulator.StrayAsync("Microsoft.KeyVault/vaults", group, "teamalphkeyvault0a1b2c3d", At("2025-03-01T10:01:00Z"));
        await emulator.StrayAsync("Microsoft.KeyVault/vaults", group, "teamalphkeyvaultffff0000", At("2025-04-01T10:00:00Z"));
        await emulator.StrayAsync("Microsoft.KeyVault/vaults", group, "teambetakeyvault0a1b2c3d", At("2025-03-01T10:01:00Z"));
        var logs = await emulator.StrayAsync("Microsoft.OperationalInsights/workspaces", group, "teamalphlogalyti99887766", At("2025-03-01T10:00:30Z"));
        await emulator.StrayAsync("Microsoft.Insights/components", group, "teamalphinsights55443322", new JsonObject { ["created"] = "2025-03-01T10:02:00Z", ["properties"] = new JsonObject { ["WorkspaceResourceId"] = logs } });
        Assert.Empty(await sidecar.LeftAsync(emulator, group));
        await emulator.StrayAsync("Microsoft.Storage/storageAccounts", group, "teamalphstorage123456789", new JsonObject
        {
            ["created"] = "2025-03-01T10:00:00Z",
            ["containers"] = new JsonArray("azureml", "azureml-blobstore-0f0f0f0f-1111-4222-8333-444444444444"),
        });
        var left = await sidecar.LeftAsync(emulator, group);
        Assert.Equal(["teamalphstorage123456789", "teamalphkeyvault0a1b2c3d", "teamalphinsights55443322", "teamalphlogalyti99887766"], left.Select(n => n.Label));
        Assert.All(left, n => Assert.EndsWith("likely of a workspace that is gone", n.Description, StringComparison.Ordinal));
        Assert.Contains("by their names and times", left.Single(n => n.Resource?.ResourceId == vault).Tooltip, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_anything_says_is_used_is_never_shown()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var group = emulator.NewName("left-rg");
        var hub = await MadeWorkspace.MakeAsync(emulator, new JsonObject { ["group"] = group, ["kind"] = "Hub" });
        var project = await MadeWorkspace.MakeAsync(emulator, new JsonObject { ["group"] = group, ["hub"] = hub.Name });
        var first = await MadeWorkspace.MakeAsync(emulator, new JsonObject { ["group"] = group });
        await MadeWorkspace.MakeAsync(emulator, new JsonObject { ["group"] = "elsewhere-rg", ["subscription"] = "00000000-0000-0000-0000-000000000002", ["shares"] = first.Name });
        await sidecar.ChangeAsync(OperationVerb.Delete, [project.Node]);
        await sidecar.ChangeAsync(OperationVerb.Delete, [first.Node]);
        const string gone = "azureml-blobstore-0e0e0e0e-1111-4222-8333-444444444444";
        await emulator.StrayAsync("Microsoft.Storage/storageAccounts", group, "plainaccount", new JsonObject { ["containers"] = new JsonArray("data", "azureml") });
        await emulator.StrayAsync("Microsoft.Storage/storageAccounts", group, "foundryaccount", new JsonObject { ["containers"] = new JsonArray("0d0d0d0d-1111-4222-8333-444444444444-azureml-blobstore", "0d0d0d0d-1111-4222-8333-444444444444-agents-blobstore", gone) });
        await emulator.StrayAsync("Microsoft.Storage/storageAccounts", group, "managedaccount", new JsonObject { ["containers"] = new JsonArray(gone), ["managedBy"] = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Databricks/workspaces/d" });
        await emulator.StrayAsync("Microsoft.Storage/storageAccounts", group, "livingaccount", new JsonObject { ["containers"] = new JsonArray(gone, await LivingContainerAsync()) });
        await emulator.StrayAsync("Microsoft.KeyVault/vaults", group, "somebodys-kv");

        // The insights of the first are used elsewhere, so its logs are written to; the registry and vault of a hub are the hub's.
        Assert.Empty(await sidecar.LeftAsync(emulator, group));
    }

    [Fact]
    public async Task Logs_that_others_write_to_are_not_shown()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var group = emulator.NewName("left-rg");
        var made = await MadeWorkspace.MakeAsync(emulator, new JsonObject { ["group"] = group });
        await sidecar.ChangeAsync(OperationVerb.Delete, [made.Node]);
        Assert.Equal(made.Logs, (await sidecar.LeftAsync(emulator, group))[^1].Resource?.ResourceId);
        await emulator.StrayAsync("Microsoft.Insights/components", emulator.NewName("other-rg"), "somebodys-ai", new JsonObject { ["properties"] = new JsonObject { ["WorkspaceResourceId"] = made.Logs } });
        var left = await sidecar.LeftAsync(emulator, group);
        Assert.Equal(4, left.Count);
        Assert.DoesNotContain(left, n => n.Resource?.ResourceId == made.Logs);
    }

    [Fact]
    public async Task A_plan_asks_again_and_refuses_what_is_none_any_more()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var group = emulator.NewName("left-rg");
        var stray = await emulator.StrayAsync("Microsoft.KeyVault/vaults", group, "nobodys-kv");
        var refusal = await sidecar.RefusalAsync(() => sidecar.PlanChangeAsync(OperationVerb.Delete, [LeftoverWorld.Node(stray)]));
        Assert.StartsWith("change.nothingPossible", refusal, StringComparison.Ordinal);
        Assert.Contains("Nothing says any more", refusal, StringComparison.Ordinal);

        var made = await MadeWorkspace.MakeAsync(emulator, new JsonObject { ["group"] = group });
        Assert.Contains($"{made.Name} uses it", await sidecar.RefusalAsync(() => sidecar.PlanChangeAsync(OperationVerb.Delete, [LeftoverWorld.Node(made.Storage)])), StringComparison.Ordinal);

        await sidecar.ChangeAsync(OperationVerb.Delete, [made.Node]);
        await sidecar.ChangeAsync(OperationVerb.Delete, [LeftoverWorld.Node(made.Registry)]);
        Assert.StartsWith("change.allGone", await sidecar.RefusalAsync(() => sidecar.PlanChangeAsync(OperationVerb.Delete, [LeftoverWorld.Node(made.Registry)])), StringComparison.Ordinal);
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [LeftoverWorld.Node(made.Registry), LeftoverWorld.Node(made.Insights), LeftoverWorld.Node(stray)]);
        Assert.Contains(deleted.Plan.Warnings, w => w.Code == "leftovers.otherUse" && w.Count == 1);
        Assert.Equal("It is gone already.", deleted.Items.Single(i => i.Kind == "containerRegistry").Note);
        Assert.False(deleted.Items.Single(i => i.Kind == "keyVault").CanTick);
        before.AssertBecame(await World.ReadAsync(emulator), ["dependent:" + made.Insights]);

        // The whole group was deleted elsewhere.
        await emulator.FaultAsync($"/{group}/", new JsonObject { ["kind"] = "status", ["status"] = 404, ["code"] = "ResourceGroupNotFound" }, times: 50, method: "GET");
        Assert.StartsWith("change.allGone", await sidecar.RefusalAsync(() => sidecar.PlanChangeAsync(OperationVerb.Delete, [LeftoverWorld.Node(made.Storage)])), StringComparison.Ordinal);
        Assert.Equal("Nothing is left over in this resource group any more.", Assert.Single(await sidecar.ReadAsync(LeftoverWorld.GroupNode(emulator, group))).Label);
    }

    [Fact]
    public async Task An_account_that_datastores_of_others_lead_to_is_only_offered()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var group = emulator.NewName("left-rg");
        var made = await MadeWorkspace.MakeAsync(emulator, new JsonObject { ["group"] = group });
        var account = made.Storage[(made.Storage.LastIndexOf('/') + 1)..];
        await emulator.ResourceAsync("datastores/borrowed", new JsonObject { ["datastoreType"] = "AzureBlob", ["accountName"] = account, ["containerName"] = "azureml", ["credentials"] = new JsonObject { ["credentialsType"] = "None" } });
        await sidecar.ChangeAsync(OperationVerb.Delete, [made.Node]);
        var plan = await sidecar.PlanChangeAsync(OperationVerb.Delete, [LeftoverWorld.Node(made.Storage), LeftoverWorld.Node(made.Vault)]);
        var storage = (await sidecar.ItemsAsync(plan.PlanId)).Single(i => i.Kind == "storageAccount");
        Assert.Equal((false, true, true), (storage.Ticked, storage.CanTick, storage.NeedsName));
        Assert.Contains($"borrowed in {emulator.Workspace.Name}", storage.Note, StringComparison.Ordinal);
        await emulator.ControlAsync(HttpMethod.Delete, "resources", new JsonObject { ["path"] = "datastores/borrowed" });
    }

    private async Task<string> LivingContainerAsync()
    {
        var state = await emulator.ControlAsync(HttpMethod.Get, $"state?workspace={emulator.Workspace.Name}", null);
        return (state["storage"] as JsonObject ?? []).SelectMany(a => a.Value?["containers"] as JsonObject ?? []).Select(c => c.Key).First(c => c.StartsWith("azureml-blobstore-", StringComparison.Ordinal));
    }
}
