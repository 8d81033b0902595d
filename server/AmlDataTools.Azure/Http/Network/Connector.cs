using System.Net;
using System.Net.Sockets;

namespace AmlDataTools.Azure.Http.Network;

/// <summary>Opens connections, to services or to the proxy before them, and says which of the two it was that did not answer.</summary>
/// <param name="rules">The settings in force.</param>
internal sealed class Connector(NetworkRules rules)
{
    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <exception cref="NetworkFailureException">The proxy does not answer, or what is set as one is none.</exception>
    /// <exception cref="SocketException">The service does not answer.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var target = context.DnsEndPoint;
        var request = context.InitialRequestMessage.RequestUri;
        var proxy = request is null ? null : rules.GetProxy(request);
        var isProxy = proxy is not null && proxy.IdnHost.Equals(target.Host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase) && proxy.Port == target.Port;
        if (!isProxy && request is not null && rules.Unreadable is { } source && !rules.IsDirect(request))
        {
            throw new NetworkFailureException(new NetworkFailure(NetworkFailureKind.ProxyUnreadable, source));
        }

        try
        {
            return await OpenByNameAsync(target, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException exception) when (isProxy)
        {
            throw new NetworkFailureException(new NetworkFailure(NetworkFailureKind.ProxyUnreachable, $"{target.Host}:{target.Port}"), exception);
        }
    }

    // RFC 6761 gives every name below "localhost" to the loopback interface; not every resolver knows.
    private static async ValueTask<Stream> OpenByNameAsync(DnsEndPoint target, CancellationToken cancellationToken)
    {
        if (!target.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase))
        {
            return await OpenAsync(target, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            return await OpenAsync(new IPEndPoint(IPAddress.Loopback, target.Port), cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException) when (Socket.OSSupportsIPv6)
        {
            return await OpenAsync(new IPEndPoint(IPAddress.IPv6Loopback, target.Port), cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<Stream> OpenAsync(EndPoint target, CancellationToken cancellationToken)
    {
        var socket = target is IPEndPoint ip
            ? new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(target, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
