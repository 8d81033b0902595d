using System.Globalization;
using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.ResourceManager;

/// <summary>Workspaces: lists, GET, keys and DELETE.</summary>
/// <param name="state">The emulator's state.</param>
/// <param name="arm">Finds and guards workspaces.</param>
internal sealed class WorkspaceRoutes(EmulatorState state, ArmService arm)
{
    /// <summary>Workspaces a page [guess]; small enough that several pages can be seen.</summary>
    private const int PageSize = 30;

    /// <summary>Adds the routes.</summary>
    public void Map(RouteTable routes)
    {
        const string provider = "/providers/Microsoft.MachineLearningServices/workspaces";
        routes.Map("GET", "/subscriptions/{subscription}" + provider, x => ListAsync(x, null));
        routes.Map("GET", "/subscriptions/{subscription}/resourceGroups/{group}" + provider, x => ListAsync(x, x["group"]));
        routes.Map("GET", ArmService.WorkspaceRoute, x => x.JsonAsync(Document(arm.Workspace(x, WorkspaceRole.Reader, "read"))));
        routes.Map("DELETE", ArmService.WorkspaceRoute, DeleteAsync);
        routes.Map("POST", ArmService.WorkspaceRoute + "/listKeys", x =>
        {
            var workspace = arm.Workspace(x, WorkspaceRole.Contributor, "listKeys/action");
            return x.JsonAsync(new JsonObject
            {
                ["userStorageKey"] = state.Accounts[workspace.StorageAccount].Key,
                ["userStorageResourceId"] = WorkspaceIds.Storage(workspace),
                ["appInsightsInstrumentationKey"] = workspace.WorkspaceId,
                ["containerRegistryCredentials"] = null,
                ["notebookAccessKeys"] = null,
            });
        });
        routes.Map("POST", ArmService.WorkspaceRoute + "/listStorageAccountKeys", x =>
            x.JsonAsync(new JsonObject { ["userStorageKey"] = state.Accounts[arm.Workspace(x, WorkspaceRole.Contributor, "listStorageAccountKeys/action").StorageAccount].Key }));
        routes.Map("POST", ArmService.WorkspaceRoute + "/listNotebookKeys", x =>
        {
            arm.Workspace(x, WorkspaceRole.Contributor, "listNotebookKeys/action");
            return x.JsonAsync(new JsonObject { ["primaryAccessKey"] = null, ["secondaryAccessKey"] = null });
        });
    }

    private Task ListAsync(Exchange exchange, string? group)
    {
        var all = exchange.Caller.Workspace == WorkspaceRole.None
            ? Enumerable.Empty<Workspace>()
            : state.Workspaces.Values.Where(w => string.Equals(w.SubscriptionId, exchange["subscription"], StringComparison.OrdinalIgnoreCase)
                && (group is null || string.Equals(w.ResourceGroup, group, StringComparison.OrdinalIgnoreCase))).OrderBy(w => w.Name, StringComparer.Ordinal);
        var (page, next) = ArmService.Page(exchange, state, all, PageSize);
        var body = new JsonObject { ["value"] = JsonShape.List(page.Select(Document)) };
        if (next is not null)
        {
            body["nextLink"] = next;
        }

        return exchange.JsonAsync(body);
    }

    /// <summary>
    /// Long-running, as recorded. That a hub with projects and a workspace that is going already are refused is documented or
    /// evident; statuses and words are guesses.
    /// </summary>
    private Task DeleteAsync(Exchange exchange)
    {
        var workspace = arm.Workspace(exchange, WorkspaceRole.Contributor, "delete");
        if (Projects(workspace).FirstOrDefault() is { } project)
        {
            throw ArmErrors.User(409, $"The hub {workspace.Name} cannot be deleted while it has projects: {project.Name}.", "Conflict", "HubHasProjects");
        }

        if (workspace.Deleting)
        {
            throw ArmErrors.User(409, $"The workspace {workspace.Name} is being deleted already.", "Conflict");
        }

        var purge = string.Equals(exchange.Query("forceToPurge"), "true", StringComparison.OrdinalIgnoreCase);
        var steps = Enumerable.Repeat("InProgress", Math.Min(state.Settings.WorkspaceDeletePolls, 100_000)).Append("Succeeded").ToArray();
        workspace.EndDeletion = () =>
        {
            state.Workspaces.TryRemove(workspace.ArmId, out _);
            if (!purge)
            {
                state.DeletedWorkspaces[workspace.ArmId] = DateTimeOffset.UtcNow.AddDays(14);
            }
        };
        var operation = state.Operations.Add(new Operation(Guid.NewGuid().ToString(), steps, workspace.EndDeletion));
        var root = $"{state.ResourceManager}/subscriptions/{workspace.SubscriptionId}/providers/Microsoft.MachineLearningServices/locations/{workspace.Location}/workspaceOperationsStatus/{operation.Id}?api-version={exchange.Query("api-version")}";
        exchange.Http.Response.Headers["Azure-AsyncOperation"] = root + "&type=async";
        exchange.Http.Response.Headers.Location = root + "&type=location";
        if (state.Settings.WorkspaceDeleteTimeout is { } limit)
        {
            exchange.Http.Response.Headers["x-ms-async-operation-timeout"] = limit;
        }

        return exchange.EmptyAsync(202);
    }

