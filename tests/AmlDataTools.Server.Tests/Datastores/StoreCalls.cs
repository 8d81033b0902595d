using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Storage;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.Datastores;

/// <summary>Datastores and files as the extension asks for them.</summary>
internal static class StoreCalls
{
    public static string StoreNode(this EmulatorProcess emulator, string store) =>
        NodeTargets.Format(new ResourceTarget(new ResourceAddress(emulator.Workspace, ResourceKind.Datastore, store, null), null));

    public static string FolderNode(this EmulatorProcess emulator, string store, string path) =>
        NodeTargets.Format(new FolderTarget(new FileLocation(emulator.Workspace, store, path, null), null));

    public static string FileNode(this EmulatorProcess emulator, string store, string path) =>
        NodeTargets.Format(new FileTarget(new FileLocation(emulator.Workspace, store, path, null), null));

    /// <summary>All children of a node, page by page.</summary>
    public static async Task<IReadOnlyList<TreeNode>> ChildrenAsync(this ExportSidecar sidecar, string nodeId, int? pageSize = null)
    {
        var nodes = new List<TreeNode>();
        string? token = null;
        do
        {
            var page = await sidecar.PageAsync(nodeId, token, pageSize);
            nodes.AddRange(page.Nodes);
            token = page.NextPageToken;
        }
        while (token is not null);
        return nodes;
    }

    public static Task<ChildrenResult> PageAsync(this ExportSidecar sidecar, string nodeId, string? token, int? pageSize) => sidecar.CallAsync(
        "explorer/children", new ChildrenParams(nodeId, null, token, pageSize, null, IncludeArchived: false), ProtocolJsonContext.Default.ChildrenParams, ProtocolJsonContext.Default.ChildrenResult);

    public static Task<FileStat> StatAsync(this ExportSidecar sidecar, string nodeId) =>
        sidecar.CallAsync("datastores/stat", new FileParams(nodeId), ProtocolJsonContext.Default.FileParams, ProtocolJsonContext.Default.FileStat);

    public static Task<FileReadResult> ReadAsync(this ExportSidecar sidecar, string nodeId, long offset = 0, long count = 1 << 30, string? etag = null) =>
        sidecar.CallAsync("datastores/read", new FileReadParams(nodeId, offset, count, etag), ProtocolJsonContext.Default.FileReadParams, ProtocolJsonContext.Default.FileReadResult);
}
