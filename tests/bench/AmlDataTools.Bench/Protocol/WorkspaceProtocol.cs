namespace AmlDataTools.Bench.Protocol;

/// <summary>
/// Just enough of a workspace around each container for a client that goes through Azure ML: one run whose files are the
/// container's, in a datastore with a SAS. The container's name is the workspace's. Shapes follow Microsoft's specification.
/// </summary>
public sealed class WorkspaceProtocol(BlobProtocol blobs, Deleting deleting)
{
    private const string Run = "bench_run";
    private const string ExperimentId = "00000000-0000-0000-0000-000000000008";
    private static readonly string[] Services = ["/subscriptions/", "/history/", "/dataset/"];

    /// <summary>Answers one request: the workspace's services at <c>localhost</c>, blobs at every other name.</summary>
    public Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        var path = request.Path.Value ?? string.Empty;
        if (path == "/bench/counts")
        {
            return context.Response.WriteAsJsonAsync(deleting.Counts);
        }

        if (path == "/bench/left")
        {
            return context.Response.WriteAsJsonAsync(deleting.Left(request.Query["container"].ToString()));
        }

        if (path == "/bench/reset")
        {
            deleting.Reset();
            return Task.CompletedTask;
        }

        if (request.Host.Host != "localhost" || !IsService(path))
        {
            return blobs.HandleAsync(context);
        }

        var here = $"https://localhost:{request.Host.Port}";
        var parts = path.Split('/');
        var at = Array.IndexOf(parts, "workspaces") + 1;
        var workspace = at > 0 && at < parts.Length ? parts[at] : string.Empty;
        object? answer = (request.Method, parts[^1], at > 0 ? parts.Length - at : 0) switch
        {
            ("GET", "discovery", _) => new { api = here, history = here },
            ("GET", _, 1) => new
            {
                id = path,
                name = workspace,
                location = "local",
                properties = new { workspaceId = "00000000-0000-0000-0000-000000000009", discoveryUrl = here + "/discovery" },
            },
            ("POST", "listSecrets", _) => new { secretsType = "Sas", sasToken = "sv=2024-11-04&sp=rdl&sig=bench" },
            ("GET", "workspaceartifactstore", _) => new
            {
                name = "workspaceartifactstore",
                properties = Datastore(workspace, request.Host.Port),
            },
            ("GET", "datastores", _) => new { value = new[] { new { name = "workspaceartifactstore", properties = Datastore(workspace, request.Host.Port) } } },
            ("GET", "models" or "data" or "codes" or "jobs" or "onlineEndpoints" or "batchEndpoints" or "schedules" or "components", 2) => new { value = Array.Empty<object>() },
            ("GET", "datasets", _) => new { value = Array.Empty<object>(), continuationToken = (string?)null, nextLink = (string?)null },
            ("POST", "experiments:query", _) => new
            {
                value = new[] { new { experimentId = ExperimentId, name = "bench", createdUtc = "2026-01-01T00:00:00+00:00", tags = new { }, archivedTime = (string?)null } },
                continuationToken = (string?)null,
                nextLink = (string?)null,
            },
            ("POST", "runs:query", _) => new { value = new[] { RunDocument() }, continuationToken = (string?)null, nextLink = (string?)null },
            ("GET", Run, _) => RunDocument(),
            ("GET", "children", _) => new { value = Array.Empty<object>(), continuationToken = (string?)null, nextLink = (string?)null },
            _ => null,
        };
        if (answer is null)
        {
            context.Response.StatusCode = 404;
            return context.Response.WriteAsJsonAsync(new { error = new { code = "ResourceNotFound", message = $"{request.Method} {path} is not part of the benchmark." } });
        }

        return context.Response.WriteAsJsonAsync(answer);
    }

    private static bool IsService(string path) => path == "/discovery" || Services.Any(service => path.StartsWith(service, StringComparison.Ordinal));

    private static object Datastore(string workspace, int? port) => new
    {
        datastoreType = "AzureBlob",
        accountName = workspace == "folders" ? Content.BenchData.HierarchicalAccount : "bench",
        containerName = workspace,
        endpoint = $"localhost:{port}",
        protocol = "https",
        isDefault = true,
        credentials = new { credentialsType = "Sas" },
    };

    private static object RunDocument() => new
    {
        runId = Run,
        displayName = Run,
        experimentId = ExperimentId,
        status = "Completed",
        dataContainerId = "dcid." + Run,
        runType = "azureml.scriptrun",
        createdUtc = "2026-01-01T00:00:00+00:00",
        properties = new { },
        tags = new { },
    };
}
