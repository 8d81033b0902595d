using AmlDataTools.Azure;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Runs;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace AmlDataTools.Core.Tests.Runs;

public sealed class AssetUriTests
{
    private static readonly Gen<string> Segment = Gen.Elements("a", "workspaceblobstore", "My Group", "x-1_2.3", "paths", "datastores", "ü");

    private static readonly Gen<string> PathText = Gen.Elements("", "a", "a/b.txt", "a b/ü/", "paths/x", "ExperimentRun/dcid.r/", "a%20b?c#d", "x//y", "..");

    private static readonly Gen<AssetUri> Uris = Gen.OneOf(
        from store in Segment from path in PathText select new AssetUri(null, null, null, store, path),
        from subscription in Segment
        from resourceGroup in Segment
        from workspace in Segment
        from store in Segment
        from path in PathText
        select new AssetUri(subscription, resourceGroup, workspace, store, path));

    [Fact]
    public void Every_place_survives_its_text() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Uris.ToArbitrary(), uri => AssetUri.Parse(uri.ToString()) == uri));

    [Fact]
    public void Any_text_is_a_place_or_none() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(1000),
        Prop.ForAll(ArbMap.Default.ArbFor<string?>(), text => !AssetUri.TryParse("azureml://" + text, out var uri) || (uri.Datastore.Length > 0 && !uri.Datastore.Contains('/', StringComparison.Ordinal))));

    [Theory]
    [InlineData("azureml://datastores/x/paths/a/b/", null, "x", "a/b/")]
    [InlineData("azureml://datastores/workspaceartifactstore/ExperimentRun/dcid.r", null, "workspaceartifactstore", "ExperimentRun/dcid.r")]
    [InlineData("azureml://subscriptions/s/resourcegroups/g/workspaces/w/datastores/x/paths/a", "w", "x", "a")]
    [InlineData("azureml://subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/datastores/x/paths/a", "w", "x", "a")]
    [InlineData("AzureML://Datastores/x/Paths/A", null, "x", "A")]
    [InlineData("azureml://datastores/x", null, "x", "")]
    [InlineData("azureml://datastores/x/paths", null, "x", "")]
    [InlineData("azureml://datastores/x/paths//a", null, "x", "a")]
    public void Forms_in_use_are_read(string text, string? workspace, string store, string path)
    {
        var uri = AssetUri.Parse(text);
        Assert.Equal((workspace, store, path), (uri.WorkspaceName, uri.Datastore, uri.Path));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("https://a.blob.core.windows.net/c/b")]
    [InlineData("azureml://")]
    [InlineData("azureml://datastores/")]
    [InlineData("azureml://datastores//paths/a")]
    [InlineData("azureml://subscriptions/s/workspaces/w/datastores/x/paths/a")]
    [InlineData("azureml://subscriptions/s/resourcegroups/g/providers/Other/workspaces/w/datastores/x/paths/a")]
    [InlineData("azureml://locations/eastus/workspaces/id/data/name/versions/1")]
    [InlineData("azureml:name:1")]
    public void Everything_else_is_a_clear_problem(string? text)
        => Assert.Equal("asset.invalidUri", Assert.Throws<ProblemException>(() => AssetUri.Parse(text)).Code);

    [Fact]
    public void A_place_elsewhere_keeps_its_workspace()
    {
        var atHand = new WorkspaceRef("S", "G", "W", "t");
        Assert.Same(atHand, AssetUri.Parse("azureml://datastores/x/paths/a").In(atHand));
        Assert.Same(atHand, AssetUri.Parse("azureml://subscriptions/s/resourcegroups/g/workspaces/w/datastores/x/paths/a").In(atHand));
        Assert.Equal(new WorkspaceRef("s", "g", "other", "t"), AssetUri.Parse("azureml://subscriptions/s/resourcegroups/g/workspaces/other/datastores/x/paths/a").In(atHand));
    }
}
