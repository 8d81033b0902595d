using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AmlDataTools.Emulator.Hosting;

/// <summary>A certificate authority of one run's life and the server certificate it signed; the authority's key is forgotten at once.</summary>
internal sealed class Certificates : IDisposable
{
    /// <summary>Names the server answers to. A wildcard covers one label, so each service has its own.</summary>
    private static readonly string[] Names =
    [
        "localhost", "*.localhost", "*.blob.localhost", "*.dfs.localhost", "*.file.localhost", "*.azureml.localhost",
        "*.api.azureml.localhost", "*.experiments.azureml.localhost", "*.modelmanagement.azureml.localhost",
    ];

    private Certificates(X509Certificate2 server, string caPath)
    {
        Server = server;
        CaPath = caPath;
    }

    /// <summary>The server's certificate with its private key.</summary>
    public X509Certificate2 Server { get; }

    /// <summary>A PEM file with the authority's certificate, in a folder of its own.</summary>
    public string CaPath { get; }

    /// <summary>Makes both certificates and writes the authority's.</summary>
    public static Certificates Create()
    {
        var from = DateTimeOffset.UtcNow.AddHours(-1);
        var to = from.AddDays(30);
        using var caKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var caRequest = new CertificateRequest("CN=AML Data Tools test CA", caKey, HashAlgorithmName.SHA256);
        caRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        caRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        caRequest.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(caRequest.PublicKey, false));
        using var ca = caRequest.CreateSelfSigned(from, to);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in Names)
        {
            names.AddDnsName(name);
        }

        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(ca, true, false));
        using var signed = request.Create(ca, from, to, RandomNumberGenerator.GetBytes(16));
        using var withKey = signed.CopyWithPrivateKey(key);

        // Windows cannot serve a key that lives in memory only; a round trip through PKCS#12 gives it one it can.
        var server = X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
        var folder = Directory.CreateTempSubdirectory("aml-emulator-");
        var caPath = Path.Combine(folder.FullName, "ca.pem");
        File.WriteAllText(caPath, ca.ExportCertificatePem() + "\n");
        return new Certificates(server, caPath);
    }

    /// <summary>Forgets the server's key and removes the authority's file.</summary>
    public void Dispose()
    {
        Server.Dispose();
        if (Path.GetDirectoryName(CaPath) is { } folder && Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
