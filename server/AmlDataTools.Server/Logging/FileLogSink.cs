using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Server.Logging;

/// <summary>
/// Writes lines to files of a bounded size and number. Sidecars of several windows share the folder: each writes files of
/// its own, whose names carry its start time and process id, and removes only old ones of processes that have ended.
/// </summary>
internal sealed class FileLogSink : ILogSink
{
    private const string Prefix = "sidecar-";
    private const string Suffix = ".log";
    private readonly FileLogLimits _limits;
    private readonly string _folder;
    private readonly string _start;
    private readonly List<string> _own = [];
    private StreamWriter? _writer;
    private int _number;
    private long _bytes;

    /// <summary>Makes the sink; the folder and the file are made with the first line.</summary>
    /// <param name="folder">Absolute folder.</param>
    /// <param name="started">Start of the process, for the name.</param>
    /// <param name="processId">The process, for the name.</param>
    /// <param name="limits">Size and number.</param>
    public FileLogSink(string folder, DateTimeOffset started, int processId, FileLogLimits limits)
    {
        _folder = folder;
        _limits = limits;
        _start = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{started.UtcDateTime:yyyyMMdd'T'HHmmss}-{processId}");
    }

    /// <inheritdoc/>
    public void Write(LogEntry entry)
    {
        if (_writer is null || _bytes >= _limits.MaxFileBytes)
        {
            Open();
        }

        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{entry.Time.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {Name(entry.Level)} {entry.Category}: {Redactor.Redact(entry.ToFullText())}\n");
        _writer?.Write(line);
        _bytes += Encoding.UTF8.GetByteCount(line);
    }

    /// <inheritdoc/>
    public void Flush() => _writer?.Flush();

    /// <inheritdoc/>
    public void Dispose() => _writer?.Dispose();

    private void Open()
    {
        _writer?.Dispose();
        _writer = null;
        Directory.CreateDirectory(_folder);
        var path = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{_start}.{_number++}{Suffix}"));
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var stream = new FileStream(path, options);
        _bytes = stream.Length;
        _writer = new StreamWriter(stream);
        _own.Add(path);
        Prune();
    }

    private void Prune()
    {
        while (_own.Count > _limits.MaxOwnFiles)
        {
            File.Delete(_own[0]);
            _own.RemoveAt(0);
        }

        var others = new DirectoryInfo(_folder).EnumerateFiles($"{Prefix}*{Suffix}")
            .Where(file => !_own.Contains(file.FullName))
            .OrderByDescending(file => file.Name, StringComparer.Ordinal)
            .Skip(Math.Max(0, _limits.MaxFiles - _own.Count));
        foreach (var file in others.Where(file => !BelongsToLivingProcess(file.Name)).ToList())
        {
            file.Delete();
        }
    }

    private static bool BelongsToLivingProcess(string fileName)
    {
        var name = fileName.AsSpan(Prefix.Length);
        var afterDash = name[(name.IndexOf('-') + 1)..];
        var dot = afterDash.IndexOf('.');
        if (dot < 0 || !int.TryParse(afterDash[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out var processId))
        {
            return false;
        }

        try
        {
            using var process = Process.GetProcessById(processId);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info ",
        LogLevel.Warning => "warn ",
        _ => "error",
    };
}

/// <summary>How much the log files may take.</summary>
/// <param name="MaxFileBytes">A file this large is followed by a new one.</param>
/// <param name="MaxOwnFiles">How many a process keeps of its own.</param>
/// <param name="MaxFiles">How many are kept in all, besides those of other processes that still run.</param>
internal sealed record FileLogLimits(long MaxFileBytes, int MaxOwnFiles, int MaxFiles)
{
    /// <summary>Some days of work in 50 MB.</summary>
    public static FileLogLimits Default { get; } = new(5 * 1024 * 1024, 4, 10);
}
