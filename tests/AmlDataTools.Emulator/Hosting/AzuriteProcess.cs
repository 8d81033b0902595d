using System.Diagnostics;
using System.Text.RegularExpressions;

namespace AmlDataTools.Emulator.Hosting;

/// <summary>Azurite's blob service as a child process: in memory, on a free loopback port, ended with its owner.</summary>
internal sealed partial class AzuriteProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Loads the script named first and ends when standard input does: so it ends with this process however this one ends.
    /// Its database looks a blob up by the first condition of a query, which is the account and so fits all of them: the name is put first,
    /// or every request would read through all blobs. One row is removed as one: rows removed as a set make it sort every index anew.
    /// </summary>
    private const string Wrapper = "const rows = Object.getPrototypeOf(new (require(require.resolve('lokijs', { paths: [process.argv[1]] })))('order').addCollection('order').chain()), { find, remove } = rows; "
        + "rows.find = function (query, first) { const key = ['name', 'blobName'].find((k) => typeof query?.[k] === 'string'); return find.call(this, key ? { [key]: query[key], ...query } : query, first); }; "
        + "rows.remove = function () { if (!this.filterInitialized || this.filteredrows.length !== 1) return remove.call(this); this.collection.remove(this.collection.data[this.filteredrows[0]]); this.filteredrows = []; return this; }; "
        + "process.stdin.resume().on('end', () => process.exit(0)).on('error', () => process.exit(0)); require(process.argv[1]);";

    private readonly Process _process;

    private AzuriteProcess(Process process, Uri endpoint)
    {
        _process = process;
        Endpoint = endpoint;
    }

    /// <summary>Where it listens: plain http on 127.0.0.1.</summary>
    public Uri Endpoint { get; }

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="path">Its entry point: a <c>.js</c> file is run by node.</param>
    /// <param name="accounts">Account names and base64 keys.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="InvalidOperationException">It ended before it listened; the message carries what it wrote.</exception>
    public static async Task<AzuriteProcess> StartAsync(string path, IEnumerable<KeyValuePair<string, string>> accounts, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo
        {
            FileName = path.EndsWith(".js", StringComparison.OrdinalIgnoreCase) ? "node" : path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
            WorkingDirectory = Path.GetTempPath(),
        };
        if (start.FileName == "node")
        {
            start.ArgumentList.Add("-e");
            start.ArgumentList.Add(Wrapper);
            start.ArgumentList.Add(Path.GetFullPath(path));
        }

        foreach (var argument in new[] { "--blobHost", "127.0.0.1", "--blobPort", "0", "--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry", "--silent", "--loose" })
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["AZURITE_ACCOUNTS"] = string.Join(';', accounts.Select(a => $"{a.Key}:{a.Value}"));
        var process = Process.Start(start) ?? throw new InvalidOperationException($"'{path}' could not be started.");
        var lines = new List<string>();
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Read(string? line)
        {
            if (line is null)
            {
                return;
            }

            lock (lines)
            {
                lines.Add(line);
            }

            if (Listening().Match(line) is { Success: true } match)
            {
                listening.TrySetResult(new Uri(match.Groups[1].Value));
            }
        }

        process.OutputDataReceived += (_, e) => Read(e.Data);
        process.ErrorDataReceived += (_, e) => Read(e.Data);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) =>
        {
            lock (lines)
            {
                listening.TrySetException(new InvalidOperationException("Azurite ended before it listened: " + string.Join(Environment.NewLine, lines)));
            }
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            return new AzuriteProcess(process, await listening.Task.WaitAsync(StartLimit, cancellationToken));
        }
        catch
        {
            await EndAsync(process);
            throw;
        }
    }

    /// <summary>Ends it and waits for its end.</summary>
    public async ValueTask DisposeAsync() => await EndAsync(_process);

    private static async Task EndAsync(Process process)
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    [GeneratedRegex(@"successfully listens on (http://\S+)")]
    private static partial Regex Listening();
}
