using System.Net;
using System.Text.Json.Nodes;
using AmlDataTools.Azure;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Notebooks;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
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

    [Fact]
    public async Task Registries_and_places_are_not_looked_up_and_outputs_of_runs_have_a_node()
    {
        Assert.Equal(AssetState.Unknown, (await OneAsync(new(NotebookAssetKind.Model, "churn", "1", null, "shared", null))).State);
        Assert.Empty((await OneAsync(new(NotebookAssetKind.Place, "azureml://datastores/store/paths/a", null, null, null, null))).Found);
        var output = Assert.Single((await OneAsync(new(NotebookAssetKind.Place, "azureml://jobs/run_1/outputs/model/paths/x", null, null, null, null))).Found);
        Assert.Equal(new NamedOutputTarget(FakeAzure.Workspace, "run_1", "model"), NodeTargets.Parse(output.NodeId ?? string.Empty));
        Assert.Empty(_azure.Requests);
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

    private AssetDescriber Describer() => new(_azure.Connect(), new TwoFiles(), TimeProvider.System);

    private sealed class TwoFiles : IFileBrowser
    {
        public Task<FilePage> ListFolderAsync(FileLocation folder, string? pageToken, int pageSize, CancellationToken cancellationToken)
            => Task.FromResult(new FilePage([new FileEntry("a", folder.Path + "a", false, 10, null), new FileEntry("b", folder.Path + "b", false, 20, null)], null, null));
    }
}
