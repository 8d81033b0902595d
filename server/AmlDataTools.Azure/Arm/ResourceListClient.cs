using System.Text.Json;
using AmlDataTools.Azure.Arm.Dependents;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Azure.Arm;

/// <summary>
/// Lists of Microsoft.Resources: resources by their type, and what was deployed to a resource group. Of each element only what
/// is told here is kept, so that lists of any length take little memory.
/// </summary>
public sealed class ResourceListClient
{
    /// <summary>Of resources and deployments: the version that Microsoft's clients use.</summary>
    private const string Version = "2021-04-01";

    private readonly ArmRequests _requests;

    internal ResourceListClient(ArmRequests requests) => _requests = requests;

    /// <summary>
    /// The resources of one kind. One request a page: of several types in one filter Microsoft's documentation says nothing, and
    /// <c>$top</c> it does not promise to work beside a filter.
    /// </summary>
    /// <param name="subscriptionId">Their subscription.</param>
    /// <param name="resourceGroup">Their resource group; null for all.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="AzureServiceException">Refused (403), or the group is not there (404).</exception>
    public IAsyncEnumerable<ListedDependent> ListAsync(string subscriptionId, string? resourceGroup, DependentKind kind, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(subscriptionId);
        var path = $"subscriptions/{Uri.EscapeDataString(subscriptionId)}/{(resourceGroup is null ? string.Empty : $"resourceGroups/{Uri.EscapeDataString(resourceGroup)}/")}resources";
        var address = _requests.Address(path, Version, ("$filter", $"resourceType eq '{DependentRef.ResourceType(kind)}'"), ("$expand", "createdTime,provisioningState"));
        return OnlyFound(_requests.ScanAsync(address, ListedDependent.From, cancellationToken));
    }

    /// <summary>What was deployed to a resource group, as long as its history is kept (800 deployments at most).</summary>
    /// <param name="subscriptionId">Its subscription.</param>
    /// <param name="resourceGroup">The group.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="AzureServiceException">Refused (403), or the group is not there (404).</exception>
    public IAsyncEnumerable<DeploymentRecord> ListDeploymentsAsync(string subscriptionId, string resourceGroup, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(subscriptionId);
        ArgumentException.ThrowIfNullOrEmpty(resourceGroup);
        var path = $"subscriptions/{Uri.EscapeDataString(subscriptionId)}/resourcegroups/{Uri.EscapeDataString(resourceGroup)}/providers/Microsoft.Resources/deployments";
        return _requests.ScanAsync(_requests.Address(path, Version), DeploymentRecord.From, cancellationToken);
    }

    /// <summary>All Application Insights of a subscription, each with the Log Analytics workspace it writes to.</summary>
    /// <param name="subscriptionId">The subscription.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="AzureServiceException">Refused (403).</exception>
    public IAsyncEnumerable<(string ResourceId, DependentRef? Logs)> ListInsightsAsync(string subscriptionId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(subscriptionId);
        var path = $"subscriptions/{Uri.EscapeDataString(subscriptionId)}/providers/Microsoft.Insights/components";
        return _requests.ScanAsync(
            _requests.Address(path, DependentRef.ApiVersionOf(DependentKind.ApplicationInsights)),
            raw => (raw.Text("id") ?? string.Empty, DependentRef.FromResourceId(raw.Child("properties")?.Text("WorkspaceResourceId") ?? raw.Child("properties")?.Text("workspaceResourceId"))),
            cancellationToken);
    }

    private static async IAsyncEnumerable<ListedDependent> OnlyFound(IAsyncEnumerable<ListedDependent?> all)
    {
        await foreach (var one in all.ConfigureAwait(false))
        {
            if (one is not null)
            {
                yield return one;
            }
        }
    }
}

/// <summary>A resource in a list of all resources.</summary>
/// <param name="Ref">Which.</param>
/// <param name="Location">Its region.</param>
/// <param name="State">Its provisioning state; null when not told.</param>
/// <param name="CreatedAt">When it was made; null when not told.</param>
/// <param name="ManagedBy">The resource that manages it; null for none.</param>
public sealed record ListedDependent(DependentRef Ref, string? Location, string? State, DateTimeOffset? CreatedAt, string? ManagedBy)
{
    /// <summary>Reads an element; null when it is none of the kinds that workspaces use.</summary>
    internal static ListedDependent? From(JsonElement raw) => DependentRef.FromResourceId(raw.Text("id")) is { } found
        ? new ListedDependent(
            found, raw.Text("location"), raw.Text("provisioningState"), raw.Moment("createdTime"), raw.Text("managedBy") is { Length: > 0 } manager ? manager : null)
        : null;
}

/// <summary>A deployment to a resource group.</summary>
/// <param name="Name">Its name.</param>
/// <param name="At">When it was done; null when not told.</param>
/// <param name="Resources">The ids of what it made or changed.</param>
/// <param name="Dependencies">What in it depends on what: an id and the ids of what must be there first.</param>
public sealed record DeploymentRecord(string Name, DateTimeOffset? At, IReadOnlyList<string> Resources, IReadOnlyList<(string Id, IReadOnlyList<string> On)> Dependencies)
{
    internal static DeploymentRecord From(JsonElement raw)
    {
        var properties = raw.Child("properties") ?? default;
        return new DeploymentRecord(
            raw.Text("name") ?? string.Empty,
            properties.Moment("timestamp"),
            [.. Ids(properties, "outputResources")],
            [.. properties.Items("dependencies").Select(one => (one.Text("id") ?? string.Empty, (IReadOnlyList<string>)[.. Ids(one, "dependsOn")]))]);
    }

    private static IEnumerable<string> Ids(JsonElement element, string name) => element.Items(name).Select(one => one.Text("id")).OfType<string>();
}
