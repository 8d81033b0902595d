using System.Text.Json;
using Azure.Core;
using AmlDataTools.Azure.Cloud;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Azure.Arm;

/// <summary>
/// Whatever lies below a workspace at Resource Manager, as raw JSON: typed documents would drop what they do not know when
/// it is written back. A collection can be listed, and never changed or deleted.
/// </summary>
public sealed class WorkspaceResources
{
    private readonly ArmPolling _polling;
    private readonly ArmRequests _requests;
    private readonly WorkspaceRef _workspace;

    internal WorkspaceResources(CloudDescription cloud, ArmRequests requests, WorkspaceRef workspace, ArmPollingSettings polling)
    {
        _requests = requests;
        _workspace = workspace;
        _polling = new ArmPolling(cloud, requests.Sender, polling);
    }

    /// <summary>One page of a collection.</summary>
    /// <param name="collection">Which: <c>models</c>, <c>models/{name}/versions</c>.</param>
    /// <param name="query">Further parameters such as <c>listViewType</c>; those without a value are left out.</param>
    /// <param name="nextLink">The previous page's, used unchanged; null for the first page.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="ArgumentException">The path names a single resource.</exception>
    /// <exception cref="AzureServiceException">The service refused.</exception>
    /// <exception cref="ForeignHostException">The link leads to another host.</exception>
    public async Task<ArmPage<ArmResource>> ListPageAsync(
        ResourcePath collection, IReadOnlyList<(string Name, string? Value)> query, string? nextLink, CancellationToken cancellationToken)
        => await _requests.PageAsync(
            nextLink is null ? CollectionAddress(collection, query) : _requests.Follow(nextLink), raw => new ArmResource(raw), cancellationToken).ConfigureAwait(false);

    /// <summary>A whole collection, page by page.</summary>
    /// <param name="collection">Which.</param>
    /// <param name="query">Further parameters; those without a value are left out.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="ArgumentException">The path names a single resource.</exception>
    /// <exception cref="AzureServiceException">The service refused.</exception>
    public IAsyncEnumerable<ArmResource> ListAsync(
        ResourcePath collection, IReadOnlyList<(string Name, string? Value)> query, CancellationToken cancellationToken)
        => _requests.AllAsync(CollectionAddress(collection, query), raw => new ArmResource(raw), cancellationToken);

    /// <summary>One resource.</summary>
    /// <param name="path">Which.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="ArgumentException">The path names a collection.</exception>
    /// <exception cref="AzureServiceException">Status 404: it is not there.</exception>
    public async Task<ArmResource> GetAsync(ResourcePath path, CancellationToken cancellationToken)
    {
        var answer = await _requests.Sender.SendAsync(RequestMethod.Get, SingleAddress(path, []), null, cancellationToken).ConfigureAwait(false);
        return new ArmResource(answer.Body, answer.Headers.ETag?.ToString("H"));
    }

