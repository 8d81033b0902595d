using System.Threading.Channels;
using AmlDataTools.Core.Operations;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Server.Logging;

/// <summary>Where lines go, secrets removed. Called from one thread at a time.</summary>
internal interface ILogSink : IDisposable
{
    /// <summary>Writes a line.</summary>
    /// <param name="entry">The line; its texts must pass <see cref="Redactor"/> before they are written.</param>
    void Write(LogEntry entry);

    /// <summary>Nothing more is coming for now.</summary>
    void Flush();
}

/// <summary>
/// The provider behind all loggers: takes lines without waiting, removes secrets and writes them in the background, to the
/// client and to the file. When lines come faster than they are written, some are dropped, and the log says how many.
/// </summary>
internal sealed class LogPipeline : ILoggerProvider, IAsyncDisposable
{
    private const int Capacity = 4096;
    private readonly Channel<LogEntry> _entries = Channel.CreateBounded<LogEntry>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private ILogSink[] _sinks = [];
    private volatile int _level = (int)LogLevel.Information;
    private long _dropped;
    private Task? _writing;

    /// <summary>Makes the pipeline. Lines are kept until the first sinks are added.</summary>
    /// <param name="time">The clock.</param>
    public LogPipeline(TimeProvider time) => _time = time;

    /// <summary>The least severe level taken.</summary>
    public LogLevel Level
    {
        get => (LogLevel)_level;
        set => _level = (int)value;
    }

    /// <summary>Keeps people out of what is written; null for nobody.</summary>
    public LogMask? Mask { get; init; }

    /// <summary>Adds sinks and begins to write.</summary>
    /// <param name="sinks">Disposed of with the pipeline.</param>
    public void Start(params ILogSink[] sinks)
    {
        lock (_lock)
        {
            _sinks = [.. _sinks, .. sinks];
            _writing ??= Task.Run(WriteAsync);
        }
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new PipelineLogger(this, categoryName);

    /// <inheritdoc/>
    public void Dispose() => _entries.Writer.TryComplete();

    /// <summary>Writes what is waiting, then closes the sinks.</summary>
    public async ValueTask DisposeAsync()
    {
        Dispose();
        Task? writing;
        lock (_lock)
        {
            writing = _writing;
        }

        if (writing is not null)
        {
            await writing.ConfigureAwait(false);
        }
    }

    private void Take(LogEntry entry)
    {
        if (!_entries.Writer.TryWrite(entry))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            while (await _entries.Reader.WaitToReadAsync().ConfigureAwait(false))
            {
                while (_entries.Reader.TryRead(out var entry))
                {
                    var shown = entry with { Mask = Mask };
                    ForEachSink(sink => sink.Write(shown));
                }

                if (Interlocked.Exchange(ref _dropped, 0) is var dropped and > 0)
                {
                    var notice = Own(LogLevel.Warning, $"{dropped} lines were dropped: they came faster than they could be written.", null);
                    ForEachSink(sink => sink.Write(notice));
                }

                ForEachSink(sink => sink.Flush());
            }
        }
        finally
        {
            ForEachSink(sink => sink.Dispose());
        }
    }

    // A sink that fails (a full disk) is left out from then on, and the others are told.
    private void ForEachSink(Action<ILogSink> action)
    {
        foreach (var sink in _sinks)
        {
            try
            {
                action(sink);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException or InvalidOperationException)
            {
                lock (_lock)
                {
                    _sinks = [.. _sinks.Where(other => other != sink)];
                }

                Take(Own(LogLevel.Error, $"{sink.GetType().Name} does not write any more.", e));
            }
        }
    }

    private LogEntry Own(LogLevel level, string message, Exception? exception) => new(_time.GetLocalNow(), level, "Log", message, exception);

    private sealed class PipelineLogger(LogPipeline pipeline, string category) : ILogger
    {
        // The last part says enough: AmlDataTools.Core.Transfer.Downloader writes as Downloader.
        private readonly string _category = category[(category.LastIndexOf('.') + 1)..];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None && logLevel >= pipeline.Level;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                pipeline.Take(new LogEntry(pipeline._time.GetLocalNow(), logLevel, _category, formatter(state, exception), exception));
            }
        }
    }
}
