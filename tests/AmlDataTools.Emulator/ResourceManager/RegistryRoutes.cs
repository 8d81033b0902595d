using System.Globalization;
using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;
using AmlDataTools.Emulator.Storage;

namespace AmlDataTools.Emulator.ResourceManager;

/// <summary>Registries: lists, GET, their assets to read, and the signatures by which their files are read. Assets are never changed here.</summary>
/// <param name="state">The emulator's state.</param>
internal sealed class RegistryRoutes(EmulatorState state)
{
    private const string Provider = "/providers/Microsoft.MachineLearningServices/registries";

    /// <summary>The route template of a registry.</summary>
    private const string Route = "/subscriptions/{subscription}/resourceGroups/{group}" + Provider + "/{registry}";

    /// <summary>Resources a page [guess]; small enough that several pages can be seen.</summary>
    private const int PageSize = 30;

    /// <summary>Kinds of asset, and whether their lists take a view [spec].</summary>
    private static readonly (string Kind, bool HasView)[] Kinds = [("models", true), ("data", true), ("environments", true), ("components", false), ("codes", false)];

    /// <summary>Adds the routes of Resource Manager.</summary>
    public void Map(RouteTable routes)
    {
        routes.Map("GET", "/subscriptions/{subscription}" + Provider, x => ListAsync(x, null));
        routes.Map("GET", "/subscriptions/{subscription}/resourceGroups/{group}" + Provider, x => ListAsync(x, x["group"]));
        routes.Map("GET", Route, x => x.JsonAsync(Document(Find(x, "read"))));
        MapAssets(routes, string.Empty);
    }

    /// <summary>Adds what a registry's own region answers too: the same assets, and where a registry is by its name alone, as Microsoft's clients ask.</summary>
    public void MapDataPlane(RouteTable routes)
    {
        MapAssets(routes, "/mferp/managementfrontend");
        routes.Map("GET", "/registrymanagement/v1.0/registries/{registry}/discovery", x =>
        {
            var registry = state.Registries.Values.FirstOrDefault(r => r.Name.Equals(x["registry"], StringComparison.OrdinalIgnoreCase))
                ?? throw new ServiceException(404, "UserError", $"Registry {x["registry"]} not found.") { InnerCodes = ["NotFound", "RegistryNotFound"] };
            var host = state.History(registry.Location) + "/";
            return x.JsonAsync(new JsonObject
            {
                ["registryName"] = registry.Name,
                ["primaryRegion"] = registry.Location,
                ["primaryRegionResourceProviderUri"] = host,
                ["resourceGroup"] = registry.ResourceGroup,
                ["subscriptionId"] = registry.SubscriptionId,
                ["tenantId"] = state.TenantId,
                ["registryFqdns"] = new JsonObject { [registry.Location] = new JsonObject { ["uri"] = host } },
            });
        });
    }

    private void MapAssets(RouteTable routes, string prefix)
    {
        foreach (var (kind, hasView) in Kinds)
        {
            var collection = $"{prefix}{Route}/{kind}";
            routes.Map("GET", collection, x => ListAsync(x, kind, kind, hasView));
            routes.Map("GET", collection + "/{name}", x => x.JsonAsync(Asset(x, kind, $"{kind}/{x["name"]}")));
            routes.Map("GET", collection + "/{name}/versions", x => ListAsync(x, kind, $"{kind}/{x["name"]}/versions", hasView));
            routes.Map("GET", collection + "/{name}/versions/{child}", x => x.JsonAsync(Asset(x, kind, $"{kind}/{x["name"]}/versions/{x["child"]}")));
        }

        routes.Map("POST", $"{prefix}{Route}/datareferences/{{name}}/versions/{{child}}", ReferenceAsync);
    }

