using AmlDataTools.Azure.Cloud;
using Xunit;

namespace AmlDataTools.Azure.Tests.Cloud;

public sealed class CloudDescriptionTests
{
    private static readonly Uri Origin = new("https://management.azure.com/subscriptions");

    [Theory]
    [InlineData("https://management.azure.com/next?$skipToken=1")]
    [InlineData("https://eastus.api.azureml.ms/discovery")]
    [InlineData("https://a0000000-0000-4000-8000-000000000002.workspace.eastus.api.azureml.ms/discovery")]
    [InlineData("https://eastus.experiments.azureml.net/history")]
    [InlineData("https://EASTUS.API.AZUREML.MS/discovery")]
    public void A_token_may_go_to_the_clouds_own_hosts(string target)
        => Assert.True(CloudDescription.Public.MaySendToken(Origin, new Uri(target)));

    [Theory]
    [InlineData("http://management.azure.com/next")]
    [InlineData("http://eastus.api.azureml.ms/discovery")]
    [InlineData("https://management.azure.com.attacker.example/")]
    [InlineData("https://attacker.example/?x=management.azure.com")]
    [InlineData("https://evilapi.azureml.ms/")]
    [InlineData("https://api.azureml.ms.attacker.example/")]
    [InlineData("https://management.azure.com:8443/")]
    [InlineData("https://user@management.azure.com/")]
    [InlineData("https://management.azure.com@attacker.example/")]
    [InlineData("https://my-instance.eastus.instances.azureml.ms/")]
    [InlineData("https://endpoint.guid.inference.eastus.api.azureml.ms/score")]
    [InlineData("https://sampleamlstorage.blob.core.windows.net/")]
    public void A_token_may_go_nowhere_else(string target)
        => Assert.False(CloudDescription.Public.MaySendToken(Origin, new Uri(target)));

    [Fact]
    public void The_host_a_request_began_at_counts_with_its_port()
    {
        var origin = new Uri("https://arm.local.stack:30024/");
        Assert.True(CloudDescription.Public.MaySendToken(origin, new Uri("https://arm.local.stack:30024/next")));
        Assert.False(CloudDescription.Public.MaySendToken(origin, new Uri("https://arm.local.stack:30025/next")));
    }

    [Fact]
    public void An_exact_host_of_a_custom_cloud_does_not_open_the_hosts_below_it()
    {
        var cloud = CloudDescription.Public with { DataPlaneSuffixes = ["ml.stack:8443", "localhost"] };
        Assert.True(cloud.MaySendToken(Origin, new Uri("https://ml.stack:8443/")));
        Assert.False(cloud.MaySendToken(Origin, new Uri("https://ml.stack/")));
        Assert.False(cloud.MaySendToken(Origin, new Uri("https://x.ml.stack:8443/")));
        Assert.True(cloud.MaySendToken(Origin, new Uri("https://localhost:43210/")));
        Assert.False(cloud.MaySendToken(Origin, new Uri("https://evil.localhost:43210/")));
    }

    [Theory]
    [InlineData("core.windows.net", "https://a.blob.core.windows.net/azureml", true)]
    [InlineData("core.windows.net", "https://a.dfs.core.windows.net/", true)]
    [InlineData("core.windows.net", "https://a-secondary.z01.file.core.windows.net/", true)]
    [InlineData("core.windows.net", "http://a.blob.core.windows.net/azureml", false)]
    [InlineData("core.windows.net", "https://blob.core.windows.net/", false)]
    [InlineData("core.windows.net", "https://a.blob.core.windows.net:8080/", false)]
    [InlineData("core.windows.net", "https://a.blob.core.windows.net.evil.example/", false)]
    [InlineData("core.windows.net", "https://a.web.core.windows.net/", false)]
    [InlineData("localhost:10443", "https://a.blob.localhost:10443/x", true)]
    [InlineData("localhost:10443", "https://a.blob.localhost/x", false)]
    public void Storage_hosts_are_told_from_others(string suffix, string address, bool expected)
        => Assert.Equal(expected, (CloudDescription.Public with { StorageSuffix = suffix }).IsStorageHost(new Uri(address)));

    [Theory]
    [InlineData("https://ml.azure.com", "https://ml.azure.com/.default")]
    [InlineData("https://ml.azure.com/", "https://ml.azure.com/.default")]
    [InlineData("https://ml.azure.com/.default", "https://ml.azure.com/.default")]
    public void An_audience_becomes_a_scope(string audience, string scope) => Assert.Equal(scope, CloudDescription.ToScope(audience));
}
