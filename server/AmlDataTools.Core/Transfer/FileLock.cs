using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.Transfer;

/// <summary>A lock between processes: a file that one of them holds open. The system gives it back when its process ends, however it ends.</summary>
internal static class FileLock
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(15);

    /// <summary>Waits until the lock is free, and takes it.</summary>
    /// <param name="path">The file of the lock; made if it is not there, its folder too.</param>
    /// <param name="patience">How long to wait at most.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What to dispose to give it back.</returns>
    /// <exception cref="ProblemException"><c>storage.busy</c>: another process did not give it back in time; <c>disk.*</c>.</exception>
    public static async Task<IDisposable> TakeAsync(string path, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        LocalDisk.Try(path, () => Directory.CreateDirectory(Path.GetDirectoryName(path) ?? path));
        var begun = time.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
            }
            catch (Exception exception) when (exception is UnauthorizedAccessException or DirectoryNotFoundException || (exception is IOException full && LocalDisk.IsFull(full)))
            {
                throw LocalDisk.Problem(path, exception);
            }
            catch (IOException exception) when (time.GetElapsedTime(begun) >= patience)
            {
                throw new ProblemException("storage.busy", $"Another window has held {path} for {patience.TotalSeconds:0} seconds. Try again; if that does not help, close the other windows.", exception)
                {
                    Target = path,
                    Actions = [ProblemAction.Retry],
                };
            }
            catch (IOException)
            {
                // Held by another window for a moment.
            }

            await Task.Delay(Step, time, cancellationToken).ConfigureAwait(false);
        }
    }
}
