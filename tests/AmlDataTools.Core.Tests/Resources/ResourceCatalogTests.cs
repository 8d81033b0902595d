using AmlDataTools.Azure;
using AmlDataTools.Core.Resources;
using Xunit;

namespace AmlDataTools.Core.Tests.Resources;

/// <summary>The catalog against the published table: kind, archive, how its record goes, data.</summary>
public sealed class ResourceCatalogTests
{
    private static readonly WorkspaceRef Workspace = new("s", "g", "w", "t");

    [Theory]
    [InlineData(ResourceKind.Run, true, RecordRemoval.Delete, true)]
    [InlineData(ResourceKind.Experiment, true, RecordRemoval.Delete, true)]
    [InlineData(ResourceKind.Model, true, RecordRemoval.Delete, true)]
    [InlineData(ResourceKind.ModelVersion, true, RecordRemoval.Delete, true)]
    [InlineData(ResourceKind.DataAsset, true, RecordRemoval.ArchiveInstead, true)]
    [InlineData(ResourceKind.DataVersion, true, RecordRemoval.ArchiveInstead, true)]
    [InlineData(ResourceKind.Dataset, false, RecordRemoval.Unregister, true)]
    [InlineData(ResourceKind.Compute, false, RecordRemoval.Delete, false)]
    [InlineData(ResourceKind.OnlineEndpoint, false, RecordRemoval.Delete, false)]
    [InlineData(ResourceKind.OnlineDeployment, false, RecordRemoval.Delete, false)]
    [InlineData(ResourceKind.BatchEndpoint, false, RecordRemoval.Delete, false)]
    [InlineData(ResourceKind.BatchDeployment, false, RecordRemoval.Delete, false)]
    [InlineData(ResourceKind.WebService, false, RecordRemoval.Delete, false)]
    [InlineData(ResourceKind.PipelineEndpoint, true, RecordRemoval.ArchiveInstead, false)]
    [InlineData(ResourceKind.PublishedPipeline, true, RecordRemoval.ArchiveInstead, false)]
    [InlineData(ResourceKind.Schedule, false, RecordRemoval.Delete, false)]
    [InlineData(ResourceKind.Environment, true, RecordRemoval.DeleteMayBeRefused, false)]
    [InlineData(ResourceKind.EnvironmentVersion, true, RecordRemoval.DeleteMayBeRefused, false)]
    [InlineData(ResourceKind.Component, true, RecordRemoval.DeleteMayBeRefused, false)]
    [InlineData(ResourceKind.ComponentVersion, true, RecordRemoval.DeleteMayBeRefused, false)]
    [InlineData(ResourceKind.Datastore, false, RecordRemoval.Unregister, false)]
    public void The_catalog_says_what_the_table_says(ResourceKind kind, bool archive, RecordRemoval removal, bool data)
    {
        var traits = ResourceCatalog.Of(kind);
        Assert.Equal((kind, archive, removal, data), (traits.Kind, traits.CanArchive, traits.Removal, traits.CanHaveData));
    }

    [Fact]
    public void Every_kind_has_its_own_place_and_words()
    {
        var all = Enum.GetValues<ResourceKind>().Select(ResourceCatalog.Of).ToList();
        Assert.Equal(Enum.GetValues<ResourceKind>(), all.Select(traits => traits.Kind));
        Assert.Equal(all.Count, all.Select(traits => traits.Singular).Distinct().Count());
        var atArm = all.Where(traits => traits.Collection is not null).ToList();
        Assert.Equal(atArm.Count, atArm.Select(traits => (traits.Collection, traits.ChildCollection)).Distinct().Count());
        Assert.All(all, traits => Assert.Equal(traits.ChildCollection is not null, ResourcePlaces.ContainerOf(traits.Kind) is not null));
        Assert.All(all, traits => Assert.True(ResourcePlaces.ContentOf(traits.Kind) is not { } inner || ResourcePlaces.ContainerOf(inner) == traits.Kind));
    }

    [Theory]
    [InlineData("models/a", ResourceKind.Model, "a", null)]
    [InlineData("MODELS/a/VERSIONS/3", ResourceKind.ModelVersion, "a", "3")]
    [InlineData("data/x", ResourceKind.DataAsset, "x", null)]
    [InlineData("data/x/versions/1", ResourceKind.DataVersion, "x", "1")]
    [InlineData("computes/c", ResourceKind.Compute, "c", null)]
    [InlineData("onlineEndpoints/e/deployments/blue", ResourceKind.OnlineDeployment, "e", "blue")]
    [InlineData("batchEndpoints/e", ResourceKind.BatchEndpoint, "e", null)]
    [InlineData("schedules/s", ResourceKind.Schedule, "s", null)]
    [InlineData("environments/e/versions/2", ResourceKind.EnvironmentVersion, "e", "2")]
    [InlineData("components/c/versions/2", ResourceKind.ComponentVersion, "c", "2")]
    [InlineData("datastores/d", ResourceKind.Datastore, "d", null)]
    [InlineData("jobs/j", ResourceKind.Run, "j", null)]
    public void Ids_are_read_and_written(string path, ResourceKind kind, string name, string? child)
    {
        var address = ResourcePlaces.FromResourceId($"{FakeResources.Workspace}/{path}", "t");
        Assert.Equal(new ResourceAddress(Workspace, kind, name, child), address);
        Assert.Equal($"{FakeResources.Workspace}/{path}", ResourcePlaces.ResourceIdOf(new ResourceAddress(Workspace, kind, name, child)), ignoreCase: true);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/models")]
    [InlineData("/models/")]
    [InlineData("/models/a/versions")]
    [InlineData("/models/a/versions/..")]
    [InlineData("/models/../computes/c")]
    [InlineData("/datastores/d/paths/x")]
    [InlineData("/unknown/a")]
    public void What_is_no_thing_is_not_read_as_one(string path)
        => Assert.Null(ResourcePlaces.FromResourceId(FakeResources.Workspace + path, null));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData(". .")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a\u0000b")]
    [InlineData("a\n")]
    public void A_name_that_would_be_another_address_gets_no_request(string name)
    {
        Assert.False(ResourcePlaces.CanAddress(new ResourceAddress(Workspace, ResourceKind.Model, name, null)));
        Assert.False(ResourcePlaces.CanAddress(new ResourceAddress(Workspace, ResourceKind.ModelVersion, "m", name)));
        Assert.Null(ResourcePlaces.ResourceIdOf(new ResourceAddress(Workspace, ResourceKind.Model, name, null)));
    }

    [Theory]
    [InlineData("100 %")]
    [InlineData("a%2Fb")]
    [InlineData("..a")]
    [InlineData("日本語")]
    [InlineData("a b")]
    public void Odd_names_are_names(string name)
        => Assert.True(ResourcePlaces.CanAddress(new ResourceAddress(Workspace, ResourceKind.Model, name, null)));

    [Fact]
    public void A_version_without_its_container_has_no_address()
    {
        Assert.False(ResourcePlaces.CanAddress(new ResourceAddress(Workspace, ResourceKind.ModelVersion, "m", null)));
        Assert.ThrowsAny<ArgumentException>(() => ResourcePlaces.CollectionOf(ResourceKind.ModelVersion, null));
        Assert.ThrowsAny<ArgumentException>(() => ResourcePlaces.PathOf(new ResourceAddress(Workspace, ResourceKind.ModelVersion, "m", null)));
    }
}
