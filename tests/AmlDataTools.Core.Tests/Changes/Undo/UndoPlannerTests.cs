using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Changes;
using AmlDataTools.Core.Changes.Undo;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Tests.Changes.Execution;
using Microsoft.Extensions.Logging.Abstractions;
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
        Assert.Equal(0, Status(id).Archived);
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
        Assert.Contains(await _h.Service.ClearFinishedAsync(CancellationToken.None), v => v.Plan.Id == id);
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
        Assert.Equal(0, Status(id).RefusedByService);
    }

    [Fact]
    public async Task What_was_brought_back_is_not_offered_again_here_in_another_window_or_in_a_later_life()
    {
        _h.World.AddRecord("locked");
        _h.World.Refuse("locked", new AzureServiceException(409, "ScopeLocked", "x"), new AzureServiceException(409, "ScopeLocked", "x"));
        Blobs("d/");
        var id = _h.Plan(OperationVerb.Delete, [ChangeHarness.Record("locked")], [("d/", null)]);
        Assert.True(CanUndelete((await _h.StartAsync(id)).Status));
        var told = new System.Collections.Concurrent.ConcurrentQueue<OperationView>();
        _h.Service.Changed += told.Enqueue;
        await using var other = _h.NewService();
        await _h.StartAsync((await PlanAsync(OperationVerb.Undelete, id)).Id);
        Assert.Equal(3, _h.World.Blobs.Count);
        Assert.Contains(told, v => v.Plan.Id == id && !CanUndelete(v.Status));
        Assert.False(CanUndelete(other.List().Single(v => v.Plan.Id == id).Status));
        await _h.RestartAsync();
        Assert.False(CanUndelete(Status(id)));
        Assert.Equal("1 item was not done; the receipt says why. What could be brought back of its data is there again.", Status(id).Message);

        // Trying again what failed deletes no data, and so offers none.
        var again = await _h.ResumeAsync(id);
        Assert.Equal((OperationState.SucceededWithWarnings, false), (again.Status.State, CanUndelete(again.Status)));
        Assert.Equal(3, _h.World.Blobs.Count);
        Assert.DoesNotContain(await _h.Service.ClearFinishedAsync(CancellationToken.None), v => v.Plan.Id == id);
    }

    [Fact]
    public async Task What_is_still_deleted_is_offered_until_it_is_back_too()
    {
        Blobs("d/");
        Blobs("e/");
        var id = _h.Plan(OperationVerb.Delete, [], [("d/", null), ("e/", null)]);
        await _h.StartAsync(id);
        await _h.StartAsync((await PlanAsync(OperationVerb.Undelete, id)).Id, 1);
        Assert.True(CanUndelete(Status(id)));
        Assert.StartsWith("Some of its data was brought back; the rest can be until ", Status(id).Message, StringComparison.Ordinal);
        var rest = await PlanAsync(OperationVerb.Undelete, id);
        Assert.Equal(1, rest.Items);
        await _h.StartAsync(rest.Id);
        Assert.False(CanUndelete(Status(id)));
        Assert.Equal(6, _h.World.Blobs.Count);
    }

    [Fact]
    public async Task What_turns_out_not_to_be_kept_is_not_offered_again()
    {
        Blobs("d/");
        var id = _h.Plan(OperationVerb.Delete, [], [("d/", null)]);
        await _h.StartAsync(id);
        _h.World.Deleted.Clear();
        await Assert.ThrowsAsync<ProblemException>(() => PlanAsync(OperationVerb.Undelete, id));
        Assert.False(CanUndelete(Status(id)));
    }

    [Fact]
    public async Task An_undelete_of_which_something_failed_is_offered_again()
    {
        Blobs("d/");
        var id = _h.Plan(OperationVerb.Delete, [], [("d/", null)]);
        await _h.StartAsync(id);
        _h.World.Refuse("d/1", new AzureServiceException(403, "AuthorizationPermissionMismatch", "x"));
        var undo = await _h.StartAsync((await PlanAsync(OperationVerb.Undelete, id)).Id);
        Assert.Equal(OperationState.Failed, undo.Status.State);
        Assert.True(CanUndelete(Status(id)));
        Assert.Equal(OperationState.Succeeded, (await _h.ResumeAsync(undo.Plan.Id)).Status.State);
        Assert.False(CanUndelete(Status(id)));
    }

    private static bool CanUndelete(OperationStatus status) => status.CanUndelete(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());

    private OperationStatus Status(string id) => _h.Service.List().Single(v => v.Plan.Id == id).Status;

    private void Blobs(string folder)
    {
        for (var i = 0; i < 3; i++)
        {
            _h.World.AddBlob($"{folder}{i}");
        }
    }

    private Task<OperationPlan> PlanAsync(OperationVerb verb, string id) =>
        new UndoPlanner(_h.Store, _h.World, (_, _) => Task.FromResult<string?>("Ada"), TimeProvider.System, NullLogger.Instance)
            .PlanAsync(new ChangeRequest(verb, [], ChangeChoices.Default, null, id), null, CancellationToken.None);
}
