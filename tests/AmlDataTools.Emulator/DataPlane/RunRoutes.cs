using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;
using AmlDataTools.Emulator.Storage;

namespace AmlDataTools.Emulator.DataPlane;

/// <summary>Runs of run history, by workspace and by experiment.</summary>
/// <param name="service">Finds and guards workspaces.</param>
/// <param name="state">The emulator's state.</param>
internal sealed class RunRoutes(DataPlaneService service, EmulatorState state)
{
    /// <summary>Most runs a page [guess].</summary>
    private const int PageSize = 500;

    /// <summary>Adds the routes.</summary>
    public void Map(RouteTable routes)
    {
        var root = DataPlaneService.In("history/v1.0");
        routes.Map("POST", root + "/experiments/{experiment}/runs:query", QueryAsync);
        routes.Map("POST", root + "/rundata", RunDataAsync);
        foreach (var runs in new[] { root + "/runs", root + "/experiments/{experiment}/runs", root + "/experimentids/{experimentId}/runs" })
        {
            routes.Map("GET", runs + "/{run}", x =>
            {
                var workspace = service.Workspace(x, WorkspaceRole.Reader);
                return x.JsonAsync(RunDocuments.Run(state, workspace, Find(workspace, x["run"])));
            });
            routes.Map("PATCH", runs + "/{run}", PatchAsync);
            routes.Map("DELETE", runs + "/{run}/tags", DeleteTagsAsync);
            routes.Map("GET", runs + "/{run}/details", x =>
            {
                var workspace = service.Workspace(x, WorkspaceRole.Reader);
                var run = Find(workspace, x["run"]);
                return x.JsonAsync(RunDocuments.Details(state, workspace, run, Logs(workspace, run)));
            });
            routes.Map("GET", runs + "/{run}/children", ChildrenAsync);
        }
    }

    /// <summary>A run by id.</summary>
    /// <exception cref="ServiceException">404 as the service gives it.</exception>
    public static RunRecord Find(Workspace workspace, string runId) => workspace.Runs.Find(runId)
        ?? throw new ServiceException(404, "UserError", $"Run {runId} not found.") { InnerCodes = ["NotFound", "RunNotFound"], Parameters = ("Run {runId} not found.", "runId", runId) };

    private async Task QueryAsync(Exchange exchange)
    {
        var workspace = service.Workspace(exchange, WorkspaceRole.Reader);
        var experiment = ExperimentRoutes.ByName(workspace, exchange["experiment"]);
        var body = await exchange.ReadObjectAsync();
        await exchange.JsonAsync(Page(workspace, experiment.RunsFrom, body.Text("filter"), body.Text("orderBy"), body.Text("continuationToken"), body.Number("top")));
    }

    private Task ChildrenAsync(Exchange exchange)
    {
        var workspace = service.Workspace(exchange, WorkspaceRole.Reader);
        var children = workspace.Runs.Children(Find(workspace, exchange["run"])).ToList();
        var order = exchange.Query("$orderby") is { Length: > 0 } by ? $"{by} {exchange.Query("$sortorder")}".Trim() : null;
        var page = Page(workspace, start => children.Select((run, at) => (at, run)).Skip(start), exchange.Query("$filter"), order, exchange.Query("$continuationtoken"), Paging.Count(exchange.Query("$top"), PageSize, PageSize));
        if (page.Text("continuationToken") is { } token)
        {
            var query = exchange.Http.Request.Query.Where(q => q.Key != "$continuationtoken").Select(q => $"{q.Key}={Uri.EscapeDataString(q.Value.ToString())}")
                .Append("$continuationtoken=" + Uri.EscapeDataString(token));
            page["nextLink"] = $"https://{exchange.Http.Request.Host}{Exchange.RawTarget(exchange.Http).Split('?')[0]}?{string.Join('&', query)}";
        }
        else
        {
            // Recorded: the last page of children has a value and nothing else.
            page.Remove("continuationToken");
            page.Remove("nextLink");
        }

        return exchange.JsonAsync(page);
    }

