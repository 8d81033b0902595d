using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Rpc;

namespace AmlDataTools.Server.Logging;

/// <summary>Sends lines to the client as <c>log/message</c>. A client that does not read loses lines, and is told how many.</summary>
/// <param name="rpc">The connection.</param>
internal sealed class ClientLogSink(JsonRpc rpc) : ILogSink
{
    private long _dropped;

    /// <inheritdoc/>
    public void Write(LogEntry entry)
    {
        if (_dropped > 0 && Send(new LogMessage(LogLevelName.Warning, "Log", $"{_dropped} lines were dropped: the client was not reading.")))
        {
            _dropped = 0;
        }

        if (!Send(new LogMessage(LogLevels.ToContract(entry.Level), entry.Category, Redactor.Redact(entry.ToShortText()))))
        {
            _dropped++;
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
        // The connection writes by itself.
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The connection is not this sink's.
    }

    private bool Send(LogMessage message) => rpc.TryNotify("log/message", message, ProtocolJsonContext.Default.LogMessage);
}
