using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Arm.Dependents;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Core.Workspaces;

/// <summary>A resource that a workspace uses, as far as it could be read.</summary>
/// <param name="Ref">Which.</param>
/// <param name="Document">As its provider gave it; null when it could not be read.</param>
/// <param name="Failure">Why not; a 404 says that it is gone.</param>
internal sealed record FoundDependent(DependentRef Ref, DependentDocument? Document, AzureServiceException? Failure)
{
    /// <summary>Whether it is not there any more.</summary>
    public bool IsGone => Failure is { Status: 404 or 410 };
}

/// <summary>Reads the resources that a workspace uses.</summary>
internal sealed class DependentReader(AzureConnection connection)
{
    /// <summary>Reads them, with the Log Analytics workspace behind Application Insights.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="document">Its document, which names them.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<IReadOnlyList<FoundDependent>> ReadAsync(WorkspaceRef workspace, WorkspaceDocument document, CancellationToken cancellationToken)
    {
        var named = document.DependentIds.Select(DependentRef.FromResourceId).OfType<DependentRef>().Distinct();
        var found = (await Task.WhenAll(named.Select(one => ReadAsync(workspace, one, cancellationToken))).ConfigureAwait(false)).ToList();
        if (found.Select(one => one.Document?.LogAnalytics).OfType<DependentRef>().FirstOrDefault() is { } logs && found.TrueForAll(one => one.Ref != logs))
        {
            found.Add(await ReadAsync(workspace, logs, cancellationToken).ConfigureAwait(false));
        }

        return found;
    }

    private async Task<FoundDependent> ReadAsync(WorkspaceRef workspace, DependentRef dependent, CancellationToken cancellationToken)
    {
        try
        {
            return new FoundDependent(dependent, await connection.Dependents(workspace.TenantId).GetAsync(dependent, cancellationToken).ConfigureAwait(false), null);
        }
        catch (AzureServiceException exception) when (exception.Status != 401)
        {
            return new FoundDependent(dependent, null, exception);
        }
    }
}
