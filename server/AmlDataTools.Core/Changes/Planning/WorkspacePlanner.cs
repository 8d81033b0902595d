using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Arm.Dependents;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Workspaces;

namespace AmlDataTools.Core.Changes.Planning;

/// <summary>What a plan knows of a workspace that is deleted as a whole.</summary>
/// <param name="Document">The workspace.</param>
/// <param name="OtherStores">Datastores whose storage is not the workspace's own: name and place.</param>
internal sealed record PlannedWorkspace(WorkspaceDocument Document, IReadOnlyList<string> OtherStores);

/// <summary>
/// Plans the deletion of a workspace, with each resource it uses as an item of its own: ticked only when asked for and when, as
/// far as can be seen, no other workspace uses it. The workspace goes first: what refuses to let it go must not find its
/// storage gone.
/// </summary>
internal sealed class WorkspacePlanner(AzureConnection connection, ResourceLister lister)
{
    private const int Named = 10;

    /// <summary>Adds a workspace and what it uses.</summary>
    public async Task<PlannedRecord> AddAsync(PlanContext context, WorkspaceRef workspace, CancellationToken cancellationToken)
    {
        NameRules.Check(workspace.Name, "workspace");
        var document = await ReadAsync(context, workspace, cancellationToken).ConfigureAwait(false);
        var record = Make(context, ListedResource.From(workspace, document), RecordRank.Workspace, context.Choices.Permanently);
        if (context.Verb != OperationVerb.Delete)
        {
            return context.Add(record);
        }

        context.Tell($"Reading the workspace {workspace.Name}");
        var reading = new DependentUsers(connection).ReadAsync(workspace, cancellationToken);
        var found = await new DependentReader(connection).ReadAsync(workspace, document, cancellationToken).ConfigureAwait(false);
        var uses = await reading.ConfigureAwait(false);
        record.Details = await GoesAtOnceAsync(workspace, cancellationToken).ConfigureAwait(false);
        var projects = document.AssociatedIds.Select(id => WorkspaceRef.FromResourceId(id, workspace.TenantId)?.Name).OfType<string>().ToList();
        if (record.Refused is null && projects.Count > 0)
        {
            record.Refused = $"It is a hub, and the service keeps a hub while it has projects: {string.Join(", ", projects.Take(Named))}{(projects.Count > Named ? ", ..." : string.Empty)}. Delete these first, then plan again.";
        }
        else if (record.Refused is null)
        {
            record.Note = context.Choices.Permanently ? "For good: nothing of it can be brought back." : null;
        }

        context.Workspaces[workspace] = new PlannedWorkspace(document, await OtherStoresAsync(workspace, found, cancellationToken).ConfigureAwait(false));
        context.Add(record);
        foreach (var one in found)
        {
            await AddAsync(context, workspace, one, uses, document, record, cancellationToken).ConfigureAwait(false);
        }

        Warn(context, uses);
        if (record.IsDone && !context.Choices.Permanently && !document.HasOnlyAssignedIdentity)
        {
            context.Warn(
                "workspace.nameTaken",
                context.Records.Count(r => r is { Rank: RecordRank.Workspace, IsDone: true }),
                n => n > 1
                    ? $"The names of these {n:N0} workspaces stay taken in their resource groups until {Sizes.Day(context.Now.AddDays(WorkspaceSurvivors.WorkspaceDays))}, unless they are deleted permanently."
                    : $"The name {workspace.Name} stays taken in its resource group until {Sizes.Day(context.Now.AddDays(WorkspaceSurvivors.WorkspaceDays))}: until then no other workspace can have it, unless this one is deleted permanently.");
        }

        return record;
    }

    private async Task<WorkspaceDocument> ReadAsync(PlanContext context, WorkspaceRef workspace, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.Workspace(workspace).Arm.GetWorkspaceAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (AzureServiceException exception) when (context.Verb == OperationVerb.Delete && exception.Status == 404 && !exception.HasCode("ResourceGroupNotFound") && !exception.HasCode("SubscriptionNotFound"))
        {
            throw new ProblemException(
                "workspace.gone",
                $"There is no workspace {workspace.Name} in {workspace.ResourceGroup} any more. If it was deleted, but not permanently, the service keeps it for {WorkspaceSurvivors.WorkspaceDays} days, and its name with it; it neither lists such workspaces nor purges them by request. In the Azure portal (Azure Machine Learning, \"Recently deleted\") it can be deleted permanently, or recovered and then deleted here permanently. Refresh the tree.",
                exception)
            {
                Target = workspace.Name,
                CorrelationId = exception.CorrelationId,
                Actions = [ProblemAction.Retry],
            };
        }
    }

