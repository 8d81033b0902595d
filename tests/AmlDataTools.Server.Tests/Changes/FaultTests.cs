using System.Text.Json.Nodes;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Resources;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.Changes;

/// <summary>Whatever goes wrong: exactly what the receipt calls done is gone, and nothing else.</summary>
[Collection(ChangeCollection.Name)]
public sealed class FaultTests(ChangeEmulator emulator) : IAsyncLifetime
{
    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => emulator.ClearFaultsAsync();

    /// <summary>Names that would mean something else in an address, or match more than themselves.</summary>
    [Theory]
    [InlineData("mo*")]
    [InlineData("100%")]
    [InlineData("a%2Fb")]
    [InlineData("..x")]
    [InlineData("name with space")]
    [InlineData("Übermodell")]
    [InlineData("MODEL-case")]
    public async Task A_hostile_name_means_only_itself(string name)
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        // Places of their own: a path with a pattern in it counts as reaching everything that fits.
        foreach (var each in new[] { name, name.ToLowerInvariant() + "x", "mo" })
        {
            await emulator.ModelAsync(name: each, folder: $"LocalUpload/{emulator.NewName("hostile")}/model");
        }

        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.NodeOf(ResourceKind.Model, name)]);
        Assert.Equal((OperationState.Succeeded, null), (deleted.Operation.State, deleted.Operation.ErrorCode));
        before.AssertBecame(await World.ReadAsync(emulator), [$"resource:models/{name}", $"resource:models/{name}/versions/1"]);
    }

    /// <summary>No id of a node can be made for these; one made by hand is refused before any request.</summary>
    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData(" ")]
    public async Task A_name_that_is_another_address_is_refused_before_any_request(string name)
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var mark = await emulator.MarkAsync();
        foreach (var kind in new[] { ResourceKind.Dataset, ResourceKind.Datastore, ResourceKind.Model })
        {
            string node;
            try
            {
                node = NodeTargets.Format(new ResourceTarget(new ResourceAddress(emulator.Workspace, kind, name, null), null));
            }
            catch (ArgumentException)
            {
                continue;
            }

            await sidecar.RefusalAsync(async () =>
            {
                var plan = await sidecar.PlanChangeAsync(OperationVerb.Delete, [node]);
                await sidecar.ConfirmAsync(plan.PlanId);
            });
        }

        Assert.DoesNotContain(await emulator.RequestsAsync(mark), r => r.Method == "DELETE");
    }

    [Fact]
    public async Task A_lock_that_came_after_the_plan_is_named_and_the_rest_goes()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var (locked, free) = (await emulator.ModelAsync(), await emulator.ModelAsync());
        var scope = $"{emulator.Workspace.ResourceId}/models/{locked}";
        var plan = await sidecar.PlanChangeAsync(
                OperationVerb.Delete, [emulator.NodeOf(ResourceKind.ModelVersion, locked, "1"), emulator.NodeOf(ResourceKind.ModelVersion, free, "1")], ChangeCalls.WithData);
        await emulator.LockAsync(scope);
        try
        {
            var before = await World.ReadAsync(emulator);
            await sidecar.ConfirmAsync(plan.PlanId);
            var ended = await sidecar.EndAsync(plan.PlanId);
            Assert.Equal(OperationState.SucceededWithWarnings, ended.State);
            var receipt = await sidecar.ReceiptAsync(plan.PlanId);
            Assert.Contains(receipt.Items, i => i.Code == "resource.locked");

            // Its record stayed, so did its data.
            before.AssertBecame(await World.ReadAsync(emulator), [$"resource:models/{free}/versions/1", .. before.Keys($"LocalUpload/{free}-1/")]);
        }
        finally
        {
            await emulator.UnlockAsync(scope);
        }
    }

    [Fact]
    public async Task Gone_already_is_success_and_said_so()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var name = await emulator.ModelAsync();
        var run = await emulator.AddRunAsync(("outputs/a.bin", 10), ("outputs/b.bin", 10));
        var plan = await sidecar.PlanChangeAsync(OperationVerb.Delete, [emulator.NodeOf(ResourceKind.ModelVersion, name, "1"), emulator.NodeOf(run.RunId)], ChangeCalls.WithData);
        await emulator.ControlAsync(HttpMethod.Delete, "resources", new JsonObject { ["path"] = $"models/{name}/versions/1" });
        await emulator.DeleteBlobAsync(run, "outputs/a.bin");
        var before = await World.ReadAsync(emulator);
        await sidecar.ConfirmAsync(plan.PlanId);
        var ended = await sidecar.EndAsync(plan.PlanId);
        var troubles = Troubles(await sidecar.ReceiptAsync(plan.PlanId));
        Assert.True(ended.State == OperationState.Succeeded, troubles);
        Assert.Contains("already", (await sidecar.ReceiptAsync(plan.PlanId)).Markdown, StringComparison.OrdinalIgnoreCase);
        before.AssertBecame(
            await World.ReadAsync(emulator),
            [$"run:{run.RunId}", .. before.BlobsBelow($"ExperimentRun/dcid.{run.RunId}/"), .. before.Keys($"LocalUpload/{name}-1/")]);
    }

    /// <summary>A record changed after the plan is not what the person agreed to.</summary>
    [Fact]
    public async Task Changed_since_the_plan_is_skipped()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var name = await emulator.ModelAsync(versions: 2);
        var plan = await sidecar.PlanChangeAsync(
            OperationVerb.Delete, [emulator.NodeOf(ResourceKind.ModelVersion, name, "1"), emulator.NodeOf(ResourceKind.ModelVersion, name, "2")], ChangeCalls.WithData);
        await Task.Delay(1100);
        await TouchAsync($"models/{name}/versions/1");
        var before = await World.ReadAsync(emulator);
        await sidecar.ConfirmAsync(plan.PlanId);
        await sidecar.EndAsync(plan.PlanId);
        Assert.Contains((await sidecar.ReceiptAsync(plan.PlanId)).Items, i => i.Outcome == "skipped");
        before.AssertBecame(await World.ReadAsync(emulator), [$"resource:models/{name}/versions/2", .. before.Keys($"LocalUpload/{name}-2/")]);
    }

    [Fact]
    public async Task Blobs_that_changed_or_came_since_the_plan_stay_and_are_reported()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var run = await emulator.AddRunAsync(("outputs/a.bin", 10), ("outputs/b.bin", 10), ("outputs/c.bin", 10));
        var plan = await sidecar.PlanChangeAsync(OperationVerb.Delete, [emulator.NodeOf(run.RunId)], ChangeCalls.WithData);
        await emulator.WriteBlobAsync(run, "outputs/b.bin", 11, "anew");
        await emulator.WriteBlobAsync(run, "outputs/late.bin", 5, "late");
        var before = await World.ReadAsync(emulator);
        await sidecar.ConfirmAsync(plan.PlanId);
        var ended = await sidecar.EndAsync(plan.PlanId);
        Assert.Equal(OperationState.SucceededWithWarnings, ended.State);
        before.AssertBecame(await World.ReadAsync(emulator), [$"run:{run.RunId}", .. before.BlobsBelow($"ExperimentRun/dcid.{run.RunId}/").Where(k => k.EndsWith("a.bin", StringComparison.Ordinal) || k.EndsWith("c.bin", StringComparison.Ordinal))]);
        var left = (await sidecar.ReceiptAsync(plan.PlanId)).Json.ToJsonString();
        Assert.Contains("outputs/b.bin", left, StringComparison.Ordinal);
        Assert.Matches("\"blobsNew\":[1-9]", left);
    }

    [Fact]
    public async Task Live_traffic_and_a_compute_in_use_are_refused_with_the_reason()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var (endpoint, compute) = (emulator.NewName("endpoint"), emulator.NewName("cluster"));
        await emulator.ResourceAsync($"onlineEndpoints/{endpoint}", new JsonObject { ["provisioningState"] = "Succeeded", ["traffic"] = new JsonObject { ["blue"] = 100 } });
        await emulator.ResourceAsync($"onlineEndpoints/{endpoint}/deployments/blue", new JsonObject { ["provisioningState"] = "Succeeded" });
        await emulator.ResourceAsync($"computes/{compute}", new JsonObject { ["computeType"] = "AmlCompute", ["provisioningState"] = "Succeeded", ["isAttachedCompute"] = false });
        await emulator.FaultAsync($"/computes/{compute}", new JsonObject { ["kind"] = "status", ["status"] = 409, ["code"] = "ComputeInUse" }, times: 20, method: "DELETE");
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.PlanChangeAsync(OperationVerb.Delete, [emulator.NodeOf(ResourceKind.OnlineDeployment, endpoint, "blue"), emulator.NodeOf(ResourceKind.Compute, compute)]);
        Assert.Contains("traffic", string.Join(' ', (await sidecar.ItemsAsync(deleted.PlanId)).SelectMany(i => i.Details.Append(i.Note ?? string.Empty).Append(i.State ?? string.Empty))), StringComparison.OrdinalIgnoreCase);
        await sidecar.ConfirmAsync(deleted.PlanId);
        await sidecar.EndAsync(deleted.PlanId);
        before.AssertBecame(await World.ReadAsync(emulator), []);
        var receipt = await sidecar.ReceiptAsync(deleted.PlanId);
        Assert.All(receipt.Items, i => Assert.NotEqual("done", i.Outcome));
    }

    [Fact]
    public async Task Throttling_slows_it_down_and_fails_nothing()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var name = await emulator.ModelAsync(versions: 3);
        await emulator.FaultAsync("/models/", new JsonObject { ["kind"] = "status", ["status"] = 429, ["headers"] = new JsonObject { ["Retry-After"] = "1" } }, times: 3, method: "DELETE");
        await emulator.FaultAsync("comp=batch", new JsonObject { ["kind"] = "status", ["status"] = 503, ["code"] = "ServerBusy" }, times: 2, method: "POST");
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.NodeOf(ResourceKind.Model, name)], ChangeCalls.WithData);
        Assert.Equal((OperationState.Succeeded, string.Empty), (deleted.Operation.State, string.Join(' ', deleted.Plan.Warnings.Select(w => w.Message))));
        before.AssertBecame(await World.ReadAsync(emulator), [.. before.Keys($"resource:models/{name}"), .. before.Keys($"LocalUpload/{name}-")]);
    }

    /// <summary>The service stumbles while a long-running deletion is followed: it is followed on.</summary>
    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_stumble_in_the_middle_of_a_long_running_operation_is_survived(int status)
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var schedule = emulator.NewName("schedule");
        await emulator.ResourceAsync($"schedules/{schedule}", new JsonObject { ["isEnabled"] = true, ["provisioningState"] = "Succeeded" });
        await emulator.FaultAsync("mfeOperation", new JsonObject { ["kind"] = "status", ["status"] = status }, times: 2, method: "GET");
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.NodeOf(ResourceKind.Schedule, schedule)]);
        deleted.Receipt.AssertTotals(1);
        before.AssertBecame(await World.ReadAsync(emulator), [$"resource:schedules/{schedule}"]);
    }

    [Fact]
    public async Task A_polling_link_to_a_foreign_host_is_refused_and_gets_no_token()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var name = emulator.NewName("cluster");
        await emulator.ResourceAsync($"computes/{name}", new JsonObject { ["computeType"] = "AmlCompute", ["provisioningState"] = "Succeeded", ["isAttachedCompute"] = false });
        await emulator.FaultAsync(
            $"/computes/{name}",
            new JsonObject { ["kind"] = "status", ["status"] = 202, ["headers"] = new JsonObject { ["Azure-AsyncOperation"] = "https://evil.example/steal?sig=abcdefghijkl" }, ["body"] = "null" },
            method: "DELETE");
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.NodeOf(ResourceKind.Compute, name)]);
        deleted.Receipt.AssertTotals(0, 0, 1);
        Assert.Contains("evil.example", deleted.Receipt.Json.ToJsonString(), StringComparison.Ordinal);
    }

    /// <summary>The permission on the storage is taken away after the record went: the receipt says that the data is there.</summary>
    [Fact]
    public async Task A_permission_lost_half_way_leaves_the_data_and_says_so()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var run = await emulator.AddRunAsync(("outputs/a.bin", 10));
        var plan = await sidecar.PlanChangeAsync(OperationVerb.Delete, [emulator.NodeOf(run.RunId)], ChangeCalls.WithData);
        await emulator.FaultAsync("comp=batch", new JsonObject { ["kind"] = "status", ["status"] = 403, ["code"] = "AuthorizationPermissionMismatch" }, times: 100, host: ".blob.", method: "POST");
        await emulator.FaultAsync(run.RunId, new JsonObject { ["kind"] = "status", ["status"] = 403, ["code"] = "AuthorizationPermissionMismatch" }, times: 100, host: ".blob.", method: "DELETE");
        var before = await World.ReadAsync(emulator);
        await sidecar.ConfirmAsync(plan.PlanId);
        var ended = await sidecar.EndAsync(plan.PlanId);
        Assert.Contains(ended.State, new[] { OperationState.SucceededWithWarnings, OperationState.Failed });
        before.AssertBecame(await World.ReadAsync(emulator), [$"run:{run.RunId}"]);

        // The role is back: going on does the rest.
        await emulator.ClearFaultsAsync();
        await sidecar.OperationAsync("resume", plan.PlanId);
        await sidecar.EndAsync(plan.PlanId);
        before.AssertBecame(await World.ReadAsync(emulator), [$"run:{run.RunId}", .. before.BlobsBelow($"ExperimentRun/dcid.{run.RunId}/")]);
    }

    [Fact]
    public async Task Immutable_and_leased_blobs_stay_and_the_rest_goes()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var run = await emulator.AddRunAsync(("outputs/a.bin", 10), ("outputs/held.bin", 10));
        await emulator.StorageRulesAsync(new JsonObject { ["legalHold"] = new JsonObject { ["container"] = "azureml", ["prefixOrBlob"] = run.BlobOf("outputs/held.bin") } });
        try
        {
            var before = await World.ReadAsync(emulator);
            var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.NodeOf(run.RunId)], ChangeCalls.WithData);
            Assert.NotEqual(OperationState.Failed, deleted.Operation.State);
            before.AssertBecame(await World.ReadAsync(emulator), [$"run:{run.RunId}", .. before.BlobsBelow($"ExperimentRun/dcid.{run.RunId}/").Where(k => k.EndsWith("a.bin", StringComparison.Ordinal))]);
        }
        finally
        {
            await emulator.StorageRulesAsync(new JsonObject { ["legalHold"] = null });
        }
    }

    /// <summary>If the service said it deleted the data and the blobs are there, the receipt says so; if it did, that is no failure.</summary>
    [Fact]
    public async Task A_service_that_takes_the_data_along_leaves_nothing_to_do()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var run = await emulator.AddRunAsync(("outputs/a.bin", 10));
        await emulator.SetAsync(new JsonObject { ["jobDeleteRemovesData"] = true });
        try
        {
            var before = await World.ReadAsync(emulator);
            var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.NodeOf(run.RunId)], ChangeCalls.WithData);
            Assert.True(deleted.Operation.State == OperationState.Succeeded, Troubles(deleted.Receipt));
            before.AssertBecame(await World.ReadAsync(emulator), [$"run:{run.RunId}", .. before.BlobsBelow($"ExperimentRun/dcid.{run.RunId}/")]);
        }
        finally
        {
            await emulator.SetAsync(new JsonObject { ["jobDeleteRemovesData"] = false });
        }
    }

    private static string Troubles(Receipt receipt) =>
        string.Join("; ", (receipt.Json["items"] as JsonArray ?? []).OfType<JsonObject>().Where(i => (string?)i["outcome"] != "done").Select(i => i.ToJsonString()));

    /// <summary>Writes a resource back with another description: its last change is later.</summary>
    private async Task TouchAsync(string path)
    {
        var url = $"{emulator["resourceManager"].TrimEnd('/')}{emulator.Workspace.ResourceId}/{path}?api-version=2024-04-01";
        var body = await emulator.ServiceAsync(HttpMethod.Get, url, null);
        if (body["properties"] is JsonObject properties)
        {
            properties["description"] = "changed";
        }

        await emulator.ServiceAsync(HttpMethod.Put, url, body);
    }
}
