using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Arm.Dependents;

namespace AmlDataTools.Core.Workspaces.Leftovers;

/// <summary>What a deployment says of a resource and a workspace.</summary>
/// <param name="Workspace">The workspace.</param>
/// <param name="Deployment">The deployment's name.</param>
/// <param name="At">When it was done; null when not told.</param>
/// <param name="IsNeeded">Whether the workspace depends on the resource; else they were only made together.</param>
internal sealed record DeploymentLink(WorkspaceRef Workspace, string Deployment, DateTimeOffset? At, bool IsNeeded);

/// <summary>
/// The history of deployments: the portal, the CLI and the SDK make a workspace and what it uses by one deployment, which tells
/// what it made and what depends on what (<c>outputResources</c> and <c>dependencies</c> of Microsoft.Resources).
/// </summary>
internal static class DeploymentProofs
{
    /// <summary>Links between resources and workspaces in one deployment.</summary>
    /// <param name="deployment">The deployment.</param>
    /// <param name="tenantId">The tenant through which the workspaces are opened.</param>
    public static IEnumerable<(DependentRef Resource, DeploymentLink Link)> Read(DeploymentRecord deployment, string? tenantId)
    {
        var all = deployment.Resources.Concat(deployment.Dependencies.SelectMany(one => one.On.Prepend(one.Id))).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var workspaces = all.Select(id => (Id: id, Ref: Whole(id, tenantId))).Where(one => one.Ref is not null).ToList();
        if (workspaces.Count == 0)
        {
            yield break;
        }

        var resources = all.Select(DependentRef.FromResourceId).OfType<DependentRef>().Distinct().ToList();
        var made = deployment.Resources.ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var (id, workspace) in workspaces)
        {
            if (workspace is null)
            {
                continue;
            }

            var needed = Needed(deployment, id);
            foreach (var resource in resources)
            {
                if (needed.Contains(resource.ResourceId))
                {
                    yield return (resource, new DeploymentLink(workspace, deployment.Name, deployment.At, IsNeeded: true));
                }
                else if (made.Contains(resource.ResourceId) && made.Contains(id) && resources.Count(other => other.Kind == resource.Kind) == 1)
                {
                    // Of two storage accounts of one template one may be anything.
                    yield return (resource, new DeploymentLink(workspace, deployment.Name, deployment.At, IsNeeded: false));
                }
            }
        }
    }

    /// <summary>All that something depends on, also by way of something else: a workspace on insights, and they on logs.</summary>
    private static HashSet<string> Needed(DeploymentRecord deployment, string id)
    {
        var needed = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var open = new Stack<string>([id]);
        while (open.TryPop(out var at))
        {
            foreach (var on in deployment.Dependencies.Where(one => one.Id.Equals(at, StringComparison.OrdinalIgnoreCase)).SelectMany(one => one.On))
            {
                // Through another workspace (a hub) it is that one's.
                if (needed.Add(on) && Whole(on, null) is null)
                {
                    open.Push(on);
                }
            }
        }

        return needed;
    }

    // Of the workspace itself, not of something in it.
    private static WorkspaceRef? Whole(string id, string? tenantId) => WorkspaceRef.FromResourceId(id, tenantId) is { } found && id.Count(c => c == '/') == 8 ? found : null;
}
