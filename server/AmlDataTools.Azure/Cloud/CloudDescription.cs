namespace AmlDataTools.Azure.Cloud;

/// <summary>
/// Everything that differs between Azure clouds: endpoints, token audiences, host names that may be trusted with a token.
/// Values of the three named clouds are those of Microsoft's published cloud environments.
/// </summary>
public sealed record CloudDescription
{
    /// <summary>Its name, for people and logs.</summary>
    public required string Name { get; init; }

    /// <summary>Resource Manager's endpoint: absolute, https.</summary>
    public required Uri ResourceManager { get; init; }

    /// <summary>Where Azure.Identity asks for tokens; null for credentials that do not ask there.</summary>
    public Uri? AuthorityHost { get; init; }

    /// <summary>Token audience of Resource Manager, with or without <c>/.default</c>.</summary>
    public required string ResourceManagerAudience { get; init; }

    /// <summary>
    /// Token audiences of the workspace's data plane: the first is tried first, the next when the service answers 401.
    /// Both the service's own audience and Resource Manager's are in use.
    /// </summary>
    public required IReadOnlyList<string> DataPlaneAudiences { get; init; }

    /// <summary>Token audience of storage.</summary>
    public string StorageAudience { get; init; } = "https://storage.azure.com";

    /// <summary>What follows <c>account.blob.</c> in a storage host, port included: <c>core.windows.net</c>, <c>localhost:10443</c>.</summary>
    public required string StorageSuffix { get; init; }

    /// <summary>Host names, or suffixes beginning with a dot, of the data plane; an entry with <c>:port</c> wants that port.</summary>
    public required IReadOnlyList<string> DataPlaneSuffixes { get; init; }

    /// <summary>A PEM file with certificates trusted besides the machine's; null for none.</summary>
    public string? CaCertificatePath { get; init; }

    /// <summary>Azure ML studio; null where there is none.</summary>
    public Uri? PortalUrl { get; init; }

    /// <summary>The Azure portal; null where none is known.</summary>
    public Uri? AzurePortalUrl { get; init; }

    /// <summary>Azure public cloud.</summary>
    public static CloudDescription Public { get; } = new()
    {
        Name = "Azure",
        ResourceManager = new Uri("https://management.azure.com/"),
        AuthorityHost = new Uri("https://login.microsoftonline.com/"),
        ResourceManagerAudience = "https://management.azure.com",
        DataPlaneAudiences = ["https://ml.azure.com", "https://management.azure.com"],
        StorageSuffix = "core.windows.net",
        DataPlaneSuffixes = [".api.azureml.ms", ".experiments.azureml.net", ".modelmanagement.azureml.net"],
        PortalUrl = new Uri("https://ml.azure.com/"),
        AzurePortalUrl = new Uri("https://portal.azure.com/"),
    };

    /// <summary>Azure operated by 21Vianet.</summary>
    public static CloudDescription China { get; } = new()
    {
        Name = "Azure China",
        ResourceManager = new Uri("https://management.chinacloudapi.cn/"),
        AuthorityHost = new Uri("https://login.chinacloudapi.cn/"),
        ResourceManagerAudience = "https://management.chinacloudapi.cn",
        DataPlaneAudiences = ["https://ml.azure.cn", "https://management.chinacloudapi.cn"],
        StorageSuffix = "core.chinacloudapi.cn",
        DataPlaneSuffixes = [".api.ml.azure.cn"],
        PortalUrl = new Uri("https://studio.ml.azure.cn/"),
        AzurePortalUrl = new Uri("https://portal.azure.cn/"),
    };

    /// <summary>Azure US Government.</summary>
    public static CloudDescription UsGovernment { get; } = new()
    {
        Name = "Azure US Government",
        ResourceManager = new Uri("https://management.usgovcloudapi.net/"),
        AuthorityHost = new Uri("https://login.microsoftonline.us/"),
        ResourceManagerAudience = "https://management.usgovcloudapi.net",
        DataPlaneAudiences = ["https://ml.azure.us", "https://management.usgovcloudapi.net"],
        StorageSuffix = "core.usgovcloudapi.net",
        DataPlaneSuffixes = [".api.ml.azure.us"],
        PortalUrl = new Uri("https://ml.azure.us/"),
        AzurePortalUrl = new Uri("https://portal.azure.us/"),
    };

    /// <summary>
    /// Whether a token may go to a host that an answer named (nextLink, Location, discoveryUrl): links are data that
    /// someone else wrote. Allowed are, over https only, the host the request began at, Resource Manager's own, and the data plane.
    /// </summary>
    /// <param name="origin">Where the request, or the listing that gave the link, began.</param>
    /// <param name="target">Where the token would go.</param>
    public bool MaySendToken(Uri origin, Uri target)
    {
        ArgumentNullException.ThrowIfNull(origin);
        ArgumentNullException.ThrowIfNull(target);
        if (!IsPlainHttps(target))
        {
            return false;
        }

        return SameEndpoint(origin, target) || SameEndpoint(ResourceManager, target) || IsDataPlaneHost(target);
    }

    /// <summary>Whether an address is a storage account's of this cloud: https, <c>account.service.suffix</c>, the suffix's port.</summary>
    /// <param name="address">The address.</param>
    public bool IsStorageHost(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!IsPlainHttps(address))
        {
            return false;
        }

        var (suffix, port) = SplitPort(StorageSuffix.TrimStart('.'));
        var host = address.IdnHost;
        if (address.Port != (port ?? 443) || !host.EndsWith("." + suffix, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var labels = host[..^(suffix.Length + 1)].Split('.');
        return labels.Length >= 2 && labels[0].Length > 0 && labels[^1] is "blob" or "dfs" or "file" or "queue" or "table";
    }

    /// <summary>The scope to ask a token for.</summary>
    /// <param name="audience">An audience, with or without <c>/.default</c>.</param>
    public static string ToScope(string audience)
    {
        ArgumentException.ThrowIfNullOrEmpty(audience);
        return audience.EndsWith("/.default", StringComparison.Ordinal) ? audience : audience.TrimEnd('/') + "/.default";
    }

    private bool IsDataPlaneHost(Uri target)
    {
        foreach (var entry in DataPlaneSuffixes)
        {
            var (name, port) = SplitPort(entry);
            if (port is not null && port != target.Port)
            {
                continue;
            }

            if (name.StartsWith('.')
                ? target.IdnHost.EndsWith(name, StringComparison.OrdinalIgnoreCase) && !RunsCustomersCode(target.IdnHost)
                : target.IdnHost.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    // Scoring endpoints and compute instances share the data plane's DNS zones, but answer with code of a customer.
    private static bool RunsCustomersCode(string host)
    {
        var labels = host.Split('.');
        return labels.Contains("inference", StringComparer.OrdinalIgnoreCase) || labels.Contains("instances", StringComparer.OrdinalIgnoreCase);
    }

    private static bool IsPlainHttps(Uri address)
        => address.IsAbsoluteUri && address.Scheme == Uri.UriSchemeHttps && address.UserInfo.Length == 0;

    private static bool SameEndpoint(Uri one, Uri other)
        => one.IsAbsoluteUri && one.Scheme == other.Scheme && one.Port == other.Port
            && one.IdnHost.Equals(other.IdnHost, StringComparison.OrdinalIgnoreCase);

    private static (string Name, int? Port) SplitPort(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && int.TryParse(text.AsSpan(colon + 1), System.Globalization.NumberStyles.None, null, out var port)
            ? (text[..colon], port)
            : (text, null);
    }
}
