namespace AmlDataTools.Azure.Blobs;

/// <summary>What of a blob is to be deleted.</summary>
/// <param name="Name">The blob's whole name.</param>
/// <param name="ETag">The entity tag it must have, with its quotes; null for any.</param>
/// <param name="VersionId">The version to delete; null for the current one.</param>
/// <param name="Snapshot">The snapshot to delete (its time as the service gave it); null for the blob itself.</param>
/// <param name="WithSnapshots">Whether its snapshots go with it; without it the service refuses a blob that has any (409 SnapshotsPresent).</param>
public sealed record BlobDeleteRequest(string Name, string? ETag, string? VersionId, string? Snapshot, bool WithSnapshots)
{
    private const int MaxNameLength = 1024;

    /// <summary>The parameters that name a version or snapshot; empty for none.</summary>
    internal string Query
        => (VersionId is null ? string.Empty : "versionid=" + Uri.EscapeDataString(VersionId))
            + (VersionId is null || Snapshot is null ? string.Empty : "&")
            + (Snapshot is null ? string.Empty : "snapshot=" + Uri.EscapeDataString(Snapshot));

    /// <summary>The headers it takes.</summary>
    internal IEnumerable<(string Name, string Value)> Headers
    {
        get
        {
            if (ETag is not null)
            {
                yield return ("If-Match", ETag);
            }

            if (WithSnapshots && VersionId is null && Snapshot is null)
            {
                yield return ("x-ms-delete-snapshots", "include");
            }
        }
    }

    /// <summary>Refuses what could reach another blob than the one meant, or break the request apart.</summary>
    /// <exception cref="ArgumentException">The name is empty or too long; a tag, version or snapshot is blank or holds control characters.</exception>
    internal BlobDeleteRequest Checked()
    {
        if (string.IsNullOrEmpty(Name) || Name.Length > MaxNameLength)
        {
            throw new ArgumentException($"A blob's name has 1 to {MaxNameLength} characters.", nameof(Name));
        }

        // Something in between may clean "a/../b" up to "b": without a tag that would delete another blob.
        if (ETag is null && VersionId is null && Name.Split('/').Any(segment => segment is "." or ".."))
        {
            throw new ArgumentException("A blob whose name holds dots as a folder is only deleted together with its entity tag.", nameof(Name));
        }

        foreach (var value in (ReadOnlySpan<string?>)[ETag, VersionId, Snapshot])
        {
            if (value is not null && (value.Trim().Length == 0 || value.Any(char.IsControl)))
            {
                throw new ArgumentException("An entity tag, version or snapshot cannot be blank or hold control characters.", nameof(ETag));
            }
        }

        return this;
    }
}

/// <summary>What became of a blob that was to be deleted.</summary>
/// <param name="Name">The blob's whole name.</param>
/// <param name="Status">HTTP status: 202 deleted, 404 was not there, 412 changed since, 409 has snapshots or is protected; 0 when the service's answer held none for it.</param>
/// <param name="Code">The service's error code (<c>BlobNotFound</c>, <c>ConditionNotMet</c>, <c>BlobImmutableDueToPolicy</c>); null when deleted.</param>
/// <param name="RequestId">The service's request id.</param>
public sealed record BlobDeletion(string Name, int Status, string? Code, string? RequestId)
{
    /// <summary>Whether it was deleted now.</summary>
    public bool IsDeleted => Status is >= 200 and < 300;

    /// <summary>Whether it is not there: deleted now, or gone already. A missing container counts as an error.</summary>
    public bool IsGone => IsDeleted || (Status == 404 && Code is null or "BlobNotFound");
}
