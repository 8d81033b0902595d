using System.Collections.Concurrent;
using AmlDataTools.Core.Audit;
using AmlDataTools.Core.Changes.Review;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Transfer;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Operations;

/// <summary>The operations of all windows: starts, stops and resumes those of this process, shows those of others.</summary>
public sealed class OperationsService : IAsyncDisposable
{
    private static readonly TimeSpan WatchEvery = TimeSpan.FromSeconds(1.5);

    private readonly ConcurrentDictionary<string, RunningOperation> _running = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTime> _seen = new(StringComparer.Ordinal);
    private readonly HashSet<string> _othersAtWork = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ownLast = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _ending = new();
    private readonly SemaphoreSlim _changing = new(1);
    private readonly OperationStore _store;
    private readonly IExecutionFactory _executions;
    private readonly ChangeStarter _changes;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly OperationAudit? _audit;
    private Task _watching = Task.CompletedTask;

    internal OperationsService(OperationStore store, IExecutionFactory executions, TimeProvider time, ILogger logger, OperationAudit? audit = null)
    {
        _audit = audit;
        _store = store;
        _executions = executions;
        _changes = new ChangeStarter(store);
        _time = time;
        _logger = logger;
    }

    /// <summary>An operation's state or numbers changed, here or in another window. Raised on any thread.</summary>
    public event Action<OperationView>? Changed;

    /// <summary>An operation is no longer on the list. Raised on any thread.</summary>
    public event Action<string>? Removed;

    /// <summary>Begins to watch what other windows do, and gives the audit log what a crash kept from it.</summary>
    public void Watch() => _watching = Task.WhenAll(Task.Run(() => WatchAsync(_ending.Token)), Task.Run(() => HealAuditAsync(_ending.Token)));

    /// <summary>All operations on record, newest first.</summary>
    public IReadOnlyList<OperationView> List() => [.. _store.Ids().Select(Find).OfType<OperationView>()];

    /// <summary>What a choice of a plan's items amounts to, and what must be confirmed for it.</summary>
    /// <param name="planId">The plan, of a change.</param>
    /// <param name="toggled">Items whose tick differs from the plan's.</param>
    /// <exception cref="ProblemException"><c>plan.notFound</c>, <c>plan.badSelection</c>, <c>plan.isExport</c>.</exception>
    public ChangeReview Review(string planId, IReadOnlyList<long> toggled) => _changes.Review(_store.Plan(planId), toggled).Review;

    /// <summary>Writes the plan of a change to a file; nothing is carried out.</summary>
    /// <param name="planId">The plan.</param>
    /// <param name="toggled">Items whose tick differs from the plan's.</param>
    /// <param name="path">Absolute path of the file; replaced if it exists.</param>
    /// <param name="markdown">Readable, or complete as JSON.</param>
    /// <exception cref="ProblemException"><c>plan.notFound</c>, <c>plan.badSelection</c>, <c>plan.isExport</c>, or the file cannot be written.</exception>
    public void SavePlan(string planId, IReadOnlyList<long> toggled, string path, bool markdown)
    {
        var plan = _store.Plan(planId);
        var (review, _, selection) = _changes.Review(plan, toggled);
        new PlanSaver(_store).Save(plan, review, selection, path, markdown);
    }

    /// <summary>Carries a plan out.</summary>
    /// <param name="planId">The plan.</param>
    /// <param name="confirmation">What the confirmation of just this choice demands; an export demands none.</param>
    /// <param name="destination">Where an export goes; null for the other verbs.</param>
    /// <param name="toggled">Items whose tick differs from the plan's; empty for an export.</param>
    /// <param name="cancellationToken">Ends the wait, not the operation.</param>
    /// <exception cref="ProblemException">
    /// <c>plan.notFound</c>, <c>plan.badSelection</c>, <c>plan.nothingTicked</c>, <c>confirmation.missing</c>, <c>confirmation.wrong</c>,
    /// <c>workspace.exportRunning</c>, <c>workspace.beingDeleted</c>, or the folder cannot be used.
    /// </exception>
    public async Task<OperationView> StartAsync(
        string planId, string? confirmation, OperationDestination? destination, IReadOnlyList<long> toggled, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var plan = _store.Plan(planId);
            WorkspaceGuard.Check(plan, List());
            var status = new OperationStatus(OperationState.Planned, Now(), null, 0, 0, 0, plan.Bytes, 0, null, null, null);
            if (plan.Verb == OperationVerb.Export)
            {
                StartExport(plan, destination, status);
            }
            else if (plan.Verb == OperationVerb.Copy)
            {
                StartCopy(plan, confirmation, destination?.Existing ?? ExistingFilePolicy.SkipIdentical, status);
            }
            else
            {
                _changes.Start(plan, confirmation, toggled, status);
            }

            return await TakeAsync(planId, resumed: false, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _changing.Release();
        }
    }

