using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.RunHistory;
using AmlDataTools.Core.Changes.References;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.Changes.Planning;

/// <summary>Adds what is directly in the chosen nodes and satisfies a filter: an experiment's runs, a group's things, a container's versions.</summary>
internal sealed class BulkSelector(AzureConnection connection, ResourceLister lister, RunsPlanner runs, ResourcesPlanner resources, PlanContext context, BulkFilter filter)
{
    private const int ExperimentsPage = 200;

    private readonly BulkMatch _match = new(filter, context.Now);
    private readonly List<string> _searched = [];

    /// <summary>Which runs have registered models.</summary>
    public RunsWithModels Models { get; } = new(connection, lister);

    /// <summary>How many were looked at.</summary>
    public long Seen { get; private set; }

    /// <summary>What was found directly; what comes with it is not counted.</summary>
    public List<PlannedRecord> Matched { get; } = [];

    /// <summary>Adds what satisfies the filter in one node.</summary>
    /// <exception cref="ProblemException"><c>change.notABranch</c>: nothing is in it that could be filtered.</exception>
    public Task AddAsync(NodeTarget target, CancellationToken cancellationToken) => target switch
    {
        ExperimentTarget experiment => RunsAsync(experiment, cancellationToken),
        ExperimentsTarget { Workspace: var all } when context.Rule is not null => AllRunsAsync(all, cancellationToken),
        WorkspaceTarget { Workspace: var all } when context.Rule is not null => AllRunsAsync(all, cancellationToken),
        _ when context.DataOnly => throw new ProblemException("change.notPossible", "Only of runs the data can be meant alone. Choose an experiment."),
        ExperimentsTarget experiments when !filter.WithoutModel => ExperimentsAsync(experiments.Workspace, cancellationToken),
        ResourceGroupTarget or ExperimentsTarget or ResourceTarget when filter.WithoutModel => throw new ProblemException("change.badFilter", "Only of runs it is asked whether they have a registered model. Choose an experiment, or leave that condition out."),
        ResourceGroupTarget group => GroupAsync(group, cancellationToken),
        ChildRunsTarget children => ChildrenAsync(children.Workspace, children.RunId, cancellationToken),
        RunTarget run => ChildrenAsync(run.Workspace, run.RunId, cancellationToken),
        ResourceTarget { Resource: { } outer } when ResourcePlaces.ContentOf(outer.Kind) is { } kind => KindAsync(outer.Workspace, kind, NameRules.Check(outer.Name, ResourceCatalog.Of(outer.Kind).Singular), cancellationToken),
        _ => throw new ProblemException("change.notABranch", "A filter is applied to what an experiment, a run, a group such as Models, a model, a data asset or an endpoint holds. Choose one of these."),
    };

    /// <summary>That nothing satisfies the filter.</summary>
    public ProblemException NothingMatches() => new(
        "change.nothingMatches",
        $"Nothing matches the filter. Looked at {string.Join(", ", _searched.Take(5))}{(_searched.Count > 5 ? $" and {_searched.Count - 5} more places" : string.Empty)}: {Sizes.Count(Seen, "entry").Replace("entrys", "entries", StringComparison.Ordinal)}, none with all of {Wanted()}.")
    {
        Actions = [ProblemAction.PlanAgain],
    };

    private string Wanted()
    {
        var parts = new List<string>();
        if (filter.OlderThanDays is { } days)
        {
            parts.Add($"at least {days} days old");
        }

        if (filter.Statuses.Count > 0)
        {
            parts.Add($"status {string.Join(" or ", filter.Statuses)}");
        }

        if (!string.IsNullOrWhiteSpace(filter.Name))
        {
            parts.Add($"name {filter.Name.Trim()}");
        }

        if (!string.IsNullOrWhiteSpace(filter.Tag))
        {
            parts.Add($"tag {filter.Tag.Trim()}");
        }

        if (!string.IsNullOrWhiteSpace(filter.CreatedBy))
        {
            parts.Add($"created by {filter.CreatedBy.Trim()}");
        }

        if (filter.WithoutModel)
        {
            parts.Add("without a registered model");
        }

        if (filter.Unreferenced)
        {
            parts.Add("not referred to by anything");
        }

        return parts.Count == 0 ? "the wishes" : string.Join(", ", parts);
    }

