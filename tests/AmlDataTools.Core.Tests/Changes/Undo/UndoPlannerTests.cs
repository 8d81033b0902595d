using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Changes;
using AmlDataTools.Core.Changes.Undo;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Tests.Changes.Execution;
using Xunit;

namespace AmlDataTools.Core.Tests.Changes.Undo;

public sealed class UndoPlannerTests : IAsyncDisposable
{
    private readonly ChangeHarness _h = new(new FakeWorld { KeepsDays = 7 });

    public ValueTask DisposeAsync() => _h.DisposeAsync();

    [Fact]
    public async Task What_an_operation_archived_is_restored_and_what_was_archived_before_is_not()
    {
        _h.World.AddRecord("a");
        _h.World.AddRecord("before", archived: true);
        var id = _h.Plan(OperationVerb.Archive, [ChangeHarness.Record("a", ChangeAction.Archive), ChangeHarness.Record("before", ChangeAction.Archive)], []);
        Assert.Equal(1, (await _h.StartAsync(id)).Status.Archived);
        Assert.Equal((true, true), (_h.World.Records["a"].Archived, _h.World.Records["before"].Archived));
        var undo = await PlanAsync(OperationVerb.Restore, id);
        Assert.Equal(OperationState.Succeeded, (await _h.StartAsync(undo.Id)).Status.State);
        Assert.Equal((false, true), (_h.World.Records["a"].Archived, _h.World.Records["before"].Archived));
    }

    [Fact]
    public async Task Deleted_blobs_come_back_and_those_put_there_since_are_not_touched()
    {
        for (var i = 0; i < 20; i++)
        {
            _h.World.AddBlob($"d/{i:00}");
        }

        var before = _h.World.State();
        var id = _h.Plan(OperationVerb.Delete, [], [("d/", null)]);
        var view = await _h.StartAsync(id);
        Assert.Empty(_h.World.Blobs);
        Assert.Contains(_h.Service.ClearFinished(), v => v.Plan.Id == id);
        _h.World.Deleted["d/not ours"] = new FakeWorld.Blob("\"1\"", 1, null);
        _h.World.AddBlob("d/07", etag: "\"new\"");
        _h.World.Deleted.Remove("d/07");
        var undo = await PlanAsync(OperationVerb.Undelete, id);
        Assert.Equal((1L, 190L), (undo.Items, undo.Bytes));
        Assert.Equal("undelete.notKept", undo.Warnings.Single().Code);
        Assert.Equal(OperationState.Succeeded, (await _h.StartAsync(undo.Id)).Status.State);
        Assert.Equal(before.Replace("d/07 \"1\"", "d/07 \"new\"", StringComparison.Ordinal), _h.World.State());
        Assert.Equal("undelete.nothingKept", (await Assert.ThrowsAsync<ProblemException>(() => PlanAsync(OperationVerb.Undelete, id))).Code);
        Assert.NotNull(view.Status.UndeleteUntil);
    }

    [Fact]
    public async Task What_the_service_does_not_delete_is_archived_instead()
    {
        _h.World.AddRecord("e");
        _h.World.Refuse("e", new AzureServiceException(405, "MethodNotAllowed", "x"));
        var id = _h.Plan(OperationVerb.Delete, [ChangeHarness.Record("e", kind: ResourceKind.EnvironmentVersion)], []);
        Assert.Equal(1, (await _h.StartAsync(id)).Status.RefusedByService);
        Assert.Equal("undo.nothing", (await Assert.ThrowsAsync<ProblemException>(() => PlanAsync(OperationVerb.Restore, id))).Code);
        await _h.StartAsync((await PlanAsync(OperationVerb.Archive, id)).Id);
        Assert.True(_h.World.Records["e"].Archived);
    }

    private Task<OperationPlan> PlanAsync(OperationVerb verb, string id) =>
        new UndoPlanner(_h.Store, _h.World, (_, _) => Task.FromResult<string?>("Ada"), TimeProvider.System)
            .PlanAsync(new ChangeRequest(verb, [], ChangeChoices.Default, null, id), null, CancellationToken.None);
}
