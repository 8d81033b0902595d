using System.Collections.Concurrent;
using Azure;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.Explorer.Branches;

/// <summary>Remembers for a while which workspaces' run history could not be reached, so that not every click waits for it.</summary>
internal sealed class HistoryHealth(AzureConnection connection, TimeProvider clock)
{
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<WorkspaceRef, (DateTimeOffset Since, ProblemException Reason)> _down = new();

    public bool IsDown(WorkspaceRef workspace)
    {
        if (!_down.TryGetValue(workspace, out var known))
        {
            return false;
        }

        if (clock.GetUtcNow() - known.Since < Memory)
        {
            return true;
        }

        _down.TryRemove(workspace, out _);
        return false;
    }

    /// <summary>Why run history could not be reached; null when it is not known to be so.</summary>
    public ProblemException? ReasonOf(WorkspaceRef workspace) => _down.TryGetValue(workspace, out var known) ? known.Reason : null;

    public void MarkDown(WorkspaceRef workspace, Exception reason)
    {
        if (_down.Count > 100)
        {
            _down.Clear();
        }

        _down[workspace] = (clock.GetUtcNow(), ProblemMapper.From(reason, new ProblemContext(ProblemSubject.Workspace, workspace.Name, workspace.ResourceId)));
    }

    public void Forget(WorkspaceRef? workspace)
    {
        if (workspace is null)
        {
            _down.Clear();
        }
        else
        {
            _down.TryRemove(workspace, out _);
        }
    }

    /// <summary>
    /// Whether Resource Manager may still tell what run history does not. A sign-in that is not accepted, throttling and
    /// a host that must not be trusted are no such failures, and what Resource Manager itself answered it would answer again.
    /// </summary>
    public bool IsUnreachable(Exception exception, bool notFoundCounts, CancellationToken cancellationToken)
        => !cancellationToken.IsCancellationRequested && exception switch
        {
            AzureServiceException service => service.Host != connection.Cloud.ResourceManager.Host
                && (service.Status is 403 or 405 or >= 500 || (service.Status == 404 && notFoundCounts) || service.Code == "NoDataPlane"),
            RequestFailedException { Status: 0 } or HttpRequestException or IOException or OperationCanceledException => true,
            AggregateException aggregate => aggregate.InnerExceptions.All(inner => IsUnreachable(inner, notFoundCounts, cancellationToken)),
            _ => false,
        };
}
