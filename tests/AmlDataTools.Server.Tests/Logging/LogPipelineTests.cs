using System.Diagnostics;
using AmlDataTools.Server.Logging;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Rpc;
using AmlDataTools.Server.Tests.Support;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Server.Tests.Logging;

public sealed class LogPipelineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("logs").FullName;

    [Fact]
    public async Task Lines_reach_the_client_without_secrets_and_with_the_messages_of_exceptions()
    {
        await using var connection = new Connection();
        await using var pipeline = new LogPipeline(TimeProvider.System);
        pipeline.Start(new ClientLogSink(connection.Rpc));
        var log = pipeline.CreateLogger("AmlDataTools.Core.Transfer.Downloader");
        log.LogDebug("below the level");
        log.LogWarning(new IOException("sig=0123456789abcdef", new InvalidDataException("inner")), "with Bearer {Token}", "abcdefgh12345678");
        var message = await connection.Client.ReadAsync();
        Assert.Equal("log/message", (string?)message?["method"]);
        Assert.Equal(
            """{"level":"warning","category":"Downloader","message":"with Bearer ***\nIOException: sig=***\nInvalidDataException: inner"}""",
            message?["params"].Text());
    }

    [Fact]
    public async Task The_level_can_be_changed()
    {
        await using var pipeline = new LogPipeline(TimeProvider.System);
        var log = pipeline.CreateLogger("x");
        pipeline.Level = LogLevels.ToLibrary(LogLevelName.Off);
        Assert.False(log.IsEnabled(LogLevel.Critical));
        pipeline.Level = LogLevels.ToLibrary(LogLevelName.Trace);
        Assert.True(log.IsEnabled(LogLevel.Trace));
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_told_how_many_lines_it_lost()
    {
        await using var connection = new Connection(new JsonRpcOptions { MaxQueuedMessages = 20 }, pipeBytes: 4096);
        await using var pipeline = new LogPipeline(TimeProvider.System);
        var counting = new CountingSink(2000);
        pipeline.Start(new ClientLogSink(connection.Rpc), counting);
        var log = pipeline.CreateLogger("x");
        for (var i = 0; i < 2000; i++)
        {
            log.LogInformation("{Number} {Filler}", i, new string('x', 1000));
        }

        await counting.Reached.Task.WaitAsync(TimeSpan.FromSeconds(120));
        var received = 0;
        var lost = 0;
        while (received + lost < 2000)
        {
            log.LogInformation("reading");
            var text = (string?)(await connection.Client.ReadAsync())?["params"]?["message"] ?? "";
            if (text.EndsWith("lines were dropped: the client was not reading.", StringComparison.Ordinal))
            {
                lost += int.Parse(text.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
            }
            else if (text != "reading")
            {
                received++;
            }
        }

        Assert.InRange(received, 1, 1000);
    }

    [Fact]
    public async Task Files_are_bounded_in_size_and_number_and_hold_no_secrets()
    {
        var limits = new FileLogLimits(10_000, 3, 5);
        await WriteAsync(limits, Environment.ProcessId, 1000);
        var files = Directory.GetFiles(_folder);
        Assert.Equal(3, files.Length);
        Assert.All(files, file =>
        {
            Assert.Contains($"-{Environment.ProcessId}.", Path.GetFileName(file), StringComparison.Ordinal);
            Assert.InRange(new FileInfo(file).Length, 1, 11_000);
            var text = File.ReadAllText(file);
            Assert.DoesNotContain("0123456789abcdef", text, StringComparison.Ordinal);
            Assert.Contains("sig=***", text, StringComparison.Ordinal);
        });
        if (!OperatingSystem.IsWindows())
        {
            foreach (var file in files)
            {
                AssertOnlyTheOwnerMayRead(file);
            }
        }
    }

    [Fact]
    public async Task Files_of_ended_processes_are_pruned_and_those_of_living_ones_kept()
    {
        using var other = Process.Start(new ProcessStartInfo("sleep", "60")) ?? throw new InvalidOperationException("sleep did not start.");
        try
        {
            var living = Path.Combine(_folder, $"sidecar-20200101T000000-{other.Id}.0.log");
            await File.WriteAllTextAsync(living, "living");
            for (var i = 0; i < 20; i++)
            {
                await File.WriteAllTextAsync(Path.Combine(_folder, $"sidecar-202101{i + 1:00}T000000-{9_000_000 + i}.0.log"), "old");
            }

            await File.WriteAllTextAsync(Path.Combine(_folder, "other.txt"), "not ours");
            await WriteAsync(new FileLogLimits(10_000, 3, 5), Environment.ProcessId, 1);
            Assert.True(File.Exists(living));
            Assert.True(File.Exists(Path.Combine(_folder, "other.txt")));
            Assert.Equal(5 + 2, Directory.GetFiles(_folder).Length);
        }
        finally
        {
            other.Kill();
        }
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_said_once_to_the_client()
    {
        var file = Path.Combine(_folder, "a-file");
        await File.WriteAllTextAsync(file, "");
        await using var connection = new Connection();
        await using var pipeline = new LogPipeline(TimeProvider.System);
        pipeline.Start(
            new ClientLogSink(connection.Rpc),
            new FileLogSink(Path.Combine(file, "below"), DateTimeOffset.UtcNow, Environment.ProcessId, FileLogLimits.Default));
        var log = pipeline.CreateLogger("x");
        log.LogInformation("one");
        Assert.Equal("one", (string?)(await connection.Client.ReadAsync())?["params"]?["message"]);
        Assert.StartsWith("FileLogSink does not write any more.", (string?)(await connection.Client.ReadAsync())?["params"]?["message"], StringComparison.Ordinal);
        log.LogInformation("two");
        Assert.Equal("two", (string?)(await connection.Client.ReadAsync())?["params"]?["message"]);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static void AssertOnlyTheOwnerMayRead(string file) =>
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));

    private async Task WriteAsync(FileLogLimits limits, int processId, int lines)
    {
        await using var pipeline = new LogPipeline(TimeProvider.System);
        pipeline.Start(new FileLogSink(_folder, DateTimeOffset.UtcNow, processId, limits));
        var log = pipeline.CreateLogger("x");
        for (var i = 0; i < lines; i++)
        {
            log.LogInformation("{Number} https://h/c?sig=0123456789abcdef {Filler}", i, new string('x', 80));
        }
    }

    private sealed class CountingSink(int wanted) : ILogSink
    {
        private int _count;

        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Write(LogEntry entry)
        {
            if (++_count == wanted)
            {
                Reached.SetResult();
            }
        }

        public void Flush()
        {
        }

        public void Dispose()
        {
        }
    }
}
