using AmlDataTools.Azure.Arm;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace AmlDataTools.Azure.Tests.Arm;

public sealed class ResourcePathTests
{
    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("\t")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("../jobs")]
    [InlineData("a\nb")]
    public void A_name_that_would_be_another_address_is_refused(string name)
    {
        Assert.Throws<ArgumentException>(() => ResourcePath.Of("models", name));
        Assert.Throws<ArgumentException>(() => ResourcePath.Of("models", name, "versions", "1"));
        Assert.Throws<ArgumentException>(() => ResourcePath.Of("models", "m").Then("versions", name));
        Assert.Throws<ArgumentException>(() => ResourcePath.Of(name));
    }

    [Fact]
    public void No_segment_at_all_would_be_the_workspace() => Assert.Throws<ArgumentException>(() => ResourcePath.Of());

    [Theory]
    [InlineData("100%", "100%25")]
    [InlineData("a b", "a%20b")]
    [InlineData("*", "%2A")]
    [InlineData("?x=1&y#z", "%3Fx%3D1%26y%23z")]
    [InlineData("%2e%2e", "%252e%252e")]
    [InlineData("caf\u00e9", "caf%C3%A9")]
    public void Names_are_escaped(string name, string escaped)
        => Assert.Equal($"/models/{escaped}/versions/1", ResourcePath.Of("models", name, "versions", "1").Escaped);

    [Fact]
    public void Every_accepted_name_stays_one_segment() => Prop.ForAll<NonNull<string>>(name =>
    {
        ResourcePath path;
        try
        {
            path = ResourcePath.Of("jobs", name.Get);
        }
        catch (ArgumentException)
        {
            return true;
        }

        var address = new Uri("https://management.azure.com/w" + path.Escaped + "?q=1");
        return address.Segments.Length == 4 && address.Query == "?q=1" && address.Fragment.Length == 0
            && (name.Get.Any(char.IsSurrogate) || Uri.UnescapeDataString(address.Segments[3]) == name.Get);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_path_knows_what_it_is()
    {
        var version = ResourcePath.Of("models", "m", "versions", "1");
        Assert.Equal((false, "1", "models/versions", "models/m/versions/1"), (version.IsCollection, version.Leaf, version.Kind, version.ToString()));
        Assert.True(ResourcePath.Of("models").IsCollection);
        Assert.True(ResourcePath.Of("models", "m", "versions").IsCollection);
        Assert.Equal(version, ResourcePath.Of("models", "m").Then("versions", "1"));
        Assert.NotEqual(version, ResourcePath.Of("models", "m", "versions", "2"));
    }

    [Theory]
    [InlineData("/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/models/m 1/versions/2", "models/m 1/versions/2")]
    [InlineData("/subscriptions/s/resourcegroups/g/providers/microsoft.machinelearningservices/workspaces/w/jobs/j", "jobs/j")]
    [InlineData("/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w", null)]
    [InlineData("/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/jobs/", null)]
    [InlineData("/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/jobs/../models", null)]
    [InlineData("/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/w/jobs/j", null)]
    [InlineData(null, null)]
    public void An_id_is_read(string? id, string? path) => Assert.Equal(path, ResourcePath.FromResourceId(id)?.ToString());
}
