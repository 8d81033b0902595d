using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.DataPlane;

/// <summary>Datastores as the first version's service shows them [spec 2019-09-30]: the same registrations as Resource Manager's. Credentials are never told here.</summary>
/// <param name="service">Finds and guards workspaces.</param>
/// <param name="state">The emulator's state.</param>
internal sealed class ClassicDatastoreRoutes(DataPlaneService service, EmulatorState state)
{
    /// <summary>Datastores a page [spec: default 30].</summary>
    private const int PageSize = 30;

    /// <summary>Adds the routes.</summary>
    public void Map(RouteTable routes)
    {
        var root = DataPlaneService.In("datastore/v1.0");
        routes.Map("GET", root + "/datastores", x =>
        {
            var names = x.Http.Request.Query["dataStoreNames"].SelectMany(n => n?.Split(',') ?? []).ToArray();
            var all = service.Workspace(x, WorkspaceRole.Reader).Resources.List("datastores").Where(d => names.Length == 0 || names.Contains(d.Text("name"), StringComparer.OrdinalIgnoreCase)).Select(Document);
            return x.JsonAsync(ExperimentRoutes.Page(all, x.Query("continuationToken"), Paging.Count(x.Query("count"), PageSize, 1000), 1000));
        });
        routes.Map("GET", root + "/datastores/{name}", x => x.JsonAsync(Document(Find(service.Workspace(x, WorkspaceRole.Reader), x["name"]))));
        routes.Map("GET", root + "/default", x => x.JsonAsync(Document(service.Workspace(x, WorkspaceRole.Reader).Resources.List("datastores").FirstOrDefault(IsDefault) ?? throw Missing("default"))));
        routes.Map("DELETE", root + "/datastores/{name}", x =>
        {
            var workspace = service.Workspace(x, WorkspaceRole.DataScientist);
            Find(workspace, x["name"]);
            workspace.Resources.Delete("datastores/" + x["name"]);
            return x.EmptyAsync(200);
        });
        routes.Map("DELETE", root + "/datastores", x =>
        {
            // The real service's trap: without a name every datastore is unregistered.
            var workspace = service.Workspace(x, WorkspaceRole.DataScientist);
            foreach (var datastore in workspace.Resources.List("datastores"))
            {
                workspace.Resources.Delete("datastores/" + datastore.Text("name"));
            }

            return x.EmptyAsync(200);
        });
    }

    private static bool IsDefault(JsonObject datastore) => (datastore["properties"] as JsonObject)?.Truth("isDefault") == true;

    private static ServiceException Missing(string name) => new(404, "UserError", $"Could not find datastore: {name}.") { InnerCodes = ["NotFoundError"] };

    private static JsonObject Find(Workspace workspace, string name) => workspace.Resources.Get("datastores/" + name) ?? throw Missing(name);

    private JsonObject Document(JsonObject datastore)
    {
        var properties = datastore["properties"] as JsonObject ?? [];
        return new JsonObject
        {
            ["name"] = datastore.Text("name"),
            ["dataStoreType"] = properties.Text("datastoreType"),
            ["hasBeenValidated"] = true,
            ["tags"] = new JsonObject(),
            ["azureStorageSection"] = new JsonObject
            {
                ["accountName"] = properties.Text("accountName"),
                ["containerName"] = properties.Text("containerName") ?? properties.Text("filesystem") ?? properties.Text("fileShareName"),
                ["endpoint"] = state.StorageSuffix,
                ["protocol"] = "https",
                ["credentialType"] = (properties["credentials"] as JsonObject)?.Text("credentialsType"),
                ["credential"] = null,
                ["isSas"] = (properties["credentials"] as JsonObject)?.Text("credentialsType") == "Sas",
            },
            ["azureDataLakeSection"] = null,
            ["azureSqlDatabaseSection"] = null,
            ["azurePostgreSqlSection"] = null,
            ["glusterFsSection"] = null,
        };
    }
}
