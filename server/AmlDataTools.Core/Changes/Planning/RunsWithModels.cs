using AmlDataTools.Azure;
using AmlDataTools.Core.Changes.References;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Runs;

namespace AmlDataTools.Core.Changes.Planning;

/// <summary>
/// Leaves runs with registered models out of a plan. A run counts as having one when the model names it, or lies in its folders
/// or named outputs, or when that holds of a run below it: a family stays as a whole.
/// </summary>
internal sealed class RunsWithModels(AzureConnection connection, ResourceLister lister)
{
    private readonly Dictionary<WorkspaceRef, ModelPlaces> _read = [];

    /// <summary>The models of a workspace, read once for a plan.</summary>
    /// <param name="context">The plan.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="Problems.ProblemException"><c>change.modelsUnread</c>.</exception>
    public async Task<ModelPlaces> OfAsync(PlanContext context, WorkspaceRef workspace, CancellationToken cancellationToken)
    {
        if (!_read.TryGetValue(workspace, out var models))
        {
            _read[workspace] = models = await ModelPlaces.ReadAsync(connection, lister, context, workspace, cancellationToken).ConfigureAwait(false);
        }

        return models;
    }

    /// <summary>Leaves them out.</summary>
    /// <param name="context">The plan, with the places of its runs.</param>
    /// <param name="matched">What was found.</param>
    /// <returns>What of it is left.</returns>
    public List<PlannedRecord> LeaveOut(PlanContext context, List<PlannedRecord> matched)
    {
        var having = context.Records.Where(record => _read.TryGetValue(record.Address.Workspace, out var models) && models.Has(record.Address.Name)).ToHashSet();
        foreach (var place in context.Places.Where(place => place is { Refused: null, CodeName: null } && _read.Values.Any(models => models.Touch(place.Where))))
        {
            having.UnionWith(place.Owner is { } owner ? place.Others.Prepend(owner) : place.Others);
        }

        var roots = having.Select(Root).ToHashSet();
        var leftOut = context.Records.Where(record => roots.Contains(Root(record))).ToHashSet();
        context.Remove(leftOut);
        if (!context.TakesData)
        {
            context.Places.Clear();
        }

        var left = matched.Where(record => !leftOut.Contains(record)).ToList();
        context.Warn(
            "run.hasModel", matched.Count - left.Count, n => $"{Sizes.Count(n, "run")} {(n == 1 ? "is" : "are")} left out: a registered model came from {(n == 1 ? "it" : "them")}, from a run below, or lies in the outputs.");
        return left;

        (WorkspaceRef Workspace, string RunId) Root(PlannedRecord record)
        {
            var at = record.Address.Name;
            for (var depth = 0; depth < RunReader.MaxDepth && context.Parents.TryGetValue(at, out var parent) && context.Find(record.Address with { Name = parent }) is not null; depth++)
            {
                at = parent;
            }

            return (record.Address.Workspace, at);
        }
    }
}
