using System.Collections.Concurrent;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Places;
using AmlDataTools.Core.Storage;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Explorer.Branches;

/// <summary>
/// What people call the runs whose folders a page of a listing shows. Run history has no question for many ids at once, so
/// they are asked for beside each other for a short while; what was not answered by then is shown without a name.
/// </summary>
internal sealed class RunNames(BranchContext context, TimeProvider clock)
{
    private const int Parallel = 12;
    private const int Remembered = 5000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // The empty name stands for a run that is not there, or has none.
    private readonly ConcurrentDictionary<(WorkspaceRef Workspace, string RunId), string> _known = new();

    /// <summary>No names.</summary>
    public static IReadOnlyDictionary<string, string> None { get; } = new Dictionary<string, string>();

    /// <summary>The display names by the entries' paths, as far as they could be had.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ReadAsync(WorkspaceRef workspace, IReadOnlyList<FileEntry> entries, CancellationToken cancellationToken)
    {
        var runs = entries.Select(entry => (entry.Path, RunId: RunFolders.WholeOf(entry.Path.Trim('/')))).Where(pair => pair.RunId is not null).ToList();
        if (runs.Count == 0)
        {
            return None;
        }

        if (_known.Count > Remembered)
        {
            _known.Clear();
        }

        var missing = runs.Select(pair => pair.RunId ?? string.Empty).Distinct(StringComparer.Ordinal).Where(id => !_known.ContainsKey((workspace, id))).ToList();
        if (missing.Count > 0 && !context.Health.IsDown(workspace))
        {
            await AskAsync(workspace, missing, cancellationToken).ConfigureAwait(false);
        }

        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (path, runId) in runs)
        {
            if (runId is not null && _known.TryGetValue((workspace, runId), out var name) && name.Length > 0 && name != runId)
            {
                names[path] = name;
            }
        }

        return names;
    }

    private async Task AskAsync(WorkspaceRef workspace, List<string> missing, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var history = context.Connection.Workspace(workspace).RunHistory;
        try
        {
            await System.Threading.Tasks.Parallel.ForEachAsync(missing, new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = stop.Token }, async (runId, token) =>
            {
                try
                {
                    _known[(workspace, runId)] = (await history.GetRunAsync(runId, token).ConfigureAwait(false)).DisplayName ?? string.Empty;
                }
                catch (AzureServiceException exception) when (exception.Status is 400 or 404)
                {
                    _known[(workspace, runId)] = string.Empty;
                }
            }).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // A folder is worth showing without the run's name.
            context.Logger.LogDebug("Names of runs were not read: {Reason}", exception.GetType().Name);
        }
    }
}
