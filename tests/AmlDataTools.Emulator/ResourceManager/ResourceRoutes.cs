using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.ResourceManager;

/// <summary>Assets with versions, computes, endpoints and schedules: kept as raw JSON, with the rules of each kind.</summary>
/// <param name="arm">Finds and guards workspaces.</param>
/// <param name="state">The emulator's state.</param>
internal sealed class ResourceRoutes(ArmService arm, EmulatorState state)
{
    /// <summary>Resources a page [guess].</summary>
    private const int PageSize = 30;

    /// <summary>Kinds with versions, and whether the service deletes them.</summary>
    private static readonly (string Kind, bool Deletable)[] Versioned =
        [("models", true), ("codes", true), ("data", false), ("environments", false), ("components", false)];

    /// <summary>Adds the routes.</summary>
    public void Map(RouteTable routes)
    {
        foreach (var (kind, deletable) in Versioned)
        {
            var container = $"{ArmService.WorkspaceRoute}/{kind}/{{name}}";
            Collection(routes, $"{ArmService.WorkspaceRoute}/{kind}", kind);
            Collection(routes, container + "/versions", kind);
            routes.Map("DELETE", container, x => DeleteAsset(x, kind, kind + "/" + x["name"], deletable));
            routes.Map("DELETE", container + "/versions/{child}", x => DeleteAsset(x, kind, $"{kind}/{x["name"]}/versions/{x["child"]}", deletable));
        }

        foreach (var (kind, prefix) in new[] { ("onlineEndpoints", "oe"), ("batchEndpoints", "be"), ("serverlessEndpoints", "se") })
        {
            var endpoint = $"{ArmService.WorkspaceRoute}/{kind}/{{name}}";
            Collection(routes, $"{ArmService.WorkspaceRoute}/{kind}", kind);
            Collection(routes, endpoint + "/deployments", kind);
            routes.Map("DELETE", endpoint, x => DeleteLater(x, kind, kind + "/" + x["name"], prefix));
            routes.Map("DELETE", endpoint + "/deployments/{child}", x => DeleteLater(x, kind, $"{kind}/{x["name"]}/deployments/{x["child"]}", prefix == "oe" ? "od" : "bd"));
            routes.Map("POST", endpoint + "/listkeys", x =>
            {
                var workspace = arm.Workspace(x, WorkspaceRole.DataScientist, kind + "/listKeys/action");
                Find(workspace, kind, $"{kind}/{x["name"]}");
                return x.JsonAsync(new JsonObject { ["primaryKey"] = Guid.NewGuid().ToString("N"), ["secondaryKey"] = Guid.NewGuid().ToString("N") });
            });
        }

        Collection(routes, ArmService.WorkspaceRoute + "/computes", "computes");
        routes.Map("DELETE", ArmService.WorkspaceRoute + "/computes/{name}", DeleteCompute);
        foreach (var action in new[] { "start", "stop", "restart" })
        {
            routes.Map("POST", $"{ArmService.WorkspaceRoute}/computes/{{name}}/{action}", x => ChangeCompute(x, action));
        }

        Collection(routes, ArmService.WorkspaceRoute + "/schedules", "schedules");
        routes.Map("DELETE", ArmService.WorkspaceRoute + "/schedules/{name}", x => DeleteLater(x, "schedules", "schedules/" + x["name"], "s"));
    }

    /// <summary>A resource with its envelope.</summary>
    public static JsonObject Envelope(Workspace workspace, string path, string type, JsonObject properties, string by, DateTimeOffset at) => new()
    {
        ["id"] = $"{workspace.ArmId}/{path}",
        ["name"] = path[(path.LastIndexOf('/') + 1)..],
        ["type"] = "Microsoft.MachineLearningServices/workspaces/" + type,
        ["properties"] = properties.DeepClone(),
        ["systemData"] = new JsonObject
        {
            ["createdAt"] = JsonShape.Time(at),
            ["createdBy"] = by,
            ["createdByType"] = "User",
            ["lastModifiedAt"] = JsonShape.Time(at),
            ["lastModifiedBy"] = by,
            ["lastModifiedByType"] = "User",
        },
    };

    private void Collection(RouteTable routes, string template, string kind)
    {
        var nested = template.EndsWith("/versions", StringComparison.Ordinal) || template.EndsWith("/deployments", StringComparison.Ordinal);
        string Path(Exchange x) => nested ? $"{kind}/{x["name"]}/{template[(template.LastIndexOf('/') + 1)..]}" : kind;
        var item = template + (nested ? "/{child}" : "/{name}");
        string Item(Exchange x) => nested ? $"{Path(x)}/{x["child"]}" : $"{kind}/{x["name"]}";
        routes.Map("GET", template, x => List(x, kind, Path(x)));
        routes.Map("GET", item, x => x.JsonAsync(Find(arm.Workspace(x, WorkspaceRole.Reader, kind + "/read"), kind, Item(x))));
        routes.Map("PUT", item, x => Put(x, kind, Item(x), nested ? $"{kind}/{template[(template.LastIndexOf('/') + 1)..]}" : kind));
    }

