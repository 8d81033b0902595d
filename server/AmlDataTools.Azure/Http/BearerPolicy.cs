using System.Buffers.Text;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;
using AmlDataTools.Azure.Cloud;

namespace AmlDataTools.Azure.Http;

/// <summary>
/// Adds the caller's token. Refuses to send one where the cloud does not allow it; answers a claims challenge (continuous
/// access evaluation) with a token that satisfies it; moves on to the next audience when the first is refused with 401.
/// </summary>
internal sealed class BearerPolicy : BearerTokenAuthenticationPolicy
{
    private readonly CloudDescription _cloud;
    private readonly Uri _origin;
    private readonly string[] _scopes;
    private int _current;

    public BearerPolicy(TokenCredential credential, CloudDescription cloud, Uri origin, IEnumerable<string> audiences)
        : this(credential, cloud, origin, audiences.Select(CloudDescription.ToScope).Distinct(StringComparer.OrdinalIgnoreCase).ToArray())
    {
    }

    private BearerPolicy(TokenCredential credential, CloudDescription cloud, Uri origin, string[] scopes)
        : base(credential, scopes[..1])
    {
        _cloud = cloud;
        _origin = origin;
        _scopes = scopes;
    }

    /// <inheritdoc/>
    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var first = Volatile.Read(ref _current);
        for (var attempt = 0; attempt < _scopes.Length; attempt++)
        {
            var scope = (first + attempt) % _scopes.Length;
            message.SetProperty(typeof(ScopeInUse), new ScopeInUse(scope));
            await base.ProcessAsync(message, pipeline).ConfigureAwait(false);
            if (message.Response.Status != 401)
            {
                // Remembered: a service that takes this audience goes on taking it.
                Volatile.Write(ref _current, scope);
                return;
            }
        }
    }

    /// <inheritdoc/>
    protected override ValueTask AuthorizeRequestAsync(HttpMessage message)
    {
        RefuseForeignHost(message);
        return AuthenticateAndAuthorizeRequestAsync(message, Context(message, claims: null));
    }

    /// <inheritdoc/>
    protected override async ValueTask<bool> AuthorizeRequestOnChallengeAsync(HttpMessage message)
    {
        RefuseForeignHost(message);
        if (ReadClaims(message) is not { } claims)
        {
            return false;
        }

        await AuthenticateAndAuthorizeRequestAsync(message, Context(message, claims)).ConfigureAwait(false);
        return true;
    }

    private TokenRequestContext Context(HttpMessage message, string? claims)
    {
        var scope = message.TryGetProperty(typeof(ScopeInUse), out var value) && value is ScopeInUse inUse ? inUse.Index : 0;
        return new([_scopes[scope]], message.Request.ClientRequestId, claims, tenantId: null, isCaeEnabled: true);
    }

    private void RefuseForeignHost(HttpMessage message)
    {
        var target = message.Request.Uri.ToUri();
        if (!_cloud.MaySendToken(_origin, target))
        {
            throw new ForeignHostException(target);
        }
    }

    // WWW-Authenticate: Bearer error="insufficient_claims", claims="<base64url of JSON>"
    private static string? ReadClaims(HttpMessage message)
    {
        if (!message.HasResponse || !message.Response.Headers.TryGetValue("WWW-Authenticate", out var challenge)
            || challenge is null || !challenge.Contains("insufficient_claims", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        const string Marker = "claims=\"";
        var start = challenge.LastIndexOf(Marker, StringComparison.OrdinalIgnoreCase);
        if (start < 0)
        {
            return null;
        }

        start += Marker.Length;
        var end = challenge.IndexOf('"', start);
        if (end < 0)
        {
            return null;
        }

        var encoded = challenge[start..end].Replace('+', '-').Replace('/', '_').TrimEnd('=');
        try
        {
            return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(encoded));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private sealed record ScopeInUse(int Index);
}

/// <summary>An answer named a host that must not be sent a token; the request was not made.</summary>
public sealed class ForeignHostException : Exception
{
    /// <summary>Makes it.</summary>
    /// <param name="target">The address; only its host is kept.</param>
    public ForeignHostException(Uri target)
        : base($"The service referred to {HostOf(target)}, which is not a host of this cloud. Nothing was sent to it.")
        => Host = HostOf(target);

    /// <summary>The host that was named, with its port if it is not the usual one.</summary>
    public string Host { get; }

    private static string HostOf(Uri target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return !target.IsAbsoluteUri ? "an address without a host" : target.IsDefaultPort ? target.Host : $"{target.Host}:{target.Port}";
    }
}
