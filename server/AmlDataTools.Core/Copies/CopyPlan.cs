using AmlDataTools.Azure;

namespace AmlDataTools.Core.Copies;

/// <summary>What is to be copied where.</summary>
/// <param name="NodeIds">Nodes of the tree.</param>
/// <param name="Choices">What of them is taken.</param>
/// <param name="TargetNodeId">A datastore, or a folder in one; null when an address is given.</param>
/// <param name="TargetAddress">The https address of a container or of a folder in one; null when a node is given.</param>
public sealed record CopyRequest(IReadOnlyList<string> NodeIds, Export.ExportChoices Choices, string? TargetNodeId, string? TargetAddress);

/// <summary>Where a copy goes. Holds no secret: how it is opened is found out anew each time.</summary>
/// <param name="Container">Address of the container at its blob endpoint, without query.</param>
/// <param name="Account">Storage account.</param>
/// <param name="ContainerName">The container.</param>
/// <param name="Folder">Where in it; empty, or ending in <c>/</c>.</param>
/// <param name="Workspace">The workspace of the datastore, or the one whose tenant's token is used.</param>
/// <param name="Datastore">The datastore; null when an address was given.</param>
public sealed record CopyTarget(Uri Container, string Account, string ContainerName, string Folder, WorkspaceRef Workspace, string? Datastore)
{
    /// <summary>For people: account, container, folder.</summary>
    public string Text => $"{Account}/{ContainerName}/{Folder}";
}

/// <summary>Where a copy goes, and what its plan found there.</summary>
/// <param name="Target">Where.</param>
/// <param name="Identical">Items that are there already, of the same length and MD5.</param>
/// <param name="Different">Items under whose name something else is.</param>
/// <param name="Protected">Those of them that a policy or legal hold protects.</param>
public sealed record CopyPlan(CopyTarget Target, long Identical, long Different, long Protected);

/// <summary>A blob that is under the name of a copy.</summary>
/// <param name="ETag">Its entity tag.</param>
/// <param name="IsIdentical">Whether length and MD5 are those of the source; of a blob without MD5 that is not known.</param>
internal sealed record BlobThere(string? ETag, bool IsIdentical);
