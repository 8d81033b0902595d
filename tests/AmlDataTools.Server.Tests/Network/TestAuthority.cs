using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AmlDataTools.Server.Tests.Network;

/// <summary>An authority of its own, as proxies that look into TLS have one.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;
    private readonly ConcurrentDictionary<string, X509Certificate2> _leaves = new();
    private readonly DateTimeOffset _from = DateTimeOffset.UtcNow.AddHours(-2);

    public TestAuthority(string name)
    {
        var request = new CertificateRequest(name, _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _certificate = request.CreateSelfSigned(_from, _from.AddDays(2));
    }

    public string Pem => _certificate.ExportCertificatePem();

    /// <summary>How long ago its certificates ended; null while they hold.</summary>
    public TimeSpan? Ended { get; init; }

    /// <summary>The name its certificates are for, whatever the host; null for the host.</summary>
    public string? OtherName { get; init; }

    public X509Certificate2 For(string host) => _leaves.GetOrAdd(host, Make);

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
        foreach (var leaf in _leaves.Values)
        {
            leaf.Dispose();
        }
    }

    private X509Certificate2 Make(string host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=inspected", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(OtherName ?? host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, true, false));
        using var leaf = request.Create(_certificate, _from, Ended is { } ended ? DateTimeOffset.UtcNow - ended : _from.AddDays(1), RandomNumberGenerator.GetBytes(8));
        using var withKey = leaf.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), null);
    }
}
