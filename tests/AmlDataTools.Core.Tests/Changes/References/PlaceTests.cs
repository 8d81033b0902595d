using AmlDataTools.Azure;
using AmlDataTools.Core.Changes.References;
using AmlDataTools.Core.Places;
using AmlDataTools.Core.Resources;
using Xunit;

namespace AmlDataTools.Core.Tests.Changes.References;

public sealed class PlaceTests
{
    private static readonly WorkspaceRef Workspace = new("s", "g", "w", null);

    /// <summary>The index finds what comparing each with each finds.</summary>
    [Fact]
    public void The_index_finds_just_what_overlaps()
    {
        var random = new Random(20261121);
        for (var round = 0; round < 2000; round++)
        {
            Compare([.. Enumerable.Range(0, random.Next(30)).Select(_ => random.Next())], random.Next());
        }
    }

    private static void Compare(int[] seeds, int asked)
    {
        static string Path(int seed)
        {
            string[] names = ["a", "b", "a.b", "a-b", "ab", "A"];
            var value = Math.Abs((long)seed);
            return string.Join('/', Enumerable.Range(0, (int)(value % 4)).Select(i => names[(value >> (3 * i + 2)) % names.Length]));
        }

        var places = seeds.Select(Path).Distinct().Select(path => new StoragePlace("x/y", path)).ToList();
        var index = new PlaceIndex<string>(places.Select(place => (place, place.Path)));
        var place = new StoragePlace("x/y", Path(asked));
        Assert.Equal(places.Where(place.Overlaps).Select(p => p.Path).Order(StringComparer.Ordinal), index.Touched(place).Order(StringComparer.Ordinal));
        Assert.Empty(index.Touched(place with { Container = "x/z" }));
    }

    [Theory]
    [InlineData("ExperimentRun/dcid.run1", "ExperimentRun/dcid.run10", false)]
    [InlineData("ExperimentRun/dcid.run1", "ExperimentRun/dcid.run1/outputs", true)]
    [InlineData("a/b/c", "a/b", true)]
    [InlineData("a/b", "a/B", false)]
    [InlineData("", "a", true)]
    public void Folders_end_at_a_slash(string one, string other, bool overlap)
        => Assert.Equal(overlap, StoragePlace.Of("x", "y", one).Overlaps(StoragePlace.Of("X", "Y", other)));

    [Theory]
    [InlineData("azureml://workspaces/a0000000-0000-4000-8000-000000000090/datastores/store/paths/a/b.csv", "a0000000-0000-4000-8000-000000000090", "azureml://datastores/store/paths/a/b.csv")]
    [InlineData("azureml://workspaces/x/data/name/versions/1", null, null)]
    [InlineData("azureml://workspaces//datastores/store/paths/a", null, null)]
    [InlineData("azureml://datastores/store/paths/a", null, null)]
    [InlineData(null, null, null)]
    public void A_workspace_may_be_named_by_its_id_alone(string? address, string? id, string? rest)
        => Assert.Equal(id is null || rest is null ? null : (id, rest), DataAddress.ByWorkspaceId(address));

    [Theory]
    [InlineData("aml://artifact/ExperimentRun/dcid.run1/outputs/model", "ExperimentRun/dcid.run1/outputs/model")]
    [InlineData("aml://artifact/LocalUpload/240105T091500-a0f1/scorer.pkl", "LocalUpload/240105T091500-a0f1/scorer.pkl")]
    [InlineData("aml://artifact/Other/x/y", null)]
    [InlineData("aml://artifact/ExperimentRun/dcid.run1", null)]
    [InlineData("aml://asset/0123", null)]
    public void Artifacts_of_the_first_version_lie_in_the_artifact_store(string address, string? path)
    {
        Assert.Equal(path is null ? null : ("workspaceartifactstore", path), DataAddress.Artifact(address));
        Assert.Equal(address == "aml://asset/0123" ? "0123" : null, DataAddress.AssetId(address));
    }

