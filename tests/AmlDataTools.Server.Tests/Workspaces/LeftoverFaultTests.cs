using System.Diagnostics;
using System.Text.Json.Nodes;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Changes;
using AmlDataTools.Server.Tests.Exports;
using NodeKind = AmlDataTools.Server.Protocol.NodeKind;

namespace AmlDataTools.Server.Tests.Workspaces;

/// <summary>Leftovers where not everything can be read, where something holds them, and where there are thousands of resources.</summary>
[Collection(LeftoverCollection.Name)]
public sealed class LeftoverFaultTests(ChangeEmulator emulator) : IAsyncLifetime
{
    private const string Marketing = "00000000-0000-0000-0000-000000000002";

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await emulator.ControlAsync(HttpMethod.Delete, "locks", null);
        await emulator.ClearFaultsAsync();
    }

    [Fact]
    public async Task Nothing_is_asked_before_it_is_opened_and_then_a_bounded_number()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var mark = await emulator.MarkAsync();
        var top = await sidecar.ReadAsync(NodeTargets.Format(new SubscriptionTarget(emulator.Workspace.SubscriptionId, null)));
        Assert.Equal((NodeKind.Leftovers, "Leftover resources"), (top[^1].Kind, top[^1].Label));
        Assert.DoesNotContain(await emulator.RequestsAsync(mark), IsAboutLeftovers);

        var group = emulator.NewName("left-rg");
        var vault = await emulator.StrayAsync("Microsoft.KeyVault/vaults", group, "one-kv");
        mark = await emulator.MarkAsync();
        await sidecar.ReadAsync(LeftoverWorld.Root(emulator));
        var asked = await emulator.RequestsAsync(mark);
        Assert.Equal(5, asked.Count(r => r.Path.EndsWith("/resources", StringComparison.Ordinal) && !r.Query.Contains("skipToken", StringComparison.OrdinalIgnoreCase)));
        Assert.Single(asked, r => r.Path.Contains($"/{group}/", StringComparison.Ordinal));
        Assert.DoesNotContain(asked, r => r.Path.StartsWith(vault, StringComparison.Ordinal));

        // Opening a group that was just looked through asks nothing more.
        mark = await emulator.MarkAsync();
        await sidecar.PageAsync(LeftoverWorld.GroupNode(emulator, group));
        Assert.Empty(await emulator.RequestsAsync(mark));
    }

    [Fact]
    public async Task What_cannot_be_read_is_a_row_and_the_rest_is_shown()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var (group, closed) = (emulator.NewName("left-rg"), emulator.NewName("closed-rg"));
        var made = await MadeWorkspace.MakeAsync(emulator, new JsonObject { ["group"] = group });
        await emulator.StrayAsync("Microsoft.Storage/storageAccounts", closed, "closedaccount", new JsonObject { ["containers"] = new JsonArray("azureml") });
        await sidecar.ChangeAsync(OperationVerb.Delete, [made.Node]);
        await emulator.FaultAsync($"/{closed}/", (JsonObject)LeftoverWorld.Refused.DeepClone(), times: 100, method: "GET");
        await emulator.FaultAsync($"/{Marketing}/providers/Microsoft.MachineLearningServices/workspaces", (JsonObject)LeftoverWorld.Refused.DeepClone(), times: 100);
        var top = await sidecar.ReadAsync(LeftoverWorld.Root(emulator));
        Assert.Contains(top, n => n.Kind == NodeKind.Notice && n.Label.StartsWith($"{closed}: nothing found, but what was deployed to it, the containers of some storage accounts could not be read", StringComparison.Ordinal));
        Assert.Contains(top, n => n.Kind == NodeKind.Notice && n.Label.Contains($"subscription {Marketing}", StringComparison.Ordinal));
        Assert.Equal(5, (await sidecar.LeftAsync(emulator, group)).Count);
        var plan = await sidecar.PlanChangeAsync(OperationVerb.Delete, [LeftoverWorld.Node(made.Storage)]);
        Assert.Contains(plan.Warnings, w => w.Code == "dependents.usersUnread");
        Assert.Contains("not fully known", Assert.Single(await sidecar.ItemsAsync(plan.PlanId)).Note, StringComparison.Ordinal);
    }

    /// <summary>Without the list of living workspaces, a container says nothing; what was recorded of a workspace that is not found still does.</summary>
    [Fact]
    public async Task Where_the_workspaces_of_the_subscription_cannot_be_listed_only_what_is_proven_is_shown()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var group = emulator.NewName("left-rg");
        var made = await MadeWorkspace.MakeAsync(emulator, new JsonObject { ["group"] = group });
        var living = await MadeWorkspace.MakeAsync(emulator, new JsonObject { ["group"] = group });
        await sidecar.ChangeAsync(OperationVerb.Delete, [made.Node]);
        await emulator.FaultAsync($"/{emulator.Workspace.SubscriptionId}/providers/Microsoft.MachineLearningServices/workspaces?", (JsonObject)LeftoverWorld.Refused.DeepClone(), times: 100);
        var left = (await sidecar.LeftAsync(emulator, group)).Select(n => n.Resource?.ResourceId).ToList();
        Assert.Equal(5, left.Count);
        Assert.DoesNotContain(living.Storage, left);
        Assert.Contains(await sidecar.ReadAsync(LeftoverWorld.Root(emulator)), n => n.Label.Contains("only what is proven is shown", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Whether_a_workspace_is_gone_must_be_read()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var group = emulator.NewName("left-rg");
        var made = await MadeWorkspace.MakeAsync(emulator, new JsonObject { ["group"] = group });
        await sidecar.ChangeAsync(OperationVerb.Delete, [made.Node]);
        await emulator.FaultAsync(made.Ref.ResourceId, (JsonObject)LeftoverWorld.Refused.DeepClone(), times: 100, method: "GET");
        Assert.Empty(await sidecar.LeftAsync(emulator, group));
        Assert.Contains(await sidecar.ReadAsync(LeftoverWorld.Root(emulator)), n => n.Label.StartsWith($"{group}: nothing found, but whether the workspace {made.Name} is gone", StringComparison.Ordinal));
    }

    [Fact]
    public async Task When_nothing_can_be_listed_it_is_an_error_with_a_way_out()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        await emulator.FaultAsync("/resources?", (JsonObject)LeftoverWorld.Refused.DeepClone(), times: 100);
        Assert.Equal(NodeKind.Error, Assert.Single(await sidecar.ReadAsync(LeftoverWorld.Root(emulator))).Kind);
        await emulator.ClearFaultsAsync();
        await emulator.FaultAsync("Microsoft.KeyVault", (JsonObject)LeftoverWorld.Refused.DeepClone(), times: 100, method: "GET");
        Assert.Contains(await sidecar.ReadAsync(LeftoverWorld.Root(emulator)), n => n.Label == "Not looked through, since they could not be listed: key vaults.");
    }

    [Fact]
    public async Task A_lock_keeps_one_and_a_protected_vault_stays_kept()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var group = emulator.NewName("left-rg");
        var made = await MadeWorkspace.MakeAsync(emulator, new JsonObject { ["group"] = group, ["purgeProtection"] = true });
        await sidecar.ChangeAsync(OperationVerb.Delete, [made.Node]);
        await emulator.ControlAsync(HttpMethod.Post, "locks", new JsonObject { ["scope"] = made.Storage, ["level"] = "CanNotDelete", ["name"] = "keep-data" });
        await emulator.FaultAsync("ContainerRegistry", (JsonObject)LeftoverWorld.Refused.DeepClone(), times: 20, method: "DELETE");
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [.. made.Used.Select(LeftoverWorld.Node)], ChangeCalls.Records with { Permanently = true });
        Assert.Contains("the lock keep-data (CanNotDelete) on the storage account", deleted.Items.Single(i => i.Kind == "storageAccount").Note, StringComparison.Ordinal);
        Assert.Contains("purge protection", deleted.Items.Single(i => i.Action == PlanItemAction.Purge).Note, StringComparison.Ordinal);
        Assert.Equal(OperationState.SucceededWithWarnings, deleted.Operation.State);
        before.AssertBecame(await World.ReadAsync(emulator), ["dependent:" + made.Vault, "dependent:" + made.Insights], came: [$"keptVault:{made.Vault[(made.Vault.LastIndexOf('/') + 1)..]}"]);

        await emulator.ClearFaultsAsync();
        await emulator.ControlAsync(HttpMethod.Delete, "locks", null);
        await emulator.ControlAsync(HttpMethod.Post, "locks", new JsonObject { ["scope"] = $"/subscriptions/{emulator.Workspace.SubscriptionId}/resourceGroups/{group}", ["level"] = "ReadOnly", ["name"] = "frozen" });
        Assert.Contains($"the lock frozen (ReadOnly) on the resource group {group}", await sidecar.RefusalAsync(() => sidecar.PlanChangeAsync(OperationVerb.Delete, [LeftoverWorld.Node(made.Registry)])), StringComparison.Ordinal);
    }

    /// <summary>Eight thousand resources in 90 groups: looked through in pages, in little memory, and stopped at once when nobody waits any more.</summary>
    [Fact]
    public async Task Thousands_of_resources_are_looked_through_in_pages()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        for (var at = 0; at < 90; at++)
        {
            await emulator.StrayAsync("Microsoft.KeyVault/vaults", $"many-{at:00}-rg", $"many{at:00}kv", new JsonObject { ["subscription"] = Marketing, ["count"] = at == 0 ? 8000 : 1 });
        }

        await emulator.StrayAsync("Microsoft.Storage/storageAccounts", "many-89-rg", "manyaccount", new JsonObject { ["subscription"] = Marketing, ["containers"] = new JsonArray("azureml-blobstore-0c0c0c0c-1111-4222-8333-444444444444") });
        var root = NodeTargets.Format(new LeftoversTarget(Marketing, null));
        var first = await sidecar.PageAsync(root);
        Assert.Contains(first.Nodes, n => n.Label.StartsWith("Looked through 40 of ", StringComparison.Ordinal));
        var all = await sidecar.ReadAsync(root);
        Assert.Equal("many-89-rg", Assert.Single(all, n => n.Kind == NodeKind.LeftoverGroup).Label);
        Assert.InRange(sidecar.PeakMiB(), 1, 200);

        await emulator.FaultAsync($"/{Marketing}/resources", new JsonObject { ["kind"] = "delay", ["milliseconds"] = 30_000 }, times: 100);
        await sidecar.CallAsync("explorer/refresh", new RefreshParams(root), ProtocolJsonContext.Default.RefreshParams, ProtocolJsonContext.Default.Empty);
        using var leaving = new CancellationTokenSource(500);
        var clock = Stopwatch.StartNew();
        await Assert.ThrowsAnyAsync<Exception>(() => sidecar.PageAsync(root, null, leaving.Token));
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 20);
    }

    private static bool IsAboutLeftovers(SeenRequest request) => request.Path.EndsWith("/resources", StringComparison.Ordinal) || request.Path.Contains("Microsoft.Resources/deployments", StringComparison.Ordinal);
}
