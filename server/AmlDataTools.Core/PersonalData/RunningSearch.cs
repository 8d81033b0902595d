using System.Globalization;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Problems;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.PersonalData;

/// <summary>
/// A search this process is working on: part by part, workspace by workspace, a checkpoint behind each batch. What cannot be read
/// is a gap; what fails for a reason that may pass is left, and tried again when the search is resumed. The log gets counts and kinds, never what is searched for.
/// </summary>
internal sealed class RunningSearch(
    SearchStore store, string id, SearchFiles files, IReadOnlyList<ISearchPart> parts, IDisposable ownership, TimeProvider time, ILogger logger, Action<SearchView, bool> changed)
{
    private const int MostNamesakes = 10;

    // Without a page in between; six minutes in all. A page counts as progress, so that a slow search ends too.
    private const int MostWaits = 10;
    private const double FirstWait = 2;
    private const double LongestWait = 60;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource _stop = new();
    private readonly SearchRequest _request = files.Request;
    private SearchStatus _status = SearchStatus.New(0);
    private bool _isShutdown;
    private int _news;

    /// <summary>How it stands now.</summary>
    public SearchView View => new(id, _request, Volatile.Read(ref _status) with { Chosen = files.Ticks() });

    /// <summary>Completes when it has ended and given the search back.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Begins, or goes on.</summary>
    /// <param name="status">How it stood.</param>
    public void Start(SearchStatus status)
    {
        if (GapRetry.IsDue(status))
        {
            status = GapRetry.TakeUp(status, files, name => parts.FirstOrDefault(part => part.Name == name) is { } part ? Capital(part.Title) : name);
        }

        Publish(status with { State = SearchState.Running, FinishedAt = null, Message = null });
        files.TakeGaps(status.Lengths);
        Completion = Task.Run(RunAsync);
    }

    /// <summary>Asks it to stop; <see cref="Completion"/> tells when it has.</summary>
    /// <param name="isShutdown">Because the process ends.</param>
    public void Stop(bool isShutdown)
    {
        Volatile.Write(ref _isShutdown, isShutdown);
        _stop.Cancel();
    }

    /// <summary>Says that ticks changed.</summary>
    public void Touch() => Volatile.Write(ref _news, 1);

    private async Task RunAsync()
    {
        using var quiet = QuietPaths.Begin();
        using var ticking = new CancellationTokenSource();
        var ticks = TickAsync(ticking.Token);
        SearchStatus final;
        try
        {
            final = await SearchAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            final = _status with { State = Volatile.Read(ref _isShutdown) ? SearchState.Interrupted : SearchState.Stopped, Message = null };
        }
        catch (Exception exception)
        {
            var problem = ProblemMapper.From(exception, ProblemContext.None);
            logger.LogError("A search failed: {Code} ({Exception}).", problem.Code, exception.GetType().Name);
            final = _status with { State = SearchState.Failed, FinishedAt = Now(), Message = problem.Message };
        }

        await ticking.CancelAsync().ConfigureAwait(false);
        await ticks.ConfigureAwait(false);
        try
        {
            Publish(final);
        }
        catch (ProblemException problem)
        {
            logger.LogError("The state of a search could not be written: {Code}.", problem.Code);
            Volatile.Write(ref _status, final);
        }

        logger.LogInformation("A search ended {State}: {Looked} looked at, {Found} found, {Gaps} not searched.", final.State, final.Looked, final.Found, final.NotSearched);
        ownership.Dispose();
        changed(View, true);
    }

    private async Task<SearchStatus> SearchAsync()
    {
        using var writer = new SearchWriter(files, _status.Lengths);
        if (_status is { Place: null, Left: [], Again: [], Looked: 0 })
        {
            Begin(writer);
        }

        // What was left is tried again first; what fails again is behind everything else then.
        foreach (var left in _status.Left.ToList())
        {
            await PartAsync(writer, left.Place, isLeft: true).ConfigureAwait(false);
        }

        while (_status.Place is { } place)
        {
            await PartAsync(writer, place, isLeft: false).ConfigureAwait(false);
            Publish(_status with { Place = After(place) });
        }

        return Ended();
    }

    // What is not asked for is part of the result: nobody is to think that it was searched.
    private void Begin(SearchWriter writer)
    {
        foreach (var workspace in _request.Workspaces)
        {
            writer.Write([], [.. parts.Where(part => !part.IsAskedFor(_request)).Select(part => new SearchGap(workspace.ResourceId, Capital(part.Title), SearchGaps.NotAsked, "It was not asked for."))]);
        }

        Publish(_status with { Place = First(0), Lengths = writer.Lengths });
    }

    private async Task PartAsync(SearchWriter writer, SearchPlace place, bool isLeft)
    {
        if (place.Workspace >= _request.Workspaces.Count || parts.FirstOrDefault(part => part.Name == place.Part) is not { } part)
        {
            // Written by a version that had it.
            Publish(_status with { Left = Without(place) });
            return;
        }

        var workspace = _request.Workspaces[place.Workspace];
        for (var waits = 0; ; waits++)
        {
            Publish(_status with { Message = $"Searching {part.Title} in {workspace.Name}" });
            try
            {
                await foreach (var batch in part.SearchAsync(_request, workspace, place.Checkpoint, _stop.Token).ConfigureAwait(false))
                {
                    place = place with
                    {
                        Checkpoint = batch.Checkpoint,
                        Scope = place.IsAlone ? place.Scope : batch.Scope,
                        Looked = place.IsAlone || place.Scope == batch.Scope ? place.Looked + batch.Looked : batch.Looked,
                    };
                    Keep(writer, batch, place, part, isLeft);
                    waits = 0;
                }

                Publish(_status with { Left = Without(place) });
                return;
            }
            catch (Exception exception) when (waits < MostWaits && ThrottledFor(exception, waits) is not null)
            {
                var wait = ThrottledFor(exception, waits) ?? TimeSpan.Zero;
                logger.LogInformation("A search is throttled; it goes on in {Wait:F0} s.", wait.TotalSeconds);
                Publish(_status with { Message = $"The service asks for fewer requests; going on in {Math.Ceiling(wait.TotalSeconds)} s" });
                await Task.Delay(wait, time, _stop.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !_stop.IsCancellationRequested)
            {
                Failed(writer, workspace, part, place, exception);
                return;
            }
        }
    }

    private void Keep(SearchWriter writer, SearchBatch batch, SearchPlace place, ISearchPart part, bool isLeft)
    {
        var found = writer.Write(batch.Findings, [.. batch.Gaps.Select(gap => GapRetry.Placed(gap, part.Name, place.Scope))]);
        Publish(_status with
        {
            Looked = _status.Looked + batch.Looked,
            Found = files.Index.Count,
            NotSearched = _status.NotSearched + batch.Gaps.Count(SearchGaps.IsReal),
            Place = isLeft ? _status.Place : place,
            Left = isLeft ? WithLeft(place, part, null) : _status.Left,
            Again = GapRetry.With(_status.Again, place, batch.Gaps.Any(SearchGaps.MayChange)),
            Namesakes = Namesakes(found),
            Lengths = writer.Lengths,
        });
    }

    /// <summary>How long to wait for a service that asks for fewer requests, after the pipeline's own waits; null for every other failure.</summary>
    private static TimeSpan? ThrottledFor(Exception exception, int waits)
    {
        if ((exception as AzureServiceException ?? exception.InnerException as AzureServiceException) is not { Status: 429 or 503 } service || (service.Status == 503 && service.RetryAfter is null))
        {
            return null;
        }

        var own = TimeSpan.FromSeconds(Math.Min(LongestWait, FirstWait * Math.Pow(2, waits)));
        return service.RetryAfter > own ? service.RetryAfter : own;
    }

    private void Failed(SearchWriter writer, Azure.WorkspaceRef workspace, ISearchPart part, SearchPlace place, Exception exception)
    {
        var gap = SearchGaps.Of(workspace, Capital(part.Title), exception);
        logger.LogWarning("The part {Part} of a search could not be read: {Code} ({Exception}).", part.Name, gap.Code, exception.GetType().Name);
        if (gap.Code.StartsWith("disk.", StringComparison.Ordinal) || gap.Code == "auth.signInRequired")
        {
            // Nothing else would go better.
            throw ProblemMapper.From(exception, ProblemContext.None);
        }

        if (SearchGaps.MayPass(exception))
        {
            Publish(_status with { Left = WithLeft(place, part, gap) });
        }
        else
        {
            writer.Write([], [GapRetry.Placed(gap, part.Name, place.ScopeAlone)]);
            Publish(_status with
            {
                NotSearched = _status.NotSearched + 1,
                Lengths = writer.Lengths,
                Left = Without(place),
                Again = SearchGaps.MayChange(gap) ? GapRetry.WithRefused(_status.Again, place) : _status.Again,
            });
        }
    }

    private List<SearchLeft> WithLeft(SearchPlace place, ISearchPart part, SearchGap? gap)
    {
        var before = _status.Left.FirstOrDefault(left => left.Place.IsSame(place));
        var now = new SearchLeft(place, place.IsAlone && before is not null ? before.What : Capital(part.Title), gap?.Code ?? before?.Code ?? "interrupted", gap?.Message ?? before?.Message ?? "The search was interrupted here.");
        return [.. Without(place), now];
    }

    private List<SearchLeft> Without(SearchPlace place) => [.. _status.Left.Where(left => !left.Place.IsSame(place))];

    private List<string> Namesakes(IReadOnlyList<Finding> found)
    {
        var known = _status.Namesakes.ToList();
        foreach (var other in found.SelectMany(one => one.Evidence).Select(one => one.OtherId).OfType<string>())
        {
            if (known.Count < MostNamesakes && !known.Contains(other, StringComparer.OrdinalIgnoreCase))
            {
                known.Add(other);
            }
        }

        return known;
    }

    private SearchStatus Ended()
    {
        var state = _status.Left.Count > 0 ? SearchState.Failed : _status.NotSearched > 0 ? SearchState.DoneWithGaps : SearchState.Done;
        return _status with { State = state, FinishedAt = Now(), Message = SearchText.Summary(_status, _request, [.. parts.Where(part => part.IsAskedFor(_request)).Select(part => part.Title)]) };
    }

    private SearchPlace? First(int workspace) =>
        workspace < _request.Workspaces.Count && parts.FirstOrDefault(part => part.IsAskedFor(_request)) is { } first ? new SearchPlace(workspace, first.Name, null) : null;

    private SearchPlace? After(SearchPlace place)
    {
        var next = parts.SkipWhile(part => part.Name != place.Part).Skip(1).FirstOrDefault(part => part.IsAskedFor(_request));
        return next is null ? First(place.Workspace + 1) : new SearchPlace(place.Workspace, next.Name, null);
    }

    private async Task TickAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Tick, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                if (Interlocked.Exchange(ref _news, 0) != 0)
                {
                    changed(View, false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The search has ended; its last state is told by whoever ended it.
        }
    }

    private void Publish(SearchStatus status)
    {
        status = status with { Chosen = files.Ticks() };
        Volatile.Write(ref _status, status);
        Volatile.Write(ref _news, 1);
        store.Save(id, status);
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static string Capital(string text) => text.Length == 0 ? text : string.Create(CultureInfo.InvariantCulture, $"{char.ToUpperInvariant(text[0])}{text.AsSpan(1)}");
}
