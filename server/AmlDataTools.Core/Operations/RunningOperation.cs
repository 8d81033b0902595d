using AmlDataTools.Core.Audit;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Transfer;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Operations;

/// <summary>Why an operation is stopped.</summary>
internal enum StopReason
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>By the person, for now.</summary>
    Pause,

    /// <summary>By the person, for good.</summary>
    Cancel,

    /// <summary>The process ends.</summary>
    Shutdown,
}

/// <summary>An operation this process is working on: runs it, keeps its status on disk, ends it with a receipt.</summary>
internal sealed class RunningOperation(
    OperationStore store,
    OperationPlan plan,
    OperationDestination? destination,
    IOperationExecution execution,
    IDisposable ownership,
    TimeProvider time,
    ILogger logger,
    Action<OperationView> changed,
    OperationAudit? audit = null)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);
    private const int TicksPerSave = 4;

    private readonly CancellationTokenSource _stop = new();
    private readonly RateMeter _rate = new(time);
    private readonly Lock _lock = new();
    private StopReason _reason;
    private OperationStatus? _status;

    /// <summary>How it stands now.</summary>
    public OperationView View => new(plan, destination, Volatile.Read(ref _status) ?? Status(0), OperationOwner.This);

    /// <summary>Completes when it has ended and given the operation back.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Begins.</summary>
    public void Start(long startedAt)
    {
        Publish(Status(startedAt), save: true);
        Completion = Task.Run(() => RunAsync(startedAt));
    }

    /// <summary>Asks it to stop; <see cref="Completion"/> tells when it has.</summary>
    public void Stop(StopReason reason)
    {
        lock (_lock)
        {
            // A cancel outranks a pause that came before it, never the other way round.
            _reason = _reason == StopReason.Cancel ? _reason : reason;
        }

        if (reason == StopReason.Cancel)
        {
            Publish(View.Status with { State = OperationState.CancelRequested }, save: false);
        }

        _stop.Cancel();
    }

    private async Task RunAsync(long startedAt)
    {
        OperationStatus final;
        try
        {
            final = await ExecuteAsync(startedAt).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            var problem = ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Other, plan.Title));
            logger.LogError(exception, "{Title} failed: {Code}", plan.Title, problem.Code);
            final = Ended(startedAt, OperationState.Failed, problem);
        }

        try
        {
            store.Save(plan.Id, final);

            // Last, and still held: an end that is on disk without its line is noted when a window starts.
            await (audit?.EndedAsync(plan, final) ?? Task.CompletedTask).ConfigureAwait(false);
        }
        catch (ProblemException problem)
        {
            logger.LogError("The state of {Title} could not be written: {Message}", plan.Title, problem.Message);
        }

        // Given back before it is told: whoever hears of the end may resume it at once.
        ownership.Dispose();
        Volatile.Write(ref _status, final);
        changed(new OperationView(plan, destination, final, OperationOwner.None));
    }

    private async Task<OperationStatus> ExecuteAsync(long startedAt)
    {
        ProblemException? problem = null;
        OperationStatus final;
        using (var journal = Journal.Open(store.JournalOf(plan.Id), time, HiddenTexts.Of(plan)))
        {
            if (journal.History.UnreadableLines > 0)
            {
                logger.LogWarning("{Count} lines of the journal of {Title} could not be read; what they told is done again.", journal.History.UnreadableLines, plan.Title);
            }

            journal.Started();
            using var ticking = new CancellationTokenSource();
            var ticks = Task.Run(() => TickAsync(startedAt, ticking.Token));
            try
            {
                await execution.RunAsync(journal, _stop.Token).ConfigureAwait(false);
                problem = execution.NothingDone;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                logger.LogInformation("{Title} was stopped: {Reason}.", plan.Title, _reason);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                problem = exception as ProblemException ?? ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Other, plan.Title));
                logger.LogError(exception, "{Title} failed: {Code} {Message}", plan.Title, problem.Code, problem.Message);
            }
            finally
            {
                await ticking.CancelAsync().ConfigureAwait(false);
                await ticks.ConfigureAwait(false);
            }

            final = Ended(startedAt, EndState(problem), problem);
            journal.Ended(final.State, final.ErrorCode, final.Message);
        }

        return final.IsFinished ? execution.Close(final) : final;
    }

    private OperationState EndState(ProblemException? problem)
    {
        if (problem is not null)
        {
            return OperationState.Failed;
        }

        var progress = execution.Progress;
        if (progress.Done + progress.Skipped + progress.Failed == plan.Items)
        {
            // Stopped too late to matter: it is all done.
            return execution.EndedWell ? OperationState.Succeeded : OperationState.SucceededWithWarnings;
        }

        lock (_lock)
        {
            return _reason switch
            {
                StopReason.Pause => OperationState.Paused,
                StopReason.Cancel => OperationState.Cancelled,
                _ => OperationState.Interrupted,
            };
        }
    }

    private async Task TickAsync(long startedAt, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Tick, time);
        try
        {
            for (var tick = 1; await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false); tick++)
            {
                Publish(Status(startedAt), save: tick % TicksPerSave == 0);
            }
        }
        catch (OperationCanceledException)
        {
            // The operation has ended; its last state is published by whoever ended it.
        }
    }

    private void Publish(OperationStatus status, bool save)
    {
        Volatile.Write(ref _status, status);
        if (save)
        {
            try
            {
                store.Save(plan.Id, status);
            }
            catch (ProblemException problem)
            {
                // Only other windows miss something; the journal is what counts.
                logger.LogWarning("The state of {Title} could not be written: {Message}", plan.Title, problem.Message);
            }
        }

        changed(new OperationView(plan, destination, status, OperationOwner.This));
    }

    private OperationStatus Status(long startedAt)
    {
        var progress = execution.Progress;
        StopReason reason;
        lock (_lock)
        {
            reason = _reason;
        }

        return execution.Complete(new OperationStatus(
            reason == StopReason.Cancel ? OperationState.CancelRequested : OperationState.Running,
            startedAt,
            null,
            progress.Done,
            progress.Skipped,
            progress.Failed,
            Math.Max(plan.Bytes, progress.Bytes),
            progress.Bytes,
            _rate.Measure(progress.Fetched),
            progress.Waiting,
            null));
    }

    private OperationStatus Ended(long startedAt, OperationState state, ProblemException? problem)
    {
        var message = problem?.Message ?? execution.Epilogue(state);
        return Status(startedAt) with
        {
            State = state,
            FinishedAt = state is OperationState.Paused or OperationState.Interrupted ? null : time.GetUtcNow().ToUnixTimeMilliseconds(),
            BytesPerSecond = null,
            Message = message,
            ErrorCode = problem?.Code,
        };
    }
}
