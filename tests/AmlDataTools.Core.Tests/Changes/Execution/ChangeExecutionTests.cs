using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Changes;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using Xunit;

namespace AmlDataTools.Core.Tests.Changes.Execution;

public sealed class ChangeExecutionTests : IAsyncDisposable
{
    private readonly ChangeHarness _h = new(new FakeWorld { KeepsDays = 7 });

    private FakeWorld World => _h.World;

    public ValueTask DisposeAsync() => _h.DisposeAsync();

    [Fact]
    public async Task A_run_goes_with_its_data_and_nothing_else_does()
    {
        World.AddRecord("run1");
        World.AddRecord("run10");
        Blobs("dcid.run1/", 30);
        Blobs("dcid.run10/", 3);
        var id = _h.Plan(OperationVerb.Delete, [ChangeHarness.Record("run1")], [("dcid.run1/", 0)]);
        var view = await _h.StartAsync(id);
        Assert.Equal((OperationState.Succeeded, 2L, 300L), (view.Status.State, view.Status.Done, view.Status.BytesDone));
        Assert.Equal(["run10"], World.Records.Keys);
        Assert.All(World.Blobs.Keys, n => Assert.StartsWith("dcid.run10/", n, StringComparison.Ordinal));
        Assert.Equal(8, World.Log.Count(l => l.StartsWith("batch", StringComparison.Ordinal)));
        Assert.InRange(view.Status.UndeleteUntil ?? 0, DateTimeOffset.UtcNow.AddDays(6).ToUnixTimeMilliseconds(), DateTimeOffset.UtcNow.AddDays(8).ToUnixTimeMilliseconds());
        Assert.Equal((30L, 300L), ((long?)_h.Item(id, 1)["blobs"], (long?)_h.Item(id, 1)["bytes"]));
        Assert.Contains("left this data", (string?)_h.Item(id, 1)["reason"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_stays_when_its_record_does()
    {
        World.AddRecord("run1");
        Blobs("dcid.run1/", 5);
        World.Refuse("run1", new AzureServiceException(409, "ScopeLocked", "The scope 'x' cannot perform delete operation because following scope(s) are locked: '/subscriptions/s/locks/keep'. Please remove the lock."));
        var id = _h.Plan(OperationVerb.Delete, [ChangeHarness.Record("run1")], [("dcid.run1/", 0)]);
        var view = await _h.StartAsync(id);
        Assert.Equal((OperationState.Failed, "resource.locked", 5), (view.Status.State, view.Status.ErrorCode, World.Blobs.Count));
        Assert.Contains("keep", (string?)_h.Item(id, 0)["reason"], StringComparison.Ordinal);
        Assert.Equal(("skipped", "after.notDone"), ((string?)_h.Item(id, 1)["outcome"], (string?)_h.Item(id, 1)["code"]));
        view = await _h.ResumeAsync(id);
        Assert.Equal((OperationState.Succeeded, 0), (view.Status.State, World.Blobs.Count));
    }

    [Theory]
    [InlineData("Running", false, "\"1\"", "changed")]
    [InlineData("Completed", true, "\"1\"", "changed")]
    [InlineData("Completed", false, "\"9\"", "changed")]
    public async Task What_changed_since_the_plan_is_left(string state, bool archived, string etag, string code)
    {
        World.AddRecord("run1");
        var id = _h.Plan(OperationVerb.Delete, [ChangeHarness.Record("run1")], []);
        World.Records["run1"] = World.Records["run1"] with { State = state, Archived = archived, ETag = etag };
        var view = await _h.StartAsync(id);
        Assert.Equal((OperationState.SucceededWithWarnings, 1L), (view.Status.State, view.Status.Skipped));
        Assert.Equal(("skipped", code), ((string?)_h.Item(id, 0)["outcome"], (string?)_h.Item(id, 0)["code"]));
        Assert.Empty(World.Log);
    }

    [Fact]
    public async Task A_running_run_is_left_and_what_is_gone_is_done()
    {
        World.AddRecord("busy", "Running");
        var busy = ChangeHarness.Record("busy");
        var id = _h.Plan(OperationVerb.Delete, [busy with { Seen = busy.Seen is { } s ? s with { State = "Running" } : null }, ChangeHarness.Record("gone")], []);
        var view = await _h.StartAsync(id);
        Assert.Equal((1L, 1L), (view.Status.Done, view.Status.Skipped));
        Assert.Equal("run.stillRunning", (string?)_h.Item(id, 0)["code"]);
        Assert.True((bool?)_h.Item(id, 1)["goneAlready"]);
        Assert.Empty(World.Log);
    }

    [Fact]
    public async Task Changed_leased_and_protected_blobs_and_new_ones_are_left()
    {
        Blobs("d/", 6);
        World.AddBlob("d/leased", refuses: "LeaseIdMissing");
        World.AddBlob("d/held", refuses: "BlobImmutableDueToPolicy");
        World.AddBlob("d/snap", refuses: "SnapshotsPresent");
        var id = _h.Plan(OperationVerb.Delete, [], [("d/", null)]);
        World.AddBlob("d/0001", etag: "\"new\"");
        World.AddBlob("d/later");
        var view = await _h.StartAsync(id);
        Assert.Equal(OperationState.Failed, view.Status.State);
        Assert.Equal(["d/0001", "d/held", "d/later", "d/leased", "d/snap"], World.Blobs.Keys);
        var item = _h.Item(id, 0);
        Assert.Equal((5L, 4L, 2L), ((long?)item["blobs"], (long?)item["blobsLeft"], (long?)item["blobsNew"]));
        Assert.Equal(["d/0001", "d/later"], item["new"]?.AsArray().Select(n => (string?)n));
        Assert.Null(item["newNotNamed"]);
        Assert.Equal(["changed", "storage.hasSnapshots", "storage.immutable", "storage.leased"], item["left"]?.AsArray().Select(l => (string?)l?["code"]).Order());

        // What was in the way is gone: only what was left is sent again.
        foreach (var name in new[] { "d/leased", "d/held", "d/snap" })
        {
            World.AddBlob(name);
        }

        World.Log.Clear();
        view = await _h.ResumeAsync(id);
        Assert.Equal(["d/0001", "d/later"], World.Blobs.Keys);
        Assert.Equal(4, World.Log.Where(l => l.StartsWith("batch", StringComparison.Ordinal)).Sum(l => int.Parse(l.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal((8L, 80L), ((long?)_h.Item(id, 0)["blobs"], (long?)_h.Item(id, 0)["bytes"]));
    }

    [Fact]
    public async Task The_first_of_what_came_since_the_plan_is_named_and_the_rest_counted()
    {
        Blobs("d/", 3);
        var id = _h.Plan(OperationVerb.Delete, [], [("d/", null)]);
        Blobs("d/new|", 130);
        await _h.StartAsync(id);
        Assert.Equal(130, World.Blobs.Count);
        var item = _h.Item(id, 0);
        Assert.Equal(World.Blobs.Keys.Take(100), item["new"]?.AsArray().Select(n => (string?)n));
        Assert.Equal((130L, 30L), ((long?)item["blobsNew"], (long?)item["newNotNamed"]));
        var text = File.ReadAllText(_h.Store.ReceiptOf(id).Markdown);
        Assert.Contains("## Came or changed since the plan, and left\n\n- d/new\\|0000\n", text, StringComparison.Ordinal);
        Assert.Contains("- d/new\\|0099\n- 30 more in d/\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("0100", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accounts_without_batches_are_served_one_by_one()
    {
        World.KnowsBatches = false;
        Blobs("d/", 9);
        var view = await _h.StartAsync(_h.Plan(OperationVerb.Delete, [], [("d/", null)]));
        Assert.Equal(OperationState.Succeeded, view.Status.State);
        Assert.Empty(World.Blobs);
    }

    [Fact]
    public async Task Throttling_waits_and_fails_nothing()
    {
        World.AddRecord("run1");
        Blobs("d/", 9);
        World.Refuse("run1", new AzureServiceException(429, "TooManyRequests", "x") { RetryAfter = TimeSpan.FromMilliseconds(30) }, new AzureServiceException(429, "TooManyRequests", "x"));
        World.Refuse("batch", new AzureServiceException(503, "ServerBusy", "x"), new AzureServiceException(500, "InternalError", "x"));
        var view = await _h.StartAsync(_h.Plan(OperationVerb.Delete, [ChangeHarness.Record("run1")], [("d/", 0)]));
        Assert.Equal(OperationState.Succeeded, view.Status.State);
        Assert.Empty(World.Blobs);
    }

    [Theory]
    [InlineData(405, "MethodNotAllowed", "x", "service.doesNotDelete")]
    [InlineData(400, "UserError", "DataContainers_Workspace_Delete is not supported", "service.doesNotDelete")]
    [InlineData(403, "AuthorizationFailed", "does not have authorization to perform action 'Microsoft.X/models/delete' over scope", "auth.forbidden")]
    [InlineData(400, "ComputeInUse", "The compute is in use by jobs", "resource.inUse")]
    [InlineData(409, "Conflict", "The deployment has live traffic", "endpoint.hasTraffic")]
    [InlineData(412, "PreconditionFailed", "x", "changed")]
    public async Task Refusals_are_told_in_words(int status, string code, string message, string expected)
    {
        World.AddRecord("m");
        World.Refuse("m", new AzureServiceException(status, code, message));
        var view = await _h.StartAsync(_h.Plan(OperationVerb.Delete, [ChangeHarness.Record("m", kind: ResourceKind.EnvironmentVersion)], []));
        Assert.Equal(expected, (string?)_h.Item(view.Plan.Id, 0)["code"]);
        Assert.Equal(expected == "service.doesNotDelete" ? 1 : 0, view.Status.RefusedByService);
        Assert.Single(World.Records);
    }

    [Fact]
    public async Task What_is_still_there_after_its_deletion_is_told()
    {
        World.AddRecord("run1");
        World.StaysThere = true;
        var view = await _h.StartAsync(_h.Plan(OperationVerb.Delete, [ChangeHarness.Record("run1")], []));
        Assert.Equal((OperationState.Failed, "delete.stillThere"), (view.Status.State, view.Status.ErrorCode));
    }

    [Theory]
    [InlineData(false, "directory d True")]
    [InlineData(true, "batch 4")]
    public async Task A_folder_of_a_hierarchical_account_goes_at_once_only_if_nothing_changed_in_it(bool changes, string sent)
    {
        await using var h = new ChangeHarness(new FakeWorld { Hierarchical = true });
        for (var i = 0; i < 20; i++)
        {
            h.World.AddBlob($"d/{i:0000}");
        }

        var id = h.Plan(OperationVerb.Delete, [], [("d/", null)]);
        if (changes)
        {
            h.World.AddBlob("d/later");
        }

        var view = await h.StartAsync(id);
        Assert.Equal(OperationState.Succeeded, view.Status.State);
        Assert.Contains(sent, h.World.Log);
        Assert.Equal(changes ? ["d/later"] : [], h.World.Blobs.Keys);
    }

    [Fact]
    public async Task An_account_that_lets_nobody_write_fails_its_data_alone()
    {
        World.AddRecord("run1");
        Blobs("closed/", 2);
        World.RefusesAll = new ProblemException("storage.needsWriteAccess", "Ask for the role.");
        var id = _h.Plan(OperationVerb.Delete, [ChangeHarness.Record("run1")], [("closed/", 0)]);
        var view = await _h.StartAsync(id);
        Assert.Equal((OperationState.SucceededWithWarnings, 1L, 1L), (view.Status.State, view.Status.Done, view.Status.Failed));
        Assert.Equal("storage.needsWriteAccess", (string?)_h.Item(id, 1)["code"]);
        World.RefusesAll = null;
        Assert.Equal(OperationState.Succeeded, (await _h.ResumeAsync(id)).Status.State);
        Assert.Empty(World.Blobs);
    }

    [Fact]
    public async Task Metrics_stay_when_their_run_has_changed_or_is_not_chosen()
    {
        World.AddRecord("run1");
        World.AddRecord("run2");
        World.AddRecord("run3");
        var items = new[] { "run1", "run2", "run3" }.SelectMany((name, i) => new[]
        {
            ChangeHarness.Record(name),
            ChangeHarness.Record(name, ChangeAction.DeleteMetrics, stage: 0) with { Parent = i * 2, Seen = null },
        }).ToList();
        var id = _h.Plan(OperationVerb.Delete, items, []);
        World.Records["run2"] = World.Records["run2"] with { State = "Running" };
        var view = await _h.StartAsync(id, 4);
        Assert.Equal((4L, 2L, 2L), (view.Plan.Items, view.Status.Done, view.Status.Skipped));
        Assert.Equal(["metrics run1", "delete run1"], World.Log);
    }

    [Fact]
    public async Task Unticked_items_are_listed_as_kept()
    {
        World.AddRecord("run1");
        World.AddRecord("run2");
        Blobs("dcid.run2/", 2);
        var id = _h.Plan(OperationVerb.Delete, [ChangeHarness.Record("run1"), ChangeHarness.Record("run2")], [("dcid.run2/", 1)]);
        var view = await _h.StartAsync(id, 1);
        Assert.Equal((OperationState.Succeeded, 1L, 1L), (view.Status.State, view.Plan.Items, view.Status.Done));
        Assert.Equal(["run2"], World.Records.Keys);
        Assert.Equal(2, World.Blobs.Count);
        Assert.Equal(2, _h.Receipt(id)["kept"]?.AsArray().Count);
        Assert.DoesNotContain("| <", File.ReadAllText(_h.Store.ReceiptOf(id).Markdown), StringComparison.Ordinal);
    }

    private void Blobs(string folder, int count)
    {
        for (var i = 0; i < count; i++)
        {
            World.AddBlob($"{folder}{i:0000}");
        }
    }
}
