using System.Globalization;
using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.DataPlane;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.ResourceManager;
using AmlDataTools.Emulator.State;
using AmlDataTools.Emulator.Storage;

namespace AmlDataTools.Emulator.Control;

/// <summary>Resources, v1 datasets, locks and storage rules that tests ask for.</summary>
/// <param name="state">The emulator's state.</param>
/// <param name="engine">Azurite, for containers that a rule names.</param>
internal sealed class ResourceControl(EmulatorState state, BlobEngine engine)
{
    /// <summary>Adds the routes.</summary>
    public void Map(RouteTable routes)
    {
        routes.Map("POST", "/resources", x => EachAsync(x, "resources", AddResource));
        routes.Map("DELETE", "/resources", x => EachAsync(x, "resources", RemoveResource));
        routes.Map("POST", "/datasets", x => EachAsync(x, "datasets", AddDataset));
        routes.Map("DELETE", "/datasets", x => EachAsync(x, "datasets", RemoveDataset));
        routes.Map("POST", "/locks", AddLockAsync);
        routes.Map("DELETE", "/locks", RemoveLocksAsync);
        routes.Map("GET", "/locks", x => x.JsonAsync(new JsonObject { ["locks"] = JsonShape.List(state.Locks.All.Select(Lock)) }));
        routes.Map("POST", "/storage", StorageAsync);
    }

    private static ServiceException Bad(string message) => new(400, "BadRequest", message);

    private static string Needed(JsonObject body, string name) => body.Text(name) is { Length: > 0 } text ? text : throw Bad($"'{name}' is missing.");

    private static JsonObject Lock(ManagementLock one) => new() { ["scope"] = one.Scope, ["level"] = one.Level, ["name"] = one.Name };

    private Workspace Workspace(JsonObject body) => state.Workspaces.Values.OrderBy(w => w.Created).FirstOrDefault(w => body.Text("workspace") is null || w.Name == body.Text("workspace"))
        ?? throw Bad($"There is no workspace '{body.Text("workspace")}'.");

    private Registry Registry(string name) => state.Registries.Values.FirstOrDefault(r => r.Name == name) ?? throw Bad($"There is no registry '{name}'.");

    /// <summary>One item, or a list of them under a name.</summary>
    private static async Task EachAsync(Exchange exchange, string list, Func<JsonObject, JsonObject> act)
    {
        var body = await exchange.ReadObjectAsync();
        var items = body[list] is JsonArray many ? many.OfType<JsonObject>().ToArray() : [body];
        await exchange.JsonAsync(new JsonObject { [list] = JsonShape.List(items.Select(act)) }, HttpMethods.IsPost(exchange.Http.Request.Method) ? 201 : 200);
    }

    /// <summary>A body with <c>properties</c> gets the usual envelope around it unless it brings one.</summary>
    private JsonObject AddResource(JsonObject json)
    {
        var registry = json.Text("registry") is { } named ? Registry(named) : null;
        var workspace = Workspace(json);
        var path = Needed(json, "path").Trim('/');
        var body = json["body"] as JsonObject ?? throw Bad("'body' is missing.");
        var segments = path.Split('/');
        if (segments.Length % 2 != 0)
        {
            throw Bad($"'{path}' is no resource's path: kind/name[/versions/version].");
        }

        if (body["id"] is null)
        {
            var type = string.Join('/', segments.Where((_, i) => i % 2 == 0));
            var at = json.Text("created") is { } created && DateTimeOffset.TryParse(created, CultureInfo.InvariantCulture, out var time) ? time : DateTimeOffset.UtcNow;
            var by = json.Text("user") is { } who ? state.People.Find(who) ?? throw Bad($"There is nobody '{who}'.") : PeopleDirectory.Ada;
            var properties = body["properties"] as JsonObject ?? [];
            var envelope = registry is null ? ResourceRoutes.Envelope(workspace, path, type, properties, by.Name, at) : RegistryRoutes.Envelope(registry, path, properties, by.Name, at);
            foreach (var (name, value) in body)
            {
                envelope[name] = value?.DeepClone();
            }

            body = envelope;
        }

        (registry?.Resources ?? workspace.Resources).Put(path, body);
        return new JsonObject { ["path"] = path, ["id"] = body.Text("id") };
    }

    private JsonObject RemoveResource(JsonObject json) => new() { ["path"] = json.Text("path"), ["deleted"] = (json.Text("registry") is { } named ? Registry(named).Resources : Workspace(json).Resources).Delete(Needed(json, "path").Trim('/')) };