    /// <summary>
    /// Newest first is the stored order: then documents are made as the page needs them, and the continuation says where in
    /// that order the next page begins. Only other orders need all documents at once.
    /// </summary>
    private JsonObject Page(Workspace workspace, Func<int, IEnumerable<(int At, RunRecord Run)>> runsFrom, string? filter, string? order, string? continuation, long? top)
    {
        var test = Query.Filter(filter);
        var natural = string.IsNullOrWhiteSpace(order) || string.Join(' ', order.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToLowerInvariant() is "createdutc desc" or "runnumber desc";
        if (!natural)
        {
            var all = runsFrom(0).Select(entry => RunDocuments.Run(state, workspace, entry.Run)).Where(test);
            return ExperimentRoutes.Page(Query.Order(all, order), continuation, top, PageSize);
        }

        var size = (int)Math.Clamp(top ?? PageSize, 1, PageSize);
        var page = new List<JsonObject>();
        string? token = null;
        foreach (var (at, run) in runsFrom(Paging.Offset(continuation)))
        {
            var document = RunDocuments.Run(state, workspace, run);
            if (!test(document))
            {
                continue;
            }

            if (page.Count == size)
            {
                token = Paging.Token(at);
                break;
            }

            page.Add(document);
        }

        return new JsonObject { ["value"] = JsonShape.List(page), ["continuationToken"] = token, ["nextLink"] = null };
    }

    private async Task PatchAsync(Exchange exchange)
    {
        var workspace = service.Workspace(exchange, WorkspaceRole.DataScientist);
        var run = Find(workspace, exchange["run"]);
        var body = await exchange.ReadObjectAsync();
        run.Hidden = body.Truth("hidden") ?? run.Hidden;
        run.DisplayName = body.Text("displayName") ?? run.DisplayName;
        run.Description = body.Text("description") ?? run.Description;
        foreach (var (key, value) in body.TextMap("tags"))
        {
            run.Tags[key] = value;
        }

        run.ModifiedBy = exchange.Caller.Person;
        run.Revision++;
        workspace.Runs.Keep(run);
        await exchange.JsonAsync(RunDocuments.Run(state, workspace, run));
    }

    /// <summary>Specification of 2019-09-30, Runs_DeleteTags: the body is the list of names; a tag that is not there does no harm [guess].</summary>
    private async Task DeleteTagsAsync(Exchange exchange)
    {
        var workspace = service.Workspace(exchange, WorkspaceRole.DataScientist);
        var run = Find(workspace, exchange["run"]);
        foreach (var tag in ExperimentRoutes.Names(await exchange.ReadNodeAsync()))
        {
            run.Tags.Remove(tag);
        }

        run.ModifiedBy = exchange.Caller.Person;
        run.Revision++;
        workspace.Runs.Keep(run);
        await exchange.JsonAsync(RunDocuments.Run(state, workspace, run));
    }

    private async Task RunDataAsync(Exchange exchange)
    {
        var workspace = service.Workspace(exchange, WorkspaceRole.Reader);
        var body = await exchange.ReadObjectAsync();
        var id = body.Text("runId") ?? throw new ServiceException(400, "UserError", "The 'runId' is missing.") { InnerCodes = ["BadArgument", "ArgumentBlankOrEmpty"] };
        var run = Find(workspace, id);
        await exchange.JsonAsync(new JsonObject
        {
            ["runMetadata"] = body.Truth("selectRunMetadata") == false ? null : RunDocuments.Run(state, workspace, run),
            ["runDefinition"] = body.Truth("selectRunDefinition") == true ? RunDefinitions.Definition(workspace, run) : null,
            ["jobSpecification"] = null,
            ["systemSettings"] = null,
        });
    }

    private JsonObject Logs(Workspace workspace, RunRecord run)
    {
        var account = state.Accounts[workspace.StorageAccount];
        var expires = DateTimeOffset.UtcNow + state.Settings.SignedUrlLifetime;
        return new JsonObject(run.Files.Where(f => f.Path.Contains("logs/", StringComparison.Ordinal)).Select(f => KeyValuePair.Create(
            f.Path, (JsonNode?)Sas.BlobUri(state.Blob(account.Name), account, "azureml", $"ExperimentRun/{run.DataContainerId}/{f.Path}", expires))));
    }
}
