using System.Collections.Concurrent;
using AmlDataTools.Core.Explorer.Nodes;
using AmlDataTools.Core.Problems;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.PersonalData;

/// <summary>The searches of all windows: begins, stops and resumes those of this process, shows those of others, and gives out what they found.</summary>
public sealed class SearchService : IFoundData, IAsyncDisposable
{
    private static readonly TimeSpan WatchEvery = TimeSpan.FromSeconds(1.5);

    private readonly SearchStore _store;
    private readonly IReadOnlyList<ISearchPart> _parts;
    private readonly StudioLinks _studio;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Operations.LogMask? _mask;
    private readonly ConcurrentDictionary<string, RunningSearch> _running = new();
    private readonly ConcurrentDictionary<string, SearchFiles> _files = new();
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly CancellationTokenSource _ending = new();
    private readonly Dictionary<string, DateTime> _seen = [];
    private Task _watching = Task.CompletedTask;

    internal SearchService(SearchStore store, IReadOnlyList<ISearchPart> parts, StudioLinks studio, TimeProvider time, ILogger logger, Operations.LogMask? mask = null)
    {
        _mask = mask;
        _studio = studio;
        _store = store;
        _parts = parts;
        _time = time;
        _logger = logger;
    }

    /// <summary>A search's state or numbers changed; at most four times a second for each.</summary>
    public event Action<SearchView>? Changed;

    /// <summary>A search is no longer there.</summary>
    public event Action<string>? Removed;

    /// <summary>Follows the searches of other windows from now on.</summary>
    public void Watch()
    {
        LookAround(tell: false);
        _watching = Task.Run(() => WatchAsync(_ending.Token));
    }