    private void StartExport(OperationPlan plan, OperationDestination? destination, OperationStatus status)
    {
        if (destination is null || !Path.IsPathFullyQualified(destination.Folder))
        {
            throw new ProblemException("destination.missing", "Choose the folder to download to: an absolute path.") { Actions = [ProblemAction.ChooseFolder] };
        }

        destination = destination with { Folder = Path.GetFullPath(destination.Folder), Format = FormatOf(plan, destination.Format) };

        // What cannot work is said now, while the person is still there to choose another folder.
        var probe = new Destination(destination.Folder, plan.Id, destination.Existing);
        if (destination.Format == ExportFormat.Bag)
        {
            new Bags.BagLayout(plan, destination).EnsureFree();
        }

        probe.Prepare();
        _store.Start(plan.Id, destination, null, status);
    }

    /// <summary>What is given to a person can be checked by that person: it is a bag, in a folder or a zip.</summary>
    private static ExportFormat FormatOf(OperationPlan plan, ExportFormat asked) => plan.PersonalData is null ? asked
        : asked is ExportFormat.Zip or ExportFormat.BagZip ? ExportFormat.BagZip
        : ExportFormat.Bag;

    /// <summary>A copy can be cancelled and takes nothing away, but what it replaces is gone: that alone must be confirmed.</summary>
    private void StartCopy(OperationPlan plan, string? confirmation, ExistingFilePolicy existing, OperationStatus status)
    {
        if (existing == ExistingFilePolicy.Replace && plan.Copy is { Different: > 0 } copy && confirmation != ChangeReviewer.Confirmed)
        {
            throw new ProblemException("confirmation.missing", $"{Sizes.Count(copy.Different, "blob")} in {copy.Target.Text} would be replaced. Confirm it first.") { Target = plan.Id };
        }

        // The place is the plan's own; how what exists is dealt with was decided now.
        _store.Start(plan.Id, new OperationDestination(string.Empty, existing), null, status);
    }

    /// <summary>Stops for now.</summary>
    /// <exception cref="ProblemException"><c>operation.notRunning</c>, <c>operation.elsewhere</c>.</exception>
    public async Task<OperationView> PauseAsync(string id, CancellationToken cancellationToken)
    {
        var running = Mine(id);
        running.Stop(StopReason.Pause);
        await running.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
        return Get(id);
    }

    /// <summary>Stops for good, whether it is running, paused or interrupted.</summary>
    /// <exception cref="ProblemException"><c>operation.elsewhere</c>, <c>operation.finished</c>.</exception>
    public async Task<OperationView> CancelAsync(string id, CancellationToken cancellationToken)
    {
        if (_running.TryGetValue(id, out var running))
        {
            running.Stop(StopReason.Cancel);
            await running.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
            return Get(id);
        }

        var view = Get(id);
        if (view.Status.IsFinished && view.Status.State != OperationState.Failed)
        {
            throw new ProblemException("operation.finished", "This operation has ended already.") { Target = id };
        }

        using (await OwnAsync(id, cancellationToken).ConfigureAwait(false))
        {
            await CloseCancelledAsync(view).ConfigureAwait(false);
        }

        return Tell(Get(id));
    }

    /// <summary>Goes on with a paused, interrupted, cancelled or failed operation, or tries again what failed of it.</summary>
    /// <exception cref="ProblemException"><c>operation.elsewhere</c>, <c>operation.finished</c>, <c>workspace.exportRunning</c>, <c>workspace.beingDeleted</c>.</exception>
    public async Task<OperationView> ResumeAsync(string id, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_running.TryGetValue(id, out var running))
            {
                return running.View;
            }

