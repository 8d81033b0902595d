using System.Globalization;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.Changes.Planning;

/// <summary>A plan in words: its title, what to know before starting, what will remain.</summary>
internal static class PlanSummary
{
    /// <summary>The title: <c>Delete 14 runs</c>, <c>Archive credit-scoring</c>.</summary>
    public static string Title(OperationVerb verb, IReadOnlyList<NodeTarget> targets, IReadOnlyList<PlannedRecord> chosen)
    {
        if (chosen.Count == 0 && targets is [FolderTarget or FileTarget or NamedOutputTarget])
        {
            return $"{verb} {NameOf(targets[0])}";
        }

        return chosen switch
        {
            [var only] when targets.All(t => t is not (FolderTarget or FileTarget or NamedOutputTarget)) => $"{verb} {only.Label}",
            _ when chosen.Count > 0 && targets.All(t => t is not (FolderTarget or FileTarget or NamedOutputTarget)) && chosen.All(r => r.Address.Kind == chosen[0].Address.Kind) =>
                string.Create(CultureInfo.InvariantCulture, $"{verb} {chosen.Count:N0} {(chosen.Count == 1 ? ResourceCatalog.Of(chosen[0].Address.Kind).Singular : ResourceCatalog.Of(chosen[0].Address.Kind).Plural)}"),
            _ when targets.All(t => t is LeftoverTarget) => $"{verb} {Sizes.Count(targets.Count, "leftover resource")}",
            _ => $"{verb} {Sizes.Count(Math.Max(targets.Count, chosen.Count), "selected item")}",
        };
    }

    /// <summary>The title of what a retention rule asks for: <c>Rule "Old runs": delete 14 runs</c>.</summary>
    public static string Title(PlanContext context, IReadOnlyList<NodeTarget> targets, IReadOnlyList<PlannedRecord> chosen)
    {
        var title = context.DataOnly ? $"Delete the data of {Sizes.Count(chosen.Count, "run")}" : Title(context.Verb, targets, chosen);
        return context.Rule is { } rule ? $"Rule \"{rule.Name}\": {char.ToLowerInvariant(title[0])}{title[1..]}" : title;
    }

    /// <summary>The name to type where one is demanded: that of the only thing chosen.</summary>
    public static string? NameToType(IReadOnlyList<NodeTarget> targets, IReadOnlyList<PlannedRecord> chosen, bool filtered) =>
        filtered || targets.Count != 1 ? null : chosen is [var only] ? (only.Address.Kind == ResourceKind.Run ? only.Label : only.Address.Text) : NameOf(targets[0]);

    /// <summary>Sets the warnings.</summary>
    public static void Warn(PlanContext context)
    {
        var records = context.Records;
        var places = context.Places;
        Func<long, string> runs = n => $"{Sizes.Count(n, "run")} {(n == 1 ? "has" : "have")} not ended{(context.Verb == OperationVerb.Delete ? " and cannot be deleted: cancel first." : ": it goes on.")}";
        context.Warn("run.stillRunning", records.Count(r => r.Address.Kind == ResourceKind.Run && (r.Refused?.Contains("cancel it first", StringComparison.Ordinal) == true || r.Note?.EndsWith("goes on.", StringComparison.Ordinal) == true)), runs);
        context.Warn("record.refused", records.Count(r => r.Refused is not null), n => $"{Sizes.Count(n, "item")} cannot be done: each says why.");
        var locks = records.Select(r => r.LockedBy).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        context.Warn("record.locked", records.Count(r => r.LockedBy is not null), n => $"{Sizes.Count(n, "item")} {(n == 1 ? "stays" : "stay")} because of {LockMap.Several(locks)}.");
        context.Warn("record.gone", records.Count(r => r is { IsGone: true, Refused: null }), n => $"{Sizes.Count(n, "item")} {(n == 1 ? "is" : "are")} gone already, and {(n == 1 ? "counts" : "count")} as done.");
        context.Warn("record.nothingToErase", context.Hidden is null ? 0 : records.Count(r => r.Refused is null && r.Action == ChangeAction.Keep && r.Clearings.Count == 0), n => $"In {Sizes.Count(n, "found thing")} nothing can be erased by itself: each says why.");
        context.Warn("record.nothingToDo", context.Hidden is not null ? 0 : records.Count(r => r.Refused is null && r.Action == ChangeAction.Keep), n => $"{Sizes.Count(n, "item")} {(n == 1 ? "is" : "are")} that already: nothing is done with {(n == 1 ? "it" : "them")}.");
        context.Warn("data.shared", places.Count(p => p.SharedCount > 0 && p.Listing is { IsEmpty: false }), n => $"The data in {Sizes.Count(n, "place")} is used by others and kept, unless you tick it.");
        context.Warn("data.referencesUnread", context.Unread.Values.Sum(list => list.Count), n => $"Not everything that may refer to the data could be read ({string.Join(", ", context.Unread.Values.SelectMany(list => list).Take(5))}): the data is kept, unless you tick it.");
        context.Warn("data.unreadable", places.Count(p => p.Refused is not null), n => $"The data in {Sizes.Count(n, "place")} cannot be deleted here: each says why.");
        context.Warn("blobs.leased", places.Sum(p => p.Listing?.Leased ?? 0), n => $"{Sizes.Count(n, "blob")} {(n == 1 ? "has a lease" : "have leases")}: not deleted while somebody holds {(n == 1 ? "it" : "them")}.");
        context.Warn("blobs.protected", places.Sum(p => p.Listing?.Protected ?? 0), n => $"{Sizes.Count(n, "blob")} {(n == 1 ? "is" : "are")} protected by a policy or a legal hold and kept.");
        context.Warn("run.hasChildren", context.HasChildRuns ? 1 : 0, _ => context.Hidden is null
            ? "Runs below the chosen ones are not part of this; with \"child runs\" they are."
            : "Runs below the chosen ones are part of this only where they name the person themselves.");
        context.Warn(
            "step.reused", records.Count(r => r.ReusedRunId is not null && r.Action == ChangeAction.Delete), n => $"{Sizes.Count(n, "step")} reused earlier results: that data belongs to the original run and is not touched.");
    }

