using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.DataPlane;

/// <summary>Web services and the assets of models of the first version [spec 2019-09-30]. The address of the operation after 202 is a header that public clients read; the specification names only the operation.</summary>
/// <param name="service">Finds and guards workspaces.</param>
/// <param name="state">The emulator's state.</param>
internal sealed class WebServiceRoutes(DataPlaneService service, EmulatorState state)
{
    /// <summary>Services a page [guess].</summary>
    private const int PageSize = 30;

    /// <summary>Adds the routes.</summary>
    public void Map(RouteTable routes)
    {
        var root = DataPlaneService.In("modelmanagement/v1.0");
        routes.Map("GET", root + "/services", List);
        routes.Map("GET", root + "/services/{id}", x => x.JsonAsync(Find(service.Workspace(x, WorkspaceRole.Reader), x["id"])));
        routes.Map("DELETE", root + "/services/{id}", Delete);
        routes.Map("GET", root + "/operations/{id}", OperationAsync);
        routes.Map("GET", root + "/assets/{id}", x => x.JsonAsync(service.Workspace(x, WorkspaceRole.Reader).Classic.Get("assets/" + x["id"])
            ?? throw new ServiceException(404, "AssetNotFound", $"Asset with id {x["id"]} cannot be found.") { InnerCodes = ["NotFound"] }));
    }

    private static JsonObject Find(Workspace workspace, string id) => workspace.Classic.Get("services/" + id)
        ?? throw new ServiceException(404, "ServiceNotFound", $"Service with name {id} in provided workspace cannot be found.") { InnerCodes = ["NotFound"] };

    private Task List(Exchange exchange)
    {
        var workspace = service.Workspace(exchange, WorkspaceRole.Reader);
        var name = exchange.Query("name");
        var type = exchange.Query("computeType");
        var all = workspace.Classic.List("services").Where(s => string.IsNullOrEmpty(name) || s.Text("name") == name)
            .Where(s => string.IsNullOrEmpty(type) || string.Equals(s.Text("computeType"), type, StringComparison.OrdinalIgnoreCase)).ToArray();
        var skip = Paging.Offset(exchange.Query("$skipToken"));
        var size = Paging.Count(exchange.Query("count"), PageSize, 1000);
        var query = exchange.Http.Request.Query.Where(q => q.Key != "$skipToken").Select(q => $"{q.Key}={Uri.EscapeDataString(q.Value.ToString())}").Append("$skipToken=" + Uri.EscapeDataString(Paging.Token(skip + size)));
        return exchange.JsonAsync(new JsonObject
        {
            ["value"] = JsonShape.List(all.Skip(skip).Take(size)),
            ["nextLink"] = all.Length > skip + size ? $"https://{exchange.Http.Request.Host}{Exchange.RawTarget(exchange.Http).Split('?')[0]}?{string.Join('&', query)}" : null,
        });
    }

    private Task Delete(Exchange exchange)
    {
        var workspace = service.Workspace(exchange, WorkspaceRole.DataScientist);
        var path = "services/" + exchange["id"];
        if (workspace.Classic.Get(path) is null)
        {
            return exchange.EmptyAsync(204);
        }

        var operation = state.Operations.Add(new Operation(Guid.NewGuid().ToString(), ["Running", "Succeeded"], () => workspace.Classic.Delete(path)));
        exchange.Http.Response.Headers["Operation-Location"] = $"https://{exchange.Http.Request.Host}/modelmanagement/v1.0{workspace.ArmId}/operations/{operation.Id}";
        return exchange.EmptyAsync(202);
    }

    private Task OperationAsync(Exchange exchange)
    {
        service.Workspace(exchange, WorkspaceRole.Reader);
        var operation = state.Operations.Find(exchange["id"]) ?? throw new ServiceException(404, "OperationNotFound", $"Operation {exchange["id"]} not found.") { InnerCodes = ["NotFound"] };
        var status = operation.Poll();
        return exchange.JsonAsync(new JsonObject
        {
            ["id"] = operation.Id,
            ["operationType"] = "Service",
            ["state"] = status,
            ["createdTime"] = JsonShape.Time(operation.Started),
            ["endTime"] = JsonShape.TimeOrNull(operation.Ended),
            ["error"] = null,
        });
    }
}
