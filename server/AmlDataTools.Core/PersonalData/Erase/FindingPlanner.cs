using AmlDataTools.Azure;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.RunHistory;
using AmlDataTools.Core.Changes;
using AmlDataTools.Core.Changes.Execution;
using AmlDataTools.Core.Changes.Planning;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Places;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Runs;
using AmlDataTools.Core.Storage;

namespace AmlDataTools.Core.PersonalData.Erase;

/// <summary>Puts findings into a plan, each by what it is and by how sure it is that it is the person's.</summary>
internal sealed class FindingPlanner(AzureConnection connection, RunReader runs, ResourceLister lister, PlanContext context, FieldHash hash, Func<string, bool> names)
{
    private const string ExperimentStays = "An experiment is not deleted here: the service deletes only an empty one, and its runs may be those of others.";
    private const string WorkspaceStays = "The workspace's own document is not changed here: its tags can be edited in the Azure portal; who made it stays until it is deleted.";

    private const int Parallel = 16;

    private readonly Dictionary<RunTarget, Task<RunDocument>> _ahead = [];
    private readonly RunsPlanner _runs = new(connection, runs);
    private readonly FoundAssetPlanner _assets = new(lister, context);
    private long _changedSince;
    private long _nameOnly;
    private long _mentions;

    /// <summary>Where the first finding is; null when there was none.</summary>
    public WorkspaceRef? First { get; private set; }

    /// <summary>Finds the data of assets.</summary>
    public AssetPlaces Places => _assets.Places;

    private HiddenTexts Hidden => context.Hidden ?? throw new InvalidOperationException("A plan of an erasure hides whose it is.");

