using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;
using AmlDataTools.Emulator.Storage;
using AmlDataTools.Emulator.Storage.Shares;

namespace AmlDataTools.Emulator.ResourceManager;

/// <summary>Datastores and their secrets.</summary>
/// <param name="arm">Finds and guards workspaces.</param>
/// <param name="state">The emulator's state.</param>
internal sealed class DatastoreRoutes(ArmService arm, EmulatorState state)
{
    /// <summary>Datastores a page unless the caller asks for another count [spec: default 30].</summary>
    private const int PageSize = 30;

    /// <summary>Adds the routes.</summary>
    public void Map(RouteTable routes)
    {
        const string datastores = ArmService.WorkspaceRoute + "/datastores";
        routes.Map("GET", datastores, ListAsync);
        routes.Map("GET", datastores + "/{name}", x => x.JsonAsync(Find(arm.Workspace(x, WorkspaceRole.Reader, "datastores/read"), x["name"])));
        routes.Map("PUT", datastores + "/{name}", PutAsync);
        routes.Map("DELETE", datastores + "/{name}", x =>
        {
            var workspace = arm.Workspace(x, WorkspaceRole.DataScientist, "datastores/delete");
            var path = "datastores/" + x["name"];
            if ((workspace.Resources.Get(path)?["properties"] as JsonObject)?.Truth("isDefault") == true)
            {
                // Refused by the service; its words are a guess.
                throw ArmErrors.User(400, $"The default datastore {x["name"]} cannot be deleted.", "BadArgument", "ArgumentInvalid");
            }

            return x.EmptyAsync(workspace.Resources.Delete(path) ? 200 : 204);
        });
        routes.Map("POST", datastores + "/{name}/listSecrets", SecretsAsync);
    }

    /// <summary>A datastore.</summary>
    /// <exception cref="ServiceException">404 as the service gives it.</exception>
    private static JsonObject Find(Workspace workspace, string name) => workspace.Resources.Get("datastores/" + name)
        ?? throw new ServiceException(404, "UserError", $"Could not find datastore: {name}.") { InnerCodes = ["NotFoundError"] };

    private Task ListAsync(Exchange exchange)
    {
        var workspace = arm.Workspace(exchange, WorkspaceRole.Reader, "datastores/read");
        var isDefault = exchange.Query("isDefault");
        var search = exchange.Query("searchText");
        var names = exchange.Http.Request.Query["names"].SelectMany(n => n?.Split(',') ?? []).ToArray();
        var all = workspace.Resources.List("datastores")
            .Where(d => isDefault is null || (d["properties"] as JsonObject)?.Truth("isDefault") == string.Equals(isDefault, "true", StringComparison.OrdinalIgnoreCase))
            .Where(d => names.Length == 0 || names.Contains(d.Text("name"), StringComparer.OrdinalIgnoreCase))
            .Where(d => string.IsNullOrEmpty(search) || d.Text("name")?.Contains(search, StringComparison.OrdinalIgnoreCase) == true);
        var (page, next) = ArmService.Page(exchange, state, all, Paging.Count(exchange.Query("count"), PageSize, 1000));
        var body = new JsonObject { ["value"] = JsonShape.List(page) };
        if (next is not null)
        {
            body["nextLink"] = next;
        }

        return exchange.JsonAsync(body);
    }

    private async Task PutAsync(Exchange exchange)
    {
        var workspace = arm.Workspace(exchange, WorkspaceRole.DataScientist, "datastores/write");
        var body = await exchange.ReadObjectAsync();
        if (body["properties"] is not JsonObject properties)
        {
            throw ArmErrors.User(400, "The 'properties' of the datastore are missing.", "BadArgument", "ArgumentBlankOrEmpty");
        }

        (properties["credentials"] as JsonObject)?.Remove("secrets");
        var added = workspace.Resources.Put("datastores/" + exchange["name"], ResourceRoutes.Envelope(workspace, "datastores/" + exchange["name"], "datastores", properties, exchange.Caller.Person.Name, DateTimeOffset.UtcNow));
        await exchange.JsonAsync(Find(workspace, exchange["name"]), added ? 201 : 200);
    }

    private Task SecretsAsync(Exchange exchange)
    {
        var workspace = arm.Workspace(exchange, WorkspaceRole.DataScientist, "datastores/listsecrets/action");
        var properties = Find(workspace, exchange["name"])["properties"] as JsonObject ?? [];
        var type = (properties["credentials"] as JsonObject)?.Text("credentialsType");
        var account = state.Accounts.GetValueOrDefault(properties.Text("accountName") ?? string.Empty);
        return (type, account) switch
        {
            ("AccountKey", { } a) => exchange.JsonAsync(new JsonObject { ["secretsType"] = "AccountKey", ["key"] = a.Key }),
            ("Sas", { } a) when properties.Text("fileShareName") is { } share => exchange.JsonAsync(new JsonObject
            {
                ["secretsType"] = "Sas",
                ["sasToken"] = FileSas.Token(a, share, "rl", DateTimeOffset.UtcNow + state.Settings.SasLifetime),
            }),
            ("Sas", { } a) => exchange.JsonAsync(new JsonObject
            {
                ["secretsType"] = "Sas",
                ["sasToken"] = Sas.Token(a, properties.Text("containerName") ?? properties.Text("filesystem") ?? string.Empty, null, "rl", DateTimeOffset.UtcNow + state.Settings.SasLifetime),
            }),
            _ => throw ArmErrors.User(400, $"No secrets for credentials of type {type ?? "None"}.", "BadArgument", "ArgumentInvalid"),
        };
    }
}
