using AmlDataTools.Azure;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Resources;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Changes;
using AmlDataTools.Server.Tests.Datastores;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.Copies;

/// <summary>Copies out of registries, which is possible, and out of and into file shares, which is not.</summary>
[Collection(CopyCollection.Name)]
public sealed class OtherStorageTests(CopyEmulator emulator)
{
    [Fact]
    public async Task A_model_of_a_registry_is_copied_by_the_registrys_signature_which_is_written_nowhere()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var target = await emulator.TargetAsync();
        var registry = WorkspaceRef.RegistryFromResourceId($"/subscriptions/{emulator.Workspace.SubscriptionId}/resourceGroups/shared-rg/providers/Microsoft.MachineLearningServices/registries/contoso-registry", null)
            ?? throw new InvalidOperationException("No registry.");
        var before = await World.ReadAsync(emulator);
        var copy = await sidecar.CopyAsync(
            NodeTargets.Format(new ResourceTarget(new ResourceAddress(registry, ResourceKind.ModelVersion, "credit-scoring-shared", "1"), null)), new CopyTo(target.FolderNode("from-registry/"), null));
        Assert.Equal(OperationState.Succeeded, copy.Operation.State);
        Assert.True(copy.Receipt.Done > 0);
        var names = (await target.BlobsAsync()).Keys.Where(name => name.StartsWith("from-registry/credit-scoring-shared/1/", StringComparison.Ordinal)).ToList();
        Assert.Equal(copy.Receipt.Done, names.Count);
        Assert.Contains(names, name => name.EndsWith("/MLmodel", StringComparison.Ordinal));
        before.AssertBecame(await World.ReadAsync(emulator), [], came: names.Select(name => $"blob:{target.Account}/{target.Container}/{name}"));
        Secrets.AssertNone(string.Concat(Directory.EnumerateFiles(folder.Storage, "*", SearchOption.AllDirectories).Select(File.ReadAllText)), "what the sidecar keeps");
    }

    [Fact]
    public async Task File_shares_are_neither_copied_from_nor_to()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var target = await emulator.TargetAsync();
        var run = await emulator.AddRunAsync(("outputs/a.bin", 10));
        var before = await World.ReadAsync(emulator);
        var from = await sidecar.RefusalAsync(() => sidecar.PlanCopyAsync([emulator.FolderNode("workspaceworkingdirectory", "Users/ada.example/")], new CopyTo(target.Node, null)));
        Assert.StartsWith("copy.sourceUnsupported:", from, StringComparison.Ordinal);
        var to = await sidecar.RefusalAsync(() => sidecar.PlanCopyAsync([emulator.NodeOf(run.RunId)], new CopyTo(emulator.StoreNode("workspacefilestore"), null)));
        Assert.StartsWith("copy.badTarget:", to, StringComparison.Ordinal);
        Assert.Contains("file share", to, StringComparison.Ordinal);
        before.AssertBecame(await World.ReadAsync(emulator), []);
    }
}
