using System.Buffers;
using System.Globalization;
using System.Text;
using AmlDataTools.Core.Problems;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Server.Rpc;

// What goes out, and the end.
internal sealed partial class JsonRpc
{
    // Enough to fill the pipe in one go, little enough to keep answers quick.
    private const int FlushAbove = 64 * 1024;

    private async Task RunAsync()
    {
        var sending = SendAsync();
        Exception? failure = null;
        try
        {
            // A read of standard input cannot be interrupted; it is left behind.
            await ReceiveAsync().WaitAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _log.LogDebug("The connection is being ended.");
        }
        catch (IOException e)
        {
            _log.LogWarning("The input cannot be read any more: {Reason}", e.Message);
        }
        catch (Exception e)
        {
            _log.LogError("The connection ends: {Reason}", e.Message);
            failure = e;
        }

        await EndAsync(sending).ConfigureAwait(false);
        if (failure is null)
        {
            _completion.TrySetResult();
        }
        else
        {
            _completion.TrySetException(failure);
        }
    }

    private async Task EndAsync(Task sending)
    {
        _ending = true;
        foreach (var call in _calls.Values)
        {
            call.TrySetException(new ConnectionLostException());
        }

        if (!_stop.IsCancellationRequested)
        {
            await OpenWork().WaitAsync(_options.EndGrace).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        foreach (var open in _working.Keys)
        {
            _ = CancelAsync(open);
        }

        await OpenWork().WaitAsync(_options.EndTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _outgoing.Complete();
        foreach (var call in _calls.Values)
        {
            call.TrySetException(new ConnectionLostException());
        }

        await sending.WaitAsync(_options.EndTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _stop.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private Task OpenWork() => Task.WhenAll(_working.Keys.Select(open => open.Work));

    private async Task SendAsync()
    {
        try
        {
            while (await _outgoing.DequeueAsync().ConfigureAwait(false) is { } body)
            {
                Write(body.Span);
                while (_output.UnflushedBytes < FlushAbove && _outgoing.TryDequeue(out var next))
                {
                    Write(next.Span);
                }

                await _output.FlushAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            _log.LogWarning("The client does not take answers any more: {Reason}", e.Message);
            _outgoing.Complete();
            await _stop.CancelAsync().ConfigureAwait(false);
        }
    }

    private void Write(ReadOnlySpan<byte> body)
    {
        Span<byte> header = stackalloc byte[48];
        Encoding.ASCII.TryGetBytes("Content-Length: ", header, out var prefix);
        body.Length.TryFormat(header[prefix..], out var digits, default, CultureInfo.InvariantCulture);
        "\r\n\r\n"u8.CopyTo(header[(prefix + digits)..]);
        _output.Write(header[..(prefix + digits + 4)]);
        _output.Write(body);
    }

    // For what nobody waits for: when the connection has ended there is nobody to tell.
    private async Task SendQuietlyAsync(ReadOnlyMemory<byte> body)
    {
        try
        {
            await _outgoing.EnqueueAsync(body, null, CancellationToken.None).ConfigureAwait(false);
        }
        catch (ConnectionLostException)
        {
            _log.LogDebug("A message was not sent: the connection has ended.");
        }
    }

    private async Task RefuseAsync(RequestId? id, string method, Exception reason)
    {
        try
        {
            await SendQuietlyAsync(MessageWriter.Error(id, ErrorOf(method, reason, cancelled: false)))
                .WaitAsync(_options.RefusalTimeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException("The client sends requests and does not read the answers.");
        }
    }

    private RpcError ErrorOf(string method, Exception exception, bool cancelled)
    {
        var error = RpcError.From(exception, cancelled, Guid.NewGuid().ToString("N")[..12]);
        var name = Shorten(method);
        switch (exception)
        {
            case OperationCanceledException when cancelled:
                _log.LogDebug("{Method} was cancelled.", name);
                break;
            case ProblemException { InnerException: { } inner }:
                _log.LogWarning(inner, "{Method} failed with {Code} ({CorrelationId}): {Reason}", name, error.Data.Code, error.Data.CorrelationId, error.Message);
                break;
            case ProblemException or RpcProtocolException:
                _log.LogWarning("{Method} failed with {Code} ({CorrelationId}): {Reason}", name, error.Data.Code, error.Data.CorrelationId, error.Message);
                break;
            default:
                _log.LogError(exception, "{Method} failed with {Code} ({CorrelationId}).", name, error.Data.Code, error.Data.CorrelationId);
                break;
        }

        return Texts?.Of(error) ?? error;
    }

    // Names and ids from outside are quoted in messages, whatever their length.
    private static string Shorten(string text) => text.Length <= 100 ? text : string.Concat(text.AsSpan(0, 100), "...");
}
