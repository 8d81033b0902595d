using System.Text.Json;
using AmlDataTools.Azure.Cloud;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Azure.Arm;

/// <summary>Requests to Resource Manager: addresses, api-versions, pages.</summary>
internal sealed class ArmRequests(CloudDescription cloud, JsonSender sender)
{
    /// <summary>Of a registry's own region: the version that Microsoft's SDK asks.</summary>
    private const string RegistryVersion = "2021-10-01-dataplanepreview";

    /// <summary>Of Microsoft.MachineLearningServices: the version the product was checked against.</summary>
    public const string MachineLearningVersion = "2024-04-01";

    /// <summary>Of Microsoft.Resources: tenants and subscriptions.</summary>
    public const string ResourcesVersion = "2022-12-01";

    /// <summary>Of management locks: the version that Microsoft's clients use.</summary>
    public const string LocksVersion = "2016-09-01";

    public JsonSender Sender => sender;

    /// <summary>Where addresses begin: Resource Manager, or what a registry's region has in its place.</summary>
    private Uri Root { get; init; } = cloud.ResourceManager;

    /// <summary>The api-version of what lies below a workspace or registry.</summary>
    public string ResourceVersion { get; private init; } = MachineLearningVersion;

    /// <summary>The same requests at a registry's own region.</summary>
    /// <param name="sender">Sends the caller's token for the data plane.</param>
    /// <param name="origin">The region's origin; told by a service, so it is checked.</param>
    /// <exception cref="ForeignHostException">It must not be sent a token.</exception>
    public ArmRequests At(JsonSender sender, string origin)
        => Uri.TryCreate(origin, UriKind.Absolute, out var uri) && cloud.MaySendToken(cloud.ResourceManager, uri)
            ? new ArmRequests(cloud, sender) { Root = new Uri(uri, "/mferp/managementfrontend"), ResourceVersion = RegistryVersion }
            : throw new ForeignHostException(uri ?? cloud.ResourceManager);

    /// <summary>An address at Resource Manager.</summary>
    /// <param name="escapedPath">Without a slash in front, its parts escaped.</param>
    /// <param name="apiVersion">The api-version.</param>
    /// <param name="query">Further parameters; those without a value are left out.</param>
    public Uri Address(string escapedPath, string apiVersion, params ReadOnlySpan<(string Name, string? Value)> query)
    {
        var text = new System.Text.StringBuilder(Root.AbsoluteUri.TrimEnd('/'))
            .Append('/').Append(escapedPath).Append("?api-version=").Append(apiVersion);
        foreach (var (name, value) in query)
        {
            if (value is not null)
            {
                text.Append('&').Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
            }
        }

        return new Uri(text.ToString());
    }

    /// <summary>The next page's address, if a token may go there.</summary>
    /// <exception cref="ForeignHostException">It leads to another host.</exception>
    /// <exception cref="AzureServiceException">It is no address.</exception>
    public Uri Follow(string nextLink)
    {
        if (!Uri.TryCreate(nextLink, UriKind.Absolute, out var next))
        {
            throw new AzureServiceException(200, "InvalidNextLink", "The service gave a link to the next page that is no address.") { Host = Root.Host };
        }

        // Narrower than the rule for tokens: a list of Resource Manager goes on at Resource Manager.
        return next.Host == Root.Host && cloud.MaySendToken(Root, next) ? next : throw new ForeignHostException(next);
    }

    /// <summary>One page.</summary>
    public async Task<ArmPage<T>> PageAsync<T>(Uri address, Func<JsonElement, T> make, CancellationToken cancellationToken)
    {
        var body = await sender.GetAsync(address, cancellationToken).ConfigureAwait(false);
        var next = body.Text("nextLink");
        return new ArmPage<T>([.. body.Items("value").Select(make)], string.IsNullOrEmpty(next) ? null : next);
    }

    /// <summary>The items of all pages.</summary>
    public IAsyncEnumerable<T> AllAsync<T>(Uri first, Func<JsonElement, T> make, CancellationToken cancellationToken)
        => PageWalk.ReadAsync(first, async (address, stop) => new PageBody(await sender.GetAsync(address, stop).ConfigureAwait(false), null), Next, null, cancellationToken).Select(make);

    /// <summary>The items of all pages, for lists so long that they are not to be kept: an item is valid until the next is asked for.</summary>
    public IAsyncEnumerable<T> ScanAsync<T>(Uri first, Func<JsonElement, T> make, CancellationToken cancellationToken) => ScanAsync(first, make, null, cancellationToken);

    /// <summary>The same, <paramref name="passed"/> told where the next page is when all items of one were taken.</summary>
    public IAsyncEnumerable<T> ScanAsync<T>(Uri first, Func<JsonElement, T> make, Action<Uri>? passed, CancellationToken cancellationToken)
        => PageWalk.ReadAsync(first, async (address, stop) => PageBody.Of(await sender.GetPassingAsync(address, stop).ConfigureAwait(false)), Next, passed, cancellationToken).Select(make);

    private Uri? Next(Uri address, JsonElement page)
    {
        if (page.Text("nextLink") is not { Length: > 0 } link)
        {
            return null;
        }

        var next = Follow(link);
        return next == address
            ? throw new AzureServiceException(200, "InvalidNextLink", "The service's link to the next page leads back to the same page.") { Host = next.Host }
            : next;
    }
}
