using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Server.Rpc;

/// <summary>
/// JSON-RPC 2.0 over two streams, with the shape of StreamJsonRpc's class of that name: both ends call and are called,
/// answers come in any order, <c>$/cancelRequest</c> cancels and <c>$/progress</c> reports. Methods are registered with
/// their serializer metadata, so that nothing is reflected over.
/// </summary>
internal sealed partial class JsonRpc : IAsyncDisposable
{
    private readonly JsonRpcOptions _options;
    private readonly ILogger _log;
    private readonly FrameReader _reader;
    private readonly PipeWriter _output;
    private readonly OutgoingQueue _outgoing;
    private readonly Dictionary<string, LocalRequest> _requests = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LocalNotification> _notifications = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, TaskCompletionSource<ReadOnlyMemory<byte>>> _calls = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lastCallId;
    private int _started;

    /// <summary>Makes a connection that does not listen yet.</summary>
    /// <param name="sending">Where messages go.</param>
    /// <param name="receiving">Where messages come from.</param>
    /// <param name="options">Limits.</param>
    /// <param name="log">Log of the connection itself.</param>
    public JsonRpc(Stream sending, Stream receiving, JsonRpcOptions options, ILogger log)
    {
        _options = options;
        _log = log;
        _reader = new FrameReader(PipeReader.Create(receiving, new StreamPipeReaderOptions(bufferSize: 64 * 1024)), options.MaxMessageBytes);
        _output = PipeWriter.Create(sending, new StreamPipeWriterOptions(minimumBufferSize: 64 * 1024));
        _outgoing = new OutgoingQueue(options.MaxQueuedMessages, options.MaxQueuedBytes);
        _slots = new SemaphoreSlim(options.MaxConcurrentRequests);
    }

    /// <summary>
    /// Ends when the connection has ended: quietly when the input closed or the other end is gone, with a
    /// <see cref="FramingException"/> when what came in could not be understood as messages.
    /// </summary>
    public Task Completion => _completion.Task;

    /// <summary>Asked before every request and notification, on the reading loop: what it returns is the answer instead of the method's.</summary>
    public Func<string, Exception?>? Gate { get; set; }

    /// <summary>Puts what goes out into the person's language; null leaves it in English.</summary>
    public IOutgoingTexts? Texts { get; set; }

