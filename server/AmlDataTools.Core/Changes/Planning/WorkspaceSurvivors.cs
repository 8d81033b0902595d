using AmlDataTools.Azure.Arm.Dependents;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.Changes.Planning;

/// <summary>What remains of a workspace that is deleted, and of what it used, in words. Days as Microsoft's documentation of each service tells them.</summary>
internal static class WorkspaceSurvivors
{
    /// <summary>Days for which the service keeps a workspace that was not deleted permanently.</summary>
    public const int WorkspaceDays = 14;

    private const int LogDays = 14;

    /// <summary>The lines of a plan; none when it deletes no workspace and nothing that one uses.</summary>
    public static IEnumerable<string> Of(PlanContext context)
    {
        foreach (var (workspace, planned) in context.Workspaces)
        {
            if (!context.Records.Exists(r => r.Address.Kind == ResourceKind.Workspace && r.Address.Workspace == workspace && r.IsDone))
            {
                continue;
            }

            yield return (context.Choices.Permanently, planned.Document.HasOnlyAssignedIdentity) switch
            {
                (true, _) => $"Nothing of {workspace.Name} itself is kept: it is deleted for good.",
                (_, true) => $"Nothing of {workspace.Name} itself is kept: it has only identities assigned by users, and such a workspace is not kept.",
                _ => $"{workspace.Name} is kept by the service for {WorkspaceDays} days, until {Sizes.Day(context.Now.AddDays(WorkspaceDays))}: runs, models, data, environments, components, notebooks, pipelines and datastores can be recovered in the portal (Azure Machine Learning, recently deleted); its name cannot be used again before, unless it is purged there.",
            };
            yield return $"What is not ticked of the resources that {workspace.Name} uses stays, with its data and its costs.";
            if (planned.OtherStores.Count > 0)
            {
                yield return $"Data in storage that is not the workspace's own stays: {string.Join(", ", planned.OtherStores.Take(10))}{(planned.OtherStores.Count > 10 ? ", ..." : string.Empty)}.";
            }
        }

        foreach (var record in context.Records.Where(r => r is { Rank: RecordRank.Dependent, IsDone: true, IsOffered: false }))
        {
            if (Kept(record, context.Now) is { } kept)
            {
                yield return kept;
            }
        }
    }

    /// <summary>What is kept of a resource once it is deleted; null for nothing.</summary>
    /// <param name="record">The resource.</param>
    /// <param name="now">When the plan is made.</param>
    public static string? Kept(PlannedRecord record, DateTimeOffset now) => record.Address.Kind switch
    {
        ResourceKind.KeyVault when record.PurgedIn is null || record.PurgeRefused is not null =>
            $"The key vault {record.Label}, once deleted, is kept for the days it was set up with (90 by default), and its name with it.",
        ResourceKind.LogAnalytics when !record.Permanently => $"The Log Analytics workspace {record.Label}, once deleted, is kept for {LogDays} days, until {Sizes.Day(now.AddDays(LogDays))}.",
        ResourceKind.StorageAccount => $"The storage account {record.Label}, once deleted, may be recoverable in the portal for 14 days, if nobody takes its name.",
        _ => null,
    };
}
