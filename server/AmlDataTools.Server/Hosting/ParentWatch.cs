using System.Diagnostics;
using System.Globalization;

namespace AmlDataTools.Server.Hosting;

/// <summary>Notices that another process has ended, also one that was killed and whose pipes someone else keeps open.</summary>
internal static class ParentWatch
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    /// <summary>Waits for the end of a process.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="cancellationToken">Stops watching.</param>
    /// <returns>When the process has ended, or is not there.</returns>
    public static Task WaitForEndAsync(int processId, CancellationToken cancellationToken) =>
        Directory.Exists("/proc/self") ? PollProcAsync(processId, cancellationToken) : WaitForProcessAsync(processId, cancellationToken);

    private static async Task WaitForProcessAsync(int processId, CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ArgumentException)
        {
            // There is no such process: it has ended already.
        }
    }

    // A killed process stays visible as a zombie until its own parent collects it, and asking whether the id exists would
    // say it lives. The start time tells it from another process that was given the same id.
    private static async Task PollProcAsync(int processId, CancellationToken cancellationToken)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat");
        using var timer = new PeriodicTimer(s_interval);
        if (ReadStartTime(path) is not { } start)
        {
            return;
        }

        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            if (ReadStartTime(path) != start)
            {
                return;
            }
        }
    }

    // proc(5): the second field is the name in parentheses, which may hold anything; the third is the state, the 22nd the
    // start time in clock ticks since boot.
    private static string? ReadStartTime(string path)
    {
        try
        {
            var text = File.ReadAllText(path);
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" or "x" ? null : fields[19];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The file goes with the process, at times while it is being read.
            return null;
        }
    }
}
