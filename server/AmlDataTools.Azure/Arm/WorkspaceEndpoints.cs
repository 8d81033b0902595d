using AmlDataTools.Azure.Cloud;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Azure.Arm;

/// <summary>
/// Where a workspace's data plane is: read once from the document its <c>discoveryUrl</c> names. Both that address and
/// the hosts in the document were written by someone else and are checked before a token goes there.
/// </summary>
internal sealed class WorkspaceEndpoints(CloudDescription cloud, WorkspaceArmClient arm, JsonSender sender, WorkspaceRef workspace)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private Uri? _api;

    /// <summary>An address below the workspace at one of the data plane's services.</summary>
    /// <param name="service">Such as <c>history/v1.0</c>.</param>
    /// <param name="relative">What follows the workspace, escaped, with its slash in front and its query.</param>
    /// <param name="cancellationToken">Stops the discovery.</param>
    /// <exception cref="ForeignHostException">The workspace names a host that must not be sent a token.</exception>
    public async Task<Uri> AddressAsync(string service, string relative, CancellationToken cancellationToken)
    {
        var api = await ResolveAsync(cancellationToken).ConfigureAwait(false);
        return new Uri($"{api.AbsoluteUri.TrimEnd('/')}/{service}/{workspace.EscapedPath}{relative}");
    }

    /// <summary>An address at one of the data plane's services that is no workspace's.</summary>
    /// <param name="relative">What follows the host, escaped, without a slash in front.</param>
    /// <param name="cancellationToken">Stops the discovery.</param>
    public async Task<Uri> OutsideAsync(string relative, CancellationToken cancellationToken)
        => new($"{(await ResolveAsync(cancellationToken).ConfigureAwait(false)).AbsoluteUri.TrimEnd('/')}/{relative}");

    private async Task<Uri> ResolveAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _api) is { } known)
        {
            return known;
        }

        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _api ??= await DiscoverAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<Uri> DiscoverAsync(CancellationToken cancellationToken)
    {
        var document = await arm.GetWorkspaceAsync(cancellationToken).ConfigureAwait(false);
        var discovery = Check(document.DiscoveryUrl, "discoveryUrl");
        var services = await sender.GetAsync(discovery, cancellationToken).ConfigureAwait(false);

        // "api" is in front of every service; older documents tell only the host of run history.
        return Check(services.Text("api") ?? services.Text("history"), "api");
    }

    private Uri Check(string? address, string what)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri))
        {
            throw new AzureServiceException(200, "NoDataPlane", $"The workspace {workspace.Name} tells no address of its data plane ({what}).") { Host = cloud.ResourceManager.Host };
        }

        return cloud.MaySendToken(cloud.ResourceManager, uri) ? uri : throw new ForeignHostException(uri);
    }
}
