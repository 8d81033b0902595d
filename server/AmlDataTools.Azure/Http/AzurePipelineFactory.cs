using System.Runtime.InteropServices;
using Azure.Core;
using Azure.Core.Pipeline;
using AmlDataTools.Azure.Cloud;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Azure.Http;

/// <summary>Makes the pipelines of a cloud: identification, bounded retry, authentication, log, transport.</summary>
public sealed class AzurePipelineFactory
{
    private static readonly string UserAgent =
        $"AmlDataTools/{typeof(AzurePipelineFactory).Assembly.GetName().Version?.ToString(3) ?? "0.0.0"} ({RuntimeInformation.FrameworkDescription}; {RuntimeInformation.OSDescription.Replace('(', '[').Replace(')', ']')})";

    private readonly AzureTransport _transport;
    private readonly CloudDescription _cloud;
    private readonly ILogger _logger;

    /// <summary>Makes the factory.</summary>
    /// <param name="cloud">The cloud, whose rules on hosts the token policies keep.</param>
    /// <param name="transport">The connections, owned by the caller.</param>
    /// <param name="loggerFactory">For the request log.</param>
    public AzurePipelineFactory(CloudDescription cloud, AzureTransport transport, ILoggerFactory loggerFactory)
    {
        _cloud = cloud;
        _transport = transport;
        _logger = loggerFactory.CreateLogger("AmlDataTools.Azure.Http");
    }

    /// <summary>A pipeline with authentication of the caller's choosing; without any policy it is anonymous (signed addresses).</summary>
    /// <param name="authPolicies">Run for every attempt, last before the log and the transport.</param>
    /// <param name="retry">How to repeat; null takes <see cref="RetrySettings.Default"/>.</param>
    public HttpPipeline Create(IReadOnlyList<HttpPipelinePolicy> authPolicies, RetrySettings? retry = null)
    {
        ArgumentNullException.ThrowIfNull(authPolicies);
        retry ??= RetrySettings.Default;
        var options = new PipelineOptions { Transport = _transport.Transport, RetryPolicy = new BoundedRetryPolicy(retry) };
        options.Retry.NetworkTimeout = retry.NetworkTimeout;
        options.Diagnostics.IsLoggingEnabled = false;
        options.Diagnostics.IsTelemetryEnabled = false;
        options.Diagnostics.IsDistributedTracingEnabled = false;
        return HttpPipelineBuilder.Build(
            options,
            [new IdentifyingPolicy(UserAgent)],
            [.. authPolicies, new RequestLogPolicy(_logger)],
            new ResponseClassifier());
    }

    /// <summary>A pipeline that sends the caller's token, and only where the cloud allows it.</summary>
    /// <param name="credential">Whose token.</param>
    /// <param name="origin">Where the requests begin.</param>
    /// <param name="audiences">Token audiences; the first is tried first, the next when the service answers 401.</param>
    /// <param name="retry">How to repeat; null takes <see cref="RetrySettings.Default"/>.</param>
    public HttpPipeline CreateForToken(TokenCredential credential, Uri origin, IReadOnlyList<string> audiences, RetrySettings? retry = null)
        => Create([new BearerPolicy(credential, _cloud, origin, audiences)], retry);

    /// <summary>A pipeline for one storage account with the caller's token.</summary>
    /// <param name="credential">Whose token.</param>
    /// <param name="account">An address of the account.</param>
    /// <param name="retry">How to repeat; null takes <see cref="RetrySettings.Default"/>.</param>
    /// <exception cref="ForeignHostException">The address is not a storage host of the cloud.</exception>
    public HttpPipeline CreateForStorage(TokenCredential credential, Uri account, RetrySettings? retry = null)
        => _cloud.IsStorageHost(account)
            ? CreateForToken(credential, account, [_cloud.StorageAudience], retry)
            : throw new ForeignHostException(account);

    private sealed class PipelineOptions : ClientOptions;
}
