using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Server.Rpc;

// What comes in. The reading loop never waits for a method, so that answers and cancellations always get through; it waits
// only to write a refusal, and so only for a client that floods without reading.
internal sealed partial class JsonRpc
{
    private const int MaxOpenNotifications = 1024;
    private readonly ConcurrentDictionary<RequestId, OpenRequest> _open = new();
    private readonly ConcurrentDictionary<OpenRequest, byte> _working = new();
    private readonly SemaphoreSlim _slots;
    private int _openCount;
    private long _openBytes;
    private int _openNotifications;
    private volatile bool _ending;

    private async Task ReceiveAsync()
    {
        while (await _reader.ReadAsync(_stop.Token).ConfigureAwait(false) is { } frame)
        {
            if (_ending)
            {
                return;
            }

            await (frame.Kind == FrameKind.Message ? OnMessageAsync(frame) : OnSkippedAsync(frame)).ConfigureAwait(false);
        }

        if (_reader.EndedInsideMessage)
        {
            _log.LogWarning("The input ended in the middle of a message.");
        }
    }

    private async ValueTask OnMessageAsync(Frame frame)
    {
        RequestId? id = null;
        try
        {
            var message = Envelope.Parse(frame.Body, out id);
            switch (message)
            {
                case { Kind: EnvelopeKind.Request, Id: { } known }:
                    await OnRequestAsync(known, message, frame.Body.Length).ConfigureAwait(false);
                    break;
                case { Kind: EnvelopeKind.Notification }:
                    OnNotification(message);
                    break;
                default:
                    OnResponse(message);
                    break;
            }
        }
        catch (RpcProtocolException e)
        {
            await RefuseAsync(id, "a message", e).ConfigureAwait(false);
        }
    }

    private async ValueTask OnSkippedAsync(Frame frame)
    {
        var (id, isResponse) = Envelope.Peek(frame.Body.Span);
        var refusal = frame.Kind == FrameKind.TooLarge
            ? new RpcProtocolException(
                RpcErrorCodes.InvalidRequest,
                "protocol.tooLarge",
                $"The message has {frame.Length} bytes; more than {_options.MaxMessageBytes} are not read.")
            : new RpcProtocolException(RpcErrorCodes.InvalidRequest, "protocol.unsupportedCharset", "Messages must be UTF-8.");
        if (isResponse)
        {
            _log.LogWarning("An answer was not read: {Reason}", refusal.Message);
            Answer(id)?.TrySetException(new RemoteFailure(new IncomingError(refusal.Code, refusal.Message, null)));
            return;
        }

        await RefuseAsync(id, "a message", refusal).ConfigureAwait(false);
    }

    private async ValueTask OnRequestAsync(RequestId id, Envelope message, int bytes)
    {
        if (Gate?.Invoke(message.Method) is { } closed)
        {
            await RefuseAsync(id, message.Method, closed).ConfigureAwait(false);
        }
        else if (FindRequest(message.Method) is not { } method)
        {
            await RefuseAsync(id, message.Method, new RpcProtocolException(
                RpcErrorCodes.MethodNotFound, "protocol.methodNotFound", $"There is no method '{Shorten(message.Method)}'.")).ConfigureAwait(false);
        }
        else if (_openCount >= _options.MaxOpenRequests || _openBytes + bytes > _options.MaxOpenRequestBytes)
        {
            await RefuseAsync(id, message.Method, new RpcProtocolException(
                RpcErrorCodes.RequestFailed, "protocol.tooManyRequests", "Too many requests are waiting for their answers. Try again when some have come.")
            {
                Retryable = true,
            }).ConfigureAwait(false);
        }
        else if (new OpenRequest() is var open && !_open.TryAdd(id, open))
        {
            // Answered without the id: with it, the answer would be taken for that of the first request.
            await RefuseAsync(null, message.Method, new RpcProtocolException(
                RpcErrorCodes.InvalidRequest, "protocol.duplicateId", $"A request with the id {Shorten(id.ToString())} is still being worked on.")).ConfigureAwait(false);
        }
        else
        {
            Interlocked.Increment(ref _openCount);
            Interlocked.Add(ref _openBytes, bytes);
            _working.TryAdd(open, 0);
            open.Work = Task.Run(() => WorkAsync(id, message, method, open, bytes));
        }
    }

