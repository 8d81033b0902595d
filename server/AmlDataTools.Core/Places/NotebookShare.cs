using AmlDataTools.Azure;
using AmlDataTools.Core.Storage;

namespace AmlDataTools.Core.Places;

/// <summary>The file share in which the notebooks of a workspace lie, and other files that people keep on its computes.</summary>
internal static class NotebookShare
{
    /// <summary>The datastore through which it is reached; each workspace is made with it.</summary>
    public const string Datastore = "workspaceworkingdirectory";

    /// <summary>The folder with a folder for each person.</summary>
    public const string UsersFolder = "Users";

    /// <summary>The folder of everybody's files in a workspace.</summary>
    /// <param name="workspace">The workspace.</param>
    public static FileLocation UsersOf(WorkspaceRef workspace) => new(workspace, Datastore, UsersFolder + "/", null);
}
