using AmlDataTools.Azure;
using AmlDataTools.Core.Explorer.Nodes;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Explorer.Branches;

/// <summary>What every branch of the tree works with.</summary>
internal sealed record BranchContext(AzureConnection Connection, NodeFactory Nodes, FileNodes Files, ResourceNodes Resources, HistoryHealth Health, ILogger Logger)
{
    public const int DefaultPageSize = 50;
    public const int DefaultFilePageSize = 200;
    public const int MaxPageSize = 1000;

    /// <summary>Items asked of the service at once when only some will be kept.</summary>
    public const int ScanPageSize = 200;

    public static int PageSize(ChildrenRequest request, int byDefault = DefaultPageSize)
        => Math.Clamp(request.PageSize ?? byDefault, 1, MaxPageSize);
}
