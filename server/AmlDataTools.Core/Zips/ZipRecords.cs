using System.Buffers.Binary;
using System.Text;

namespace AmlDataTools.Core.Zips;

/// <summary>
/// The records of a zip file, from its specification (PKWARE APPNOTE 6.3.9: 4.3.7 local header, 4.3.12 directory, 4.3.14 to 16 its end,
/// 4.5.3 zip64). Nothing is compressed, so that lengths and places are known before the bytes are; names are UTF-8 and said
/// to be; local headers hold sizes and checksum, so that a zip can be read from a pipe.
/// </summary>
internal static class ZipRecords
{
    /// <summary>The least bytes by which a header can be lengthened: the head of an extra field and what its kind demands.</summary>
    public const int LeastPadding = 6;

    /// <summary>The most bytes by which a header may be lengthened; with the other extra fields it stays below their 65,535.</summary>
    public const int MostPadding = 60_000;

    private const int LocalBytes = 30;
    private const int CentralBytes = 46;
    private const int TimeBytes = 9;
    private const int LargeBytes = 20;
    private const ushort Utf8Names = 0x0800;
    private const ushort MadeOnUnix = 0x032D; // by version 4.5
    private const ushort NeedsFolders = 20;
    private const ushort NeedsZip64 = 45;
    private const ushort ExtraZip64 = 0x0001;
    private const ushort ExtraTime = 0x5455; // extended timestamp, Info-ZIP
    private const ushort ExtraAlignment = 0xA11E; // data stream alignment: the one field made to be filled up
    private const uint FileMode = 0x81A4_0000; // a file, rw-r--r--
    private const uint FolderMode = 0x41ED_0010; // a folder, rwxr-xr-x, and the folder's bit of MS-DOS

    /// <summary>Bytes of the local header of a file, not lengthened.</summary>
    public static int HeaderBytes(string path, long bytes) => LocalBytes + Encoding.UTF8.GetByteCount(path) + TimeBytes + (bytes >= uint.MaxValue ? LargeBytes : 0);

    /// <summary>The local header.</summary>
    public static byte[] Header(ZipEntry entry)
    {
        var record = new byte[entry.HeaderBytes];
        var at = record.AsSpan();
        Put4(ref at, 0x04034B50);
        Put2(ref at, Needs(entry, large: entry.IsLarge));
        PutCommon(ref at, entry);
        Put2(ref at, (ushort)(record.Length - LocalBytes - Encoding.UTF8.GetByteCount(entry.Path)));
        PutName(ref at, entry);
        if (entry.IsLarge)
        {
            Put2(ref at, ExtraZip64);
            Put2(ref at, LargeBytes - 4);
            Put8(ref at, entry.Bytes);
            Put8(ref at, entry.Bytes);
        }

        PutTime(ref at, entry);
        if (entry.Padding > 0)
        {
            Put2(ref at, ExtraAlignment);
            Put2(ref at, (ushort)(entry.Padding - 4));
            Put2(ref at, 1);
        }

        return record;
    }

    /// <summary>The entry's record in the directory.</summary>
    public static byte[] Central(ZipEntry entry)
    {
        var far = entry.Place >= uint.MaxValue;
        var zip64 = (entry.IsLarge ? 16 : 0) + (far ? 8 : 0);
        var extra = TimeBytes + (zip64 > 0 ? 4 + zip64 : 0);
        var record = new byte[CentralBytes + Encoding.UTF8.GetByteCount(entry.Path) + extra];
        var at = record.AsSpan();
        Put4(ref at, 0x02014B50);
        Put2(ref at, MadeOnUnix);
        Put2(ref at, Needs(entry, large: zip64 > 0));
        PutCommon(ref at, entry);
        Put2(ref at, (ushort)extra);
        Put2(ref at, 0); // comment
        Put2(ref at, 0); // disk
        Put2(ref at, 0); // not known to be text
        Put4(ref at, IsFolder(entry) ? FolderMode : FileMode);
        Put4(ref at, far ? uint.MaxValue : (uint)entry.Place);
        PutName(ref at, entry);
        if (zip64 > 0)
        {
            Put2(ref at, ExtraZip64);
            Put2(ref at, (ushort)zip64);
            if (entry.IsLarge)
            {
                Put8(ref at, entry.Bytes);
                Put8(ref at, entry.Bytes);
            }

            if (far)
            {
                Put8(ref at, entry.Place);
            }
        }

        PutTime(ref at, entry);
        return record;
    }