            var view = Get(id);
            if (view.Status.State == OperationState.Succeeded)
            {
                throw new ProblemException("operation.finished", "Everything in this operation is done already.") { Target = id };
            }

            WorkspaceGuard.Check(view.Plan, List());
            return await TakeAsync(id, resumed: true, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Gives up an operation that nobody works on, and takes it off the list.</summary>
    /// <exception cref="ProblemException"><c>operation.elsewhere</c>, <c>operation.running</c>, <c>storage.busy</c>.</exception>
    public async Task DiscardAsync(string id, CancellationToken cancellationToken)
    {
        if (_running.ContainsKey(id))
        {
            throw new ProblemException("operation.running", "This operation is running. Cancel it first.") { Target = id };
        }

        var view = Get(id);
        using (await OwnAsync(id, cancellationToken).ConfigureAwait(false))
        {
            if (view.Status.State is not (OperationState.Succeeded or OperationState.SucceededWithWarnings or OperationState.Cancelled))
            {
                await CloseCancelledAsync(view).ConfigureAwait(false);
            }
        }

        await BeforeRemovalAsync(id, cancellationToken).ConfigureAwait(false);
        _store.Remove(id);
        Removed?.Invoke(id);
    }

    /// <summary>
    /// Takes finished operations off the list. Failed ones stay: they can be resumed. So do those whose data can still be brought
    /// back: with them would go the list of what it was; discarding does that.
    /// </summary>
    public async Task<IReadOnlyList<OperationView>> ClearFinishedAsync(CancellationToken cancellationToken)
    {
        var now = Now();
        foreach (var view in List().Where(v => v.Owner == OperationOwner.None && v.Status is { IsFinished: true, State: not OperationState.Failed } && !v.CanUndelete(now)))
        {
            await BeforeRemovalAsync(view.Plan.Id, cancellationToken).ConfigureAwait(false);
            _store.Remove(view.Plan.Id);
            Removed?.Invoke(view.Plan.Id);
        }

        return List();
    }

    /// <summary>Where the receipts of an operation are.</summary>
    /// <exception cref="ProblemException"><c>receipt.notYet</c>: it has not ended.</exception>
    public (string Markdown, string Json) Receipt(string id)
    {
        var receipt = _store.ReceiptOf(id);
        return File.Exists(receipt.Markdown)
            ? receipt
            : throw new ProblemException("receipt.notYet", "There is no receipt yet: it is written when the operation ends.") { Target = id };
    }

    /// <summary>Stops everything at a safe point; it shows as interrupted and can be resumed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        var running = _running.Values.ToList();
        foreach (var operation in running)
        {
            operation.Stop(StopReason.Shutdown);
        }

        await Task.WhenAll(running.Select(o => o.Completion).Append(_watching)).ConfigureAwait(false);
        _ending.Dispose();
        _changing.Dispose();
    }

    private OperationView Get(string id) => Find(id) ?? throw OperationStore.NotFound(id);

    private OperationView? Find(string id)
    {
        if (_running.TryGetValue(id, out var running))
        {
            return running.View;
        }

        if (_store.Find(id) is not { } found)
        {
            return null;
        }

        var (plan, destination, status) = found;
        if (!status.IsActive && status.State != OperationState.Planned)
        {
            return new OperationView(plan, destination, status, OperationOwner.None);
        }

        // It says it runs: it does if somebody holds it, else its process ended in the middle.
        if (_store.IsLocked(id))
        {
            return new OperationView(plan, destination, status, OperationOwner.Other);
        }

        // Unless it ended just now, between the two looks.
        status = _store.StatusOf(id) ?? status;
        var isCutOff = status.IsActive || status.State == OperationState.Planned;
        return new OperationView(plan, destination, isCutOff ? status with { State = OperationState.Interrupted, BytesPerSecond = null, Message = null } : status, OperationOwner.None);
    }

    private RunningOperation Mine(string id)
    {
        if (_running.TryGetValue(id, out var running))
        {
            return running;
        }

        throw Get(id).Owner == OperationOwner.Other
            ? Elsewhere(id)
            : new ProblemException("operation.notRunning", "This operation is not running.") { Target = id };
    }

