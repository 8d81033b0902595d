using Microsoft.Win32.SafeHandles;

namespace AmlDataTools.Core.Transfer;

/// <summary>A file of its own for an item, among the unfinished ones.</summary>
internal sealed class FileRoom : ItemRoom
{
    private FileRoom(string path, SafeFileHandle handle)
    {
        Path = path;
        Handle = handle;
    }

    /// <inheritdoc/>
    public override SafeFileHandle Handle { get; }

    /// <inheritdoc/>
    public override string Path { get; }

    /// <inheritdoc/>
    public override long Start => 0;

    /// <inheritdoc/>
    public override long? Place => null;

    /// <summary>Begins a file that is written in order, replacing what is there.</summary>
    public static FileRoom Stream(string path) => new(path, LocalDisk.Try(path, () => OpenNew(path)));

    /// <summary>Opens a file that is written in ranges.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="keep">Whether what is in it counts.</param>
    public static FileRoom Ranged(string path, bool keep) =>
        new(path, LocalDisk.Try(path, () => File.OpenHandle(path, keep ? FileMode.OpenOrCreate : FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite)));

    /// <summary>Opens a file that is complete.</summary>
    public static FileRoom Complete(string path) => new(path, LocalDisk.Try(path, () => File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite)));

    /// <inheritdoc/>
    public override void GiveUp() => Dispose();

    /// <inheritdoc/>
    public override void Dispose() => Handle.Dispose();

    /// <summary>Without the lock and the truncation that the usual way of opening costs; a file left by an earlier life is replaced.</summary>
    private static SafeFileHandle OpenNew(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite);
        }
        catch (IOException) when (File.Exists(path))
        {
            return File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        }
    }
}
