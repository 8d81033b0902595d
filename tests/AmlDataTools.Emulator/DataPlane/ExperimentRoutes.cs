using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.DataPlane;

/// <summary>Experiments of run history.</summary>
/// <param name="service">Finds and guards workspaces.</param>
internal sealed class ExperimentRoutes(DataPlaneService service)
{
    /// <summary>Most experiments a page [guess].</summary>
    private const int PageSize = 100;

    /// <summary>Adds the routes.</summary>
    public void Map(RouteTable routes)
    {
        var root = DataPlaneService.In("history/v1.0");
        routes.Map("POST", root + "/experiments:query", QueryAsync);
        routes.Map("GET", root + "/experiments/{experiment}", x =>
            x.JsonAsync(Document(ByName(service.Workspace(x, WorkspaceRole.Reader), x["experiment"]))));
        routes.Map("GET", root + "/experimentids/{experiment}", x =>
            x.JsonAsync(Document(ById(service.Workspace(x, WorkspaceRole.Reader), x["experiment"]))));
        routes.Map("PATCH", root + "/experimentids/{experiment}", PatchAsync);
        routes.Map("DELETE", root + "/experimentids/{experiment}/tags", async x =>
        {
            // Specification of 2019-09-30, Experiments_DeleteTags: DeleteTagsCommand.
            var experiment = ById(service.Workspace(x, WorkspaceRole.DataScientist), x["experiment"]);
            var body = await x.ReadObjectAsync();
            foreach (var tag in Names(body["tags"]))
            {
                experiment.Tags.Remove(tag);
            }

            await x.JsonAsync(Document(experiment));
        });
        routes.Map("DELETE", root + "/experimentids/{experiment}", x =>
        {
            var workspace = service.Workspace(x, WorkspaceRole.DataScientist);
            var experiment = ById(workspace, x["experiment"]);
            if (experiment.Runs().Any())
            {
                throw new ServiceException(409, "UserError", $"Experiment {experiment.Name} has runs and cannot be deleted.") { InnerCodes = ["Conflict", "ExperimentNotEmpty"] };
            }

            workspace.Runs.Remove(experiment);
            return x.EmptyAsync(200);
        });
    }

    /// <summary>An experiment by name.</summary>
    /// <exception cref="ServiceException">404.</exception>
    public static Experiment ByName(Workspace workspace, string name) => workspace.Runs.ByName(name) ?? throw Missing(name);

    /// <summary>A list of names.</summary>
    /// <exception cref="ServiceException">400: it is none.</exception>
    public static IReadOnlyList<string> Names(JsonNode? list) => list is JsonArray names && names.All(n => n is JsonValue value && value.TryGetValue<string>(out _))
        ? [.. names.Select(n => n?.GetValue<string>() ?? string.Empty)]
        : throw new ServiceException(400, "UserError", "A list of tags is expected.") { InnerCodes = ["BadArgument", "ArgumentInvalid"] };

    private static Experiment ById(Workspace workspace, string id) => workspace.Runs.ById(id) ?? throw Missing(id);

    private static ServiceException Missing(string which) =>
        new(404, "UserError", $"Experiment {which} not found.") { InnerCodes = ["NotFound", "ExperimentNotFound"], Parameters = ("Experiment {experimentId} not found.", "experimentId", which) };

    private static JsonObject Document(Experiment experiment)
    {
        var latest = experiment.Runs().FirstOrDefault();
        return new JsonObject
        {
            ["experimentId"] = experiment.Id,
            ["name"] = experiment.Name,
            ["description"] = experiment.Description,
            ["createdUtc"] = JsonShape.Time(experiment.Created),
            ["tags"] = JsonShape.Map(experiment.Tags),
            ["archivedTime"] = JsonShape.TimeOrNull(experiment.Archived),
            ["latestCreatedRunCreatedUtc"] = JsonShape.TimeOrNull(latest?.Created),
            ["latestCreatedRunId"] = latest?.RunId,
        };
    }

    private async Task QueryAsync(Exchange exchange)
    {
        var workspace = service.Workspace(exchange, WorkspaceRole.Reader);
        var body = await exchange.ReadObjectAsync();
        var view = body.Text("viewType") ?? "Default";
        var all = workspace.Runs.Experiments
            .Where(e => view switch { "All" => true, "ArchivedOnly" => e.Archived is not null, _ => e.Archived is null })
            .OrderByDescending(e => e.Created).Select(Document).Where(Query.Filter(body.Text("filter")));
        await exchange.JsonAsync(Page(Query.Order(all, body.Text("orderBy")), body.Text("continuationToken"), body.Number("top"), PageSize));
    }

    private async Task PatchAsync(Exchange exchange)
    {
        var experiment = ById(service.Workspace(exchange, WorkspaceRole.DataScientist), exchange["experiment"]);
        var body = await exchange.ReadObjectAsync();
        if (body.Truth("archive") is { } archive)
        {
            experiment.Archived = archive ? experiment.Archived ?? DateTimeOffset.UtcNow : null;
        }

        experiment.Description = body.Text("description") ?? experiment.Description;
        foreach (var (key, value) in body.TextMap("tags"))
        {
            experiment.Tags[key] = value;
        }

        await exchange.JsonAsync(Document(experiment));
    }

    /// <summary>A page of documents with its continuation.</summary>
    public static JsonObject Page(IEnumerable<JsonObject> documents, string? continuation, long? top, int most)
    {
        var size = (int)Math.Clamp(top ?? most, 1, most);
        var skip = Paging.Offset(continuation);
        var page = documents.Skip(skip).Take(size + 1).ToList();
        var more = page.Count > size;
        return new JsonObject
        {
            ["value"] = JsonShape.List(page.Take(size)),
            ["continuationToken"] = more ? Paging.Token(skip + size) : null,
            ["nextLink"] = null,
        };
    }
}