    /// <summary>Writes a resource and waits until that is done.</summary>
    /// <param name="path">Which.</param>
    /// <param name="body">The whole of it, sent as it stands.</param>
    /// <param name="ifMatch">The entity tag it must have; null where the service gives none.</param>
    /// <param name="cancellationToken">Stops waiting; what was sent may still take effect.</param>
    /// <exception cref="ArgumentException">The path names a collection, or the body is no object.</exception>
    /// <exception cref="AzureServiceException">Status 412: it has changed. Others: refused, or the operation failed.</exception>
    public async Task<ArmAnswer> PutAsync(ResourcePath path, JsonElement body, string? ifMatch, CancellationToken cancellationToken)
    {
        var address = SingleAddress(path, []);
        if (body.ValueKind != JsonValueKind.Object)
        {
            throw new ArgumentException("A resource is a JSON object.", nameof(body));
        }

        var answer = await _requests.Sender.SendAsync(
            RequestMethod.Put, address, BinaryData.FromString(body.GetRawText()), new SendOptions(ifMatch, false), cancellationToken).ConfigureAwait(false);
        return await _polling.WaitAsync(ArmAnswer.From(answer.Status, answer.Headers, address), null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Begins to delete a resource. The pipeline repeats it after faults of the service and broken connections, which does no
    /// harm; 429 is not repeated, so that the caller can pace all its deletes by <see cref="AzureServiceException.RetryAfter"/>.
    /// </summary>
    /// <param name="path">Which.</param>
    /// <param name="query">Further parameters such as <c>underlyingResourceAction</c>; those without a value are left out.</param>
    /// <param name="cancellationToken">Stops waiting for the answer; the delete may still take effect.</param>
    /// <exception cref="ArgumentException">The path names a collection.</exception>
    /// <exception cref="AzureServiceException">Refused: 404 (not there, or gone by an earlier attempt), 409 (<c>ScopeLocked</c>), 429.</exception>
    public async Task<ArmAnswer> DeleteAsync(
        ResourcePath path, IReadOnlyList<(string Name, string? Value)> query, CancellationToken cancellationToken)
    {
        var address = SingleAddress(path, query);
        var answer = await _requests.Sender.SendAsync(
            RequestMethod.Delete, address, null, SendOptions.Delete, cancellationToken).ConfigureAwait(false);
        return ArmAnswer.From(answer.Status, answer.Headers, address);
    }

    /// <summary>
    /// Follows a long-running operation to its end. An answer that began none comes back as it is. When the end cannot be known
    /// <see cref="ArmAnswer.OutcomeUnknown"/> is set: read the resource back.
    /// </summary>
    /// <param name="begun">What the request answered.</param>
    /// <param name="progress">Told, after each question, how long it has taken; null for nobody.</param>
    /// <param name="cancellationToken">Stops waiting, not the operation.</param>
    /// <exception cref="AzureServiceException">It failed (<see cref="AzureServiceException.OperationFailed"/>), or <c>OperationTimedOut</c>.</exception>
    /// <exception cref="ForeignHostException">Its progress is said to be at a host that must not be sent a token.</exception>
    public Task<ArmAnswer> WaitAsync(ArmAnswer begun, IProgress<TimeSpan>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(begun);
        return _polling.WaitAsync(begun, progress, cancellationToken);
    }

    /// <summary>
    /// Begins to delete the workspace itself, with all it holds; what it uses (storage account, key vault, ...) stays. 429 is not repeated.
    /// </summary>
    /// <param name="permanently">For good; else it is kept for 14 days where it can be, and its name with it.</param>
    /// <param name="cancellationToken">Stops waiting for the answer; the delete may still take effect.</param>
    /// <exception cref="AzureServiceException">Refused: 403, 404, 409 (a hub with projects, <c>ScopeLocked</c>), 429.</exception>
    public async Task<ArmAnswer> DeleteWorkspaceAsync(bool permanently, CancellationToken cancellationToken)
    {
        var address = _requests.Address(_workspace.EscapedPath, ArmRequests.MachineLearningVersion, ("forceToPurge", permanently ? "true" : "false"));
        var answer = await _requests.Sender.SendAsync(RequestMethod.Delete, address, null, SendOptions.Delete, cancellationToken).ConfigureAwait(false);
        return ArmAnswer.From(answer.Status, answer.Headers, address);
    }

    private Uri CollectionAddress(ResourcePath collection, IReadOnlyList<(string Name, string? Value)> query)
    {
        ArgumentNullException.ThrowIfNull(collection);
        return collection.IsCollection
            ? Address(collection, query)
            : throw new ArgumentException($"{collection} is a single resource and cannot be listed.", nameof(collection));
    }

    private Uri SingleAddress(ResourcePath path, IReadOnlyList<(string Name, string? Value)> query)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.IsCollection
            ? throw new ArgumentException($"{path} is a whole collection; only a single resource can be read, changed or deleted.", nameof(path))
            : Address(path, query);
    }

    private Uri Address(ResourcePath path, IReadOnlyList<(string Name, string? Value)> query)
        => _requests.Address(_workspace.EscapedPath + path.Escaped, ArmRequests.MachineLearningVersion, [.. query]);
}