    private JsonObject AddDataset(JsonObject json)
    {
        var workspace = Workspace(json);
        var dataset = DatasetRoutes.Document(Needed(json, "name"), json.Text("datastore") ?? "workspaceblobstore", json.Text("path") ?? string.Empty, json.Text("type") ?? "file", DateTimeOffset.UtcNow, PeopleDirectory.Ada, state.TenantId);
        workspace.Classic.Put("datasets/" + dataset.Text("name"), dataset);
        return new JsonObject { ["name"] = dataset.Text("name"), ["datasetId"] = dataset.Text("datasetId") };
    }

    private JsonObject RemoveDataset(JsonObject json) => new() { ["name"] = json.Text("name"), ["deleted"] = Workspace(json).Classic.Delete("datasets/" + Needed(json, "name")) };

    private async Task AddLockAsync(Exchange exchange)
    {
        var body = await exchange.ReadObjectAsync();
        var level = body.Text("level") ?? "CanNotDelete";
        if (level is not ("CanNotDelete" or "ReadOnly"))
        {
            throw Bad($"'{level}' is not a level. Known: CanNotDelete, ReadOnly.");
        }

        var added = new ManagementLock(body.Text("name") ?? "lock-" + Guid.NewGuid().ToString("N")[..8], Needed(body, "scope").TrimEnd('/'), level);
        state.Locks.Add(added);
        await exchange.JsonAsync(Lock(added), 201);
    }

    private async Task RemoveLocksAsync(Exchange exchange)
    {
        var body = await exchange.ReadObjectAsync();
        await exchange.JsonAsync(new JsonObject { ["removed"] = state.Locks.Remove(exchange.Query("scope") ?? body.Text("scope")?.TrimEnd('/'), exchange.Query("name") ?? body.Text("name")) });
    }

    private async Task StorageAsync(Exchange exchange)
    {
        var body = await exchange.ReadObjectAsync();
        var account = state.Accounts.GetValueOrDefault(body.Text("account") ?? state.Workspaces.Values.OrderBy(w => w.Created).First().StorageAccount)
            ?? throw Bad($"There is no account '{body.Text("account")}'. Known: {string.Join(", ", state.Accounts.Keys)}.");
        if (account.Hierarchical && body.Truth("versioning") == true)
        {
            throw Bad("The service keeps no versions in an account with a hierarchical namespace.");
        }

        var rules = state.Kept.Rules(account.Name);
        if (body.ContainsKey("softDeleteDays"))
        {
            rules.SoftDeleteDays = (int?)body.Number("softDeleteDays");
        }

        if (body.ContainsKey("containerSoftDeleteDays"))
        {
            rules.ContainerSoftDeleteDays = (int?)body.Number("containerSoftDeleteDays");
        }

        rules.Versioning = body.Truth("versioning") ?? rules.Versioning;
        rules.PermanentDelete = body.Truth("permanentDelete") ?? rules.PermanentDelete;
        if (body.ContainsKey("immutability") || body.ContainsKey("legalHold"))
        {
            rules.Protections = [
                .. body.ContainsKey("immutability") ? Protections(body, "immutability") : rules.Protections.Where(p => !p.LegalHold),
                .. body.ContainsKey("legalHold") ? Protections(body, "legalHold") : rules.Protections.Where(p => p.LegalHold)];
        }

        await engine.CreateContainerAsync(account, KeptBlobs.Shadow, exchange.Aborted);
        await exchange.JsonAsync(new JsonObject
        {
            ["account"] = account.Name,
            ["softDeleteDays"] = rules.SoftDeleteDays,
            ["containerSoftDeleteDays"] = rules.ContainerSoftDeleteDays,
            ["versioning"] = rules.Versioning,
            ["permanentDelete"] = rules.PermanentDelete,
            ["protections"] = JsonShape.List(rules.Protections.Select(p => new JsonObject { ["container"] = p.Container, ["name"] = p.Name, ["until"] = JsonShape.TimeOrNull(p.Until), ["legalHold"] = p.LegalHold })),
        });
    }

    /// <summary>One rule, a list of them, or null for none.</summary>
    private static IEnumerable<Protection> Protections(JsonObject body, string name)
    {
        IEnumerable<JsonObject> given = body[name] switch { JsonArray many => many.OfType<JsonObject>(), JsonObject one => [one], _ => [] };
        return given.Select(p => new Protection(
            Needed(p, "container"),
            p.Text("prefixOrBlob") ?? string.Empty,
            name == "legalHold" ? null : DateTimeOffset.TryParse(p.Text("until"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until) ? until : throw Bad("'until' is no time."),
            name == "legalHold")).ToArray();
    }
}