    /// <summary>Begins a search.</summary>
    /// <param name="subject">Of whom.</param>
    /// <param name="workspaceNodes">Where: nodes of workspaces.</param>
    /// <param name="exhaustive">Read everything, even where the index service answers.</param>
    /// <param name="fileNames">Names of files too.</param>
    /// <param name="fileContent">Text of files too.</param>
    /// <param name="maxFileBytes">Files above this are not read; bytes.</param>
    /// <param name="cancellationToken">Ends the wait, not the search.</param>
    /// <exception cref="ProblemException"><c>subject.*</c>, <c>search.*</c>, <c>explorer.badNodeId</c>; or the folder cannot be written.</exception>
    public async Task<SearchView> SearchAsync(
        Subject subject, IReadOnlyList<string> workspaceNodes, bool exhaustive, bool fileNames, bool fileContent, long maxFileBytes, CancellationToken cancellationToken)
    {
        var request = SearchRules.Checked(subject, workspaceNodes, exhaustive, fileNames, fileContent, maxFileBytes);
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
            return await TakeAsync(_store.Create(request, SearchStatus.New(now)), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>All searches on record, newest first.</summary>
    public IReadOnlyList<SearchView> Searches() => [.. _store.Ids().Select(Find).OfType<SearchView>()];

    /// <summary>Stops a search; what was found stays.</summary>
    /// <exception cref="ProblemException"><c>search.notFound</c>, <c>search.notRunning</c>, <c>search.elsewhere</c>.</exception>
    public async Task<SearchView> StopAsync(string searchId, CancellationToken cancellationToken)
    {
        if (_running.TryGetValue(searchId, out var running))
        {
            running.Stop(isShutdown: false);
            await running.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
            return Get(searchId);
        }

        throw Get(searchId).Status.State == SearchState.Running
            ? SearchProblems.Elsewhere(searchId)
            : new ProblemException("search.notRunning", "This search is not running.") { Target = searchId };
    }

    /// <summary>Goes on with a search that did not end, or tries again what failed of it or was refused; what was found and ticked stays.</summary>
    /// <exception cref="ProblemException"><c>search.notFound</c>, <c>search.finished</c>, <c>search.elsewhere</c>.</exception>
    public async Task<SearchView> ResumeAsync(string searchId, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _running.TryGetValue(searchId, out var running) ? running.View
                : Get(searchId).Status is { State: not SearchState.Running, CanGoOn: false }
                    ? throw new ProblemException("search.finished", "This search has ended: everything that can be searched was. Search anew to see what changed since.") { Target = searchId }
                    : await TakeAsync(searchId, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Removes a search and all it found.</summary>
    /// <param name="searchId">The search.</param>
    /// <param name="cancellationToken">Ends the wait for the search, not the removal.</param>
    /// <exception cref="ProblemException"><c>search.notFound</c>, <c>search.running</c>, <c>search.elsewhere</c>.</exception>
    public async Task DiscardAsync(string searchId, CancellationToken cancellationToken)
    {
        if (_running.ContainsKey(searchId))
        {
            throw SearchProblems.Running(searchId);
        }

        Get(searchId);
        using (await OwnAsync(searchId, cancellationToken).ConfigureAwait(false))
        {
            _files.TryRemove(searchId, out _);
        }

        _store.Remove(searchId);
        Removed?.Invoke(searchId);
    }

    /// <summary>One page of a search's results: the groups, then the findings in one, then what speaks for a finding.</summary>
    /// <param name="searchId">The search.</param>
    /// <param name="parentId">A result's id; null for the groups.</param>
    /// <param name="filter">Which findings.</param>
    /// <param name="pageToken">The previous page's; null for the first.</param>
    /// <param name="pageSize">How many at most.</param>
    /// <exception cref="ProblemException"><c>search.notFound</c>, <c>search.badNodeId</c>, <c>request.badPageToken</c>.</exception>
    public (IReadOnlyList<ResultNode> Nodes, string? Next) Results(string searchId, string? parentId, ResultFilter filter, string? pageToken, int pageSize)
    {
        var view = Get(searchId);
        return new ResultPages(FilesOf(view), view.Status, _studio).Page(parentId, filter, pageToken, pageSize);
    }

    /// <summary>Ticks or unticks findings.</summary>
    /// <param name="searchId">The search.</param>
    /// <param name="nodeIds">Groups or findings; empty for all that the filter leaves.</param>
    /// <param name="filter">Which findings of them.</param>
    /// <param name="chosen">True to tick.</param>
    /// <param name="cancellationToken">Ends the wait for the search, not the change.</param>
    /// <exception cref="ProblemException"><c>search.notFound</c>, <c>search.badNodeId</c>, <c>search.elsewhere</c>.</exception>
    public async Task<SearchView> ChooseAsync(string searchId, IReadOnlyList<string> nodeIds, ResultFilter filter, bool chosen, CancellationToken cancellationToken)
    {
        var view = Get(searchId);
        if (_running.TryGetValue(searchId, out var running))
        {
            var own = FilesOf(view);
            own.Choose(new ResultPages(own, view.Status, _studio).Chosen(nodeIds, filter), chosen);
            running.Touch();
            return running.View;
        }

        using (await OwnAsync(searchId, cancellationToken).ConfigureAwait(false))
        {
            var files = FilesOf(view);
            files.Choose(new ResultPages(files, view.Status, _studio).Chosen(nodeIds, filter), chosen);

            // Windows look at this file to see that something changed.
            _store.Save(searchId, view.Status with { Chosen = files.Ticks() });
        }

        return Tell(Get(searchId));
    }

    /// <inheritdoc/>
    SearchRequest IFoundData.Request(string searchId) => Ended(searchId).Request;

    /// <inheritdoc/>
    IEnumerable<Finding> IFoundData.Chosen(string searchId)
    {
        var files = FilesOf(Ended(searchId));
        return files.Index.Count == 0 ? [] : files.Index.Read(files.Index.From(0).Where(files.IsTicked)).Select(one => one.Finding);
    }

    /// <inheritdoc/>
    IEnumerable<SearchGap> IFoundData.Gaps(string searchId)
    {
        var view = Get(searchId);
        return FilesOf(view).Gaps().Select(gap => gap with { Part = null, Scope = null }).Concat(ResultPages.Left(view.Request, view.Status));
    }

    /// <inheritdoc/>
    ReadOnlyMemory<byte> IFoundData.Document(string searchId, DocumentPart part)
    {
        // Where a document stands never changes: a hundred thousand of them are read without asking each time how the search stands.
        if (_files.TryGetValue(searchId, out var known))
        {
            return known.Document(part);
        }

        return FilesOf(Get(searchId)).Document(part);
    }

    /// <summary>Stops everything; it shows as interrupted and can be resumed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        var running = _running.Values.ToList();
        running.ForEach(search => search.Stop(isShutdown: true));
        await Task.WhenAll(running.Select(search => search.Completion).Append(_watching)).ConfigureAwait(false);
        _ending.Dispose();
        _changing.Dispose();
    }

    private SearchView Ended(string searchId) => Get(searchId) is { Status.State: not SearchState.Running } view ? view : throw SearchProblems.Running(searchId);

    private SearchView Get(string searchId) => Find(searchId) ?? throw SearchProblems.NotFound(searchId);

    private SearchView? Find(string searchId)
    {
        if (_running.TryGetValue(searchId, out var running))
        {
            return running.View;
        }

        if (_store.Find(searchId) is not { } found)
        {
            return null;
        }

        var (request, status) = found;
        if (status.State == SearchState.Running)
        {
            // It says it runs: it does if somebody holds it, else its process ended in the middle, unless it ended between the two looks.
            status = _store.IsLocked(searchId) ? status
                : _store.Find(searchId)?.Status is { State: not SearchState.Running } ended ? ended
                : status with { State = SearchState.Interrupted, Message = null };
        }

        return new SearchView(searchId, request, status);
    }

    private SearchFiles FilesOf(SearchView view)
    {
        var files = _files.GetOrAdd(view.Id, id => new SearchFiles(_store, id, view.Request));
        if (!_running.ContainsKey(view.Id))
        {
            files.Refresh(view.Status.Lengths);
        }

        return files;
    }

    private async Task<IDisposable> OwnAsync(string searchId, CancellationToken cancellationToken) =>
        await _store.LockAsync(searchId, _time, cancellationToken).ConfigureAwait(false) ?? throw SearchProblems.Elsewhere(searchId);

    private async Task<SearchView> TakeAsync(string searchId, CancellationToken cancellationToken)
    {
        var ownership = await OwnAsync(searchId, cancellationToken).ConfigureAwait(false);
        try
        {
            var (request, status) = _store.Find(searchId) ?? throw SearchProblems.NotFound(searchId);
            _mask?.Add(request.Subject);
            var search = new RunningSearch(_store, searchId, FilesOf(new SearchView(searchId, request, status)), _parts, ownership, _time, _logger, OnChanged);
            _running[searchId] = search;
            search.Start(status);
            return search.View;
        }
        catch
        {
            _running.TryRemove(searchId, out _);
            ownership.Dispose();
            throw;
        }
    }

    private void OnChanged(SearchView view, bool hasEnded)
    {
        if (hasEnded)
        {
            _running.TryRemove(view.Id, out _);
        }

        Tell(view);
    }

    private SearchView Tell(SearchView view)
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
                    LookAround(tell: true);
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ProblemException)
                {
                    _logger.LogDebug("The searches of other windows could not be read: {Exception}.", exception.GetType().Name);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }

    private void LookAround(bool tell)
    {
        var ids = _store.Ids();
        foreach (var id in ids)
        {
            if (_store.Touched(id) is { } touched && (!_seen.TryGetValue(id, out var before) || before != touched))
            {
                _seen[id] = touched;
                if (tell && !_running.ContainsKey(id) && Find(id) is { } view)
                {
                    Tell(view);
                }
            }
        }

        foreach (var gone in _seen.Keys.Except(ids).ToList())
        {
            _seen.Remove(gone);
            _files.TryRemove(gone, out _);
            Removed?.Invoke(gone);
        }
    }
}
