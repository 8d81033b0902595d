using Azure.Core;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Cloud;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Azure.Content;

/// <summary>The content service, version 2.0: code snapshots. It is not published and so optional.</summary>
public sealed class SnapshotClient
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly CloudDescription _cloud;
    private readonly WorkspaceEndpoints _endpoints;
    private readonly JsonSender _sender;

    internal SnapshotClient(CloudDescription cloud, WorkspaceEndpoints endpoints, JsonSender sender)
    {
        _cloud = cloud;
        _endpoints = endpoints;
        _sender = sender;
    }

    /// <summary>
    /// Has a snapshot packed and gives the signed address of the archive: a secret, valid for a while, not to be logged.
    /// Null when the service or the snapshot is not there.
    /// </summary>
    /// <param name="snapshotId">The snapshot.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="AzureServiceException">The service failed, or did not finish in ten minutes.</exception>
    /// <exception cref="ForeignHostException">It referred to another host for its progress.</exception>
    public async Task<Uri?> GetZipAsync(string snapshotId, CancellationToken cancellationToken)
    {
        var start = await _endpoints.AddressAsync(
            "content/v2.0", $"/snapshots/{DataPlanePages.Segment(snapshotId)}/zip", cancellationToken).ConfigureAwait(false);
        try
        {
            return await WaitAsync(start, cancellationToken).ConfigureAwait(false);
        }
        catch (AzureServiceException exception) when (exception.Status is 404 or 405 or 410 or 501)
        {
            return null;
        }
    }

    private async Task<Uri?> WaitAsync(Uri start, CancellationToken cancellationToken)
    {
        var began = DateTimeOffset.UtcNow;
        var method = RequestMethod.Post;
        var address = start;
        while (true)
        {
            var answer = await _sender.SendAsync(method, address, null, cancellationToken).ConfigureAwait(false);
            if (answer.Body.Text("zipSasUri") is { Length: > 0 } text)
            {
                return Uri.TryCreate(text, UriKind.Absolute, out var zip) && zip.Scheme == Uri.UriSchemeHttps
                    ? zip
                    : throw new AzureServiceException(200, "InvalidContentUri", "The content service gave no https address for the snapshot.") { Host = start.Host };
            }

            if (answer.Status != 202)
            {
                return null;
            }

            if (DateTimeOffset.UtcNow - began > Patience)
            {
                throw new AzureServiceException(504, "SnapshotTimeout", $"The content service did not pack the snapshot within {Patience.TotalMinutes:0} minutes.") { Host = start.Host };
            }

            // Without a Location the same request is repeated: the service answers it once the archive is there.
            if (answer.Headers.TryGetValue("Location", out var location) && Uri.TryCreate(start, location, out var next))
            {
                address = _cloud.MaySendToken(start, next) ? next : throw new ForeignHostException(next);
                method = RequestMethod.Get;
            }

            var wait = answer.Headers.TryGetValue("Retry-After", out var after) && int.TryParse(after, out var seconds) && seconds is >= 0 and <= 60
                ? TimeSpan.FromSeconds(seconds)
                : Interval;
            await Task.Delay(wait, cancellationToken).ConfigureAwait(false);
        }
    }
}
