using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Arm.Dependents;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.Changes.Planning;

/// <summary>
/// The management locks that concern a workspace. They hold for what is at Resource Manager; experiments, v1 datasets, blobs and
/// whatever else is in the data plane they do not protect.
/// </summary>
internal sealed class LockMap
{
    private const int Shown = 3;

    private readonly WorkspaceRef _workspace;
    private readonly IReadOnlyList<LockDocument> _locks;

    private LockMap(WorkspaceRef workspace, IReadOnlyList<LockDocument> locks)
    {
        _workspace = workspace;
        _locks = locks;
    }

    /// <summary>Reads them. Whoever may not read locks is told nothing of them: then each is met when its resource is changed.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="workspace">Whose.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static Task<LockMap> ReadAsync(AzureConnection connection, WorkspaceRef workspace, CancellationToken cancellationToken) =>
        ReadAsync(workspace, connection.Workspace(workspace).Arm.ListLocksAsync(cancellationToken));

    /// <summary>Reads those of a resource that a workspace uses, which may be anywhere.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="dependent">The resource.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static Task<LockMap> ReadAsync(AzureConnection connection, WorkspaceRef workspace, DependentRef dependent, CancellationToken cancellationToken) =>
        ReadAsync(workspace, connection.Dependents(workspace.TenantId).ListLocksAsync(dependent, cancellationToken));

    private static async Task<LockMap> ReadAsync(WorkspaceRef workspace, IAsyncEnumerable<LockDocument> all)
    {
        var locks = new List<LockDocument>();
        try
        {
            await foreach (var found in all.ConfigureAwait(false))
            {
                if (found.Scope is not null && found.ForbidsDelete)
                {
                    locks.Add(found);
                }
            }
        }
        catch (Exception exception) when (exception is ForeignHostException or InvalidDataException || exception is AzureServiceException { Status: not 401 })
        {
            // What was read before holds; the rest is not known.
        }

        return new LockMap(workspace, [.. locks.OrderByDescending(found => found.Scope?.Length)]);
    }

    /// <summary>The lock that keeps a record from being changed so, the nearest if there are several; null for none.</summary>
    /// <param name="address">The record.</param>
    /// <param name="action">What would be done with it.</param>
    /// <param name="serviceId">What its service calls it where that is not its name.</param>
    public LockDocument? Against(ResourceAddress address, ChangeAction action, string? serviceId = null)
    {
        if (_locks.Count == 0 || ResourcePlaces.ResourceIdOf(address, serviceId) is not { } id)
        {
            return null;
        }

        return action switch
        {
            ChangeAction.Archive or ChangeAction.Restore or ChangeAction.Clear => _locks.FirstOrDefault(found => found.ForbidsWrite && found.Covers(id)),
            ChangeAction.Delete or ChangeAction.Unregister or ChangeAction.Detach => _locks.FirstOrDefault(found => found.Covers(id)),
            _ => null,
        };
    }

    /// <summary>A lock in words: <c>the lock keep (CanNotDelete) on the resource group rg</c>.</summary>
    /// <param name="found">The lock.</param>
    public string InWords(LockDocument found) => $"the lock {found.Name} ({found.Level}) on {ScopeInWords(found.Scope ?? string.Empty)}";

    /// <summary>The first few of several locks in words.</summary>
    /// <param name="names">Each lock in words.</param>
    public static string Several(IReadOnlyCollection<string> names) =>
        $"{string.Join(", ", names.Take(Shown))}{(names.Count > Shown ? $" and {names.Count - Shown} more" : string.Empty)}";

    private string ScopeInWords(string scope)
    {
        var workspace = _workspace.ResourceId;
        if (scope.Equals(workspace, StringComparison.OrdinalIgnoreCase))
        {
            return $"the workspace {_workspace.Name}";
        }

        if (scope.StartsWith(workspace + "/", StringComparison.OrdinalIgnoreCase))
        {
            return scope[(workspace.Length + 1)..];
        }

        return scope.Split('/') switch
        {
            ["", _, { Length: > 0 } subscription] => $"the subscription {subscription}",
            ["", _, _, _, { Length: > 0 } group] => $"the resource group {group}",
            _ when DependentRef.FromResourceId(scope) is { } dependent => $"the {ResourceCatalog.Of(DependentKinds.Of(dependent.Kind)).Singular} {dependent.Name}",
            _ => scope,
        };
    }
}
