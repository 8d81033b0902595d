using AmlDataTools.Azure.Cloud;
using AmlDataTools.Core.Problems;
using AmlDataTools.Server.Hosting;
using AmlDataTools.Server.Protocol;

namespace AmlDataTools.Server.Tests.Hosting;

public sealed class CloudReaderTests
{
    private static readonly CustomCloud s_emulator =
        new("https://localhost:8443/", null, null, null, null, "localhost:10443", ["localhost", ".api.example.org:444"], null, null);

    [Fact]
    public void Named_clouds_are_those_of_Azure()
    {
        Assert.Same(CloudDescription.China, CloudReader.Read(new CloudSettings(CloudName.China, null)));
        Assert.Same(CloudDescription.UsGovernment, CloudReader.Read(new CloudSettings(CloudName.UsGovernment, null)));
    }

    [Fact]
    public void What_a_custom_cloud_leaves_out_is_taken_from_Resource_Manager()
    {
        var cloud = Read(s_emulator with { AuthorityHost = " ", CaCertificatePath = "" });
        Assert.Equal("https://localhost:8443", cloud.ResourceManagerAudience);
        Assert.Equal(["https://localhost:8443"], cloud.DataPlaneAudiences);
        Assert.Equal("https://storage.azure.com", cloud.StorageAudience);
        Assert.Null(cloud.AuthorityHost);
        Assert.Null(cloud.CaCertificatePath);
        Assert.True(cloud.IsStorageHost(new Uri("https://account.blob.localhost:10443/c/b")));
    }

    [Theory]
    [InlineData("http://localhost:8443/")]
    [InlineData("localhost:8443")]
    [InlineData("")]
    [InlineData("https://user:secret@localhost/")]
    [InlineData("https://localhost/?a=b")]
    public void Resource_Manager_must_be_https(string address) =>
        AssertRefused(s_emulator with { ResourceManager = address }, "resourceManager");

    [Fact]
    public void Portals_are_https_addresses_and_may_be_left_out()
    {
        var cloud = Read(s_emulator with { PortalUrl = "https://studio.example.org", AzurePortalUrl = "https://portal.example.org/tenant" });
        Assert.Equal(("https://studio.example.org/", "https://portal.example.org/tenant"), (cloud.PortalUrl?.AbsoluteUri, cloud.AzurePortalUrl?.AbsoluteUri));
        Assert.Null(Read(s_emulator with { AzurePortalUrl = " " }).AzurePortalUrl);
        foreach (var wrong in new[] { "http://portal.example.org", "javascript:alert(1)", "portal.example.org", "https://a:b@portal.example.org", "https://portal.example.org/?a=b" })
        {
            AssertRefused(s_emulator with { AzurePortalUrl = wrong }, "azurePortalUrl");
        }
    }

    [Theory]
    [InlineData("https://localhost")]
    [InlineData("local host")]
    [InlineData("localhost/path")]
    [InlineData("localhost:99999")]
    [InlineData("")]
    [InlineData(".")]
    public void Suffixes_must_be_hosts(string suffix)
    {
        AssertRefused(s_emulator with { StorageSuffix = suffix }, "storageSuffix");
        AssertRefused(s_emulator with { DataPlaneSuffixes = [suffix] }, "dataPlaneSuffixes");
    }

    [Fact]
    public void The_certificate_must_be_there()
    {
        AssertRefused(s_emulator with { CaCertificatePath = "relative.pem" }, "caCertificatePath");
        AssertRefused(s_emulator with { CaCertificatePath = "/not/there.pem" }, "caCertificatePath");
    }

    private static void AssertRefused(CustomCloud custom, string setting)
    {
        var problem = Assert.Throws<ProblemException>(() => Read(custom));
        Assert.Equal(("settings.cloudInvalid", setting), (problem.Code, problem.Target));
        Assert.Contains(setting, problem.Message, StringComparison.Ordinal);
    }

    private static CloudDescription Read(CustomCloud custom) => CloudReader.Read(new CloudSettings(CloudName.Custom, custom));
}
