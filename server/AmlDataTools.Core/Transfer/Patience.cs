using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.Http.Network;
using AmlDataTools.Core.Problems;
using Azure;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Transfer;

/// <summary>How long a request is tried again.</summary>
internal interface IPatienceSettings
{
    /// <summary>Attempts before it is given up.</summary>
    int Attempts { get; }

    /// <summary>First wait between attempts; doubles up to <see cref="LongestDelay"/>.</summary>
    TimeSpan FirstDelay { get; }

    /// <summary>Longest wait of our own choice; a service's Retry-After may be longer.</summary>
    TimeSpan LongestDelay { get; }

    /// <summary>Longest wait that a service may ask for; beyond it the operation stops and can be resumed.</summary>
    TimeSpan LongestRetryAfter { get; }
}

/// <summary>Waits between attempts at a request to storage: what asks for fewer requests slows all of them down.</summary>
/// <param name="what">What is attempted, for the log: <c>read</c>, <c>copy</c>.</param>
/// <param name="governor">Holds all requests back while the service throttles.</param>
/// <param name="settings">How long.</param>
/// <param name="progress">Told what is waited for.</param>
/// <param name="time">The time.</param>
/// <param name="logger">For the log.</param>
internal sealed class Patience(string what, RequestGovernor governor, IPatienceSettings settings, TransferProgress progress, TimeProvider time, ILogger logger)
{
    /// <summary>Whether an attempt that failed so may be followed by another. Failures of the local disk never are.</summary>
    public static bool IsPassing(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        ProblemException problem => problem.Retryable,
        _ when NetworkFailure.Of(exception) is { IsFinal: true } => false,
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        AzureServiceException service => service.IsRetryable,
        RequestFailedException { Status: 0 } or HttpRequestException or IOException or InvalidDataException or AggregateException => true,
        _ => false,
    };

    /// <summary>Waits before the next attempt.</summary>
    /// <param name="name">The blob.</param>
    /// <param name="attempt">Which attempt failed, from 1.</param>
    /// <param name="failure">Why.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProblemException">It was the last, or the service asks for too long a wait.</exception>
    public async Task WaitAsync(string name, int attempt, Exception failure, CancellationToken cancellationToken)
    {
        var throttled = failure as AzureServiceException is { Status: 429 or 503 } refusal ? refusal : null;
        var asked = throttled?.RetryAfter;
        if (attempt >= settings.Attempts || asked > settings.LongestRetryAfter)
        {
            throw ProblemMapper.From(failure, new ProblemContext(ProblemSubject.Storage, name));
        }

        var own = settings.FirstDelay * Math.Pow(2, attempt - 1) * (0.75 + (0.5 * Random.Shared.NextDouble()));
        var wait = own < settings.LongestDelay ? own : settings.LongestDelay;
        wait = asked > wait ? asked.Value : wait;
        logger.LogInformation("Attempt {Attempt} to {What} {Name} failed ({Reason}); next in {Wait:F1} s.", attempt, what, name, Reason(failure), wait.TotalSeconds);
        if (throttled is not null)
        {
            governor.Throttled(wait);
            progress.Waiting = $"The storage account is throttling; going on in {Math.Ceiling(wait.TotalSeconds)} s, more slowly.";
        }
        else if (attempt > 1)
        {
            progress.Waiting = "The storage account does not answer; trying again.";
        }

        await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
    }

    private static string Reason(Exception failure) => failure is AzureServiceException service ? $"{service.Status} {service.Code}" : failure.GetType().Name;
}
