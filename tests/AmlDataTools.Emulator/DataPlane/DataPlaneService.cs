using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.ResourceManager;
using AmlDataTools.Emulator.State;
using AmlDataTools.Emulator.Storage;

namespace AmlDataTools.Emulator.DataPlane;

/// <summary>What <c>{region}.api.azureml.localhost</c> and its like answer: the workspace services.</summary>
internal sealed class DataPlaneService
{
    private readonly EmulatorState _state;
    private readonly Guard _guard;
    private readonly RouteTable _routes = new();

    /// <summary>The services with all their routes.</summary>
    public DataPlaneService(EmulatorState state, Guard guard, BlobEngine engine)
    {
        _state = state;
        _guard = guard;
        new ExperimentRoutes(this).Map(_routes);
        new RunRoutes(this, state).Map(_routes);
        new ArtifactRoutes(this, state, engine).Map(_routes);
        new MetricRoutes(this).Map(_routes);
        new AssetRoutes(this).Map(_routes);
        new SnapshotRoutes(this, state).Map(_routes);
        new DatasetRoutes(this).Map(_routes);
        new ClassicDatastoreRoutes(this, state).Map(_routes);
        new WebServiceRoutes(this, state).Map(_routes);
        new PipelineRoutes(this).Map(_routes);
        new IndexRoutes(this, state).Map(_routes);
        new RegistryRoutes(state).MapDataPlane(_routes);
    }

    /// <summary>The route template of a workspace in a service.</summary>
    public static string In(string service) => "/" + service + ArmService.WorkspaceRoute;

    /// <summary>Answers a request.</summary>
    public async Task HandleAsync(HttpContext http, string region)
    {
        var handler = _routes.Find(http, out var exchange, out var otherMethod);
        try
        {
            if (Exchange.RawTarget(http).Split('?')[0] == "/discovery")
            {
                http.Response.Headers["x-ms-response-type"] = "standard";
                await exchange.JsonAsync(Discovery(region));
                return;
            }

            exchange.Caller = _guard.ForDataPlane(http);
            if (handler is null)
            {
                throw otherMethod
                    ? new ServiceException(405, "UserError", "The method is not allowed here.") { InnerCodes = ["BadArgument"] }
                    : new ServiceException(404, "UserError", $"Not found: {http.Request.Path}") { InnerCodes = ["NotFound"] };
            }

            http.Response.Headers["x-ms-response-type"] = "standard";
            await handler(exchange);
        }
        catch (ServiceException e) when (!http.Response.HasStarted)
        {
            await WriteAsync(exchange, e, region);
        }
    }

    /// <summary>The workspace of a request, checked against the caller's role.</summary>
    /// <exception cref="ServiceException">404 or 403.</exception>
    public Workspace Workspace(Exchange exchange, WorkspaceRole needed)
    {
        var workspace = _state.FindWorkspace(exchange["subscription"], exchange["group"], exchange["workspace"])
            ?? throw new ServiceException(404, "UserError", $"Workspace not found: {exchange["workspace"]}") { InnerCodes = ["NotFound", "WorkspaceNotFound"] };
        return exchange.Caller.Workspace >= needed
            ? workspace
            : throw new ServiceException(403, "UserError", $"The user {exchange.Caller.Person.ObjectId} does not have access to the workspace {exchange["workspace"]}.") { InnerCodes = ["Authorization", "AuthorizationError"] };
    }

    private static async Task WriteAsync(Exchange exchange, ServiceException error, string region)
    {
        exchange.Http.Response.Headers["x-ms-response-type"] = "error";
        foreach (var (name, value) in error.Headers)
        {
            exchange.Http.Response.Headers[name] = value;
        }

        await exchange.JsonAsync(
            new JsonObject
            {
                ["error"] = new JsonObject
                {
                    ["code"] = error.Code,
                    ["severity"] = null,
                    ["message"] = error.Message,
                    ["messageFormat"] = error.Parameters?.Format,
                    ["messageParameters"] = error.Parameters is { } p ? new JsonObject { [p.Name] = p.Value } : null,
                    ["referenceCode"] = null,
                    ["detailsUri"] = null,
                    ["target"] = null,
                    ["details"] = new JsonArray(),
                    ["innerError"] = ArmErrors.Inner(error.InnerCodes),
                    ["debugInfo"] = null,
                    ["additionalInfo"] = null,
                },
                ["correlation"] = new JsonObject { ["operation"] = Guid.NewGuid().ToString("N"), ["request"] = Guid.NewGuid().ToString("N")[..16] },
                ["environment"] = region,
                ["location"] = region,
                ["time"] = JsonShape.Time(DateTimeOffset.UtcNow),
                ["componentName"] = "run-history",
            },
            error.Status);
    }

    private JsonObject Discovery(string region) => new()
    {
        ["api"] = _state.DataPlane(region),
        ["catalog"] = "https://catalog.cortanaanalytics.com",
        ["experimentation"] = _state.History(region),
        ["gallery"] = "https://gallery.cortanaintelligence.com/project",
        ["history"] = _state.History(region),
        ["hyperdrive"] = _state.History(region),
        ["labeling"] = _state.History(region),
        ["modelmanagement"] = $"https://{region}.modelmanagement.azureml.localhost:{_state.Port}",
        ["pipelines"] = $"https://{region}.aether.azureml.localhost:{_state.Port}",
        ["studio"] = "https://ml.azure.com",
    };
}
