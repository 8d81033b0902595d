using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.Transfer;

/// <summary>A lock between processes: a file that one of them holds open. The system gives it back when its process ends, however it ends.</summary>
internal static class FileLock
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(15);

    // As long as who only looks at something, or writes a note beside it, may take on a slow machine.
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

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
        try
        {
            return await WaitAsync(path, patience, time, cancellationToken).ConfigureAwait(false)
                ?? throw new ProblemException("storage.busy", $"Another window has held {path} for {patience.TotalSeconds:0} seconds. Try again; if that does not help, close the other windows.")
                {
                    Target = path,
                    Actions = [ProblemAction.Retry],
                };
        }
        catch (DirectoryNotFoundException exception)
        {
            throw LocalDisk.Problem(path, exception);
        }
    }

    /// <summary>Takes a lock, and outlasts whoever has it for a moment only: another window that looks whether it is taken, or writes a note.</summary>
    /// <param name="path">The file of the lock; made if it is not there.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What to dispose to give it back; null when another process still has it after a second.</returns>
    /// <exception cref="DirectoryNotFoundException">Its folder is not there.</exception>
    /// <exception cref="ProblemException"><c>disk.*</c>.</exception>
    public static Task<IDisposable?> TakeUnlessWorkedOnAsync(string path, TimeProvider time, CancellationToken cancellationToken) => WaitAsync(path, Moment, time, cancellationToken);

    /// <summary>Takes a lock if it is free.</summary>
    /// <param name="path">The file of the lock; made if it is not there.</param>
    /// <returns>What to dispose to give it back; null when another process has it.</returns>
    /// <exception cref="DirectoryNotFoundException">Its folder is not there.</exception>
    /// <exception cref="ProblemException"><c>disk.*</c>.</exception>
    public static IDisposable? TryTake(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException || (exception is IOException full && LocalDisk.IsFull(full)))
        {
            throw LocalDisk.Problem(path, exception);
        }
        catch (IOException exception) when (exception is not DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Whether another process has a lock. Those who only ask never see each other.</summary>
    /// <param name="path">The file of the lock; one that is not there is nobody's.</param>
    public static bool IsTaken(string path)
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

    private static async Task<IDisposable?> WaitAsync(string path, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var taken = TryTake(path);
            if (taken is not null || time.GetElapsedTime(begun) >= patience)
            {
                return taken;
            }

            await Task.Delay(Step, time, cancellationToken).ConfigureAwait(false);
        }
    }
}
