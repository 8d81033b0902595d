using System.Net;
using System.Text;
using Azure.Core;
using AmlDataTools.Azure.Cloud;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.Identity;
using Microsoft.Extensions.Logging.Abstractions;

namespace AmlDataTools.Azure.Tests;

/// <summary>A request as it left the client.</summary>
internal sealed record Sent(string Method, Uri Address, string? Authorization, string? Body, IReadOnlyDictionary<string, string> Headers);

/// <summary>Stands in for the network where a fault or a hostile answer is needed.</summary>
internal sealed class FakeService : HttpMessageHandler
{
    private readonly List<(Func<Sent, bool> When, Func<Sent, HttpResponseMessage> Answer)> _rules = [];

    public List<Sent> Requests { get; } = [];

    public FakeService On(string method, string urlPart, Func<Sent, HttpResponseMessage> answer)
    {
        _rules.Add((sent => sent.Method == method && sent.Address.AbsoluteUri.Contains(urlPart, StringComparison.Ordinal), answer));
        return this;
    }

    public FakeService On(string method, string urlPart, string json, HttpStatusCode status = HttpStatusCode.OK)
        => On(method, urlPart, _ => Json(json, status));

    public FakeService On(string method, string urlPart, Sample sample) => On(method, urlPart, _ => sample.ToResponse());

    public static HttpResponseMessage Json(string json, HttpStatusCode status = HttpStatusCode.OK)
        => new(status) { Content = new StringContent(json, Encoding.UTF8, "application/json") };

    public AzureConnection Connect(CloudDescription? cloud = null, RecordingCredentials? credentials = null)
        => new(cloud ?? CloudDescription.Public, credentials ?? new RecordingCredentials(), NullLoggerFactory.Instance, new AzureTransport(this));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? null : await request.Content.ReadAsStringAsync(cancellationToken);
        var sent = new Sent(
            request.Method.Method, request.RequestUri ?? throw new InvalidOperationException("No address."), request.Headers.Authorization?.ToString(), body,
            request.Headers.Concat(request.Content?.Headers.AsEnumerable() ?? []).ToDictionary(header => header.Key, header => string.Join(",", header.Value), StringComparer.OrdinalIgnoreCase));
        lock (Requests)
        {
            Requests.Add(sent);
        }

        foreach (var (when, answer) in _rules)
        {
            if (when(sent))
            {
                return answer(sent);
            }
        }

        return Json("""{"error":{"code":"NoRule","message":"The test has no answer for this."}}""", HttpStatusCode.NotImplemented);
    }
}

/// <summary>Gives tokens that say what they were asked for.</summary>
internal sealed class RecordingCredentials : TokenCredential, ITenantCredentials
{
    public List<TokenRequestContext> Asked { get; } = [];

    public TokenCredential ForTenant(string? tenantId) => this;

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        lock (Asked)
        {
            Asked.Add(requestContext);
        }

        var claims = requestContext.Claims is null ? string.Empty : "+claims";
        return new AccessToken("token:" + requestContext.Scopes[0] + claims, DateTimeOffset.UtcNow.AddHours(1));
    }

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
        => new(GetToken(requestContext, cancellationToken));
}
