using AmlDataTools.Azure;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.Explorer.Nodes;

/// <summary>Addresses of pages in Azure ML studio, in the form the service itself gives them (<c>services.Studio.endpoint</c> of a job); of other things in the forms that studio shows in the browser.</summary>
internal sealed class StudioLinks(Uri? portal)
{
    public string? Workspace(WorkspaceRef workspace) => Page("home", workspace);

    public string? Registry(WorkspaceRef registry) => Shared(registry, string.Empty);

    public string? Run(WorkspaceRef workspace, string runId) => Page("runs/" + Uri.EscapeDataString(runId), workspace);

    public string? Experiment(WorkspaceRef workspace, string experimentId)
        => experimentId.Length == 0 ? null : Page("experiments/id/" + Uri.EscapeDataString(experimentId), workspace);

    /// <summary>The page of a thing; null where none is known.</summary>
    /// <param name="address">The thing.</param>
    /// <param name="serviceId">What the service calls it where that is not its name.</param>
    /// <param name="latest">Of a container its latest version, which is the page that studio shows for it; null when not known.</param>
    public string? Resource(ResourceAddress address, string? serviceId, string? latest)
    {
        var workspace = address.Workspace;
        var name = Uri.EscapeDataString(address.Name);
        if (workspace.IsRegistry)
        {
            var shared = address.Kind switch
            {
                ResourceKind.Model or ResourceKind.ModelVersion => "models",
                ResourceKind.DataAsset or ResourceKind.DataVersion => "data",
                ResourceKind.Environment or ResourceKind.EnvironmentVersion => "environments",
                ResourceKind.Component or ResourceKind.ComponentVersion => "components",
                _ => null,
            };
            return shared is null || (address.Child ?? latest) is not { Length: > 0 } number ? null
                : Shared(workspace, $"/{shared}/{name}/version/{Uri.EscapeDataString(number)}");
        }

        var version = (address.Child ?? latest) is { Length: > 0 } text ? Uri.EscapeDataString(text) : null;
        return address.Kind switch
        {
            ResourceKind.Model or ResourceKind.ModelVersion => Page(version is null ? "model/list" : $"model/{name}:{version}/details", workspace),
            ResourceKind.DataAsset or ResourceKind.DataVersion => Page(version is null ? "data" : $"data/{name}/{version}/details", workspace),
            ResourceKind.Dataset => Page($"dataset/{name}/latest/details", workspace),
            ResourceKind.Compute => Page($"compute/{name}/details", workspace),
            ResourceKind.OnlineEndpoint or ResourceKind.OnlineDeployment => Page($"endpoints/realtime/{name}/detail", workspace),
            ResourceKind.BatchEndpoint or ResourceKind.BatchDeployment => Page($"endpoints/batch/{name}/detail", workspace),
            ResourceKind.PublishedPipeline => Page($"pipelines/{Uri.EscapeDataString(serviceId ?? address.Name)}", workspace),
            ResourceKind.Schedule => Page($"schedule/{name}/details/overview", workspace),
            ResourceKind.Environment or ResourceKind.EnvironmentVersion => Page(version is null ? "environments" : $"environments/{name}/version/{version}", workspace),
            ResourceKind.Datastore => Page($"data/datastore/{name}/edit", workspace),
            ResourceKind.Run => Run(workspace, address.Name),
            _ => null,
        };
    }

    // The form that Microsoft's own documents of registries link to.
    private string? Shared(WorkspaceRef registry, string path)
        => portal is null ? null
            : $"{portal.AbsoluteUri.TrimEnd('/')}/registries/{Uri.EscapeDataString(registry.Name)}{path}{(string.IsNullOrEmpty(registry.TenantId) ? string.Empty : "?tid=" + Uri.EscapeDataString(registry.TenantId))}";

    private string? Page(string path, WorkspaceRef workspace)
    {
        if (portal is null)
        {
            return null;
        }

        var wsid = $"/subscriptions/{workspace.SubscriptionId}/resourcegroups/{workspace.ResourceGroup}/workspaces/{workspace.Name}";
        var tenant = string.IsNullOrEmpty(workspace.TenantId) ? string.Empty : "&tid=" + Uri.EscapeDataString(workspace.TenantId);
        return $"{portal.AbsoluteUri.TrimEnd('/')}/{path}?wsid={wsid.Replace(" ", "%20", StringComparison.Ordinal)}{tenant}";
    }
}