    private bool Wants(bool archived) => context.Verb switch
    {
        OperationVerb.Archive => !archived,
        OperationVerb.Restore => archived,
        _ => true,
    };

    private async Task RunsAsync(ExperimentTarget target, CancellationToken cancellationToken)
    {
        var name = NameRules.Check(target.Name, "experiment");
        _searched.Add($"the runs of {name}");
        var models = filter.WithoutModel ? await Models.OfAsync(context, target.Workspace, cancellationToken).ConfigureAwait(false) : null;
        var first = Matched.Count;
        var withChildren = context.Choices.IncludeChildren;

        // With children the experiment's runs are read once, and who is below whom is told by them.
        var asked = withChildren || filter.WithoutModel || context.Rule is not null ? null : RunFilters.ForService(new RunFilter(null, filter.Statuses, null, filter.Tag), rootsOnly: true, includeArchived: true);
        var below = new Dictionary<string, List<PlannedRecord>>(StringComparer.Ordinal);
        try
        {
            await AddRunsAsync(asked).ConfigureAwait(false);
        }
        catch (AzureServiceException exception) when (asked is not null && exception.Status == 400 && Seen == 0)
        {
            // Not every version of the service takes every filter; everything is looked at here again anyway.
        }

        if (asked is not null && Matched.Count == 0)
        {
            Seen = 0;
            await AddRunsAsync(null).ConfigureAwait(false);
        }

        var open = new Queue<PlannedRecord>(below.Count == 0 ? [] : Matched.Skip(first));
        while (open.TryDequeue(out var parent))
        {
            foreach (var child in below.GetValueOrDefault(parent.Address.Name) ?? [])
            {
                child.Depth = parent.Depth + 1;
                if (ReferenceEquals(context.Add(child), child))
                {
                    open.Enqueue(child);
                }
            }
        }

        async Task AddRunsAsync(string? serviceFilter)
        {
            await foreach (var run in runs.AllAsync(target.Workspace, name, serviceFilter, cancellationToken).ConfigureAwait(false))
            {
                if (run.ParentRunId is { } parent)
                {
                    models?.Saw(run);
                    if (withChildren)
                    {
                        (below.TryGetValue(parent, out var list) ? list : below[parent] = []).Add(RunsPlanner.Make(context, target.Workspace, run, 1));
                    }

                    continue;
                }

                Add(target.Workspace, run);
            }
        }
    }

    /// <summary>Runs of every experiment.</summary>
    private async Task AllRunsAsync(WorkspaceRef workspace, CancellationToken cancellationToken)
    {
        _searched.Add($"the experiments of {workspace.Name}");
        foreach (var name in await ReuseScan.ExperimentsAsync(connection, workspace, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                await RunsAsync(new ExperimentTarget(workspace, name), cancellationToken).ConfigureAwait(false);
            }
            catch (AzureServiceException exception) when (exception.Status is 404 or 410)
            {
                // It went since it was listed, and its runs with it.
            }
        }
    }

