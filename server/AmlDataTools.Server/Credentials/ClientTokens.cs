using System.Text.Json;
using AmlDataTools.Core.Problems;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Rpc;
using Azure.Core;

namespace AmlDataTools.Server.Credentials;

/// <summary>
/// Tokens the client gave, kept in memory until shortly before they expire. The client is asked once, however many want the
/// same token at the same time.
/// </summary>
/// <param name="client">The client.</param>
/// <param name="time">The clock.</param>
internal sealed class ClientTokens(ICredentialClient client, TimeProvider time)
{
    // Longer than any request of a download lasts, shorter than the shortest token is valid.
    private static readonly TimeSpan s_renewBefore = TimeSpan.FromMinutes(5);

    // For a token that says nothing of its end: asked for again soon, and the client has it at hand.
    private static readonly TimeSpan s_unknownLifetime = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<TokenKey, AccessToken> _tokens = [];
    private readonly Dictionary<TokenKey, Flight> _flights = [];

    /// <summary>Happens after the tokens have been dropped: the account or its sessions changed.</summary>
    public event Action? Changed;

    /// <summary>Gives a token.</summary>
    /// <param name="scopes">What it is for.</param>
    /// <param name="tenantId">Who must issue it; null for the account's own tenant.</param>
    /// <param name="claims">A claims challenge the service answered a token with; a kept token is then not good enough. Null for none.</param>
    /// <param name="cancellationToken">Stops waiting; the client is told when nobody waits any more.</param>
    /// <exception cref="ProblemException"><c>auth.signInRequired</c>, <c>auth.cancelled</c>.</exception>
    public async ValueTask<AccessToken> GetAsync(IReadOnlyList<string> scopes, string? tenantId, string? claims, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var key = new TokenKey(string.Join(' ', scopes.Order(StringComparer.Ordinal)), tenantId?.ToLowerInvariant(), claims);
        Flight? flight;
        lock (_lock)
        {
            if (claims is null && _tokens.TryGetValue(key, out var known) && known.ExpiresOn - s_renewBefore > time.GetUtcNow())
            {
                return known;
            }

            if (!_flights.TryGetValue(key, out flight))
            {
                flight = new Flight();
                _flights[key] = flight;
                var started = flight;
                flight.Token = Task.Run(() => AskAsync(key, scopes, tenantId, started), CancellationToken.None);
            }

            flight.Waiting++;
        }

        try
        {
            return await flight.Token.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Leave(key, flight);
        }
    }

    /// <summary>Drops every token, also those on their way.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _tokens.Clear();
            _flights.Clear();
        }

        Changed?.Invoke();
    }

    private void Leave(TokenKey key, Flight flight)
    {
        lock (_lock)
        {
            if (--flight.Waiting > 0 || flight.Token.IsCompleted)
            {
                return;
            }

            if (_flights.GetValueOrDefault(key) == flight)
            {
                _flights.Remove(key);
            }
        }

        flight.Stop.Cancel();
    }

    private async Task<AccessToken> AskAsync(TokenKey key, IReadOnlyList<string> scopes, string? tenantId, Flight flight)
    {
        try
        {
            var given = await client.GetTokenAsync(new TokenParams(scopes, tenantId, key.Claims), flight.Stop.Token).ConfigureAwait(false);
            var expiresOn = given.ExpiresOn is { } milliseconds
                ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
                : ReadExpiry(given.Token) ?? time.GetUtcNow() + s_unknownLifetime;
            var token = new AccessToken(given.Token, expiresOn);
            lock (_lock)
            {
                // A flight dropped meanwhile belongs to an account that is no longer signed in.
                if (_flights.GetValueOrDefault(key) == flight)
                {
                    _tokens[key with { Claims = null }] = token;
                }
            }

            return token;
        }
        catch (RemoteRpcException e)
        {
            throw ToProblem(e, tenantId);
        }
        finally
        {
            lock (_lock)
            {
                if (_flights.GetValueOrDefault(key) == flight)
                {
                    _flights.Remove(key);
                }
            }
        }
    }

    private static ProblemException ToProblem(RemoteRpcException e, string? tenantId)
    {
        if (e.ErrorData?.Code == "auth.cancelled" || e.Code == RpcErrorCodes.RequestCancelled)
        {
            return new ProblemException("auth.cancelled", "The sign-in was cancelled.", e) { Target = tenantId, Actions = [ProblemAction.SignIn] };
        }

        var where = tenantId is null ? "Azure" : $"the tenant {tenantId}";
        return new ProblemException("auth.signInRequired", $"Sign in to {where} to go on.", e) { Target = tenantId, Actions = [ProblemAction.SignIn] };
    }

    // The "exp" claim of a JSON Web Token: seconds since 1970 (RFC 7519, 4.1.4). Read only to know when to ask again.
    private static DateTimeOffset? ReadExpiry(string token)
    {
        var parts = token.Split('.');
        if (parts.Length < 2)
        {
            return null;
        }

        try
        {
            using var claims = JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(parts[1]));
            return claims.RootElement.TryGetProperty("exp", out var exp) && exp.TryGetInt64(out var seconds)
                ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                : null;
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException or ArgumentOutOfRangeException)
        {
            // Not such a token: then its end is unknown, and it is kept for a short time.
            return null;
        }
    }

    private readonly record struct TokenKey(string Scopes, string? TenantId, string? Claims);

    private sealed class Flight
    {
        public Task<AccessToken> Token { get; set; } = Task.FromResult(default(AccessToken));

        // Not disposed: it holds no timer, and may be cancelled late.
        public CancellationTokenSource Stop { get; } = new();

        public int Waiting { get; set; }
    }
}
