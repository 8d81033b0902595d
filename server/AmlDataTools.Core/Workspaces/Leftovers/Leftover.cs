using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Arm.Dependents;
using AmlDataTools.Core.Operations;

namespace AmlDataTools.Core.Workspaces.Leftovers;

/// <summary>
/// Why a resource is taken for that of a workspace that is gone. Resource Manager keeps no link back, so each reason says where
/// it was learnt.
/// </summary>
/// <param name="IsCertain">Something recorded that the workspace used it, and the workspace is not there any more; else it is likely only.</param>
/// <param name="Reason">In words, a sentence.</param>
/// <param name="Workspace">The workspace. Where only the service's own id of it is known, that stands for its name, and the resource's group for its group.</param>
internal sealed record LeftoverProof(bool IsCertain, string Reason, WorkspaceRef Workspace)
{
    /// <summary>Until when the workspace may be recovered; null when it is not known, or cannot be any more (<see cref="IsForGood"/>).</summary>
    public DateTimeOffset? RecoverableUntil { get; init; }

    /// <summary>Whether the workspace is known to be beyond recovery.</summary>
    public bool IsForGood { get; init; }
}

/// <summary>A resource left over from a workspace that is gone.</summary>
/// <param name="Resource">The resource.</param>
/// <param name="Proof">Why it is taken for one.</param>
/// <param name="Cautions">What else speaks for looking twice: sentences.</param>
internal sealed record Leftover(ListedDependent Resource, LeftoverProof Proof, IReadOnlyList<string> Cautions)
{
    /// <summary>Whether its workspace cannot be recovered without it (Microsoft's documentation of soft deletion).</summary>
    public bool IsNeededForRecovery => Resource.Ref.Kind is DependentKind.StorageAccount or DependentKind.KeyVault or DependentKind.ContainerRegistry;

    /// <summary>That its workspace can still be recovered, and until when; null when that is not known, or needs no such resource.</summary>
    public string? Recovery => IsNeededForRecovery && Proof.RecoverableUntil is { } until ? $"The workspace can be recovered until {Sizes.Day(until)}, but not without this." : null;
}

/// <summary>What was found in a resource group.</summary>
/// <param name="Name">The group.</param>
/// <param name="Items">The leftovers, by kind and name.</param>
/// <param name="Unread">What could not be read, so that there may be more: parts of a sentence.</param>
internal sealed record LeftoverGroup(string Name, IReadOnlyList<Leftover> Items, IReadOnlyList<string> Unread)
{
    /// <summary>How many requests it took.</summary>
    public int Requests { get; init; }

    /// <summary>The leftover that a resource is; null when it is none.</summary>
    /// <param name="resource">The resource.</param>
    public Leftover? Find(DependentRef resource) => Items.FirstOrDefault(one => one.Resource.Ref == resource);
}

/// <summary>A workspace whose deletion was begun with this product, and what it used then.</summary>
/// <param name="Workspace">Its Resource Manager id.</param>
/// <param name="TenantId">Its tenant; null for the account's own.</param>
/// <param name="ResourceIds">What it used.</param>
/// <param name="Permanently">Whether it was to be deleted for good.</param>
/// <param name="At">When; Unix time in milliseconds.</param>
public sealed record WorkspaceUse(string Workspace, string? TenantId, IReadOnlyList<string> ResourceIds, bool Permanently, long At)
{
    /// <summary>Whether all of that operation was done, and so the workspace was deleted by it.</summary>
    public bool IsDone { get; init; }
}

/// <summary>What workspaces used, as it is kept when the operation that deleted them is taken off the list.</summary>
/// <param name="Workspaces">The workspaces.</param>
internal sealed record WorkspaceUses(IReadOnlyList<WorkspaceUse> Workspaces);
