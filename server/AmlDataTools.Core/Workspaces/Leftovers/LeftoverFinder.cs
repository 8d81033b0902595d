using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Arm.Dependents;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Explorer;

namespace AmlDataTools.Core.Workspaces.Leftovers;

/// <summary>
/// Finds which resources are left over from workspaces that are gone. What nothing says so of is left out, and so is what
/// anything says is used: rather overlook one than offer one that is needed.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="deleted">Tells the workspaces whose deletion was begun with this product, newest first.</param>
/// <param name="clock">The time.</param>
internal sealed class LeftoverFinder(AzureConnection connection, Func<IReadOnlyList<WorkspaceUse>> deleted, TimeProvider clock)
{
    /// <summary>Storage accounts of one group whose containers are listed, at most.</summary>
    private const int MaxAccounts = 200;

    private const int SideBySide = 8;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(14);

    /// <summary>Reads a subscription, or one resource group of it; nothing is judged yet.</summary>
    public Task<LeftoverScan> ScanAsync(string subscriptionId, string? tenantId, string? resourceGroup, CancellationToken cancellationToken) =>
        LeftoverScan.ReadAsync(connection, subscriptionId, tenantId, resourceGroup, cancellationToken);

    /// <summary>Judges the resources of a group. One request for its deployments, one for each storage account, one for each workspace that is named.</summary>
    /// <param name="scan">What was read.</param>
    /// <param name="group">The group.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<LeftoverGroup> FindAsync(LeftoverScan scan, string group, CancellationToken cancellationToken)
    {
        var judging = new LeftoverJudging(scan, group, scan.Groups.GetValueOrDefault(group) ?? [], cancellationToken);
        if (judging.Candidates.Count == 0)
        {
            return new LeftoverGroup(group, [], []);
        }

        await ByHistoryAsync(judging).ConfigureAwait(false);
        await ByDeploymentsAsync(judging).ConfigureAwait(false);
        await ByContainersAsync(judging).ConfigureAwait(false);
        ByNames(judging);
        await ByInsightsAsync(judging).ConfigureAwait(false);
        return judging.Result();
    }

    /// <summary>What this product itself read of a workspace before it deleted it.</summary>
    private async Task ByHistoryAsync(LeftoverJudging judging)
    {
        foreach (var use in deleted())
        {
            foreach (var candidate in judging.Candidates.Where(one => use.ResourceIds.Contains(one.Ref.ResourceId, StringComparer.OrdinalIgnoreCase)))
            {
                if (WorkspaceRef.FromResourceId(use.Workspace, use.TenantId ?? judging.Scan.TenantId) is not { } workspace)
                {
                    continue;
                }

                var at = DateTimeOffset.FromUnixTimeMilliseconds(use.At);
                if (judging.Scan.IsSeen(workspace))
                {
                    // What is there now was read, and does not name the resource: else it would be no candidate.
                    judging.Add(candidate, new LeftoverProof(false, $"Likely: the workspace {workspace.Name} used it on {HumanText.Moment(at)}, when it was to be deleted from here; the workspace of that name that is there now does not.", workspace) { IsForGood = true });
                }
                else if (await judging.IsGoneAsync(workspace, candidate).ConfigureAwait(false))
                {
                    var isForGood = use.IsDone && (use.Permanently || at + Kept < clock.GetUtcNow());
                    judging.Add(candidate, new LeftoverProof(true, $"The workspace {workspace.Name}, which is gone, used it: that was read on {HumanText.Moment(at)}, when the workspace was to be deleted from here.", workspace)
                    {
                        IsForGood = isForGood,
                        RecoverableUntil = use.IsDone && !isForGood ? at + Kept : null,
                    });
                }
            }
        }
    }

    private async Task ByDeploymentsAsync(LeftoverJudging judging)
    {
        var byResource = judging.Candidates.ToDictionary(one => one.Ref);
        var links = new List<(ListedDependent Candidate, DeploymentLink Link)>();
        try
        {
            judging.Requests++;
            await foreach (var deployment in connection.ResourceLists(judging.Scan.TenantId).ListDeploymentsAsync(judging.Scan.SubscriptionId, judging.Group, judging.Stop).ConfigureAwait(false))
            {
                foreach (var (resource, link) in DeploymentProofs.Read(deployment, judging.Scan.TenantId))
                {
                    if (byResource.TryGetValue(resource, out var candidate))
                    {
                        links.Add((candidate, link));
                    }
                }
            }
        }
        catch (AzureServiceException exception) when (exception.Status == 404)
        {
            return;
        }
        catch (Exception exception) when (LeftoverScan.IsRefusal(exception))
        {
            judging.NotRead("what was deployed to it");
        }

        foreach (var (candidate, link) in links.OrderByDescending(one => one.Link.IsNeeded).ThenByDescending(one => one.Link.At))
        {
            if (!await judging.IsGoneAsync(link.Workspace, candidate).ConfigureAwait(false))
            {
                continue;
            }

            var at = link.At is { } moment ? $" of {HumanText.Moment(moment)}" : string.Empty;
            judging.Add(candidate, link.IsNeeded
                ? new LeftoverProof(true, $"It was made for the workspace {link.Workspace.Name}, which is gone: the deployment {link.Deployment}{at} says that the workspace depends on it.", link.Workspace)
                : new LeftoverProof(false, $"Likely: the deployment {link.Deployment}{at} made it together with the workspace {link.Workspace.Name}, which is gone.", link.Workspace));
        }
    }

