using AmlDataTools.Azure;
using AmlDataTools.Azure.Blobs;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.Copies;

/// <summary>A container that blobs are copied out of.</summary>
internal interface ICopySources
{
    /// <summary>The way in, in words, for the receipt.</summary>
    string Access { get; }

    /// <summary>Copies a blob, with what storage needs to read it by itself; when that is refused, with what the next way in gives.</summary>
    Task<T> CopyFromAsync<T>(string name, Func<CopySource, Task<T>> copy, CancellationToken cancellationToken);

    /// <summary>A blob as it is now, with the properties that a copy takes over.</summary>
    Task<BlobForCopy> GetForCopyAsync(string name, CancellationToken cancellationToken);
}

/// <summary>The container that blobs are copied into. Does not retry: who asks knows what a retry is worth.</summary>
internal interface ICopyTarget
{
    /// <summary>The way in, in words, for the receipt.</summary>
    string Access { get; }

    /// <summary>Uses the container by a way in that works.</summary>
    /// <exception cref="ProblemException"><c>storage.needsWriteAccess</c>.</exception>
    Task<T> UseAsync<T>(Func<BlobContainer, Task<T>> use, CancellationToken cancellationToken);
}

/// <summary>A container given by its address, opened with the person's token alone.</summary>
internal sealed class AddressedTarget(AzureConnection connection, CopyTarget target) : ICopyTarget
{
    private readonly BlobContainer _container = new(
        connection.Pipelines,
        target.Container,
        BlobAuthorization.Token(connection.Credentials.ForTenant(target.Workspace.TenantId), connection.Cloud.StorageAudience, target.Workspace.TenantId));

    /// <inheritdoc/>
    public string Access => "your token";

    /// <inheritdoc/>
    public async Task<T> UseAsync<T>(Func<BlobContainer, Task<T>> use, CancellationToken cancellationToken)
    {
        try
        {
            return await use(_container).ConfigureAwait(false);
        }
        catch (AzureServiceException exception) when (exception.Status is 401 or 403)
        {
            var problem = ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Storage, target.Text));
            throw problem.Code is "storage.authorizationMismatch" or "storage.forbidden" ? CopyProblems.MayNotWrite(target.Text, problem) : problem;
        }
    }
}
