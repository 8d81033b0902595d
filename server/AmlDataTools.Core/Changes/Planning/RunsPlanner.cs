using AmlDataTools.Azure;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.RunHistory;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Runs;

namespace AmlDataTools.Core.Changes.Planning;

/// <summary>Plans runs and experiments: their records, from run history in pages as large as it gives.</summary>
internal sealed class RunsPlanner(AzureConnection connection, RunReader runs)
{
    /// <summary>Runs asked for at once.</summary>
    public const int PageSize = 1000;

    private static readonly HashSet<string> Ended = new(StringComparer.OrdinalIgnoreCase) { "Completed", "Failed", "Canceled", "Cancelled", "NotResponding", "Finished" };

    // Of these types no run has others below it, as a rule; whoever nests runs by hand makes an exception.
    private static readonly HashSet<string> Childless = new(StringComparer.OrdinalIgnoreCase) { "azureml.scriptrun", "azureml.StepRun", "azureml.commandrun" };

    /// <summary>Adds a run, and with the choice everything below it.</summary>
    public async Task<PlannedRecord?> AddRunAsync(PlanContext context, RunTarget target, CancellationToken cancellationToken)
    {
        var run = await runs.GetAsync(target.Workspace, NameRules.Check(target.RunId, "run"), cancellationToken).ConfigureAwait(false);
        if (context.Verb != OperationVerb.Delete && context.Records.Any(r => r.Address.Kind == ResourceKind.Experiment && r.Address.Workspace == target.Workspace && r.ServiceId == run.ExperimentId && r.IsDone))
        {
            // It is hidden and shown with its experiment, which was chosen too.
            return null;
        }

        var record = AddRun(context, target.Workspace, run, 0);
        if (context.Verb != OperationVerb.Unregister)
        {
            await AddBelowAsync(context, target.Workspace, run.RunId, cancellationToken).ConfigureAwait(false);
        }

        return record;
    }

    /// <summary>Adds what is below a run, if asked for; else notes whether something is.</summary>
    public async Task AddBelowAsync(PlanContext context, WorkspaceRef workspace, string runId, CancellationToken cancellationToken)
    {
        if (!context.Choices.IncludeChildren)
        {
            if (!context.HasChildRuns)
            {
                var page = await connection.Workspace(workspace).RunHistory.GetChildrenPageAsync(runId, null, null, 1, null, cancellationToken).ConfigureAwait(false);
                context.HasChildRuns = page.Items.Count > 0;
            }

            return;
        }

        await foreach (var below in runs.DescendantsAsync(workspace, runId, cancellationToken).ConfigureAwait(false))
        {
            AddRun(context, workspace, below.Run, below.Depth);
        }
    }

    /// <summary>Adds an experiment; to be deleted, all its runs with it, since the service deletes only an empty one.</summary>
    public async Task<PlannedRecord> AddExperimentAsync(PlanContext context, ExperimentTarget target, CancellationToken cancellationToken)
    {
        var history = connection.Workspace(target.Workspace).RunHistory;
        var experiment = await history.GetExperimentAsync(NameRules.Check(target.Name, "experiment"), cancellationToken).ConfigureAwait(false);
        var record = AddExperiment(context, target.Workspace, experiment);
        if (context.Verb != OperationVerb.Delete)
        {
            return record;
        }

        var inside = new List<PlannedRecord>();
        await foreach (var run in AllAsync(target.Workspace, target.Name, null, cancellationToken).ConfigureAwait(false))
        {
            inside.Add(AddRun(context, target.Workspace, run, 0));
        }

        SetDepths(inside, context.Parents);
        record.After = inside;
        record.Details = inside.Count == 0 ? ["It holds no runs."] : [$"It holds {Sizes.Count(inside.Count, "run")}, archived and child runs included; they are deleted first."];
        var kept = inside.Count(run => !run.IsDone);
        var locked = inside.Where(run => run.LockedBy is not null).ToList();
        if (locked.Count > 0)
        {
            record.LockedBy = locked[0].LockedBy;
            record.Refused = $"It holds {Sizes.Count(locked.Count, "run")} that cannot be deleted because of {record.LockedBy}, and the service deletes only an empty experiment. If {(locked.Count == 1 ? "it" : "they")} may all the same, take the lock away, then plan again.";
        }
        else if (kept > 0)
        {
            record.Refused = $"It holds {Sizes.Count(kept, "run")} that cannot be deleted yet, and the service deletes only an empty experiment. Cancel {(kept == 1 ? "it" : "them")} first, then plan again.";
        }

        return record;
    }