    private static JsonObject Find(Workspace workspace, string kind, string path)
    {
        if (workspace.Resources.Get(path) is { } found)
        {
            return found;
        }

        var name = path[(path.LastIndexOf('/') + 1)..];
        throw kind switch
        {
            "computes" => new ServiceException(404, "NotFound", string.Empty) { Empty = true },
            "schedules" => ArmErrors.User(404, $"Resource Trigger {name} not found", "NotFound"),
            "onlineEndpoints" or "batchEndpoints" or "serverlessEndpoints" => new ServiceException(404, "NotFound", "The specified resource was not found.")
            {
                Details = [new JsonObject { ["code"] = "NoSuchEndpoint", ["message"] = $"There is no endpoint with name: {name} in {workspace.Name}", ["details"] = new JsonArray(), ["additionalInfo"] = new JsonArray() }],
            },
            _ => ArmErrors.User(404, $"{path} not found.", "NotFound"),
        };
    }

    private Task List(Exchange exchange, string kind, string path)
    {
        var workspace = arm.Workspace(exchange, WorkspaceRole.Reader, kind + "/read");
        var parent = path.Split('/');
        if (parent.Length > 1)
        {
            Find(workspace, kind, $"{kind}/{parent[1]}");
        }

        var view = exchange.Query("listViewType");
        bool Shown(JsonObject resource)
        {
            var properties = resource["properties"] as JsonObject ?? [];
            return kind == "schedules"
                ? view switch { "All" => true, "DisabledOnly" => properties.Truth("isEnabled") == false, _ => properties.Truth("isEnabled") != false }
                : view switch { "All" => true, "ArchivedOnly" => properties.Truth("isArchived") == true, _ => properties.Truth("isArchived") != true };
        }

        static string Time(JsonObject resource) => (resource["systemData"] as JsonObject)?.Text("createdAt") ?? string.Empty;
        IEnumerable<JsonObject> all = workspace.Resources.List(path).Where(Shown);
        if (exchange.Query("$orderBy") is { Length: > 0 } order)
        {
            all = order.Contains("desc", StringComparison.OrdinalIgnoreCase) ? all.OrderByDescending(Time, StringComparer.Ordinal) : all.OrderBy(Time, StringComparer.Ordinal);
        }

        var (page, next) = ArmService.Page(exchange, state, all, Paging.Count(exchange.Query("$top"), PageSize, 1000));
        var body = new JsonObject { ["value"] = JsonShape.List(page) };
        if (next is not null)
        {
            body["nextLink"] = next;
        }

        return exchange.JsonAsync(body);
    }

    private async Task Put(Exchange exchange, string kind, string path, string type)
    {
        var workspace = arm.Workspace(exchange, WorkspaceRole.DataScientist, kind + "/write");
        var body = await exchange.ReadObjectAsync();
        if (body["properties"] is not JsonObject properties)
        {
            throw ArmErrors.User(400, "The 'properties' of the resource are missing.", "BadArgument", "ArgumentBlankOrEmpty");
        }

        var slash = path.IndexOf("/versions/", StringComparison.Ordinal);
        // Documented: versions of a container archived as a whole cannot be restored one by one. That the request is refused is a guess.
        if (slash > 0 && properties.Truth("isArchived") == false && workspace.Resources.Get(path[..slash])?["properties"] is JsonObject container && container.Truth("isArchived") == true)
        {
            throw ArmErrors.User(400, $"{path} cannot be restored while its container is archived.", "BadArgument", "ArgumentInvalid");
        }

        var before = workspace.Resources.Get(path);
        var after = Envelope(workspace, path, type, properties, exchange.Caller.Person.Name, DateTimeOffset.UtcNow);
        foreach (var (name, value) in body)
        {
            after[name] = name is "id" or "name" or "type" or "systemData" ? after[name]?.DeepClone() : value?.DeepClone();
        }

        if (before?["systemData"] is JsonObject system && after["systemData"] is JsonObject changed)
        {
            changed["createdAt"] = system["createdAt"]?.DeepClone();
            changed["createdBy"] = system["createdBy"]?.DeepClone();
        }

        workspace.Resources.Put(path, after);

        // Recorded: an environment version answers 201 even when it was there already.
        var created = before is null || (kind == "environments" && slash > 0);
        if (created)
        {
            exchange.Http.Response.Headers.Location = state.ResourceManager + Exchange.RawTarget(exchange.Http);
        }

        await exchange.JsonAsync(after, created ? 201 : 200);
    }

