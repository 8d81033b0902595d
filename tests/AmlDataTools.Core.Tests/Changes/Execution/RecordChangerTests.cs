using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.Tests;
using AmlDataTools.Core.Changes;
using AmlDataTools.Core.Changes.Execution;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Tests.Names;
using AmlDataTools.Core.Transfer;
using Xunit;

namespace AmlDataTools.Core.Tests.Changes.Execution;

/// <summary>One record: what is waited for, for how long, and what is left alone.</summary>
public sealed class RecordChangerTests : IDisposable
{
    private static readonly AzureServiceException NotEmpty = new(409, "UserError", "The experiment holds runs.") { InnerCodes = ["Conflict", "ExperimentNotEmpty"] };

    private readonly TemporaryFolder _folder = new();
    private readonly FakeWorld _world = new();
    private readonly JumpingTime _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_experiment_whose_runs_have_just_gone_is_asked_again()
    {
        _world.AddRecord("exp");
        _world.Refuse("exp", NotEmpty, NotEmpty, NotEmpty, NotEmpty);
        var result = await RunAsync("exp", ResourceKind.Experiment, touched: true);
        Assert.Equal(ItemOutcome.Done, result.Outcome);
        Assert.Empty(_world.Records);
        Assert.Equal([250, 500, 1000, 2000], _time.Waits.Select(w => w.TotalMilliseconds));
    }

    [Fact]
    public async Task After_a_minute_it_is_said_that_it_still_holds_runs()
    {
        _world.AddRecord("exp");
        _world.Refuse("exp", [.. Enumerable.Repeat(NotEmpty, 100)]);
        var result = await RunAsync("exp", ResourceKind.Experiment, touched: true);
        Assert.Equal((ItemOutcome.Failed, "experiment.notEmpty"), (result.Outcome, result.Code));
        Assert.Contains("The experiment holds runs.", result.Reason, StringComparison.Ordinal);
        Assert.InRange(_time.Waits.Sum(w => w.TotalSeconds), 30, 60);
        Assert.Single(_world.Records);
    }

    /// <summary>Nothing of it was deleted here, so nothing lags: what is in it are others' runs.</summary>
    [Fact]
    public async Task Runs_that_were_not_deleted_here_are_not_waited_for()
    {
        _world.AddRecord("exp");
        _world.Refuse("exp", NotEmpty);
        var result = await RunAsync("exp", ResourceKind.Experiment, touched: false);
        Assert.Equal((ItemOutcome.Failed, "experiment.notEmpty"), (result.Outcome, result.Code));
        Assert.Empty(_time.Waits);
    }

    [Fact]
    public async Task What_else_is_refused_is_not_asked_again()
    {
        _world.AddRecord("exp");
        _world.Refuse("exp", new AzureServiceException(403, "Forbidden", "no"));
        Assert.Equal("auth.forbidden", (await RunAsync("exp", ResourceKind.Experiment, touched: true)).Code);
        _world.AddRecord("run");
        _world.Refuse("run", NotEmpty);
        Assert.Equal(ItemOutcome.Failed, (await RunAsync("run", ResourceKind.Run, touched: true)).Outcome);
        Assert.Empty(_time.Waits);
    }

    /// <summary>With a real clock: a stop ends the wait at once.</summary>
    [Fact]
    public async Task The_wait_can_be_stopped()
    {
        _world.AddRecord("exp");
        _world.Refuse("exp", [.. Enumerable.Repeat(NotEmpty, 100)]);
        using var stop = new CancellationTokenSource();
        var running = RunAsync("exp", ResourceKind.Experiment, touched: true, TimeProvider.System, stop.Token);
        while (_world.Log.IsEmpty)
        {
            await Task.Delay(5);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(TimeSpan.FromSeconds(120)));
        Assert.Single(_world.Records);
    }

    /// <summary>What was gone when it was planned is not to be touched if something of that name has come.</summary>
    [Fact]
    public async Task What_came_under_the_name_of_what_was_gone_is_left()
    {
        var gone = await RunAsync("model", ResourceKind.Model, touched: false, seen: SeenRecord.Nothing);
        Assert.Equal((ItemOutcome.Done, true), (gone.Outcome, gone.GoneAlready));
        _world.AddRecord("model");
        var came = await RunAsync("model", ResourceKind.Model, touched: false, seen: SeenRecord.Nothing);
        Assert.Equal((ItemOutcome.Skipped, "changed"), (came.Outcome, came.Code));
        Assert.Single(_world.Records);
        Assert.Empty(_world.Log);
    }

