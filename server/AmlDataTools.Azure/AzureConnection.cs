using System.Collections.Concurrent;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Arm.Dependents;
using AmlDataTools.Azure.Cloud;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.Identity;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Azure;

/// <summary>A cloud, a way to sign in, and the clients of both. Owns the connections.</summary>
public sealed class AzureConnection : IDisposable
{
    // Clients are small; the bound only keeps a tour of thousands of workspaces from adding up.
    private const int MaxWorkspaces = 500;

    private readonly ConcurrentDictionary<WorkspaceRef, WorkspaceClient> _workspaces = new();
    private readonly ConcurrentDictionary<string, TenantPipelines> _tenants = new(StringComparer.OrdinalIgnoreCase);
    private readonly AzureTransport _transport;

    /// <summary>Opens the connections of a cloud; nothing is sent yet.</summary>
    /// <param name="cloud">The cloud.</param>
    /// <param name="credentials">The way to sign in.</param>
    /// <param name="loggerFactory">For the request log.</param>
    public AzureConnection(CloudDescription cloud, ITenantCredentials credentials, ILoggerFactory loggerFactory)
        : this(cloud, credentials, loggerFactory, new AzureTransport(cloud))
    {
    }

    /// <summary>Uses connections opened elsewhere.</summary>
    /// <param name="cloud">The cloud.</param>
    /// <param name="credentials">The way to sign in.</param>
    /// <param name="loggerFactory">For the request log.</param>
    /// <param name="transport">The connections; disposed of with this.</param>
    public AzureConnection(CloudDescription cloud, ITenantCredentials credentials, ILoggerFactory loggerFactory, AzureTransport transport)
    {
        ArgumentNullException.ThrowIfNull(cloud);
        ArgumentNullException.ThrowIfNull(credentials);
        ArgumentNullException.ThrowIfNull(loggerFactory);
        ArgumentNullException.ThrowIfNull(transport);
        Cloud = cloud;
        Credentials = credentials;
        _transport = transport;
        Pipelines = new AzurePipelineFactory(cloud, transport, loggerFactory);
    }

    /// <summary>The cloud.</summary>
    public CloudDescription Cloud { get; }

    /// <summary>The way to sign in.</summary>
    public ITenantCredentials Credentials { get; }

    /// <summary>Makes pipelines over this connection's transport, for storage.</summary>
    public AzurePipelineFactory Pipelines { get; }

    /// <summary>How requests are repeated. Twelve seconds of waits in all: somebody may be looking at a tree that opens.</summary>
    internal RetrySettings Retry { get; init; } = RetrySettings.Default with { MaxRetries = 4 };

    /// <summary>How long-running operations are asked for.</summary>
    internal ArmPollingSettings Polling { get; init; } = ArmPollingSettings.Default;

    /// <summary>Resource Manager through a tenant.</summary>
    /// <param name="tenantId">The tenant; null for the account's own.</param>
    public ArmClient Arm(string? tenantId) => new(Tenant(tenantId).Arm);

    /// <summary>A storage account at Resource Manager.</summary>
    /// <param name="resourceId">Its Resource Manager id.</param>
    /// <param name="tenantId">The tenant whose token opens it; null for the account's own.</param>
    /// <exception cref="ArgumentException">The id is not that of a storage account.</exception>
    public StorageAccountClient StorageAccount(string resourceId, string? tenantId) => new(Tenant(tenantId).Arm, resourceId);

    /// <summary>The resources that workspaces use, at Resource Manager.</summary>
    /// <param name="tenantId">The tenant whose token opens them; null for the account's own.</param>
    public DependentClient Dependents(string? tenantId) => new(Cloud, Tenant(tenantId).Arm, Polling);

    /// <summary>Lists of resources and deployments.</summary>
    /// <param name="tenantId">The tenant whose token opens them; null for the account's own.</param>
    public ResourceListClient ResourceLists(string? tenantId) => new(Tenant(tenantId).Arm);

    /// <summary>A workspace's client; the same one for the same workspace, so that its addresses are found once.</summary>
    /// <param name="workspace">Which workspace.</param>
    public WorkspaceClient Workspace(WorkspaceRef workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        if (_workspaces.Count >= MaxWorkspaces)
        {
            _workspaces.Clear();
        }

        var tenant = Tenant(workspace.TenantId);
        return _workspaces.GetOrAdd(workspace, _ => new WorkspaceClient(workspace, Cloud, tenant.Arm, tenant.DataPlane, Polling));
    }

    /// <summary>Drops every token and address remembered: the account changed.</summary>
    public void Forget()
    {
        _workspaces.Clear();
        _tenants.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => _transport.Dispose();

    private TenantPipelines Tenant(string? tenantId) => _tenants.GetOrAdd(tenantId ?? string.Empty, _ => MakeTenant(tenantId));

    private TenantPipelines MakeTenant(string? tenantId)
    {
        var credential = Credentials.ForTenant(tenantId);
        var arm = Pipelines.CreateForToken(credential, Cloud.ResourceManager, [Cloud.ResourceManagerAudience], Retry);
        var dataPlane = Pipelines.CreateForToken(credential, Cloud.ResourceManager, Cloud.DataPlaneAudiences, Retry);
        return new TenantPipelines(new ArmRequests(Cloud, new JsonSender(arm)), new JsonSender(dataPlane));
    }

    private sealed record TenantPipelines(ArmRequests Arm, JsonSender DataPlane);
}
