using System.Globalization;
using System.Runtime.CompilerServices;
using Azure.Core;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.RunHistory;

namespace AmlDataTools.Azure.V1;

/// <summary>
/// The dataset service, version 1.2: the datasets that SDK v1 registers (paths and parameters as azureml-core's REST client
/// uses them; not published).
/// </summary>
public sealed class DatasetClient
{
    private const string Service = "dataset/v1.2";
    private const int PageSize = 100;

    private readonly WorkspaceEndpoints _endpoints;
    private readonly JsonSender _sender;

    internal DatasetClient(WorkspaceEndpoints endpoints, JsonSender sender)
    {
        _endpoints = endpoints;
        _sender = sender;
    }

    /// <summary>A page of the registered datasets, each with its latest definition.</summary>
    /// <param name="continuationToken">The previous page's; null for the first.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="AzureServiceException">The service refused.</exception>
    public async Task<HistoryPage<DatasetDocument>> ListPageAsync(string? continuationToken, CancellationToken cancellationToken)
    {
        var query = DataPlanePages.Query(
            ("includeLatestDefinition", "true"), ("pageSize", PageSize.ToString(CultureInfo.InvariantCulture)), ("continuationToken", continuationToken));
        var address = await _endpoints.AddressAsync(Service, "/datasets" + query, cancellationToken).ConfigureAwait(false);
        return DataPlanePages.Read(await _sender.GetAsync(address, cancellationToken).ConfigureAwait(false), raw => new DatasetDocument(raw));
    }

    /// <summary>All registered datasets, page by page.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="AzureServiceException">The service refused.</exception>
    public async IAsyncEnumerable<DatasetDocument> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? token = null;
        do
        {
            var page = await ListPageAsync(token, cancellationToken).ConfigureAwait(false);
            foreach (var dataset in page.Items)
            {
                yield return dataset;
            }

            token = DataPlanePages.Advance(token, page.ContinuationToken);
        }
        while (token is not null);
    }

    /// <summary>
    /// Takes a dataset out of the registry, all its versions; its data stays. A name that would address the collection is
    /// refused before a request is made: the service answers a DELETE without a name by unregistering every dataset.
    /// </summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Stops waiting for the answer; the request may still take effect.</param>
    /// <exception cref="ArgumentException">The name is empty, blank, dots, or holds a slash.</exception>
    /// <exception cref="AzureServiceException">Refused, or no such dataset (404).</exception>
    public async Task UnregisterAsync(string name, CancellationToken cancellationToken)
    {
        var address = await _endpoints.AddressAsync(Service, "/datasets/" + V1Name.Segment(name), cancellationToken).ConfigureAwait(false);
        await _sender.SendAsync(RequestMethod.Delete, address, null, SendOptions.Delete, cancellationToken).ConfigureAwait(false);
    }
}
