using AmlDataTools.Core.Changes;
using AmlDataTools.Core.Changes.Planning;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.PersonalData.Erase;

/// <summary>What remains of a person after an erasure, in words.</summary>
internal static class EraseSurvivors
{
    /// <summary>The lines of a plan.</summary>
    /// <param name="context">The plan, with all its records.</param>
    /// <param name="retentions">What the accounts keep.</param>
    public static IEnumerable<string> Of(PlanContext context, IReadOnlyList<Retention> retentions)
    {
        var stays = context.Records.Count(record => !IsDeleted(record) && record.Stays is not null);
        if (stays > 0)
        {
            yield return $"What the services do not change stays in {Sizes.Count(stays, "thing")} that {(stays == 1 ? "is" : "are")} not deleted, such as who made or changed {(stays == 1 ? "it" : "them")}: until {(stays == 1 ? "it is" : "they are")} deleted, or the workspace is. Each item says what.";
        }

        foreach (var line in PlanSummary.Survivors(context, retentions))
        {
            yield return line;
        }

        yield return "What this search found, the person's name among it, stays on this machine until the search is discarded; so do exports, and receipts of other operations.";
        yield return "Copies outside the workspace, backups, logs in Application Insights and Log Analytics, and the tenant's own directory are not reached from here.";
    }

    private static bool IsDeleted(PlannedRecord record) =>
        record is { IsDone: true, IsOffered: false, Action: ChangeAction.Delete or ChangeAction.Unregister or ChangeAction.Detach } && ResourceCatalog.Of(record.Address.Kind).Removal != RecordRemoval.DeleteMayBeRefused;
}
