using AmlDataTools.Core.Explorer;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Exports;
using NodeAction = AmlDataTools.Server.Protocol.NodeAction;
using NodeExpansion = AmlDataTools.Server.Protocol.NodeExpansion;
using NodeKind = AmlDataTools.Server.Protocol.NodeKind;

namespace AmlDataTools.Server.Tests.Explorer;

/// <summary>The whole tree of the sample workspace, but its experiments and what datastores hold, as the real sidecar reads it from the emulator.</summary>
[Collection(ExportCollection.Name)]
public sealed class TreeTests(EmulatorProcess emulator)
{
    [Theory]
    [InlineData(2)]
    [InlineData(null)]
    public async Task Everything_in_a_workspace_is_shown_with_what_can_be_done(int? pageSize)
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var nodes = await WalkAsync(sidecar, pageSize);
        Assert.DoesNotContain(nodes, node => node.Kind == NodeKind.Error);
        Assert.Equal(nodes.Count, nodes.Select(node => node.Id).Distinct().Count());

        AssertNode(nodes, NodeKind.Model, "credit-scoring-model", NodeAction.Archive, NodeAction.Delete, NodeAction.ChangeMatching);
        Assert.Contains(nodes, node => node.Kind == NodeKind.ModelVersion && node.Resource is { Name: "credit-scoring-model:1", IsArchived: true } && node.Actions.Contains(NodeAction.Restore));
        AssertNode(nodes, NodeKind.DataAsset, "loans", NodeAction.Archive, NodeAction.DeleteData);
        AssertNode(nodes, NodeKind.Dataset, null, NodeAction.Unregister, NodeAction.DeleteData);
        AssertNode(nodes, NodeKind.Compute, "cpu-cluster", NodeAction.Delete);
        Assert.Contains(nodes, node => node.Kind == NodeKind.Compute && node.Actions.Contains(NodeAction.Detach) && !node.Actions.Contains(NodeAction.Delete));
        AssertNode(nodes, NodeKind.OnlineEndpoint, "credit-scoring", NodeAction.Delete);
        Assert.Contains(nodes, node => node.Kind == NodeKind.OnlineDeployment && node.Description?.Contains("% of traffic", StringComparison.Ordinal) == true);
        AssertNode(nodes, NodeKind.BatchEndpoint, "nightly", NodeAction.Delete);
        AssertNode(nodes, NodeKind.WebService, null, NodeAction.Delete);
        AssertNode(nodes, NodeKind.Schedule, "weekly-retrain", NodeAction.Delete);
        AssertNode(nodes, NodeKind.PublishedPipeline, null, NodeAction.Archive);
        AssertNode(nodes, NodeKind.EnvironmentVersion, "4", NodeAction.Archive, NodeAction.Delete);
        AssertNode(nodes, NodeKind.Component, "train_model", NodeAction.Archive, NodeAction.Delete);
        AssertNode(nodes, NodeKind.Datastore, "partner_data", NodeAction.Unregister);
        Assert.DoesNotContain(NodeAction.Unregister, nodes.Single(node => node.Kind == NodeKind.Datastore && node.Label == "workspaceartifactstore").Actions);
        var usual = nodes.Single(node => node.Kind == NodeKind.Datastore && node.Description?.Contains("default", StringComparison.Ordinal) == true);
        Assert.DoesNotContain(NodeAction.Unregister, usual.Actions);
        Assert.Equal(
            nodes.Where(node => node.Resource is { Name: var name } && name.StartsWith("credit-scoring-model:", StringComparison.Ordinal)).Select(node => node.Label),
            nodes.Where(node => node.Resource is { Name: var name } && name.StartsWith("credit-scoring-model:", StringComparison.Ordinal)).Select(node => node.Label).OrderDescending());
    }

    private static void AssertNode(IReadOnlyList<TreeNode> nodes, NodeKind kind, string? label, params NodeAction[] actions)
        => Assert.Contains(nodes, node => node.Kind == kind && (label is null || node.Label == label) && !actions.Except(node.Actions).Any());

    private async Task<List<TreeNode>> WalkAsync(ExportSidecar sidecar, int? pageSize)
    {
        var nodes = new List<TreeNode>();
        var open = new Queue<string>([NodeTargets.Format(new WorkspaceTarget(emulator.Workspace))]);
        while (open.TryDequeue(out var parent))
        {
            string? token = null;
            do
            {
                var page = await sidecar.CallAsync(
                    "explorer/children", new ChildrenParams(parent, null, token, pageSize, null, IncludeArchived: true), ProtocolJsonContext.Default.ChildrenParams, ProtocolJsonContext.Default.ChildrenResult);
                nodes.AddRange(page.Nodes);
                foreach (var node in page.Nodes.Where(node => node.Expansion != NodeExpansion.None && node.Kind is not (NodeKind.Experiments or NodeKind.Datastore)))
                {
                    open.Enqueue(node.Id);
                }

                token = page.NextPageToken;
            }
            while (token is not null);
        }

        return nodes;
    }
}
