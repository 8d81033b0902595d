using AmlDataTools.Azure.Blobs;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Transfer;
using Azure;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Copies;

/// <summary>Does requests of a copy until they are answered: a throttling service is waited for, a broken connection asked again.</summary>
internal sealed class CopyAttempts(RequestGovernor governor, CopySettings settings, TransferProgress progress, TimeProvider time, ILogger logger)
{
    /// <summary>Does a request.</summary>
    /// <param name="name">What it is about.</param>
    /// <param name="ask">Does it once.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The answer, and whether an earlier attempt may have had its effect although its answer did not come.</returns>
    /// <exception cref="CopyRefusedException">The service refused for good.</exception>
    /// <exception cref="ProblemException">Access was refused, or the service could not be reached after several attempts.</exception>
    public async Task<(T Answer, bool Unsure)> DoAsync<T>(string name, Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        var unsure = false;
        for (var attempt = 1; ; attempt++)
        {
            Exception failure;
            try
            {
                using var place = await governor.EnterAsync(cancellationToken).ConfigureAwait(false);
                var answer = await ask(cancellationToken).ConfigureAwait(false);
                governor.Answered();
                if (progress.Waiting is not null && governor.HeldUntil <= time.GetUtcNow())
                {
                    progress.Waiting = null;
                }

                return (answer, unsure);
            }
            catch (CopySourceException exception) when (!exception.Answer.IsRetryable)
            {
                throw new CopyRefusedException(exception.Answer, ofSource: true, unsure);
            }
            catch (AzureServiceException exception) when (!exception.IsRetryable)
            {
                throw new CopyRefusedException(exception, ofSource: false, unsure);
            }
            catch (Exception exception) when (IsPassing(exception, cancellationToken))
            {
                failure = exception;
            }

            // A refusal for load did nothing; anything else may have been carried out without our hearing of it.
            unsure |= failure is not AzureServiceException { Status: 429 or 503 };
            await WaitAsync(name, attempt, failure, cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool IsPassing(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        ProblemException problem => problem.Retryable,
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        AzureServiceException or RequestFailedException { Status: 0 } or HttpRequestException or IOException or InvalidDataException or AggregateException => true,
        _ => false,
    };

    private async Task WaitAsync(string name, int attempt, Exception failure, CancellationToken cancellationToken)
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
        logger.LogInformation(
            "Attempt {Attempt} to copy {Name} failed ({Reason}); next in {Wait:F1} s.", attempt, name, failure is AzureServiceException service ? $"{service.Status} {service.Code}" : failure.GetType().Name, wait.TotalSeconds);
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
}

/// <summary>The service refused a request of a copy for good.</summary>
/// <param name="answer">What it said.</param>
/// <param name="ofSource">Whether it speaks of the source.</param>
/// <param name="unsure">Whether an earlier attempt at the same may have had its effect.</param>
internal sealed class CopyRefusedException(AzureServiceException answer, bool ofSource, bool unsure) : Exception(answer.Message, answer)
{
    /// <summary>What it said.</summary>
    public AzureServiceException Answer => answer;

    /// <summary>Whether it speaks of the source.</summary>
    public bool OfSource => ofSource;

    /// <summary>Whether an earlier attempt at the same may have had its effect.</summary>
    public bool Unsure => unsure;

    /// <summary>Whether something else is under the name.</summary>
    public bool IsTaken => !ofSource && (answer.Code is "BlobAlreadyExists" || (answer.Status == 412 && answer.Code is "ConditionNotMet" or "TargetConditionNotMet"));

    /// <summary>Whether staged blocks that a list named are not there.</summary>
    public bool LacksBlocks => !ofSource && answer.Code is "InvalidBlockList";
}
