using System.Net;
using Azure.Core.Pipeline;
using AmlDataTools.Azure.Cloud;
using AmlDataTools.Azure.Http.Network;

namespace AmlDataTools.Azure.Http;

/// <summary>
/// The one pool of connections of a cloud: HTTP/1.1 (so that large transfers do not share a connection's flow control),
/// no cookies, no redirects, no decompression (a blob is stored as it was sent).
/// </summary>
public sealed class AzureTransport : IDisposable
{
    private readonly HttpClient _client;
    private readonly CertificateTrust? _trust;

    /// <summary>Opens the pool.</summary>
    /// <param name="cloud">Names the certificates to trust besides the machine's.</param>
    /// <param name="network">Proxies and certificates; null takes the environment's and the system's.</param>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The certificate file holds no certificate.</exception>
    /// <exception cref="IOException">The certificate file cannot be read.</exception>
    public AzureTransport(CloudDescription cloud, NetworkRules? network = null)
    {
        ArgumentNullException.ThrowIfNull(cloud);
        var rules = network ?? new NetworkRules(NetworkSettings.Default);
        _trust = new CertificateTrust(cloud, rules, Environment.GetEnvironmentVariable("NODE_EXTRA_CA_CERTS"));
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(20),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(90),
            ConnectCallback = new Connector(rules).ConnectAsync,
            Proxy = rules,
        };
        handler.SslOptions.RemoteCertificateValidationCallback = _trust.Check;
        _client = MakeClient(handler);
        Transport = new HttpClientTransport(_client);
    }

    /// <summary>Uses a handler made elsewhere.</summary>
    /// <param name="handler">The handler; disposed of with this.</param>
    public AzureTransport(HttpMessageHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        _client = MakeClient(handler);
        Transport = new HttpClientTransport(_client);
    }

    /// <summary>What pipelines send through.</summary>
    public HttpPipelineTransport Transport { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _trust?.Dispose();
    }

    // The pipeline times out each attempt; a limit on the whole would cut long downloads off.
    private static HttpClient MakeClient(HttpMessageHandler handler)
        => new(handler) { Timeout = Timeout.InfiniteTimeSpan, DefaultRequestVersion = HttpVersion.Version11 };
}
