using System.Globalization;
using AmlDataTools.Azure;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Places;
using AmlDataTools.Core.Runs;
using AmlDataTools.Core.Storage;
using static AmlDataTools.Core.Explorer.Nodes.NodeText;

namespace AmlDataTools.Core.Explorer.Nodes;

/// <summary>Makes the nodes of files and folders, below runs and below datastores.</summary>
internal sealed class FileNodes(TimeProvider clock)
{
    /// <summary>The long <c>azureml://</c> address, which means the same from every workspace. Not escaped: Microsoft's clients take it as it stands.</summary>
    public static string UriOf(FileLocation place) =>
        new AssetUri(place.Workspace.SubscriptionId, place.Workspace.ResourceGroup, place.Workspace.Name, place.Datastore, place.Path).ToString();

    /// <summary>Whether a folder is that of a person in the share of notebooks.</summary>
    private static bool IsPersons(FileLocation place) =>
        place.Datastore.Equals(NotebookShare.Datastore, StringComparison.OrdinalIgnoreCase)
        && place.Path.Split('/') is [var users, { Length: > 0 }, ""] && users.Equals(NotebookShare.UsersFolder, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a folder of the artifact store is the run's own: a reused step shows the files of the run that did the work, and they are deleted there, not here.</summary>
    public static bool IsOwn(string? runId, string container) => container == "dcid." + runId;

    /// <summary>"Notebooks" of a workspace: the folder in which each of its users has one.</summary>
    public static ExplorerNode Notebooks(WorkspaceRef workspace) => new(
        NodeTargets.Format(new FolderTarget(NotebookShare.UsersOf(workspace), null)),
        NodeKind.Notebooks, "Notebooks", null, null, "notebook", null, null, NodeExpansion.Collapsed, [NodeAction.Refresh, NodeAction.Download], null);

    /// <summary>A file or folder.</summary>
    /// <param name="folder">Where it was listed.</param>
    /// <param name="entry">What the listing told.</param>
    /// <param name="runId">The run below which it is shown; null below a datastore.</param>
    /// <param name="runName">The display name of the run whose folder it is; null when it is none's, or not known.</param>
    public ExplorerNode Of(FileLocation folder, FileEntry entry, string? runId, string? runName)
    {
        var location = folder with { Path = entry.Path };
        var label = entry.Name.Length > 0 ? entry.Name : "(no name)";
        var actions = new List<NodeAction>(8);
        if (!entry.IsFolder)
        {
            actions.Add(NodeAction.Open);
        }

        // What lies below a folder without a name cannot be told from what lies beside it once slashes are trimmed.
        var nameless = entry.IsFolder && (entry.Path is "/" || entry.Path.EndsWith("//", StringComparison.Ordinal));
        if (!nameless)
        {
            actions.Add(NodeAction.Download);
        }

        if (entry.IsFolder)
        {
            actions.Add(NodeAction.Refresh);
        }

        actions.AddRange([NodeAction.CopyName, NodeAction.CopyPath, NodeAction.CopyUri]);
        if (!nameless && (folder.ArtifactContainer is not { } container || IsOwn(runId, container)))
        {
            actions.Add(NodeAction.Delete);
        }

        var isPersons = IsPersons(location);
        var resource = new NodeResource(entry.Path, null, null, entry.Bytes, DataUri: UriOf(location));
        var place = $"{folder.Datastore}: {entry.Path}";
        return entry.IsFolder
            ? new ExplorerNode(
                NodeTargets.Format(new FolderTarget(location, runId)),
                isPersons ? NodeKind.UserFolder : NodeKind.Folder, label, runName, Lines((null, place), ("Run", runName)), isPersons ? "account" : "folder", null, null, NodeExpansion.Collapsed, actions, resource)
            : new ExplorerNode(
                NodeTargets.Format(new FileTarget(location, runId)),
                NodeKind.File, label,
                Join(entry.Bytes is { } bytes ? Sizes.Text(bytes) : null, entry.LastModified is { } modified ? HumanText.Ago(modified, clock.GetUtcNow()) : null, runName),
                Lines(
                    ("Path", place), ("Size", entry.Bytes?.ToString("N0", CultureInfo.InvariantCulture) is { } size ? size + " bytes" : null), ("Modified", Moment(entry.LastModified)), ("Run", runName)),
                "file", null, null, NodeExpansion.None, actions, resource);
    }
}
