namespace AmlDataTools.Core.Transfer;

/// <summary>
/// Files in folders that others may write to as well. The name only ever leads to a whole file, and the one beside it, under which it is
/// written, is new: a link that somebody left would lead what is written elsewhere.
/// </summary>
internal static class WholeFile
{
    /// <summary>Writes a file, in place of what has the name.</summary>
    /// <param name="path">Absolute path.</param>
    /// <param name="write">Writes its content.</param>
    /// <exception cref="Problems.ProblemException">It cannot be written.</exception>
    public static T Write<T>(string path, Func<FileStream, T> write) => LocalDisk.Try(path, () =>
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            T result;
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16))
            {
                result = write(file);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
            return result;
        }
        finally
        {
            File.Delete(temporary);
        }
    });
}
