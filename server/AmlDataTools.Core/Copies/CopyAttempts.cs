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
    private readonly Patience _patience = new("copy", governor, settings, progress, time, logger);

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
            catch (CopySourceException exception)
            {
                // The source asks for patience, as a throttled storage account does.
                failure = exception.Answer;
            }
            catch (Exception exception) when (Patience.IsPassing(exception, cancellationToken))
            {
                failure = exception;
            }

            // A refusal for load did nothing; anything else may have been carried out without our hearing of it.
            unsure |= failure is not AzureServiceException { Status: 429 or 503 };
            await _patience.WaitAsync(name, attempt, failure, cancellationToken).ConfigureAwait(false);
        }
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
