using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Azure;
using Azure.Core;
using AmlDataTools.Azure.Cloud;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.Http.Network;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmlDataTools.Azure.Tests.Http;

/// <summary>Against a real TLS server on the loopback interface, with a certificate authority made for the test.</summary>
public sealed class TransportTests : IDisposable
{
    private readonly TlsServer _server = new();
    private readonly string _caFile = Path.Combine(Path.GetTempPath(), $"amldatatools-{Guid.NewGuid():N}.pem");

    public TransportTests() => File.WriteAllText(_caFile, _server.AuthorityPem);

    public void Dispose()
    {
        _server.Dispose();
        File.Delete(_caFile);
    }

    [Fact]
    public async Task The_clouds_own_authority_is_trusted_and_names_below_localhost_lead_here()
    {
        var body = await GetAsync($"https://account.blob.localhost:{_server.Port}/c/b?x=1", _caFile);
        Assert.Equal("GET /c/b?x=1 HTTP/1.1", body.Split('\r')[0]);
        Assert.DoesNotContain("accept-encoding", body, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Without_the_authority_the_server_is_not_trusted()
    {
        var exception = await Assert.ThrowsAnyAsync<RequestFailedException>(() => GetAsync($"https://account.blob.localhost:{_server.Port}/", null));
        Assert.Equal(new NetworkFailure(NetworkFailureKind.UnknownAuthority, "account.blob.localhost", "CN=Test authority"), NetworkFailure.Of(exception));
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_not_trusted_even_from_the_authority()
        => await Assert.ThrowsAnyAsync<RequestFailedException>(() => GetAsync($"https://other.localhost:{_server.Port}/", _caFile));

    [Fact]
    public void A_file_without_certificates_is_a_clear_error()
    {
        File.WriteAllText(_caFile, "nothing");
        var exception = Assert.Throws<CryptographicException>(() => new AzureTransport(CloudDescription.Public with { CaCertificatePath = _caFile }));
        Assert.Contains(_caFile, exception.Message, StringComparison.Ordinal);
    }

    private static async Task<string> GetAsync(string address, string? caFile)
    {
        var cloud = CloudDescription.Public with { CaCertificatePath = caFile };
        using var transport = new AzureTransport(cloud);
        var pipeline = new AzurePipelineFactory(cloud, transport, NullLoggerFactory.Instance).Create([], RetrySettings.None);
        using var message = pipeline.CreateMessage();
        message.Request.Method = RequestMethod.Get;
        message.Request.Uri.Reset(new Uri(address));
        await pipeline.SendAsync(message, default);
        return message.Response.Content.ToString();
    }

    /// <summary>Answers every request with its own head.</summary>
    private sealed class TlsServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly X509Certificate2 _certificate;

        public TlsServer()
        {
            using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var authorityRequest = new CertificateRequest("CN=Test authority", authorityKey, HashAlgorithmName.SHA256);
            authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            var from = DateTimeOffset.UtcNow.AddHours(-1);
            using var authority = authorityRequest.CreateSelfSigned(from, from.AddDays(1));
            AuthorityPem = authority.ExportCertificatePem();

            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=Test server", key, HashAlgorithmName.SHA256);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("*.blob.localhost");
            request.CertificateExtensions.Add(names.Build());
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
            using var leaf = request.Create(authority, from, from.AddHours(20), [1, 2, 3]);
            using var withKey = leaf.CopyWithPrivateKey(key);
            _certificate = X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), null);
            _listener.Start();
            Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
            Accepting = AcceptAsync();
        }

        public string AuthorityPem { get; }

        public int Port { get; }

        private Task Accepting { get; }

        public void Dispose()
        {
            _listener.Stop();
            _certificate.Dispose();
        }

        private async Task AcceptAsync()
        {
            while (true)
            {
                TcpClient client;
                try
                {
                    client = await _listener.AcceptTcpClientAsync();
                }
                catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
                {
                    return;
                }

                using (client)
                {
                    await AnswerAsync(client);
                }
            }
        }

        private async Task AnswerAsync(TcpClient client)
        {
            try
            {
                await using var stream = new SslStream(client.GetStream());
                await stream.AuthenticateAsServerAsync(_certificate);
                var buffer = new byte[8192];
                var read = await stream.ReadAsync(buffer);
                var head = $"HTTP/1.1 200 OK\r\nContent-Length: {read}\r\nConnection: close\r\n\r\n";
                await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
                await stream.WriteAsync(buffer.AsMemory(0, read));
            }
            catch (Exception exception) when (exception is IOException or System.Security.Authentication.AuthenticationException)
            {
                // The client refused the certificate, as some tests want.
            }
        }
    }
}
