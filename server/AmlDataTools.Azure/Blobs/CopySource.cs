namespace AmlDataTools.Azure.Blobs;

/// <summary>
/// A blob that storage reads by itself to copy it. Holds secrets (a signature in the address, a token): it has no text form, and goes into
/// request headers alone, which are never logged.
/// </summary>
public sealed class CopySource
{
    private readonly Uri _address;
    private readonly string? _authorization;

    internal CopySource(Uri address, string? authorization)
    {
        _address = address;
        _authorization = authorization;
    }

    /// <summary>A signed address as the artifact service gives it out.</summary>
    /// <param name="signed">The address. A secret.</param>
    public static CopySource Signed(Uri signed) => new(BlobAddress.Signed(signed), null);

    /// <summary>The headers that name it.</summary>
    internal IEnumerable<(string Name, string Value)> Headers =>
        _authorization is null
            ? [("x-ms-copy-source", _address.OriginalString)]
            : [("x-ms-copy-source", _address.OriginalString), ("x-ms-copy-source-authorization", _authorization)];
}

/// <summary>The source of a copy could not be read, or is not the blob it was; the target is as it was.</summary>
/// <param name="inner">What the service said: its status is that of the source.</param>
public sealed class CopySourceException(Http.AzureServiceException inner) : Exception(inner.Message, inner)
{
    /// <summary>What the service said.</summary>
    public Http.AzureServiceException Answer { get; } = inner;

    /// <summary>Whether the source is another blob than the one meant (its entity tag differs).</summary>
    public bool IsChanged => Answer.Status == 412;
}

/// <summary>What a blob that is written may find under its name.</summary>
/// <param name="ETag">The entity tag that is replaced, with its quotes; null when nothing may be there.</param>
public readonly record struct CopyTargetState(string? ETag)
{
    /// <summary>The header for it.</summary>
    internal (string Name, string Value) Header => ETag is null ? ("If-None-Match", "*") : ("If-Match", ETag);
}

/// <summary>What the service answered to a copy.</summary>
/// <param name="ETag">The copy's entity tag; null for a block.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="RequestId">The service's request id.</param>
public sealed record BlobCopied(string? ETag, int Status, string? RequestId);

/// <summary>A block that is there and belongs to no blob yet.</summary>
/// <param name="Id">Its id, base64.</param>
/// <param name="Length">Bytes.</param>
public readonly record struct StagedBlock(string Id, long Length);

/// <summary>A blob with the properties that a copy put together from blocks must be told.</summary>
/// <param name="Blob">The blob.</param>
/// <param name="ContentHeaders">Header names and values, as Put Block List takes them.</param>
public sealed record BlobForCopy(BlobItem Blob, IReadOnlyList<(string Name, string Value)> ContentHeaders);