    /// <summary>Adds a resource that was chosen by itself.</summary>
    public Task<PlannedRecord> AddDependentAsync(PlanContext context, ResourceTarget target, CancellationToken cancellationToken) => AddDependentAsync(context, target, null, cancellationToken);

    /// <summary>Adds a resource that was chosen by itself; who uses what may be known already.</summary>
    public async Task<PlannedRecord> AddDependentAsync(PlanContext context, ResourceTarget target, DependentUses? known, CancellationToken cancellationToken)
    {
        var address = target.Resource;
        var dependent = DependentKinds.RefOf(address.Kind, target.ServiceId)
            ?? throw new ProblemException("explorer.badNodeId", "This entry is not known to this version. Refresh the view and try again.") { Actions = [ProblemAction.Retry] };
        if (context.Find(address) is { } there)
        {
            // It came with its workspace; now it was asked for by itself.
            there.IsOffered = false;
            return there;
        }

        var found = new FoundDependent(dependent, await connection.Dependents(address.Workspace.TenantId).GetAsync(dependent, cancellationToken).ConfigureAwait(false), null);
        var uses = known ?? await new DependentUsers(connection).ReadAsync(address.Workspace, cancellationToken).ConfigureAwait(false);
        var record = await AddAsync(context, address.Workspace, found, uses, null, null, cancellationToken).ConfigureAwait(false);
        record.IsOffered = false;
        Warn(context, uses);
        return record;
    }

    private static PlannedRecord Make(PlanContext context, ListedResource item, RecordRank rank, bool permanently, string? purgedIn = null, string? purgeRefused = null) =>
        VerbRules.Apply(context, new PlannedRecord(
            item.Address, item.ServiceId, ChangeAction.Keep, item.Address.Text, new SeenRecord(item.ETag, item.Modified, item.IsArchived, item.State, item.Created, item.CreatedBy))
        {
            Rank = rank,
            Permanently = permanently,
            PurgedIn = purgedIn,
            PurgeRefused = purgeRefused,
        });

    // The owner is the workspace that is deleted; null when the resource was chosen by itself.
    private async Task<PlannedRecord> AddAsync(
        PlanContext context, WorkspaceRef workspace, FoundDependent found, DependentUses uses, WorkspaceDocument? document, PlannedRecord? owner, CancellationToken cancellationToken)
    {
        var dependent = found.Ref;
        var address = new ResourceAddress(workspace, DependentKinds.Of(dependent.Kind), dependent.Name, null);
        if (context.Find(address) is { } known)
        {
            return known;
        }

        if (found.Document is not { } resource)
        {
            return context.Add(Unreadable(address, found));
        }

        var purges = context.Choices.Permanently && dependent.Kind == DependentKind.KeyVault && resource is { KeptDays: not null, Location: not null };
        var record = Make(
            context, ListedResource.From(workspace, resource), RecordRank.Dependent, context.Choices.Permanently, purges ? resource.Location : null,
            resource.IsPurgeProtected ? $"It has purge protection: once deleted it is kept for {Sizes.Count(resource.KeptDays ?? 0, "day")}, and its name with it." : null);
        if (record.IsDone && (await LockMap.ReadAsync(connection, workspace, dependent, cancellationToken).ConfigureAwait(false)) is var locks && locks.Against(address, record.Action, dependent.ResourceId) is { } held)
        {
            VerbRules.RefuseFor(record, locks.InWords(held));
        }

        var users = owner is null ? uses.Of(dependent) : uses.Others(dependent, workspace);
        var notes = new List<string>();
        if (document?.HubId is { } hub && WorkspaceRef.FromResourceId(hub, null) is { } hubRef)
        {
            notes.Add($"It belongs to the hub {hubRef.Name}, whose other projects use it.");
        }

        if (users.Count > 0)
        {
            var names = $"{string.Join(", ", users.Take(3).Select(user => user.Name))}{(users.Count > 3 ? $" and {users.Count - 3:N0} more" : string.Empty)}";
            notes.Add(owner is null ? $"In use: {names} {(users.Count == 1 ? "uses it and does" : "use it and do")} not work without it." : $"Kept: {names} {(users.Count == 1 ? "uses" : "use")} it too. To delete it all the same, tick it and type the name.");
        }

        if (uses.Unread.Count > 0)
        {
            notes.Add($"Whether other workspaces use it is not fully known ({string.Join(", ", uses.Unread.Take(3))} could not be read).");
        }

        if (dependent.Kind == DependentKind.LogAnalytics)
        {
            notes.Add("Other resources may write to it: whether they do cannot be told from here.");
        }

        record.NeedsName = notes.Count > 0;
        record.IsOffered = owner is not null && (record.NeedsName || !context.Choices.IncludeDependents);
        record.Note = notes.Count > 0 ? string.Join(' ', notes) : record.Note;
        record.Details = [dependent.ResourceId, .. WorkspaceSurvivors.Kept(record, context.Now) is { } kept ? (string[])[kept] : [], .. users.Take(Named).Select(user => $"Used by the workspace {user.Name} in {user.ResourceGroup}.")];
        if (owner is not null)
        {
            record.After = [owner];
        }

        return context.Add(record);
    }

