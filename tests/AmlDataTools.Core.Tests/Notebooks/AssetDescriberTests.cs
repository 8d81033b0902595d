using System.Net;
using System.Text.Json.Nodes;
using AmlDataTools.Azure;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Notebooks;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Runs;
using AmlDataTools.Core.Storage;
using AmlDataTools.Core.Tests.Explorer;
using AmlDataTools.Core.Tests.Resources;
using Xunit;

namespace AmlDataTools.Core.Tests.Notebooks;

public sealed class AssetDescriberTests
{
    private readonly FakeAzure _azure = new FakeAzure()
        .WithCollection("models/churn/versions",
        [
            Version("models/churn/versions/3", new() { ["stage"] = "Staging", ["modelType"] = "mlflow_model", ["jobName"] = "run_1", ["tags"] = new JsonObject { ["team"] = "red" }, ["modelUri"] = "azureml://datastores/store/paths/m/3" }),
            Version("models/churn/versions/2", new() { ["stage"] = "Production", ["modelUri"] = "azureml://jobs/run_9/outputs/model" }),
            Version("models/churn/versions/1", new() { ["isArchived"] = true }),
        ])
        .WithCollection("data/churn/versions", [Version("data/churn/versions/2", new() { ["dataType"] = "uri_folder" })])
        .WithCollection("data/loans/versions", [Version("data/loans/versions/5", new() { ["dataType"] = "uri_file" })])
        .WithCollection("environments", [FakeResources.Item("environments/train")]);

    [Fact]
    public async Task A_version_is_described_with_its_stage_tags_run_size_and_node()
    {
        var answer = await OneAsync(new(NotebookAssetKind.Model, "churn", "3", null, null, null));
        Assert.Equal(AssetState.Found, answer.State);
        Assert.Equal(["3", "2"], answer.Versions);
        var found = Assert.Single(answer.Found);
        Assert.Equal(("Staging", "mlflow_model", "run_1", 30L, "red"), (found.Stage, found.Type, found.SourceRun, found.Bytes, found.Tags["team"]));
        Assert.Equal(new ResourceTarget(new ResourceAddress(FakeAzure.Workspace, ResourceKind.ModelVersion, "churn", "3"), null), NodeTargets.Parse(found.NodeId ?? string.Empty));
    }

    [Theory]
    [InlineData(NotebookAssetKind.Model, null, "latest", "3")]
    [InlineData(NotebookAssetKind.Model, null, "production", "2")]
    [InlineData(NotebookAssetKind.Model, "1", null, "1")]
    [InlineData(NotebookAssetKind.Data, null, "latest", "2")]
    public async Task Labels_stages_and_archived_versions_are_found(NotebookAssetKind kind, string? version, string? label, string expected)
    {
        var found = Assert.Single((await OneAsync(new(kind, "churn", version, label, null, null))).Found);
        Assert.Equal((expected, expected == "1"), (found.Version, found.IsArchived));
    }

    [Fact]
    public async Task What_shares_a_name_is_all_told()
        => Assert.Equal([NotebookAssetKind.Model, NotebookAssetKind.Data], (await OneAsync(new(NotebookAssetKind.Any, "churn", "2", null, null, null))).Found.Select(found => found.Kind));

    [Fact]
    public async Task What_is_not_there_is_missing_with_the_versions_there_are()
    {
        var answer = await OneAsync(new(NotebookAssetKind.Model, "churn", "9", null, null, null));
        Assert.Equal(AssetState.Missing, answer.State);
        Assert.Equal(["3", "2"], answer.Versions);
        Assert.Equal("There is no version 9 of churn in the workspace w.", answer.Reason);
        Assert.Equal("There is no model nobody in the workspace w.", (await OneAsync(new(NotebookAssetKind.Model, "nobody", "1", null, null, null))).Reason);
    }

    [Fact]
    public async Task An_environment_of_the_same_form_is_not_missing()
        => Assert.Equal(AssetState.Unknown, (await OneAsync(new(NotebookAssetKind.Any, "train", "1", null, null, null))).State);

    [Theory]
    [InlineData("azureml://datastores/store/paths/a", "a/", true)]
    [InlineData("azureml://datastores/store/paths/m/model.pkl", "m/model.pkl", false)]
    [InlineData("azureml://subscriptions/s/resourceGroups/g/workspaces/w/datastores/store/paths/a/", "a/", true)]
    public async Task A_place_has_a_node_its_size_and_its_date(string address, string path, bool isFolder)
    {
        var found = Assert.Single((await OneAsync(new(NotebookAssetKind.Place, address, null, null, null, null))).Found);
        Assert.Equal((NotebookAssetKind.Place, isFolder ? "folder" : "file", isFolder ? 30L : 10L), (found.Kind, found.Type, found.Bytes));
        var location = new FileLocation(FakeAzure.Workspace, "store", path, null);
        Assert.Equal(isFolder ? new FolderTarget(location, null) : new FileTarget(location, null), NodeTargets.Parse(found.NodeId ?? string.Empty));
    }

