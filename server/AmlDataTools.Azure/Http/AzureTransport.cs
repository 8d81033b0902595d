using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Azure.Core.Pipeline;
using AmlDataTools.Azure.Cloud;

namespace AmlDataTools.Azure.Http;

/// <summary>
/// The one pool of connections of a cloud: HTTP/1.1 (so that large transfers do not share a connection's flow control),
/// no cookies, no redirects, no decompression (a blob is stored as it was sent).
/// </summary>
public sealed class AzureTransport : IDisposable
{
    private readonly HttpClient _client;
    private readonly X509Certificate2Collection _extraRoots;

    /// <summary>Opens the pool.</summary>
    /// <param name="cloud">Names the certificates to trust besides the machine's.</param>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The certificate file holds no certificate.</exception>
    /// <exception cref="IOException">The certificate file cannot be read.</exception>
    public AzureTransport(CloudDescription cloud)
    {
        ArgumentNullException.ThrowIfNull(cloud);
        _extraRoots = [];
        if (cloud.CaCertificatePath is { Length: > 0 } path)
        {
            _extraRoots.ImportFromPem(File.ReadAllText(path));
            if (_extraRoots.Count == 0)
            {
                throw new System.Security.Cryptography.CryptographicException($"The file {path} holds no certificate in PEM form.");
            }
        }

        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(20),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(90),
            ConnectCallback = ConnectAsync,
            Proxy = new DirectToLoopback(HttpClient.DefaultProxy),
        };
        if (_extraRoots.Count > 0)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = IsTrusted;
        }

        _client = MakeClient(handler);
        Transport = new HttpClientTransport(_client);
    }

    /// <summary>Uses a handler made elsewhere.</summary>
    /// <param name="handler">The handler; disposed of with this.</param>
    public AzureTransport(HttpMessageHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        _extraRoots = [];
        _client = MakeClient(handler);
        Transport = new HttpClientTransport(_client);
    }

    /// <summary>What pipelines send through.</summary>
    public HttpPipelineTransport Transport { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        foreach (var root in _extraRoots)
        {
            root.Dispose();
        }
    }

    // The pipeline times out each attempt; a limit on the whole would cut long downloads off.
    private static HttpClient MakeClient(HttpMessageHandler handler)
        => new(handler) { Timeout = Timeout.InfiniteTimeSpan, DefaultRequestVersion = HttpVersion.Version11 };

    // RFC 6761 gives every name below "localhost" to the loopback interface; not every resolver knows.
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var target = context.DnsEndPoint;
        if (!IsLoopbackName(target.Host))
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

    private static bool IsLoopbackName(string host) => host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);

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

    // The machine's roots count first; only a chain they do not know is tried against the extra ones. A wrong name never passes.
    private bool IsTrusted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
        {
            return true;
        }

        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is not X509Certificate2 leaf)
        {
            return false;
        }

        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(_extraRoots);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        own.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid("1.3.6.1.5.5.7.3.1"));
        foreach (var element in chain?.ChainElements.Skip(1) ?? [])
        {
            own.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return own.Build(leaf);
    }

    // A proxy elsewhere would take such a name for its own loopback.
    private sealed class DirectToLoopback(IWebProxy inner) : IWebProxy
    {
        public ICredentials? Credentials
        {
            get => inner.Credentials;
            set => inner.Credentials = value;
        }

        public Uri? GetProxy(Uri destination) => inner.GetProxy(destination);

        public bool IsBypassed(Uri host) => IsLoopbackName(host.Host) || inner.IsBypassed(host);
    }
}
