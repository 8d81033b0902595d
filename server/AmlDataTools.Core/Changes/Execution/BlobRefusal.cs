using AmlDataTools.Azure.Blobs;
using AmlDataTools.Core.Storage;

namespace AmlDataTools.Core.Changes.Execution;

/// <summary>Why a blob was left, in words.</summary>
internal static class BlobRefusal
{
    /// <summary>Whether the same may succeed when asked again at once: a part of a batch that got no answer, or met a fault.</summary>
    public static bool IsWorthRepeating(BlobDeletion result) => result.Status is 0 or 408 or 429 or 500 or 502 or 503 or 504;

    /// <summary>What was left.</summary>
    /// <param name="blob">The blob or file.</param>
    /// <param name="result">What the service said.</param>
    /// <param name="isShare">Whether it lies in a file share.</param>
    public static LeftBlob Left(PlannedBlob blob, BlobDeletion result, bool isShare)
    {
        var (code, reason) = Words(result, isShare);
        return new LeftBlob(blob.N, blob.V, blob.S, blob.L, result.Status, code, reason);
    }

    private static (string Code, string Reason) Words(BlobDeletion result, bool isShare) => result switch
    {
        { Code: "LeaseIdMissing" or "LeaseIdMismatchWithBlobOperation" or "LeaseNotPresentWithBlobOperation" } => ("storage.leased", "It is leased: somebody is using it. Have the lease ended, then resume."),
        { Code: "SharingViolation" or "DeletePending" or "CannotDeleteFileOrDirectory" or "FileLockConflict" or "ClientCacheFlushDelay" } => (
            "storage.inUse", $"Somebody has it open ({result.Code}), perhaps a compute that has the share mounted. Have it closed, then resume."),
        { Code: "ReadOnlyAttribute" } => ("storage.readOnly", "It is marked as read-only. Take the mark away, then resume."),
        { Code: "ConditionNotMet" } or { Status: 412 } => (ChangeRefusal.Changed, "It was changed since the plan."),
        { Code: "SnapshotsPresent" } => ("storage.hasSnapshots", "It has snapshots that the plan does not name. Plan again with versions and snapshots."),
        { Code: "BlobImmutableDueToPolicy" or "BlobImmutableDueToLegalHold" or "ContainerImmutable" } => ("storage.immutable", $"It is protected ({result.Code}): a policy or a legal hold forbids to delete it."),
        { Code: "ContainerNotFound" or "FilesystemNotFound" } => ("storage.containerNotFound", "Its container is not there."),
        { Code: "ShareNotFound" or "ShareBeingDeleted" } => ("storage.containerNotFound", "Its file share is not there."),
        { Status: 401 or 403 } => ("storage.needsWriteAccess", $"You may not delete it ({result.Code}). Ask for the role {(isShare ? StorageAccess.ShareWriteRole : "Storage Blob Data Contributor")}, then resume."),
        { Status: 429 or 503 } => ("service.throttled", "The storage account was too busy. Resume later."),
        { Status: 0 } => ("service.noAnswer", "The storage account did not say what became of it. Resume to see."),
        { Status: >= 500 } => ("service.unavailable", $"The storage account failed ({result.Status} {result.Code}). Resume later."),
        _ => ("storage.refused", $"The storage account refused ({result.Status} {result.Code})."),
    };
}
