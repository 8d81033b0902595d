using AmlDataTools.Azure;
using AmlDataTools.Core.Export;
using AmlDataTools.Core.Operations;

namespace AmlDataTools.Core.Changes.Planning;

/// <summary>What the operations on record say of exports of a workspace that is about to be deleted.</summary>
internal sealed class ExportsBefore(OperationStore store)
{
    private const int Told = 3;

    /// <summary>Warnings for the plan: what was exported when and to where, with its receipt; or that nothing was.</summary>
    /// <param name="workspace">The workspace.</param>
    public IReadOnlyList<PlanWarning> Of(WorkspaceRef workspace)
    {
        var warnings = new List<PlanWarning>();
        var taken = WorkspaceParts.None;
        foreach (var id in store.Ids())
        {
            if (store.Find(id) is not { Plan.Whole: { } whole, Destination: { } to } found
                || found.Status.State is not (OperationState.Succeeded or OperationState.SucceededWithWarnings)
                || !whole.Workspaces.Contains(workspace.ResourceId, StringComparer.OrdinalIgnoreCase))
            {
                continue;
            }

            taken = taken.With(whole.Parts);
            if (warnings.Count < Told)
            {
                warnings.Add(Line(id, whole.Parts, new OperationView(found.Plan, to, found.Status, OperationOwner.None)));
            }
        }

        if (warnings.Count == 0)
        {
            return [new PlanWarning("workspace.notExported", $"No finished export of {workspace.Name} is on the list of operations: what it holds is lost with it. \"Export First...\" takes models, runs, notebooks, data and the record.", 1)];
        }

        if (taken.InWords(taken: false) is { Length: > 0 } missing)
        {
            warnings.Add(new PlanWarning("workspace.partsNotExported", $"Not exported of {workspace.Name}: {missing}.", 1));
        }

        return warnings;
    }

    private PlanWarning Line(string id, WorkspaceParts parts, OperationView view)
    {
        var place = view.Folder ?? string.Empty;
        var inExport = Path.Combine(place, ReceiptNames.Markdown);
        var receipt = File.Exists(inExport) ? inExport : store.ReceiptOf(id).Markdown;
        var at = Sizes.Moment(view.Status.FinishedAt ?? view.Status.StartedAt);
        var text = $"Exported at {at} to {place}: {parts.InWords()} ({Sizes.Count(view.Status.Done, "item")}, {Sizes.Text(view.Status.BytesDone)}). Receipt: {receipt}.";
        if (view.Status.Failed > 0)
        {
            text += $" {Sizes.Count(view.Status.Failed, "item")} could not be fetched; the receipt names {(view.Status.Failed == 1 ? "it" : "them")}.";
        }

        return File.Exists(place) || Directory.Exists(place)
            ? new PlanWarning("workspace.exported", text, view.Status.Done)
            : new PlanWarning("workspace.exportMoved", $"{text} It is not there any more.", view.Status.Done);
    }
}