    /// <summary>What stands behind the directory.</summary>
    /// <param name="entries">How many it lists.</param>
    /// <param name="place">Where it begins.</param>
    /// <param name="bytes">Its bytes.</param>
    public static byte[] End(long entries, long place, long bytes)
    {
        var zip64 = entries >= ushort.MaxValue || place >= uint.MaxValue || bytes >= uint.MaxValue;
        var record = new byte[22 + (zip64 ? 76 : 0)];
        var at = record.AsSpan();
        if (zip64)
        {
            Put4(ref at, 0x06064B50);
            Put8(ref at, 44); // bytes of this record from here on
            Put2(ref at, MadeOnUnix);
            Put2(ref at, NeedsZip64);
            Put4(ref at, 0);
            Put4(ref at, 0);
            Put8(ref at, entries);
            Put8(ref at, entries);
            Put8(ref at, bytes);
            Put8(ref at, place);
            Put4(ref at, 0x07064B50);
            Put4(ref at, 0);
            Put8(ref at, place + bytes);
            Put4(ref at, 1);
        }

        Put4(ref at, 0x06054B50);
        Put4(ref at, 0); // both disk numbers
        Put2(ref at, (ushort)Math.Min(entries, ushort.MaxValue));
        Put2(ref at, (ushort)Math.Min(entries, ushort.MaxValue));
        Put4(ref at, (uint)Math.Min(bytes, uint.MaxValue));
        Put4(ref at, (uint)Math.Min(place, uint.MaxValue));
        Put2(ref at, 0); // comment
        return record;
    }

    private static bool IsFolder(ZipEntry entry) => entry.Path.EndsWith('/');

    private static ushort Needs(ZipEntry entry, bool large) => large ? NeedsZip64 : IsFolder(entry) ? NeedsFolders : (ushort)10;

    private static void PutCommon(ref Span<byte> at, ZipEntry entry)
    {
        var size = entry.IsLarge ? uint.MaxValue : (uint)entry.Bytes;
        var (time, date) = DosTime(entry.Modified);
        Put2(ref at, Utf8Names);
        Put2(ref at, 0); // stored
        Put2(ref at, time);
        Put2(ref at, date);
        Put4(ref at, entry.Crc32);
        Put4(ref at, size);
        Put4(ref at, size);
        Put2(ref at, checked((ushort)Encoding.UTF8.GetByteCount(entry.Path)));
    }

    private static void PutName(ref Span<byte> at, ZipEntry entry) => at = at[Encoding.UTF8.GetBytes(entry.Path, at)..];

    private static void PutTime(ref Span<byte> at, ZipEntry entry)
    {
        Put2(ref at, ExtraTime);
        Put2(ref at, TimeBytes - 4);
        at[0] = 1; // the time of modification follows
        at = at[1..];
        Put4(ref at, (uint)Math.Clamp(entry.Modified, 0, int.MaxValue));
    }

    /// <summary>MS-DOS knows 1980 to 2107, to two seconds, and no time zone: UTC here. The extra field says it exactly.</summary>
    private static (ushort Time, ushort Date) DosTime(long modified)
    {
        var moment = DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(modified, 315532800, 4354819198)).UtcDateTime;
        return ((ushort)((moment.Hour << 11) | (moment.Minute << 5) | (moment.Second / 2)), (ushort)(((moment.Year - 1980) << 9) | (moment.Month << 5) | moment.Day));
    }

    private static void Put2(ref Span<byte> at, ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(at, value);
        at = at[2..];
    }

    private static void Put4(ref Span<byte> at, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(at, value);
        at = at[4..];
    }

    private static void Put8(ref Span<byte> at, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(at, value);
        at = at[8..];
    }
}
