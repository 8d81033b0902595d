using System.Text;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Zips;

/// <summary>A file or folder of a zip, stored as it is.</summary>
/// <param name="Path">Its name in the zip, with <c>/</c>; a folder's ends so.</param>
/// <param name="Bytes">Its bytes.</param>
/// <param name="Crc32">Their checksum.</param>
/// <param name="Modified">When it was last written; Unix time in seconds.</param>
/// <param name="Place">Where its local header begins.</param>
/// <param name="Padding">Bytes by which that header is longer than it had to be; 0, or at least <see cref="ZipRecords.LeastPadding"/>.</param>
internal readonly record struct ZipEntry(string Path, long Bytes, uint Crc32, long Modified, long Place, int Padding)
{
    /// <summary>Whether its sizes need the fields of zip64.</summary>
    public bool IsLarge => Bytes >= uint.MaxValue;

    /// <summary>Bytes of its local header.</summary>
    public int HeaderBytes => ZipRecords.HeaderBytes(Path, Bytes) + Padding;

    /// <summary>Bytes of header and content.</summary>
    public long Extent => HeaderBytes + Bytes;

    /// <summary>Its first byte behind it.</summary>
    public long End => Place + Extent;

    /// <summary>The entry that a line of the journal speaks of; null when the item is in no zip.</summary>
    public static ZipEntry? Of(ItemResult result) => result is { Outcome: ItemOutcome.Done, Place: { } place, Crc32: { } crc }
        ? new ZipEntry(result.Path, result.Bytes, crc, result.Modified ?? 0, place, result.Padding ?? 0)
        : null;
}

/// <summary>A zip that was completed.</summary>
/// <param name="Name">Its file's name.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Tail">Where what is made anew each time begins: receipts, manifests, the directory.</param>
/// <param name="Crc32">Checksum from there to the end, by which it is known again.</param>
internal sealed record ZipMark(string Name, long Length, long Tail, uint Crc32);
