namespace AmlDataTools.Azure.Blobs;

/// <summary>What a listing holds besides the blobs that are there.</summary>
[Flags]
public enum BlobListDetails
{
    /// <summary>Nothing besides.</summary>
    None = 0,

    /// <summary>Blobs, versions and snapshots that are soft-deleted.</summary>
    Deleted = 1,

    /// <summary>Former versions.</summary>
    Versions = 2,

    /// <summary>Snapshots.</summary>
    Snapshots = 4,

    /// <summary>Immutability and legal holds of each blob; accounts and emulators that do not know them may refuse.</summary>
    Protection = 8,

    /// <summary>Only what is soft-deleted: hierarchical accounts list it only by itself.</summary>
    OnlyDeleted = 16,
}

/// <summary>A blob, a former version, a snapshot, or something soft-deleted.</summary>
/// <param name="Blob">The blob.</param>
public sealed record BlobVersionItem(BlobItem Blob)
{
    /// <summary>Its version; null where versions are not kept.</summary>
    public string? VersionId { get; init; }

    /// <summary>Whether it is the version that is read when none is named; null when not told.</summary>
    public bool? IsCurrentVersion { get; init; }

    /// <summary>The time that names the snapshot; null for no snapshot.</summary>
    public string? Snapshot { get; init; }

    /// <summary>Whether it is soft-deleted.</summary>
    public bool Deleted { get; init; }

    /// <summary>When it was deleted.</summary>
    public DateTimeOffset? DeletedTime { get; init; }

    /// <summary>How many days it can still be brought back.</summary>
    public int? RemainingRetentionDays { get; init; }

    /// <summary>Names what was deleted in a hierarchical account; null elsewhere.</summary>
    public string? DeletionId { get; init; }

    /// <summary>available, leased, expired, breaking, broken.</summary>
    public string? LeaseState { get; init; }

    /// <summary>locked or unlocked: what is locked cannot be deleted without its lease.</summary>
    public string? LeaseStatus { get; init; }

    /// <summary>Until when a policy forbids to delete it.</summary>
    public DateTimeOffset? ImmutabilityUntil { get; init; }

    /// <summary>Unlocked or Locked; an unlocked policy can be shortened by who may.</summary>
    public string? ImmutabilityMode { get; init; }

    /// <summary>Whether a legal hold forbids to delete it.</summary>
    public bool LegalHold { get; init; }

    /// <summary>Whether it is the blob itself, there now: no snapshot, no former version, not deleted.</summary>
    public bool IsLive => !Deleted && Snapshot is null && IsCurrentVersion != false && (VersionId is null || IsCurrentVersion == true);
}

/// <summary>One page of such a listing.</summary>
/// <param name="Items">In the order of their names.</param>
/// <param name="NextMarker">For the next page; null when this is the last.</param>
public sealed record BlobVersionPage(IReadOnlyList<BlobVersionItem> Items, string? NextMarker);

/// <summary>What the blob service says it keeps of deleted blobs.</summary>
/// <param name="SoftDeleteEnabled">Whether deleted blobs are kept for a time.</param>
/// <param name="SoftDeleteDays">For how many days; null when not.</param>
/// <param name="AllowPermanentDelete">Whether a soft-deleted blob can be deleted for good before its time.</param>
public sealed record BlobServiceKeeps(bool SoftDeleteEnabled, int? SoftDeleteDays, bool AllowPermanentDelete);

/// <summary>What kind of account holds the container.</summary>
/// <param name="IsHierarchical">Whether it has a hierarchical namespace; null when not told.</param>
/// <param name="Kind">StorageV2, BlobStorage, ...</param>
/// <param name="Sku">Standard_LRS, ...</param>
public sealed record BlobAccountInfo(bool? IsHierarchical, string? Kind, string? Sku);
