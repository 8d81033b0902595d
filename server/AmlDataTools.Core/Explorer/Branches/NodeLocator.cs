using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Explorer.Nodes;

namespace AmlDataTools.Core.Explorer.Branches;

/// <summary>Reads what a typed text names and makes its node.</summary>
internal sealed class NodeLocator(BranchContext context, ResourcesBranch resources)
{
    public async Task<ExplorerNode> FindAsync(LocateText place, CancellationToken cancellationToken)
    {
        if (place.Resource is { } resource)
        {
            return await resources.FindAsync(resource, cancellationToken).ConfigureAwait(false);
        }

        var client = context.Connection.Workspace(place.Workspace);
        if (place.RunId is { } runId)
        {
            try
            {
                return context.Nodes.Run(place.Workspace, RunView.From(await client.RunHistory.GetRunAsync(runId, cancellationToken).ConfigureAwait(false)));
            }
            catch (Exception exception) when (context.Health.IsUnreachable(exception, notFoundCounts: false, cancellationToken))
            {
                return context.Nodes.Run(place.Workspace, RunView.From(await client.Arm.GetJobAsync(runId, cancellationToken).ConfigureAwait(false)));
            }
        }

        if (place.ExperimentId is { } id)
        {
            return context.Nodes.Experiment(place.Workspace, await client.RunHistory.GetExperimentByIdAsync(id, cancellationToken).ConfigureAwait(false));
        }

        if (place.ExperimentName is { } name)
        {
            try
            {
                return context.Nodes.Experiment(place.Workspace, await client.RunHistory.GetExperimentAsync(name, cancellationToken).ConfigureAwait(false));
            }
            catch (AzureServiceException exception) when (exception.Status == 404 && Guid.TryParse(name, out _))
            {
                // Older addresses have the id where newer ones have the name.
                return context.Nodes.Experiment(place.Workspace, await client.RunHistory.GetExperimentByIdAsync(name, cancellationToken).ConfigureAwait(false));
            }
        }

        return context.Nodes.Workspace(await client.Arm.GetWorkspaceAsync(cancellationToken).ConfigureAwait(false), place.Workspace);
    }
}