    /// <summary>The experiment's record.</summary>
    public static PlannedRecord AddExperiment(PlanContext context, WorkspaceRef workspace, ExperimentDocument experiment)
    {
        var archived = experiment.ArchivedTime is not null;
        var seen = new SeenRecord(null, null, archived, archived ? "Archived" : null, experiment.CreatedTime, experiment.Raw.Child("createdBy")?.Text("userName"));
        return context.Add(VerbRules.Apply(context, new PlannedRecord(new ResourceAddress(workspace, ResourceKind.Experiment, experiment.Name, null), experiment.ExperimentId, ChangeAction.Keep, experiment.Name, seen)
        {
            Rank = RecordRank.Outer,
        }));
    }

    /// <summary>Adds a run's record.</summary>
    public static PlannedRecord AddRun(PlanContext context, WorkspaceRef workspace, RunDocument run, int depth) => context.Add(Make(context, workspace, run, depth));

    /// <summary>A run's record, in no plan yet.</summary>
    public static PlannedRecord Make(PlanContext context, WorkspaceRef workspace, RunDocument run, int depth)
    {
        NameRules.Check(run.RunId, "run");
        if (run.ParentRunId is { } parent)
        {
            context.Parents[run.RunId] = parent;
        }

        var seen = new SeenRecord(null, run.Raw.Moment("lastModifiedUtc"), run.Hidden, run.Status, run.CreatedTime, run.CreatedByName);
        var record = new PlannedRecord(
            new ResourceAddress(workspace, ResourceKind.Run, run.RunId, null), null, ChangeAction.Keep, string.IsNullOrWhiteSpace(run.DisplayName) ? run.RunId : run.DisplayName, seen)
        {
            Rank = RecordRank.Run,
            Depth = depth,
            MayHaveChildren = run.RunType is not { } type || !Childless.Contains(type),
            OnlyData = context.DataOnly,
            HasMetrics = context.TakesData && context.Verb == OperationVerb.Delete && !context.DataOnly,
            ReusedRunId = run.IsReused ? run.ReusedRunId : null,
            Code = context.FindsPlaces && !run.IsReused && !context.DataOnly ? context.Code(run.ContentSnapshotId) : null,
            Outputs = context.FindsPlaces && !run.IsReused && run.Raw.Child("outputs") is not null ? [.. run.Outputs.Select(o => (o.Name, o.AssetId, o.Type))] : null,
        };
        if (context.DataOnly)
        {
            record.Refused = Ended.Contains(run.Status) ? null : $"It is {run.Status}: its data is left while it goes on.";
            return record;
        }

        VerbRules.Apply(context, record);
        if (!Ended.Contains(run.Status))
        {
            if (record.Action == ChangeAction.Delete)
            {
                record.Refused = $"It is {run.Status}: cancel it first, then plan again.";
            }
            else if (record.IsDone)
            {
                record.Note ??= $"It is {run.Status}, and goes on.";
            }
        }

        return record;
    }

    /// <summary>All runs of an experiment that a filter of the service lets through, archived and child runs included; a run is valid until the next is asked for.</summary>
    public IAsyncEnumerable<RunDocument> AllAsync(WorkspaceRef workspace, string experiment, string? filter, CancellationToken cancellationToken) =>
        connection.Workspace(workspace).RunHistory.ScanRunsAsync(experiment, filter, "CreatedUtc desc", PageSize, cancellationToken);

    /// <summary>Depths from the parents on record; a run that is its own ancestor ends the climb.</summary>
    private static void SetDepths(List<PlannedRecord> inside, IReadOnlyDictionary<string, string> parents)
    {
        foreach (var run in inside)
        {
            var depth = 0;
            for (var at = run.Address.Name; parents.TryGetValue(at, out var parent) && depth < RunReader.MaxDepth; at = parent)
            {
                depth++;
            }

            run.Depth = Math.Max(run.Depth, depth);
        }
    }
}
