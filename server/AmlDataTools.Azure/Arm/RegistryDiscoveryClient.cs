using AmlDataTools.Azure.Cloud;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Azure.Arm;

/// <summary>
/// Where a registry is, of which only the name is known, as code and the records of workspaces give it. Asked is the region of
/// the workspace at hand: any region knows all registries, those of others that are open to all among them.
/// (https://learn.microsoft.com/azure/machine-learning/how-to-access-azureml-behind-firewall, "find the registry's fully qualified domain name")
/// </summary>
public sealed class RegistryDiscoveryClient
{
    private readonly CloudDescription _cloud;
    private readonly WorkspaceEndpoints _endpoints;
    private readonly JsonSender _sender;
    private readonly WorkspaceRef _workspace;

    internal RegistryDiscoveryClient(CloudDescription cloud, WorkspaceEndpoints endpoints, JsonSender sender, WorkspaceRef workspace)
    {
        _cloud = cloud;
        _endpoints = endpoints;
        _sender = sender;
        _workspace = workspace;
    }

    /// <summary>The registry of a name, read through its own region as Microsoft's SDK does.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    /// <exception cref="AzureServiceException">Status 404: there is none of that name.</exception>
    /// <exception cref="ForeignHostException">It is said to be at a host that must not be sent a token.</exception>
    public async Task<WorkspaceRef> FindAsync(string name, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var address = await _endpoints.OutsideAsync($"registrymanagement/v1.0/registries/{Uri.EscapeDataString(name)}/discovery", cancellationToken).ConfigureAwait(false);
        var body = await _sender.GetAsync(address, cancellationToken).ConfigureAwait(false);
        if (body.Text("subscriptionId") is not { Length: > 0 } subscription || body.Text("resourceGroup") is not { Length: > 0 } group
            || !Uri.TryCreate(body.Text("primaryRegionResourceProviderUri"), UriKind.Absolute, out var region))
        {
            throw new AzureServiceException(200, "NoRegistry", $"The service does not tell where the registry {name} is.") { Host = address.Host };
        }

        return _cloud.MaySendToken(_cloud.ResourceManager, region)
            ? new WorkspaceRef(subscription, group, body.Text("registryName") is { Length: > 0 } told ? told : name, _workspace.TenantId) { Registry = region.GetLeftPart(UriPartial.Authority) }
            : throw new ForeignHostException(region);
    }
}