    private IEnumerable<Workspace> Projects(Workspace hub) => state.Workspaces.Values.Where(w => string.Equals(w.Hub, hub.ArmId, StringComparison.OrdinalIgnoreCase)).OrderBy(w => w.Name, StringComparer.Ordinal);

    private JsonObject Document(Workspace workspace)
    {
        var created = workspace.Created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
        var properties = new JsonObject
        {
            ["friendlyName"] = workspace.Name,
            ["description"] = workspace.Description,
            ["storageAccount"] = WorkspaceIds.Storage(workspace),
            ["keyVault"] = workspace.Dependents.KeyVault,
            ["applicationInsights"] = workspace.Dependents.Insights,
            ["hbiWorkspace"] = false,
            ["tenantId"] = state.TenantId,
            ["imageBuildCompute"] = null,
            ["provisioningState"] = workspace.Deleting ? "Deleting" : "Succeeded",
            ["v1LegacyMode"] = false,
            ["softDeleteEnabled"] = false,
            ["containerRegistry"] = workspace.Dependents.Registry,
            ["creationTime"] = created,
            ["notebookInfo"] = new JsonObject
            {
                ["resourceId"] = workspace.WorkspaceId.Replace("-", string.Empty, StringComparison.Ordinal),
                ["fqdn"] = $"ml-{workspace.Name.Replace("-", string.Empty, StringComparison.Ordinal)}-{workspace.Location}-{workspace.WorkspaceId}.{workspace.Location}.notebooks.azure.net",
                ["isPrivateLinkEnabled"] = false,
                ["notebookPreparationError"] = null,
            },
            ["storageHnsEnabled"] = state.Accounts.GetValueOrDefault(workspace.StorageAccount)?.Hierarchical == true,
            ["workspaceId"] = workspace.WorkspaceId,
            ["linkedModelInventoryArmId"] = null,
            ["privateLinkCount"] = 0,
            ["publicNetworkAccess"] = "Enabled",
            ["discoveryUrl"] = state.DataPlane(workspace.Location) + "/discovery",
            ["mlFlowTrackingUri"] = $"azureml://{new Uri(state.DataPlane(workspace.Location)).Authority}/mlflow/v1.0{workspace.ArmId}",
            ["sdkTelemetryAppInsightsKey"] = workspace.WorkspaceId,
            ["sasGetterUri"] = string.Empty,
            ["enableDataIsolation"] = false,
        };
        if (workspace.Hub is { } hub)
        {
            properties["hubResourceId"] = hub;
        }

        if (workspace.Kind == "Hub")
        {
            properties["associatedWorkspaces"] = JsonShape.List(Projects(workspace).Select(w => w.ArmId));
        }

        return new JsonObject
        {
            ["id"] = workspace.ArmId,
            ["name"] = workspace.Name,
            ["type"] = "Microsoft.MachineLearningServices/workspaces",
            ["location"] = workspace.Location,
            ["tags"] = JsonShape.Map(workspace.Tags),
            ["etag"] = null,
            ["properties"] = properties,
            ["identity"] = new JsonObject { ["type"] = "SystemAssigned", ["principalId"] = "44444444-4444-4444-4444-444444444444", ["tenantId"] = state.TenantId },
            ["kind"] = workspace.Kind,
            ["sku"] = new JsonObject { ["name"] = "Basic", ["tier"] = "Basic" },
            ["systemData"] = new JsonObject
            {
                ["createdAt"] = created,
                ["createdBy"] = workspace.CreatedBy.Upn,
                ["createdByType"] = "User",
                ["lastModifiedAt"] = created,
                ["lastModifiedBy"] = workspace.CreatedBy.Upn,
                ["lastModifiedByType"] = "User",
            },
        };
    }
}
