using System.Text.Json.Nodes;
using AmlDataTools.Core.Resources;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Changes;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.Workspaces;

/// <summary>Rights that end with the workspace, places where there are none, locks above, deletions without end, and names that stay taken. After each the whole state is compared.</summary>
[Collection(ChangeCollection.Name)]
public sealed class RightsTests(ChangeEmulator emulator) : IAsyncLifetime
{
    private const string OtherSubscription = "00000000-0000-0000-0000-000000000002";
    private static readonly JsonObject Forbidden = new() { ["kind"] = "status", ["status"] = 403, ["code"] = "AuthorizationFailed" };

    private static ChangeOptions WithDependents { get; } = ChangeCalls.Records with { IncludeDependents = true };

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await emulator.ControlAsync(HttpMethod.Delete, "locks", null);
        await emulator.ClearFaultsAsync();
        await emulator.SetAsync(new JsonObject { ["workspaceDeletePolls"] = 2, ["workspaceDeleteTimeout"] = "" });
    }

    [Fact]
    public async Task Rights_that_end_with_the_workspace_are_told_apart_and_the_rest_is_taken_up_later()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var made = await MadeWorkspace.MakeAsync(emulator);
        var before = await World.ReadAsync(emulator);
        var plan = await sidecar.PlanChangeAsync(OperationVerb.Delete, [made.Node], WithDependents);

        // Read for the plan; refused when its turn comes.
        await emulator.FaultAsync(made.Storage, (JsonObject)Forbidden.DeepClone(), times: 50, method: "GET");
        await sidecar.ConfirmAsync(plan.PlanId);
        Assert.Equal(OperationState.SucceededWithWarnings, (await sidecar.EndAsync(plan.PlanId)).State);
        var receipt = await sidecar.ReceiptAsync(plan.PlanId);
        Assert.Equal("failed", Assert.Single(receipt.Items, i => i.Code == "rights.endedWithWorkspace").Outcome);
        Assert.Contains("ended with it. It was left", receipt.Markdown, StringComparison.Ordinal);
        Assert.Contains("Ask for Contributor on its resource group", receipt.Markdown, StringComparison.Ordinal);
        string[] came = [$"keptWorkspace:{made.Ref.ResourceId}", $"keptVault:{NameOf(made.Vault)}"];
        before.AssertBecame(await World.ReadAsync(emulator), [.. made.Keys(before), .. MadeWorkspace.Keys(before, made.Vault, made.Insights, made.Registry)], came: came);

        await emulator.ClearFaultsAsync();
        await sidecar.OperationAsync("resume", plan.PlanId);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(plan.PlanId)).State);
        before.AssertBecame(await World.ReadAsync(emulator), [.. made.Keys(before), .. MadeWorkspace.Keys(before, made.Used)], came: came);
    }

    /// <summary>Somebody with a role on the workspace alone: once it is gone, Resource Manager says 403 rather than 404.</summary>
    [Fact]
    public async Task A_workspace_that_cannot_be_read_back_counts_as_deleted_when_the_service_says_so()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var made = await MadeWorkspace.MakeAsync(emulator);
        var before = await World.ReadAsync(emulator);
        var plan = await sidecar.PlanChangeAsync(OperationVerb.Delete, [made.Node], WithDependents);
        await emulator.FaultAsync($"/workspaces/{made.Name}", (JsonObject)Forbidden.DeepClone(), nth: 2, times: 50, method: "GET");
        await sidecar.ConfirmAsync(plan.PlanId);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(plan.PlanId)).State);
        var receipt = await sidecar.ReceiptAsync(plan.PlanId);
        Assert.Equal("done", Assert.Single(receipt.Items, i => i.Code == "verify.rightsEnded").Outcome);
        Assert.Contains("told by the service", receipt.Json.ToJsonString(), StringComparison.Ordinal);
        before.AssertBecame(
            await World.ReadAsync(emulator), [.. made.Keys(before), .. MadeWorkspace.Keys(before, made.Used)],
            came: [$"keptWorkspace:{made.Ref.ResourceId}", $"keptVault:{NameOf(made.Vault)}"]);
    }

    [Fact]
    public async Task What_lies_in_another_subscription_without_rights_is_kept_and_told()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var owner = await MadeWorkspace.MakeAsync(emulator, new JsonObject { ["subscription"] = OtherSubscription });
        var made = await MadeWorkspace.MakeAsync(emulator, new JsonObject { ["shares"] = owner.Name });
        Assert.Contains(OtherSubscription, made.Vault, StringComparison.Ordinal);
        var before = await World.ReadAsync(emulator);
        await emulator.FaultAsync($"/subscriptions/{OtherSubscription}/", (JsonObject)Forbidden.DeepClone(), times: 1000);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [made.Node], WithDependents);
        var vault = deleted.Items.Single(i => i.Kind == "keyVault");
        Assert.False(vault.Ticked || vault.CanTick);
        Assert.Contains("may not read it", vault.Note, StringComparison.Ordinal);
        Assert.Contains(deleted.Plan.Warnings, w => w.Code == "dependents.usersUnread");
        Assert.Equal(OperationState.Succeeded, deleted.Operation.State);
        before.AssertBecame(await World.ReadAsync(emulator), made.Keys(before), came: [$"keptWorkspace:{made.Ref.ResourceId}"]);
    }

    [Fact]
    public async Task A_lock_on_the_resource_group_keeps_everything_in_it()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var made = await MadeWorkspace.MakeAsync(emulator, new JsonObject { ["group"] = emulator.NewName("locked-rg") });
        await emulator.ControlAsync(HttpMethod.Post, "locks", new JsonObject { ["scope"] = $"/subscriptions/{made.Ref.SubscriptionId}/resourceGroups/{made.Ref.ResourceGroup}", ["level"] = "CanNotDelete", ["name"] = "keep-all" });
        var before = await World.ReadAsync(emulator);
        var mark = await emulator.MarkAsync();
        var refusal = await sidecar.RefusalAsync(async () =>
        {
            var plan = await sidecar.PlanChangeAsync(OperationVerb.Delete, [made.Node], WithDependents);
            Assert.All(await sidecar.ItemsAsync(plan.PlanId), i => Assert.False(i.Ticked && i.Kind == "workspace"));
            Assert.Contains("the lock keep-all", (await sidecar.ItemsAsync(plan.PlanId))[0].Note, StringComparison.Ordinal);
            await sidecar.ConfirmAsync(plan.PlanId);
        });
        Assert.Matches("^(plan.nothingTicked|change.nothingPossible)", refusal);
        Assert.DoesNotContain(await emulator.RequestsAsync(mark), r => r.Method == "DELETE");
        before.AssertBecame(await World.ReadAsync(emulator), []);

        // A lock that came after the plan is named by the service, and in the receipt.
        await emulator.ControlAsync(HttpMethod.Delete, "locks", null);
        var late = await sidecar.PlanChangeAsync(OperationVerb.Delete, [made.Node], WithDependents);
        await emulator.ControlAsync(HttpMethod.Post, "locks", new JsonObject { ["scope"] = $"/subscriptions/{made.Ref.SubscriptionId}/resourceGroups/{made.Ref.ResourceGroup}", ["level"] = "CanNotDelete", ["name"] = "keep-all" });
        await sidecar.ConfirmAsync(late.PlanId);
        Assert.NotEqual(OperationState.Succeeded, (await sidecar.EndAsync(late.PlanId)).State);
        Assert.Contains((await sidecar.ReceiptAsync(late.PlanId)).Items, i => i.Code == "resource.locked");
        before.AssertBecame(await World.ReadAsync(emulator), []);
    }

    /// <summary>The service tells how long a deletion may take; one that takes longer is told, and taken up by a resume without a second request.</summary>
    [Fact]
    public async Task A_deletion_that_does_not_end_is_told_and_can_be_resumed()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var made = await MadeWorkspace.MakeAsync(emulator);
        var before = await World.ReadAsync(emulator);
        await emulator.SetAsync(new JsonObject { ["workspaceDeletePolls"] = 100_000, ["workspaceDeleteTimeout"] = "PT2S" });
        var mark = await emulator.MarkAsync();
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [made.Node], WithDependents);
        Assert.NotEqual(OperationState.Succeeded, deleted.Operation.State);
        Assert.Equal("failed", Assert.Single(deleted.Receipt.Items, i => i.Code == "service.operationTimedOut").Outcome);
        Assert.Contains("did not finish it within", deleted.Receipt.Markdown, StringComparison.Ordinal);
        Assert.Equal(0, deleted.Receipt.Done);
        Assert.Contains(OperationAction.Resume, deleted.Operation.Actions);

        await emulator.ControlAsync(HttpMethod.Post, "workspaces/end", new JsonObject { ["name"] = made.Name });
        await sidecar.OperationAsync("resume", deleted.Operation.Id);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(deleted.Operation.Id)).State);
        Assert.Single(await emulator.RequestsAsync(mark), r => r.Method == "DELETE" && r.Path.EndsWith(made.Name, StringComparison.Ordinal));
        before.AssertBecame(
            await World.ReadAsync(emulator), [.. made.Keys(before), .. MadeWorkspace.Keys(before, made.Used)],
            came: [$"keptWorkspace:{made.Ref.ResourceId}", $"keptVault:{NameOf(made.Vault)}"]);
    }

    [Fact]
    public async Task A_name_that_stays_taken_is_warned_of_and_one_that_is_kept_already_is_explained()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var made = await MadeWorkspace.MakeAsync(emulator);
        Assert.DoesNotContain((await sidecar.PlanChangeAsync(OperationVerb.Delete, [made.Node], ChangeCalls.Records with { Permanently = true })).Warnings, w => w.Code == "workspace.nameTaken");
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [made.Node]);
        var day = DateTime.UtcNow.AddDays(14).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Contains($"The name {made.Name} stays taken in its resource group until {day}", Assert.Single(deleted.Plan.Warnings, w => w.Code == "workspace.nameTaken").Message, StringComparison.Ordinal);
        var before = await World.ReadAsync(emulator);
        var mark = await emulator.MarkAsync();
        var refusal = await sidecar.RefusalAsync(() => sidecar.PlanChangeAsync(OperationVerb.Delete, [made.Node], ChangeCalls.Records with { Permanently = true }));
        Assert.StartsWith("workspace.gone", refusal, StringComparison.Ordinal);
        Assert.Contains("Recently deleted", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain(await emulator.RequestsAsync(mark), r => r.Method == "DELETE");
        before.AssertBecame(await World.ReadAsync(emulator), []);
    }

    private static string NameOf(string resourceId) => resourceId[(resourceId.LastIndexOf('/') + 1)..];
}
