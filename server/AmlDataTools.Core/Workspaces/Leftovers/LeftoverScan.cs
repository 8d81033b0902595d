using System.Collections.Concurrent;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Arm.Dependents;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Core.Workspaces.Leftovers;

/// <summary>
/// The resources of a subscription that no visible workspace or registry uses, by resource group, with what is asked once for all of
/// them. A hundred bytes a resource beside its id.
/// </summary>
internal sealed class LeftoverScan
{
    private const int SideBySide = 5;

    private readonly AzureConnection _connection;
    private readonly ConcurrentDictionary<string, WorkspacePresence> _presence = new(StringComparer.OrdinalIgnoreCase);
    private InsightsUse? _insights;

    private LeftoverScan(AzureConnection connection, string subscriptionId, string? tenantId, DependentUses uses, IReadOnlyDictionary<string, IReadOnlyList<ListedDependent>> groups, IReadOnlyList<string> unread)
    {
        (_connection, SubscriptionId, TenantId, Uses, Groups, Unread) = (connection, subscriptionId, tenantId, uses, groups, unread);
        Names = [.. groups.Keys.Order(StringComparer.OrdinalIgnoreCase)];
        IsOwnRead = !uses.Unread.Any(one => one.EndsWith(subscriptionId, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The subscription.</summary>
    public string SubscriptionId { get; }

    /// <summary>The tenant whose token opens it.</summary>
    public string? TenantId { get; }

    /// <summary>Who uses what.</summary>
    public DependentUses Uses { get; }

    /// <summary>The resources that nothing seen uses, by resource group.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<ListedDependent>> Groups { get; }

    /// <summary>The groups in order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Kinds that could not be listed: parts of a sentence.</summary>
    public IReadOnlyList<string> Unread { get; }

    /// <summary>Whether the workspaces and registries of this very subscription were read: if not, what is used cannot be told from what is not.</summary>
    public bool IsOwnRead { get; }

    /// <summary>Reads a subscription, or one resource group of it.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="subscriptionId">The subscription.</param>
    /// <param name="tenantId">The tenant whose token opens it.</param>
    /// <param name="resourceGroup">The group; null for all.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="AzureServiceException">No kind at all could be listed.</exception>
    public static async Task<LeftoverScan> ReadAsync(AzureConnection connection, string subscriptionId, string? tenantId, string? resourceGroup, CancellationToken cancellationToken)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = new DependentUsers(connection).ReadAsync(subscriptionId, tenantId, anyUse: true, leaving.Token);
        var found = new ConcurrentQueue<ListedDependent>();
        var unread = new ConcurrentQueue<(string Words, Exception Why)>();
        var kinds = Enum.GetValues<DependentKind>();
        try
        {
            await Parallel.ForEachAsync(kinds, new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = leaving.Token }, async (kind, stop) =>
            {
                try
                {
                    await foreach (var one in connection.ResourceLists(tenantId).ListAsync(subscriptionId, resourceGroup, kind, stop).ConfigureAwait(false))
                    {
                        // What another resource manages goes with that one.
                        if (one.ManagedBy is null)
                        {
                            found.Enqueue(one);
                        }
                    }
                }
                catch (AzureServiceException exception) when (resourceGroup is not null && exception.Status == 404 && !exception.HasCode("SubscriptionNotFound"))
                {
                    // The group is gone, and all that was in it.
                }
                catch (Exception exception) when (IsRefusal(exception))
                {
                    unread.Enqueue((Resources.ResourceCatalog.Of(Resources.DependentKinds.Of(kind)).Plural, exception));
                }
            }).ConfigureAwait(false);
            if (unread.Count == kinds.Length && unread.TryPeek(out var first))
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first.Why);
            }

            var uses = await reading.ConfigureAwait(false);
            var groups = found.Where(one => uses.Of(one.Ref).Count == 0)
                .GroupBy(one => one.Ref.ResourceGroup, StringComparer.OrdinalIgnoreCase)
                .ToDictionary(group => group.Key, IReadOnlyList<ListedDependent> (group) => [.. group.OrderBy(one => one.Ref.Kind).ThenBy(one => one.Ref.Name, StringComparer.OrdinalIgnoreCase)], StringComparer.OrdinalIgnoreCase);
            return new LeftoverScan(connection, subscriptionId, tenantId, uses, groups, [.. unread.Select(one => one.Words).Order(StringComparer.Ordinal)]);
        }
        catch
        {
            await leaving.CancelAsync().ConfigureAwait(false);
            await Task.WhenAny(reading).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Whether an error says that something may not be, or cannot be read, and not that everything stops.</summary>
    /// <param name="exception">The error.</param>
    public static bool IsRefusal(Exception exception) => exception is ForeignHostException or InvalidDataException || exception is AzureServiceException { Status: not 401 };

    /// <summary>Whether a workspace is among those that were read.</summary>
    /// <param name="workspace">Which.</param>
    public bool IsSeen(WorkspaceRef workspace) => Uses.Workspaces.Any(one => one.ResourceId.Equals(workspace.ResourceId, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a workspace is still there; the answer is kept.</summary>
    /// <param name="workspace">Which.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    public async Task<WorkspacePresence> PresenceAsync(WorkspaceRef workspace, CancellationToken cancellationToken)
    {
        if (IsSeen(workspace))
        {
            return WorkspacePresence.There;
        }

        if (!_presence.TryGetValue(workspace.ResourceId, out var known))
        {
            known = await AskAsync(workspace, cancellationToken).ConfigureAwait(false);
            _presence[workspace.ResourceId] = known;
        }

        return known;
    }

    /// <summary>Which Application Insights write to which Log Analytics workspaces; the answer is kept.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<InsightsUse> InsightsAsync(CancellationToken cancellationToken)
    {
        // Only what was read to its end is kept: who waits for another's reading would share its cancellation.
        return _insights ??= await InsightsUse.ReadAsync(_connection, SubscriptionId, TenantId, cancellationToken).ConfigureAwait(false);
    }

    private async Task<WorkspacePresence> AskAsync(WorkspaceRef workspace, CancellationToken cancellationToken)
    {
        try
        {
            await _connection.Arm(workspace.TenantId).GetWorkspaceAsync(workspace, cancellationToken).ConfigureAwait(false);
            return WorkspacePresence.There;
        }
        catch (AzureServiceException exception) when (exception.Status is 404 or 410 && !exception.HasCode("SubscriptionNotFound"))
        {
            return WorkspacePresence.Gone;
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
            return WorkspacePresence.Unknown;
        }
    }
}

/// <summary>Whether a workspace is there.</summary>
internal enum WorkspacePresence
{
    /// <summary>It is.</summary>
    There,

    /// <summary>It is not; the service may still keep it, to be recovered.</summary>
    Gone,

    /// <summary>That could not be read.</summary>
    Unknown,
}

/// <summary>Which Application Insights of a subscription write to which Log Analytics workspaces.</summary>
/// <param name="LogsOf">By the id of the Application Insights.</param>
/// <param name="IsRead">Whether they could be listed.</param>
internal sealed record InsightsUse(IReadOnlyDictionary<string, DependentRef> LogsOf, bool IsRead)
{
    /// <summary>Reads them.</summary>
    public static async Task<InsightsUse> ReadAsync(AzureConnection connection, string subscriptionId, string? tenantId, CancellationToken cancellationToken)
    {
        var logs = new Dictionary<string, DependentRef>(StringComparer.OrdinalIgnoreCase);
        try
        {
            await foreach (var (id, of) in connection.ResourceLists(tenantId).ListInsightsAsync(subscriptionId, cancellationToken).ConfigureAwait(false))
            {
                if (of is not null)
                {
                    logs[id] = of;
                }
            }

            return new InsightsUse(logs, IsRead: true);
        }
        catch (Exception exception) when (LeftoverScan.IsRefusal(exception))
        {
            return new InsightsUse(logs, IsRead: false);
        }
    }

    /// <summary>The Application Insights that write to a Log Analytics workspace.</summary>
    /// <param name="logs">The Log Analytics workspace.</param>
    public IEnumerable<string> WritersOf(DependentRef logs) => LogsOf.Where(one => one.Value == logs).Select(one => one.Key);
}
