using Azure.Core;
using Azure.Core.Pipeline;

namespace AmlDataTools.Azure.Blobs;

/// <summary>How requests to a container are authorised. Holds secrets: has no text form.</summary>
public abstract class BlobAuthorization
{
    private protected BlobAuthorization()
    {
    }

    /// <summary>The query that goes behind every address, without <c>?</c>; empty for none.</summary>
    internal virtual string Query => string.Empty;

    /// <summary>Whether it is a token: file shares take one only together with the intent it is used with.</summary>
    internal virtual bool IsToken => false;

    /// <summary>Runs behind everything that sets headers: a signature covers them.</summary>
    internal HttpPipelinePolicy Policy => new AuthorizingPolicy(this);

    /// <summary>Adds the headers that authorise a request whose other headers are set.</summary>
    internal virtual ValueTask AuthorizeAsync(Request request, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>A blob of a container so authorised, as the source of a copy that storage makes by itself.</summary>
    /// <param name="container">Address of the container, without trailing slash.</param>
    /// <param name="name">The blob's whole name.</param>
    /// <param name="cancellationToken">Ends asking for a token.</param>
    internal virtual ValueTask<CopySource> SourceAsync(string container, string name, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new CopySource(BlobAddress.Blob(container, name, Query), null));

    /// <summary>A shared access signature.</summary>
    /// <param name="sas">The query string, with or without its <c>?</c>.</param>
    public static BlobAuthorization Sas(string sas) => new SasAuthorization(sas.TrimStart('?'));

    /// <summary>The account's key.</summary>
    /// <param name="account">Account name.</param>
    /// <param name="key">Base64 key.</param>
    /// <exception cref="FormatException">The key is not base64.</exception>
    public static BlobAuthorization SharedKey(string account, string key) => new SharedKeyAuthorization(account, key);

    /// <summary>A person's or application's token.</summary>
    /// <param name="credential">Where tokens come from; it is expected to cache.</param>
    /// <param name="audience">Token audience of storage, such as <c>https://storage.azure.com</c>.</param>
    /// <param name="tenantId">The tenant to ask the token of; null for the credential's own.</param>
    public static BlobAuthorization Token(TokenCredential credential, string audience, string? tenantId) =>
        new TokenAuthorization(credential, audience, tenantId);

    /// <summary>The address itself authorises: a signed address given out by the artifact service.</summary>
    public static BlobAuthorization None { get; } = new SasAuthorization(string.Empty);

    private sealed class SasAuthorization(string query) : BlobAuthorization
    {
        internal override string Query => query;
    }

    private sealed class TokenAuthorization(TokenCredential credential, string audience, string? tenantId) : BlobAuthorization
    {
        private readonly TokenRequestContext _context = new([$"{audience.TrimEnd('/')}/.default"], tenantId: tenantId);
        private Held? _held;

        internal override bool IsToken => true;

        internal override async ValueTask AuthorizeAsync(Request request, CancellationToken cancellationToken) =>
            request.Headers.SetValue("Authorization", await HeaderAsync(cancellationToken).ConfigureAwait(false));

        internal override async ValueTask<CopySource> SourceAsync(string container, string name, CancellationToken cancellationToken) =>
            new(BlobAddress.Blob(container, name, string.Empty), await HeaderAsync(cancellationToken).ConfigureAwait(false));

        private async ValueTask<string> HeaderAsync(CancellationToken cancellationToken)
        {
            // A race fetches twice from a caching credential, which is cheaper than a lock on every request.
            var held = _held;
            if (held is null || held.ExpiresOn < DateTimeOffset.UtcNow.AddMinutes(2))
            {
                var token = await credential.GetTokenAsync(_context, cancellationToken).ConfigureAwait(false);
                _held = held = new Held("Bearer " + token.Token, token.ExpiresOn);
            }

            return held.Header;
        }

        private sealed record Held(string Header, DateTimeOffset ExpiresOn);
    }

    private sealed class AuthorizingPolicy(BlobAuthorization authorization) : HttpPipelinePolicy
    {
        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
            throw new NotSupportedException("Storage is only asked asynchronously.");

        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            await authorization.AuthorizeAsync(message.Request, message.CancellationToken).ConfigureAwait(false);
            await ProcessNextAsync(message, pipeline).ConfigureAwait(false);
        }
    }
}
