using AmlDataTools.Azure;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Runs;
using AmlDataTools.Core.Storage;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Changes.Planning;

/// <summary>Works out which data goes with the records of a plan: where it lies, who else uses it, what is there.</summary>
internal sealed class DataPlanner(
    AzureConnection connection, StorageAccesses accesses, RunReader runs, NamedOutputResolver outputs, ResourceLister lister, AssetPlaces assets, ILogger logger)
{
    /// <summary>Finds, shares out and lists it.</summary>
    /// <param name="context">The plan, with its records, and the places that are known.</param>
    /// <param name="draft">Where blobs are written down.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>What the accounts keep, and the records with which something outside the plan works.</returns>
    public async Task<(IReadOnlyDictionary<(WorkspaceRef Workspace, string Datastore), Retention> Retentions, IReadOnlySet<PlannedRecord> AtWork)> AddAsync(
        PlanContext context, ChangeDraft draft, CancellationToken cancellationToken)
    {
        var retentions = new Dictionary<(WorkspaceRef, string), Retention>();
        if (context.TakesData && !context.Places.Any(p => p.Owner?.Address.Kind == ResourceKind.Run))
        {
            await new RunPlaces(connection, runs, outputs, assets).AddAsync(context, cancellationToken).ConfigureAwait(false);
        }

        if (context.Places.Count == 0)
        {
            return (retentions, new HashSet<PlannedRecord>());
        }

        // What is only offered swallows nothing that is meant.
        var merged = context.Places.GroupBy(place => place.IsOffered || place.Owner?.IsOffered == true).OrderBy(group => group.Key).SelectMany(group => PlaceMerger.Merge([.. group])).ToList();
        context.Places.Clear();
        context.Places.AddRange(merged);

        // Who refers and what is there are read side by side: neither needs the other.
        var scanning = merged.Any(p => p.Refused is null) ? new Referrers(connection, lister).ScanAsync(context, cancellationToken) : Task.FromResult<(IReadOnlySet<PlannedRecord>, IReadOnlySet<PlannedRecord>)>((new HashSet<PlannedRecord>(), new HashSet<PlannedRecord>()));
        try
        {
            foreach (var group in merged.Where(p => p.Refused is null).GroupBy(p => (p.Workspace, p.Datastore)).ToList())
            {
                await ListAsync(context, draft, group.Key, [.. group], retentions, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await scanning.ConfigureAwait(false);
        }

        var (_, atWork) = await scanning.ConfigureAwait(false);
        return (retentions, atWork);
    }

    private async Task ListAsync(
        PlanContext context, ChangeDraft draft, (WorkspaceRef Workspace, string Datastore) key, IReadOnlyList<PlannedPlace> places, Dictionary<(WorkspaceRef, string), Retention> retentions, CancellationToken cancellationToken)
    {
        try
        {
            var (retention, protection) = await new Retentions(connection, accesses, logger).ReadAsync(key.Workspace, key.Datastore, cancellationToken).ConfigureAwait(false);
            await new PlaceLister(accesses.Of(key.Workspace, key.Datastore), draft, context, protection).ListAsync(places, cancellationToken).ConfigureAwait(false);
            if (places.Any(p => p.Listing is { IsEmpty: false }))
            {
                retentions[key] = retention;
            }
        }
        catch (Exception exception) when (exception is ProblemException or AzureServiceException or ForeignHostException)
        {
            var problem = ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Datastore, key.Datastore));
            foreach (var place in places)
            {
                place.Listing = null;
                place.Refused = $"There is no way to it, so it is kept. {problem.Message}";
            }
        }
    }
}
