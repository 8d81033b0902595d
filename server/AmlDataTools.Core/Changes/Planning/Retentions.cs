using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Blobs;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Storage;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Changes.Planning;

/// <summary>What forbids to delete in a container as a whole.</summary>
/// <param name="LegalHold">Whether a legal hold is on it.</param>
/// <param name="Days">For how many days since they were made its blobs are protected; null for no policy.</param>
internal sealed record ContainerProtection(bool LegalHold, int? Days)
{
    /// <summary>Nothing known.</summary>
    public static ContainerProtection None { get; } = new(false, null);

    /// <summary>Until when a blob is protected; null when it is not.</summary>
    public DateTimeOffset? Until(BlobItem blob) => Days is { } days && blob.LastModified is { } made ? made.AddDays(days) : null;
}

/// <summary>Reads what storage accounts keep of deleted blobs: from Resource Manager, else from the blob service, else it is not known.</summary>
internal sealed class Retentions(AzureConnection connection, StorageAccesses accesses, ILogger logger)
{
    /// <summary>What the account behind a datastore keeps, and what protects its container.</summary>
    public async Task<(Retention Retention, ContainerProtection Protection)> ReadAsync(WorkspaceRef workspace, string datastore, CancellationToken cancellationToken)
    {
        var access = accesses.Of(workspace, datastore);
        var place = await access.GetPlaceAsync(cancellationToken).ConfigureAwait(false);
        if (place.IsShare)
        {
            var snapshots = await TryAsync(() => access.CountSnapshotsAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
            return (new Retention(place.Account, 0, false, null, null) { Share = Uri.UnescapeDataString(place.Container.AbsolutePath.Trim('/')), ShareSnapshots = snapshots }, ContainerProtection.None);
        }

        var container = Uri.UnescapeDataString(place.Container.AbsolutePath.Trim('/'));
        var atArm = await TryAsync(() => FromResourceManagerAsync(workspace, place.Account, container, cancellationToken), cancellationToken).ConfigureAwait(false);
        if (atArm is { } known)
        {
            return known;
        }

        var keeps = await TryAsync(async () => await access.GetServiceKeepsAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        var info = await TryAsync(async () => await access.GetAccountInfoAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        return (new Retention(place.Account, keeps is null ? null : keeps.SoftDeleteEnabled ? keeps.SoftDeleteDays ?? 0 : 0, null, info?.IsHierarchical, null), ContainerProtection.None);
    }

    private async Task<(Retention Retention, ContainerProtection Protection)?> FromResourceManagerAsync(
        WorkspaceRef workspace, string account, string container, CancellationToken cancellationToken)
    {
        var document = await connection.Workspace(workspace).Arm.GetWorkspaceAsync(cancellationToken).ConfigureAwait(false);
        if (document.StorageAccountId is not { } id || !id.EndsWith("/" + account, StringComparison.OrdinalIgnoreCase))
        {
            // Another account: its Resource Manager id is not known.
            return null;
        }

        var client = connection.StorageAccount(id, workspace.TenantId);
        var service = await client.GetBlobServiceAsync(cancellationToken).ConfigureAwait(false);
        var whole = await client.GetAsync(cancellationToken).ConfigureAwait(false);
        var part = await TryAsync(async () => await client.GetContainerAsync(container, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        var protection = part is null || part.ImmutableStorageWithVersioning
            ? ContainerProtection.None
            : new ContainerProtection(part.HasLegalHold, part.HasImmutabilityPolicy ? part.ImmutabilityDays : null);
        var words = (part?.HasLegalHold, part?.HasImmutabilityPolicy) switch
        {
            (true, _) => "A legal hold forbids to delete anything in the container until it is taken away.",
            (_, true) => $"A policy forbids to delete blobs of the container {(part?.ImmutabilityDays is { } days ? $"for {days} days" : "for a time")} after they were made.",
            _ => null,
        };
        return (new Retention(account, service.BlobRetentionDays ?? 0, service.IsVersioningEnabled, whole.IsHierarchical, words), protection);
    }

    private async Task<T?> TryAsync<T>(Func<Task<T?>> read, CancellationToken cancellationToken)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is AzureServiceException or ProblemException or ForeignHostException or ArgumentException or InvalidDataException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Not known is an answer: the plan says so.
            logger.LogInformation("What a storage account keeps could not be read: {Reason}.", exception is AzureServiceException service ? $"{service.Status} {service.Code}" : exception.GetType().Name);
            return default;
        }
    }
}
