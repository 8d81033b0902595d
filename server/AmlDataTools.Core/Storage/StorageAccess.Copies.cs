using AmlDataTools.Azure.Blobs;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Copies;
using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.Storage;

/// <content>Copies that storage makes by itself: out of this container, and into it.</content>
internal sealed partial class StorageAccess : ICopySources, ICopyTarget
{
    /// <inheritdoc/>
    public Task<T> CopyFromAsync<T>(string name, Func<CopySource, Task<T>> copy, CancellationToken cancellationToken) =>
        UseAsync(way => way.CopyFromAsync(name, source => RefusedAsync(copy, source), cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<BlobForCopy> GetForCopyAsync(string name, CancellationToken cancellationToken) =>
        Stumbling.RetryAsync(logger, () => UseAsync(way => way.GetForCopyAsync(name, cancellationToken), cancellationToken), cancellationToken);

    /// <inheritdoc/>
    async Task<T> ICopyTarget.UseAsync<T>(Func<BlobContainer, Task<T>> use, CancellationToken cancellationToken)
    {
        try
        {
            return await UseAsync(way => way is DirectWay direct ? use(direct.Container) : throw new NoDirectWayException(), cancellationToken).ConfigureAwait(false);
        }
        catch (NoDirectWayException)
        {
            // Asked again later, all ways are tried anew: a role may have been given meanwhile.
            Volatile.Write(ref _held, null);
            throw CopyProblems.MayNotWrite($"the datastore {datastore}", null);
        }
        catch (ProblemException problem) when (problem.Code is "storage.authorizationMismatch" or "storage.noWay" or "storage.forbidden")
        {
            throw CopyProblems.MayNotWrite($"the datastore {datastore}", problem);
        }
    }

    /// <summary>That the source may not be read is the source's refusal, although the target tells it: another way in is tried.</summary>
    private async Task<T> RefusedAsync<T>(Func<CopySource, Task<T>> copy, CopySource source)
    {
        try
        {
            return await copy(source).ConfigureAwait(false);
        }
        catch (CopySourceException exception) when (exception.Answer.Status is 401 or 403)
        {
            var answer = exception.Answer;
            var expired = answer.Status == 401 || answer.Message.Contains("authenticate", StringComparison.OrdinalIgnoreCase);
            throw new AzureServiceException(answer.Status, expired ? "AuthenticationFailed" : "AuthorizationPermissionMismatch", answer.Message)
            {
                CorrelationId = answer.CorrelationId,
                Host = _place?.Container.Host,
            };
        }
    }
}
