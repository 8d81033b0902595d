using System.Net;
using System.Text.RegularExpressions;

namespace AmlDataTools.Azure.Http.Network;

/// <summary>What stands between this machine and a service.</summary>
public enum NetworkFailureKind
{
    /// <summary>The proxy does not answer.</summary>
    ProxyUnreachable,

    /// <summary>The proxy wants a name and password, or others (407).</summary>
    ProxyAuthentication,

    /// <summary>The proxy does not let the request through.</summary>
    ProxyRefused,

    /// <summary>What is set as proxy is none.</summary>
    ProxyUnreadable,

    /// <summary>A certificate of an authority that is not trusted here.</summary>
    UnknownAuthority,

    /// <summary>A certificate for another name.</summary>
    CertificateName,

    /// <summary>A certificate that is not valid now, or was taken back.</summary>
    CertificateInvalid,
}

/// <summary>A failure between this machine and a service. No text in it is a secret.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Host">The host, or host and port of the proxy, or where the proxy was set.</param>
/// <param name="Detail">The authority of a certificate, or the status of a proxy; null for neither.</param>
public sealed partial record NetworkFailure(NetworkFailureKind Kind, string Host, string? Detail = null)
{
    /// <summary>Whether nothing but a change of settings or certificates helps, so that trying again is of no use.</summary>
    public bool IsFinal => Kind is not (NetworkFailureKind.ProxyUnreachable or NetworkFailureKind.ProxyRefused) || Detail is "403";

    /// <summary>What is behind something that was thrown; null when it is nothing of this.</summary>
    /// <param name="exception">What was thrown.</param>
    public static NetworkFailure? Of(Exception? exception)
    {
        for (var current = exception; current is not null; current = current.InnerException)
        {
            switch (current)
            {
                case NetworkFailureException known:
                    return known.Failure;
                case HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } refused:
                    return FromTunnel(refused);
                case AggregateException { InnerExceptions.Count: > 1 } several:
                    return several.InnerExceptions.Select(Of).FirstOrDefault(found => found is not null);
                default:
                    break;
            }
        }

        return null;
    }

    // The status is in the text where the exception does not carry it; in trimmed builds the text is a key with its values.
    private static NetworkFailure FromTunnel(HttpRequestException refused)
    {
        var status = refused.StatusCode is { } code ? (int)code : LastStatus().Match(refused.Message) is { Success: true } match ? int.Parse(match.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) : 0;
        var proxy = Address().Match(refused.Message) is { Success: true } address ? address.Groups[1].Value : string.Empty;
        return new(status == (int)HttpStatusCode.ProxyAuthenticationRequired ? NetworkFailureKind.ProxyAuthentication : NetworkFailureKind.ProxyRefused, proxy, status == 0 ? null : $"{status}");
    }

    [GeneratedRegex(@"\b([1-5]\d\d)\b\D*$", RegexOptions.CultureInvariant)]
    private static partial Regex LastStatus();

    [GeneratedRegex(@"://([^/'@\s]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Address();
}

/// <summary>A connection was not made, and it is known why.</summary>
public sealed class NetworkFailureException : IOException
{
    /// <summary>Makes it.</summary>
    /// <param name="failure">Why.</param>
    /// <param name="innerException">What the system said.</param>
    public NetworkFailureException(NetworkFailure failure, Exception? innerException = null)
        : base($"{failure?.Kind}: {failure?.Host}", innerException)
    {
        ArgumentNullException.ThrowIfNull(failure);
        Failure = failure;
    }

    /// <summary>Why.</summary>
    public NetworkFailure Failure { get; }
}
