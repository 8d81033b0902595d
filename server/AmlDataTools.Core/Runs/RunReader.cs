using System.Runtime.CompilerServices;
using AmlDataTools.Azure;
using AmlDataTools.Azure.RunHistory;
using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.Runs;

/// <summary>A run, and for a reused step of a pipeline the run whose results it took.</summary>
/// <param name="Run">The run asked for.</param>
/// <param name="Original">The run whose results it took; null when it ran by itself.</param>
public sealed record RunWithOriginal(RunDocument Run, RunDocument? Original)
{
    /// <summary>The run whose files and outputs count.</summary>
    public RunDocument Source => Original ?? Run;

    /// <summary>Where its files are in the artifact service: <c>dcid.{run}</c>.</summary>
    public string ArtifactContainer => ContainerOf(Source);

    /// <summary>The artifact container of a run: the one on record, else the one named after it.</summary>
    /// <param name="run">The run.</param>
    public static string ContainerOf(RunDocument run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.DataContainerId is { Length: > 0 } container ? container : "dcid." + (run.IsReused ? run.ReusedRunId : run.RunId);
    }
}

/// <summary>A run below another.</summary>
/// <param name="Run">The run.</param>
/// <param name="ParentRunId">The run it was found below.</param>
/// <param name="Depth">1 for a direct child.</param>
public sealed record RunDescendant(RunDocument Run, string ParentRunId, int Depth);

/// <summary>Reads runs: themselves, the originals of reused steps, everything below them.</summary>
/// <param name="connection">The connection.</param>
public sealed class RunReader(AzureConnection connection)
{
    /// <summary>Pipelines within pipelines go a few levels down; more than this is a service gone wrong.</summary>
    public const int MaxDepth = 50;

    // Reused steps point at the run that did the work; a chain of them is followed this far.
    private const int MaxReuse = 10;

    // Parents whose first page of children is asked for at the same time.
    private const int Ahead = 8;

    /// <summary>One run.</summary>
    /// <param name="workspace">Its workspace.</param>
    /// <param name="runId">Its id.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public Task<RunDocument> GetAsync(WorkspaceRef workspace, string runId, CancellationToken cancellationToken)
        => connection.Workspace(workspace).RunHistory.GetRunAsync(runId, cancellationToken);

    /// <summary>One run, and when it is a reused step the run that did the work.</summary>
    /// <param name="workspace">Its workspace.</param>
    /// <param name="runId">Its id.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<RunWithOriginal> GetWithOriginalAsync(WorkspaceRef workspace, string runId, CancellationToken cancellationToken)
    {
        var run = await GetAsync(workspace, runId, cancellationToken).ConfigureAwait(false);
        return await WithOriginalAsync(workspace, run, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Adds to a run the one that did its work, when it is a reused step.</summary>
    /// <param name="workspace">Its workspace.</param>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="ProblemException"><c>run.reuseCycle</c>: reused steps refer to each other.</exception>
    public async Task<RunWithOriginal> WithOriginalAsync(WorkspaceRef workspace, RunDocument run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        var source = run;
        for (var hops = 0; source is { IsReused: true, ReusedRunId: { } id }; hops++)
        {
            if (hops == MaxReuse || id == source.RunId)
            {
                throw new ProblemException("run.reuseCycle", $"The reused step {run.RunId} refers to other reused steps without end, so its original cannot be found.") { Target = run.RunId };
            }

            source = await GetAsync(workspace, id, cancellationToken).ConfigureAwait(false);
        }

        return new RunWithOriginal(run, ReferenceEquals(source, run) ? null : source);
    }

    /// <summary>
    /// Every run below a run, down to the leaves, level by level; each once, whatever the service's records say.
    /// Of each level only ids and one page a parent are held.
    /// </summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="runId">The run at the top, which is not given itself.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="ProblemException"><c>run.tooDeep</c>: deeper than <see cref="MaxDepth"/>.</exception>
    public async IAsyncEnumerable<RunDescendant> DescendantsAsync(
        WorkspaceRef workspace, string runId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var history = connection.Workspace(workspace).RunHistory;
        var seen = new HashSet<string>(StringComparer.Ordinal) { runId };
        var level = new List<string> { runId };
        for (var depth = 1; level.Count > 0; depth++)
        {
            var next = new List<string>();
            foreach (var parents in level.Chunk(Ahead))
            {
                var firsts = await Task.WhenAll(parents.Select(
                    parent => history.GetChildrenPageAsync(parent, null, null, RunHistoryClient.ChildrenPageSize, null, cancellationToken))).ConfigureAwait(false);
                for (var index = 0; index < parents.Length; index++)
                {
                    var page = firsts[index];
                    while (true)
                    {
                        foreach (var child in page.Items)
                        {
                            if (!seen.Add(child.RunId))
                            {
                                continue;
                            }

                            next.Add(child.RunId);
                            yield return new RunDescendant(child, parents[index], depth);
                        }

                        if (page.ContinuationToken is not { } token)
                        {
                            break;
                        }

                        page = await history.GetChildrenPageAsync(parents[index], null, null, RunHistoryClient.ChildrenPageSize, token, cancellationToken).ConfigureAwait(false);
                        if (page.ContinuationToken == token)
                        {
                            throw new ProblemException("service.invalidAnswer", "Run history gave the same page of child runs again and again. Try again later.") { Target = parents[index], Retryable = true };
                        }
                    }
                }
            }

            if (depth == MaxDepth && next.Count > 0)
            {
                throw new ProblemException("run.tooDeep", $"The runs below {runId} go deeper than {MaxDepth} levels. Export the runs further down one by one.") { Target = runId };
            }

            level = next;
        }
    }
}
