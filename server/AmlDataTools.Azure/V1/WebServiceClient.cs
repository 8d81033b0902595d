using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure.Core;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Azure.V1;

/// <summary>Web services of SDK v1: the model management service, version 1.0 (specification 2019-09-30).</summary>
public sealed class WebServiceClient
{
    private const string Service = "modelmanagement/v1.0";
    private const int MaxPages = 10_000;

    private readonly WorkspaceEndpoints _endpoints;
    private readonly WebServiceOperation _operation;
    private readonly JsonSender _sender;

    internal WebServiceClient(WorkspaceEndpoints endpoints, JsonSender sender, ArmPollingSettings polling)
    {
        _operation = new WebServiceOperation(sender, polling);
        _endpoints = endpoints;
        _sender = sender;
    }

    /// <summary>All web services, page by page.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="AzureServiceException">The service refused.</exception>
    /// <exception cref="ForeignHostException">A link leads to another host.</exception>
    public async IAsyncEnumerable<WebServiceDocument> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var first = await _endpoints.AddressAsync(Service, "/services", cancellationToken).ConfigureAwait(false);
        var address = first;
        for (var count = 0; count < MaxPages; count++)
        {
            var body = await _sender.GetAsync(address, cancellationToken).ConfigureAwait(false);
            foreach (var raw in body.Items("value"))
            {
                yield return new WebServiceDocument(raw);
            }

            if (body.Text("nextLink") is not { Length: > 0 } link)
            {
                yield break;
            }

            address = Follow(first, address, link);
        }

        throw new AzureServiceException(200, "TooManyPages", $"The service's list did not end within {MaxPages} pages.") { Host = first.Host };
    }

    /// <summary>One web service.</summary>
    /// <param name="id">Its id, which is its name.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="AzureServiceException">Status 404: it is not there.</exception>
    public async Task<WebServiceDocument> GetAsync(string id, CancellationToken cancellationToken)
        => new(await _sender.GetAsync(await AddressAsync(id, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false));

    /// <summary>Deletes a web service, and waits for the operation when the service begins one (202 with <c>Operation-Location</c>).</summary>
    /// <param name="id">Its id, which is its name.</param>
    /// <param name="cancellationToken">Stops waiting; the delete may still take effect.</param>
    /// <returns>HTTP status: 200 deleted, 204 was not there, 202 taken, but its end is not known: read it back.</returns>
    /// <exception cref="ArgumentException">The id is empty, blank, dots, or holds a slash.</exception>
    /// <exception cref="AzureServiceException">Refused, or the operation failed.</exception>
    public async Task<int> DeleteAsync(string id, CancellationToken cancellationToken)
    {
        var address = await AddressAsync(id, cancellationToken).ConfigureAwait(false);
        var answer = await _sender.SendAsync(RequestMethod.Delete, address, null, SendOptions.Delete, cancellationToken).ConfigureAwait(false);
        if (answer.Status != 202 || OperationId(answer) is not { } operation)
        {
            return answer.Status;
        }

        // Only the id is taken from the link, as azureml-core does: so no token can follow it elsewhere.
        var progress = await _endpoints.AddressAsync(Service, "/operations/" + DataPlanePages.Segment(operation), cancellationToken).ConfigureAwait(false);
        return await _operation.WaitAsync(progress, cancellationToken).ConfigureAwait(false) ? 200 : 202;
    }

    private static string? OperationId(JsonAnswer answer)
    {
        var link = answer.Headers.TryGetValue("Operation-Location", out var value) ? value?.Split('?')[0].TrimEnd('/') : null;
        var id = link is null ? string.Empty : Uri.UnescapeDataString(link[(link.LastIndexOf('/') + 1)..]);
        return id.Trim().Length == 0 || id is "." or ".." ? null : id;
    }

    // Links stay at the host that gave the first page; the pipeline checks hosts too, but less narrowly.
    private static Uri Follow(Uri first, Uri current, string link)
    {
        if (!Uri.TryCreate(first, link, out var next) || next == current)
        {
            throw new AzureServiceException(200, "InvalidNextLink", "The service gave a link to the next page that leads nowhere or back to the same page.") { Host = first.Host };
        }

        return next.Scheme == first.Scheme && next.Authority == first.Authority ? next : throw new ForeignHostException(next);
    }

    private Task<Uri> AddressAsync(string id, CancellationToken cancellationToken)
        => _endpoints.AddressAsync(Service, "/services/" + V1Name.Segment(id), cancellationToken);
}

/// <summary>A web service of SDK v1.</summary>
/// <param name="Raw">As the service gave it.</param>
public sealed record WebServiceDocument(JsonElement Raw)
{
    /// <summary>Its id.</summary>
    public string Id => Raw.Text("id") ?? Name;

    /// <summary>Its name.</summary>
    public string Name => Raw.Text("name") ?? string.Empty;

    /// <summary>ACI, AKS, AMLCOMPUTE, IOT, AKSENDPOINT.</summary>
    public string? ComputeType => Raw.Text("computeType");

    /// <summary>Transitioning, Healthy, Unhealthy, Failed.</summary>
    public string? State => Raw.Text("state");

    /// <summary>When it was made.</summary>
    public DateTimeOffset? CreatedTime => Raw.Moment("createdTime");

    /// <summary>When it was changed last.</summary>
    public DateTimeOffset? UpdatedTime => Raw.Moment("updatedTime");

    /// <summary>What it is for.</summary>
    public string? Description => Raw.Text("description");

    /// <summary>Its tags.</summary>
    public IReadOnlyDictionary<string, string> Tags => Raw.Texts("kvTags");

    /// <summary>Ids of the models it serves (<c>name:version</c>); empty when not told.</summary>
    public IReadOnlyList<string> ModelIds
        => [.. Raw.Items("models").Select(model => model.Text("id")).Concat(
            (Raw.Child("environmentImageRequest") ?? default).Items("modelIds").Select(id => id.ValueKind == JsonValueKind.String ? id.GetString() : null))
            .OfType<string>().Distinct(StringComparer.Ordinal)];
}
