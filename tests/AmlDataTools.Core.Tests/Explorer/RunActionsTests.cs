using System.Text.Json;
using AmlDataTools.Azure.RunHistory;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Explorer.Nodes;
using AmlDataTools.Core.Storage;
using Xunit;

namespace AmlDataTools.Core.Tests.Explorer;

/// <summary>What can be changed about experiments, runs and their files.</summary>
public sealed class RunActionsTests
{
    private static readonly NodeAction[] Changes =
    [
        NodeAction.Archive, NodeAction.Restore, NodeAction.Unregister, NodeAction.Detach, NodeAction.Delete, NodeAction.DeleteData, NodeAction.ChangeMatching,
    ];

    private static readonly NodeFactory Nodes = new(new StudioLinks(null), new PortalLinks(null), new StillClock(new DateTimeOffset(2026, 1, 1, 12, 30, 0, TimeSpan.Zero)));

    private static readonly FileNodes Files = new(TimeProvider.System);

    [Theory]
    [InlineData(false, "Archive Delete", "testing.iconPassed")]
    [InlineData(true, "Restore Delete", "disabledForeground")]
    public void A_run_is_archived_or_restored_and_deleted(bool hidden, string changes, string color)
    {
        using var document = JsonDocument.Parse(FakeAzure.Run("r", hidden: hidden).ToJsonString());
        var node = Nodes.Run(FakeAzure.Workspace, RunView.From(new RunDocument(document.RootElement)));
        Assert.Equal((changes, color, hidden), (ChangesOf(node), node.IconColor, node.Resource?.IsArchived));
    }

    [Theory]
    [InlineData("""{"experimentId":"i","name":"e"}""", "Archive Delete ChangeMatching", false)]
    [InlineData("""{"experimentId":"i","name":"e","archivedTime":"2025-01-01T00:00:00Z"}""", "Restore Delete ChangeMatching", true)]
    [InlineData("""{"name":"e"}""", "", false)]
    public void An_experiment_is_changed_by_its_id(string json, string changes, bool archived)
    {
        using var document = JsonDocument.Parse(json);
        var node = Nodes.Experiment(FakeAzure.Workspace, new ExperimentDocument(document.RootElement));
        Assert.Equal((changes, archived), (ChangesOf(node), node.Resource?.IsArchived));
    }

    [Theory]
    [InlineData("dcid.r", "DeleteData", "Delete")]
    [InlineData("dcid.original", "", "")]
    public void Files_of_the_run_that_did_the_work_are_not_deleted_through_a_reused_step(string container, string changes, string changesInside)
    {
        Assert.Equal(changes, ChangesOf(Nodes.RunFiles(FakeAzure.Workspace, "r", container)));
        var folder = new FileLocation(FakeAzure.Workspace, "workspaceartifactstore", $"ExperimentRun/{container}/", container);
        Assert.Equal(changesInside, ChangesOf(Files.Of(folder, new FileEntry("outputs", folder.Path + "outputs/", true, null, null), "r", null)));
        Assert.Equal(changesInside, ChangesOf(Files.Of(folder, new FileEntry("a.txt", folder.Path + "a.txt", false, 1, null), "r", null)));
        Assert.Equal("Delete", ChangesOf(Files.Of(folder with { ArtifactContainer = null, Datastore = "workspaceblobstore" }, new FileEntry("a.txt", "x/a.txt", false, 1, null), "r", null)));
    }

    [Fact]
    public void Groups_of_runs_can_be_changed_by_age_and_status()
    {
        Assert.Equal("ChangeMatching", ChangesOf(Nodes.Experiments(FakeAzure.Workspace)));
        Assert.Equal("ChangeMatching", ChangesOf(Nodes.ChildRuns(FakeAzure.Workspace, "r")));
        Assert.Equal(string.Empty, ChangesOf(Nodes.NamedOutputs(FakeAzure.Workspace, "r", [])));
    }

    private static string ChangesOf(ExplorerNode node) => string.Join(' ', node.Actions.Where(Changes.Contains));
}
