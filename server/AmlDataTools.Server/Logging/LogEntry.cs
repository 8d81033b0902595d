using System.Text;
using AmlDataTools.Core.Operations;
using AmlDataTools.Server.Protocol;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Server.Logging;

/// <summary>A line of the log, secrets still inside: it is redacted where it is written.</summary>
/// <param name="Time">When.</param>
/// <param name="Level">How severe.</param>
/// <param name="Category">Which part of the sidecar.</param>
/// <param name="Message">The text.</param>
/// <param name="Exception">What went wrong, or null.</param>
internal sealed record LogEntry(DateTimeOffset Time, LogLevel Level, string Category, string Message, Exception? Exception)
{
    /// <summary>Keeps people out of its texts; null for nobody.</summary>
    public LogMask? Mask { get; init; }

    /// <summary>For people: the text, then type and message of the exception and of those within.</summary>
    public string ToShortText()
    {
        if (Exception is null)
        {
            return Hide(Message);
        }

        var text = new StringBuilder(Message);
        for (var e = Exception; e is not null; e = e.InnerException)
        {
            text.Append('\n').Append(e.GetType().Name).Append(": ").Append(e.Message);
        }

        return Hide(text.ToString());
    }

    /// <summary>For the file: the text and all there is of the exception.</summary>
    public string ToFullText() => Hide(Exception is null ? Message : $"{Message}\n{Exception}");

    private string Hide(string text) => Mask?.Hide(text) ?? text;
}

/// <summary>The levels of the contract and of the logging library.</summary>
internal static class LogLevels
{
    /// <summary>The library's name of a level.</summary>
    public static LogLevel ToLibrary(LogLevelName level) => level switch
    {
        LogLevelName.Trace => LogLevel.Trace,
        LogLevelName.Debug => LogLevel.Debug,
        LogLevelName.Info => LogLevel.Information,
        LogLevelName.Warning => LogLevel.Warning,
        LogLevelName.Error => LogLevel.Error,
        LogLevelName.Off => LogLevel.None,
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, null),
    };

    /// <summary>The contract's name of a level; it has none for critical.</summary>
    public static LogLevelName ToContract(LogLevel level) => level switch
    {
        LogLevel.Trace => LogLevelName.Trace,
        LogLevel.Debug => LogLevelName.Debug,
        LogLevel.Information => LogLevelName.Info,
        LogLevel.Warning => LogLevelName.Warning,
        LogLevel.Error or LogLevel.Critical => LogLevelName.Error,
        LogLevel.None => LogLevelName.Off,
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, null),
    };
}
