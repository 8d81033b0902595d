using AmlDataTools.Azure;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Changes.References;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Export;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Places;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Runs;
using AmlDataTools.Core.Storage;
using AmlDataTools.Core.Workspaces.Leftovers;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Changes.Planning;

/// <summary>
/// Works out what archiving, restoring, unregistering or deleting would do, and writes it down as a plan. Changes nothing,
/// fetches nothing but lists and records.
/// </summary>
internal sealed class ChangePlanner(
    AzureConnection connection, StorageAccesses accesses, OperationStore store, RunReader runs, NamedOutputResolver outputs, ResourceLister lister, LeftoverFinder leftovers, TimeProvider time, ILogger logger)
    : IChangePlanner
{
    private readonly AssetPlaces _assets = new();
    private readonly RunsPlanner _runs = new(connection, runs);

    /// <summary>Makes a plan.</summary>
    /// <param name="request">What is to be done, with nodes of the tree.</param>
    /// <param name="progress">Told while reading; null for nobody.</param>
    /// <param name="cancellationToken">Stops planning; nothing is left of it.</param>
    /// <exception cref="ProblemException">
    /// <c>change.nothingChosen</c>, <c>change.nothingMatches</c>, <c>change.nothingPossible</c>, <c>change.badName</c>, or what the services refused.
    /// </exception>
    public async Task<OperationPlan> PlanAsync(ChangeRequest request, IProgress<PlanStep>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Verb is not (OperationVerb.Archive or OperationVerb.Restore or OperationVerb.Unregister or OperationVerb.Delete) || request.OperationId is not null)
        {
            throw new ProblemException("change.notPossible", "Only archive, restore, unregister and delete are planned from the tree. To bring deleted data back, choose the operation that deleted it.");
        }

        var targets = ChangeTargets.Read(request.NodeIds);
        if (targets.Count == 0)
        {
            throw new ProblemException("change.nothingChosen", "Choose something in the tree first: a run, an experiment, a model, a data asset, a compute, an endpoint, ...");
        }

        using var context = new PlanContext(request, connection, time.GetUtcNow(), progress);
        await ReadLocksAsync(context, targets, cancellationToken).ConfigureAwait(false);

        var chosen = request.Filter is { } filter
            ? await SelectAsync(context, filter, targets, cancellationToken).ConfigureAwait(false)
            : await AddAllAsync(context, targets, cancellationToken).ConfigureAwait(false);
        using var draft = store.DraftChange();
        var (retentions, _) = await new DataPlanner(connection, accesses, runs, outputs, lister, _assets, logger).AddAsync(context, draft, cancellationToken).ConfigureAwait(false);
        var writer = new PlanWriter(context, draft, place => retentions.GetValueOrDefault((place.Workspace, place.Datastore)));
        writer.Write();
        if (writer.Possible == 0)
        {
            throw context.Records.Count > 0 && context.Records.TrueForAll(record => record.IsGone) ? AllGone(context) : NothingPossible(context, writer);
        }

        var deletes = Deletes(context);
        var exports = new ExportsBefore(store);
        IReadOnlyList<PlanWarning> exported = [.. deletes.Where(deleted => deleted.Itself).SelectMany(deleted => exports.Of(deleted.Place.Place))];
        PlanSummary.Warn(context);
        var kept = retentions.Values.DistinctBy(r => (r.Account, r.Share)).ToList();
        var workspace = ChangeTargets.WorkspaceOf(targets[0]) ?? context.Records.FirstOrDefault()?.Address.Workspace ?? throw new InvalidOperationException("A target without a workspace was planned.");
        var plan = new OperationPlan(
            draft.Id,
            request.Verb,
            PlanSummary.Title(context, targets, chosen),
            context.Now.ToUnixTimeMilliseconds(),
            await Caller.DescribeAsync(connection, workspace.TenantId, cancellationToken).ConfigureAwait(false),
            workspace.ResourceId,
            writer.Counted,
            writer.Bytes,
            [.. exported, .. context.Warnings],
            PlanSummary.Survivors(context, kept),
            context.Sources,
            FolderName: null,
            context.HasChildRuns)
        {
            Change = request.Choices,
            Rule = request.Rule,
            NameToType = PlanSummary.NameToType(targets, chosen, request.Filter is not null),
            Retentions = kept,
            Uses = UsesOf(context),
            Deletes = deletes,
        };
        draft.Finish(plan);
        return plan;
    }

    /// <summary>What the workspaces that are to be deleted use, to be told later of what is left of it; null for none.</summary>
    private static IReadOnlyList<WorkspaceUse>? UsesOf(PlanContext context)
    {
        var uses = context.Workspaces.Keys
            .Where(workspace => context.Records.Exists(r => r.Rank == RecordRank.Workspace && r.Address.Workspace == workspace && r.IsDone))
            .Select(workspace => new WorkspaceUse(
                workspace.ResourceId, workspace.TenantId,
                [.. context.Records.Where(r => r.Rank == RecordRank.Dependent && r.Address.Workspace == workspace && !r.IsGone).Select(r => r.ServiceId).OfType<string>()],
                context.Choices.Permanently, context.Now.ToUnixTimeMilliseconds()))
            .Where(use => use.ResourceIds.Count > 0).ToList();
        return uses.Count > 0 ? uses : null;
    }

    private static IReadOnlyList<Export.DeletedWorkspace> Deletes(PlanContext context) => context.Verb != OperationVerb.Delete ? [] :
        [.. context.Records.Where(r => r.Rank is RecordRank.Workspace or RecordRank.Dependent && r.Refused is null)
            .GroupBy(r => r.Address.Workspace)
            .Select(group => new Export.DeletedWorkspace(SourceInfo.Of(group.Key, null), group.Any(r => r.Rank == RecordRank.Workspace)))];

    private WorkspacePlanner Workspaces => new(connection, lister);

    private ResourcesPlanner Resources => new(lister, _assets);

    private async Task ReadLocksAsync(PlanContext context, IReadOnlyList<NodeTarget> targets, CancellationToken cancellationToken)
    {
        foreach (var target in targets)
        {
            if (ChangeTargets.WorkspaceOf(target) is { } workspace && !context.Locks.ContainsKey(workspace))
            {
                await MappedAsync(target, async () => context.Locks[workspace] = await LockMap.ReadAsync(connection, workspace, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<IReadOnlyList<PlannedRecord>> AddAllAsync(PlanContext context, IReadOnlyList<NodeTarget> targets, CancellationToken cancellationToken)
    {
        var chosen = new List<PlannedRecord>();
        foreach (var target in targets)
        {
            await MappedAsync(target, async () =>
            {
                try
                {
                    if (await AddAsync(context, target, cancellationToken).ConfigureAwait(false) is { } record)
                    {
                        chosen.Add(record);
                    }
                }
                catch (Exception exception) when (targets.Count > 1 && GoneTargets.IsAbsence(exception))
                {
                    if (!await new GoneTargets(connection).AddAsync(context, target, cancellationToken).ConfigureAwait(false))
                    {
                        throw;
                    }
                }
            }, cancellationToken).ConfigureAwait(false);
        }

        return [.. chosen.Distinct()];
    }

    private async Task<PlannedRecord?> AddAsync(PlanContext context, NodeTarget target, CancellationToken cancellationToken)
    {
        switch (target)
        {
            case RunTarget run:
                return await _runs.AddRunAsync(context, run, cancellationToken).ConfigureAwait(false);
            case ExperimentTarget experiment:
                return await _runs.AddExperimentAsync(context, experiment, cancellationToken).ConfigureAwait(false);
            case LeftoverTarget leftover when context.Verb == OperationVerb.Delete:
                context.Leftovers ??= new LeftoverPlanner(connection, leftovers, Workspaces);
                return await context.Leftovers.AddAsync(context, leftover, cancellationToken).ConfigureAwait(false);
            case WorkspaceTarget whole:
                return await Workspaces.AddAsync(context, whole.Workspace, cancellationToken).ConfigureAwait(false);
            case ResourceTarget resource when DependentKinds.Is(resource.Resource.Kind):
                return await Workspaces.AddDependentAsync(context, resource, cancellationToken).ConfigureAwait(false);
            case ResourceTarget resource:
                return await Resources.AddAsync(context, resource, cancellationToken).ConfigureAwait(false);
            case FolderTarget folder when context.Verb == OperationVerb.Delete:
                await _assets.AddAsync(context, null, folder.Location.Workspace, folder.Location.Datastore, folder.Location.Path, PlaceForm.Folder, "chosen folder", cancellationToken, folder.RunId, isName: true).ConfigureAwait(false);
                return null;
            case FileTarget file when context.Verb == OperationVerb.Delete:
                await _assets.AddAsync(context, null, file.Location.Workspace, file.Location.Datastore, file.Location.Path, PlaceForm.Blob, "chosen file", cancellationToken, file.RunId, isName: true).ConfigureAwait(false);
                return null;
            case NamedOutputTarget output when context.Verb == OperationVerb.Delete:
                await AddNamedOutputAsync(context, output, cancellationToken).ConfigureAwait(false);
                return null;
            case FolderTarget or FileTarget or NamedOutputTarget:
                throw new ProblemException("change.notPossible", "Files and folders can only be deleted: they have no record that could be archived, restored or unregistered.");
            default:
                throw new ProblemException("change.notPossible", "This cannot be changed as a whole. Choose the things in it, or a filter for them.");
        }
    }

    private async Task AddNamedOutputAsync(PlanContext context, NamedOutputTarget target, CancellationToken cancellationToken)
    {
        var run = await runs.GetAsync(target.Workspace, NameRules.Check(target.RunId, "run"), cancellationToken).ConfigureAwait(false);
        await foreach (var output in outputs.ResolveAsync(target.Workspace, run, cancellationToken).ConfigureAwait(false))
        {
            if (output.Name == target.Name)
            {
                // Of a reused step it is the original run's output, and that run still refers to it.
                var form = output.Kind switch { NamedOutputKind.UriFile => PlaceForm.Blob, NamedOutputKind.UriFolder => PlaceForm.Folder, _ => PlaceForm.Either };
                await _assets.AddAsync(context, null, output.Location.Workspace, output.Datastore, output.Path, form, $"named output {output.Name}", cancellationToken, run.RunId).ConfigureAwait(false);
                return;
            }
        }

        throw new ProblemException(GoneTargets.NamedOutputGone, $"The run {target.RunId} has no named output {target.Name} any more. Refresh the run.") { Target = target.Name, Actions = [ProblemAction.Retry] };
    }

    private async Task<IReadOnlyList<PlannedRecord>> SelectAsync(PlanContext context, BulkFilter filter, IReadOnlyList<NodeTarget> targets, CancellationToken cancellationToken)
    {
        var selector = new BulkSelector(connection, lister, _runs, Resources, context, filter);
        foreach (var target in targets)
        {
            await MappedAsync(target, async () =>
            {
                try
                {
                    await selector.AddAsync(target, cancellationToken).ConfigureAwait(false);
                }
                catch (AzureServiceException exception) when (targets.Count > 1 && GoneTargets.IsAbsence(exception))
                {
                    await new GoneTargets(connection).CheckWorkspaceAsync(target, cancellationToken).ConfigureAwait(false);
                    context.Warn("filter.gone", 1, _ => $"{ChangeTargets.ContextOf(target).InWords} is gone: nothing of it is in this plan.");
                }
            }, cancellationToken).ConfigureAwait(false);
        }

        var matched = selector.Matched.Distinct().ToList();
        if ((filter.Unreferenced || filter.WithoutModel) && matched.Count > 0)
        {
            await new RunPlaces(connection, runs, outputs, _assets).AddAsync(context, cancellationToken).ConfigureAwait(false);
        }

        if (filter.WithoutModel && matched.Count > 0)
        {
            matched = selector.Models.LeaveOut(context, matched);
        }

        if (filter.Unreferenced && matched.Count > 0)
        {
            matched = await new Referrers(connection, lister).LeaveOutAsync(context, matched, cancellationToken).ConfigureAwait(false);
        }

        return matched.Count > 0 ? matched : throw selector.NothingMatches();
    }

    private static async Task MappedAsync(NodeTarget target, Func<Task> act, CancellationToken cancellationToken)
    {
        try
        {
            await act().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not ProblemException && !(exception is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            throw ProblemMapper.From(exception, ChangeTargets.ContextOf(target));
        }
    }

    private static ProblemException AllGone(PlanContext context) => new(
        "change.allGone",
        $"Nothing is left to do: {string.Join(", ", context.Records.Take(5).Select(record => record.Label))}{(context.Records.Count > 5 ? $" and {context.Records.Count - 5:N0} more" : string.Empty)} are gone already. Refresh the tree.")
    {
        Actions = [ProblemAction.Retry],
    };

    private static ProblemException NothingPossible(PlanContext context, PlanWriter writer)
    {
        var why = writer.FirstRefusal ?? (context.Places.Count > 0 ? "There is nothing in storage at the places looked at." : "There is nothing to do.");
        var more = context.Records.Count > 1 ? $" (and {Sizes.Count(context.Records.Count - 1, "more item")})" : string.Empty;
        return new ProblemException("change.nothingPossible", $"Nothing can be done. {why}{more}") { Actions = [ProblemAction.Retry] };
    }
}
