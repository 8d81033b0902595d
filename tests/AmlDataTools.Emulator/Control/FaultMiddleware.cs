using System.Collections.Concurrent;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.ResourceManager;
using AmlDataTools.Emulator.Storage;
using Microsoft.AspNetCore.Http.Features;

namespace AmlDataTools.Emulator.Control;

/// <summary>Stands before every service: writes the request log and does the faults asked for.</summary>
/// <param name="log">The request log.</param>
internal sealed class FaultMiddleware(RequestLog log)
{
    private readonly ConcurrentDictionary<string, FaultRule> _rules = new();

    /// <summary>The rules.</summary>
    public IEnumerable<FaultRule> Rules => _rules.Values;

    /// <summary>Adds a rule.</summary>
    public void Add(FaultRule rule) => _rules[rule.Id] = rule;

    /// <summary>Removes a rule, or all.</summary>
    public void Remove(string? id)
    {
        if (id is null)
        {
            _rules.Clear();
        }
        else
        {
            _rules.TryRemove(id, out _);
        }
    }

    /// <summary>Answers a request, with a fault when a rule says so.</summary>
    public async Task HandleAsync(HttpContext http, RequestDelegate next)
    {
        var started = DateTimeOffset.UtcNow;
        var rule = _rules.Values.FirstOrDefault(r => r.Take(http));
        var body = new FaultStream(http, http.Response.Body, rule);
        http.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body, http.Features.GetRequiredFeature<IHttpResponseBodyFeature>()));
        try
        {
            await ApplyAsync(http, rule, next);
        }
        catch (Exception e) when ((body.Cut || http.RequestAborted.IsCancellationRequested) && e is IOException or OperationCanceledException or HttpRequestException)
        {
            // The client went away, or a fault cut it off: there is no one to answer.
            http.Abort();
        }
        finally
        {
            log.Add(http, body.Written, started, rule?.Kind.ToString());
        }
    }

    private static async Task ApplyAsync(HttpContext http, FaultRule? rule, RequestDelegate next)
    {
        switch (rule?.Kind)
        {
            case FaultKind.Status:
                await AnswerAsync(http, rule.Status, rule.Code ?? DefaultCode(rule.Status), "Provoked by the emulator.", rule.Headers, rule.Body);
                return;
            case FaultKind.TokenExpired:
                await ExpiredAsync(http);
                return;
            case FaultKind.Hang:
                await Task.Delay(Timeout.Infinite, http.RequestAborted);
                return;
            case FaultKind.Delay:
                await Task.Delay(rule.Milliseconds, http.RequestAborted);
                break;
            case FaultKind.EtagChange when http.Request.Headers.IfMatch.Count > 0:
                await StorageError.WriteAsync(http, StorageError.ConditionNotMet());
                return;
            case FaultKind.EtagChange:
                http.Response.OnStarting(() =>
                {
                    http.Response.Headers.ETag = $"\"0x8D{Random.Shared.NextInt64(1L << 52):X13}\"";
                    return Task.CompletedTask;
                });
                break;
            case FaultKind.Truncate:
                http.Response.OnStarting(() =>
                {
                    http.Response.ContentLength = http.Response.ContentLength is { } length ? Math.Min(length, rule.Bytes) : null;
                    return Task.CompletedTask;
                });
                break;
            case FaultKind.Reset when rule.Bytes == 0:
                http.Abort();
                return;
        }

        await next(http);
        if (rule?.Kind == FaultKind.Lost && !http.Response.HasStarted)
        {
            http.Abort();
        }
    }

    private static bool Storage(HttpContext http) => http.Request.Host.Host is var host
        && (host.EndsWith(".blob.localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".dfs.localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".file.localhost", StringComparison.OrdinalIgnoreCase));

    private static string DefaultCode(int status) => status switch
    {
        401 => "InvalidAuthenticationToken",
        403 => "AuthorizationFailed",
        404 => "ResourceNotFound",
        409 => "Conflict",
        429 => "TooManyRequests",
        500 => "InternalError",
        503 => "ServerBusy",
        _ => "Fault",
    };

    private static async Task AnswerAsync(HttpContext http, int status, string code, string message, IReadOnlyDictionary<string, string> headers, string? body)
    {
        var error = new ServiceException(status, code, message) { FromGateway = true, Headers = [.. headers] };
        if (body is not null)
        {
            http.Response.StatusCode = status;
            http.Response.ContentType = body.StartsWith('{') ? "application/json; charset=utf-8" : body.StartsWith('<') ? "application/xml" : "text/plain";
            foreach (var (name, value) in headers)
            {
                http.Response.Headers[name] = value;
            }

            await http.Response.WriteAsync(body, http.RequestAborted);
        }
        else if (Storage(http))
        {
            await StorageError.WriteAsync(http, error);
        }
        else
        {
            await ArmErrors.WriteAsync(new Exchange(http, new Dictionary<string, string>()), error, "eastus");
        }
    }

    private static Task ExpiredAsync(HttpContext http)
    {
        if (!Storage(http))
        {
            const string challenge = "Bearer authorization_uri=\"https://login.windows.net/common\", error=\"invalid_token\", error_description=\"The access token expired.\"";
            return AnswerAsync(http, 401, "ExpiredAuthenticationToken", "The access token expiry UTC time is earlier than current UTC time.", new Dictionary<string, string> { ["WWW-Authenticate"] = challenge }, null);
        }

        return http.Request.Headers.Authorization.ToString().StartsWith("Bearer", StringComparison.OrdinalIgnoreCase)
            ? AnswerAsync(http, 401, "InvalidAuthenticationInfo", "Server failed to authenticate the request. Lifetime validation failed. The token is expired.", new Dictionary<string, string> { ["WWW-Authenticate"] = "Bearer authorization_uri=https://login.microsoftonline.com/common/oauth2/authorize resource_id=https://storage.azure.com" }, null)
            : StorageError.WriteAsync(http, StorageError.AuthenticationFailed("Signature not valid in the specified time frame."));
    }
}
