using AmlDataTools.Azure;
using AmlDataTools.Azure.RunHistory;
using AmlDataTools.Core.Names;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Runs;
using AmlDataTools.Core.Storage;

namespace AmlDataTools.Core.Export;

/// <summary>
/// Plans outputs and logs of all runs of a workspace. Run history tells which runs there are; their folders lie side by side and are
/// listed as one, which for 100,000 runs is some hundred requests instead of one for each. Of a run only the hash of its folder's name is
/// held. Where the way in opens single runs only, they are listed one by one.
/// </summary>
internal sealed class RunFilesPlanner(AzureConnection connection, StorageAccesses accesses)
{
    private const string ArtifactStore = "workspaceartifactstore";
    private const string Root = "ExperimentRun/";
    private const string Prefix = "dcid.";
    private const int PageSize = 500;

    /// <summary>Adds them.</summary>
    /// <param name="planning">The plan.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="into">Local folder, safe, ending in <c>/</c>.</param>
    /// <param name="progress">Told while reading.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>How many runs are on record.</returns>
    public async Task<long> AddAsync(ExportPlanning planning, WorkspaceRef workspace, string into, IProgress<PlanStep>? progress, CancellationToken cancellationToken)
    {
        var containers = new HashSet64();
        var count = 0L;
        string? first = null;
        await foreach (var run in RunsAsync(workspace, cancellationToken).ConfigureAwait(false))
        {
            planning.Saw(run);
            var container = RunWithOriginal.ContainerOf(run);
            first ??= container;
            containers.Add(FoldedHash.Exact(FoldedHash.Root, container));
            if (++count % PageSize == 0)
            {
                progress?.Report(new PlanStep("Reading the runs", count, 0));
            }
        }

        if (first is null)
        {
            return 0;
        }

        var access = accesses.Of(workspace, ArtifactStore);
        await access.ListPageAsync($"{Root}{first}/", delimiter: false, null, 1, cancellationToken).ConfigureAwait(false);
        if (access.OpensRunsOnly)
        {
            await foreach (var run in RunsAsync(workspace, cancellationToken).ConfigureAwait(false))
            {
                // A reused step has no files of its own: they are its original's, which is listed too.
                if (!run.IsReused)
                {
                    var container = RunWithOriginal.ContainerOf(run);
                    await planning.Builder.AddFolderAsync(new FileLocation(workspace, ArtifactStore, $"{Root}{container}/", container), $"{into}{LocalNames.Segment(NameOf(container))}/", null, isRunFolder: true, cancellationToken).ConfigureAwait(false);
                }
            }

            return count;
        }

        var (strangers, stranger) = (0L, string.Empty);
        await planning.Builder.AddFolderAsync(new FileLocation(workspace, ArtifactStore, Root, null), into, null, isRunFolder: false, cancellationToken, place: relative =>
        {
            var end = relative.IndexOf('/', StringComparison.Ordinal);
            var container = end < 0 ? relative : relative[..end];
            if (containers.Contains(FoldedHash.Exact(FoldedHash.Root, container)))
            {
                return NameOf(container) + relative[container.Length..];
            }

            if (container != stranger)
            {
                strangers++;
                stranger = container;
            }

            return null;
        }).ConfigureAwait(false);
        if (strangers > 0)
        {
            planning.Notes.Add(new PlanWarning(
                "runs.notOnRecord", $"{Sizes.Count(strangers, "folder")} beside those of the runs {(strangers == 1 ? "belongs" : "belong")} to no run on record and {(strangers == 1 ? "is" : "are")} not taken: of deleted runs, or of another workspace with the same storage account.", strangers));
        }

        return count;
    }

    private static string NameOf(string container) => container.StartsWith(Prefix, StringComparison.Ordinal) && container.Length > Prefix.Length ? container[Prefix.Length..] : container;

    private async IAsyncEnumerable<RunDocument> RunsAsync(WorkspaceRef workspace, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var history = connection.Workspace(workspace).RunHistory;
        await foreach (var experiment in history.ListExperimentsAsync(ExperimentView.All, PageSize, cancellationToken).ConfigureAwait(false))
        {
            await foreach (var run in history.ScanRunsAsync(experiment.Name, null, null, PageSize, cancellationToken).ConfigureAwait(false))
            {
                yield return run;
            }
        }
    }
}
