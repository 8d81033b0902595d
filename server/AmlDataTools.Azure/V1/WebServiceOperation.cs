using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Azure.V1;

/// <summary>Follows an operation of the model management service (<c>operations/{id}</c>, specification 2019-09-30).</summary>
internal sealed class WebServiceOperation(JsonSender sender, ArmPollingSettings settings)
{
    /// <summary>Waits for the end.</summary>
    /// <param name="address">Where the operation is asked for.</param>
    /// <param name="cancellationToken">Stops waiting, not the operation.</param>
    /// <returns>Whether it is known to have succeeded; false when its record is gone.</returns>
    /// <exception cref="AzureServiceException">It failed, or <c>OperationTimedOut</c>.</exception>
    public async Task<bool> WaitAsync(Uri address, CancellationToken cancellationToken)
    {
        var began = settings.Time.GetTimestamp();
        var interval = settings.FirstInterval;
        var failures = 0;
        while (settings.Time.GetElapsedTime(began) <= settings.Patience)
        {
            await Task.Delay(interval, settings.Time, cancellationToken).ConfigureAwait(false);
            interval = interval * 1.5 < settings.MaxInterval ? interval * 1.5 : settings.MaxInterval;
            try
            {
                var body = await sender.GetAsync(address, cancellationToken).ConfigureAwait(false);
                failures = 0;
                switch (body.Text("state")?.ToUpperInvariant())
                {
                    case "SUCCEEDED":
                        return true;
                    case "FAILED" or "CANCELLED" or "CANCELED" or "TIMEDOUT":
                        var error = body.Child("error");
                        throw new AzureServiceException(
                            200, error?.Text("code") ?? "OperationFailed", error?.Text("message") ?? $"The service began the operation and then reported it as {body.Text("state")}, without saying why.")
                        {
                            OperationFailed = true,
                            Host = address.Host,
                        };
                    default:
                        break;
                }
            }
            catch (AzureServiceException exception) when (exception.Status is 404 or 410)
            {
                return false;
            }
            catch (Exception exception) when (ArmPolling.IsPassing(exception, cancellationToken) && failures < settings.MaxFailuresInARow)
            {
                failures++;
            }
        }

        throw new AzureServiceException(504, "OperationTimedOut", $"The service began the operation and did not finish it within {settings.Patience.TotalMinutes:0.#} minutes; it may still do so.")
        {
            Host = address.Host,
        };
    }
}
