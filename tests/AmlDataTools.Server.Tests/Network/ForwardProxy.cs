using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace AmlDataTools.Server.Tests.Network;

/// <summary>
/// A forward proxy on the loopback interface: CONNECT (RFC 9110, 9.3.6), with a name and password (RFC 7617) if it is given one, and
/// looking into TLS if it is given an authority. Names below <c>localhost</c> lead to this machine.
/// </summary>
internal sealed class ForwardProxy : IAsyncDisposable
{
    private static readonly byte[] Mark = "x-ms-client-request-id: "u8.ToArray();

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopped = new();
    private readonly ConcurrentQueue<string> _tunnels = new();
    private readonly Task _accepting;
    private long _requests;
    private long _refused;

    public ForwardProxy(string? credential = null, TestAuthority? authority = null, TestAuthority? own = null, int? refuses = null)
    {
        Credential = credential;
        Authority = authority;
        Own = own;
        Refuses = refuses;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public string Address => $"{(Own is null ? "http" : "https")}://127.0.0.1:{Port}";

    /// <summary>Hosts with ports to which a tunnel was opened, one for each tunnel.</summary>
    public IReadOnlyCollection<string> Tunnels => [.. _tunnels];

    public IReadOnlySet<string> Hosts => _tunnels.Select(tunnel => tunnel[..tunnel.LastIndexOf(':')]).ToHashSet();

    /// <summary>Requests that went through in the clear, which only a proxy that looks into TLS can count.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>How often it answered something else than 200.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    private string? Credential { get; }

    private TestAuthority? Authority { get; }

    private TestAuthority? Own { get; }

    private int? Refuses { get; }

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stopped.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopped.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(_stopped.Token);
                _ = ServeAsync(client);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                Stream stream = client.GetStream();
                if (Own is not null)
                {
                    var tls = new SslStream(stream);
                    await tls.AuthenticateAsServerAsync(Own.For("127.0.0.1"));
                    stream = tls;
                }

                while (await ReadHeadAsync(stream) is { Length: > 0 } head)
                {
                    if (!IsLetIn(head))
                    {
                        await RefuseAsync(stream, "407 Proxy Authentication Required", "Proxy-Authenticate: Basic realm=\"test\"\r\n");
                        continue;
                    }

                    if (Refuses is { } status)
                    {
                        await RefuseAsync(stream, $"{status} Refused", string.Empty);
                        continue;
                    }

                    await TunnelAsync(stream, head.Split(' ')[1]);
                    return;
                }
            }
            catch (Exception exception) when (exception is IOException or SocketException or AuthenticationException or OperationCanceledException or ObjectDisposedException)
            {
                // One end went away, or does not trust the certificate it was shown, as tests want.
            }
        }
    }

    private async Task RefuseAsync(Stream stream, string status, string header)
    {
        Interlocked.Increment(ref _refused);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\n{header}Content-Length: 0\r\n\r\n"), _stopped.Token);
    }

    private bool IsLetIn(string head)
    {
        const string Name = "Proxy-Authorization: Basic ";
        return Credential is null || head.Split("\r\n").Any(line => line.StartsWith(Name, StringComparison.OrdinalIgnoreCase)
            && Encoding.UTF8.GetString(Convert.FromBase64String(line[Name.Length..])) == Credential);
    }

    private async Task TunnelAsync(Stream client, string target)
    {
        _tunnels.Enqueue(target);
        var colon = target.LastIndexOf(':');
        var (host, port) = (target[..colon], int.Parse(target[(colon + 1)..], System.Globalization.CultureInfo.InvariantCulture));
        if (Authority is not null)
        {
            await client.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray(), _stopped.Token);
            var inside = new SslStream(client);
            await inside.AuthenticateAsServerAsync(Authority.For(host));
            client = inside;
        }

        using var upstream = new TcpClient();
        await upstream.ConnectAsync(IPAddress.Loopback, port, _stopped.Token);
        Stream service = upstream.GetStream();
        if (Authority is null)
        {
            await client.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray(), _stopped.Token);
        }
        else
        {
            var outside = new SslStream(service, false, (_, _, _, _) => true);
            await outside.AuthenticateAsClientAsync(host);
            service = outside;
        }

        await Task.WhenAny(CopyAsync(client, service, count: Authority is not null), CopyAsync(service, client, count: false));
    }

    private async Task CopyAsync(Stream from, Stream to, bool count)
    {
        var buffer = new byte[64 * 1024];
        var kept = 0;
        while (true)
        {
            // The end of what was read before may be the beginning of a mark.
            var read = await from.ReadAsync(buffer.AsMemory(kept), _stopped.Token);
            if (read == 0)
            {
                return;
            }

            await to.WriteAsync(buffer.AsMemory(kept, read), _stopped.Token);
            await to.FlushAsync(_stopped.Token);
            if (count)
            {
                var all = kept + read;
                Interlocked.Add(ref _requests, Count(buffer.AsSpan(0, all)));
                kept = Math.Min(all, Mark.Length - 1);
                buffer.AsSpan(all - kept, kept).CopyTo(buffer);
            }
        }
    }

    private static int Count(ReadOnlySpan<byte> bytes)
    {
        var found = 0;
        for (var at = bytes.IndexOf(Mark); at >= 0; at = bytes.IndexOf(Mark))
        {
            found++;
            bytes = bytes[(at + Mark.Length)..];
        }

        return found;
    }

    private async Task<string> ReadHeadAsync(Stream stream)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (await stream.ReadAsync(one, _stopped.Token) == 1)
        {
            head.Add(one[0]);
            if (head.Count >= 4 && head is [.., 13, 10, 13, 10])
            {
                return Encoding.ASCII.GetString([.. head]);
            }
        }

        return string.Empty;
    }
}
