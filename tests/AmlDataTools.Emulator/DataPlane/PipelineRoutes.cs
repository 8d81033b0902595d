using System.Text.Json;
using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.DataPlane;

/// <summary>Published pipelines and pipeline endpoints.</summary>
/// <remarks>
/// The routes follow from the generated method names of the REST client inside azureml-pipeline-core (<c>pipelines_get(active_only)</c>,
/// <c>pipelines_by_pipeline_id_get</c>, <c>pipelines_by_pipeline_id_status_put(new_status)</c>, <c>pipeline_endpoints_get(active_only)</c>,
/// <c>pipeline_endpoint_by_id_get</c>, <c>..._put(updated)</c>, <c>..._by_name_get</c>); lists are plain arrays and the states Active, Deprecated and
/// Disabled, as its documentation comments say. The prefix is <c>api/v1.0</c> on the pipelines host (Microsoft's article on exporting data)
/// and <c>pipelines/v1.0</c> on the api host (addresses of published pipelines). Where the new status is written, and the keys of the documents, are guesses.
/// </remarks>
/// <param name="service">Finds and guards workspaces.</param>
internal sealed class PipelineRoutes(DataPlaneService service)
{
    private static readonly string[] Statuses = ["Active", "Deprecated", "Disabled"];

    /// <summary>Adds the routes.</summary>
    public void Map(RouteTable routes)
    {
        foreach (var root in new[] { DataPlaneService.In("pipelines/v1.0"), DataPlaneService.In("api/v1.0") })
        {
            routes.Map("GET", root + "/Pipelines", x => List(x, "pipelines"));
            routes.Map("GET", root + "/Pipelines/{id}", x => x.JsonAsync(Find(service.Workspace(x, WorkspaceRole.Reader), "pipelines", x["id"])));
            routes.Map("PUT", root + "/Pipelines/{id}/Status", StatusAsync);
            routes.Map("GET", root + "/PipelineEndpoints", x => List(x, "pipelineEndpoints"));
            routes.Map("GET", root + "/PipelineEndpoints/{id}", x => x.JsonAsync(Find(service.Workspace(x, WorkspaceRole.Reader), "pipelineEndpoints", x["id"])));
            routes.Map("GET", root + "/PipelineEndpoints/Name/{name}", x =>
                x.JsonAsync(service.Workspace(x, WorkspaceRole.Reader).Classic.List("pipelineEndpoints").FirstOrDefault(e => e.Text("name") == x["name"]) ?? throw Missing("PipelineEndpoint", x["name"])));
            routes.Map("PUT", root + "/PipelineEndpoints/{id}", PutEndpointAsync);
        }
    }

    private static ServiceException Missing(string kind, string which) => new(404, "UserError", $"{kind} {which} not found.") { InnerCodes = ["NotFound"] };

    private static JsonObject Find(Workspace workspace, string kind, string id) => workspace.Classic.Get($"{kind}/{id}") ?? throw Missing(kind, id);

    private static string Known(string? status) => Statuses.FirstOrDefault(s => string.Equals(s, status, StringComparison.OrdinalIgnoreCase))
        ?? throw new ServiceException(400, "UserError", $"'{status}' is not a status. Known: {string.Join(", ", Statuses)}.") { InnerCodes = ["BadArgument", "ArgumentInvalid"] };

    private Task List(Exchange exchange, string kind)
    {
        var workspace = service.Workspace(exchange, WorkspaceRole.Reader);
        var all = !string.Equals(exchange.Query("activeOnly"), "true", StringComparison.OrdinalIgnoreCase);
        return exchange.JsonAsync(JsonShape.List(workspace.Classic.List(kind).Where(p => all || p.Text("entityStatus") == "Active")));
    }

    /// <summary>The new status comes as a query parameter or as a JSON string in the body [guess: either].</summary>
    private async Task StatusAsync(Exchange exchange)
    {
        var workspace = service.Workspace(exchange, WorkspaceRole.DataScientist);
        var pipeline = Find(workspace, "pipelines", exchange["id"]);
        using var reader = new StreamReader(exchange.Http.Request.Body);
        var body = (await reader.ReadToEndAsync(exchange.Aborted)).Trim();
        string? status;
        try
        {
            status = exchange.Query("newStatus") ?? (body.Length == 0 ? null : JsonSerializer.Deserialize<string>(body));
        }
        catch (JsonException)
        {
            status = body;
        }

        pipeline["entityStatus"] = Known(status);
        pipeline["lastModifiedDate"] = JsonShape.Time(DateTimeOffset.UtcNow);
        workspace.Classic.Put("pipelines/" + exchange["id"], pipeline);
        await exchange.EmptyAsync(200);
    }

    private async Task PutEndpointAsync(Exchange exchange)
    {
        var workspace = service.Workspace(exchange, WorkspaceRole.DataScientist);
        var endpoint = Find(workspace, "pipelineEndpoints", exchange["id"]);
        foreach (var (name, value) in await exchange.ReadObjectAsync())
        {
            if (name is not ("id" or "name" or "createdDate"))
            {
                endpoint[name] = value?.DeepClone();
            }
        }

        endpoint["entityStatus"] = Known(endpoint.Text("entityStatus"));
        endpoint["lastModifiedDate"] = JsonShape.Time(DateTimeOffset.UtcNow);
        workspace.Classic.Put("pipelineEndpoints/" + exchange["id"], endpoint);
        await exchange.JsonAsync(endpoint);
    }
}
