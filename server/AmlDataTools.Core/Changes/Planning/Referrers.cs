using AmlDataTools.Azure;
using AmlDataTools.Core.Changes.References;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.Changes.Planning;

/// <summary>Asks of a plan's workspaces who refers to what is in it.</summary>
internal sealed class Referrers(AzureConnection connection, ResourceLister lister)
{
    /// <summary>Notes on the places who shares them.</summary>
    /// <param name="context">The plan.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>Records to which somebody outside the plan refers, and those with which something outside it works.</returns>
    public async Task<(IReadOnlySet<PlannedRecord> Referred, IReadOnlySet<PlannedRecord> AtWork)> ScanAsync(PlanContext context, CancellationToken cancellationToken)
    {
        var (referred, atWork) = (new HashSet<PlannedRecord>(), new HashSet<PlannedRecord>());
        foreach (var workspace in context.Places.Where(p => p.Refused is null).Select(p => p.Workspace).Concat(context.Records.Select(r => r.Address.Workspace)).Distinct().ToList())
        {
            var scan = new ReferenceScan(connection, lister, context, workspace);
            await scan.RunAsync(cancellationToken).ConfigureAwait(false);
            referred.UnionWith(scan.Referred);
            atWork.UnionWith(scan.AtWork);
        }

        return (referred, atWork);
    }

    /// <summary>Leaves out of a plan what somebody refers to; whoever cannot be asked may.</summary>
    /// <param name="context">The plan, with the places of its data.</param>
    /// <param name="matched">What was found.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>What of it is left.</returns>
    /// <exception cref="ProblemException"><c>change.referencesUnread</c>: not everything could be read.</exception>
    public async Task<List<PlannedRecord>> LeaveOutAsync(PlanContext context, List<PlannedRecord> matched, CancellationToken cancellationToken)
    {
        // That others have the same code says nothing of a run: it is set aside for the question.
        var codes = context.Places.Where(place => place.CodeName is not null).ToList();
        context.Places.RemoveAll(place => place.CodeName is not null);
        var (referred, _) = await ScanAsync(context, cancellationToken).ConfigureAwait(false);
        context.Places.AddRange(codes);
        if (context.Unread.Count > 0)
        {
            throw new ProblemException(
                "change.referencesUnread", $"What nothing refers to cannot be told: not everything could be read ({string.Join(", ", context.Unread.Values.SelectMany(list => list))}). Ask for the role Reader on the workspace, or plan without \"unreferenced\".")
            {
                Actions = [ProblemAction.Retry, ProblemAction.SignIn],
            };
        }

        // With a version its container stays, which holds it; with a container its versions.
        var shared = context.Records.Where(record => referred.Contains(record) || record.After?.Any(referred.Contains) == true).ToHashSet();
        var leftOut = context.Records.Where(record => shared.Contains(record) || shared.Any(other => other.After?.Contains(record) == true)).ToHashSet();
        context.Remove(leftOut);
        foreach (var place in context.Places)
        {
            place.SharedBy = null;
            place.SharedCount = 0;
        }

        if (!context.TakesData)
        {
            context.Places.Clear();
        }

        return [.. matched.Where(record => !leftOut.Contains(record))];
    }
}
