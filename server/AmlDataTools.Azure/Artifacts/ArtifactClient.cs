using System.Runtime.CompilerServices;
using System.Text.Json;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.RunHistory;

namespace AmlDataTools.Azure.Artifacts;

/// <summary>An artifact on record.</summary>
/// <param name="Raw">As the service gave it.</param>
public sealed record ArtifactDocument(JsonElement Raw)
{
    /// <summary>Its path in its container.</summary>
    public string Path => Raw.Text("path") ?? string.Empty;

    /// <summary>The ETag on record; it may be older than the blob's.</summary>
    public string? ETag => Raw.Text("etag");

    /// <summary>When it was recorded.</summary>
    public DateTimeOffset? CreatedTime => Raw.Moment("createdTime");

    /// <summary>The datastore it lies in.</summary>
    public string? DatastoreName => Raw.Child("dataPath")?.Text("dataStoreName");

    /// <summary>Its path in the datastore.</summary>
    public string? RelativePath => Raw.Child("dataPath")?.Text("relativePath");
}

/// <summary>Where an artifact's content is fetched.</summary>
/// <param name="Path">Its path in its container.</param>
/// <param name="ContentUri">A signed address: a secret, valid for a while, not to be logged or kept.</param>
public sealed record ArtifactContentInfo(string Path, Uri ContentUri)
{
    /// <summary>The path alone, so that no log can take more.</summary>
    public override string ToString() => Path;
}

/// <summary>The artifact service, version 2.0: what runs left behind, by signed addresses.</summary>
public sealed class ArtifactClient
{
    /// <summary>The origin of what runs leave behind.</summary>
    public const string ExperimentRun = "ExperimentRun";

    private const string Service = "artifact/v2.0";

    private readonly WorkspaceEndpoints _endpoints;
    private readonly JsonSender _sender;

    internal ArtifactClient(WorkspaceEndpoints endpoints, JsonSender sender)
    {
        _endpoints = endpoints;
        _sender = sender;
    }

    /// <summary>A page of the artifacts of a container.</summary>
    /// <param name="origin">Such as <see cref="ExperimentRun"/>.</param>
    /// <param name="container">Such as <c>dcid.{run}</c>.</param>
    /// <param name="path">Only this path and below; null for all.</param>
    /// <param name="continuationToken">The previous page's; null for the first.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<HistoryPage<ArtifactDocument>> ListPageAsync(
        string origin, string container, string? path, string? continuationToken, CancellationToken cancellationToken)
    {
        var query = DataPlanePages.Query(("path", path), ("continuationToken", continuationToken));
        return DataPlanePages.Read(
            await GetAsync(Container(origin, container) + query, cancellationToken).ConfigureAwait(false), raw => new ArtifactDocument(raw));
    }

    /// <summary>All artifacts of a container, page by page.</summary>
    /// <param name="origin">Such as <see cref="ExperimentRun"/>.</param>
    /// <param name="container">Such as <c>dcid.{run}</c>.</param>
    /// <param name="path">Only this path and below; null for all.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public IAsyncEnumerable<ArtifactDocument> ListAsync(string origin, string container, string? path, CancellationToken cancellationToken)
        => AllAsync((token, stop) => ListPageAsync(origin, container, path, token, stop), cancellationToken);

    /// <summary>Where one artifact's content is fetched.</summary>
    /// <param name="origin">Such as <see cref="ExperimentRun"/>.</param>
    /// <param name="container">Such as <c>dcid.{run}</c>.</param>
    /// <param name="path">The artifact.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<ArtifactContentInfo> GetContentInfoAsync(string origin, string container, string path, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return ReadInfo(await GetAsync($"{Container(origin, container)}/contentinfo{DataPlanePages.Query(("path", path))}", cancellationToken).ConfigureAwait(false));
    }

    /// <summary>A page of where the content of all artifacts below a path is fetched.</summary>
    /// <param name="origin">Such as <see cref="ExperimentRun"/>.</param>
    /// <param name="container">Such as <c>dcid.{run}</c>.</param>
    /// <param name="prefix">A folder with its slash at the end; empty for the whole container.</param>
    /// <param name="continuationToken">The previous page's; null for the first.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<HistoryPage<ArtifactContentInfo>> ListContentInfoPageAsync(
        string origin, string container, string prefix, string? continuationToken, CancellationToken cancellationToken)
    {
        var query = DataPlanePages.Query(("path", prefix), ("continuationToken", continuationToken));
        JsonElement body;
        try
        {
            body = await GetAsync($"{Container(origin, container)}/prefix/contentinfo{query}", cancellationToken).ConfigureAwait(false);
        }
        catch (AzureServiceException exception) when (exception.Status is 404 or 405)
        {
            // The published specification has the form above; Microsoft's SDK uses this one.
            var path = $"/artifacts/prefix/contentinfo/{DataPlanePages.Segment(origin)}/{DataPlanePages.Segment(container)}{query}";
            body = await GetAsync(path, cancellationToken).ConfigureAwait(false);
        }

        return DataPlanePages.Read(body, ReadInfo);
    }

    /// <summary>Where the content of all artifacts below a path is fetched, page by page. Addresses end: use them soon.</summary>
    /// <param name="origin">Such as <see cref="ExperimentRun"/>.</param>
    /// <param name="container">Such as <c>dcid.{run}</c>.</param>
    /// <param name="prefix">A folder with its slash at the end; empty for the whole container.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public IAsyncEnumerable<ArtifactContentInfo> ListContentInfoAsync(string origin, string container, string prefix, CancellationToken cancellationToken)
        => AllAsync((token, stop) => ListContentInfoPageAsync(origin, container, prefix, token, stop), cancellationToken);

    private static string Container(string origin, string container)
        => $"/artifacts/{DataPlanePages.Segment(origin)}/{DataPlanePages.Segment(container)}";

    private static ArtifactContentInfo ReadInfo(JsonElement raw)
        => Uri.TryCreate(raw.Text("contentUri"), UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps
            ? new ArtifactContentInfo(raw.Text("path") ?? string.Empty, address)
            : throw new AzureServiceException(200, "InvalidContentUri", "The artifact service gave no https address for the content.");

    private static async IAsyncEnumerable<T> AllAsync<T>(
        Func<string?, CancellationToken, Task<HistoryPage<T>>> read, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? token = null;
        do
        {
            var page = await read(token, cancellationToken).ConfigureAwait(false);
            foreach (var item in page.Items)
            {
                yield return item;
            }

            token = DataPlanePages.Advance(token, page.ContinuationToken);
        }
        while (token is not null);
    }

    private async Task<JsonElement> GetAsync(string relative, CancellationToken cancellationToken)
    {
        var address = await _endpoints.AddressAsync(Service, relative, cancellationToken).ConfigureAwait(false);
        return await _sender.GetAsync(address, cancellationToken).ConfigureAwait(false);
    }
}
