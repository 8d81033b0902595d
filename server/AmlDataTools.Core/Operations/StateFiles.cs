using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Operations;

/// <summary>Small files that all windows read, and locks between them.</summary>
internal static class StateFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(16);

    private static readonly TimeSpan LastPause = TimeSpan.FromMilliseconds(512);

    /// <summary>Writes a file anew. Another window may be reading: the name only ever leads to a whole file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="write">Writes its content.</param>
    /// <param name="isPrivate">Whether nobody else on this machine may read it, where the system knows such rights.</param>
    public static void Replace(string path, Action<Stream> write, bool isPrivate = false)
    {
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        LocalDisk.Try(path, () =>
        {
            using (var file = Open(temporary, FileMode.Create, isPrivate))
            {
                write(file);
            }

            File.Move(temporary, path, overwrite: true);
        });
    }

    /// <summary>Writes a document anew.</summary>
    public static void Save<T>(string path, T value, JsonTypeInfo<T> type, bool isPrivate = false) =>
        Replace(path, file => JsonSerializer.Serialize(file, value, type), isPrivate);

    /// <summary>Reads a document; null when there is none, or none that was written whole.</summary>
    public static T? Load<T>(string path, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return JsonSerializer.Deserialize(file, type);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Takes a file for this process.</summary>
    /// <returns>What to dispose to give it back; null when another process has it.</returns>
    /// <exception cref="DirectoryNotFoundException">Its folder is not there.</exception>
    public static IDisposable? TryLock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (IOException exception) when (exception is not DirectoryNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException exception)
        {
            throw LocalDisk.Problem(path, exception);
        }
    }

    /// <summary>
    /// Takes a file for this process, and outlasts whoever has it for a moment only: another window that looks whether it is
    /// taken, or writes a note beside it.
    /// </summary>
    /// <param name="path">Its path.</param>
    /// <param name="time">The clock of the pauses.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What to dispose to give it back; null when another process still has it after about a second.</returns>
    /// <exception cref="DirectoryNotFoundException">Its folder is not there.</exception>
    public static async Task<IDisposable?> LockAsync(string path, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; ; pause *= 2)
        {
            var taken = TryLock(path);
            if (taken is not null || pause > LastPause)
            {
                return taken;
            }

            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Whether another process has a file. Those who only ask never see each other.</summary>
    /// <param name="path">Its path; a file that is not there is nobody's.</param>
    public static bool IsLocked(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
            return false;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
        catch (UnauthorizedAccessException exception)
        {
            throw LocalDisk.Problem(path, exception);
        }
    }

    /// <summary>Opens a file for writing that others may read meanwhile.</summary>
    public static FileStream Open(string path, FileMode mode, bool isPrivate)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.Read | FileShare.Delete, BufferSize = 64 << 10 };
        if (isPrivate && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return new FileStream(path, options);
    }

    /// <summary>Makes a folder that nobody else on this machine may look into; on Windows the folder above decides.</summary>
    public static void MakePrivateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
        }
    }
}
