using AmlDataTools.Azure.Http.Network;

namespace AmlDataTools.Core.Problems;

/// <summary>Problems between this machine and a service: proxies and certificates.</summary>
internal static class NetworkProblems
{
    private static readonly IReadOnlyList<ProblemAction> Settings = [ProblemAction.OpenNetworkSettings, ProblemAction.OpenHelp, ProblemAction.Retry];
    private static readonly IReadOnlyList<ProblemAction> Help = [ProblemAction.OpenHelp, ProblemAction.OpenNetworkSettings, ProblemAction.Retry];

    /// <summary>Maps a failure.</summary>
    public static ProblemException From(NetworkFailure failure, Exception exception)
    {
        var status = failure.Detail ?? "?";
        var (code, message, actions) = failure.Kind switch
        {
            NetworkFailureKind.ProxyUnreachable => (
                "network.proxyUnreachable",
                $"The proxy {failure.Host} does not answer. Check the network connection, the setting http.proxy and the variable HTTPS_PROXY.",
                Settings),
            NetworkFailureKind.ProxyAuthentication => (
                "network.proxyAuthentication",
                $"The proxy {failure.Host} did not accept the name and password, or wants them (407). Set them in http.proxy (name:password@host:port), or as Basic in http.proxyAuthorization.",
                Settings),
            NetworkFailureKind.ProxyRefused => (
                "network.proxyRefused",
                $"The proxy {failure.Host} did not let the request through (status {status}). Ask who runs it to allow the hosts of Azure, or add them to http.noProxy.",
                Settings),
            NetworkFailureKind.ProxyUnreadable => (
                "settings.proxyInvalid",
                $"What is set as proxy in {failure.Host} is not the address of one. It must be like host:port.",
                Settings),
            NetworkFailureKind.UnknownAuthority => (
                "network.untrustedCertificate",
                $"The certificate shown for {failure.Host} is from \"{failure.Detail}\", which this machine does not trust, so nothing was sent. If your company's proxy inspects traffic, add the certificate of that authority to the system's certificates, or name its PEM file in the variable SSL_CERT_FILE (Linux) or NODE_EXTRA_CA_CERTS; then restart VS Code. If you do not know it, do not trust it: somebody may be listening.",
                Help),
            NetworkFailureKind.CertificateName => (
                "network.certificateName",
                $"The certificate shown for {failure.Host} is for another name (from \"{failure.Detail}\"), so nothing was sent. A proxy or a wrong DNS entry may answer in its place.",
                Help),
            NetworkFailureKind.CertificateInvalid => (
                "network.certificateInvalid",
                $"The certificate shown for {failure.Host} (from \"{failure.Detail}\") is not valid now, so nothing was sent. Check this machine's clock; else its owner must renew it.",
                Help),
            _ => throw new ArgumentOutOfRangeException(nameof(failure), failure.Kind, null),
        };
        return new ProblemException(code, message, exception) { Target = failure.Host, Retryable = !failure.IsFinal, Actions = [.. actions, ProblemAction.ShowLog] };
    }
}
