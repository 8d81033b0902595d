namespace AmlDataTools.Core.Explorer.Nodes;

/// <summary>Addresses of resources in the Azure portal: <c>#@{tenant}/resource{id}</c>, the form the portal itself shares.</summary>
internal sealed class PortalLinks(Uri? portal)
{
    /// <summary>The page of a resource; null where there is no portal.</summary>
    /// <param name="resourceId">Its Resource Manager id.</param>
    /// <param name="tenantId">The tenant through which it is opened; null for the account's own.</param>
    public string? Resource(string resourceId, string? tenantId) => portal is null ? null
        : $"{portal.AbsoluteUri.TrimEnd('/')}/#{(string.IsNullOrEmpty(tenantId) ? string.Empty : "@" + Uri.EscapeDataString(tenantId))}/resource{resourceId.Replace(" ", "%20", StringComparison.Ordinal)}";
}
