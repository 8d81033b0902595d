using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Resources;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.Changes;

/// <summary>What only the first version's services know: web services, published pipelines, pipeline endpoints; as the sample has them.</summary>
[Collection(ChangeCollection.Name)]
public sealed class FirstVersionTests(ChangeEmulator emulator)
{
    [Theory]
    [InlineData(ResourceKind.PublishedPipeline, "Nightly scoring", "a0000000-0000-4000-8000-0000000000d1")]
    [InlineData(ResourceKind.PipelineEndpoint, "nightly-endpoint", "a0000000-0000-4000-8000-0000000000d3")]
    public async Task A_pipeline_is_disabled_and_enabled_and_never_deleted(ResourceKind kind, string name, string id)
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var node = NodeTargets.Format(new ResourceTarget(new ResourceAddress(emulator.Workspace, kind, name, null), id));
        var before = await World.ReadAsync(emulator);
        var key = Assert.Single(before.Keys(id), k => k.StartsWith("classic:", StringComparison.Ordinal));
        await sidecar.ChangeAsync(OperationVerb.Archive, [node]);
        before.AssertBecame(await World.ReadAsync(emulator), [], changed: [key]);
        await sidecar.ChangeAsync(OperationVerb.Restore, [node]);
        before.AssertBecame(await World.ReadAsync(emulator), []);

        // Deleting is not there: it is disabled instead, and the plan says so.
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [node]);
        Assert.Contains(deleted.Items, i => i.Action == PlanItemAction.Archive && i.Note is not null);
        before.AssertBecame(await World.ReadAsync(emulator), [], changed: [key]);
        await sidecar.ChangeAsync(OperationVerb.Restore, [], operationId: deleted.Operation.Id);
        before.AssertBecame(await World.ReadAsync(emulator), []);
    }

    [Fact]
    public async Task A_web_service_is_deleted()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.NodeOf(ResourceKind.WebService, "credit-aci")]);
        deleted.Receipt.AssertTotals(1);
        before.AssertBecame(await World.ReadAsync(emulator), before.Keys("classic:services/credit-aci"));
        Assert.NotEmpty(before.Keys("classic:services/credit-aci"));
    }
}