    private static PlannedRecord Unreadable(ResourceAddress address, FoundDependent found)
    {
        var record = new PlannedRecord(address, found.Ref.ResourceId, ChangeAction.Keep, address.Text, found.IsGone ? SeenRecord.Nothing : null) { Rank = RecordRank.Dependent };
        if (found.IsGone)
        {
            record.Note = "It is gone already.";
            return record;
        }

        record.Action = ChangeAction.Delete;
        record.Refused = found.Failure is { Status: 403 }
            ? "You may not read it, so what it is and who uses it is not known: it is kept. Ask for a role in its resource group."
            : $"It could not be read, so it is kept: {found.Failure?.Message}";
        return record;
    }

    /// <summary>What goes with the workspace at once and never comes back, even where the rest is kept for some days.</summary>
    private async Task<IReadOnlyList<string>> GoesAtOnceAsync(WorkspaceRef workspace, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        foreach (var kind in (ResourceKind[])[ResourceKind.Compute, ResourceKind.OnlineEndpoint, ResourceKind.BatchEndpoint])
        {
            try
            {
                var names = new List<string>();
                var count = 0;
                await foreach (var item in lister.ListAsync(workspace, kind, null, ListView.All, cancellationToken).ConfigureAwait(false))
                {
                    count++;
                    if (names.Count < Named)
                    {
                        names.Add(item.Label);
                    }
                }

                if (count > 0)
                {
                    var traits = ResourceCatalog.Of(kind);
                    lines.Add($"Goes at once: {count:N0} {(count == 1 ? traits.Singular : traits.Plural)} ({string.Join(", ", names)}{(count > names.Count ? ", ..." : string.Empty)}).");
                }
            }
            catch (Exception exception) when (exception is ProblemException or ForeignHostException || exception is AzureServiceException { Status: not 401 })
            {
                lines.Add($"Its {ResourceCatalog.Of(kind).Plural} could not be read; they go at once with it.");
            }
        }

        lines.Add("Jobs that run or wait are stopped, and roles assigned on the workspace go.");
        return lines;
    }

    private async Task<IReadOnlyList<string>> OtherStoresAsync(WorkspaceRef workspace, IReadOnlyList<FoundDependent> found, CancellationToken cancellationToken)
    {
        var own = found.Where(one => one.Ref.Kind == DependentKind.StorageAccount).Select(one => one.Ref.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var others = new List<string>();
        try
        {
            await foreach (var store in connection.Workspace(workspace).Arm.ListDatastoresAsync(cancellationToken).ConfigureAwait(false))
            {
                if (store.AccountName is { } account && !own.Contains(account))
                {
                    others.Add($"{store.Name} ({account}/{store.ContainerName ?? store.FileShareName})");
                }
            }
        }
        catch (Exception exception) when (exception is ForeignHostException || exception is AzureServiceException { Status: not 401 })
        {
            others.Add("datastores that could not be listed");
        }

        return others;
    }

    private static void Warn(PlanContext context, DependentUses uses)
    {
        context.Warn("dependents.shared", context.Records.Count(r => r is { Rank: RecordRank.Dependent, IsOffered: true, NeedsName: true }), n => $"{Sizes.Count(n, "resource")} may be used by others and {(n == 1 ? "is" : "are")} kept, unless you tick {(n == 1 ? "it" : "them")}.");
        context.Warn("dependents.usersUnread", uses.Unread.Count, _ => $"Who else uses these resources is not fully known: {string.Join(", ", uses.Unread.Take(5))} could not be read.");
        context.Warn(
            "workspace.cannotRecover",
            context.Choices is { Permanently: false, IncludeDependents: true } && context.Records.Exists(r => r.Rank == RecordRank.Workspace && r.IsDone) && context.Records.Exists(r => r is { Rank: RecordRank.Dependent, IsDone: true, IsOffered: false }) ? 1 : 0,
            _ => "A deleted workspace can only be recovered while its storage account, key vault and registry are there: with them it is as good as gone.");
    }
}
