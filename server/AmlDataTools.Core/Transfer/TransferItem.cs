namespace AmlDataTools.Core.Transfer;

/// <summary>What an item of an export is made of.</summary>
internal enum TransferKind
{
    /// <summary>A blob.</summary>
    File,

    /// <summary>A directory marker: a folder is made, nothing is fetched.</summary>
    Folder,

    /// <summary>A document asked of a service, such as the run's record.</summary>
    Document,

    /// <summary>A document on other items of the operation, written when these have ended: the hashes in it are those of verified files.</summary>
    Summary,
}

/// <summary>One thing to bring to disk. Immutable, and written down before anything is fetched.</summary>
/// <param name="Index">Its place in the plan, from 0; names it in the journal.</param>
/// <param name="Kind">What it is made of.</param>
/// <param name="Source">Key of where it comes from.</param>
/// <param name="Name">Its name there.</param>
/// <param name="Path">Where it goes, relative to the destination, with <c>/</c>; safe and without clash.</param>
/// <param name="Length">Bytes when planned; null when it is made on the way.</param>
/// <param name="ETag">Entity tag when planned.</param>
/// <param name="Md5">Base64 of the MD5 the service has on record; null when it has none.</param>
/// <param name="Note">What is special about it, for the plan and the receipt.</param>
/// <param name="Refused">Why it cannot be fetched at all; null when it can.</param>
internal sealed record TransferItem(
    long Index, TransferKind Kind, string Source, string Name, string Path, long? Length, string? ETag, string? Md5, string? Note, string? Refused)
{
    /// <summary>Of a summary: the first of the items it is about, which go on to the one before itself; null for other kinds.</summary>
    public long? From { get; init; }

    /// <summary>Of a document that a search found: where that search keeps it; null for others.</summary>
    public PersonalData.DocumentPart? Found { get; init; }

    /// <summary>Stable code of why it cannot be fetched; null for want of a usable name, or when it can.</summary>
    public string? RefusedCode { get; init; }

    /// <summary>Whether it cannot be fetched because there is nothing, which is no failure.</summary>
    public bool? IsNothing { get; init; }

    /// <summary>Of a copy in storage: the blob that was under its name when planned; null for none.</summary>
    public Copies.BlobThere? There { get; init; }
}
