using System.Text.Json.Serialization;

namespace AmlDataTools.Server.Protocol;

/// <summary>Severities, in the order of <c>Microsoft.Extensions.Logging</c>.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<LogLevelName>))]
public enum LogLevelName
{
    /// <summary>Trace.</summary>
    Trace,

    /// <summary>Debug.</summary>
    Debug,

    /// <summary>Information.</summary>
    Info,

    /// <summary>Warning.</summary>
    Warning,

    /// <summary>Error.</summary>
    Error,

    /// <summary>Nothing.</summary>
    Off,
}

/// <summary>Where the sidecar's log goes.</summary>
[RpcContract(RpcSide.Client)]
public interface ILogClient
{
    /// <summary>A line for the output channel, secrets already removed.</summary>
    [RpcNotification("log/message")]
    Task MessageAsync(LogMessage parameters, CancellationToken cancellationToken);
}

/// <summary>How much is logged.</summary>
[RpcContract(RpcSide.Server)]
public interface ILogApi
{
    /// <summary>The person chose another level.</summary>
    [RpcNotification("log/setLevel")]
    Task SetLevelAsync(SetLogLevelParams parameters, CancellationToken cancellationToken);
}

/// <summary>A line of the log.</summary>
/// <param name="Level">Its severity.</param>
/// <param name="Category">Which part of the sidecar wrote it.</param>
/// <param name="Message">The text, secrets removed; an exception's type and message may follow on lines of their own.</param>
public sealed record LogMessage(LogLevelName Level, string Category, string Message);

/// <summary>The least severe level wanted from now on.</summary>
/// <param name="Level">The level.</param>
public sealed record SetLogLevelParams(LogLevelName Level);
