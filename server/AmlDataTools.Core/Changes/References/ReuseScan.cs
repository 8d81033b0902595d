using AmlDataTools.Azure;
using AmlDataTools.Azure.RunHistory;
using AmlDataTools.Core.Changes.Planning;
using AmlDataTools.Core.Places;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Runs;

namespace AmlDataTools.Core.Changes.References;

/// <summary>
/// Finds steps that reused the results of a step whose data is in a plan (their files are the original's, so deleting those
/// empties them too), and runs that share its code. No service tells either the other way round, so all runs are looked
/// through: only when a step or code is meant, and only until all that is asked for is answered.
/// </summary>
internal sealed class ReuseScan(AzureConnection connection, PlanContext context, WorkspaceRef workspace)
{
    private const int Parallel = 8;
    private const int ExperimentsPage = 200;
    private const int Named = 20;

    /// <summary>Tells of each place that another run needs: the place, the run's id, who it is in words.</summary>
    public async Task RunAsync(IEnumerable<PlannedPlace> places, Action<PlannedPlace, string, string> found, CancellationToken cancellationToken)
    {
        var all = places.ToList();
        var codes = all.Where(place => place.CodeName is not null && place.Workspace == workspace).ToLookup(place => place.CodeName ?? string.Empty, StringComparer.OrdinalIgnoreCase);
        var steps = all.Where(place => place.Workspace == workspace && !place.Where.IsShare)
            .Select(place => (Place: place, Run: RunFolders.RunOf(place.Path)))
            .Where(entry => entry.Run is { } run && (context.Parents.ContainsKey(run) || entry.Place.ChosenInRun is not null))
            .ToLookup(entry => entry.Run ?? string.Empty, entry => entry.Place, StringComparer.Ordinal);
        if (steps.Count == 0 && codes.Count == 0)
        {
            return;
        }

        // Of code that many have, the first few are named; who else has it changes nothing.
        bool IsTold(PlannedPlace place, string runId) => place.SharedCount > Named && context.Find(new ResourceAddress(workspace, ResourceKind.Run, runId, null)) is null;
        bool IsAnswered() => steps.Count == 0 && codes.All(group => group.All(place => place.SharedCount > 0));

        var names = await ExperimentsAsync(connection, workspace, cancellationToken).ConfigureAwait(false);
        var options = new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken };
        await System.Threading.Tasks.Parallel.ForEachAsync(names, options, async (experiment, stop) =>
        {
            var seen = 0;
            await foreach (var run in connection.Workspace(workspace).RunHistory.ScanRunsAsync(experiment, null, "CreatedUtc desc", RunsPlanner.PageSize, stop).ConfigureAwait(false))
            {
                var name = string.IsNullOrWhiteSpace(run.DisplayName) ? run.RunId : $"{run.DisplayName} ({run.RunId})";
                foreach (var place in SourceOf(run) is { } source ? steps[source] : [])
                {
                    found(place, run.RunId, $"step {name}, which reused these results");
                }

                foreach (var place in run.ContentSnapshotId is { } code ? codes[code] : [])
                {
                    if (!IsTold(place, run.RunId))
                    {
                        found(place, run.RunId, $"run {name}, which has the same code");
                    }
                }

                if (++seen % RunsPlanner.PageSize == 0 && IsAnswered())
                {
                    break;
                }
            }
        }).ConfigureAwait(false);
    }

    /// <summary>The run whose files a run shows as its own; null when they are its own.</summary>
    private static string? SourceOf(RunDocument run)
    {
        if (run.ReusedRunId is { } reused)
        {
            return reused;
        }

        var container = RunWithOriginal.ContainerOf(run);
        return container.StartsWith("dcid.", StringComparison.Ordinal) && container.AsSpan(5) is var source && !source.SequenceEqual(run.RunId) ? source.ToString() : null;
    }

    /// <summary>The names of all experiments of a workspace, archived ones too.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<List<string>> ExperimentsAsync(AzureConnection connection, WorkspaceRef workspace, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        string? token = null;
        do
        {
            var page = await connection.Workspace(workspace).RunHistory.QueryExperimentsAsync(ExperimentView.All, null, null, ExperimentsPage, token, cancellationToken).ConfigureAwait(false);
            names.AddRange(page.Items.Select(experiment => experiment.Name));
            token = page.ContinuationToken == token ? null : page.ContinuationToken;
        }
        while (token is not null);
        return names;
    }
}
