using AmlDataTools.Azure;

namespace AmlDataTools.Core.Explorer.Nodes;

/// <summary>Addresses of pages in Azure ML studio, in the form the service itself gives them (<c>services.Studio.endpoint</c> of a job).</summary>
internal sealed class StudioLinks(Uri? portal)
{
    public string? Workspace(WorkspaceRef workspace) => Page("home", workspace);

    public string? Run(WorkspaceRef workspace, string runId) => Page("runs/" + Uri.EscapeDataString(runId), workspace);

    public string? Experiment(WorkspaceRef workspace, string experimentId)
        => experimentId.Length == 0 ? null : Page("experiments/id/" + Uri.EscapeDataString(experimentId), workspace);

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
