using System.Text.Json.Nodes;
using AmlDataTools.Core.Resources;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.Changes;

/// <summary>Every cell of the table of kinds and verbs: the record meant changes, and nothing else.</summary>
[Collection(ChangeCollection.Name)]
public sealed class RecordTests(ChangeEmulator emulator)
{
    [Theory]
    [InlineData("models", ResourceKind.Model, ResourceKind.ModelVersion)]
    [InlineData("data", ResourceKind.DataAsset, ResourceKind.DataVersion)]
    [InlineData("environments", ResourceKind.Environment, ResourceKind.EnvironmentVersion)]
    [InlineData("components", ResourceKind.Component, ResourceKind.ComponentVersion)]
    public async Task Archived_and_restored_at_the_level_that_was_touched(string kind, ResourceKind container, ResourceKind version)
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var name = await emulator.AssetAsync(kind, Version(kind), versions: 2);
        var before = await World.ReadAsync(emulator);
        foreach (var (node, key) in new[] { (emulator.NodeOf(container, name), $"resource:{kind}/{name}"), (emulator.NodeOf(version, name, "2"), $"resource:{kind}/{name}/versions/2") })
        {
            var archived = await sidecar.ChangeAsync(OperationVerb.Archive, [node]);
            Assert.Equal((ConfirmationKind.Click, OperationState.Succeeded), (archived.Plan.Confirmation, archived.Operation.State));
            var after = await World.ReadAsync(emulator);
            before.AssertBecame(after, [], changed: [key]);
            Assert.Contains("\"archived\":true", after.Entries[key], StringComparison.Ordinal);

            // Again: nothing to do, and said so, not an error.
            var again = await sidecar.ChangeAsync(OperationVerb.Restore, [], operationId: archived.Operation.Id);
            Assert.Equal(OperationState.Succeeded, again.Operation.State);
            before.AssertBecame(await World.ReadAsync(emulator), []);
        }
    }

    [Fact]
    public async Task A_model_version_goes_and_the_others_stay()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var name = await emulator.ModelAsync(versions: 2);
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.NodeOf(ResourceKind.ModelVersion, name, "1")]);
        deleted.Receipt.AssertTotals(1);
        before.AssertBecame(await World.ReadAsync(emulator), [$"resource:models/{name}/versions/1"]);
    }

    [Fact]
    public async Task A_model_goes_with_all_versions_and_its_data_when_asked()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var name = await emulator.ModelAsync(versions: 2);
        await emulator.BlobAsync($"LocalUpload/{name}-1/model2/stays.bin", 5);
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.NodeOf(ResourceKind.Model, name)], ChangeCalls.WithData);
        Assert.Equal((ConfirmationKind.TypeName, name), (deleted.Plan.Confirmation, deleted.Plan.ConfirmationText));
        before.AssertBecame(
            await World.ReadAsync(emulator),
            [$"resource:models/{name}", $"resource:models/{name}/versions/1", $"resource:models/{name}/versions/2", .. before.Keys($"LocalUpload/{name}-1/model/"), .. before.Keys($"LocalUpload/{name}-2/model/")]);
    }

    [Theory]
    [InlineData("uri_folder")]
    [InlineData("uri_file")]
    [InlineData("mltable")]
    public async Task A_data_asset_is_archived_instead_and_its_data_goes(string type)
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var place = $"UI/{emulator.NewName("place")}/";
        await emulator.BlobAsync(place + "a.csv", 10);
        await emulator.BlobAsync(place + "deep/b.csv", 10);
        await emulator.BlobAsync(place.TrimEnd('/') + "2/c.csv", 10);
        var name = await emulator.DataAsync(type, type == "uri_file" ? place + "a.csv" : place);
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.NodeOf(ResourceKind.DataVersion, name, "1")], ChangeCalls.WithData);
        Assert.Equal(OperationState.Succeeded, deleted.Operation.State);
        var gone = before.Keys("/" + place).Where(k => type != "uri_file" || k.EndsWith("a.csv", StringComparison.Ordinal));
        before.AssertBecame(await World.ReadAsync(emulator), gone, changed: [$"resource:data/{name}/versions/1"]);
    }

    [Fact]
    public async Task A_data_asset_cannot_be_unregistered_but_is_archived_and_said_so()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var name = await emulator.DataAsync("uri_folder", $"UI/{emulator.NewName("place")}/");
        var before = await World.ReadAsync(emulator);
        var plan = await sidecar.ChangeAsync(OperationVerb.Unregister, [emulator.NodeOf(ResourceKind.DataAsset, name)]);
        Assert.Contains(plan.Items, i => i.Action == PlanItemAction.Archive && i.Note is not null);
        before.AssertBecame(await World.ReadAsync(emulator), [], changed: [$"resource:data/{name}"]);
    }

    /// <summary>One name, never the collection: not a name that begins with it, and never no name.</summary>
    [Fact]
    public async Task A_dataset_is_unregistered_by_its_one_name()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var name = emulator.NewName("dataset");
        var place = $"UI/{name}/";
        await emulator.BlobAsync(place + "a.csv", 10);
        await emulator.DatasetAsync(name, place);
        await emulator.DatasetAsync(name + "0", $"UI/{name}0/");
        var before = await World.ReadAsync(emulator);
        var mark = await emulator.MarkAsync();
        await sidecar.ChangeAsync(OperationVerb.Unregister, [emulator.NodeOf(ResourceKind.Dataset, name)]);
        before.AssertBecame(await World.ReadAsync(emulator), [$"classic:datasets/{name}"]);
        var deletes = (await emulator.RequestsAsync(mark)).Where(r => r.Method == "DELETE").ToList();
        Assert.EndsWith($"/datasets/{name}", Assert.Single(deletes).Path, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("environments", ResourceKind.EnvironmentVersion)]
    [InlineData("components", ResourceKind.ComponentVersion)]
    public async Task What_the_service_refuses_to_delete_can_be_archived_from_the_operation(string kind, ResourceKind version)
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var name = await emulator.AssetAsync(kind, Version(kind));
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.NodeOf(version, name, "1")]);
        deleted.Receipt.AssertTotals(0, 0, 1);
        Assert.Equal("service.doesNotDelete", Assert.Single(deleted.Receipt.Items).Code);
        before.AssertBecame(await World.ReadAsync(emulator), []);
        Assert.Contains(OperationAction.ArchiveInstead, deleted.Operation.Actions);
        await sidecar.ChangeAsync(OperationVerb.Archive, [], operationId: deleted.Operation.Id);
        before.AssertBecame(await World.ReadAsync(emulator), [], changed: [$"resource:{kind}/{name}/versions/1"]);
    }

    [Fact]
    public async Task An_environment_goes_where_the_service_honours_it()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var name = await emulator.AssetAsync("environments", Version("environments"), versions: 2);
        await emulator.SetAsync(new JsonObject { ["deletesHonoured"] = new JsonArray("environments") });
        try
        {
            var before = await World.ReadAsync(emulator);
            await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.NodeOf(ResourceKind.EnvironmentVersion, name, "1")]);
            before.AssertBecame(await World.ReadAsync(emulator), [$"resource:environments/{name}/versions/1"]);
        }
        finally
        {
            await emulator.SetAsync(new JsonObject { ["deletesHonoured"] = new JsonArray() });
        }
    }

    [Fact]
    public async Task A_cluster_is_deleted_and_an_attached_compute_detached()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var (cluster, attached) = (emulator.NewName("cluster"), emulator.NewName("vm"));
        await emulator.ResourceAsync($"computes/{cluster}", Compute("AmlCompute", false));
        await emulator.ResourceAsync($"computes/{attached}", Compute("VirtualMachine", true));
        var before = await World.ReadAsync(emulator);
        var mark = await emulator.MarkAsync();
        await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.NodeOf(ResourceKind.Compute, cluster)]);
        var detached = await sidecar.ChangeAsync(OperationVerb.Unregister, [emulator.NodeOf(ResourceKind.Compute, attached)]);
        Assert.Equal(PlanItemAction.Detach, Assert.Single(detached.Items).Action);
        before.AssertBecame(await World.ReadAsync(emulator), [$"resource:computes/{cluster}", $"resource:computes/{attached}"]);
        var queries = (await emulator.RequestsAsync(mark)).Where(r => r.Method == "DELETE").Select(r => r.Query).ToList();
        Assert.Contains(queries, q => q.Contains("underlyingResourceAction=Delete", StringComparison.Ordinal));
        Assert.Contains(queries, q => q.Contains("underlyingResourceAction=Detach", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("onlineEndpoints", ResourceKind.OnlineEndpoint, ResourceKind.OnlineDeployment)]
    [InlineData("batchEndpoints", ResourceKind.BatchEndpoint, ResourceKind.BatchDeployment)]
    public async Task An_endpoint_shows_its_deployments_and_goes_with_them(string kind, ResourceKind endpoint, ResourceKind deployment)
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var name = emulator.NewName("endpoint");
        await emulator.ResourceAsync($"{kind}/{name}", new JsonObject { ["provisioningState"] = "Succeeded", ["traffic"] = new JsonObject { ["blue"] = 0, ["green"] = 0 } });
        await emulator.ResourceAsync($"{kind}/{name}/deployments/blue", new JsonObject { ["provisioningState"] = "Succeeded" });
        await emulator.ResourceAsync($"{kind}/{name}/deployments/green", new JsonObject { ["provisioningState"] = "Succeeded" });
        var before = await World.ReadAsync(emulator);
        await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.NodeOf(deployment, name, "blue")]);
        var middle = await World.ReadAsync(emulator);
        before.AssertBecame(middle, [$"resource:{kind}/{name}/deployments/blue"]);
        var all = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.NodeOf(endpoint, name)]);
        Assert.Equal(name, all.Plan.ConfirmationText);
        Assert.Contains(all.Items, i => i.Name.Contains("green", StringComparison.Ordinal));
        middle.AssertBecame(await World.ReadAsync(emulator), [$"resource:{kind}/{name}", $"resource:{kind}/{name}/deployments/green"]);
    }

    [Fact]
    public async Task A_schedule_and_a_datastore_go_the_default_datastore_does_not()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var (schedule, store) = (emulator.NewName("schedule"), emulator.NewName("store").Replace('-', '_'));
        await emulator.ResourceAsync($"schedules/{schedule}", new JsonObject { ["isEnabled"] = true, ["provisioningState"] = "Succeeded" });
        await emulator.ResourceAsync($"datastores/{store}", new JsonObject
        {
            ["datastoreType"] = "AzureBlob",
            ["accountName"] = "elsewhere",
            ["containerName"] = "c",
            ["isDefault"] = false,
            ["credentials"] = new JsonObject { ["credentialsType"] = "None" },
        });
        var before = await World.ReadAsync(emulator);
        await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.NodeOf(ResourceKind.Schedule, schedule)]);
        await sidecar.ChangeAsync(OperationVerb.Unregister, [emulator.NodeOf(ResourceKind.Datastore, store)]);
        before.AssertBecame(await World.ReadAsync(emulator), [$"resource:schedules/{schedule}", $"resource:datastores/{store}"]);
        var refusal = await sidecar.RefusalAsync(() => sidecar.PlanChangeAsync(OperationVerb.Unregister, [emulator.NodeOf(ResourceKind.Datastore, "workspaceblobstore")]));
        Assert.Contains("default", refusal, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Mixed kinds at once: each by the verb as far as it can be applied to it.</summary>
    [Fact]
    public async Task Mixed_kinds_are_one_plan()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var model = await emulator.ModelAsync();
        var run = await emulator.AddRunAsync(("outputs/a.bin", 10));
        var schedule = emulator.NewName("schedule");
        await emulator.ResourceAsync($"schedules/{schedule}", new JsonObject { ["isEnabled"] = false, ["provisioningState"] = "Succeeded" });
        var before = await World.ReadAsync(emulator);
        var archived = await sidecar.ChangeAsync(OperationVerb.Archive, [emulator.NodeOf(ResourceKind.Model, model), emulator.NodeOf(run.RunId), emulator.NodeOf(ResourceKind.Schedule, schedule)]);
        Assert.Contains(archived.Items, i => i.Kind == "schedule" && !i.Ticked && !i.CanTick && i.Note is not null);
        before.AssertBecame(await World.ReadAsync(emulator), [], changed: [$"resource:models/{model}", $"run:{run.RunId}"]);
    }

    private static JsonObject Version(string kind) => kind switch
    {
        "models" => new JsonObject { ["modelType"] = "custom_model", ["modelUri"] = null },
        "data" => new JsonObject { ["dataType"] = "uri_folder", ["dataUri"] = "https://elsewhere.example/data/" },
        "environments" => new JsonObject { ["image"] = "ubuntu", ["osType"] = "Linux", ["environmentType"] = "UserCreated" },
        _ => new JsonObject { ["componentSpec"] = new JsonObject { ["type"] = "command", ["command"] = "true" } },
    };

    private static JsonObject Compute(string type, bool attached) => new()
    {
        ["computeType"] = type,
        ["provisioningState"] = "Succeeded",
        ["isAttachedCompute"] = attached,
        ["resourceId"] = null,
        ["properties"] = new JsonObject(),
        ["createdOn"] = DateTimeOffset.UtcNow.ToString("O"),
    };
}