    /// <summary>A resource of a registry with its envelope.</summary>
    public static JsonObject Envelope(Registry registry, string path, JsonObject properties, string by, DateTimeOffset at) => new()
    {
        ["id"] = $"{registry.ArmId}/{path}",
        ["name"] = path[(path.LastIndexOf('/') + 1)..],
        ["type"] = "Microsoft.MachineLearningServices/registries/" + string.Join('/', path.Split('/').Where((_, i) => i % 2 == 0)),
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

    private Registry Find(Exchange exchange, string action)
    {
        var (subscription, group, name) = (exchange["subscription"], exchange["group"], exchange["registry"]);
        var id = Registry.IdOf(subscription, group, name);
        var registry = state.Registries.GetValueOrDefault(id);
        var own = exchange.Http.Request.Path.StartsWithSegments("/mferp", StringComparison.OrdinalIgnoreCase);

        // What belongs to somebody else is read by everybody, and only at its own region.
        if (exchange.Caller.Registry == RegistryRole.None ? registry is not { Listed: false } || !own : registry is { Listed: false } && !own)
        {
            throw ArmErrors.Forbidden(exchange.Caller.Person.Upn, exchange.Caller.Person.ObjectId, "Microsoft.MachineLearningServices/registries/" + action, id);
        }

        return registry ?? throw ArmErrors.ResourceNotFound("Microsoft.MachineLearningServices/registries", name, group);
    }

    private JsonObject Asset(Exchange exchange, string kind, string path) => Find(exchange, kind + "/read").Resources.Get(path)
        ?? throw ArmErrors.User(404, $"{path} not found.", "NotFound");

    private Task ListAsync(Exchange exchange, string? group)
    {
        var all = exchange.Caller.Registry == RegistryRole.None
            ? Enumerable.Empty<Registry>()
            : state.Registries.Values.Where(r => r.Listed && r.SubscriptionId.Equals(exchange["subscription"], StringComparison.OrdinalIgnoreCase)
                && (group is null || r.ResourceGroup.Equals(group, StringComparison.OrdinalIgnoreCase))).OrderBy(r => r.Name, StringComparer.Ordinal);
        return PageAsync(exchange, all.Select(Document), PageSize);
    }

    private Task ListAsync(Exchange exchange, string kind, string path, bool hasView)
    {
        var registry = Find(exchange, kind + "/read");
        if (path.Split('/') is [_, var name, ..] && registry.Resources.Get($"{kind}/{name}") is null)
        {
            throw ArmErrors.User(404, $"{kind}/{name} not found.", "NotFound");
        }

        var view = hasView ? exchange.Query("listViewType") : null;
        static bool Archived(JsonObject resource) => (resource["properties"] as JsonObject)?.Truth("isArchived") == true;
        static string Time(JsonObject resource) => (resource["systemData"] as JsonObject)?.Text("createdAt") ?? string.Empty;
        var all = registry.Resources.List(path).Where(r => view == "All" || Archived(r) == (view == "ArchivedOnly"));
        if (exchange.Query("$orderBy") is { Length: > 0 } order)
        {
            all = order.Contains("desc", StringComparison.OrdinalIgnoreCase) ? all.OrderByDescending(Time, StringComparer.Ordinal) : all.OrderBy(Time, StringComparer.Ordinal);
        }

        return PageAsync(exchange, all, Paging.Count(exchange.Query("$top"), PageSize, 1000));
    }

    private Task PageAsync(Exchange exchange, IEnumerable<JsonObject> all, int size)
    {
        var (page, next) = ArmService.Page(exchange, state, all, size);
        var body = new JsonObject { ["value"] = JsonShape.List(page) };
        if (next is not null)
        {
            // The page goes on where it was asked for.
            body["nextLink"] = next.Replace(state.ResourceManager, $"https://{exchange.Http.Request.Host}", StringComparison.Ordinal);
        }

        return exchange.JsonAsync(body);
    }

    /// <summary>A signature for the container of one asset's version.</summary>
    private async Task ReferenceAsync(Exchange exchange)
    {
        var registry = Find(exchange, "datareferences/read");
        var body = await exchange.ReadObjectAsync();
        var path = body.Text("assetId") is { } id && id.StartsWith(registry.AssetId(string.Empty), StringComparison.OrdinalIgnoreCase) ? id[registry.AssetId(string.Empty).Length..] : null;
        if (path is null || path.Split('/') is not [_, var name, "versions", var version] || name != exchange["name"] || version != exchange["child"])
        {
            throw ArmErrors.User(400, $"The asset id {body.Text("assetId")} does not name {exchange["name"]} version {exchange["child"]} of this registry.", "BadArgument", "ArgumentInvalid");
        }

        if (registry.Resources.Get(path)?["properties"] is not JsonObject properties || (properties.Text("modelUri") ?? properties.Text("dataUri")) is not { } told)
        {
            throw ArmErrors.User(404, $"{path} not found.", "NotFound");
        }

        if (body.Text("blobUri") is { } asked && asked.Split('?')[0].TrimEnd('/') != told.TrimEnd('/'))
        {
            throw ArmErrors.User(400, "The blob uri is not that of the asset.", "BadArgument", "ArgumentInvalid");
        }

        if (exchange.Caller.Registry == RegistryRole.NoFiles)
        {
            throw ArmErrors.Forbidden(exchange.Caller.Person.Upn, exchange.Caller.Person.ObjectId, "Microsoft.MachineLearningServices/registries/assets/read", registry.ArmId);
        }

        var account = state.Accounts[registry.StorageAccount];
        var container = new Uri(told).AbsolutePath.Split('/')[1];
        var token = Sas.Token(account, container, null, "rl", DateTimeOffset.UtcNow + state.Settings.SasLifetime);
        await exchange.JsonAsync(new JsonObject
        {
            ["blobReferenceForConsumption"] = new JsonObject
            {
                ["blobUri"] = told,
                ["storageAccountArmId"] = $"/subscriptions/{registry.SubscriptionId}/resourceGroups/{registry.ResourceGroup}-managed/providers/Microsoft.Storage/storageAccounts/{account.Name}",
                ["credential"] = new JsonObject { ["credentialType"] = "SAS", ["sasUri"] = $"{state.Blob(account.Name)}/{container}?{token}" },
            },
        });
    }

    private JsonObject Document(Registry registry)
    {
        var created = registry.Created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
        return new JsonObject
        {
            ["id"] = registry.ArmId,
            ["name"] = registry.Name,
            ["type"] = "Microsoft.MachineLearningServices/registries",
            ["location"] = registry.Location,
            ["tags"] = new JsonObject(),
            ["properties"] = new JsonObject
            {
                ["discoveryUrl"] = $"{state.DataPlane(registry.Location)}/registrymanagement/v1.0/registries/{registry.Name}/discovery",
                ["intellectualPropertyPublisher"] = null,
                ["managedResourceGroup"] = new JsonObject { ["resourceId"] = $"/subscriptions/{registry.SubscriptionId}/resourceGroups/{registry.ResourceGroup}-managed" },
                ["mlFlowRegistryUri"] = $"azureml://{new Uri(state.DataPlane(registry.Location)).Authority}/mlflow/v1.0{registry.ArmId}",
                ["publicNetworkAccess"] = "Enabled",
                ["regionDetails"] = new JsonArray(new JsonObject
                {
                    ["location"] = registry.Location,
                    ["acrDetails"] = new JsonArray(),
                    ["storageAccountDetails"] = new JsonArray(new JsonObject
                    {
                        ["systemCreatedStorageAccount"] = new JsonObject
                        {
                            ["storageAccountName"] = registry.StorageAccount,
                            ["storageAccountType"] = "Standard_LRS",
                            ["storageAccountHnsEnabled"] = false,
                            ["allowBlobPublicAccess"] = false,
                            ["armResourceId"] = new JsonObject { ["resourceId"] = $"/subscriptions/{registry.SubscriptionId}/resourceGroups/{registry.ResourceGroup}-managed/providers/Microsoft.Storage/storageAccounts/{registry.StorageAccount}" },
                        },
                    }),
                }),
            },
            ["identity"] = new JsonObject { ["type"] = "SystemAssigned", ["principalId"] = "44444444-4444-4444-4444-444444444445", ["tenantId"] = state.TenantId },
            ["kind"] = null,
            ["sku"] = new JsonObject { ["name"] = "Basic", ["tier"] = "Basic" },
            ["systemData"] = new JsonObject
            {
                ["createdAt"] = created,
                ["createdBy"] = registry.CreatedBy.Upn,
                ["createdByType"] = "User",
                ["lastModifiedAt"] = created,
                ["lastModifiedBy"] = registry.CreatedBy.Upn,
                ["lastModifiedByType"] = "User",
            },
        };
    }
}
