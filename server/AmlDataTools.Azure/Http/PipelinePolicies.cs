using System.Diagnostics;
using Azure.Core;
using Azure.Core.Pipeline;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Azure.Http;

/// <summary>Names this program, and gives each call one id that the service's logs hold too.</summary>
internal sealed class IdentifyingPolicy(string userAgent) : HttpPipelineSynchronousPolicy
{
    /// <inheritdoc/>
    public override void OnSendingRequest(HttpMessage message)
    {
        message.Request.Headers.SetValue("User-Agent", userAgent);
        message.Request.Headers.SetValue("x-ms-client-request-id", message.Request.ClientRequestId);
        message.Request.Headers.SetValue("x-ms-correlation-request-id", message.Request.ClientRequestId);
    }
}

/// <summary>Logs every attempt: method, host, path, status, time. Never a query string, a header or a body.</summary>
internal sealed class RequestLogPolicy(ILogger logger) : HttpPipelinePolicy
{
    /// <inheritdoc/>
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        => throw new NotSupportedException("Requests are sent asynchronously only.");

    /// <inheritdoc/>
    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            await ProcessNextAsync(message, pipeline).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            logger.LogInformation(
                "{Method} {Target} failed after {Milliseconds} ms: {Kind} ({RequestId})",
                message.Request.Method, Target(message), (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds,
                exception.GetType().Name, message.Request.ClientRequestId);
            throw;
        }

        var level = message.Response.IsError ? LogLevel.Information : LogLevel.Debug;
        if (!logger.IsEnabled(level))
        {
            return;
        }

        logger.Log(
            level,
            "{Method} {Target} answered {Status} in {Milliseconds} ms ({RequestId})",
            message.Request.Method, Target(message), message.Response.Status,
            (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds, message.Request.ClientRequestId);
    }

    private static string Target(HttpMessage message)
    {
        // From the builder: an address that was made without clean-up (blob names may hold "..") refuses to be taken apart.
        var uri = message.Request.Uri;
        return $"{uri.Scheme}://{uri.Host}:{uri.Port}{(QuietPaths.Covers(message) ? "/..." : uri.Path)}";
    }
}
