using AmlDataTools.Azure.Cloud;
using AmlDataTools.Azure.Http;
using Azure.Core;
using Azure.Core.Pipeline;

namespace AmlDataTools.Azure.Blobs;

/// <summary>
/// The file system behind a container of a hierarchical account (Data Lake Storage Gen2), where directories are real. Like
/// <see cref="BlobContainer"/> it neither retries nor falls back.
/// </summary>
public sealed class DataLakePath
{
    /// <summary>Of "Path - Delete" and "Path - Undelete"; 2021-12-02 like the blobs'.</summary>
    private const string ServiceVersion = "2021-12-02";
    private const int MaxContinuations = 1_000_000;

    private readonly string _address;
    private readonly string _blobAddress;
    private readonly BlobAuthorization _authorization;
    private readonly HttpPipeline _pipeline;

    /// <summary>Opens the file system of a container; nothing is sent yet.</summary>
    /// <param name="pipelines">Makes the pipeline, without retries.</param>
    /// <param name="cloud">Says which hosts are storage.</param>
    /// <param name="container">Address of the container at the blob endpoint, or already at the dfs endpoint.</param>
    /// <param name="authorization">How requests are authorised.</param>
    /// <exception cref="ForeignHostException">The container is not at a storage host of the cloud.</exception>
    public DataLakePath(AzurePipelineFactory pipelines, CloudDescription cloud, Uri container, BlobAuthorization authorization)
    {
        ArgumentNullException.ThrowIfNull(pipelines);
        ArgumentNullException.ThrowIfNull(authorization);
        var fileSystem = FileSystemOf(cloud, container);
        _address = fileSystem.AbsoluteUri.TrimEnd('/');
        _blobAddress = new UriBuilder(fileSystem) { Host = fileSystem.Host.Replace(".dfs.", ".blob.", StringComparison.OrdinalIgnoreCase) }.Uri.AbsoluteUri.TrimEnd('/');
        _authorization = authorization;
        _pipeline = pipelines.Create([authorization.Policy], RetrySettings.None);
    }

    /// <summary>The address at the dfs endpoint: the label <c>blob</c> of the host becomes <c>dfs</c>, in a storage host of the cloud only.</summary>
    /// <param name="cloud">The cloud.</param>
    /// <param name="container">Address of the container.</param>
    /// <exception cref="ForeignHostException">It is not at a storage host of the cloud.</exception>
    public static Uri FileSystemOf(CloudDescription cloud, Uri container)
    {
        ArgumentNullException.ThrowIfNull(cloud);
        ArgumentNullException.ThrowIfNull(container);
        var labels = container.Host.Split('.');
        var service = Array.FindIndex(labels, 1, label => label.Equals("blob", StringComparison.OrdinalIgnoreCase) || label.Equals("dfs", StringComparison.OrdinalIgnoreCase));
        if (service < 0 || !cloud.IsStorageHost(container))
        {
            throw new ForeignHostException(container);
        }

        labels[service] = "dfs";
        var address = new UriBuilder(container) { Host = string.Join('.', labels) }.Uri;
        return cloud.IsStorageHost(address) ? address : throw new ForeignHostException(address);
    }

    /// <summary>Deletes a directory or file, following the service's continuations to the end.</summary>
    /// <param name="path">Its path below the container, such as <c>ExperimentRun/dcid.run1</c>; a slash at the end does not count.</param>
    /// <param name="recursive">Whether all below it goes too; without it the service refuses a directory that holds something (409).</param>
    /// <param name="continuation">Where an earlier attempt stopped; null to begin.</param>
    /// <param name="progress">Told each continuation, from which another attempt could go on; null for nobody.</param>
    /// <param name="cancellationToken">Stops; what was deleted stays deleted.</param>
    /// <returns>The last answer's request id.</returns>
    /// <exception cref="ArgumentException">The path is empty or holds dots as a folder: it would be the file system itself, or another directory.</exception>
    /// <exception cref="AzureServiceException">Status 404: it is not there. Others: refused.</exception>
    public async Task<string?> DeleteDirectoryAsync(
        string path, bool recursive, string? continuation, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        var name = Checked(path);
        for (var count = 0; count < MaxContinuations; count++)
        {
            var query = "recursive=" + (recursive ? "true" : "false")
                + (continuation is null ? string.Empty : "&continuation=" + Uri.EscapeDataString(continuation));
            var (next, requestId) = await SendAsync(RequestMethod.Delete, name, query, _address, null, cancellationToken).ConfigureAwait(false);
            if (string.IsNullOrEmpty(next))
            {
                return requestId;
            }

            if (next == continuation)
            {
                throw new AzureServiceException(200, "InvalidContinuationToken", "The storage account's delete of a directory does not move on: it gave the same continuation again.");
            }

            continuation = next;
            progress?.Report(next);
        }

        throw new AzureServiceException(200, "TooManyPages", $"The storage account's delete of a directory did not end within {MaxContinuations} requests.");
    }

    /// <summary>Brings back what was soft-deleted. Microsoft's clients ask this of the blob endpoint, not of the dfs endpoint.</summary>
    /// <param name="path">Its path below the container.</param>
    /// <param name="deletionId">Which of its deletions (<see cref="BlobVersionItem.DeletionId"/>).</param>
    /// <param name="cancellationToken">Ends the request; it may still take effect.</param>
    /// <exception cref="ArgumentException">The path is empty or holds dots as a folder.</exception>
    /// <exception cref="AzureServiceException">Status 404: nothing of it is kept. 409: something of that name is there.</exception>
    public async Task UndeleteAsync(string path, string deletionId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(deletionId);
        var name = Checked(path);
        var source = string.Join('/', name.Split('/').Select(Uri.EscapeDataString)) + "?deletionid=" + Uri.EscapeDataString(deletionId);
        await SendAsync(RequestMethod.Put, name, "comp=undelete", _blobAddress, ("x-ms-undelete-source", source), cancellationToken).ConfigureAwait(false);
    }

    private static string Checked(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var name = path.TrimEnd('/');
        return name.Length > 0 && name.Split('/').All(segment => segment.Trim().Length > 0 && segment is not ("." or ".."))
            ? name
            : throw new ArgumentException("A path cannot be empty, nor hold empty or dotted folders: it would be another directory, or all of them.", nameof(path));
    }

    private async Task<(string? Continuation, string? RequestId)> SendAsync(
        RequestMethod method, string path, string query, string endpoint, (string Name, string Value)? header, CancellationToken cancellationToken)
    {
        var address = BlobAddress.Blob(endpoint, path, _authorization.Query.Length == 0 ? query : $"{query}&{_authorization.Query}");
        using var message = _pipeline.CreateMessage();
        message.Request.Method = method;
        message.Request.Uri.Reset(address);
        message.Request.Headers.Add("x-ms-version", ServiceVersion);
        if (header is { } extra)
        {
            message.Request.Headers.Add(extra.Name, extra.Value);
        }

        await _pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
        var response = message.Response;
        if (response.Status is < 200 or >= 300)
        {
            throw await AzureServiceException.FromAsync(response, address, cancellationToken).ConfigureAwait(false);
        }

        return (
            response.Headers.TryGetValue("x-ms-continuation", out var next) ? next : null,
            response.Headers.TryGetValue("x-ms-request-id", out var requestId) ? requestId : null);
    }
}
