namespace AmlDataTools.Emulator.Access;

/// <summary>A person or an application in the emulator's directory.</summary>
/// <param name="ObjectId">Object id in the tenant.</param>
/// <param name="Name">Display name.</param>
/// <param name="Upn">Sign-in name.</param>
/// <param name="PuId">The other id run history carries.</param>
internal sealed record Person(string ObjectId, string Name, string Upn, string PuId)
{
    /// <summary>It is an application: its name is its application id, and it has no name to sign in with.</summary>
    public bool IsApplication { get; init; }
}

/// <summary>What someone may do with the workspaces.</summary>
internal enum WorkspaceRole
{
    /// <summary>Nothing: Resource Manager hides the workspaces and refuses everything in them.</summary>
    None,

    /// <summary>Read, but neither secrets nor changes.</summary>
    Reader,

    /// <summary>Everything in a workspace but changes to the workspace itself and to computes.</summary>
    DataScientist,

    /// <summary>Everything.</summary>
    Contributor,
}

/// <summary>What someone may do with the blobs by bearer token.</summary>
internal enum StorageRole
{
    /// <summary>Nothing: 403 AuthorizationPermissionMismatch.</summary>
    None,

    /// <summary>List and read.</summary>
    Reader,

    /// <summary>List, read, write and delete.</summary>
    Contributor,
}

/// <summary>What someone may do with the registries.</summary>
internal enum RegistryRole
{
    /// <summary>Nothing: Resource Manager hides them; those of others that are open to all are still read.</summary>
    None,

    /// <summary>List and read the assets, not their files.</summary>
    NoFiles,

    /// <summary>Read the assets and their files.</summary>
    Reader,
}

/// <summary>Who asks, as told by a checked token.</summary>
/// <param name="Person">The person.</param>
/// <param name="TenantId">The tenant that issued the token.</param>
/// <param name="Workspace">The role in workspaces.</param>
/// <param name="Storage">The role in storage.</param>
internal sealed record Caller(Person Person, string TenantId, WorkspaceRole Workspace, StorageRole Storage)
{
    /// <summary>The role in registries.</summary>
    public RegistryRole Registry { get; init; }

    /// <summary>No one: before a token was checked.</summary>
    public static Caller Nobody { get; } = new(new Person(string.Empty, string.Empty, string.Empty, string.Empty), string.Empty, WorkspaceRole.None, StorageRole.None);
}
