using System.Text.Json;

namespace AmlDataTools.Azure.Arm;

/// <summary>Resource Manager as one tenant's account sees it.</summary>
public sealed class ArmClient
{
    private readonly ArmRequests _requests;

    internal ArmClient(ArmRequests requests) => _requests = requests;

    /// <summary>The tenants the account belongs to.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    public IAsyncEnumerable<TenantDocument> ListTenantsAsync(CancellationToken cancellationToken)
        => _requests.AllAsync(_requests.Address("tenants", ArmRequests.ResourcesVersion), raw => new TenantDocument(raw), cancellationToken);

    /// <summary>The subscriptions that this tenant's token opens.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    public IAsyncEnumerable<SubscriptionDocument> ListSubscriptionsAsync(CancellationToken cancellationToken)
        => _requests.AllAsync(_requests.Address("subscriptions", ArmRequests.ResourcesVersion), raw => new SubscriptionDocument(raw), cancellationToken);

    /// <summary>The workspaces of a subscription.</summary>
    /// <param name="subscriptionId">The subscription.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public IAsyncEnumerable<WorkspaceDocument> ListWorkspacesAsync(string subscriptionId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(subscriptionId);
        var path = $"subscriptions/{Uri.EscapeDataString(subscriptionId)}/providers/Microsoft.MachineLearningServices/workspaces";
        return _requests.AllAsync(_requests.Address(path, ArmRequests.MachineLearningVersion), raw => new WorkspaceDocument(raw), cancellationToken);
    }

    /// <summary>The registries of a subscription.</summary>
    /// <param name="subscriptionId">The subscription.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public IAsyncEnumerable<WorkspaceDocument> ListRegistriesAsync(string subscriptionId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(subscriptionId);
        var path = $"subscriptions/{Uri.EscapeDataString(subscriptionId)}/providers/Microsoft.MachineLearningServices/registries";
        return _requests.AllAsync(_requests.Address(path, ArmRequests.MachineLearningVersion), raw => new WorkspaceDocument(raw), cancellationToken);
    }

    /// <summary>One workspace.</summary>
    /// <param name="workspace">Which.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<WorkspaceDocument> GetWorkspaceAsync(WorkspaceRef workspace, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        JsonElement raw = await _requests.Sender.GetAsync(
            _requests.Address(workspace.EscapedPath, ArmRequests.MachineLearningVersion), cancellationToken).ConfigureAwait(false);
        return new WorkspaceDocument(raw);
    }
}