    private async Task WorkAsync(RequestId id, Envelope message, LocalRequest method, OpenRequest open, int bytes)
    {
        var cancellation = open.Cancellation;
        var started = Stopwatch.GetTimestamp();
        ReadOnlyMemory<byte> answer;
        try
        {
            await _slots.WaitAsync(cancellation.Token).ConfigureAwait(false);
            try
            {
                answer = await method.Invoke(id, message.Params, cancellation.Token).ConfigureAwait(false);
            }
            finally
            {
                _slots.Release();
            }

            _log.LogDebug("{Method} ({Id}) took {Milliseconds:F0} ms.", message.Method, id, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        catch (Exception e)
        {
            answer = MessageWriter.Error(id, ErrorOf(message.Method, e, cancellation.IsCancellationRequested));
        }

        // The id is free again before the answer is out, since the client may use it again at once; the place is not, so
        // that a client that does not read cannot pile up answers.
        _open.TryRemove(id, out _);
        await SendQuietlyAsync(answer).ConfigureAwait(false);
        Interlocked.Add(ref _openBytes, -bytes);
        Interlocked.Decrement(ref _openCount);
        _working.TryRemove(open, out _);
    }

    private void OnNotification(Envelope message)
    {
        if (message.Method == "$/cancelRequest")
        {
            OnCancel(message);
            return;
        }

        if (Gate?.Invoke(message.Method) is { } closed)
        {
            _log.LogWarning("The notification {Method} was ignored: {Reason}", Shorten(message.Method), closed.Message);
        }
        else if (FindNotification(message.Method) is not { } method)
        {
            // "$/" marks what may be ignored.
            _log.Log(
                message.Method.StartsWith("$/", StringComparison.Ordinal) ? LogLevel.Debug : LogLevel.Warning,
                "The notification {Method} was ignored: there is no such method.",
                Shorten(message.Method));
        }
        else if (_openNotifications >= MaxOpenNotifications)
        {
            _log.LogWarning("The notification {Method} was ignored: {Count} are still being worked on.", message.Method, _openNotifications);
        }
        else
        {
            Interlocked.Increment(ref _openNotifications);
            _ = ListenAsync(message, method);
        }
    }

    private async Task ListenAsync(Envelope message, LocalNotification method)
    {
        try
        {
            await method.Invoke(message.Params, _stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            _log.LogDebug("The notification {Method} was given up at the end of the connection.", message.Method);
        }
        catch (RpcProtocolException e)
        {
            _log.LogWarning("The notification {Method} was ignored: {Reason}", message.Method, e.Message);
        }
        catch (Exception e)
        {
            _log.LogError(e, "The notification {Method} failed.", message.Method);
        }
        finally
        {
            Interlocked.Decrement(ref _openNotifications);
        }
    }

    private void OnCancel(Envelope message)
    {
        if (Envelope.Peek(message.Params.Span).Id is { } id && _open.TryGetValue(id, out var open))
        {
            _ = CancelAsync(open);
        }
        else
        {
            _log.LogDebug("A cancellation came for a request that is not being worked on.");
        }
    }

    // What is registered on the token runs elsewhere: it is the method's code, and may take its time or throw.
    private async Task CancelAsync(OpenRequest open)
    {
        try
        {
            await open.Cancellation.CancelAsync().ConfigureAwait(false);
        }
        catch (AggregateException e)
        {
            _log.LogError(e, "Something failed while a request was being cancelled.");
        }
    }

    private void OnResponse(Envelope message)
    {
        if (Answer(message.Id) is not { } call)
        {
            _log.LogDebug("An answer came to nothing that was asked, or that is still waited for (id {Id}).", message.Id);
            return;
        }

        if (message.Error.IsEmpty)
        {
            call.TrySetResult(message.Result);
            return;
        }

        IncomingError? error = null;
        try
        {
            error = JsonSerializer.Deserialize(message.Error.Span, RpcJsonContext.Default.IncomingError);
        }
        catch (JsonException)
        {
            _log.LogWarning("The client answered with an error that is not one of JSON-RPC.");
        }

        call.TrySetException(new RemoteFailure(error ?? new IncomingError(RpcErrorCodes.InternalError, "The error cannot be read.", null)));
    }

    private TaskCompletionSource<ReadOnlyMemory<byte>>? Answer(RequestId? id) =>
        id is { Text: null } known && _calls.TryRemove(known.Number, out var call) ? call : null;

    private LocalRequest? FindRequest(string name)
    {
        lock (_requests)
        {
            return _requests.GetValueOrDefault(name);
        }
    }

    private LocalNotification? FindNotification(string name)
    {
        lock (_requests)
        {
            return _notifications.GetValueOrDefault(name);
        }
    }

    private sealed class OpenRequest
    {
        // Not disposed: it holds no timer and no parent, and a late cancellation may still come.
        public CancellationTokenSource Cancellation { get; } = new();

        public Task Work { get; set; } = Task.CompletedTask;
    }
}
