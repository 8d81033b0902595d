using System.Text.Json;
using Azure;
using Azure.Core;
using AmlDataTools.Azure.Cloud;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Azure.Arm;

/// <summary>How long-running operations are asked for.</summary>
/// <param name="FirstInterval">Before the first question when the service names no time (it seldom does).</param>
/// <param name="MaxInterval">What the interval grows to, by half each time.</param>
/// <param name="MaxRetryAfter">The longest wait taken from the service.</param>
/// <param name="Patience">How long an operation may take when the service does not tell.</param>
/// <param name="MaxFailuresInARow">How many questions in a row may fail; each was already repeated by the pipeline.</param>
/// <param name="Time">The clock and the timers.</param>
internal sealed record ArmPollingSettings(
    TimeSpan FirstInterval, TimeSpan MaxInterval, TimeSpan MaxRetryAfter, TimeSpan Patience, int MaxFailuresInARow, TimeProvider Time)
{
    public static ArmPollingSettings Default { get; } = new(
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(60), 5, TimeProvider.System);
}

/// <summary>
/// Follows a long-running operation: Azure-AsyncOperation, whose answers hold a status, or else Location, whose HTTP status
/// tells (Microsoft's "Track asynchronous Azure operations").
/// </summary>
internal sealed class ArmPolling(CloudDescription cloud, JsonSender sender, ArmPollingSettings settings)
{
    // A service that asks for no wait at all would otherwise be asked without pause.
    private static readonly TimeSpan LeastInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromHours(24);

    public async Task<ArmAnswer> WaitAsync(ArmAnswer begun, IProgress<TimeSpan>? progress, CancellationToken cancellationToken)
    {
        if (begun.Link is not { } link)
        {
            return begun;
        }

        var limit = begun.OperationTimeout is { } told && told > TimeSpan.Zero ? Least(told, LongestTimeout) : settings.Patience;
        var began = settings.Time.GetTimestamp();
        var interval = settings.FirstInterval;
        var asked = begun.RetryAfter;
        var failures = 0;
        while (true)
        {
            RefuseForeignHost(link);
            await Task.Delay(Interval(asked, interval), settings.Time, cancellationToken).ConfigureAwait(false);
            interval = Least(interval * 1.5, settings.MaxInterval);
            JsonAnswer answer;
            try
            {
                answer = await sender.SendAsync(RequestMethod.Get, link.Address, null, cancellationToken).ConfigureAwait(false);
            }
            catch (AzureServiceException exception) when (exception.Status is 404 or 410)
            {
                // The record of an operation is dropped some time after its end, or with the thing it deleted.
                return Ended(begun, begun.RequestId, begun.CorrelationId, 404) with { OutcomeUnknown = true };
            }
            catch (Exception exception) when (IsPassing(exception, cancellationToken) && failures < settings.MaxFailuresInARow)
            {
                failures++;
                asked = (exception as AzureServiceException)?.RetryAfter;
                RefuseTooLong(began, limit, link);
                continue;
            }

            failures = 0;
            progress?.Report(settings.Time.GetElapsedTime(began));
            var now = ArmAnswer.From(answer.Status, answer.Headers, link.Address);
            if (Outcome(link, answer, now) is { } outcome)
            {
                return Ended(begun, now.RequestId ?? begun.RequestId, now.CorrelationId ?? begun.CorrelationId, 200) with { OutcomeUnknown = outcome == End.Unknown };
            }

            // The link may move; what is asked stays the same kind of question.
            link = now.Link is { } moved && moved.TellsStatus == link.TellsStatus ? moved : link;
            asked = now.RetryAfter;
            RefuseTooLong(began, limit, link);
        }
    }

    private enum End
    {
        Succeeded,
        Unknown,
    }

    /// <summary>Null while it goes on.</summary>
    private static End? Outcome(ArmPollingLink link, JsonAnswer answer, ArmAnswer now)
    {
        var status = answer.Body.Text("status");
        if (Is(status, "Failed") || Is(status, "Canceled") || Is(status, "Cancelled"))
        {
            throw Failure(answer, status ?? string.Empty, link.Address, now);
        }

        if (!link.TellsStatus)
        {
            return answer.Status == 202 ? null : End.Succeeded;
        }

        if (Is(status, "Succeeded"))
        {
            return End.Succeeded;
        }

        // Without a status word: 202 goes on, 204 is the end of a delete, and 200 tells nothing.
        return status is not null || answer.Status == 202 ? null : answer.Status == 204 ? End.Succeeded : End.Unknown;
    }

    private static AzureServiceException Failure(JsonAnswer answer, string status, Uri address, ArmAnswer now)
    {
        var envelope = ErrorEnvelope.Parse(Bytes(answer.Body), headerCode: null);
        var hasError = answer.Body.Child("error") is not null;
        return new AzureServiceException(
            answer.Status,
            (hasError ? envelope.Code : null) ?? "Operation" + (Is(status, "Failed") ? "Failed" : "Canceled"),
            (hasError ? envelope.Message : null) ?? $"The service began the operation and then reported it as {status}, without saying why.")
        {
            OperationFailed = true,
            InnerCodes = envelope.InnerCodes,
            CorrelationId = now.CorrelationId ?? now.RequestId ?? envelope.Correlation,
            Host = address.Host,
        };
    }

    private static ReadOnlyMemory<byte> Bytes(JsonElement body)
        => body.ValueKind == JsonValueKind.Object ? System.Text.Encoding.UTF8.GetBytes(body.GetRawText()) : ReadOnlyMemory<byte>.Empty;

    private static ArmAnswer Ended(ArmAnswer begun, string? requestId, string? correlationId, int status)
        => new(status, requestId, correlationId, null, begun.RemainingDeletes);

    private static bool Is(string? status, string word) => string.Equals(status, word, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether asking again may do better: the service faltered, or the connection did.</summary>
    internal static bool IsPassing(Exception exception, CancellationToken cancellationToken)
        => exception is AzureServiceException refused ? refused.IsRetryable : IsConnection(exception, cancellationToken);

    // What is left when the pipeline gave up: a reset, a name that is not found for a moment, an attempt that took too long.
    private static bool IsConnection(Exception exception, CancellationToken cancellationToken) => !cancellationToken.IsCancellationRequested && exception switch
    {
        RequestFailedException { Status: 0 } or IOException or HttpRequestException or TimeoutException or OperationCanceledException => true,
        AggregateException many => many.InnerExceptions.All(inner => IsConnection(inner, cancellationToken)),
        _ => false,
    };

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private TimeSpan Interval(TimeSpan? asked, TimeSpan own)
    {
        var wait = asked is { } told ? Least(told, settings.MaxRetryAfter) : own;
        return wait < LeastInterval ? LeastInterval : wait;
    }

    private void RefuseForeignHost(ArmPollingLink link)
    {
        if (!cloud.MaySendToken(cloud.ResourceManager, link.Address))
        {
            throw new ForeignHostException(link.Address);
        }
    }

    private void RefuseTooLong(long began, TimeSpan limit, ArmPollingLink link)
    {
        if (settings.Time.GetElapsedTime(began) > limit)
        {
            throw new AzureServiceException(504, "OperationTimedOut", $"The service began the operation and did not finish it within {limit.TotalMinutes:0.#} minutes; it may still do so.")
            {
                Host = link.Address.Host,
            };
        }
    }
}
