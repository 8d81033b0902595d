using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure.Core;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Azure.Metrics;

/// <summary>The metric service, version 2.0. Its answers are not published and are given raw.</summary>
public sealed class MetricsClient
{
    private const string Service = "metric/v2.0";

    private readonly WorkspaceEndpoints _endpoints;
    private readonly JsonSender _sender;

    internal MetricsClient(WorkspaceEndpoints endpoints, JsonSender sender)
    {
        _endpoints = endpoints;
        _sender = sender;
    }

    /// <summary>Which metrics a run has, page by page: each with <c>name</c> and <c>namespace</c>.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async IAsyncEnumerable<JsonElement> ListAsync(string runId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? token = null;
        do
        {
            var page = DataPlanePages.Read(await PostAsync(runId, "list", null, null, token, cancellationToken).ConfigureAwait(false), raw => raw);
            foreach (var metric in page.Items)
            {
                yield return metric;
            }

            token = DataPlanePages.Advance(token, page.ContinuationToken);
        }
        while (token is not null);
    }

    /// <summary>Every value of a metric, an answer a page: <c>{name, columns, value: [{createdUtc, step, data}]}</c>.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="name">The metric.</param>
    /// <param name="metricNamespace">Its namespace; null for none.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async IAsyncEnumerable<JsonElement> GetFullAsync(
        string runId, string name, string? metricNamespace, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? token = null;
        do
        {
            var body = await PostAsync(runId, "full", name, metricNamespace, token, cancellationToken).ConfigureAwait(false);
            yield return body;
            var next = body.Text("continuationToken");
            token = DataPlanePages.Advance(token, string.IsNullOrEmpty(next) ? null : next);
        }
        while (token is not null);
    }

    /// <summary>A sample of a metric's values, for drawing.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="name">The metric.</param>
    /// <param name="metricNamespace">Its namespace; null for none.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public Task<JsonElement> GetSampleAsync(string runId, string name, string? metricNamespace, CancellationToken cancellationToken)
        => PostAsync(runId, "sample", name, metricNamespace, null, cancellationToken);

    /// <summary>Deletes all metrics of a run.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Stops waiting for the answer; the delete may still take effect.</param>
    /// <exception cref="AzureServiceException">Refused, or the run is not there (404).</exception>
    public async Task DeleteMetricsAsync(string runId, CancellationToken cancellationToken)
    {
        var address = await _endpoints.AddressAsync(Service, $"/runs/{DataPlanePages.Segment(runId)}/deleteMetrics", cancellationToken).ConfigureAwait(false);
        await _sender.SendAsync(RequestMethod.Delete, address, null, SendOptions.Delete, cancellationToken).ConfigureAwait(false);
    }

    private async Task<JsonElement> PostAsync(
        string runId, string verb, string? name, string? metricNamespace, string? continuationToken, CancellationToken cancellationToken)
    {
        var address = await _endpoints.AddressAsync(Service, $"/runs/{DataPlanePages.Segment(runId)}/{verb}", cancellationToken).ConfigureAwait(false);
        return await _sender.PostAsync(
            address,
            writer =>
            {
                writer.WriteStartObject();
                foreach (var (key, value) in (ReadOnlySpan<(string, string?)>)
                    [("metricName", name), ("metricNamespace", metricNamespace), ("continuationToken", continuationToken)])
                {
                    if (value is not null)
                    {
                        writer.WriteString(key, value);
                    }
                }

                writer.WriteEndObject();
            },
            cancellationToken).ConfigureAwait(false);
    }
}