    [Theory]
    [InlineData("https://acc.blob.core.windows.net/cont/a/b%20c?sv=secret", "acc/cont", "a/b c")]
    [InlineData("abfss://fs@acc.dfs.core.windows.net/a/b/", "acc/fs", "a/b")]
    [InlineData("wasbs://cont@acc.blob.core.windows.net/a", "acc/cont", "a")]
    [InlineData("https://acc.blob.localhost:10443/cont", "acc/cont", "")]
    public void Addresses_of_an_account_are_places(string address, string container, string path)
        => Assert.Equal(new StoragePlace(container, path), DataAddress.InAccount(address));

    [Theory]
    [InlineData("https://example.com/cont/a")]
    [InlineData("http://bla/")]
    [InlineData("azureml://datastores/x/paths/y")]
    [InlineData(null)]
    public void Other_addresses_are_none(string? address) => Assert.Null(DataAddress.InAccount(address));

    [Theory]
    [InlineData("azureml://datastores/s1/paths/a/b", "s1", "a/b")]
    [InlineData("azureml://subscriptions/s/resourcegroups/g/workspaces/w/datastores/s1/paths/a", "s1", "a")]
    [InlineData("azureml://jobs/r1/outputs/artifacts/paths/outputs/m", "workspaceartifactstore", "ExperimentRun/dcid.r1/outputs/m")]
    [InlineData("azureml://jobs/r1/outputs/artifacts/outputs/m", "workspaceartifactstore", "ExperimentRun/dcid.r1/outputs/m")]
    [InlineData("azureml://experiments/e/runs/r1/artifacts/model", "workspaceartifactstore", "ExperimentRun/dcid.r1/model")]
    [InlineData("runs:/r1/model", "workspaceartifactstore", "ExperimentRun/dcid.r1/model")]
    public void Addresses_of_the_workspace_are_places_in_datastores(string address, string datastore, string path)
        => Assert.Equal((Workspace, datastore, path), DataAddress.InDatastore(address, Workspace));

    [Theory]
    [InlineData("/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/models/m/versions/3", ResourceKind.ModelVersion, "m", "3")]
    [InlineData("azureml://locations/eastus/workspaces/id/data/d/versions/1", ResourceKind.DataVersion, "d", "1")]
    public void Assets_are_read_from_their_ids(string id, ResourceKind kind, string name, string version)
        => Assert.Equal(new AssetName(kind, name, version), AssetNames.Parse(id, Workspace));

    [Fact]
    public void Assets_of_another_workspace_are_none_of_this_one()
        => Assert.Null(AssetNames.Parse("/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/other/models/m/versions/3", Workspace));

    [Theory]
    [InlineData("ExperimentRun/dcid.r1/outputs", "r1")]
    [InlineData("ArtifactZip/ExperimentRun/dcid.r1.zip", "r1")]
    [InlineData("azureml/r1/out", "r1")]
    [InlineData("LocalUpload/abc", null)]
    public void A_path_tells_whose_run_it_is(string path, string? run) => Assert.Equal(run, RunFolders.RunOf(path));

    [Theory]
    [InlineData("azureml/ExperimentRun/dcid.r1", "r1")]
    [InlineData("azureml/ExperimentRun/dcid.r1/outputs/a", "r1")]
    [InlineData("azureml/ComputeRecord/dcid.r1/x", "r1")]
    [InlineData("azureml/ArtifactZip/ExperimentRun/dcid.r1.zip", "r1")]
    [InlineData("azureml/r1/out", "r1")]
    [InlineData("ExperimentRun/dcid.r1/outputs", "r1")]
    [InlineData("LocalUpload/abc", null)]
    public void What_lies_in_run_history_belongs_to_its_run_wherever_that_is_kept(string path, string? run) => Assert.Equal(run, RunFolders.OwnerOf(path));
}
