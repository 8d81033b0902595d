namespace AmlDataTools.Server.Protocol;

/// <summary>Files of datastores, to be looked at without being saved. What is to be kept is downloaded by an operation.</summary>
[RpcContract(RpcSide.Server)]
public interface IDatastoresApi
{
    /// <summary>What is known of a file now.</summary>
    [RpcRequest("datastores/stat")]
    Task<FileStat> StatAsync(FileParams parameters, CancellationToken cancellationToken);

    /// <summary>Reads a part of a file. <c>file.changed</c> when it is not of the version asked for any more, <c>file.tooLargeToOpen</c> beyond the limit.</summary>
    [RpcRequest("datastores/read")]
    Task<FileReadResult> ReadAsync(FileReadParams parameters, CancellationToken cancellationToken);
}

/// <summary>A file.</summary>
/// <param name="NodeId">Its node in the tree.</param>
public sealed record FileParams(string NodeId);

/// <summary>A file as it is now.</summary>
/// <param name="Bytes">Its size.</param>
/// <param name="ModifiedUnixMs">When it was last written, in milliseconds since 1970 UTC; null when the service did not tell.</param>
/// <param name="ETag">Changes with every write; null when the service did not tell.</param>
/// <param name="MaxBytes">The largest size that is opened.</param>
public sealed record FileStat(long Bytes, long? ModifiedUnixMs, string? ETag, long MaxBytes);

/// <summary>Which part of a file is wanted.</summary>
/// <param name="NodeId">Its node in the tree.</param>
/// <param name="Offset">The first byte.</param>
/// <param name="Count">How many at most; fewer may come.</param>
/// <param name="ETag">The version of which the parts before are; null for the first part.</param>
public sealed record FileReadParams(string NodeId, long Offset, long Count, string? ETag);

/// <summary>A part of a file.</summary>
/// <param name="Data">The bytes, in base64.</param>
/// <param name="Stat">The file of which they are.</param>
public sealed record FileReadResult(ReadOnlyMemory<byte> Data, FileStat Stat);
