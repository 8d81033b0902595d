using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.Http.Network;
using Azure;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Storage;

/// <summary>
/// Asks again where storage only stumbled: for listings and properties, which a plan of many pages needs all of. Reads of
/// a blob's bytes go on at the byte they had reached and have a way of their own.
/// </summary>
internal static class Stumbling
{
    private const int Refusals = 5;

    // Somebody is waiting.
    private const int Breaks = 3;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(1);

    /// <summary>Does it, several times if need be.</summary>
    public static async Task<T> RetryAsync<T>(ILogger logger, Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan wait;
            try
            {
                return await ask().ConfigureAwait(false);
            }
            catch (AzureServiceException exception) when (exception.IsRetryable && attempt < Refusals && !(exception.RetryAfter > LongestRetryAfter))
            {
                wait = Own(attempt) is var own && exception.RetryAfter is { } asked && asked > own ? asked : own;
                logger.LogInformation("Storage answered {Status} {Code}; asking again in {Wait:F1} s.", exception.Status, exception.Code, wait.TotalSeconds);
            }
            catch (Exception exception) when (IsBreak(exception) && attempt < Breaks && !cancellationToken.IsCancellationRequested)
            {
                wait = Own(attempt);
                logger.LogInformation("The connection to storage broke ({Reason}); asking again in {Wait:F1} s.", exception.GetType().Name, wait.TotalSeconds);
            }

            await Task.Delay(wait, cancellationToken).ConfigureAwait(false);
        }
    }

    private static TimeSpan Own(int attempt) => FirstDelay * Math.Pow(2, attempt - 1) * (0.75 + (0.5 * Random.Shared.NextDouble()));

    /// <summary>A broken connection or a torn answer. Not silence: a host that does not answer was waited for long enough.</summary>
    private static bool IsBreak(Exception exception)
    {
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is OperationCanceledException or TimeoutException)
            {
                return false;
            }
        }

        return NetworkFailure.Of(exception) is not { IsFinal: true } && exception is RequestFailedException { Status: 0 } or HttpRequestException or IOException or InvalidDataException;
    }
}
