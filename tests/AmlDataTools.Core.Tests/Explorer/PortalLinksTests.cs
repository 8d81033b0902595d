using AmlDataTools.Azure.Cloud;
using AmlDataTools.Core.Explorer.Nodes;
using Xunit;

namespace AmlDataTools.Core.Tests.Explorer;

/// <summary>Where "Open in Azure Portal" leads.</summary>
public sealed class PortalLinksTests
{
    private const string Id = "/subscriptions/s/resourceGroups/my group/providers/Microsoft.KeyVault/vaults/kv";

    [Fact]
    public void A_resource_has_its_page_in_the_cloud_and_tenant_it_is_in()
    {
        Assert.Equal("https://portal.azure.com/#@t/resource/subscriptions/s/resourceGroups/my%20group/providers/Microsoft.KeyVault/vaults/kv", new PortalLinks(CloudDescription.Public.AzurePortalUrl).Resource(Id, "t"));
        Assert.StartsWith("https://portal.azure.cn/#/resource/", new PortalLinks(CloudDescription.China.AzurePortalUrl).Resource(Id, null), StringComparison.Ordinal);
        Assert.StartsWith("https://portal.azure.us/#/resource/", new PortalLinks(CloudDescription.UsGovernment.AzurePortalUrl).Resource(Id, null), StringComparison.Ordinal);
    }

    [Fact]
    public void Where_no_portal_is_known_there_is_no_page() => Assert.Null(new PortalLinks(null).Resource(Id, "t"));
}
