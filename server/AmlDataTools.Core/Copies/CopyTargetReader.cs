using AmlDataTools.Azure;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Names;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Storage;

namespace AmlDataTools.Core.Copies;

/// <summary>Finds out where a copy is to go, and opens it.</summary>
internal sealed class CopyTargetReader(AzureConnection connection, StorageAccesses accesses)
{
    /// <summary>The target of a node, or of an address.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="own">The workspace of what is copied, whose tenant's token opens an address.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="ProblemException"><c>copy.badTarget</c>, <c>copy.targetHasSas</c>, <c>copy.foreignTarget</c>, or the datastore cannot be read.</exception>
    public Task<CopyTarget> ReadAsync(CopyRequest request, WorkspaceRef own, CancellationToken cancellationToken) => (request.TargetNodeId, request.TargetAddress) switch
    {
        ({ } node, null) => OfNodeAsync(NodeTargets.Parse(node), cancellationToken),
        (null, { } address) => Task.FromResult(OfAddress(address.Trim(), own)),
        _ => throw CopyProblems.BadAddress("There is no target, or more than one."),
    };

    /// <summary>Opens a target.</summary>
    public ICopyTarget Open(CopyTarget target) =>
        target.Datastore is { } datastore ? accesses.Of(target.Workspace, datastore) : new AddressedTarget(connection, target);

    private async Task<CopyTarget> OfNodeAsync(NodeTarget node, CancellationToken cancellationToken)
    {
        var (workspace, datastore, path) = node switch
        {
            ResourceTarget { Resource: { Kind: ResourceKind.Datastore } store } => (store.Workspace, store.Name, string.Empty),
            FolderTarget { RunId: null, Location: { ArtifactContainer: null } place } => (place.Workspace, place.Datastore, FolderPrefix.Normalize(place.Path)),
            _ => throw new ProblemException("copy.badTarget", "A copy can go to a datastore, or to a folder in one. Choose one of these."),
        };
        var place2 = await accesses.Of(workspace, datastore).GetPlaceAsync(cancellationToken).ConfigureAwait(false);
        if (place2.IsShare)
        {
            throw new ProblemException("copy.badTarget", $"The datastore {datastore} is a file share: storage copies by itself only into blob containers. Choose another datastore.") { Target = datastore };
        }

        return new CopyTarget(place2.Container, place2.Account, Uri.UnescapeDataString(place2.Container.AbsolutePath.Trim('/')), path, workspace, datastore);
    }

    private CopyTarget OfAddress(string text, WorkspaceRef own)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttps || address.UserInfo.Length > 0)
        {
            throw CopyProblems.BadAddress("That is not an https address.");
        }

        if (address.Query.Length > 0)
        {
            // Not even its names are repeated: it may be a secret.
            throw address.Query.Contains("sig=", StringComparison.OrdinalIgnoreCase)
                ? new ProblemException("copy.targetHasSas", "The address holds a signature (SAS). It would have to be kept for as long as the copy can be resumed, so it is not taken. Leave out all from the question mark on: your own sign-in is used. Or register the container as a datastore with the signature, and choose that.")
                : CopyProblems.BadAddress("The address has a query, which a container's address does not have.");
        }

        if (address.Fragment.Length > 0)
        {
            throw CopyProblems.BadAddress("The address has a part behind #.");
        }

        if (!connection.Cloud.IsStorageHost(address) || address.IdnHost.Split('.') is not [var account, var service, ..])
        {
            throw new ProblemException("copy.foreignTarget", $"{address.IdnHost} is no storage account of {connection.Cloud.Name} (their hosts end in {connection.Cloud.StorageSuffix}), so nothing is sent there.")
            {
                Target = address.IdnHost,
                Actions = [ProblemAction.OpenSettings],
            };
        }

        if (service is not ("blob" or "dfs"))
        {
            throw CopyProblems.BadAddress($"{address.IdnHost} is not the blob service of an account.");
        }

        var path = Uri.UnescapeDataString(address.AbsolutePath).Trim('/').Split('/');
        if (path[0].Length == 0 || !IsContainerName(path[0]))
        {
            throw CopyProblems.BadAddress(path[0].Length == 0 ? "The address names no container." : $"{path[0]} cannot be a container's name (3 to 63 small letters, digits and single hyphens).");
        }

        if (path.Skip(1).Any(segment => segment is "" or "." or ".."))
        {
            throw CopyProblems.BadAddress("The folder in the address has an empty part, or one of dots.");
        }

        var container = new UriBuilder(address.Scheme, $"{account}.blob{address.IdnHost[(account.Length + 1 + service.Length)..]}", address.Port, path[0]).Uri;
        return new CopyTarget(container, account, path[0], path.Length == 1 ? string.Empty : string.Join('/', path.Skip(1)) + "/", own, null);
    }

    private static bool IsContainerName(string name) =>
        name == "$web" || (name.Length is >= 3 and <= 63 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
        && name[0] != '-' && name[^1] != '-' && !name.Contains("--", StringComparison.Ordinal));
}
