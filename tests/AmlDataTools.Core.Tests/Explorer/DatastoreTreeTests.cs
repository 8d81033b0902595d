using System.Net;
using AmlDataTools.Azure;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Places;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Runs;
using AmlDataTools.Core.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmlDataTools.Core.Tests.Explorer;

/// <summary>What is below a datastore.</summary>
public sealed class DatastoreTreeTests : IDisposable
{
    private const string Runs = "/history/v1.0/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/runs/";

    private readonly FakeAzure _azure = new();
    private readonly MemoryBrowser _browser = new();
    private readonly AzureConnection _connection;
    private readonly ExplorerService _explorer;

    public DatastoreTreeTests()
    {
        _connection = _azure.Connect();
        _explorer = new ExplorerService(_connection, _browser, new NamedOutputResolver(_connection, new RunReader(_connection), _browser), NullLoggerFactory.Instance, TimeProvider.System);
    }

    public void Dispose() => _connection.Dispose();

    [Fact]
    public async Task A_folder_of_100_000_files_is_read_a_page_at_a_time()
    {
        _browser.Files.AddRange(Enumerable.Range(0, 100_000).Select(index => $"store:big/f{index:000000}"));
        var page = await ChildrenAsync(Store("store"));
        page = await _explorer.ChildrenAsync(new ChildrenRequest(Assert.Single(page.Nodes).Id, null, null, null, null, false), default);
        Assert.Equal(200, page.Nodes.Count);
        Assert.NotNull(page.NextPageToken);
        Assert.Empty(_azure.Requests);
    }

    [Fact]
    public async Task Names_of_runs_are_asked_for_once_and_only_for_their_own_folders()
    {
        _azure.WithRuns("e", [FakeAzure.Run("r1", name: "olive_branch"), FakeAzure.Run("r2")]);
        _browser.Files.AddRange(["store:azureml/r1/out/a", "store:azureml/r2/out/a", "store:azureml/gone/a", "store:azureml/ExperimentRun/dcid.r1/logs/a", "store:data/r1/a"]);
        for (var time = 0; time < 2; time++)
        {
            var nodes = (await ChildrenAsync(Folder("azureml/"))).Nodes;
            Assert.Equal([("ExperimentRun", null), ("gone", null), ("r1", "olive_branch"), ("r2", null)], nodes.Select(n => (n.Label, n.Description)));
        }

        Assert.Equal("olive_branch", Assert.Single((await ChildrenAsync(Folder("azureml/ExperimentRun/"))).Nodes).Description);
        Assert.Null(Assert.Single((await ChildrenAsync(Folder("data/"))).Nodes).Description);
        Assert.Null(Assert.Single((await ChildrenAsync(Folder("azureml/r1/"))).Nodes).Description);
        Assert.Equal(3, _azure.Requests.Count(request => request.Contains("/runs/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Without_run_history_the_folders_are_shown_all_the_same()
    {
        _azure.On("GET", Runs, "{}", HttpStatusCode.Forbidden);
        _browser.Files.AddRange(Enumerable.Range(0, 300).Select(index => $"store:azureml/r{index:000}/a"));
        var page = await ChildrenAsync(Folder("azureml/"));
        Assert.Equal(200, page.Nodes.Count);
        Assert.All(page.Nodes, node => Assert.Equal((NodeKind.Folder, null), (node.Kind, node.Description)));

        // The first refusal ends the asking; those beside it were under way.
        Assert.InRange(_azure.Requests.Count(request => request.Contains("/runs/", StringComparison.Ordinal)), 1, 60);
    }

    [Fact]
    public async Task A_store_that_holds_no_blobs_says_so()
    {
        _browser.Failure = new ProblemException("datastore.unsupported", "x");
        var notice = Assert.Single((await ChildrenAsync(Store("share"))).Nodes);
        Assert.Equal(NodeKind.Notice, notice.Kind);
        Assert.StartsWith("share cannot be browsed here yet", notice.Label, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_a_name_opens_but_is_not_taken_or_deleted_as_a_whole()
    {
        _browser.Files.AddRange(["store:a//b.txt", "store:a/c.txt"]);
        var nodes = (await ChildrenAsync(Folder("a/"))).Nodes;
        var nameless = nodes.Single(node => node.Label == "(no name)");
        Assert.DoesNotContain(nameless.Actions, action => action is NodeAction.Download or NodeAction.Delete);
        var inside = Assert.Single((await ChildrenAsync(NodeTargets.Parse(nameless.Id))).Nodes);
        Assert.Equal("a//b.txt", inside.Resource?.Name);
        Assert.Contains(NodeAction.Delete, inside.Actions);
    }

    [Theory]
    [InlineData("ExperimentRun/dcid.r1", "r1")]
    [InlineData("azureml/ExperimentRun/dcid.r1", "r1")]
    [InlineData("ComputeRecord/dcid.r1", "r1")]
    [InlineData("ArtifactZip/ExperimentRun/dcid.r1.zip", "r1")]
    [InlineData("azureml/r1", "r1")]
    [InlineData("dataset/r1", "r1")]
    [InlineData("azureml/ExperimentRun", null)]
    [InlineData("azureml/r1/out", null)]
    [InlineData("ExperimentRun", null)]
    [InlineData("ExperimentRun/dcid.r1/logs", null)]
    [InlineData("data/r1", null)]
    public void A_folder_is_a_runs_own_or_not(string path, string? run) => Assert.Equal(run, RunFolders.WholeOf(path));

    private static ResourceTarget Store(string name) => new(new ResourceAddress(FakeAzure.Workspace, ResourceKind.Datastore, name, null), null);

    private static FolderTarget Folder(string path) => new(new FileLocation(FakeAzure.Workspace, "store", path, null), null);

    private Task<ChildrenPage> ChildrenAsync(NodeTarget target) => _explorer.ChildrenAsync(new ChildrenRequest(NodeTargets.Format(target), null, null, null, null, false), default);
}
