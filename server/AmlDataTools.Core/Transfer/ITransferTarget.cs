using Microsoft.Win32.SafeHandles;

namespace AmlDataTools.Core.Transfer;

/// <summary>Room for the bytes of one item, in a file of its own or in one that holds many.</summary>
internal abstract class ItemRoom : IDisposable
{
    /// <summary>The open file.</summary>
    public abstract SafeFileHandle Handle { get; }

    /// <summary>Its path.</summary>
    public abstract string Path { get; }

    /// <summary>Where in the file the item's first byte goes.</summary>
    public abstract long Start { get; }

    /// <summary>Where in a shared file the room lies, to be found again by another life; null for a file of its own.</summary>
    public abstract long? Place { get; }

    /// <summary>The item is not going to be here: what was written does not count, and others may have the room. Disposes it.</summary>
    public abstract void GiveUp();

    /// <summary>Nothing more is written through this.</summary>
    public abstract void Dispose();
}

/// <summary>A verified item, still without a name that a person would trust.</summary>
internal sealed record StagedFile(TransferItem Item, ItemRoom Room, ItemResult Result);

/// <summary>What items are brought to: a folder, or a file that holds them all.</summary>
internal interface ITransferTarget
{
    /// <summary>Whether the CRC-32 of each item is asked for.</summary>
    bool WantsCrc32 { get; }

    /// <summary>Whether files that exist may be identical to what would be fetched.</summary>
    bool SkipsIdentical { get; }

    /// <summary>The file that is already there; null when there is none.</summary>
    FileInfo? Existing(string path);

    /// <summary>Makes a folder of the export.</summary>
    void MakeFolder(string path);

    /// <summary>Where a document may be put together whose length is not known before.</summary>
    string PartOf(long index);

    /// <summary>Room for an item, without what may have been there before.</summary>
    /// <param name="item">The item.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="ranged">Whether it is written in ranges, in any order, and read behind the writers.</param>
    ItemRoom Open(TransferItem item, long length, bool ranged);

    /// <summary>The room in which an earlier life left a part of the item.</summary>
    ItemRoom Reopen(TransferItem item, PartialFile partial);

    /// <summary>Room that holds the document put together at <see cref="PartOf"/>; gives its CRC-32 too where that is wanted.</summary>
    (ItemRoom Room, uint Crc32) TakeIn(TransferItem item, long length);

    /// <summary>Flushes verified items to disk, writes that down, and only then gives them their names. Those without a place fail alone.</summary>
    void Commit(IReadOnlyList<StagedFile> group, ITransferJournal journal, TransferProgress progress);
}
