using AmlDataTools.Azure;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Problems;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Explorer.Branches;

/// <summary>Reads the subscriptions of all tenants; a tenant that cannot be read is told of, not fatal.</summary>
internal sealed class SubscriptionReader(AzureConnection connection, ILogger logger)
{
    private const int AtOnce = 4;

    public async Task<SubscriptionList> ReadAsync(CancellationToken cancellationToken)
    {
        var tenants = await ListTenantsAsync(cancellationToken).ConfigureAwait(false);
        if (tenants.Count == 0)
        {
            var own = await ListAsync(null, cancellationToken).ConfigureAwait(false);
            return new SubscriptionList(Merge([own]), []);
        }

        using var gate = new SemaphoreSlim(AtOnce);
        var read = await Task.WhenAll(tenants.Select(tenant => TryListAsync(tenant, gate, cancellationToken))).ConfigureAwait(false);
        var problems = read.Select(one => one.Problem).OfType<TenantProblem>().ToList();
        return new SubscriptionList(Merge(read.Select(one => one.Found)), problems);
    }

    // An identity of a machine or an application may not be allowed to list tenants; it has one.
    private async Task<IReadOnlyList<string>> ListTenantsAsync(CancellationToken cancellationToken)
    {
        var tenants = new List<string>();
        try
        {
            await foreach (var tenant in connection.Arm(null).ListTenantsAsync(cancellationToken).ConfigureAwait(false))
            {
                if (tenant.TenantId.Length > 0)
                {
                    tenants.Add(tenant.TenantId);
                }
            }
        }
        catch (AzureServiceException exception) when (exception.Status is 403 or 404)
        {
            logger.LogInformation("Tenants could not be listed ({Status} {Code}); the account's own is used.", exception.Status, exception.Code);
        }

        return tenants;
    }

    private async Task<(IReadOnlyList<SubscriptionEntry> Found, TenantProblem? Problem)> TryListAsync(string tenant, SemaphoreSlim gate, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return (await ListAsync(tenant, cancellationToken).ConfigureAwait(false), null);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            var problem = ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Tenant, tenant));
            logger.LogInformation("Tenant {Tenant} could not be read: {Code}", tenant, problem.Code);
            return ([], new TenantProblem(tenant, problem.Message));
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<IReadOnlyList<SubscriptionEntry>> ListAsync(string? tenant, CancellationToken cancellationToken)
    {
        var found = new List<SubscriptionEntry>();
        await foreach (var subscription in connection.Arm(tenant).ListSubscriptionsAsync(cancellationToken).ConfigureAwait(false))
        {
            if (subscription.SubscriptionId.Length > 0)
            {
                found.Add(new SubscriptionEntry(subscription.SubscriptionId, tenant ?? subscription.TenantId ?? string.Empty, subscription.DisplayName, subscription.State));
            }
        }

        return found;
    }

    // A subscription delegated to another tenant shows up in both; the first one read opens it.
    private static List<SubscriptionEntry> Merge(IEnumerable<IReadOnlyList<SubscriptionEntry>> lists)
        => [.. lists.SelectMany(list => list)
            .DistinctBy(entry => entry.SubscriptionId, StringComparer.OrdinalIgnoreCase)
            .OrderBy(entry => entry.Name, StringComparer.OrdinalIgnoreCase).ThenBy(entry => entry.SubscriptionId, StringComparer.Ordinal)];
}
