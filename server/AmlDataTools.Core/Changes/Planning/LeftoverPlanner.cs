using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm.Dependents;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Workspaces.Leftovers;

namespace AmlDataTools.Core.Changes.Planning;

/// <summary>
/// Plans the deletion of what is left over from workspaces that are gone: as any resource chosen by itself, and with the reason why it
/// is taken for a leftover, which is looked for anew. What turns out to be none is refused.
/// </summary>
internal sealed class LeftoverPlanner(AzureConnection connection, LeftoverFinder finder, WorkspacePlanner dependents)
{
    private const int Named = 5;

    private readonly Dictionary<(string Subscription, string? Tenant, string Group), (LeftoverScan Scan, LeftoverGroup Group)> _judged = [];
    private readonly List<(PlannedRecord Record, Leftover Leftover)> _added = [];
    private LeftoverStores? _stores;

    /// <summary>Adds a leftover.</summary>
    /// <param name="context">The plan.</param>
    /// <param name="target">The leftover.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="ProblemException"><c>explorer.badNodeId</c>, <c>change.sameName</c>.</exception>
    public async Task<PlannedRecord> AddAsync(PlanContext context, LeftoverTarget target, CancellationToken cancellationToken)
    {
        var resource = DependentRef.FromResourceId(target.ResourceId)
            ?? throw new ProblemException("explorer.badNodeId", "This entry is not known to this version. Refresh the view and try again.") { Actions = [ProblemAction.Retry] };
        context.Tell($"Looking for what used {resource.Name}");
        var (scan, group) = await JudgeAsync(resource, target.TenantId, cancellationToken).ConfigureAwait(false);
        if (group.Find(resource) is not { } leftover)
        {
            return await AddKeptAsync(context, scan, resource, cancellationToken).ConfigureAwait(false);
        }

        var address = new ResourceAddress(leftover.Proof.Workspace, DependentKinds.Of(resource.Kind), resource.Name, null);
        if (context.Find(address) is { } known && DependentKinds.RefOf(address.Kind, known.ServiceId) != resource)
        {
            throw new ProblemException("change.sameName", $"Two of what was chosen are called {resource.Name}. Delete them one after the other.") { Target = resource.Name };
        }

        PlannedRecord record;
        try
        {
            record = await dependents.AddDependentAsync(context, new ResourceTarget(address, resource.ResourceId), scan.Uses, cancellationToken).ConfigureAwait(false);
        }
        catch (AzureServiceException exception) when (GoneTargets.IsAbsence(exception))
        {
            return AddGone(context, leftover.Proof.Workspace, resource);
        }

        await ExplainAsync(context, record, leftover, scan, cancellationToken).ConfigureAwait(false);
        return record;
    }

    private async Task ExplainAsync(PlanContext context, PlannedRecord record, Leftover leftover, LeftoverScan scan, CancellationToken cancellationToken)
    {
        var words = new List<string> { leftover.Proof.Reason };
        if (leftover.Recovery is { } recovery)
        {
            words.Add(recovery);
        }

        words.AddRange(leftover.Cautions);
        if (leftover.Resource.Ref.Kind == DependentKind.StorageAccount)
        {
            _stores ??= new LeftoverStores(connection);
            var (stores, unread) = await _stores.OfAsync(scan, leftover.Resource.Ref.Name, cancellationToken).ConfigureAwait(false);
            if (stores.Count > 0)
            {
                words.Add($"Kept: datastores of other workspaces lead to it: {string.Join(", ", stores.Take(Named))}{(stores.Count > Named ? $" and {stores.Count - Named:N0} more" : string.Empty)}. To delete it all the same, tick it and type the name.");
                record.IsOffered = true;
            }

            if (unread > 0)
            {
                words.Add($"Whether datastores of other workspaces lead to it is not fully known: those of {Sizes.Count(unread, "workspace")} could not be read.");
            }
        }

        record.NeedsName = true;
        record.Note = string.Join(' ', record.Note is { } before ? words.Append(before) : words);
        _added.Add((record, leftover));
        Warn(context);
    }

    private void Warn(PlanContext context)
    {
        var done = _added.Where(one => one.Record.IsDone).ToList();
        context.Warn("leftovers.otherUse", done.Count, n => $"Whether anything besides Azure ML uses {(n == 1 ? "this resource" : "these resources")} cannot be told from here.");
        context.Warn("leftovers.likely", done.Count(one => !one.Leftover.Proof.IsCertain), n => $"{Sizes.Count(n, "resource")} {(n == 1 ? "is" : "are")} only likely to be left over: Resource Manager keeps no link to a workspace that is gone. Each says why it is here.");
        context.Warn(
            "leftovers.recoverable", done.Count(one => one.Leftover is { IsNeededForRecovery: true, Proof.IsForGood: false }),
            n => $"A workspace that was deleted in the last 14 days can be recovered, but not without its storage account, key vault and registry: {Sizes.Count(n, "resource")} may be needed for that. Deleted workspaces cannot be listed from here; the portal shows them (Azure Machine Learning, recently deleted).");
    }

    private async Task<(LeftoverScan Scan, LeftoverGroup Group)> JudgeAsync(DependentRef resource, string? tenantId, CancellationToken cancellationToken)
    {
        var key = (resource.SubscriptionId.ToUpperInvariant(), tenantId, resource.ResourceGroup.ToUpperInvariant());
        if (!_judged.TryGetValue(key, out var judged))
        {
            var scan = await finder.ScanAsync(resource.SubscriptionId, tenantId, resource.ResourceGroup, cancellationToken).ConfigureAwait(false);
            judged = (scan, await finder.FindAsync(scan, resource.ResourceGroup, cancellationToken).ConfigureAwait(false));
            _judged[key] = judged;
        }

        return judged;
    }

    /// <summary>What is no leftover, or not any more: gone, in use, or nothing says so now.</summary>
    private async Task<PlannedRecord> AddKeptAsync(PlanContext context, LeftoverScan scan, DependentRef resource, CancellationToken cancellationToken)
    {
        var users = scan.Uses.Of(resource);
        var workspace = users.Count > 0 ? users[0] : new WorkspaceRef(resource.SubscriptionId, resource.ResourceGroup, "unknown", scan.TenantId);
        try
        {
            await connection.Dependents(scan.TenantId).GetAsync(resource, cancellationToken).ConfigureAwait(false);
        }
        catch (AzureServiceException exception) when (GoneTargets.IsAbsence(exception))
        {
            return AddGone(context, workspace, resource);
        }

        return context.Add(new PlannedRecord(new ResourceAddress(workspace, DependentKinds.Of(resource.Kind), resource.Name, null), resource.ResourceId, ChangeAction.Delete, resource.Name, null)
        {
            Rank = RecordRank.Dependent,
            Refused = users.Count > 0
                ? $"It is not left over: {string.Join(", ", users.Take(Named).Select(user => user.Name))} {(users.Count == 1 ? "uses" : "use")} it."
                : "Nothing says any more that it is left over from a workspace that is gone, or that could not be read again: it is kept. Refresh the view.",
        });
    }

    private static PlannedRecord AddGone(PlanContext context, WorkspaceRef workspace, DependentRef resource) =>
        context.Add(new PlannedRecord(new ResourceAddress(workspace, DependentKinds.Of(resource.Kind), resource.Name, null), resource.ResourceId, ChangeAction.Keep, resource.Name, SeenRecord.Nothing)
        {
            Rank = RecordRank.Dependent,
            Note = "It is gone already.",
        });
}
