using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using AmlDataTools.Azure.Http.Network;

namespace AmlDataTools.Azure.Http;

/// <summary>
/// Azure.Core's retry, with a bound on Retry-After: a service that asks for more than that gets no further attempt,
/// so that the person hears of it instead of waiting for an hour.
/// </summary>
internal sealed class BoundedRetryPolicy(RetrySettings settings)
    : RetryPolicy(settings.MaxRetries, DelayStrategy.CreateExponentialDelayStrategy(settings.Delay, settings.MaxDelay))
{
    // A host that cannot be reached seldom can be some seconds later, and somebody may be waiting for the tree to open.
    private const int MaxRetriesOfConnecting = 2;

    /// <inheritdoc/>
    protected override bool ShouldRetry(HttpMessage message, Exception? exception)
        => base.ShouldRetry(message, exception) && !AsksForTooMuch(message) && !IsHopeless(message, exception);

    /// <inheritdoc/>
    protected override async ValueTask<bool> ShouldRetryAsync(HttpMessage message, Exception? exception)
        => await base.ShouldRetryAsync(message, exception).ConfigureAwait(false) && !AsksForTooMuch(message) && !IsHopeless(message, exception);

    private static bool IsHopeless(HttpMessage message, Exception? exception)
    {
        if (NetworkFailure.Of(exception) is { IsFinal: true })
        {
            return true;
        }

        for (var current = exception; current is not null; current = current.InnerException)
        {
            switch (current)
            {
                case HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError }:
                    return true;
                case HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.ProxyTunnelError }:
                    return message.ProcessingContext.RetryNumber >= MaxRetriesOfConnecting;
                default:
                    break;
            }
        }

        return false;
    }

    private bool AsksForTooMuch(HttpMessage message)
        => message.HasResponse && RetryAfter.Read(message.Response) > settings.MaxRetryAfter;
}

/// <summary>The wait a service asks for.</summary>
public static class RetryAfter
{
    /// <summary>Reads <c>retry-after-ms</c>, <c>x-ms-retry-after-ms</c> or <c>Retry-After</c> (seconds or a date); null when there is none.</summary>
    /// <param name="response">The answer.</param>
    public static TimeSpan? Read(Response response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return Read(response.Headers);
    }

    /// <summary>Reads the same from headers alone.</summary>
    /// <param name="headers">The answer's headers.</param>
    public static TimeSpan? Read(ResponseHeaders headers)
    {
        var invariant = System.Globalization.CultureInfo.InvariantCulture;
        foreach (var name in (ReadOnlySpan<string>)["retry-after-ms", "x-ms-retry-after-ms"])
        {
            if (headers.TryGetValue(name, out var text) && int.TryParse(text, System.Globalization.NumberStyles.None, invariant, out var milliseconds))
            {
                return TimeSpan.FromMilliseconds(milliseconds);
            }
        }

        if (!headers.TryGetValue("Retry-After", out var value))
        {
            return null;
        }

        if (int.TryParse(value, System.Globalization.NumberStyles.None, invariant, out var seconds))
        {
            return TimeSpan.FromSeconds(seconds);
        }

        if (!DateTimeOffset.TryParse(value, invariant, System.Globalization.DateTimeStyles.AssumeUniversal, out var date))
        {
            return null;
        }

        var wait = date - DateTimeOffset.UtcNow;
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }
}
