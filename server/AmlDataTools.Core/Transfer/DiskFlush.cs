using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AmlDataTools.Core.Transfer;

/// <summary>Brings written files to the disk itself, so that a power cut does not undo them.</summary>
internal static partial class DiskFlush
{
    private const int FewFiles = 4;
    private const uint StartWriting = 2; // SYNC_FILE_RANGE_WRITE of Linux's sync_file_range(2)

    /// <summary>
    /// Flushes files of one folder. On Linux more than a few are flushed with their whole file system in one call:
    /// measured, 2,000 small files take 0.04 s so and 0.36 s one by one.
    /// </summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public static void Flush(IReadOnlyList<SafeFileHandle> files)
    {
        if (OperatingSystem.IsLinux() && files.Count > FewFiles && SyncFileSystem(files[0]) == 0)
        {
            return;
        }

        foreach (var file in files)
        {
            RandomAccess.FlushToDisk(file);
        }
    }

    /// <summary>Asks the system to begin writing a range, without waiting: the flush at the end then has little left to do.</summary>
    public static void Begin(SafeFileHandle file, long offset, long count)
    {
        if (OperatingSystem.IsLinux())
        {
            // Only advice: if the file system does not know it, the flush does it all.
            _ = SyncFileRange(file, offset, count, StartWriting);
        }
    }

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    private static partial int SyncFileSystem(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "sync_file_range", SetLastError = true)]
    private static partial int SyncFileRange(SafeFileHandle file, long offset, long count, uint flags);
}