    /// <summary>Adds a finding, if it is its turn.</summary>
    /// <param name="finding">The finding.</param>
    /// <param name="holders">Whether things that hold others are meant now, or all the rest.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="AzureServiceException">Signing in is needed.</exception>
    private async Task AddAsync(Finding finding, bool holders, CancellationToken cancellationToken)
    {
        var target = NodeTargets.Parse(finding.NodeId);
        if (ChangeTargets.WorkspaceOf(target) is not { IsRegistry: false } workspace || FoundAssetPlanner.IsHolder(target) != holders)
        {
            return;
        }

        First ??= workspace;
        _nameOnly += finding.Grade == MatchGrade.DisplayName ? 1 : 0;
        try
        {
            if (!context.Locks.ContainsKey(workspace))
            {
                context.Locks[workspace] = await LockMap.ReadAsync(connection, workspace, cancellationToken).ConfigureAwait(false);
            }

            await AddAsync(finding, target, workspace, cancellationToken).ConfigureAwait(false);
        }
        catch (AzureServiceException exception) when (GoneTargets.IsAbsence(exception))
        {
            await AddGoneAsync(finding, target, workspace, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is AzureServiceException { Status: not 401 } or ProblemException or ForeignHostException or InvalidDataException)
        {
            Refuse(finding, target, workspace, ProblemMapper.From(exception, ProblemContext.None).Message);
        }
    }

    /// <summary>Adds findings, those of them whose turn it is; runs are read side by side.</summary>
    /// <param name="findings">Some findings.</param>
    /// <param name="holders">Whether things that hold others are meant now, or all the rest.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="AzureServiceException">Signing in is needed.</exception>
    public async Task AddAsync(IReadOnlyList<Finding> findings, bool holders, CancellationToken cancellationToken)
    {
        using var turn = new SemaphoreSlim(Parallel);
        foreach (var run in holders ? [] : findings.Select(finding => NodeTargets.Parse(finding.NodeId)).OfType<RunTarget>().Distinct())
        {
            _ahead[run] = ReadAsync(run);
        }

        try
        {
            foreach (var finding in findings)
            {
                await AddAsync(finding, holders, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            // Only when something ended this early: nobody is left to take what was asked for.
            await ((Task)Task.WhenAll(_ahead.Values)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _ahead.Clear();
        }

        async Task<RunDocument> ReadAsync(RunTarget run)
        {
            await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await runs.GetAsync(run.Workspace, NameRules.Check(run.RunId, "run"), cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                turn.Release();
            }
        }
    }

    /// <summary>Leaves to the person what others work with.</summary>
    /// <param name="records">Records that a deployment or schedule works with.</param>
    public void OfferOnly(IReadOnlySet<PlannedRecord> records)
    {
        foreach (var record in records.Where(record => record is { IsDone: true, IsOffered: false }))
        {
            record.IsOffered = true;
            record.IsInUse = true;
            record.Note = "A deployment or schedule that stays works with it: tick it only if that may end.";
        }
    }

    /// <summary>Sets the warnings of an erasure.</summary>
    /// <param name="gaps">How much was not searched.</param>
    public void Warn(long gaps)
    {
        context.Warn("erase.notSearched", gaps, n => $"{Sizes.Count(n, "place")} could not be searched: what is there of the person is not in this plan.");
        context.Warn("erase.nameOnly", _nameOnly, n => $"{Sizes.Count(n, "finding")} {(n == 1 ? "matches" : "match")} no more than the display name, and may be somebody else's: {(n == 1 ? "it is" : "they are")} not ticked.");
        context.Warn("erase.filesWhole", _mentions, n => $"{Sizes.Count(n, "file")} {(n == 1 ? "names" : "name")} the person in {(n == 1 ? "its" : "their")} text and {(n == 1 ? "goes" : "go")} whole, whoever made {(n == 1 ? "it" : "them")}: untick what others need.");
        context.Warn("erase.inUse", context.Records.Count(record => record.IsInUse), n => $"{Sizes.Count(n, "thing")} {(n == 1 ? "is" : "are")} used by others or at work, and not ticked: each says how.");
        context.Warn("erase.changedSince", _changedSince, n => $"{Sizes.Count(n, "text")} {(n == 1 ? "has" : "have")} changed since the search and {(n == 1 ? "names" : "name")} nobody any more, or {(n == 1 ? "is" : "are")} gone: not in this plan.");
    }

    private Task AddAsync(Finding finding, NodeTarget target, WorkspaceRef workspace, CancellationToken cancellationToken) => target switch
    {
        RunTarget run => AddRunAsync(finding, run, cancellationToken),
        ExperimentTarget experiment => AddExperimentAsync(finding, experiment, cancellationToken),
        ResourceTarget resource => AddAssetAsync(finding, resource, cancellationToken),
        FolderTarget folder => AddPlaceAsync(finding, folder.Location, PlaceForm.Folder, cancellationToken),
        FileTarget file => AddPlaceAsync(finding, file.Location, PlaceForm.Blob, cancellationToken),
        RunFilesTarget files => AddPlaceAsync(finding, files.Location, PlaceForm.Folder, cancellationToken),
        WorkspaceTarget => AddWorkspace(finding, workspace),
        _ => throw new ProblemException("erase.notPossible", "This is nothing that can be erased by itself."),
    };

    private async Task AddRunAsync(Finding finding, RunTarget target, CancellationToken cancellationToken)
    {
        var run = await (_ahead.Remove(target, out var asked) ? asked : runs.GetAsync(target.Workspace, NameRules.Check(target.RunId, "run"), cancellationToken)).ConfigureAwait(false);
        var verdict = Judge(finding, RecordTexts.OfHistory(run.Raw, run.CreatedTime, run.Hidden));
        var before = context.Records.Count;
        var address = new ResourceAddress(target.Workspace, ResourceKind.Run, run.RunId, null);
        var known = context.Find(address);
        var record = RunsPlanner.AddRun(context, target.Workspace, run, 0);
        if (verdict.IsSurelyMade)
        {
            record.IsOffered = false;
        }
        else if (known is null)
        {
            record.IsOffered = true;
        }

        // Runs below one go with it by the rules of every deletion, and stay with it too.
        if (record.MayHaveChildren || context.Choices.IncludeChildren)
        {
            await _runs.AddBelowAsync(context, target.Workspace, run.RunId, cancellationToken).ConfigureAwait(false);
        }

        FoundAssetPlanner.OfferNew(context, before, record.IsOffered);
        Complete(record, verdict);
    }

    private async Task AddExperimentAsync(Finding finding, ExperimentTarget target, CancellationToken cancellationToken)
    {
        var experiment = await connection.Workspace(target.Workspace).RunHistory.GetExperimentAsync(NameRules.Check(target.Name, "experiment"), cancellationToken).ConfigureAwait(false);
        var record = RunsPlanner.AddExperiment(context, target.Workspace, experiment);
        (record.Action, record.Refused, record.LockedBy, record.Note) = (ChangeAction.Keep, null, null, ExperimentStays);
        Complete(record, Judge(finding, RecordTexts.OfHistory(experiment.Raw, experiment.CreatedTime, experiment.ArchivedTime is not null)));
    }

    private async Task AddAssetAsync(Finding finding, ResourceTarget target, CancellationToken cancellationToken)
    {
        if (DependentKinds.Is(target.Resource.Kind))
        {
            throw new ProblemException("erase.notPossible", "What a workspace uses is not changed here. Choose it in the tree, or open it in the Azure portal.");
        }

        var item = await lister.GetAsync(target.Resource, target.ServiceId, cancellationToken).ConfigureAwait(false);
        var verdict = Judge(finding, FoundAssetPlanner.HasTexts(item.Address.Kind) ? RecordTexts.Of(item) : null);
        Complete(await _assets.AddAsync(item, verdict, cancellationToken).ConfigureAwait(false), verdict);
    }

    private async Task AddPlaceAsync(Finding finding, FileLocation location, PlaceForm form, CancellationToken cancellationToken)
    {
        var path = location.Path.Trim('/');
        _mentions += finding.Kind == FindingKind.File && finding.Grade != MatchGrade.DisplayName && finding.Evidence.All(one => one.Field is not ("name" or "path")) ? 1 : 0;
        await Places.AddAsync(
            context, null, location.Workspace, location.Datastore, location.Path, form, form == PlaceForm.Blob ? "found file" : "found folder", cancellationToken,
            RunFolders.OwnerOf(path), isName: true, isOffered: finding.Grade == MatchGrade.DisplayName).ConfigureAwait(false);
    }

    private Task AddWorkspace(Finding finding, WorkspaceRef workspace)
    {
        var record = context.Add(new PlannedRecord(new ResourceAddress(workspace, ResourceKind.Workspace, workspace.Name, null), null, ChangeAction.Keep, workspace.Name, null) { Note = WorkspaceStays });
        Complete(record, Judge(finding, null));
        return Task.CompletedTask;
    }

    private FindingVerdict Judge(Finding finding, RecordTexts? texts)
    {
        var verdict = FindingVerdict.Of(finding, texts, hash, Hidden, names);
        _changedSince += verdict.ChangedSince;
        return verdict;
    }

    /// <summary>Says what stays, and adds the texts that are taken out unless the record goes.</summary>
    private static void Complete(PlannedRecord record, FindingVerdict verdict)
    {
        record.Stays = verdict.Stays;
        var isDone = record is { IsDone: true, IsOffered: false };
        if (verdict.Stays is { } stays && !(isDone && record.Action is ChangeAction.Delete or ChangeAction.Unregister))
        {
            var unless = record.Action is ChangeAction.Delete or ChangeAction.Unregister && record.Refused is null ? "Unless it is deleted, this stays" : "This stays";
            record.Note = $"{(record.Note is { } note ? note + " " : string.Empty)}{unless}: {stays}.";
        }

        var clearings = new List<PlannedClearing>(record.Clearings);
        if (!isDone && verdict.Sure.Count > 0)
        {
            clearings.Add(new PlannedClearing(new FieldClearing(verdict.Sure, Archives: false), IsOffered: false, "What is cleared cannot be brought back."));
        }

        if (verdict.Unsure.Count > 0 && !(isDone && record.Action is ChangeAction.Delete or ChangeAction.Unregister))
        {
            clearings.Add(new PlannedClearing(new FieldClearing(verdict.Unsure, Archives: false), IsOffered: true, "Only the display name stands there: perhaps somebody else's. What is cleared cannot be brought back."));
        }

        record.Clearings = clearings;
    }

    private async Task AddGoneAsync(Finding finding, NodeTarget target, WorkspaceRef workspace, CancellationToken cancellationToken)
    {
        if (!await new GoneTargets(connection).AddAsync(context, target, cancellationToken).ConfigureAwait(false))
        {
            Refuse(finding, target, workspace, "It is not there any more.");
        }
    }

    /// <summary>Names what could not be planned, so that it is not forgotten.</summary>
    private void Refuse(Finding finding, NodeTarget target, WorkspaceRef workspace, string why)
    {
        var address = target switch
        {
            RunTarget run => new ResourceAddress(workspace, ResourceKind.Run, run.RunId, null),
            ExperimentTarget experiment => new ResourceAddress(workspace, ResourceKind.Experiment, experiment.Name, null),
            ResourceTarget resource => resource.Resource,
            _ => null,
        };
        if (address is null)
        {
            context.Places.Add(new PlannedPlace(workspace, string.Empty, finding.Name, PlaceForm.Either, default, "found data") { Refused = why });
            return;
        }

        var record = context.Add(new PlannedRecord(address, (target as ResourceTarget)?.ServiceId, ChangeAction.Delete, finding.Name, null));
        record.Refused ??= $"It could not be read, so nothing is done with it: {why}";
    }
}
