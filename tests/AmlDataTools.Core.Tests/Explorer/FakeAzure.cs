using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Core;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Cloud;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.Identity;
using AmlDataTools.Core.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace AmlDataTools.Core.Tests.Explorer;

/// <summary>Stands in for the network: rules from method and a part of the address to an answer; the last rule added wins.</summary>
internal sealed class FakeAzure : HttpMessageHandler
{
    private readonly List<(string Method, string Part, Func<HttpRequestMessage, string?, HttpResponseMessage> Answer)> _rules = [];

    public FakeAzure()
    {
        On("GET", "/workspaces/w?", """{"id":"/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w","name":"w","location":"westeurope","properties":{"discoveryUrl":"https://eastus.api.azureml.ms/discovery"}}""");
        On("GET", "/discovery", """{"api":"https://eastus.api.azureml.ms"}""");
    }

    public static WorkspaceRef Workspace { get; } = new("s", "g", "w", "t");

    public List<string> Requests { get; } = [];

    public FakeAzure On(string method, string part, Func<HttpRequestMessage, string?, HttpResponseMessage> answer)
    {
        _rules.Add((method, part, answer));
        return this;
    }

    public FakeAzure On(string method, string part, string json, HttpStatusCode status = HttpStatusCode.OK)
        => On(method, part, (_, _) => Json(json, status));

    public static HttpResponseMessage Json(string json, HttpStatusCode status = HttpStatusCode.OK)
        => new(status) { Content = new StringContent(json, Encoding.UTF8, "application/json") };

    public AzureConnection Connect() => new(CloudDescription.Public, new Tokens(), NullLoggerFactory.Instance, new AzureTransport(this));

    /// <summary>Serves runs newest first, by pages, with the filters that run history evaluates; children apart.</summary>
    public FakeAzure WithRuns(string experiment, IReadOnlyList<JsonObject> runs, bool takesFilter = true, bool quotedTexts = false)
    {
        On("POST", $"/experiments/{experiment}/runs:query", (_, body) =>
        {
            using var query = JsonDocument.Parse(body ?? "{}");
            var filter = query.RootElement.Text("filter");
            if (filter is not null && (!takesFilter || (quotedTexts && filter.Contains("Status eq F", StringComparison.Ordinal))))
            {
                return Json("""{"error":{"code":"UserError","message":"filter not understood"}}""", HttpStatusCode.BadRequest);
            }

            var kept = runs.Where(run => Evaluate(run, filter));
            return Page([.. kept], query.RootElement.Text("continuationToken"), query.RootElement.GetProperty("top").GetInt32());
        });
        foreach (var run in runs)
        {
            var id = run["runId"]?.GetValue<string>() ?? string.Empty;
            On("GET", $"/history/v1.0/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/runs/{id}", (request, _) =>
            {
                var path = request.RequestUri?.AbsolutePath ?? string.Empty;
                return path.EndsWith("/children", StringComparison.Ordinal)
                    ? Page([.. runs.Where(child => child["parentRunId"]?.GetValue<string>() == id)], null, int.MaxValue)
                    : path.EndsWith("/" + id, StringComparison.Ordinal) ? Json(run.ToJsonString()) : Json("{}", HttpStatusCode.NotFound);
            });
        }

        return this;
    }

    public static JsonObject Run(string id, string status = "Completed", string? parent = null, string? name = null, bool hidden = false, string? by = null, string type = "azureml.scriptrun")
        => new()
        {
            ["runId"] = id,
            ["displayName"] = name,
            ["status"] = status,
            ["parentRunId"] = parent,
            ["hidden"] = hidden,
            ["runType"] = type,
            ["createdUtc"] = "2026-01-01T10:00:00+00:00",
            ["startTimeUtc"] = "2026-01-01T10:00:00+00:00",
            ["duration"] = "00:12:00",
            ["dataContainerId"] = "dcid." + id,
            ["createdBy"] = new JsonObject { ["userName"] = by ?? "Ada Example" },
            ["tags"] = new JsonObject { ["team"] = "red" },
            ["properties"] = new JsonObject(),
        };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? null : await request.Content.ReadAsStringAsync(cancellationToken);
        var address = request.RequestUri?.AbsoluteUri ?? string.Empty;
        lock (Requests)
        {
            Requests.Add($"{request.Method} {address} {body}".TrimEnd());
        }

        for (var index = _rules.Count - 1; index >= 0; index--)
        {
            if (_rules[index].Method == request.Method.Method && address.Contains(_rules[index].Part, StringComparison.Ordinal))
            {
                return _rules[index].Answer(request, body);
            }
        }

        return Json("""{"error":{"code":"NotFound","message":"The test has no answer for this."}}""", HttpStatusCode.NotFound);
    }

    private static bool Evaluate(JsonObject run, string? filter)
        => filter is null
            || ((!filter.Contains("ParentRunId eq null", StringComparison.Ordinal) || run["parentRunId"] is null)
                && (!filter.Contains("Hidden eq false", StringComparison.Ordinal) || run["hidden"]?.GetValue<bool>() != true)
                && (!filter.Contains("Status eq", StringComparison.Ordinal) || filter.Replace("'", string.Empty, StringComparison.Ordinal).Contains($"(Status eq {run["status"]})", StringComparison.Ordinal)));

    private static HttpResponseMessage Page(IReadOnlyList<JsonObject> all, string? token, int top)
    {
        var begin = int.Parse(token ?? "0", System.Globalization.CultureInfo.InvariantCulture);
        var end = top == int.MaxValue ? all.Count : Math.Min(all.Count, begin + top);
        var items = new JsonArray([.. all.Skip(begin).Take(end - begin).Select(run => run.DeepClone())]);
        return Json(new JsonObject
        {
            ["value"] = items,
            ["continuationToken"] = end < all.Count ? end.ToString(System.Globalization.CultureInfo.InvariantCulture) : null,
        }.ToJsonString());
    }

    private sealed class Tokens : TokenCredential, ITenantCredentials
    {
        public TokenCredential ForTenant(string? tenantId) => this;

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
            => new("t", DateTimeOffset.UtcNow.AddHours(1));

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
            => new(GetToken(requestContext, cancellationToken));
    }
}

/// <summary>Folders held in memory: datastore and path to files.</summary>
internal sealed class MemoryBrowser : IFileBrowser
{
    public List<string> Files { get; } = [];

    public Exception? Failure { get; set; }

    public Task<FilePage> ListFolderAsync(FileLocation folder, string? pageToken, int pageSize, CancellationToken cancellationToken)
    {
        if (Failure is not null)
        {
            throw Failure;
        }

        var prefix = $"{folder.Datastore}:{folder.Path}";
        var entries = Files.Where(file => file.StartsWith(prefix, StringComparison.Ordinal))
            .Select(file => file[prefix.Length..])
            .Select(rest => rest.Contains('/', StringComparison.Ordinal)
                ? new FileEntry(rest.Split('/')[0], folder.Path + rest.Split('/')[0] + "/", true, null, null)
                : new FileEntry(rest, folder.Path + rest, false, 2048, DateTimeOffset.UnixEpoch))
            .Distinct().OrderBy(entry => entry.Path, StringComparer.Ordinal).ToList();
        var begin = int.Parse(pageToken ?? "0", System.Globalization.CultureInfo.InvariantCulture);
        var next = begin + pageSize < entries.Count ? (begin + pageSize).ToString(System.Globalization.CultureInfo.InvariantCulture) : null;
        return Task.FromResult(new FilePage([.. entries.Skip(begin).Take(pageSize)], next, null));
    }
}

/// <summary>A clock that stands still.</summary>
internal sealed class StillClock(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