    /// <summary>What will remain although one might expect it gone.</summary>
    public static IReadOnlyList<string> Survivors(PlanContext context, IReadOnlyList<Retention> retentions)
    {
        if (context.Verb is not (OperationVerb.Delete or OperationVerb.Unregister))
        {
            return [];
        }

        var lines = new List<string>();
        foreach (var retention in retentions)
        {
            if (retention.Share is { } share)
            {
                lines.Add(InShare(retention, share));
                continue;
            }

            lines.Add(SoftDelete(retention, context.Now));
            if (retention.Versioning is null or true)
            {
                lines.Add(retention.Versioning is null
                    ? $"Whether the account {retention.Account} keeps former versions of blobs could not be read."
                    : context.Choices.IncludeVersionsAndSnapshots
                        ? $"The account {retention.Account} keeps former versions of blobs; those that are there now are deleted too."
                        : $"The account {retention.Account} keeps former versions of blobs: what is deleted stays there as a version until that is deleted.");
            }

            if (retention.Immutability is { } words)
            {
                lines.Add($"{retention.Account}: {words}");
            }
        }

        var gone = context.Records.Where(r => r.IsDone).ToList();
        lines.AddRange(WorkspaceSurvivors.Of(context));
        if (gone.Any(r => r.Address.Kind == ResourceKind.Run))
        {
            lines.Add("Traces that runs sent to Application Insights, and container images built for them, stay.");
            if (context.HasChildRuns)
            {
                lines.Add("The history and data of runs below the chosen ones stay.");
            }

            if (!context.TakesData)
            {
                lines.Add("Outputs, logs and named outputs of the runs are not part of this plan; the service may remove some of them with the run.");
            }
        }

        if (gone.Any(r => r.Address.Kind is ResourceKind.Environment or ResourceKind.EnvironmentVersion && r.Action == ChangeAction.Delete))
        {
            lines.Add("Container images built from the environments stay in the registry.");
        }

        if (gone.Any(r => r.Address.Kind is ResourceKind.DataAsset or ResourceKind.DataVersion))
        {
            lines.Add("The records of data assets stay, archived: the service deletes none.");
        }

        if (!context.TakesData && gone.Any(r => r.Address.Kind is ResourceKind.Model or ResourceKind.ModelVersion or ResourceKind.Dataset or ResourceKind.DataAsset or ResourceKind.DataVersion))
        {
            lines.Add("The files themselves stay in storage: their data is not part of this plan.");
        }

        if (context.DataOnly)
        {
            lines.Add("The runs themselves stay, with their metrics, parameters, tags and code: only their files go.");
        }

        if (gone.Any(r => r.Action is ChangeAction.Delete or ChangeAction.Detach or ChangeAction.Unregister && ResourcePlaces.ResourceIdOf(r.Address, r.ServiceId) is not null))
        {
            lines.Add($"The subscription's Activity Log keeps who deleted what for 90 days: until {Date(context.Now.AddDays(90))}.");
        }

        return lines;
    }

    private static string SoftDelete(Retention retention, DateTimeOffset now) => retention.SoftDeleteDays switch
    {
        null => $"Whether the account {retention.Account} keeps deleted blobs for a time could not be read.",
        0 => $"The account {retention.Account} keeps no deleted blobs: what is deleted there is gone for good.",
        { } days => KeptUntil.Planned(retention.Account, days, now),
    };

    /// <summary>Soft delete of Azure Files is that of whole shares; only snapshots hold single files.</summary>
    private static string InShare(Retention retention, string share) => retention.ShareSnapshots switch
    {
        null => $"Files deleted in the share {share} of {retention.Account} are gone for good, unless it has snapshots: whether it has any could not be read.",
        0 => $"The share {share} of {retention.Account} has no snapshots: files deleted there are gone for good.",
        { } count => $"The share {share} of {retention.Account} has {Sizes.Count(count, "snapshot")}: what is deleted stays in {(count == 1 ? "it" : "them")}, and can be copied back from there, until {(count == 1 ? "it is" : "they are")} deleted. Otherwise it is gone for good.",
    };

    private static string Date(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string NameOf(NodeTarget target) => target switch
    {
        FolderTarget folder => LastSegment(folder.Location.Path),
        FileTarget file => LastSegment(file.Location.Path),
        NamedOutputTarget output => output.Name,
        ExperimentTarget experiment => experiment.Name,
        ResourceTarget resource => resource.Resource.Text,
        RunTarget run => run.RunId,
        WorkspaceTarget workspace => workspace.Workspace.Name,
        LeftoverTarget leftover => ChangeTargets.NameOf(leftover),
        _ => "selected item",
    };

    private static string LastSegment(string path)
    {
        var trimmed = path.TrimEnd('/');
        return trimmed[(trimmed.LastIndexOf('/') + 1)..];
    }
}
