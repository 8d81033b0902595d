using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.ResourceManager;

/// <summary>Polling of long-running operations, by status and by location.</summary>
/// <param name="state">The emulator's state.</param>
internal sealed class OperationRoutes(EmulatorState state)
{
    private const string Root = "/subscriptions/{subscription}/providers/Microsoft.MachineLearningServices/locations/{location}/";

    /// <summary>Adds the routes.</summary>
    public void Map(RouteTable routes)
    {
        routes.Map("GET", Root + "workspaceOperationsStatus/{operation}", x => x.Query("type") == "location" ? LocationAsync(x, repeat: true) : ShortAsync(x));
        routes.Map("GET", Root + "computeOperationsStatus/{operation}", ShortAsync);
        routes.Map("GET", "/subscriptions/{subscription}/providers/{provider}/locations/{location}/operationStatuses/{operation}", ShortAsync);
        routes.Map("GET", "/subscriptions/{subscription}/providers/{provider}/locations/{location}/operationResults/{operation}", x => LocationAsync(x, repeat: false));
        routes.Map("GET", Root + "mfeOperationsStatus/{operation}", LongAsync);
        routes.Map("GET", Root + "mfeOperationResults/{operation}", x => LocationAsync(x, repeat: false));
    }

    /// <summary>The address to poll an operation at.</summary>
    public static string Link(EmulatorState state, Workspace workspace, string kind, string operationId, Exchange exchange) =>
        $"{state.ResourceManager}/subscriptions/{workspace.SubscriptionId}/providers/Microsoft.MachineLearningServices/locations/{workspace.Location}/{kind}/{operationId}?api-version={exchange.Query("api-version")}";

    private Operation Find(Exchange exchange) => state.Operations.Find(exchange["operation"])
        ?? throw ArmErrors.User(404, $"Operation {exchange["operation"]} not found.", "NotFound");

    private static bool Running(string status) => status is not ("Succeeded" or "Failed" or "200");

    private Task ShortAsync(Exchange exchange)
    {
        var status = Find(exchange).Poll();
        var body = new JsonObject { ["status"] = status };
        if (status == "Succeeded")
        {
            body["percentComplete"] = 100.0;
        }

        return exchange.JsonAsync(body);
    }

    private Task LongAsync(Exchange exchange)
    {
        var operation = Find(exchange);
        var status = operation.Poll();
        var schedule = operation.Id.StartsWith("s:", StringComparison.Ordinal);
        var body = new JsonObject();
        if (status == "Failed" && operation.Error is { } error)
        {
            body["error"] = error.DeepClone();
        }

        body["id"] = Exchange.RawTarget(exchange.Http).Split('?')[0].Replace("mfeOperationsStatus", schedule ? "mfeOperationResults" : "mfeOperationsStatus", StringComparison.Ordinal);
        body["name"] = operation.Id;
        body["status"] = status;
        if (!schedule || status == "Succeeded")
        {
            body["startTime"] = JsonShape.Time(operation.Started);
        }

        if (status == "Succeeded")
        {
            body["endTime"] = JsonShape.TimeOrNull(operation.Ended);
        }

        if (!schedule)
        {
            body["percentComplete"] = status == "Succeeded" ? 100.0 : 0.0;
        }

        return exchange.JsonAsync(body);
    }

    private Task LocationAsync(Exchange exchange, bool repeat)
    {
        var operation = Find(exchange);
        if (!Running(operation.Poll()))
        {
            return exchange.EmptyAsync(200);
        }

        var here = state.ResourceManager + Exchange.RawTarget(exchange.Http);
        exchange.Http.Response.Headers.Location = here;
        if (!repeat)
        {
            return exchange.JsonAsync(new JsonObject(), 202);
        }

        exchange.Http.Response.Headers["Azure-AsyncOperation"] = here.Replace("type=location", "type=async", StringComparison.Ordinal);
        return exchange.EmptyAsync(202);
    }
}