    private Task DeleteAsset(Exchange exchange, string kind, string path, bool deletable)
    {
        var workspace = arm.Workspace(exchange, WorkspaceRole.DataScientist, kind + "/delete");
        if (!deletable && !state.Settings.DeletesHonoured.ContainsKey(kind))
        {
            var operation = $"{char.ToUpperInvariant(kind[0])}{kind[1..]}{(path.Contains("/versions/", StringComparison.Ordinal) ? "Versions" : "Containers")}_Workspace_Delete";
            throw ArmErrors.User(405, $"Method not supported. {operation} is not supported.", "BadArgument", "MethodNotSupported");
        }

        return exchange.EmptyAsync(workspace.Resources.Delete(path) ? 200 : 204);
    }

    private Task DeleteLater(Exchange exchange, string kind, string path, string prefix)
    {
        var workspace = arm.Workspace(exchange, WorkspaceRole.DataScientist, kind + "/delete");
        if (workspace.Resources.Get(path) is not { } resource)
        {
            return exchange.EmptyAsync(204);
        }

        EndpointRules.CheckDelete(workspace, kind, path);
        var id = $"{prefix}:{workspace.WorkspaceId}:{Guid.NewGuid()}";
        var schedule = kind == "schedules";
        var active = schedule && resource["properties"] is JsonObject p && p.Truth("isEnabled") == true;
        var running = schedule ? "Deleting" : "Updating";
        state.Operations.Add(new Operation(id, [running, active ? "Failed" : "Succeeded"], () => workspace.Resources.Delete(path))
        {
            Error = active ? new JsonObject { ["code"] = "UserError", ["message"] = "Cannot delete an active trigger " + resource.Text("name"), ["details"] = new JsonArray(), ["additionalInfo"] = new JsonArray() } : null,
        });
        var headers = exchange.Http.Response.Headers;
        headers[schedule ? "azure-asyncoperation" : "Azure-AsyncOperation"] = OperationRoutes.Link(state, workspace, "mfeOperationsStatus", id, exchange);
        headers.Location = OperationRoutes.Link(state, workspace, "mfeOperationResults", id, exchange);
        headers["x-ms-async-operation-timeout"] = "PT30M";
        return exchange.JsonAsync(null, 202);
    }

    private Task DeleteCompute(Exchange exchange)
    {
        var workspace = arm.Workspace(exchange, WorkspaceRole.Contributor, "computes/delete");
        if (exchange.Query("underlyingResourceAction") is not ("Delete" or "Detach"))
        {
            throw ArmErrors.User(400, "The query parameter 'underlyingResourceAction' must be Delete or Detach.", "BadArgument", "ArgumentInvalid");
        }

        var path = "computes/" + exchange["name"];
        if (workspace.Resources.Get(path) is not { } compute)
        {
            return exchange.EmptyAsync(204);
        }

        var properties = compute["properties"] as JsonObject ?? [];
        ComputeRules.CheckDelete(workspace, exchange["name"], properties, exchange.Query("underlyingResourceAction") ?? string.Empty);
        properties["provisioningState"] = "Deleting";
        workspace.Resources.Put(path, compute);
        return ComputeLater(exchange, workspace, () => workspace.Resources.Delete(path));
    }

    private Task ChangeCompute(Exchange exchange, string action)
    {
        var workspace = arm.Workspace(exchange, WorkspaceRole.DataScientist, $"computes/{action}/action");
        var path = "computes/" + exchange["name"];
        var compute = Find(workspace, "computes", path);
        return ComputeLater(exchange, workspace, () =>
        {
            if (compute["properties"]?["properties"] is JsonObject properties && properties.ContainsKey("state"))
            {
                properties["state"] = action == "stop" ? "Stopped" : "Running";
                workspace.Resources.Put(path, compute);
            }
        });
    }

    private Task ComputeLater(Exchange exchange, Workspace workspace, Action atEnd)
    {
        var operation = state.Operations.Add(new Operation(Guid.NewGuid().ToString(), ["InProgress", "Succeeded"], atEnd));
        exchange.Http.Response.Headers["Azure-AsyncOperation"] = OperationRoutes.Link(state, workspace, "computeOperationsStatus", operation.Id, exchange) + "&service=new";
        return exchange.EmptyAsync(202);
    }
}
