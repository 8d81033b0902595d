using AmlDataTools.Azure;
using AmlDataTools.Azure.RunHistory;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Names;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Runs;
using AmlDataTools.Core.Storage;

namespace AmlDataTools.Core.Export;

/// <summary>Works out what an export would bring, and writes it down as a plan. Fetches nothing but lists and records.</summary>
internal sealed class ExportPlanner(
    AzureConnection connection, StorageAccesses accesses, OperationStore store, RunReader runs, NamedOutputResolver outputs, AssetPlanner assets, TimeProvider time)
{
    private const string ArtifactStore = "workspaceartifactstore";

    /// <summary>Makes a plan.</summary>
    /// <param name="nodeIds">Nodes of the tree.</param>
    /// <param name="choices">What to take.</param>
    /// <param name="progress">Told while listing.</param>
    /// <param name="cancellationToken">Stops planning; nothing is left of it.</param>
    /// <exception cref="ProblemException"><c>export.nothingFound</c>, <c>export.notPossible</c>, or what the services refused.</exception>
    public async Task<OperationPlan> PlanAsync(
        IReadOnlyList<string> nodeIds, ExportChoices choices, IProgress<PlanStep>? progress, CancellationToken cancellationToken)
    {
        var targets = Outermost([.. nodeIds.Distinct(StringComparer.Ordinal).Select(NodeTargets.Parse).Select(Exportable)]);
        if (targets.Count == 0)
        {
            throw new ProblemException("export.nothingChosen", "Choose a run, a folder, a file, a named output, a model or a data asset first.");
        }

        var chosen = await assets.FindAsync([.. targets.OfType<ResourceTarget>()], targets.Count == 1, progress, cancellationToken).ConfigureAwait(false);
        var folderName = targets is [var only] ? chosen.Assets is [var asset] ? asset.Root : FolderNameOf(only, choices) : null;
        using var draft = store.Draft();
        var builder = new PlanBuilder(draft, choices, accesses, folderName, progress);
        var planning = new ExportPlanning(builder, choices);
        planning.Notes.AddRange(chosen.LeftOut);
        foreach (var target in targets.Where(t => t is not ResourceTarget))
        {
            try
            {
                await AddAsync(planning, target, targets.Count == 1, progress, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is not ProblemException && !(exception is OperationCanceledException && cancellationToken.IsCancellationRequested))
            {
                throw ProblemMapper.From(exception, ContextOf(target));
            }
        }

        var refused = await assets.AddAsync(planning, chosen, targets.Count == 1, cancellationToken).ConfigureAwait(false);
        if (draft.Items == 0)
        {
            throw refused ?? NothingFound(builder);
        }

        var workspace = WorkspaceOf(targets[0]);
        var plan = new OperationPlan(
            draft.Id,
            OperationVerb.Export,
            Title(targets, chosen, choices, planning),
            time.GetUtcNow().ToUnixTimeMilliseconds(),
            await Caller.DescribeAsync(connection, workspace.TenantId, cancellationToken).ConfigureAwait(false),
            workspace.ResourceId,
            draft.Items,
            draft.Bytes,
            planning.Warnings(),
            [],
            builder.Sources,
            folderName,
            planning.HasChildRuns)
        {
            Whole = targets.OfType<WorkspaceTarget>().Select(t => t.Workspace.ResourceId).ToList() is { Count: > 0 } whole ? new WholeExport(choices.Workspace ?? WorkspaceParts.RecordAlone, whole) : null,
        };
        draft.Finish(plan);
        return plan;
    }

    private async Task AddAsync(ExportPlanning planning, NodeTarget target, bool alone, IProgress<PlanStep>? progress, CancellationToken cancellationToken)
    {
        switch (target)
        {
            case RunTarget run:
                await AddRunAsync(planning, run, cancellationToken).ConfigureAwait(false);
                break;
            case WorkspaceTarget whole:
                await AddWorkspaceAsync(planning, whole.Workspace, progress, cancellationToken).ConfigureAwait(false);
                break;
            case FolderTarget folder:
                var name = LocalNames.Segment(NameOf(folder.Location)) + "/";
                var into = alone || folder.Location.Path.Length == 0 ? name : FolderOf(folder.Location, folder.RunId) + name;
                await planning.Builder.AddFolderAsync(folder.Location, into, null, isRunFolder: false, cancellationToken).ConfigureAwait(false);
                break;
            case FileTarget file:
                await planning.Builder.AddFileAsync(file.Location, alone ? string.Empty : FolderOf(file.Location, file.RunId), null, cancellationToken).ConfigureAwait(false);
                break;
            case NamedOutputTarget output:
                await AddNamedOutputAsync(planning, output, alone, cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    private async Task AddWorkspaceAsync(ExportPlanning planning, WorkspaceRef workspace, IProgress<PlanStep>? progress, CancellationToken cancellationToken)
    {
        if (planning.Choices.Workspace is { } parts)
        {
            if (parts == WorkspaceParts.None)
            {
                throw new ProblemException("export.nothingChosen", "Choose what is to be exported: models, runs, notebooks, data or the record.");
            }

            await new WorkspaceExportPlanner(connection, accesses, new ResourceLister(connection), assets).AddAsync(planning, workspace, parts, FolderNameOf(workspace, parts) + "/", progress, cancellationToken).ConfigureAwait(false);
            return;
        }

        // The rest is read when it is written: whether there is such a workspace is said now.
        await connection.Workspace(workspace).Arm.GetWorkspaceAsync(cancellationToken).ConfigureAwait(false);
        WorkspaceDocuments.Add(planning.Builder, workspace, FolderNameOf(workspace, null) + "/");
    }

    private static string FolderNameOf(WorkspaceRef workspace, WorkspaceParts? parts) => $"{LocalNames.Segment(workspace.Name)}-{(parts is null ? "record" : "export")}";

    private async Task AddRunAsync(ExportPlanning planning, RunTarget target, CancellationToken cancellationToken)
    {
        var root = LocalNames.Segment(target.RunId) + "/";
        var run = await runs.GetAsync(target.Workspace, target.RunId, cancellationToken).ConfigureAwait(false);
        await AddOneRunAsync(planning, target.Workspace, run, root, cancellationToken).ConfigureAwait(false);
        if (!planning.Choices.IncludeChildren)
        {
            var page = await connection.Workspace(target.Workspace).RunHistory.GetChildrenPageAsync(target.RunId, null, null, 1, null, cancellationToken).ConfigureAwait(false);
            planning.HasChildRuns |= page.Items.Count > 0;
            return;
        }

        await foreach (var child in runs.DescendantsAsync(target.Workspace, target.RunId, cancellationToken).ConfigureAwait(false))
        {
            await AddOneRunAsync(planning, target.Workspace, child.Run, $"{root}child-runs/{LocalNames.Segment(child.Run.RunId)}/", cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task AddOneRunAsync(ExportPlanning planning, WorkspaceRef workspace, RunDocument run, string root, CancellationToken cancellationToken)
    {
        var whole = await runs.WithOriginalAsync(workspace, run, cancellationToken).ConfigureAwait(false);
        planning.Saw(run);
        planning.Reused += whole.Original is null ? 0 : 1;
        var note = whole.Original is { } original ? $"Of the original run {original.RunId}: this step reused its results." : null;
        var location = new FileLocation(workspace, ArtifactStore, $"ExperimentRun/{whole.ArtifactContainer}/", whole.ArtifactContainer);
        await planning.Builder.AddFolderAsync(location, root, note, isRunFolder: true, cancellationToken).ConfigureAwait(false);
        if ((planning.Choices.NamedOutputs || planning.Choices.FullRecord) && !planning.Choices.LogsOnly)
        {
            await foreach (var output in outputs.ResolveAsync(workspace, run, cancellationToken).ConfigureAwait(false))
            {
                await AddOutputAsync(planning, output, $"{root}named-outputs/", note, cancellationToken).ConfigureAwait(false);
            }
        }

        if (planning.Choices.FullRecord)
        {
            RunDocuments.Add(planning.Builder, workspace, run, $"{root}run-record/");
        }
    }

    private async Task AddNamedOutputAsync(ExportPlanning planning, NamedOutputTarget target, bool alone, CancellationToken cancellationToken)
    {
        var run = await runs.GetAsync(target.Workspace, target.RunId, cancellationToken).ConfigureAwait(false);
        planning.Saw(run);
        await foreach (var output in outputs.ResolveAsync(target.Workspace, run, cancellationToken).ConfigureAwait(false))
        {
            if (output.Name == target.Name)
            {
                await AddOutputAsync(planning, output, alone ? string.Empty : $"{LocalNames.Segment(target.RunId)}/named-outputs/", null, cancellationToken).ConfigureAwait(false);
                return;
            }
        }

        throw new ProblemException("output.notFound", $"The run {target.RunId} has no named output {target.Name} any more. Refresh the run.") { Target = target.Name, Actions = [ProblemAction.Retry] };
    }

    private static async Task AddOutputAsync(ExportPlanning planning, NamedOutputLocation output, string into, string? note, CancellationToken cancellationToken)
    {
        var folder = $"{into}{LocalNames.Segment(output.Name)}/";
        if (output.Kind == NamedOutputKind.UriFile)
        {
            await planning.Builder.AddFileAsync(output.Location, folder, note, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await planning.Builder.AddFolderAsync(output.Location, folder, note, isRunFolder: false, cancellationToken).ConfigureAwait(false);
        }
    }

    private static NodeTarget Exportable(NodeTarget target) => target switch
    {
        FolderTarget { Location.Path: var path } when path is "/" || path.EndsWith("//", StringComparison.Ordinal) =>
            throw new ProblemException("export.notPossible", "A folder without a name cannot be downloaded as a whole. Download the files in it."),
        RunTarget or FolderTarget or FileTarget or NamedOutputTarget or WorkspaceTarget => target,
        ResourceTarget resource when AssetPlanner.Takes(resource.Resource.Kind) => target,
        ResourceTarget { Resource: { Kind: ResourceKind.Datastore, Child: null } store } => new FolderTarget(new FileLocation(store.Workspace, store.Name, string.Empty, null), null),
        RunFilesTarget files => new RunTarget(files.Location.Workspace, files.RunId),
        _ => throw new ProblemException("export.notPossible", "Only runs, datastores, folders, files, named outputs, models, data assets and datasets can be downloaded."),
    };

    /// <summary>What lies inside something else that was chosen too is taken once.</summary>
    private static List<NodeTarget> Outermost(List<NodeTarget> targets)
    {
        var folders = targets.OfType<FolderTarget>().ToList();
        bool IsInside(FileLocation place) => folders.Any(f =>
            f.Location.Workspace == place.Workspace && f.Location.Datastore == place.Datastore && f.Location.Path != place.Path && FolderPrefix.Contains(FolderPrefix.Normalize(f.Location.Path), place.Path));
        bool IsInRun(FileLocation place, string? runId) => place.ArtifactContainer is not null && targets.OfType<RunTarget>().Any(r => r.Workspace == place.Workspace && r.RunId == runId);
        return [.. targets.Where(t => t switch
        {
            FolderTarget folder => !IsInside(folder.Location) && !IsInRun(folder.Location, folder.RunId),
            FileTarget file => !IsInside(file.Location) && !IsInRun(file.Location, file.RunId),
            _ => true,
        })];
    }

    private static string? FolderNameOf(NodeTarget target, ExportChoices choices) => target switch
    {
        RunTarget run => LocalNames.Segment(run.RunId),
        WorkspaceTarget whole => FolderNameOf(whole.Workspace, choices.Workspace),
        FolderTarget folder => LocalNames.Segment(NameOf(folder.Location)),
        NamedOutputTarget output => LocalNames.Segment(output.Name),
        _ => null,
    };

    private static string Title(List<NodeTarget> targets, AssetSelection chosen, ExportChoices choices, ExportPlanning planning)
    {
        var verb = choices.FullRecord ? "Export" : "Download";
        return targets switch
        {
            [RunTarget run] => $"{verb} {planning.NameOf(run.RunId)}",
            [FolderTarget { Location: { Path.Length: 0 } store }] => $"{verb} the datastore {store.Datastore}",
            [WorkspaceTarget whole] => $"Export {(choices.Workspace ?? WorkspaceParts.RecordAlone).InWords()} of {whole.Workspace.Name}",
            _ when choices.Workspace is { } parts && targets.All(t => t is WorkspaceTarget) => $"Export {parts.InWords()} of {Sizes.Count(targets.Count, "workspace")}",
            [FolderTarget folder] => $"{verb} {LastSegment(folder.Location.Path)} of {(folder.RunId is { } inRun ? planning.NameOf(inRun) : folder.Location.Datastore)}",
            [FileTarget file] => $"{verb} {LastSegment(file.Location.Path)} of {(file.RunId is { } inRun ? planning.NameOf(inRun) : file.Location.Datastore)}",
            [NamedOutputTarget output] => $"{verb} {output.Name} of {planning.NameOf(output.RunId)}",
            [ResourceTarget] when chosen.Assets is [var asset] => $"{verb} {asset.Item.Address.Text}",
            _ when targets.All(t => t is RunTarget) => $"{verb} {Sizes.Count(targets.Count, "run")}",
            _ => $"{verb} {Sizes.Count(targets.Count, "selected item")}",
        };
    }

    /// <summary>Where one of several is written: below its run, or below its datastore as it lies there.</summary>
    private static string FolderOf(FileLocation place, string? runId)
    {
        if (runId is not null)
        {
            return LocalNames.Segment(runId) + "/";
        }

        var above = place.Path.TrimEnd('/').Split('/')[..^1];
        return string.Concat(above.Prepend(place.Datastore).Select(segment => LocalNames.Segment(segment) + "/"));
    }

    /// <summary>What a folder is called: a datastore's root like the datastore.</summary>
    private static string NameOf(FileLocation folder) => folder.Path.Length == 0 ? folder.Datastore : LastSegment(folder.Path);

    private static string LastSegment(string path)
    {
        var trimmed = path.TrimEnd('/');
        return trimmed[(trimmed.LastIndexOf('/') + 1)..];
    }

    private static WorkspaceRef WorkspaceOf(NodeTarget target) => target switch
    {
        RunTarget run => run.Workspace,
        WorkspaceTarget whole => whole.Workspace,
        FolderTarget folder => folder.Location.Workspace,
        FileTarget file => file.Location.Workspace,
        NamedOutputTarget output => output.Workspace,
        ResourceTarget resource => resource.Resource.Workspace,
        _ => throw new InvalidOperationException("Not a target of an export."),
    };

    private static ProblemContext ContextOf(NodeTarget target) => target switch
    {
        RunTarget run => new ProblemContext(ProblemSubject.Run, run.RunId),
        WorkspaceTarget whole => new ProblemContext(ProblemSubject.Workspace, whole.Workspace.Name),
        NamedOutputTarget output => new ProblemContext(ProblemSubject.Run, output.RunId),
        FolderTarget folder => new ProblemContext(ProblemSubject.Storage, folder.Location.Path.Length == 0 ? $"the datastore {folder.Location.Datastore}" : folder.Location.Path),
        FileTarget file => new ProblemContext(ProblemSubject.Storage, file.Location.Path),
        _ => ProblemContext.None,
    };

    private static ProblemException NothingFound(PlanBuilder builder)
    {
        var where = string.Join("; ", builder.Looked) + (builder.LookedAlso > 0 ? $"; and {builder.LookedAlso:N0} more places" : string.Empty);
        var why = builder.LeftOut > 0
            ? $"{Sizes.Count(builder.LeftOut, "file")} {(builder.LeftOut == 1 ? "is" : "are")} there, but none fits the choices made (logs only, name patterns)."
            : "There are no files. The run may not have written any yet, or they were deleted from storage.";
        return new ProblemException("export.nothingFound", $"Nothing to download. {why} Looked in {where}.") { Actions = [ProblemAction.Retry] };
    }
}