    [Fact]
    public async Task A_whole_datastore_is_its_own_node_and_more_than_was_counted_is_said()
    {
        var found = Assert.Single((await OneAsync(new(NotebookAssetKind.Place, "azureml://datastores/large/paths/", null, null, null, null))).Found);
        Assert.Equal((1000L, true), (found.Files, found.HasMore));
        Assert.Equal(new ResourceTarget(new ResourceAddress(FakeAzure.Workspace, ResourceKind.Datastore, "large", null), null), NodeTargets.Parse(found.NodeId ?? string.Empty));
    }

    [Fact]
    public async Task A_place_with_nothing_is_missing_and_one_that_cannot_be_read_is_not()
    {
        Assert.Equal((AssetState.Missing, "There is nothing at x/y in the datastore empty."), StateOf(await OneAsync(new(NotebookAssetKind.Place, "azureml://datastores/empty/paths/x/y", null, null, null, null))));
        Assert.Equal(AssetState.Unknown, (await OneAsync(new(NotebookAssetKind.Place, "azureml://datastores/closed/paths/x", null, null, null, null))).State);

        static (AssetState, string?) StateOf(AssetDescription answer) => (answer.State, answer.Reason);
    }

    [Theory]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.NotFound)]
    public async Task A_workspace_that_cannot_be_read_has_nothing_missing(HttpStatusCode status)
    {
        _azure.On("GET", "/workspaces/w", """{"error":{"code":"No","message":"No."}}""", status);
        var problem = await Assert.ThrowsAsync<ProblemException>(() => OneAsync(new(NotebookAssetKind.Model, "churn", "3", null, null, null)));
        Assert.False(problem.Code.StartsWith("internal.", StringComparison.Ordinal), problem.Code);
    }

    [Fact]
    public async Task Answers_are_remembered_until_asked_anew_and_one_question_is_asked_once()
    {
        var describer = Describer();
        NotebookAsset asset = new(NotebookAssetKind.Data, "loans", "5", null, null, null);
        await describer.DescribeAsync(FakeAzure.Workspace, [asset, asset, asset], false, CancellationToken.None);
        var asked = _azure.Requests.Count;
        Assert.Equal(1, asked);
        await describer.DescribeAsync(FakeAzure.Workspace, [asset], false, CancellationToken.None);
        Assert.Equal(asked, _azure.Requests.Count);
        await describer.DescribeAsync(FakeAzure.Workspace, [asset], true, CancellationToken.None);
        Assert.True(_azure.Requests.Count > asked);
        describer.Forget();
        await describer.DescribeAsync(FakeAzure.Workspace, [asset], false, CancellationToken.None);
        Assert.Equal(asked * 3, _azure.Requests.Count);
    }

    private static JsonObject Version(string path, JsonObject properties) => FakeResources.Item(path, properties);

    private async Task<AssetDescription> OneAsync(NotebookAsset asset)
        => Assert.Single(await Describer().DescribeAsync(FakeAzure.Workspace, [asset], false, CancellationToken.None));

    private AssetDescriber Describer()
    {
        var connection = _azure.Connect();
        var runs = new RunReader(connection);
        return new(connection, new TwoFiles(), runs, new NamedOutputResolver(connection, runs, new NoFiles()), TimeProvider.System);
    }

    private sealed class TwoFiles : IPlaceMeter
    {
        public Task<PlaceSize?> MeasureAsync(FileLocation place, CancellationToken cancellationToken) => Task.FromResult<PlaceSize?>(place.Datastore switch
        {
            "empty" => null,
            "closed" => throw new ProblemException("storage.noWay", "No way."),
            "large" => new PlaceSize(false, 1000, 5_000, true, null),
            _ => place.Path.EndsWith(".pkl", StringComparison.Ordinal) ? new PlaceSize(true, 1, 10, false, null) : new PlaceSize(false, 2, 30, false, null),
        });
    }

    private sealed class NoFiles : IFileBrowser
    {
        public Task<FilePage> ListFolderAsync(FileLocation folder, string? pageToken, int pageSize, CancellationToken cancellationToken) => Task.FromResult(new FilePage([], null, null));
    }
}
