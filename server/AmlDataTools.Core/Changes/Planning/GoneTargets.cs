using AmlDataTools.Azure;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Places;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.Changes.Planning;

/// <summary>Chosen things that are not there any more: each is an item that says so, and the rest of the plan goes on.</summary>
internal sealed class GoneTargets(AzureConnection connection)
{
    /// <summary>Adds what is gone to the plan.</summary>
    /// <param name="context">The plan.</param>
    /// <param name="target">What was chosen.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>False when what was chosen is nothing that could be such an item.</returns>
    /// <exception cref="ProblemException">The workspace itself is gone or may not be seen: that says nothing of what is in it.</exception>
    public async Task<bool> AddAsync(PlanContext context, NodeTarget target, CancellationToken cancellationToken)
    {
        if (ChangeTargets.WorkspaceOf(target) is not { } workspace)
        {
            return false;
        }

        await CheckWorkspaceAsync(target, cancellationToken).ConfigureAwait(false);

        switch (target)
        {
            case RunTarget run:
                context.Add(Make(context, new ResourceAddress(workspace, ResourceKind.Run, run.RunId, null), null));
                return true;
            case ExperimentTarget experiment:
                context.Add(Make(context, new ResourceAddress(workspace, ResourceKind.Experiment, experiment.Name, null), null));
                return true;
            case ResourceTarget resource:
                context.Add(Make(context, resource.Resource, resource.ServiceId));
                return true;
            case NamedOutputTarget output:
                context.Places.Add(new PlannedPlace(workspace, string.Empty, $"{output.RunId}: {output.Name}", PlaceForm.Either, default, $"named output {output.Name}")
                {
                    Refused = $"The run {output.RunId} has no such output any more, or is gone: where its data lay cannot be told, and none of it is in this plan.",
                });
                return true;
            default:
                return false;
        }
    }

    /// <summary>Whether an answer says that what was asked about is not there.</summary>
    /// <param name="exception">The answer.</param>
    public static bool IsAbsence(Exception exception) =>
        exception is AzureServiceException { Status: 404 or 410 } or ProblemException { Code: NamedOutputGone };

    /// <summary>The code of the problem that a run has no such output.</summary>
    public const string NamedOutputGone = "output.notFound";

    private static PlannedRecord Make(PlanContext context, ResourceAddress address, string? serviceId)
    {
        var record = VerbRules.Apply(context, new PlannedRecord(address, serviceId, ChangeAction.Keep, address.Text, SeenRecord.Nothing));
        record.LockedBy = null;
        record.Refused = null;
        if (context.Verb is OperationVerb.Archive or OperationVerb.Restore)
        {
            record.Refused = "It is not there any more. Refresh the tree.";
        }
        else
        {
            // Archiving instead is for what is there; of what is gone, deleting has nothing left to do.
            record.Action = context.Verb == OperationVerb.Unregister ? ChangeAction.Unregister : ChangeAction.Delete;
            record.Note = $"It is gone already.{(context.TakesData ? " Where its data lay cannot be told any more: none of it is in this plan." : string.Empty)}";
        }

        return record;
    }

    /// <summary>Makes sure that the workspace of a target is there, so that only the target is gone.</summary>
    /// <param name="target">The target.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="ProblemException">It is not there, or may not be seen.</exception>
    public async Task CheckWorkspaceAsync(NodeTarget target, CancellationToken cancellationToken)
    {
        if (ChangeTargets.WorkspaceOf(target) is not { } workspace)
        {
            return;
        }

        try
        {
            await connection.Workspace(workspace).Arm.GetWorkspaceAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (AzureServiceException exception)
        {
            throw ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Workspace, workspace.Name));
        }
    }
}
