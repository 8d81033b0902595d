using AmlDataTools.Core.Problems;
using Microsoft.Win32.SafeHandles;

namespace AmlDataTools.Core.Transfer;

/// <summary>Writes to the local disk, where every failure is told in the product's own terms.</summary>
internal static class LocalDisk
{
    private const int UnixNoSpace = 28;
    private const int UnixQuota = 122;
    private const int UnixReadOnly = 30;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    /// <summary>Does something to a path, telling failures of the disk from those of the network.</summary>
    public static T Try<T>(string path, Func<T> act)
    {
        try
        {
            return act();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Problem(path, exception);
        }
    }

    /// <summary>Does something to a path, telling failures of the disk from those of the network.</summary>
    public static void Try(string path, Action act) => Try(path, () =>
    {
        act();
        return true;
    });

    /// <summary>Writes at a place of an open file.</summary>
    public static void Write(SafeFileHandle file, string path, ReadOnlySpan<byte> bytes, long offset)
    {
        try
        {
            RandomAccess.Write(file, bytes, offset);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Problem(path, exception);
        }
    }

    /// <summary>Whether a failure says that there is no room.</summary>
    public static bool IsFull(IOException exception) => exception.HResult is UnixNoSpace or UnixQuota or WindowsDiskFull or WindowsHandleDiskFull;

    /// <summary>The problem behind a failure of the disk.</summary>
    public static ProblemException Problem(string path, Exception exception)
    {
        var (code, message) = exception switch
        {
            IOException full when IsFull(full) =>
                ("disk.full", $"The disk is full: there was no room for {path}. Free some space, then resume; what is finished is kept."),
            UnauthorizedAccessException or IOException { HResult: UnixReadOnly } =>
                ("disk.notWritable", $"{path} cannot be written: permission was refused. Allow writing there or choose another folder."),
            DirectoryNotFoundException => Missing(),
            FileNotFoundException { FileName: { } file } when !Directory.Exists(Path.GetDirectoryName(file)) => Missing(),
            PathTooLongException =>
                ("disk.pathTooLong", $"{path} is too long a path for this disk. Choose a folder nearer to the root."),
            _ => ("disk.error", $"{path} could not be written: {exception.Message}"),
        };
        return new ProblemException(code, message, exception)
        {
            Target = path,
            Actions = code == "disk.full" ? [ProblemAction.Retry] : [ProblemAction.ChooseFolder, ProblemAction.Retry],
        };

        (string Code, string Message) Missing() =>
            ("disk.folderMissing", $"The folder of {path} is no longer there. Make it again and resume, or choose another folder.");
    }
}
