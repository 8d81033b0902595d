using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Operations;

/// <summary>Small files that all windows read.</summary>
internal static class StateFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

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