    /// <summary>What is being deleted already is only awaited: a second request would be refused.</summary>
    [Fact]
    public async Task A_deletion_that_is_under_way_is_awaited()
    {
        _world.AddRecord("team-ws", state: "Deleting");
        _world.VanishesAfter = 20;
        var result = await RunAsync("team-ws", ResourceKind.Workspace, touched: false);
        Assert.Equal((ItemOutcome.Done, "read back: not found (404)"), (result.Outcome, result.Verified));
        Assert.Empty(_world.Log);
        Assert.True(_time.Waits.Max() <= TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_deletion_that_never_ends_is_told_and_can_be_resumed()
    {
        _world.AddRecord("team-ws", state: "Deleting");
        var result = await RunAsync("team-ws", ResourceKind.Workspace, touched: false);
        Assert.Equal((ItemOutcome.Failed, "service.operationTimedOut"), (result.Outcome, result.Code));
        Assert.Contains("60 minutes", result.Reason, StringComparison.Ordinal);
        Assert.InRange(_time.Waits.Sum(w => w.TotalMinutes), 55, 60);
        Assert.Empty(_world.Log);
        _world.Records.Clear();
        Assert.Equal(ItemOutcome.Done, (await RunAsync("team-ws", ResourceKind.Workspace, touched: false)).Outcome);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task A_deleted_vault_is_purged_when_it_is_shown_among_the_deleted(int hidden)
    {
        _world.Kept["vault"] = hidden;
        var result = await RunAsync("vault", ResourceKind.KeyVault, touched: true, action: ChangeAction.Purge);
        Assert.Equal((ItemOutcome.Done, "read back: not kept (404)"), (result.Outcome, result.Verified));
        Assert.Equal(["purge vault"], _world.Log);
        Assert.Empty(_world.Kept);
    }

    [Fact]
    public async Task Nothing_kept_is_nothing_to_purge()
    {
        var result = await RunAsync("vault", ResourceKind.KeyVault, touched: true, action: ChangeAction.Purge);
        Assert.Equal((ItemOutcome.Done, true), (result.Outcome, result.GoneAlready));
        Assert.Empty(_world.Log);
    }

    [Theory]
    [InlineData(405, "MethodNotAllowed", "purge.refused")]
    [InlineData(403, "AuthorizationFailed", "auth.forbidden")]
    public async Task A_purge_that_is_refused_is_told(int status, string code, string expected)
    {
        _world.Kept["vault"] = 0;
        _world.Refuse("vault", new AzureServiceException(status, code, "Operation 'DeletedVaultPurge' is not allowed."));
        Assert.Equal((ItemOutcome.Failed, expected), await RunAsync("vault", ResourceKind.KeyVault, touched: true, action: ChangeAction.Purge) is var result ? (result.Outcome, result.Code) : default);
        Assert.Single(_world.Kept);
    }

    private Task<ChangeResult> RunAsync(string name, ResourceKind kind, bool touched, SeenRecord? seen = null, ChangeAction action = ChangeAction.Delete) => RunAsync(name, kind, touched, _time, CancellationToken.None, seen, action);

    private async Task<ChangeResult> RunAsync(string name, ResourceKind kind, bool touched, TimeProvider time, CancellationToken cancellationToken, SeenRecord? seen = null, ChangeAction action = ChangeAction.Delete)
    {
        var settings = new ChangeSettings();
        using var pace = new ChangePace(settings, new TransferProgress(), time);
        using var journal = Journal.Open(Path.Combine(_folder.Root, $"{Guid.NewGuid():N}.jsonl"), time);
        var record = new ResourceRecord("s0", kind, name, null, null);
        return await new RecordChanger(_world, pace, journal, settings, time)
            .RunAsync(new ChangeItem(0, 0, action, record, null, name, true) { Seen = seen }, record, touched, cancellationToken);
    }
}
