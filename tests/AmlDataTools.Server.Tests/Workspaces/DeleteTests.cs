using System.Text.Json.Nodes;
using AmlDataTools.Core.Resources;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Changes;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.Workspaces;

/// <summary>A workspace is deleted with exactly what was ticked of the resources it uses, and nothing that others use goes unasked.</summary>
[Collection(ChangeCollection.Name)]
public sealed class DeleteTests(ChangeEmulator emulator) : IAsyncLifetime
{
    private static ChangeOptions WithDependents { get; } = ChangeCalls.Records with { IncludeDependents = true };

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await emulator.ControlAsync(HttpMethod.Delete, "locks", null);
        await emulator.ClearFaultsAsync();
        await emulator.SetAsync(new JsonObject { ["workspaceDeletePolls"] = 2 });
    }

    [Fact]
    public async Task Alone_it_goes_and_is_kept_for_14_days_and_all_it_uses_stays()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var made = await MadeWorkspace.MakeAsync(emulator);
        await emulator.ControlAsync(HttpMethod.Post, "resources", new JsonObject
        {
            ["workspace"] = made.Name,
            ["path"] = "computes/big-cluster",
            ["body"] = new JsonObject { ["properties"] = new JsonObject { ["computeType"] = "AmlCompute", ["provisioningState"] = "Succeeded" } },
        });
        var before = await World.ReadAsync(emulator);
        var mark = await emulator.MarkAsync();
        var plan = await sidecar.PlanChangeAsync(OperationVerb.Delete, [made.Node]);
        var items = await sidecar.ItemsAsync(plan.PlanId);
        Assert.Equal((ConfirmationKind.TypeName, made.Name), (plan.Confirmation, plan.ConfirmationText));
        Assert.Equal(6, items.Count);
        Assert.Equal(["workspace"], items.Where(i => i.Ticked).Select(i => i.Kind));
        Assert.All(items.Where(i => i.Kind != "workspace"), i => Assert.True(i.CanTick));
        Assert.Contains(items[0].Details, d => d.Contains("1 compute (big-cluster)", StringComparison.Ordinal));
        Assert.Contains(plan.Survivors, s => s.Contains("kept by the service for 14 days", StringComparison.Ordinal));
        Assert.Contains(plan.Survivors, s => s.Contains("not ticked", StringComparison.Ordinal));
        Assert.StartsWith("confirmation.", await sidecar.RefusalAsync(() => sidecar.BeginChangeAsync(plan.PlanId, "confirmed")), StringComparison.Ordinal);

        await sidecar.ConfirmAsync(plan.PlanId);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(plan.PlanId)).State);
        before.AssertBecame(await World.ReadAsync(emulator), made.Keys(before), came: [$"keptWorkspace:{made.Ref.ResourceId}"]);
        var sent = Assert.Single(await emulator.RequestsAsync(mark), r => r.Method == "DELETE");
        Assert.Contains("forceToPurge=false", sent.Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Permanently_and_with_what_it_uses_nothing_is_kept_but_the_logs_that_others_may_write()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var made = await MadeWorkspace.MakeAsync(emulator);
        var before = await World.ReadAsync(emulator);
        var mark = await emulator.MarkAsync();
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [made.Node], WithDependents with { Permanently = true });
        Assert.Equal(OperationState.Succeeded, deleted.Operation.State);
        Assert.Equal((6L, 6L), (deleted.Receipt.Found, deleted.Receipt.Done));
        before.AssertBecame(await World.ReadAsync(emulator), [.. made.Keys(before), .. MadeWorkspace.Keys(before, made.Used)]);
        var sent = (await emulator.RequestsAsync(mark)).Where(r => r.Method == "DELETE" || (r.Method == "POST" && r.Path.EndsWith("/purge", StringComparison.Ordinal))).ToList();
        Assert.Contains("forceToPurge=true", sent[0].Query, StringComparison.Ordinal);
        Assert.EndsWith("/purge", sent[^1].Path, StringComparison.Ordinal);
        var logs = deleted.Items.Single(i => i.Kind == "logAnalytics");
        Assert.Equal((false, true, true), (logs.Ticked, logs.CanTick, logs.NeedsName));
        Assert.Contains(deleted.Plan.Survivors, s => s.Contains("deleted for good", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_another_workspace_uses_is_kept_unless_ticked()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var first = await MadeWorkspace.MakeAsync(emulator);
        var second = await MadeWorkspace.MakeAsync(emulator, new JsonObject { ["shares"] = first.Name });
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [first.Node], WithDependents);
        Assert.All(deleted.Items.Where(i => i.Kind != "workspace"), i => Assert.Equal((false, true), (i.Ticked, i.NeedsName)));
        Assert.Contains(second.Name, deleted.Items.Single(i => i.Kind == "storageAccount").Note, StringComparison.Ordinal);
        Assert.Contains(deleted.Plan.Warnings, w => w.Code == "dependents.shared" && w.Count == 5);
        before.AssertBecame(await World.ReadAsync(emulator), first.Keys(before), came: [$"keptWorkspace:{first.Ref.ResourceId}"]);

        // Ticked all the same, the registry alone goes with the second.
        var between = await World.ReadAsync(emulator);
        var plan = await sidecar.PlanChangeAsync(OperationVerb.Delete, [second.Node]);
        var registry = (await sidecar.ItemsAsync(plan.PlanId)).Single(i => i.Kind == "containerRegistry");
        Assert.False(registry.Ticked || registry.NeedsName);
        await sidecar.ConfirmAsync(plan.PlanId, registry.Id);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(plan.PlanId)).State);
        between.AssertBecame(await World.ReadAsync(emulator), [.. second.Keys(between), "dependent:" + second.Registry], came: [$"keptWorkspace:{second.Ref.ResourceId}"]);
    }

    [Fact]
    public async Task A_hub_stays_while_it_has_projects_and_a_project_leaves_what_is_the_hubs()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var hub = await MadeWorkspace.MakeAsync(emulator, new JsonObject { ["kind"] = "Hub" });
        var project = await MadeWorkspace.MakeAsync(emulator, new JsonObject { ["hub"] = hub.Name });
        var before = await World.ReadAsync(emulator);
        var refused = await sidecar.ItemsAsync((await sidecar.PlanChangeAsync(OperationVerb.Delete, [hub.Node], WithDependents)).PlanId);
        Assert.Equal((false, false), (refused[0].Ticked, refused[0].CanTick));
        Assert.Contains(project.Name, refused[0].Note, StringComparison.Ordinal);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [project.Node], WithDependents);
        Assert.All(deleted.Items.Where(i => i.Kind != "workspace"), i => Assert.True(i is { Ticked: false, NeedsName: true }));
        Assert.Contains($"hub {hub.Name}", deleted.Items.Single(i => i.Kind == "keyVault").Note, StringComparison.Ordinal);
        before.AssertBecame(await World.ReadAsync(emulator), project.Keys(before), came: [$"keptWorkspace:{project.Ref.ResourceId}"]);
    }

    [Fact]
    public async Task A_vault_with_purge_protection_is_deleted_and_stays_kept()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var made = await MadeWorkspace.MakeAsync(emulator, new JsonObject { ["purgeProtection"] = true });
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [made.Node], WithDependents with { Permanently = true });
        var purge = deleted.Items.Single(i => i.Action == PlanItemAction.Purge);
        Assert.False(purge.Ticked || purge.CanTick);
        Assert.Contains("purge protection", purge.Note, StringComparison.Ordinal);
        before.AssertBecame(await World.ReadAsync(emulator), [.. made.Keys(before), .. MadeWorkspace.Keys(before, made.Used)], came: [$"keptVault:{made.Vault[(made.Vault.LastIndexOf('/') + 1)..]}"]);
    }

    /// <summary>The purge is a right of its own: refused, it is told, and all else is done.</summary>
    [Fact]
    public async Task A_purge_that_is_refused_is_in_the_receipt()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var made = await MadeWorkspace.MakeAsync(emulator);
        await emulator.FaultAsync("/purge", new JsonObject { ["kind"] = "status", ["status"] = 403, ["code"] = "AuthorizationFailed" }, times: 20);
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [made.Node], WithDependents with { Permanently = true });
        Assert.Equal(OperationState.SucceededWithWarnings, deleted.Operation.State);
        Assert.Equal((6L, 5L), (deleted.Receipt.Found, deleted.Receipt.Done));
        before.AssertBecame(await World.ReadAsync(emulator), [.. made.Keys(before), .. MadeWorkspace.Keys(before, made.Used)], came: [$"keptVault:{made.Vault[(made.Vault.LastIndexOf('/') + 1)..]}"]);
        await emulator.ClearFaultsAsync();
        await sidecar.OperationAsync("resume", deleted.Operation.Id);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(deleted.Operation.Id)).State);
        Assert.Empty((await World.ReadAsync(emulator)).Keys($"keptVault:{made.Name}"));
    }

    [Fact]
    public async Task A_lock_keeps_what_it_is_on_and_is_named()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var made = await MadeWorkspace.MakeAsync(emulator);
        await emulator.ControlAsync(HttpMethod.Post, "locks", new JsonObject { ["scope"] = made.Storage, ["level"] = "CanNotDelete", ["name"] = "keep-data" });
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [made.Node], WithDependents);
        var storage = deleted.Items.Single(i => i.Kind == "storageAccount");
        Assert.False(storage.Ticked || storage.CanTick);
        Assert.Contains("the lock keep-data (CanNotDelete) on the storage account", storage.Note, StringComparison.Ordinal);
        before.AssertBecame(
            await World.ReadAsync(emulator), [.. made.Keys(before), .. MadeWorkspace.Keys(before, made.Vault, made.Insights, made.Registry)],
            came: [$"keptWorkspace:{made.Ref.ResourceId}", $"keptVault:{made.Vault[(made.Vault.LastIndexOf('/') + 1)..]}"]);

        var locked = await MadeWorkspace.MakeAsync(emulator);
        await emulator.ControlAsync(HttpMethod.Post, "locks", new JsonObject { ["scope"] = locked.Ref.ResourceId, ["level"] = "CanNotDelete", ["name"] = "keep-ws" });
        var untouched = await World.ReadAsync(emulator);
        var plan = await sidecar.PlanChangeAsync(OperationVerb.Delete, [locked.Node], WithDependents);
        var item = (await sidecar.ItemsAsync(plan.PlanId))[0];
        Assert.False(item.Ticked || item.CanTick);
        Assert.Contains("the lock keep-ws", item.Note, StringComparison.Ordinal);

        // What it uses goes only with it.
        Assert.StartsWith("plan.nothingTicked", await sidecar.RefusalAsync(() => sidecar.ConfirmAsync(plan.PlanId)), StringComparison.Ordinal);
        untouched.AssertBecame(await World.ReadAsync(emulator), []);
    }

    [Fact]
    public async Task What_refuses_to_go_does_not_stop_the_others()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var made = await MadeWorkspace.MakeAsync(emulator);
        await emulator.StorageRulesAsync(new JsonObject { ["account"] = made.Storage[(made.Storage.LastIndexOf('/') + 1)..], ["legalHold"] = new JsonObject { ["container"] = "azureml" } });
        await emulator.FaultAsync("ContainerRegistry", new JsonObject { ["kind"] = "status", ["status"] = 403, ["code"] = "AuthorizationFailed" }, times: 20, method: "DELETE");
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [made.Node], WithDependents);
        Assert.Equal(OperationState.SucceededWithWarnings, deleted.Operation.State);
        Assert.Equal((5L, 3L, 2L), (deleted.Receipt.Found, deleted.Receipt.Done, deleted.Receipt.Failed));
        Assert.Contains(deleted.Receipt.Items, i => i.Code == "storage.protected");
        Assert.Contains(deleted.Receipt.Items, i => i.Code == "auth.forbidden");
        before.AssertBecame(
            await World.ReadAsync(emulator), [.. made.Keys(before), .. MadeWorkspace.Keys(before, made.Vault, made.Insights)],
            came: [$"keptWorkspace:{made.Ref.ResourceId}", $"keptVault:{made.Vault[(made.Vault.LastIndexOf('/') + 1)..]}"]);
    }

    [Fact]
    public async Task What_may_not_be_read_is_kept()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var made = await MadeWorkspace.MakeAsync(emulator);
        await emulator.FaultAsync(made.Vault, new JsonObject { ["kind"] = "status", ["status"] = 403, ["code"] = "AuthorizationFailed" }, times: 20, method: "GET");
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [made.Node], WithDependents);
        var vault = deleted.Items.Single(i => i.Kind == "keyVault");
        Assert.False(vault.Ticked || vault.CanTick);
        Assert.Contains("may not read it", vault.Note, StringComparison.Ordinal);
        before.AssertBecame(
            await World.ReadAsync(emulator), [.. made.Keys(before), .. MadeWorkspace.Keys(before, made.Storage, made.Insights, made.Registry)], came: [$"keptWorkspace:{made.Ref.ResourceId}"]);
    }

    /// <summary>A resource chosen by itself says who uses it, takes its name, and takes nothing else with it.</summary>
    [Fact]
    public async Task A_resource_can_be_deleted_alone()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var made = await MadeWorkspace.MakeAsync(emulator);
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [made.NodeOf(ResourceKind.ContainerRegistry, made.Registry)]);
        Assert.Equal((ConfirmationKind.TypeName, made.Registry[(made.Registry.LastIndexOf('/') + 1)..]), (deleted.Plan.Confirmation, deleted.Plan.ConfirmationText));
        Assert.Contains($"{made.Name} uses it", Assert.Single(deleted.Items).Note, StringComparison.Ordinal);
        before.AssertBecame(await World.ReadAsync(emulator), ["dependent:" + made.Registry]);
    }

    [Fact]
    public async Task Killed_while_the_service_deletes_it_goes_on_without_a_second_request()
    {
        using var folder = new TestFolder();
        var made = await MadeWorkspace.MakeAsync(emulator);
        var before = await World.ReadAsync(emulator);
        await emulator.SetAsync(new JsonObject { ["workspaceDeletePolls"] = 100_000 });
        var mark = await emulator.MarkAsync();
        string id;
        await using (var first = await ExportSidecar.StartAsync(emulator, folder))
        {
            var plan = await first.PlanChangeAsync(OperationVerb.Delete, [made.Node], WithDependents);
            id = plan.PlanId;
            await first.ConfirmAsync(id);
            for (var tries = 0; tries < 200 && !(await emulator.RequestsAsync(mark)).Any(r => r.Path.Contains("workspaceOperationsStatus", StringComparison.Ordinal)); tries++)
            {
                await Task.Delay(50);
            }

            await first.KillAsync();
        }

        await using var second = await ExportSidecar.StartAsync(emulator, folder);
        Assert.Equal(OperationState.Interrupted, (await second.FindAsync(id)).State);
        await second.OperationAsync("resume", id);
        await Task.Delay(500);
        Assert.Equal(OperationState.Running, (await second.FindAsync(id)).State);

        // The service ends it.
        await emulator.ControlAsync(HttpMethod.Post, "workspaces/end", new JsonObject { ["name"] = made.Name });
        Assert.Equal(OperationState.Succeeded, (await second.EndAsync(id)).State);
        Assert.Single(await emulator.RequestsAsync(mark), r => r.Method == "DELETE" && r.Path.EndsWith(made.Name, StringComparison.Ordinal));
        before.AssertBecame(
            await World.ReadAsync(emulator), [.. made.Keys(before), .. MadeWorkspace.Keys(before, made.Used)],
            came: [$"keptWorkspace:{made.Ref.ResourceId}", $"keptVault:{made.Vault[(made.Vault.LastIndexOf('/') + 1)..]}"]);
    }
}
