using AmlDataTools.Azure.Http;
using Azure;
using Azure.Core;

namespace AmlDataTools.Azure.Blobs;

/// <content>Deleting blobs, and bringing them back.</content>
public sealed partial class BlobContainer
{
    /// <summary>How many blobs one batch can delete (Microsoft's "Blob Batch").</summary>
    public const int MaxBatch = 256;

    /// <summary>Deletes up to 256 blobs with one request; each is authorised and answered by itself.</summary>
    /// <param name="blobs">Which; no name can be empty.</param>
    /// <param name="cancellationToken">Ends the request; what was sent may still take effect.</param>
    /// <returns>One result a blob, in the same order.</returns>
    /// <exception cref="ArgumentException">More than 256, or a name that could reach something else.</exception>
    /// <exception cref="AzureServiceException">The service refused the batch as a whole.</exception>
    /// <exception cref="InvalidDataException">The answer is not that of a batch: what was deleted shows by listing.</exception>
    public async Task<IReadOnlyList<BlobDeletion>> DeleteBatchAsync(IReadOnlyList<BlobDeleteRequest> blobs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(blobs);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(blobs.Count, MaxBatch, nameof(blobs));
        if (blobs.Count == 0)
        {
            return [];
        }

        var batch = new BlobBatch();
        foreach (var blob in blobs)
        {
            using var request = _pipeline.CreateRequest();
            request.Method = RequestMethod.Delete;
            request.Uri.Reset(DeleteAddress(blob.Checked()));
            foreach (var (name, value) in blob.Headers)
            {
                request.Headers.SetValue(name, value);
            }

            await authorization.AuthorizeAsync(request, cancellationToken).ConfigureAwait(false);
            batch.Add(request);
        }

        var address = new Uri($"{_address}?{Authorized("restype=container&comp=batch")}");
        using var message = await ChangeAsync(
            RequestMethod.Post, address, [("Content-Type", batch.ContentType)], RequestContent.Create(batch.Content()), cancellationToken).ConfigureAwait(false);
        return await BlobBatchAnswer.ReadAsync(message.Response, address, blobs, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes one blob, version or snapshot.</summary>
    /// <param name="blob">Which.</param>
    /// <param name="cancellationToken">Ends the request; it may still take effect.</param>
    /// <returns>What became of it: that it was not there, has changed (412) or is protected (409, 403) is a result, no exception.</returns>
    /// <exception cref="ArgumentException">A name that could reach something else.</exception>
    /// <exception cref="AzureServiceException">Throttled, or a fault of the service: worth another attempt.</exception>
    public async Task<BlobDeletion> DeleteAsync(BlobDeleteRequest blob, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(blob);
        try
        {
            using var message = await ChangeAsync(RequestMethod.Delete, DeleteAddress(blob.Checked()), blob.Headers, null, cancellationToken).ConfigureAwait(false);
            return new BlobDeletion(blob.Name, message.Response.Status, null, RequestId(message.Response));
        }
        catch (AzureServiceException exception) when (!exception.IsRetryable && exception.Status is not 401)
        {
            return new BlobDeletion(blob.Name, exception.Status, exception.Code, exception.CorrelationId);
        }
    }

    /// <summary>Brings a soft-deleted blob back, with its soft-deleted snapshots; does nothing to one that is there.</summary>
    /// <param name="name">The blob's whole name.</param>
    /// <param name="cancellationToken">Ends the request; it may still take effect.</param>
    /// <exception cref="AzureServiceException">Status 404: nothing of that name is kept. Others: refused.</exception>
    public async Task UndeleteAsync(string name, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        using var message = await ChangeAsync(
            RequestMethod.Put, BlobAddress.Blob(_address, name, Authorized("comp=undelete")), [], null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Makes a former version the current one again, by copying it onto its own blob: the way back where versions are kept. A
    /// blob that is there already is never written over.
    /// </summary>
    /// <param name="name">The blob's whole name.</param>
    /// <param name="versionId">The version.</param>
    /// <param name="cancellationToken">Stops waiting; the copy may still take effect.</param>
    /// <exception cref="AzureServiceException">Status 409: a blob of that name is there. 404: no such version. <c>CopyFailed</c>: begun, and not finished.</exception>
    public async Task PromoteVersionAsync(string name, string versionId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(versionId);
        var source = BlobAddress.Blob(_address, name, Authorized("versionid=" + Uri.EscapeDataString(versionId)));
        var target = BlobAddress.Blob(_address, name, authorization.Query);
        using var message = await ChangeAsync(
            RequestMethod.Put, target, [("x-ms-copy-source", source.OriginalString), ("If-None-Match", "*")], null, cancellationToken).ConfigureAwait(false);
        var status = CopyStatus(message.Response);
        for (var attempt = 0; status == "pending" && attempt < 600; attempt++)
        {
            // Within one account a copy is done when it is answered, as a rule.
            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken).ConfigureAwait(false);
            using var asked = await SendAsync(RequestMethod.Head, target, null, null, cancellationToken).ConfigureAwait(false);
            status = CopyStatus(asked.Response);
        }

        if (status is not (null or "success"))
        {
            throw new AzureServiceException(200, "CopyFailed", $"The storage account began to copy the former version back and reported: {status}.") { Host = target.Host };
        }
    }

    private static string? CopyStatus(Response response) => response.Headers.TryGetValue("x-ms-copy-status", out var status) ? status : null;

    private Uri DeleteAddress(BlobDeleteRequest blob) => BlobAddress.Blob(_address, blob.Name, Authorized(blob.Query));

    private async Task<HttpMessage> ChangeAsync(
        RequestMethod method, Uri address, IEnumerable<(string Name, string Value)> headers, RequestContent? content, CancellationToken cancellationToken)
    {
        var message = _pipeline.CreateMessage();
        try
        {
            var request = message.Request;
            request.Method = method;
            request.Uri.Reset(address);
            request.Headers.Add("x-ms-version", ServiceVersion);
            foreach (var (name, value) in headers)
            {
                request.Headers.SetValue(name, value);
            }

            if (content is not null)
            {
                request.Content = content;
            }

            await _pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
            return message.Response.Status is >= 200 and < 300
                ? message
                : throw await AzureServiceException.FromAsync(message.Response, address, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            message.Dispose();
            throw;
        }
    }
}
