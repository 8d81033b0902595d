using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Azure.V1;

/// <summary>The assets of model management, version 1.0 (specification of 2019-09-30): the artifacts of models that SDK v1 registered.</summary>
public sealed class ModelAssetClient
{
    private readonly WorkspaceEndpoints _endpoints;
    private readonly JsonSender _sender;

    internal ModelAssetClient(WorkspaceEndpoints endpoints, JsonSender sender)
    {
        _endpoints = endpoints;
        _sender = sender;
    }

    /// <summary>Where the artifacts of an asset lie: <c>{origin}/{container}/{path}</c>; null when it has none, or not all in one place.</summary>
    /// <param name="id">The asset's id.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="ArgumentException">The id is empty, blank, dots, or holds a slash.</exception>
    /// <exception cref="AzureServiceException">Refused, or no such asset (404).</exception>
    public async Task<string?> GetPrefixAsync(string id, CancellationToken cancellationToken)
    {
        var address = await _endpoints.AddressAsync("modelmanagement/v1.0", "/assets/" + V1Name.Segment(id), cancellationToken).ConfigureAwait(false);
        var body = await _sender.GetAsync(address, cancellationToken).ConfigureAwait(false);
        return body.Items("artifacts").ToList() is [var only] && (only.Text("prefix") ?? only.Text("id")) is { Length: > 0 } prefix ? prefix : null;
    }
}
