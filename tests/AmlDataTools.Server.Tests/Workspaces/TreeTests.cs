using System.Text.Json.Nodes;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Resources;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Changes;
using AmlDataTools.Server.Tests.Exports;
using NodeAction = AmlDataTools.Server.Protocol.NodeAction;
using NodeKind = AmlDataTools.Server.Protocol.NodeKind;

namespace AmlDataTools.Server.Tests.Workspaces;

/// <summary>"Resources of this workspace": what it uses, who uses that too, what could not be read.</summary>
[Collection(ChangeCollection.Name)]
public sealed class TreeTests(ChangeEmulator emulator) : IAsyncLifetime
{
    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => emulator.ClearFaultsAsync();

    [Fact]
    public async Task What_a_workspace_uses_is_listed_with_who_uses_it_too()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var hub = await MadeWorkspace.MakeAsync(emulator, new JsonObject { ["kind"] = "Hub", ["purgeProtection"] = true });
        var project = await MadeWorkspace.MakeAsync(emulator, new JsonObject { ["hub"] = hub.Name });
        var nodes = await ChildrenAsync(sidecar, hub);
        Assert.Equal(6, nodes.Count);
        Assert.All(nodes.SkipLast(1), node => Assert.Equal(NodeKind.Dependent, node.Kind));
        Assert.All(nodes.SkipLast(1), node => Assert.Contains(NodeAction.Delete, node.Actions));
        Assert.All(nodes.Take(4), node => Assert.EndsWith($"also used by {project.Name}", node.Description, StringComparison.Ordinal));
        Assert.Equal((project.Name, "project of this hub"), (nodes[^1].Label, nodes[^1].Description));
        var vault = nodes.Single(node => node.Resource?.ResourceId == hub.Vault);
        Assert.Contains("Purge protection: on", vault.Tooltip, StringComparison.Ordinal);
        Assert.Contains("kept for 90 days", vault.Tooltip, StringComparison.Ordinal);
        Assert.Contains("cannot be told", nodes.Single(node => node.Resource?.ResourceId == hub.Logs).Tooltip, StringComparison.Ordinal);
        Assert.Equal(hub.Name, (await ChildrenAsync(sidecar, project))[0].Label);
    }

    [Fact]
    public async Task What_is_gone_or_may_not_be_read_says_so_and_cannot_be_deleted()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var made = await MadeWorkspace.MakeAsync(emulator);
        await sidecar.ChangeAsync(OperationVerb.Delete, [made.NodeOf(ResourceKind.ContainerRegistry, made.Registry)]);
        await emulator.FaultAsync(made.Vault, new JsonObject { ["kind"] = "status", ["status"] = 403, ["code"] = "AuthorizationFailed" }, times: 20, method: "GET");
        await emulator.FaultAsync("/00000000-0000-0000-0000-000000000002/providers/Microsoft.MachineLearningServices/workspaces", new JsonObject { ["kind"] = "status", ["status"] = 403, ["code"] = "AuthorizationFailed" }, times: 20);
        var nodes = await ChildrenAsync(sidecar, made);
        var registry = nodes.Single(node => node.Resource?.ResourceId == made.Registry);
        var vault = nodes.Single(node => node.Resource?.ResourceId == made.Vault);
        Assert.Equal(("container registry, not found", "key vault, no access"), (registry.Description, vault.Description));
        Assert.DoesNotContain(NodeAction.Delete, registry.Actions);
        Assert.DoesNotContain(NodeAction.Delete, vault.Actions);
        Assert.Contains("not fully known", nodes.Single(node => node.Resource?.ResourceId == made.Storage).Tooltip, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_custom_cloud_with_a_portal_opens_resources_there()
    {
        using var folder = new TestFolder();
        var made = await MadeWorkspace.MakeAsync(emulator);
        await using (var without = await ExportSidecar.StartAsync(emulator, folder))
        {
            Assert.All(await ChildrenAsync(without, made), node => Assert.DoesNotContain(NodeAction.OpenInPortal, node.Actions));
        }

        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder, cloud: ExportSidecar.CloudOf(emulator) with { AzurePortalUrl = "https://portal.example.org/" });
        var vault = (await ChildrenAsync(sidecar, made)).Single(node => node.Resource?.ResourceId == made.Vault);
        Assert.Contains(NodeAction.OpenInPortal, vault.Actions);
        Assert.Matches($"^https://portal\\.example\\.org/#(@[^/]+)?/resource{System.Text.RegularExpressions.Regex.Escape(made.Vault)}$", vault.Resource?.PortalUrl);
    }

    private static async Task<IReadOnlyList<TreeNode>> ChildrenAsync(ExportSidecar sidecar, MadeWorkspace made) => (await sidecar.CallAsync(
        "explorer/children",
        new ChildrenParams(NodeTargets.Format(new ResourceGroupTarget(made.Ref, ResourceGroupKind.Dependents)), null, null, null, null, IncludeArchived: false),
        ProtocolJsonContext.Default.ChildrenParams,
        ProtocolJsonContext.Default.ChildrenResult)).Nodes;
}