    /// <summary>The names of all methods registered, to compare with the contract.</summary>
    public IReadOnlyCollection<string> LocalMethods
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests.Keys, .. _notifications.Keys];
            }
        }
    }

    /// <summary>Registers a request. Calls of it run at the same time as others.</summary>
    /// <param name="name">Wire name.</param>
    /// <param name="paramsInfo">Metadata of the parameters.</param>
    /// <param name="resultInfo">Metadata of the result.</param>
    /// <param name="handler">The method; what it throws becomes the error of the answer.</param>
    public void AddLocalMethod<TParams, TResult>(
        string name,
        JsonTypeInfo<TParams> paramsInfo,
        JsonTypeInfo<TResult> resultInfo,
        Func<TParams, CancellationToken, Task<TResult>> handler) =>
        AddLocalMethod(name, LocalRequest.Create(
            paramsInfo, resultInfo, async (TParams parameters, CancellationToken cancellationToken) => Said(await handler(parameters, cancellationToken).ConfigureAwait(false))));

    /// <summary>Registers a request that reads its parameters itself.</summary>
    /// <param name="name">Wire name.</param>
    /// <param name="method">The method.</param>
    public void AddLocalMethod(string name, LocalRequest method)
    {
        lock (_requests)
        {
            _requests.Add(name, method);
        }
    }

    /// <summary>
    /// Registers a notification. It is called in the order of arrival, and up to its first await before the next message
    /// is read: so a request that follows finds its effect, and so it must be short.
    /// </summary>
    /// <param name="name">Wire name.</param>
    /// <param name="paramsInfo">Metadata of the parameters.</param>
    /// <param name="handler">The method; what it throws is logged.</param>
    public void AddLocalNotification<TParams>(
        string name, JsonTypeInfo<TParams> paramsInfo, Func<TParams, CancellationToken, Task> handler)
    {
        lock (_requests)
        {
            _notifications.Add(name, LocalNotification.Create(paramsInfo, handler));
        }
    }

    /// <summary>Begins to read and write.</summary>
    /// <exception cref="InvalidOperationException">It had begun already.</exception>
    public void StartListening()
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
        {
            throw new InvalidOperationException("The connection listens already.");
        }

        _ = Task.Run(RunAsync);
    }

    /// <summary>Ends the connection as if the input had closed.</summary>
    public void Close() => _stop.Cancel();

    /// <summary>Calls a method of the other end.</summary>
    /// <param name="method">Wire name.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="paramsInfo">Metadata of the parameters.</param>
    /// <param name="resultInfo">Metadata of the result.</param>
    /// <param name="cancellationToken">Cancels: the other end is told, and its answer not waited for.</param>
    /// <exception cref="RemoteRpcException">The other end answered with an error, or with something else than the result.</exception>
    /// <exception cref="ConnectionLostException">The connection ended first.</exception>
    public async Task<TResult> InvokeAsync<TParams, TResult>(
        string method,
        TParams parameters,
        JsonTypeInfo<TParams> paramsInfo,
        JsonTypeInfo<TResult> resultInfo,
        CancellationToken cancellationToken)
    {
        var id = new RequestId(Interlocked.Increment(ref _lastCallId), null);
        var call = new TaskCompletionSource<ReadOnlyMemory<byte>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls[id.Number] = call;
        ReadOnlyMemory<byte> json;
        try
        {
            // Refused once the connection has ended, so no call can miss that its answer will not come.
            await _outgoing.EnqueueAsync(MessageWriter.Request(id, method, parameters, paramsInfo), null, cancellationToken).ConfigureAwait(false);
            try
            {
                json = await call.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                _ = SendQuietlyAsync(MessageWriter.Cancel(id));
                throw;
            }
        }
        catch (RemoteFailure failure)
        {
            throw failure.For(method);
        }
        finally
        {
            _calls.TryRemove(id.Number, out _);
        }

        try
        {
            return JsonSerializer.Deserialize(json.Span, resultInfo)
                ?? throw new RemoteRpcException(method, RpcErrorCodes.InternalError, "The result is null.", null);
        }
        catch (JsonException e)
        {
            throw new RemoteRpcException(method, RpcErrorCodes.InternalError, $"The result does not fit the contract at {e.Path}.", null);
        }
    }

    /// <summary>Notifies the other end, waiting for room to write when it reads slowly.</summary>
    /// <param name="method">Wire name.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="paramsInfo">Metadata of the parameters.</param>
    /// <param name="coalesceBy">
    /// When only the newest state matters: notifications of this method with the same value replace each other, in the
    /// place of the first, while they wait to be written. Null keeps every one.
    /// </param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ConnectionLostException">The connection has ended.</exception>
    public ValueTask NotifyAsync<TParams>(
        string method, TParams parameters, JsonTypeInfo<TParams> paramsInfo, string? coalesceBy, CancellationToken cancellationToken) =>
        _outgoing.EnqueueAsync(
            MessageWriter.Notification(method, Said(parameters), paramsInfo), coalesceBy is null ? null : $"{method} {coalesceBy}", cancellationToken);

    /// <summary>Notifies the other end if it keeps up with reading; else drops the notification.</summary>
    /// <param name="method">Wire name.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="paramsInfo">Metadata of the parameters.</param>
    /// <returns>Whether it will be sent.</returns>
    public bool TryNotify<TParams>(string method, TParams parameters, JsonTypeInfo<TParams> paramsInfo) =>
        _outgoing.TryEnqueue(MessageWriter.Notification(method, Said(parameters), paramsInfo), null);

    /// <summary>Reports the progress of a request. Values replace each other while they wait, and are dropped when the other end reads slowly.</summary>
    /// <param name="token">The request's <c>progressToken</c>; null reports nothing.</param>
    /// <param name="info">Metadata of the values.</param>
    public IProgress<T> CreateProgress<T>(string? token, JsonTypeInfo<T> info) => new RpcProgress<T>(this, token, info);

    private T Said<T>(T value) => Texts is { } texts ? texts.Of(value) : value;

    /// <summary>Ends the connection and waits for its end.</summary>
    public async ValueTask DisposeAsync()
    {
        Close();
        if (Volatile.Read(ref _started) != 0)
        {
            await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private sealed class RpcProgress<T>(JsonRpc rpc, string? token, JsonTypeInfo<T> info) : IProgress<T>
    {
        public void Report(T value)
        {
            if (token is not null)
            {
                rpc._outgoing.TryEnqueue(MessageWriter.Progress(token, rpc.Said(value), info), $"$/progress {token}");
            }
        }
    }

    // The reading loop does not know which method an answer belongs to; the caller does.
    private sealed class RemoteFailure(IncomingError error) : Exception
    {
        public RemoteRpcException For(string method) => new(method, error.Code, error.Message ?? "", ReadData(error.Data));

        private static Protocol.ErrorData? ReadData(JsonElement? data)
        {
            try
            {
                return data is { ValueKind: JsonValueKind.Object } known ? known.Deserialize(Protocol.ProtocolJsonContext.Default.ErrorData) : null;
            }
            catch (JsonException)
            {
                // Another program's data: its code and message still count.
                return null;
            }
        }
    }
}
