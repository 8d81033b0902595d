using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Access;

/// <summary>Why a token was refused.</summary>
internal enum TokenProblem
{
    /// <summary>There is none.</summary>
    Missing,

    /// <summary>It cannot be read, or speaks for nobody known.</summary>
    Invalid,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>It is for another service.</summary>
    Audience,

    /// <summary>It is from another tenant.</summary>
    Tenant,
}

/// <summary>Checks tokens and roles.</summary>
/// <param name="state">The directory and the clock.</param>
internal sealed class Guard(EmulatorState state)
{
    private static readonly string[] ManagementAudiences = ["https://management.azure.com", "https://management.core.windows.net", "https://localhost"];
    private static readonly string[] DataPlaneAudiences = [.. ManagementAudiences, "https://ml.azure.com"];

    /// <summary>Reads and checks the request's bearer token.</summary>
    /// <param name="http">The request.</param>
    /// <param name="audiences">The audiences the service takes.</param>
    /// <param name="caller">Who asks, when the answer is null.</param>
    /// <returns>What is wrong with it, or null.</returns>
    public TokenProblem? Check(HttpContext http, IReadOnlyList<string> audiences, out Caller caller)
    {
        caller = Caller.Nobody;
        var header = http.Request.Headers.Authorization.ToString();
        if (header.Length == 0)
        {
            return TokenProblem.Missing;
        }

        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            || Tokens.Read(header["Bearer ".Length..].Trim()) is not { } claims
            || state.People.Find(claims.ObjectId) is not { } person)
        {
            return TokenProblem.Invalid;
        }

        if (claims.Expires <= DateTimeOffset.UtcNow)
        {
            return TokenProblem.Expired;
        }

        if (!audiences.Contains(Normal(claims.Audience), StringComparer.OrdinalIgnoreCase))
        {
            return TokenProblem.Audience;
        }

        if (!state.Tenants.Contains(claims.TenantId))
        {
            return TokenProblem.Tenant;
        }

        var (workspace, storage) = state.People.Roles(person);
        caller = new Caller(person, claims.TenantId, workspace, storage) { Registry = state.People.RegistryRole(person) };
        return null;
    }

    /// <summary>Resource Manager's check; its own address counts as an audience, as in any cloud that is not the public one.</summary>
    /// <exception cref="ServiceException">401 with the challenge.</exception>
    public Caller ForResourceManager(HttpContext http)
    {
        var problem = Check(http, [.. ManagementAudiences, state.ResourceManager], out var caller);
        if (problem is null)
        {
            return caller;
        }

        var (code, message) = problem switch
        {
            TokenProblem.Missing => ("AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing."),
            TokenProblem.Expired => ("ExpiredAuthenticationToken", "The access token expiry UTC time is earlier than current UTC time."),
            TokenProblem.Audience => ("InvalidAuthenticationTokenAudience", $"The access token has been obtained for the wrong audience or resource. It should exactly match with one of the allowed audiences '{string.Join("','", ManagementAudiences.Select(a => a + "/"))}'."),
            TokenProblem.Tenant => ("InvalidAuthenticationTokenTenant", "The access token is from the wrong issuer. It must match one of the tenants associated with this subscription."),
            _ => ("InvalidAuthenticationToken", "The access token is invalid."),
        };
        throw new ServiceException(401, code, message) { FromGateway = true, Headers = [Challenge(message)] };
    }

    /// <summary>The workspace services' check.</summary>
    /// <exception cref="ServiceException">401 or 403.</exception>
    public Caller ForDataPlane(HttpContext http)
    {
        if (Check(http, [.. DataPlaneAudiences, state.ResourceManager], out var caller) is { } problem)
        {
            throw new ServiceException(401, "UserError", problem == TokenProblem.Missing ? "Bearer token not provided." : "The bearer token is not valid: " + problem)
            {
                InnerCodes = ["Authentication", problem == TokenProblem.Expired ? "TokenExpired" : "InvalidToken"],
                Headers = [Challenge("The access token is " + problem)],
            };
        }

        return caller;
    }

    private static string Normal(string audience) => audience.TrimEnd('/');

    private KeyValuePair<string, string> Challenge(string message) =>
        new("WWW-Authenticate", $"Bearer authorization_uri=\"https://login.windows.net/{state.TenantId}\", error=\"invalid_token\", error_description=\"{message.Replace('"', '\'')}\"");
}
