using AmlDataTools.Core;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Rpc;
using Model = AmlDataTools.Core.Operations;

namespace AmlDataTools.Server.Features.Operations;

/// <summary>Operations of the product as they stand on the wire.</summary>
internal static class OperationMapping
{
    /// <summary>A plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="review">What the items ticked by default amount to; null for an export.</param>
    public static PlanResult ToPlan(Model.OperationPlan plan, PlanReview? review) => new(
        plan.Id,
        WireEnum.To<Model.OperationVerb, OperationVerb>(plan.Verb),
        plan.Title,
        plan.Items,
        plan.Bytes,
        [.. plan.Warnings.Select(ToWarning)],
        plan.Survivors,
        review?.Confirmation ?? ConfirmationKind.None,
        review?.ConfirmationText,
        NeedsDestination: plan.Verb == Model.OperationVerb.Export,
        plan.FolderName,
        plan.HasChildRuns,
        review,
        plan.Copy is { } copy ? new CopyPlanInfo(copy.Target.Text, copy.Identical, copy.Different, copy.Protected) : null,
        plan.Deletes.Where(deleted => deleted.Itself).Select(deleted => NodeTargets.Format(new WorkspaceTarget(deleted.Place.Place))).ToList() is { Count: > 0 } whole ? whole : null);

    /// <summary>A warning.</summary>
    public static PlanWarning ToWarning(Model.PlanWarning warning) => new(warning.Code, warning.Message, warning.Count);

    /// <summary>An item of an export or a copy.</summary>
    public static PlanItem ToItem(PlannedItem item, PlanItemAction action) => new(
        item.Id, item.Kind, item.Name, item.Name, item.Path, action, null, item.Bytes, null, null, null, Ticked: true, CanTick: false, NeedsName: false, item.Note, [], KindName: null);

    /// <summary>An operation.</summary>
    public static OperationSummary ToSummary(Model.OperationView view)
    {
        var (plan, status) = (view.Plan, view.Status);
        return new OperationSummary(
            plan.Id,
            WireEnum.To<Model.OperationVerb, OperationVerb>(plan.Verb),
            plan.Title,
            WireEnum.To<Model.OperationState, OperationState>(status.State),
            WireEnum.To<Model.OperationOwner, OperationOwner>(view.Owner),
            status.StartedAt,
            status.FinishedAt,
            plan.Items,
            status.Done,
            status.Skipped,
            status.Failed,
            status.Bytes,
            status.BytesDone,
            status.BytesPerSecond,
            status.BytesPerSecond > 0 ? Math.Max(0, status.Bytes - status.BytesDone) / status.BytesPerSecond : null,
            view.Folder,
            status.Message,
            status.ErrorCode,
            view.CanUndelete(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()) ? status.UndeleteUntil : null,
            ActionsOf(view));
    }

    /// <summary>Tells the client of a change; only the newest matters while it waits.</summary>
    public static void TryNotifyChanged(this JsonRpc rpc, OperationSummary summary)
    {
        var sending = rpc.NotifyAsync("operations/changed", new OperationChanged(summary), ProtocolJsonContext.Default.OperationChanged, summary.Id, CancellationToken.None);
        if (!sending.IsCompletedSuccessfully)
        {
            _ = IgnoreEndAsync(sending);
        }
    }

    private static async Task IgnoreEndAsync(ValueTask sending)
    {
        try
        {
            await sending.ConfigureAwait(false);
        }
        catch (ConnectionLostException)
        {
            // Nobody is there to be told; the state is on disk.
        }
    }

    private static IReadOnlyList<OperationAction> ActionsOf(Model.OperationView view)
    {
        var isExport = view.Plan.Verb == Model.OperationVerb.Export;
        OperationAction[] actions = (view.Owner, view.Status.State) switch
        {
            (Model.OperationOwner.Other, _) => [OperationAction.Reveal],
            (_, Model.OperationState.Planned or Model.OperationState.Running) => [OperationAction.Pause, OperationAction.Cancel, OperationAction.Reveal],
            (_, Model.OperationState.CancelRequested) => [OperationAction.Reveal],
            (_, Model.OperationState.Paused or Model.OperationState.Interrupted) => [OperationAction.Resume, OperationAction.Cancel, OperationAction.Discard, OperationAction.Reveal],
            (_, Model.OperationState.Failed) => [OperationAction.Resume, OperationAction.Receipt, OperationAction.Reveal, .. Undoing(view), OperationAction.Discard],
            (_, Model.OperationState.Cancelled or Model.OperationState.SucceededWithWarnings) =>
                [OperationAction.Receipt, OperationAction.Reveal, OperationAction.Resume, .. Undoing(view), OperationAction.Discard],
            _ => [OperationAction.Receipt, OperationAction.Reveal, .. Undoing(view), OperationAction.Discard],
        };

        // Only an export has a folder to show.
        return isExport ? actions : [.. actions.Where(a => a != OperationAction.Reveal)];
    }

    private static IEnumerable<OperationAction> Undoing(Model.OperationView view)
    {
        if (view.Plan.Verb == Model.OperationVerb.Erase)
        {
            // What was erased of a person is not brought back.
            yield break;
        }

        if (view.Status.Archived > 0)
        {
            yield return OperationAction.Restore;
        }

        if (view.CanUndelete(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()))
        {
            yield return OperationAction.Undelete;
        }

        if (view.Status.RefusedByService > 0)
        {
            yield return OperationAction.ArchiveInstead;
        }
    }
}
