using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;
using AmlDataTools.Emulator.Storage;

namespace AmlDataTools.Emulator.DataPlane;

/// <summary>The artifact service: what a run registered, and signed addresses to read it.</summary>
/// <param name="service">Finds and guards workspaces.</param>
/// <param name="state">The emulator's state.</param>
/// <param name="engine">Reads contents.</param>
internal sealed class ArtifactRoutes(DataPlaneService service, EmulatorState state, BlobEngine engine)
{
    /// <summary>Artifacts a page [guess].</summary>
    private const int PageSize = 500;

    /// <summary>Adds the routes.</summary>
    public void Map(RouteTable routes)
    {
        var root = DataPlaneService.In("artifact/v2.0") + "/artifacts/{origin}/{container}";
        routes.Map("GET", root, x => ListAsync(x, Document));
        routes.Map("GET", root + "/metadata", x => OneAsync(x, Document));
        routes.Map("GET", root + "/contentinfo", x => OneAsync(x, Signed));
        routes.Map("GET", root + "/prefix/contentinfo", x => ListAsync(x, Signed));
        routes.Map("GET", root + "/content", ContentAsync);
        routes.Map("DELETE", root + "/metadata", DeleteAsync);

        // The same by another order of words, as some clients send it.
        routes.Map("GET", DataPlaneService.In("artifact/v2.0") + "/artifacts/prefix/contentinfo/{origin}/{container}", x => ListAsync(x, Signed));
        routes.Map("GET", DataPlaneService.In("artifact/v2.0") + "/artifacts/contentinfo/{origin}/{container}/{*path}", x => OneAsync(x, Signed));
    }

    private static string BlobName(Exchange exchange, string path) => $"{exchange["origin"]}/{exchange["container"]}/{path}";

    private static IReadOnlyList<RunFile> Files(Workspace workspace, Exchange exchange) =>
        exchange["origin"] == "ExperimentRun" && workspace.Runs.ByContainer(exchange["container"]) is { } run
            ? run.Files
            : throw new ServiceException(404, "UserError", $"Artifact container {exchange["origin"]}/{exchange["container"]} not found.") { InnerCodes = ["NotFound", "ArtifactContainerNotFound"] };

    private JsonObject Document(Workspace workspace, Exchange exchange, RunFile file) => new()
    {
        ["artifactId"] = BlobName(exchange, file.Path),
        ["origin"] = exchange["origin"],
        ["container"] = exchange["container"],
        ["path"] = file.Path,
        ["etag"] = file.ETag,
        ["createdTime"] = JsonShape.Time(file.Created),
        ["dataPath"] = new JsonObject { ["dataStoreName"] = "workspaceartifactstore", ["relativePath"] = BlobName(exchange, file.Path), ["sqlDataPath"] = null },
    };

    private JsonObject Signed(Workspace workspace, Exchange exchange, RunFile file)
    {
        var account = state.Accounts[workspace.StorageAccount];
        return new JsonObject
        {
            ["contentUri"] = Sas.BlobUri(state.Blob(account.Name), account, "azureml", BlobName(exchange, file.Path), DateTimeOffset.UtcNow + state.Settings.SignedUrlLifetime),
            ["origin"] = exchange["origin"],
            ["container"] = exchange["container"],
            ["path"] = file.Path,
        };
    }

    private Task ListAsync(Exchange exchange, Func<Workspace, Exchange, RunFile, JsonObject> document)
    {
        var workspace = service.Workspace(exchange, WorkspaceRole.Reader);
        var files = Files(workspace, exchange);
        var path = exchange.Query("path") ?? string.Empty;
        var skip = Paging.Offset(exchange.Query("continuationToken"));
        var page = (path.Length == 0 ? files.Skip(skip) : files.Where(f => f.Path.StartsWith(path, StringComparison.Ordinal)).Skip(skip)).Take(PageSize + 1).ToList();
        return exchange.JsonAsync(new JsonObject
        {
            ["value"] = JsonShape.List(page.Take(PageSize).Select(f => document(workspace, exchange, f))),
            ["continuationToken"] = page.Count > PageSize ? Paging.Token(skip + PageSize) : null,
            ["nextLink"] = null,
        });
    }

    private static RunFile Find(Workspace workspace, Exchange exchange)
    {
        var path = exchange.Query("path") ?? exchange.Value("path") ?? string.Empty;
        return Files(workspace, exchange).FirstOrDefault(f => f.Path == path)
            ?? throw new ServiceException(404, "UserError", $"Artifact {BlobName(exchange, path)} not found.") { InnerCodes = ["NotFound", "ArtifactNotFound"] };
    }

    private Task OneAsync(Exchange exchange, Func<Workspace, Exchange, RunFile, JsonObject> document)
    {
        var workspace = service.Workspace(exchange, WorkspaceRole.Reader);
        return exchange.JsonAsync(document(workspace, exchange, Find(workspace, exchange)));
    }

    private async Task ContentAsync(Exchange exchange)
    {
        var workspace = service.Workspace(exchange, WorkspaceRole.Reader);
        var name = BlobName(exchange, Find(workspace, exchange).Path);
        var account = state.Accounts[workspace.StorageAccount];
        if (state.Virtual.Find(account.Name, "azureml", name)?.Find(name) is { } computed)
        {
            await VirtualFront.ReadAsync(exchange.Http, computed);
            return;
        }

        using var answer = await engine.CallAsync(account, HttpMethod.Get, BlobEngine.Target("azureml", name), null, [], exchange.Aborted);
        if (!answer.IsSuccessStatusCode)
        {
            throw new ServiceException(404, "UserError", $"The content of artifact {name} was not found.") { InnerCodes = ["NotFound", "ArtifactContentNotFound"] };
        }

        exchange.Http.Response.ContentType = "application/octet-stream";
        exchange.Http.Response.ContentLength = answer.Content.Headers.ContentLength;
        await answer.Content.CopyToAsync(exchange.Http.Response.Body, exchange.Aborted);
    }

    private async Task DeleteAsync(Exchange exchange)
    {
        var workspace = service.Workspace(exchange, WorkspaceRole.DataScientist);
        var file = Find(workspace, exchange);
        if (workspace.Runs.ByContainer(exchange["container"]) is { } run)
        {
            run.Files = [.. run.Files.Where(f => f != file)];
        }

        if (string.Equals(exchange.Query("hardDelete"), "true", StringComparison.OrdinalIgnoreCase))
        {
            await engine.DeleteAsync(state.Accounts[workspace.StorageAccount], "azureml", BlobName(exchange, file.Path), exchange.Aborted);
        }

        await exchange.EmptyAsync(200);
    }
}
