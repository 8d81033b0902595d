using AmlDataTools.Azure.Cloud;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Azure.Arm;

/// <summary>The container of one version of an asset in a registry, and the right to read it. Holds a secret: has no text form.</summary>
public sealed class RegistryFiles
{
    internal RegistryFiles(Uri container, string signature)
    {
        Container = container;
        Signature = signature;
    }

    /// <summary>Address of the container.</summary>
    public Uri Container { get; }

    /// <summary>The query that lets the caller in; empty when anybody may read.</summary>
    public string Signature { get; }
}

/// <summary>Asks a registry for the right to read an asset's files: its storage is the service's own, where nobody has a role or a key.</summary>
public sealed class RegistryFilesClient
{
    private readonly CloudDescription _cloud;
    private readonly WorkspaceRef _registry;
    private readonly ArmRequests _requests;

    internal RegistryFilesClient(CloudDescription cloud, ArmRequests requests, WorkspaceRef registry)
    {
        _cloud = cloud;
        _requests = requests;
        _registry = registry;
    }

    /// <summary>Asks for the files of one version (<c>RegistryDataReferences_GetBlobReferenceSAS</c>).</summary>
    /// <param name="version">The version: <c>models/{name}/versions/{version}</c>.</param>
    /// <param name="address">Where its record says that its files are.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    /// <exception cref="ArgumentException">The path is not that of a version, or this is no registry.</exception>
    /// <exception cref="AzureServiceException">Refused (403), or no credential of a kind that is known here (<c>UnknownCredential</c>).</exception>
    /// <exception cref="ForeignHostException">The files are said to be at a host that is no storage of the cloud.</exception>
    public async Task<RegistryFiles> GetAsync(ResourcePath version, string address, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(version);
        if (!_registry.IsRegistry || version.Segments is not [var kind, var name, "versions", var number])
        {
            throw new ArgumentException("Only a version of an asset in a registry has files there.", nameof(version));
        }

        var path = $"{_registry.EscapedPath}/datareferences/{Uri.EscapeDataString(name)}/versions/{Uri.EscapeDataString(number)}";
        var answer = await _requests.Sender.PostAsync(
            _requests.Address(path, _requests.ResourceVersion),
            body =>
            {
                body.WriteStartObject();
                body.WriteString("assetId", $"azureml://registries/{_registry.Name}/{kind}/{name}/versions/{number}");
                body.WriteString("blobUri", address);
                body.WriteEndObject();
            },
            cancellationToken).ConfigureAwait(false);
        var reference = answer.Child("blobReferenceForConsumption") ?? default;
        var credential = reference.Child("credential") ?? default;

        // Resource Manager spells the type one way, the region's own service another.
        var type = (credential.Text("credentialType") ?? string.Empty).Replace("_", string.Empty, StringComparison.Ordinal);
        var uri = type.Equals("SAS", StringComparison.OrdinalIgnoreCase) ? credential.Text("sasUri")
            : type.Equals("NoCredentials", StringComparison.OrdinalIgnoreCase) ? reference.Text("blobUri")
            : throw new AzureServiceException(200, "UnknownCredential", $"The registry {_registry.Name} lets its files be read in a way that is not known here ({(type.Length == 0 ? "none told" : type)}).");
        if (!Uri.TryCreate(uri, UriKind.Absolute, out var target))
        {
            throw new AzureServiceException(200, "NoAddress", $"The registry {_registry.Name} does not tell where the files of {version} are.");
        }

        if (!_cloud.IsStorageHost(target))
        {
            throw new ForeignHostException(target);
        }

        var container = target.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries) is [var first, ..] ? first
            : throw new AzureServiceException(200, "NoAddress", $"The registry {_registry.Name} names no container for the files of {version}.");
        return new RegistryFiles(new Uri(target, "/" + container), target.Query.TrimStart('?'));
    }
}
