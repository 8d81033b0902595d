using System.Runtime.ExceptionServices;

namespace AmlDataTools.Core.Transfer;

/// <summary>Works that stand and fall together.</summary>
internal static class TaskGroup
{
    /// <summary>Runs them side by side; the first failure stops the others and is the one thrown, after all have ended.</summary>
    public static async Task RunAsync(IEnumerable<Func<CancellationToken, Task>> works, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ExceptionDispatchInfo? first = null;
        await Task.WhenAll(works.Select(work => Task.Run(() => GuardAsync(work), CancellationToken.None))).ConfigureAwait(false);
        first?.Throw();

        async Task GuardAsync(Func<CancellationToken, Task> work)
        {
            try
            {
                await work(stop.Token).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                Interlocked.CompareExchange(ref first, ExceptionDispatchInfo.Capture(exception), null);
                await stop.CancelAsync().ConfigureAwait(false);
            }
        }
    }
}
