using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.Seeds;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.DataPlane;

/// <summary>Datasets of the first version. Routes as Microsoft's Python clients call them; there is no published specification, so keys beside name, id, time and place are guesses.</summary>
/// <param name="service">Finds and guards workspaces.</param>
internal sealed class DatasetRoutes(DataPlaneService service)
{
    /// <summary>Datasets a page unless the caller asks for another size.</summary>
    private const int PageSize = 100;

    /// <summary>Adds the routes.</summary>
    public void Map(RouteTable routes)
    {
        foreach (var version in new[] { "v1.0", "v1.1", "v1.2" })
        {
            var datasets = DataPlaneService.In("dataset/" + version) + "/datasets";
            routes.Map("GET", datasets, List);
            routes.Map("GET", datasets + "/{dataset}", x =>
            {
                const string byName = "name=";
                var which = x["dataset"];
                return Get(x, which.StartsWith(byName, StringComparison.Ordinal) ? which[byName.Length..] : which);
            });
            routes.Map("GET", datasets + "/query/{name}", x => Get(x, x["name"].StartsWith("name=", StringComparison.Ordinal) ? x["name"]["name=".Length..] : x["name"]));
            routes.Map("DELETE", datasets, DeleteAll);
            routes.Map("DELETE", datasets + "/{name}", x =>
            {
                var workspace = service.Workspace(x, WorkspaceRole.DataScientist);
                return workspace.Classic.Delete("datasets/" + x["name"]) ? x.EmptyAsync(200) : throw Missing(x["name"]);
            });
        }
    }

    /// <summary>A registered dataset of one path.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="datastore">The datastore.</param>
    /// <param name="path">Path in it.</param>
    /// <param name="type"><c>file</c> or <c>tabular</c>.</param>
    /// <param name="at">When it was registered.</param>
    /// <param name="by">Who registered it.</param>
    /// <param name="tenantId">Whose tenant.</param>
    public static JsonObject Document(string name, string datastore, string path, string type, DateTimeOffset at, Person by, string tenantId)
    {
        var id = Seeder.GuidOf("dataset" + name);
        JsonObject DataPath() => new() { ["datastoreName"] = datastore, ["relativePath"] = path, ["azureFilePath"] = null, ["partitionFormat"] = null, ["paths"] = null };
        return new JsonObject
        {
            ["datasetId"] = id,
            ["datasetState"] = new JsonObject { ["state"] = "active", ["deprecatedBy"] = null, ["etag"] = null },
            ["latest"] = new JsonObject
            {
                ["datasetId"] = id,
                ["versionId"] = "1",
                ["datasetDefinitionState"] = new JsonObject { ["state"] = "active", ["deprecatedBy"] = null, ["etag"] = null },
                ["dataflow"] = null,
                ["dataflowType"] = "Json",
                ["dataPath"] = DataPath(),
                ["description"] = null,
                ["notes"] = null,
                ["tags"] = new JsonObject(),
                ["properties"] = new JsonObject { ["opendatasets"] = null },
                ["datasetType"] = type,
                ["savedDatasetId"] = Seeder.GuidOf("saved" + name),
                ["etag"] = null,
                ["createdTime"] = JsonShape.Time(at),
                ["modifiedTime"] = JsonShape.Time(at),
                ["createdBy"] = RunDocuments.By(by, tenantId),
            },
            ["nextVersionId"] = "2",
            ["createdTime"] = JsonShape.Time(at),
            ["modifiedTime"] = JsonShape.Time(at),
            ["createdBy"] = RunDocuments.By(by, tenantId),
            ["modifiedBy"] = RunDocuments.By(by, tenantId),
            ["etag"] = null,
            ["name"] = name,
            ["description"] = null,
            ["tags"] = new JsonObject(),
            ["isVisible"] = true,
            ["defaultCompute"] = null,
            ["datasetType"] = type,
        };
    }

    private static ServiceException Missing(string which) => new(404, "UserError", $"Dataset {which} not found.") { InnerCodes = ["NotFound", "DatasetNotFound"] };

    private Task List(Exchange exchange)
    {
        var workspace = service.Workspace(exchange, WorkspaceRole.Reader);
        var names = exchange.Http.Request.Query["datasetNames"].SelectMany(n => n?.Split(',') ?? []).ToArray();
        var search = exchange.Query("searchText");
        var all = workspace.Classic.List("datasets").Where(d => names.Length == 0 || names.Contains(d.Text("name"), StringComparer.Ordinal))
            .Where(d => string.IsNullOrEmpty(search) || d.Text("name")?.Contains(search, StringComparison.OrdinalIgnoreCase) == true);
        return exchange.JsonAsync(ExperimentRoutes.Page(all, exchange.Query("continuationToken"), Paging.Count(exchange.Query("pageSize") ?? exchange.Query("count"), PageSize, 1000), 1000));
    }

    private Task Get(Exchange exchange, string which)
    {
        var workspace = service.Workspace(exchange, WorkspaceRole.Reader);
        return exchange.JsonAsync(workspace.Classic.Get("datasets/" + which) ?? workspace.Classic.List("datasets").FirstOrDefault(d => string.Equals(d.Text("datasetId"), which, StringComparison.OrdinalIgnoreCase)) ?? throw Missing(which));
    }

    /// <summary>The real service's trap: without a name every dataset is unregistered.</summary>
    private Task DeleteAll(Exchange exchange)
    {
        var workspace = service.Workspace(exchange, WorkspaceRole.DataScientist);
        foreach (var dataset in workspace.Classic.List("datasets"))
        {
            workspace.Classic.Delete("datasets/" + dataset.Text("name"));
        }

        return exchange.EmptyAsync(200);
    }
}
