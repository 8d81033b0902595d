using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.DataPlane;

/// <summary>Metrics of runs. The service publishes no specification of version 2; keys are those its Python clients send and read.</summary>
/// <param name="service">Finds and guards workspaces.</param>
internal sealed class MetricRoutes(DataPlaneService service)
{
    /// <summary>Values a page [guess].</summary>
    private const int PageSize = 1000;

    /// <summary>Adds the routes.</summary>
    public void Map(RouteTable routes)
    {
        var runs = DataPlaneService.In("metric/v2.0") + "/runs/{run}";
        routes.Map("POST", runs + "/list", async x =>
        {
            var run = RunRoutes.Find(service.Workspace(x, WorkspaceRole.Reader), x["run"]);
            await x.JsonAsync(new JsonObject { ["value"] = JsonShape.List(run.Metrics.Select(m => Definition(run, m.Key))), ["continuationToken"] = null, ["nextLink"] = null });
        });
        routes.Map("POST", runs + "/full", FullAsync);
        routes.Map("DELETE", runs + "/deleteMetrics", x =>
        {
            var workspace = service.Workspace(x, WorkspaceRole.DataScientist);
            var run = RunRoutes.Find(workspace, x["run"]);
            run.Metrics.Clear();
            workspace.Runs.Keep(run);
            return x.EmptyAsync(200);
        });
        routes.Map("POST", runs + "/sample", FullAsync);
    }

    private async Task FullAsync(Exchange exchange)
    {
        var run = RunRoutes.Find(service.Workspace(exchange, WorkspaceRole.Reader), exchange["run"]);
        var body = await exchange.ReadObjectAsync();
        var name = body.Text("metricName") ?? throw new ServiceException(400, "UserError", "The 'metricName' is missing.") { InnerCodes = ["BadArgument", "ArgumentBlankOrEmpty"] };
        if (!run.Metrics.TryGetValue(name, out var points))
        {
            throw new ServiceException(404, "UserError", $"Metric {name} not found.") { InnerCodes = ["NotFound", "MetricNotFound"] };
        }

        var skip = Paging.Offset(body.Text("continuationToken"));
        var metric = Definition(run, name);
        metric["value"] = JsonShape.List(points.Skip(skip).Take(PageSize).Select((p, i) => new JsonObject
        {
            ["metricId"] = $"{run.RunUuid}_{name}_{skip + i}",
            ["createdUtc"] = JsonShape.Time(p.Time),
            ["step"] = p.Step,
            ["data"] = new JsonObject { [name] = p.Value },
        }));
        metric["continuationToken"] = points.Count > skip + PageSize ? Paging.Token(skip + PageSize) : null;
        metric["nextLink"] = null;
        await exchange.JsonAsync(metric);
    }

    private static JsonObject Definition(RunRecord run, string name) => new()
    {
        ["dataContainerId"] = run.DataContainerId,
        ["name"] = name,
        ["columns"] = new JsonObject { [name] = "Double" },
        ["properties"] = new JsonObject { ["uxMetricType"] = "azureml.v1.scalar", ["dataLocation"] = null },
        ["namespace"] = null,
        ["standardSchemaId"] = null,
    };
}