    private async Task<IDisposable> OwnAsync(string id, CancellationToken cancellationToken) =>
        await _store.LockAsync(id, _time, cancellationToken).ConfigureAwait(false) ?? throw Elsewhere(id);

    private static ProblemException Elsewhere(string id) =>
        new("operation.elsewhere", "Another window is working on this operation. Use that window, or close it first.") { Target = id };

    private async Task<OperationView> TakeAsync(string id, bool resumed, CancellationToken cancellationToken)
    {
        var ownership = await OwnAsync(id, cancellationToken).ConfigureAwait(false);
        try
        {
            var (plan, destination, status) = _store.Find(id) ?? throw OperationStore.NotFound(id);
            var execution = _executions.For(plan, destination);
            if (_audit is not null)
            {
                await _audit.StartedAsync(plan, resumed, cancellationToken).ConfigureAwait(false);
            }

            var operation = new RunningOperation(_store, plan, destination, execution, ownership, _time, _logger, OnChanged, _audit);
            _running[id] = operation;
            operation.Start(status.StartedAt);
            return operation.View;
        }
        catch
        {
            ownership.Dispose();
            throw;
        }
    }

    private Task BeforeRemovalAsync(string id, CancellationToken cancellationToken) => _audit?.BeforeRemovalAsync(id, cancellationToken) ?? Task.CompletedTask;

    private async Task HealAuditAsync(CancellationToken cancellationToken)
    {
        try
        {
            await (_audit?.HealAsync(cancellationToken) ?? Task.CompletedTask).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The process ends; the next one does it.
        }
        catch (Exception exception) when (exception is ProblemException or IOException or UnauthorizedAccessException)
        {
            _logger.LogError("The audit log could not be completed: {Message}", exception.Message);
        }
    }

    private async Task CloseCancelledAsync(OperationView view)
    {
        var execution = _executions.For(view.Plan, view.Destination);
        var status = view.Status with { State = OperationState.Cancelled, FinishedAt = Now(), BytesPerSecond = null, Message = null, ErrorCode = null };
        using (var journal = Journal.Open(_store.JournalOf(view.Plan.Id), _time, HiddenTexts.Of(view.Plan)))
        {
            journal.Ended(OperationState.Cancelled, null, null);
        }

        var closed = execution.Close(status);
        _store.Save(view.Plan.Id, closed);
        if (_audit is not null)
        {
            await _audit.EndedAsync(view.Plan, closed).ConfigureAwait(false);
        }
    }

    private void OnChanged(OperationView view)
    {
        if (view.Owner == OperationOwner.None)
        {
            _running.TryRemove(view.Plan.Id, out _);
            if (view.Plan.Undoes is { } undone && Find(undone) is { } other)
            {
                // What it offers is another now.
                Tell(other);
            }
        }

        Tell(view);
    }

    private OperationView Tell(OperationView view)
    {
        Changed?.Invoke(view);
        return view;
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(WatchEvery, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                try
                {
                    LookAround();
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ProblemException)
                {
                    _logger.LogDebug("The operations of other windows could not be read: {Reason}", exception.Message);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }

    private void LookAround()
    {
        var ids = _store.Ids();
        foreach (var id in ids)
        {
            if (_store.Touched(id) is not { } touched)
            {
                continue;
            }

            if (_running.ContainsKey(id))
            {
                _ownLast.Add(id);
                continue;
            }

            var isNews = !_seen.TryGetValue(id, out var before) || before != touched;
            _seen[id] = touched;
            if (_ownLast.Remove(id))
            {
                // Ours until now: its end has been told by whoever ran it.
                continue;
            }

            // One that has gone quiet is looked at again only while it should be at work: its process may have ended.
            if (!isNews && !_othersAtWork.Contains(id))
            {
                continue;
            }

            _othersAtWork.Remove(id);
            if (Find(id) is { } view)
            {
                if (view.Owner == OperationOwner.Other)
                {
                    _othersAtWork.Add(id);
                }

                Tell(view);
            }
        }

        foreach (var gone in _seen.Keys.Except(ids).ToList())
        {
            _seen.Remove(gone);
            Removed?.Invoke(gone);
        }
    }

    private long Now() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>Gives the sources of a plan's items.</summary>
internal interface ISourceFactory
{
    /// <summary>The sources a plan names.</summary>
    ITransferSources For(OperationPlan plan);
}
