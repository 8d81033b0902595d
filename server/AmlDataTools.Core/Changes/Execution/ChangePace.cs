using System.Globalization;
using Azure;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.Http.Network;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Changes.Execution;

/// <summary>
/// Paces the requests of an operation within a service's limits: fewer at once after each refusal for load, slower as the
/// quota of deletes that the service tells of shrinks. Load fails nothing unless it lasts too long.
/// </summary>
internal sealed class ChangePace(ChangeSettings settings, TransferProgress progress, TimeProvider time) : IDisposable
{
    private readonly RequestGovernor _governor = new(settings.Parallel, time);
    private readonly Lock _lock = new();
    private DateTimeOffset _nextDelete;
    private TimeSpan _gap;

    /// <summary>Sends a request when it is its turn.</summary>
    /// <param name="send">Sends it.</param>
    /// <param name="repeatable">Whether faults of the service and broken connections are worth another attempt here: where no pipeline does so.</param>
    /// <param name="cancellationToken">Ends the wait for its turn.</param>
    public async Task<T> SendAsync<T>(Func<Task<T>> send, bool repeatable, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            using var place = await _governor.EnterAsync(cancellationToken).ConfigureAwait(false);
            TimeSpan wait;
            try
            {
                var answer = await send().ConfigureAwait(false);
                _governor.Answered();
                if (_governor.HeldUntil <= time.GetUtcNow())
                {
                    progress.Waiting = null;
                }

                return answer;
            }
            catch (AzureServiceException exception) when (IsLoad(exception) && time.GetElapsedTime(began) < settings.Patience)
            {
                wait = exception.RetryAfter ?? Own(attempt);
                _governor.Throttled(wait);
                progress.Waiting = string.Create(CultureInfo.InvariantCulture, $"The service asks for fewer requests; going on at {time.GetUtcNow() + wait:HH:mm:ss} UTC.");
                continue;
            }
            catch (Exception exception) when (repeatable && attempt < settings.Attempts && IsFault(exception) && !cancellationToken.IsCancellationRequested)
            {
                wait = exception is AzureServiceException { RetryAfter: { } asked } ? asked : Own(attempt);
            }

            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until another delete fits the quota.</summary>
    public async Task DeleteTurnAsync(CancellationToken cancellationToken)
    {
        TimeSpan wait;
        lock (_lock)
        {
            var now = time.GetUtcNow();
            _nextDelete = (_nextDelete > now ? _nextDelete : now) + _gap;
            wait = _nextDelete - now;
        }

        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The service told how many deletes are left; the bucket fills again by some a second.</summary>
    public void Remaining(int? deletes)
    {
        if (deletes is { } left)
        {
            lock (_lock)
            {
                _gap = left switch
                {
                    > 100 => TimeSpan.Zero,
                    > 40 => TimeSpan.FromMilliseconds(50),
                    > 10 => TimeSpan.FromMilliseconds(150),
                    > 2 => TimeSpan.FromMilliseconds(500),
                    _ => TimeSpan.FromSeconds(1),
                };
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _governor.Dispose();

    private static bool IsLoad(AzureServiceException exception) => exception.Status is 429 || (exception.Status == 503 && exception.HasCode("ServerBusy"));

    /// <summary>A fault of the service, a broken connection, or an answer cut short.</summary>
    private static bool IsFault(Exception exception) =>
        NetworkFailure.Of(exception) is not { IsFinal: true } && exception is AzureServiceException { IsRetryable: true } or RequestFailedException { Status: 0 } or HttpRequestException or IOException or InvalidDataException;

    private TimeSpan Own(int attempt)
    {
        var wait = settings.FirstDelay * Math.Pow(2, Math.Min(attempt, 12) - 1) * (0.75 + (0.5 * Random.Shared.NextDouble()));
        return wait < settings.LongestDelay ? wait : settings.LongestDelay;
    }
}
