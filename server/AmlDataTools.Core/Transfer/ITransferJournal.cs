namespace AmlDataTools.Core.Transfer;

/// <summary>A range of an unfinished file that is on disk.</summary>
/// <param name="Offset">First byte.</param>
/// <param name="Count">How many.</param>
/// <param name="Crc">CRC-32C of them.</param>
internal readonly record struct WrittenRange(long Offset, long Count, uint Crc)
{
    /// <summary>When the blob was last written, where that is kept; Unix time in seconds.</summary>
    public long? Modified { get; init; }
}

/// <summary>What an earlier life of the operation left of an unfinished file.</summary>
/// <param name="ETag">The blob it was taken from.</param>
/// <param name="Length">That blob's length.</param>
/// <param name="Md5">That blob's MD5; null when the service had none.</param>
/// <param name="Ranges">What is on disk of it.</param>
internal sealed record PartialFile(string? ETag, long Length, string? Md5, IReadOnlyList<WrittenRange> Ranges)
{
    /// <summary>Where in a shared file its room lies, and where in it its first byte; null for a file of its own.</summary>
    public (long Place, long Start)? Room { get; init; }

    /// <summary>When the blob was last written, where that is kept; Unix time in seconds.</summary>
    public long? Modified => Ranges.Select(r => r.Modified).LastOrDefault(m => m is not null);
}

/// <summary>How far a list has come that is read page by page into a document.</summary>
/// <param name="Length">Bytes of the document that hold whole pages.</param>
/// <param name="Crc">CRC-32C of them.</param>
/// <param name="Next">Where the list goes on; no secret.</param>
internal readonly record struct DocumentMark(long Length, uint Crc, string Next);

/// <summary>How an item ended.</summary>
internal enum ItemOutcome
{
    /// <summary>On disk under its final name, verified.</summary>
    Done,

    /// <summary>Left out for a reason.</summary>
    Skipped,

    /// <summary>Not possible for a reason.</summary>
    Failed,
}

/// <summary>How an item ended, with all that the receipt says of it.</summary>
internal sealed record ItemResult(
    long Index,
    ItemOutcome Outcome,
    string Name,
    string Path,
    long Bytes,
    string? Sha256,
    string? Md5,
    string? ETag,
    string? Access,
    int? Status,
    string? RequestId,
    string? Code,
    string? Reason)
{
    /// <summary>CRC-32, where it was wanted.</summary>
    public uint? Crc32 { get; init; }

    /// <summary>When the blob was last written, where that is kept; Unix time in seconds.</summary>
    public long? Modified { get; init; }

    /// <summary>Where in a shared file its entry begins; null for a file of its own.</summary>
    public long? Place { get; init; }

    /// <summary>Bytes by which its entry was lengthened at its head, to close a gap.</summary>
    public int? Padding { get; init; }
}

/// <summary>What the engine writes down, always before or with the act it speaks of.</summary>
internal interface ITransferJournal
{
    /// <summary>What an earlier life left of an unfinished file; null for nothing.</summary>
    PartialFile? Partial(long index);

    /// <summary>A file is begun, or begun anew, from this blob: what was there of it no longer counts.</summary>
    /// <param name="index">The item.</param>
    /// <param name="etag">The blob's tag.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="md5">Its MD5; null when the service has none.</param>
    /// <param name="room">Where in a shared file its room lies, and where in it its first byte; null for a file of its own.</param>
    void Begin(long index, string? etag, long length, string? md5, (long Place, long Start)? room);

    /// <summary>How far an earlier life came with a document; null for nothing.</summary>
    DocumentMark? Reached(long index);

    /// <summary>So much of a document is written.</summary>
    void Reach(long index, DocumentMark mark);

    /// <summary>A range of it is written.</summary>
    void Range(long index, WrittenRange range);

    /// <summary>
    /// These items are verified and flushed to disk and will now get their final names. Returns once the note itself is
    /// on disk.
    /// </summary>
    void Commit(IReadOnlyList<ItemResult> results);

    /// <summary>An item ended without being written.</summary>
    void End(ItemResult result);

    /// <summary>How items ended, in their order; those that did not are left out. What ends after the first call may be missing.</summary>
    /// <param name="from">The first.</param>
    /// <param name="until">The one behind the last.</param>
    IEnumerable<ItemResult> Results(long from, long until);
}
