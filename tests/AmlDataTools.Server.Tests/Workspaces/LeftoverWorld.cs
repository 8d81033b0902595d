using System.Text.Json.Nodes;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Changes;
using AmlDataTools.Server.Tests.Exports;
using NodeKind = AmlDataTools.Server.Protocol.NodeKind;

namespace AmlDataTools.Server.Tests.Workspaces;

/// <summary>Tests of leftovers have an emulator of their own: what other tests leave behind would be found.</summary>
[CollectionDefinition(Name)]
public sealed class LeftoverCollection : ICollectionFixture<ChangeEmulator>
{
    public const string Name = "leftovers";
}

/// <summary>What tests of leftovers ask: the tree below "Leftover resources", and resources and deployments to be found there.</summary>
internal static class LeftoverWorld
{
    public static string Root(ChangeEmulator emulator) => NodeTargets.Format(new LeftoversTarget(emulator.Workspace.SubscriptionId, null));

    public static string GroupNode(ChangeEmulator emulator, string group) => NodeTargets.Format(new LeftoverGroupTarget(emulator.Workspace.SubscriptionId, null, group));

    public static string Node(string resourceId) => NodeTargets.Format(new LeftoverTarget(resourceId, null));

    public static Task<ChildrenResult> PageAsync(this ExportSidecar sidecar, string node, string? token = null, CancellationToken cancellationToken = default) => sidecar.CallAsync(
        "explorer/children", new ChildrenParams(node, null, token, null, null, IncludeArchived: false), ProtocolJsonContext.Default.ChildrenParams, ProtocolJsonContext.Default.ChildrenResult, cancellationToken);

    /// <summary>All pages below a node, read anew.</summary>
    public static async Task<IReadOnlyList<TreeNode>> ReadAsync(this ExportSidecar sidecar, string node)
    {
        await sidecar.CallAsync("explorer/refresh", new RefreshParams(node), ProtocolJsonContext.Default.RefreshParams, ProtocolJsonContext.Default.Empty);
        var nodes = new List<TreeNode>();
        string? token = null;
        do
        {
            var page = await sidecar.PageAsync(node, token);
            nodes.AddRange(page.Nodes);
            token = page.NextPageToken;
        }
        while (token is not null);
        return nodes;
    }

    /// <summary>The leftovers of a resource group, as the tree shows them from the top.</summary>
    public static async Task<IReadOnlyList<TreeNode>> LeftAsync(this ExportSidecar sidecar, ChangeEmulator emulator, string group)
    {
        var node = (await sidecar.ReadAsync(Root(emulator))).SingleOrDefault(n => n.Kind == NodeKind.LeftoverGroup && n.Label == group);
        return node is null ? [] : [.. (await sidecar.PageAsync(node.Id)).Nodes.Where(n => n.Kind == NodeKind.Leftover)];
    }

    /// <summary>A resource that no workspace uses.</summary>
    public static async Task<string> StrayAsync(this ChangeEmulator emulator, string type, string group, string name, JsonObject? more = null)
    {
        more ??= [];
        (more["type"], more["group"], more["name"]) = (type, group, name);
        var ids = (await emulator.ControlAsync(HttpMethod.Post, "dependents", more))["ids"];
        return (string?)ids?[0] ?? throw new InvalidOperationException("The emulator gave no id.");
    }

    /// <summary>A deployment that made resources; the first needs those named, and those what is named for them.</summary>
    public static Task DeployAsync(this ChangeEmulator emulator, string group, IReadOnlyList<string> resources, params (string Id, IReadOnlyList<string> On)[] dependencies) => emulator.ControlAsync(HttpMethod.Post, "deployments", new JsonObject
    {
        ["group"] = group,
        ["name"] = emulator.NewName("deployment"),
        ["resources"] = new JsonArray([.. resources.Select(id => (JsonNode?)JsonValue.Create(id))]),
        ["dependencies"] = new JsonObject(dependencies.Select(d => KeyValuePair.Create(d.Id, (JsonNode?)new JsonArray([.. d.On.Select(on => (JsonNode?)JsonValue.Create(on))])))),
    });

    public static string WorkspaceId(ChangeEmulator emulator, string group, string name) =>
        $"/subscriptions/{emulator.Workspace.SubscriptionId}/resourceGroups/{group}/providers/Microsoft.MachineLearningServices/workspaces/{name}";

    public static JsonObject Refused { get; } = new() { ["kind"] = "status", ["status"] = 403, ["code"] = "AuthorizationFailed" };
}