    private async Task ChildrenAsync(WorkspaceRef workspace, string runId, CancellationToken cancellationToken)
    {
        if (filter.WithoutModel)
        {
            await Models.OfAsync(context, workspace, cancellationToken).ConfigureAwait(false);
        }

        _searched.Add($"the runs below {NameRules.Check(runId, "run")}");
        await foreach (var run in connection.Workspace(workspace).RunHistory.GetChildrenAsync(runId, cancellationToken).ConfigureAwait(false))
        {
            if (Add(workspace, run) is { } added)
            {
                await runs.AddBelowAsync(context, workspace, added.Address.Name, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private PlannedRecord? Add(WorkspaceRef workspace, RunDocument run)
    {
        Seen++;
        if (!Wants(run.Hidden) || !_match.Matches(run.RunId, run.DisplayName, run.CreatedTime, run.Status, run.CreatedByName, run.Tags))
        {
            return null;
        }

        var record = RunsPlanner.AddRun(context, workspace, run, 0);
        context.HasChildRuns |= record.MayHaveChildren && !context.Choices.IncludeChildren;
        Matched.Add(record);
        return record;
    }

    private async Task ExperimentsAsync(WorkspaceRef workspace, CancellationToken cancellationToken)
    {
        _searched.Add($"the experiments of {workspace.Name}");
        string? token = null;
        do
        {
            var page = await connection.Workspace(workspace).RunHistory.QueryExperimentsAsync(ExperimentView.All, null, null, ExperimentsPage, token, cancellationToken).ConfigureAwait(false);
            foreach (var experiment in page.Items)
            {
                Seen++;
                var archived = experiment.ArchivedTime is not null;
                if (Wants(archived) && _match.Matches(experiment.Name, null, experiment.CreatedTime, archived ? "Archived" : "Active", experiment.Raw.Child("createdBy")?.Text("userName"), experiment.Tags))
                {
                    try
                    {
                        Matched.Add(await runs.AddExperimentAsync(context, new ExperimentTarget(workspace, experiment.Name), cancellationToken).ConfigureAwait(false));
                    }
                    catch (AzureServiceException exception) when (exception.Status is 404 or 410)
                    {
                        // It went since it was listed, so it is none of those that match.
                    }
                }
            }

            token = page.ContinuationToken == token ? null : page.ContinuationToken;
        }
        while (token is not null);
    }

    private async Task GroupAsync(ResourceGroupTarget group, CancellationToken cancellationToken)
    {
        foreach (var kind in KindsOf(group.Group))
        {
            try
            {
                await KindAsync(group.Workspace, kind, null, cancellationToken).ConfigureAwait(false);
            }
            catch (ProblemException problem) when (problem.Code == ResourceLister.ServiceAbsent)
            {
                // A workspace without that service has none of them.
            }
        }
    }

    private async Task KindAsync(WorkspaceRef workspace, ResourceKind kind, string? container, CancellationToken cancellationToken)
    {
        _searched.Add(container is null ? $"the {ResourceCatalog.Of(kind).Plural} of {workspace.Name}" : $"the {ResourceCatalog.Of(kind).Plural} of {container}");
        await foreach (var item in lister.ListAsync(workspace, kind, container, ListView.All, cancellationToken).ConfigureAwait(false))
        {
            Seen++;
            if (Wants(item.IsArchived) && _match.Matches(item.Address.Child ?? item.Address.Name, item.Label, item.Created, item.State, item.CreatedBy, item.Tags)
                && await resources.AddAsync(context, item, cancellationToken).ConfigureAwait(false) is { } added)
            {
                Matched.Add(added);
            }
        }
    }

    private static ResourceKind[] KindsOf(ResourceGroupKind group) => group switch
    {
        ResourceGroupKind.Models => [ResourceKind.Model],
        ResourceGroupKind.DataAssets => [ResourceKind.DataAsset, ResourceKind.Dataset],
        ResourceGroupKind.Computes => [ResourceKind.Compute],
        ResourceGroupKind.Endpoints => [ResourceKind.OnlineEndpoint, ResourceKind.BatchEndpoint, ResourceKind.WebService],
        ResourceGroupKind.Pipelines => [ResourceKind.PipelineEndpoint, ResourceKind.PublishedPipeline, ResourceKind.Schedule],
        ResourceGroupKind.Environments => [ResourceKind.Environment],
        ResourceGroupKind.Components => [ResourceKind.Component],
        ResourceGroupKind.EnvironmentsAndComponents => [ResourceKind.Environment, ResourceKind.Component],
        _ => [ResourceKind.Datastore],
    };
}
