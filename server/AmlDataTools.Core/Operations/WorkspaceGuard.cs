using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.Operations;

/// <summary>Keeps exports of a workspace and its deletion apart: nothing is deleted of what is being read.</summary>
internal static class WorkspaceGuard
{
    /// <summary>Refuses what another operation under way, of this or another window, stands against.</summary>
    /// <param name="plan">What is about to be carried out.</param>
    /// <param name="operations">The operations on record.</param>
    /// <exception cref="ProblemException"><c>workspace.exportRunning</c>, <c>workspace.beingDeleted</c>.</exception>
    public static void Check(OperationPlan plan, IEnumerable<OperationView> operations)
    {
        var reads = plan.Verb is OperationVerb.Export or OperationVerb.Copy;
        if (!reads && plan.Deletes.Count == 0)
        {
            return;
        }

        var own = reads ? Read(plan) : Deleted(plan);
        foreach (var other in operations.Where(view => view.Owner != OperationOwner.None && view.Plan.Id != plan.Id))
        {
            var otherReads = other.Plan.Verb is OperationVerb.Export or OperationVerb.Copy;
            if (otherReads == reads || (otherReads ? Read(other.Plan) : Deleted(other.Plan)).FirstOrDefault(own.Contains) is not { } both)
            {
                continue;
            }

            var name = both[(both.LastIndexOf('/') + 1)..];
            throw reads
                ? new ProblemException("workspace.beingDeleted", $"{name}, or what it uses, is being deleted (\"{other.Plan.Title}\"), so nothing is read from it now. Wait for the end of that operation.") { Target = other.Plan.Id, Actions = [ProblemAction.Retry] }
                : new ProblemException("workspace.exportRunning", $"\"{other.Plan.Title}\" still reads from {name}. Nothing is deleted meanwhile: wait until it has ended, or cancel it in Operations.") { Target = other.Plan.Id, Actions = [ProblemAction.Retry] };
        }
    }

    private static HashSet<string> Read(OperationPlan plan) => Ids(plan.Sources.Values);

    private static HashSet<string> Deleted(OperationPlan plan) => Ids(plan.Deletes.Select(deleted => deleted.Place));

    private static HashSet<string> Ids(IEnumerable<SourceInfo> sources) =>
        sources.Where(source => source.Registry is null).Select(source => source.Place.ResourceId).ToHashSet(StringComparer.OrdinalIgnoreCase);
}