    private async Task ByContainersAsync(LeftoverJudging judging)
    {
        var accounts = judging.Candidates.Where(one => one.Ref.Kind == DependentKind.StorageAccount).ToList();
        if (accounts.Count > MaxAccounts)
        {
            judging.NotRead($"the containers of {accounts.Count - MaxAccounts:N0} more storage accounts");
        }

        var read = new AccountContainers?[Math.Min(accounts.Count, MaxAccounts)];
        await Parallel.ForAsync(0, read.Length, new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = judging.Stop }, async (index, stop) =>
        {
            try
            {
                var names = new List<string>();
                await foreach (var name in connection.StorageAccount(accounts[index].Ref.ResourceId, judging.Scan.TenantId).ListContainersAsync(stop).ConfigureAwait(false))
                {
                    names.Add(name);
                }

                read[index] = AccountContainers.Of(names);
            }
            catch (AzureServiceException exception) when (exception.Status is 404)
            {
                // It is going, or is of a kind without blobs.
                read[index] = AccountContainers.Of([]);
            }
            catch (Exception exception) when (LeftoverScan.IsRefusal(exception))
            {
                read[index] = null;
            }
        }).ConfigureAwait(false);
        judging.Requests += read.Length;
        for (var index = 0; index < read.Length; index++)
        {
            judging.Weigh(accounts[index], read[index]);
        }
    }

    private static void ByNames(LeftoverJudging judging)
    {
        foreach (var account in judging.Candidates.Where(one => one.Ref.Kind == DependentKind.StorageAccount).ToList())
        {
            if (judging.ProofOf(account) is not { } proof)
            {
                continue;
            }

            foreach (var other in judging.Candidates.Where(one => judging.Scan.IsOwnRead && one != account && judging.ProofOf(one) is null && NameProofs.AreOfOne(account, one)))
            {
                judging.Add(other, proof with
                {
                    IsCertain = false,
                    Reason = $"Likely: it was made with the storage account {account.Ref.Name}, by their names and times. Of that: {proof.Reason}",
                });
            }
        }
    }

    /// <summary>Log Analytics: found by the insights that write to it, and left out when other insights do too.</summary>
    private async Task ByInsightsAsync(LeftoverJudging judging)
    {
        var logs = judging.Candidates.Where(one => one.Ref.Kind == DependentKind.LogAnalytics).ToList();
        var insights = judging.Candidates.Where(one => one.Ref.Kind == DependentKind.ApplicationInsights && judging.ProofOf(one) is not null).ToList();
        if (logs.Count == 0 || (insights.Count == 0 && logs.TrueForAll(one => judging.ProofOf(one) is null)))
        {
            return;
        }

        judging.Requests++;
        var use = await judging.Scan.InsightsAsync(judging.Stop).ConfigureAwait(false);
        if (!use.IsRead)
        {
            judging.NotRead("which Application Insights write to its Log Analytics workspaces");
        }

        foreach (var candidate in logs)
        {
            var writer = insights.Find(one => use.LogsOf.GetValueOrDefault(one.Ref.ResourceId) == candidate.Ref);
            if (writer is not null && judging.ProofOf(writer) is { } proof)
            {
                judging.Add(candidate, proof with { IsCertain = false, Reason = $"Likely: the Application Insights {writer.Ref.Name} writes to it. Of that: {proof.Reason}" });
            }

            var others = use.WritersOf(candidate.Ref).Where(id => !insights.Exists(one => one.Ref.ResourceId.Equals(id, StringComparison.OrdinalIgnoreCase)));
            if (!use.IsRead || others.Any() || candidate.Ref.Name.StartsWith("DefaultWorkspace-", StringComparison.OrdinalIgnoreCase))
            {
                // What Azure makes for a whole region, or others write to, is nobody's leftover.
                judging.Block(candidate);
            }
        }
    }
}
