using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AmlDataTools.Server.Rpc;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Server.Tests.Support;

/// <summary>A <see cref="JsonRpc"/> and, at the other end of two pipes, a client that writes and reads bytes of its own.</summary>
internal sealed class Connection : IAsyncDisposable
{
    public Connection(JsonRpcOptions? options = null, Action<JsonRpc>? register = null, int pipeBytes = 64 * 1024)
    {
        var toServer = new Pipe(new PipeOptions(pauseWriterThreshold: pipeBytes, resumeWriterThreshold: pipeBytes / 2));
        var toClient = new Pipe(new PipeOptions(pauseWriterThreshold: pipeBytes, resumeWriterThreshold: pipeBytes / 2));
        Rpc = new JsonRpc(toClient.Writer.AsStream(), toServer.Reader.AsStream(), options ?? new JsonRpcOptions(), Log);
        register?.Invoke(Rpc);
        Client = new RawClient(toClient.Reader.AsStream(), toServer.Writer.AsStream());
        Rpc.StartListening();
    }

    public JsonRpc Rpc { get; }

    public RawClient Client { get; }

    public ListLogger Log { get; } = new();

    public ValueTask DisposeAsync() => Rpc.DisposeAsync();
}

/// <summary>Speaks the base protocol by hand, so that nothing of the sidecar's is trusted to check the sidecar.</summary>
internal sealed class RawClient(Stream source, Stream output)
{
    private readonly BufferedStream _input = new(source, 64 * 1024);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(180);

    public Stream Output => output;

    public async Task SendAsync(string json) => await SendBytesAsync(Frame(json));

    public async Task SendBytesAsync(ReadOnlyMemory<byte> bytes)
    {
        await output.WriteAsync(bytes).AsTask().WaitAsync(s_patience);
        await output.FlushAsync().WaitAsync(s_patience);
    }

    public void CloseInput() => output.Dispose();

    public static byte[] Frame(string json)
    {
        var body = Encoding.UTF8.GetBytes(json);
        return [.. Encoding.ASCII.GetBytes($"Content-Length: {body.Length}\r\n\r\n"), .. body];
    }

    /// <summary>The next message; null at the end.</summary>
    public async Task<JsonObject?> ReadAsync()
    {
        var length = -1;
        while (true)
        {
            var line = await ReadLineAsync();
            if (line is null)
            {
                return null;
            }

            if (line.Length == 0)
            {
                break;
            }

            length = int.Parse(line["Content-Length: ".Length..], System.Globalization.CultureInfo.InvariantCulture);
        }

        var body = new byte[length];
        await _input.ReadExactlyAsync(body).AsTask().WaitAsync(s_patience);
        return JsonNode.Parse(body) as JsonObject ?? throw new InvalidDataException("A message that is no object.");
    }

    /// <summary>The next message that has an id, in answer to something.</summary>
    public async Task<JsonObject> ReadAnswerAsync()
    {
        while (true)
        {
            var message = await ReadAsync() ?? throw new EndOfStreamException("The sidecar closed its output.");
            if (message.ContainsKey("id") && !message.ContainsKey("method"))
            {
                return message;
            }
        }
    }

    public async Task<JsonObject> CallAsync(string json)
    {
        await SendAsync(json);
        return await ReadAnswerAsync();
    }

    private async Task<string?> ReadLineAsync()
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await _input.ReadAsync(one).AsTask().WaitAsync(s_patience) == 1)
        {
            line.Append((char)one[0]);
            if (line.Length >= 2 && line[^2] == '\r' && line[^1] == '\n')
            {
                return line.ToString(0, line.Length - 2);
            }
        }

        return line.Length == 0 ? null : throw new EndOfStreamException("The output ended inside a header.");
    }
}

/// <summary>Keeps what was logged.</summary>
internal sealed class ListLogger : ILogger
{
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lines)
        {
            _lines.Add($"{logLevel} {formatter(state, exception)} {exception}");
        }
    }
}

internal static class JsonAnswers
{
    public static int? ErrorNumber(this JsonObject answer) => (int?)answer["error"]?["code"];

    public static string? ErrorCode(this JsonObject answer) => (string?)answer["error"]?["data"]?["code"];

    public static string? ErrorMessage(this JsonObject answer) => (string?)answer["error"]?["message"];

    public static string Text(this JsonNode? node) => node?.ToJsonString(new JsonSerializerOptions { TypeInfoResolver = null }) ?? "null";
}
