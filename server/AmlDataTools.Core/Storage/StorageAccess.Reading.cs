using AmlDataTools.Azure.Blobs;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Problems;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Storage;

/// <content>What a plan of a deletion asks: versions and snapshots, leases and protection, what the account keeps.</content>
internal sealed partial class StorageAccess
{
    private BlobListDetails _refusedDetails;

    /// <summary>Where the datastore leads.</summary>
    /// <exception cref="ProblemException">It is of a kind that holds no blobs, or cannot be read.</exception>
    public Task<DatastorePlace> GetPlaceAsync(CancellationToken cancellationToken) => PlaceAsync(connection.Workspace(workspace), cancellationToken);

    /// <summary>A page of what is below a prefix, with leases and, as far as the account knows them, what is asked for besides.</summary>
    /// <exception cref="ProblemException"><c>storage.noWay</c>: the account can only be reached blob by blob, or not at all.</exception>
    public Task<BlobVersionPage> ListDetailsPageAsync(string prefix, string? marker, int pageSize, BlobListDetails details, CancellationToken cancellationToken) =>
        Stumbling.RetryAsync(logger, () => UseAsync(way => ListKnownAsync(Whole(way), prefix, marker, pageSize, details, cancellationToken), cancellationToken), cancellationToken);

    /// <summary>What the blob service keeps of deleted blobs. No other way is tried when this one is refused.</summary>
    /// <exception cref="AzureServiceException">The service refused.</exception>
    public async Task<BlobServiceKeeps> GetServiceKeepsAsync(CancellationToken cancellationToken) =>
        await Whole((await HeldAsync(cancellationToken).ConfigureAwait(false)).Way).GetServiceKeepsAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>What kind of account it is. No other way is tried when this one is refused.</summary>
    /// <exception cref="AzureServiceException">The service refused.</exception>
    public async Task<BlobAccountInfo> GetAccountInfoAsync(CancellationToken cancellationToken) =>
        await Whole((await HeldAsync(cancellationToken).ConfigureAwait(false)).Way).GetAccountInfoAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>How many snapshots the share has, in which deleted files live on; null when it cannot be told. No other way is tried when this one is refused.</summary>
    /// <exception cref="AzureServiceException">The service refused.</exception>
    public async Task<int?> CountSnapshotsAsync(CancellationToken cancellationToken) =>
        (await HeldAsync(cancellationToken).ConfigureAwait(false)).Way is ShareWay share ? await share.CountSnapshotsAsync(cancellationToken).ConfigureAwait(false) : null;

    private async Task<Held> HeldAsync(CancellationToken cancellationToken) =>
        Volatile.Read(ref _held) ?? await ChooseAsync(null, null, cancellationToken).ConfigureAwait(false);

    /// <summary>Details that an account does not know are refused with 400: they are left out one after the other, and from then on.</summary>
    private async Task<BlobVersionPage> ListKnownAsync(
        WritableWay way, string prefix, string? marker, int pageSize, BlobListDetails details, CancellationToken cancellationToken)
    {
        while (true)
        {
            var asked = details & ~_refusedDetails;
            try
            {
                return await way.ListPageAsync(prefix, marker, pageSize, asked, cancellationToken).ConfigureAwait(false);
            }
            catch (AzureServiceException exception) when (exception.Status is 400 or 501 && marker is null && NextToLeaveOut(asked) is { } one)
            {
                logger.LogInformation("{Datastore} does not list {Details}: {Status} {Code}.", datastore, one, exception.Status, exception.Code);
                _refusedDetails |= one;
            }
        }
    }

    private static BlobListDetails? NextToLeaveOut(BlobListDetails asked) =>
        asked.HasFlag(BlobListDetails.Protection) ? BlobListDetails.Protection
            : asked.HasFlag(BlobListDetails.Versions) ? BlobListDetails.Versions
            : asked.HasFlag(BlobListDetails.Snapshots) ? BlobListDetails.Snapshots
            : null;

    private WritableWay Whole(StorageWay way) => way as WritableWay ?? throw new ProblemException(
        "storage.noWay", $"The signed-in account may read single files of the datastore {datastore}, but not its storage account, so nothing can be deleted there. Ask for the role Storage Blob Data Contributor on the storage account.")
    {
        Target = datastore,
        Actions = [ProblemAction.SignIn, ProblemAction.Retry],
    };
}
