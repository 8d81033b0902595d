using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AmlDataTools.Azure.Cloud;

namespace AmlDataTools.Azure.Http.Network;

/// <summary>
/// Which certificates are trusted: the system's authorities, or those the editor names in their place, and besides them the cloud's own
/// and those of <c>NODE_EXTRA_CA_CERTS</c>, with which the editor itself is told of further ones. A wrong name or a wrong time never passes.
/// </summary>
internal sealed class CertificateTrust : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const int LongestName = 200;

    private readonly NetworkRules _rules;
    private readonly string _resourceManager;
    private readonly X509Certificate2Collection _extra = [];
    private readonly Lock _lock = new();
    private IReadOnlyList<string>? _named;
    private X509Certificate2Collection _roots = [];

    /// <summary>Reads the certificates that are named.</summary>
    /// <param name="cloud">Names certificates of its own.</param>
    /// <param name="rules">The settings in force.</param>
    /// <param name="extraPath">A PEM file of further authorities; one that is missing is left out, as the editor does.</param>
    /// <exception cref="CryptographicException">The cloud's file holds no certificate.</exception>
    /// <exception cref="IOException">The cloud's file cannot be read.</exception>
    public CertificateTrust(CloudDescription cloud, NetworkRules rules, string? extraPath)
    {
        _rules = rules;
        _resourceManager = cloud.ResourceManager.IdnHost;
        if (cloud.CaCertificatePath is { Length: > 0 } path)
        {
            _extra.ImportFromPem(File.ReadAllText(path));
            if (_extra.Count == 0)
            {
                throw new CryptographicException($"The file {path} holds no certificate in PEM form.");
            }
        }

        if (extraPath is { Length: > 0 } && File.Exists(extraPath))
        {
            AddReadable(extraPath);
        }
    }

    /// <summary>For <see cref="SslClientAuthenticationOptions.RemoteCertificateValidationCallback"/>.</summary>
    /// <exception cref="NetworkFailureException">Not trusted, and why.</exception>
    public bool Check(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var host = sender is SslStream stream ? stream.TargetHostName : string.Empty;
        if (IsUncheckedProxy(host))
        {
            return true;
        }

        var roots = Roots();
        if (errors == SslPolicyErrors.None && roots is null)
        {
            return true;
        }

        if (certificate is not X509Certificate2 leaf || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return false;
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            throw new NetworkFailureException(new NetworkFailure(NetworkFailureKind.CertificateName, host, Authority(leaf, chain)));
        }

        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(_extra);
        own.ChainPolicy.CustomTrustStore.AddRange(roots ?? []);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        own.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        foreach (var element in chain?.ChainElements.Skip(1) ?? [])
        {
            own.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        if (own.Build(leaf))
        {
            return true;
        }

        const X509ChainStatusFlags Unknown = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain;
        var isUnknown = own.ChainStatus.Any(status => (status.Status & Unknown) != 0);
        throw new NetworkFailureException(new NetworkFailure(
            isUnknown && DateTime.Now is var now && now >= leaf.NotBefore && now <= leaf.NotAfter ? NetworkFailureKind.UnknownAuthority : NetworkFailureKind.CertificateInvalid, host, Authority(leaf, chain)));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var certificate in _extra.Concat(_roots))
        {
            certificate.Dispose();
        }
    }

    // Only the proxy's own certificate may go unchecked, never that of a service behind it: tokens go there.
    private bool IsUncheckedProxy(string host)
        => !_rules.Settings.VerifyProxyCertificate && _rules.IsSecureProxy(host) && !host.Equals(_resourceManager, StringComparison.OrdinalIgnoreCase);

    private X509Certificate2Collection? Roots()
    {
        var named = _rules.Settings.Roots;
        if (named is null)
        {
            return null;
        }

        lock (_lock)
        {
            if (!ReferenceEquals(named, _named))
            {
                var read = new X509Certificate2Collection();
                foreach (var pem in named)
                {
                    read.ImportFromPem(pem);
                }

                (_named, _roots) = (named, read);
            }

            return _roots;
        }
    }

    private void AddReadable(string path)
    {
        try
        {
            _extra.ImportFromPem(File.ReadAllText(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            // The editor goes on without it too; if it was needed, the error says whose certificate is not trusted.
            return;
        }
    }

    // The highest authority that is known of: that is the one to be trusted. Somebody else wrote the name, so it is cleaned.
    private static string Authority(X509Certificate2 leaf, X509Chain? chain)
    {
        var top = chain is { ChainElements.Count: > 0 } ? chain.ChainElements[^1].Certificate : leaf;
        var name = string.Concat(top.Issuer.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c)).Trim();
        return name.Length > LongestName ? name[..LongestName] + "..." : name;
    }
}
