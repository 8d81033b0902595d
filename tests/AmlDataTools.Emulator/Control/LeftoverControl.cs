using System.Globalization;
using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.ResourceManager;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Control;

/// <summary>Resources that no workspace uses, and deployments, that tests ask for.</summary>
/// <param name="state">The emulator's state.</param>
internal sealed class LeftoverControl(EmulatorState state)
{
    /// <summary>Adds the routes.</summary>
    public void Map(RouteTable routes)
    {
        routes.Map("POST", "/dependents", DependentsAsync);
        routes.Map("POST", "/deployments", DeploymentAsync);
    }

    private static ServiceException Bad(string message) => new(400, "BadRequest", message);

    private static string Needed(JsonObject body, string name) => body.Text(name) is { Length: > 0 } text ? text : throw Bad($"'{name}' is missing.");

    /// <summary>A resource, or many whose names end in a number. Of storage accounts Resource Manager tells the containers named; nothing is stored in them.</summary>
    private async Task DependentsAsync(Exchange exchange)
    {
        var body = await exchange.ReadObjectAsync();
        var count = body.Number("count");
        var ids = new List<string>();
        for (var at = 0; at < (count ?? 1); at++)
        {
            ids.Add(Add(body, count is null ? Needed(body, "name") : Needed(body, "name") + at.ToString("00000", CultureInfo.InvariantCulture)));
        }

        await exchange.JsonAsync(new JsonObject { ["ids"] = JsonShape.List(ids.Take(100)) }, 201);
    }

    private string Add(JsonObject body, string name)
    {
        var type = Needed(body, "type");
        var id = $"/subscriptions/{Subscription(body)}/resourceGroups/{Needed(body, "group")}/providers/{type}/{name}";
        var resource = new JsonObject
        {
            ["id"] = id,
            ["name"] = name,
            ["type"] = type,
            ["location"] = body.Text("location") ?? "eastus",
            ["tags"] = body["tags"]?.DeepClone() ?? new JsonObject(),
            ["properties"] = body["properties"]?.DeepClone() ?? new JsonObject { ["provisioningState"] = "Succeeded" },
        };
        if (body.Text("managedBy") is { } manager)
        {
            resource["managedBy"] = manager;
        }

        state.Dependents[id] = resource;
        state.Made[id] = Time(body, "created");
        if (body["containers"] is JsonArray)
        {
            state.ToldContainers[id] = body.Texts("containers");
        }

        return id;
    }

    /// <summary>A deployment that made resources, with what depends on what: <c>{id: [ids]}</c>.</summary>
    private async Task DeploymentAsync(Exchange exchange)
    {
        var body = await exchange.ReadObjectAsync();
        var id = ResourceListRoutes.IdOf(Subscription(body), Needed(body, "group"), Needed(body, "name"));
        static JsonObject Basic(string resource) => new() { ["id"] = resource, ["resourceType"] = string.Join('/', resource.Split('/').Skip(6).Take(2)), ["resourceName"] = resource[(resource.LastIndexOf('/') + 1)..] };
        state.Deployments[id] = new JsonObject
        {
            ["id"] = id,
            ["name"] = body.Text("name"),
            ["type"] = "Microsoft.Resources/deployments",
            ["properties"] = new JsonObject
            {
                ["templateHash"] = "15962105062424066041",
                ["parameters"] = new JsonObject(),
                ["mode"] = "Incremental",
                ["provisioningState"] = body.Text("state") ?? "Succeeded",
                ["timestamp"] = Time(body, "created").UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture),
                ["duration"] = "PT42.8211284S",
                ["correlationId"] = Guid.NewGuid().ToString(),
                ["providers"] = new JsonArray(),
                ["dependencies"] = JsonShape.List((body["dependencies"] as JsonObject ?? []).Select(d =>
                {
                    var one = Basic(d.Key);
                    one["dependsOn"] = JsonShape.List((d.Value as JsonArray ?? []).Select(on => Basic((string?)on ?? string.Empty)));
                    return one;
                })),
                ["outputResources"] = JsonShape.List(body.Texts("resources").Select(resource => new JsonObject { ["id"] = resource })),
            },
        };
        await exchange.JsonAsync(new JsonObject { ["id"] = id }, 201);
    }

    private string Subscription(JsonObject body) => body.Text("subscription") ?? state.Workspaces.Values.OrderBy(w => w.Created).First().SubscriptionId;

    private static DateTimeOffset Time(JsonObject body, string name) =>
        body.Text(name) is not { } text ? DateTimeOffset.UtcNow : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : throw Bad($"'{text}' is no time.");
}
