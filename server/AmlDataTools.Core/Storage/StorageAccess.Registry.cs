using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Blobs;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.Storage;

/// <content>
/// In a registry: what stands for a datastore is one version of an asset (<c>models/{name}/versions/{version}</c>), whose files are in
/// a container of their own, opened by a signature that the registry gives for it.
/// </content>
internal sealed partial class StorageAccess
{
    private async Task<StorageWay> RegistryAsync(WorkspaceClient client, CancellationToken cancellationToken)
    {
        var context = new ProblemContext(ProblemSubject.Registry, workspace.Name, workspace.ResourceId);
        try
        {
            var path = ResourcePath.Of(datastore.Split('/'));
            var version = await client.Resources.GetAsync(path, cancellationToken).ConfigureAwait(false);
            var address = version.Properties is { } properties ? properties.Text("modelUri") ?? properties.Text("dataUri") : null;
            if (string.IsNullOrWhiteSpace(address))
            {
                throw new ProblemException("asset.noAddress", $"The registry {workspace.Name} does not tell where the files of {datastore} are.") { Target = datastore };
            }

            var files = await client.RegistryFiles.GetAsync(path, address, cancellationToken).ConfigureAwait(false);
            var authorization = files.Signature.Length == 0 ? BlobAuthorization.None : BlobAuthorization.Sas(files.Signature);
            return new DirectWay(
                files.Signature.Length == 0 ? "without a sign-in: the registry is open to all" : "signature of the registry",
                connection, files.Container, authorization);
        }
        catch (AzureServiceException exception) when (exception.Status == 404)
        {
            throw ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Other, $"{datastore} in the registry {workspace.Name}", datastore));
        }
        catch (AzureServiceException exception) when (exception.Status is 401 or 403)
        {
            throw new ProblemException(
                "registry.filesRefused",
                $"The registry {workspace.Name} shows {datastore} but does not let the signed-in account read its files ({exception.Code}). Ask for the role AzureML Registry User on it, then try again.",
                exception)
            {
                CorrelationId = exception.CorrelationId,
                Target = datastore,
                Actions = [ProblemAction.Retry, ProblemAction.SignIn],
            };
        }
        catch (Exception exception) when (exception is AzureServiceException or ForeignHostException)
        {
            throw ProblemMapper.From(exception, context);
        }
    }
}
