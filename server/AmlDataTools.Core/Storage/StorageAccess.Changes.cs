using AmlDataTools.Azure.Blobs;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.Storage;

/// <content>Deleting and bringing back: by a direct way only, since a signed address reads one blob and no more.</content>
internal sealed partial class StorageAccess : IBlobChanges
{
    /// <summary>What it takes to write to a file share with one's own sign-in, by Microsoft's article on tokens for Azure Files.</summary>
    public const string ShareWriteRole = "Storage File Data Privileged Contributor";

    private const int ListPageSize = 5000;

    /// <inheritdoc/>
    public Task<BlobVersionPage> ListPageAsync(string prefix, string? marker, BlobListDetails details, CancellationToken cancellationToken) =>
        Stumbling.RetryAsync(logger, () => ChangeAsync(way => way.ListPageAsync(prefix, marker, ListPageSize, details, cancellationToken), cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<BlobDeletion>> DeleteBatchAsync(IReadOnlyList<BlobDeleteRequest> blobs, CancellationToken cancellationToken) =>
        ChangeAsync(
            async way =>
            {
                var results = await way.DeleteBatchAsync(blobs, cancellationToken).ConfigureAwait(false);

                // Each part of a batch is authorised by itself: when all were refused so, another way may be let in.
                return results.Count > 0 && results.All(IsRefusal) ? throw Refused(results[0]) : results;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<BlobDeletion> DeleteAsync(BlobDeleteRequest blob, CancellationToken cancellationToken) =>
        ChangeAsync(
            async way => await way.DeleteAsync(blob, cancellationToken).ConfigureAwait(false) is var result && IsRefusal(result) ? throw Refused(result) : result,
            cancellationToken);

    /// <inheritdoc/>
    public Task<string?> DeleteDirectoryAsync(string path, bool recursive, CancellationToken cancellationToken) =>
        ChangeAsync(way => way.DeleteDirectoryAsync(path, recursive, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task UndeleteAsync(string name, CancellationToken cancellationToken) =>
        ChangeAsync(way => Then(way.UndeleteAsync(name, cancellationToken)), cancellationToken);

    /// <inheritdoc/>
    public Task UndeletePathAsync(string path, string deletionId, CancellationToken cancellationToken) =>
        ChangeAsync(way => Then(way.UndeletePathAsync(path, deletionId, cancellationToken)), cancellationToken);

    /// <inheritdoc/>
    public Task PromoteVersionAsync(string name, string versionId, CancellationToken cancellationToken) =>
        ChangeAsync(way => Then(way.PromoteVersionAsync(name, versionId, cancellationToken)), cancellationToken);

    private async Task<T> ChangeAsync<T>(Func<WritableWay, Task<T>> change, CancellationToken cancellationToken)
    {
        try
        {
            return await UseAsync(way => way is WritableWay writable ? change(writable) : throw new NoDirectWayException(), cancellationToken).ConfigureAwait(false);
        }
        catch (NoDirectWayException)
        {
            // Asked again later, all ways are tried anew: a role may have been given meanwhile.
            Volatile.Write(ref _held, null);
            throw NeedsWriteAccess(null);
        }
        catch (ProblemException problem) when (problem.Code is "storage.authorizationMismatch" or "storage.noWay" or "storage.forbidden")
        {
            throw NeedsWriteAccess(problem);
        }
    }

    private static async Task<bool> Then(Task task)
    {
        await task.ConfigureAwait(false);
        return true;
    }

    private static bool IsRefusal(BlobDeletion result) =>
        result.Status is 401 || (result.Status == 403 && result.Code is "AuthorizationPermissionMismatch" or "AuthorizationPermissionDenied" or "AuthorizationFailure"
            or "AuthenticationFailed" or "InsufficientAccountPermissions" or "InvalidAuthenticationInfo" or "AuthorizationServiceMismatch" or "AuthorizationResourceTypeMismatch");

    private static AzureServiceException Refused(BlobDeletion result) =>
        new(result.Status, result.Code ?? "Forbidden", "The storage account refused to delete.") { CorrelationId = result.RequestId };

    private ProblemException NeedsWriteAccess(ProblemException? problem) => new(
        "storage.needsWriteAccess",
        $"The signed-in account may not delete or bring back data in the datastore {datastore}. Ask for the role {(_place?.IsShare == true ? ShareWriteRole : "Storage Blob Data Contributor")} on its storage account (a new role takes some minutes), then resume.",
        problem)
    {
        CorrelationId = problem?.CorrelationId,
        Target = datastore,
        Actions = [ProblemAction.Retry, ProblemAction.SignIn],
    };

    /// <summary>The way in that is left only reads.</summary>
    private sealed class NoDirectWayException : Exception;
}
