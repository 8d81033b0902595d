using System.Text.Json;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.Changes.Planning;

/// <summary>Plans every kind but runs and experiments: the record itself, and what is in it.</summary>
internal sealed class ResourcesPlanner(ResourceLister lister, AssetPlaces places)
{
    /// <summary>Adds something chosen in the tree.</summary>
    public async Task<PlannedRecord> AddAsync(PlanContext context, ResourceTarget target, CancellationToken cancellationToken)
    {
        Check(target);
        return await AddAsync(context, await lister.GetAsync(target.Resource, target.ServiceId, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Adds something that was listed.</summary>
    public async Task<PlannedRecord> AddAsync(PlanContext context, ListedResource item, CancellationToken cancellationToken)
    {
        if (context.Find(item.Address) is { } known)
        {
            return known;
        }

        var record = Make(context, item);
        await RefuseAsync(context, record, item, cancellationToken).ConfigureAwait(false);
        switch (item.Address.Kind)
        {
            case ResourceKind.Model or ResourceKind.Environment or ResourceKind.Component when record is { Action: ChangeAction.Delete, IsDone: true }:
                await AddVersionsAsync(context, record, cancellationToken).ConfigureAwait(false);
                break;
            case ResourceKind.DataAsset when context.FindsPlaces && record.GivesData:
                await AddVersionDataAsync(context, context.Add(record), cancellationToken).ConfigureAwait(false);
                return record;
            case ResourceKind.OnlineEndpoint or ResourceKind.BatchEndpoint when record is { Action: ChangeAction.Delete, IsDone: true }:
                await AddDeploymentsAsync(context, record, item, cancellationToken).ConfigureAwait(false);
                return record;
        }

        context.Add(record);
        await places.AddAsync(context, record, item, cancellationToken).ConfigureAwait(false);
        return record;
    }

    private static void Check(ResourceTarget target)
    {
        var what = ResourceCatalog.Of(target.Resource.Kind).Singular;
        NameRules.Check(target.Resource.Name, what);
        if (ResourcePlaces.ContainerOf(target.Resource.Kind) is not null)
        {
            NameRules.Check(target.Resource.Child, what);
        }

        if (target.ServiceId is not null)
        {
            NameRules.Check(target.ServiceId, what);
        }
    }

    /// <summary>The record of something that was listed, in no plan yet.</summary>
    public static PlannedRecord Make(PlanContext context, ListedResource item, RecordRank? rank = null) => VerbRules.Apply(context, new PlannedRecord(
        item.Address, item.ServiceId, ChangeAction.Keep, item.Address.Text, new SeenRecord(item.ETag, item.Modified, item.IsArchived, item.State, item.Created, item.CreatedBy))
    {
        Rank = rank ?? item.Address.Kind switch
        {
            ResourceKind.Datastore => RecordRank.Datastore,
            ResourceKind.Model or ResourceKind.DataAsset or ResourceKind.Environment or ResourceKind.Component or ResourceKind.OnlineEndpoint or ResourceKind.BatchEndpoint
                or ResourceKind.PublishedPipeline or ResourceKind.Compute => RecordRank.Outer,
            _ => RecordRank.Inner,
        },
    });

    /// <summary>What the service, or good sense, does not let happen to this one.</summary>
    private async Task RefuseAsync(PlanContext context, PlannedRecord record, ListedResource item, CancellationToken cancellationToken)
    {
        switch (item.Address.Kind)
        {
            case ResourceKind.Compute when record.Refused is null:
                Compute(context, record, item);
                break;
            case ResourceKind.Datastore when item.IsDefault && record.Action == ChangeAction.Unregister:
                record.Refused = "It is the workspace's default datastore, into which runs write. Make another one the default first (Azure ML studio, Data, Datastores), then plan again.";
                break;
            case ResourceKind.Datastore when item.WorkspaceOwn is { } kept && record.Action == ChangeAction.Unregister:
                record.Refused = $"It was made with the workspace, which keeps {kept} in it and does not work without it; nothing makes it anew. To delete what is stored there, choose the runs, assets or folders.";
                break;
            case ResourceKind.Schedule when record.Action == ChangeAction.Delete && item.State == "Enabled":
                record.Note = "It is enabled: it is disabled first, since the service does not delete an enabled one, and starts nothing from then on.";
                break;
            case ResourceKind.OnlineDeployment when record.Action == ChangeAction.Delete:
                await DeploymentAsync(record, item, cancellationToken).ConfigureAwait(false);
                break;
            case var kind when context.Verb == OperationVerb.Restore && record.IsDone && ResourcePlaces.ContainerOf(kind) is { } container && ResourceCatalog.Of(kind).CanArchive:
                if ((await lister.GetAsync(item.Address with { Kind = container, Child = null }, null, cancellationToken).ConfigureAwait(false)).IsArchived)
                {
                    record.Refused = $"{item.Address.Name} is archived as a whole, and then a single version cannot be restored. Restore {item.Address.Name} itself.";
                }

                break;
        }
    }

    private static void Compute(PlanContext context, PlannedRecord record, ListedResource item)
    {
        var state = item.State is { } told ? $" It is {told}." : string.Empty;
        if (context.Verb == OperationVerb.Delete && item.IsAttached)
        {
            record.Action = ChangeAction.Detach;
            record.Note = "It is attached: it is only detached from the workspace. The resource behind it lives elsewhere and stays, with its costs.";
        }
        else if (context.Verb == OperationVerb.Unregister && !item.IsAttached)
        {
            record.Refused = "It was made by this workspace and not attached, so it cannot be detached. Delete it instead.";
        }
        else if (record.Action == ChangeAction.Detach)
        {
            record.Note = "It is detached; the resource behind it stays.";
        }
        else if (record.Action == ChangeAction.Delete)
        {
            record.Note = item.Properties.Text("computeType") == "ComputeInstance"
                ? $"A compute instance: its own disk is deleted with it; files in the workspace's file share stay.{state}"
                : $"The service refuses this while runs use it.{state}";
        }
    }

    private async Task DeploymentAsync(PlannedRecord record, ListedResource item, CancellationToken cancellationToken)
    {
        var endpoint = await lister.GetAsync(new ResourceAddress(item.Address.Workspace, ResourceKind.OnlineEndpoint, item.Address.Name, null), null, cancellationToken).ConfigureAwait(false);
        if (Traffic(endpoint, item.Address.Child ?? string.Empty) is > 0 and var percent)
        {
            record.Refused = $"It gets {percent} % of the traffic of {item.Address.Name}, and then the service does not delete it. Give its traffic to another deployment first, or delete the endpoint.";
        }
    }

    private async Task AddVersionsAsync(PlanContext context, PlannedRecord container, CancellationToken cancellationToken)
    {
        var versions = new List<PlannedRecord>();
        var kind = ResourcePlaces.ContentOf(container.Address.Kind) ?? throw new InvalidOperationException("Only containers have versions.");
        await foreach (var item in lister.ListAsync(container.Address.Workspace, kind, container.Address.Name, ListView.All, cancellationToken).ConfigureAwait(false))
        {
            var version = context.Add(Make(context, item));
            versions.Add(version);
            await places.AddAsync(context, version, item, cancellationToken).ConfigureAwait(false);
        }

        container.After = versions;
        HoldBack(container, versions);
        container.Details = [$"{Sizes.Count(versions.Count, "version")}, archived ones included; deleted one by one, then {container.Address.Name} itself."];
    }

    /// <summary>What holds something that cannot be deleted cannot be deleted either.</summary>
    private static void HoldBack(PlannedRecord outer, IEnumerable<PlannedRecord> inside)
    {
        var kept = inside.Where(record => record.Refused is not null).ToList();
        if (kept.Count > 0 && outer.Refused is null)
        {
            outer.LockedBy = kept[0].LockedBy;
            outer.Refused = $"It holds {kept[0].Address.Text}{(kept.Count > 1 ? $" and {Sizes.Count(kept.Count - 1, "other")}" : string.Empty)} that cannot be deleted: each says why.";
        }
    }

    private async Task AddVersionDataAsync(PlanContext context, PlannedRecord container, CancellationToken cancellationToken)
    {
        var count = 0;
        await foreach (var item in lister.ListAsync(container.Address.Workspace, ResourceKind.DataVersion, container.Address.Name, ListView.All, cancellationToken).ConfigureAwait(false))
        {
            count++;
            await places.AddAsync(context, container, item, cancellationToken).ConfigureAwait(false);
        }

        container.Details = [$"{Sizes.Count(count, "version")}; archived as a whole, so that none shows."];
    }

    /// <summary>Deployments without traffic go first, one by one; one with traffic is only deleted together with its endpoint.</summary>
    private async Task AddDeploymentsAsync(PlanContext context, PlannedRecord endpoint, ListedResource item, CancellationToken cancellationToken)
    {
        var kind = ResourcePlaces.ContentOf(item.Address.Kind) ?? throw new InvalidOperationException("Only endpoints have deployments.");
        var (first, last) = (new List<PlannedRecord>(), new List<PlannedRecord>());
        var lines = new List<string>();
        await foreach (var found in lister.ListAsync(item.Address.Workspace, kind, item.Address.Name, ListView.All, cancellationToken).ConfigureAwait(false))
        {
            var percent = Traffic(item, found.Address.Child ?? string.Empty);
            if (percent is not > 0)
            {
                first.Add(context.Add(Make(context, found)));
                lines.Add($"Deployment {found.Address.Child}: no traffic.");
                continue;
            }

            lines.Add($"Deployment {found.Address.Child}: {percent} % of the traffic.");
            var busy = context.Add(new PlannedRecord(found.Address, found.ServiceId, ChangeAction.Delete, found.Address.Text, new SeenRecord(found.ETag, found.Modified, found.IsArchived, found.State, found.Created, found.CreatedBy))
            {
                Rank = RecordRank.AfterOuter,
                After = [endpoint],
                Note = $"It gets {percent} % of the traffic: it goes together with its endpoint.",
            });
            VerbRules.Lock(context, busy);
            last.Add(busy);
        }

        HoldBack(endpoint, first.Concat(last));
        if (endpoint.Refused is not null)
        {
            last.ForEach(busy => busy.Refused ??= "It goes only together with its endpoint, which cannot be deleted.");
        }

        endpoint.After = first;
        endpoint.Details = lines.Count == 0 ? ["It has no deployments."] : lines;
        if (endpoint.Details.Any(line => line.EndsWith("of the traffic.", StringComparison.Ordinal)))
        {
            endpoint.Note = "It is in use: calls to it fail from then on.";
        }

        context.Add(endpoint);
    }

    private static long? Traffic(ListedResource endpoint, string deployment) =>
        endpoint.Properties.Child("traffic")?.Child(deployment) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var percent) ? percent : null;
}
