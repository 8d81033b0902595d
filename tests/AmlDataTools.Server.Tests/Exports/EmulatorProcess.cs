using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using AmlDataTools.Azure;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Server.Tests.Support;

namespace AmlDataTools.Server.Tests.Exports;

/// <summary>The tests that share one emulator, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class ExportCollection : ICollectionFixture<EmulatorProcess>
{
    public const string Name = "exports";
}

/// <summary>The emulated Azure ML with Azurite behind it, in processes of its own. Tests fail when it cannot be started.</summary>
public class EmulatorProcess : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly HttpClient _control = new();
    private Process? _process;
    private HttpClient? _services;
    private JsonObject? _ready;

    /// <summary>Text of the line it prints when ready.</summary>
    internal string this[string name] => (string?)_ready?[name] ?? throw new InvalidOperationException($"The emulator did not give '{name}'.");

    internal IReadOnlyList<string> DataPlaneSuffixes => [.. (_ready?["dataPlaneSuffixes"] as JsonArray ?? []).Select(s => (string?)s ?? string.Empty)];

    internal WorkspaceRef Workspace => new(this["subscriptionId"], this["resourceGroup"], this["workspace"], null);

    private protected virtual string Seed => "sample";

    /// <summary>Whether another start has built it already.</summary>
    private protected virtual bool IsBuilt => false;

    public async Task InitializeAsync()
    {
        var script = Path.Combine(Repository.Root, "tests", "AmlDataTools.Emulator", "run.mjs");
        var start = new ProcessStartInfo("node", [script, "--port", "0", "--seed", Seed, "--exit-with-stdin"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (IsBuilt)
        {
            start.Environment["AMLDT_EMULATOR_BUILT"] = "1";
        }

        _process = Process.Start(start) ?? throw new InvalidOperationException("node could not be started.");
        var errors = new StringBuilder();
        _process.ErrorDataReceived += (_, line) => errors.AppendLine(line.Data);
        _process.BeginErrorReadLine();
        var ready = await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        _ready = ready is null ? throw new InvalidOperationException("The emulator did not start: " + errors) : JsonNode.Parse(ready) as JsonObject;
        _services = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync("127.0.0.1", context.DnsEndPoint.Port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
            SslOptions = new()
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { X509CertificateLoader.LoadCertificateFromFile(this["caCertificate"]) },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        });
    }

    public async Task DisposeAsync()
    {
        _control.Dispose();
        _services?.Dispose();
        if (_process is not null)
        {
            _process.StandardInput.Close();
            try
            {
                await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(120));
            }
            catch (TimeoutException)
            {
                _process.Kill(entireProcessTree: true);
            }

            _process.Dispose();
        }
    }

    internal string NodeOf(string runId) => NodeTargets.Format(new RunTarget(Workspace, runId));

    /// <summary>A token as signing in would give it: <c>token</c>, <c>expiresOn</c>, <c>accountLabel</c>.</summary>
    internal Task<JsonObject> TokenAsync(string audience, string? tenantId, string user, int? lifetimeSeconds)
    {
        var body = new JsonObject { ["audience"] = audience, ["user"] = user };
        if (tenantId is not null)
        {
            body["tenantId"] = tenantId;
        }

        if (lifetimeSeconds is { } seconds)
        {
            body["lifetimeSeconds"] = seconds;
        }

        return ControlAsync(HttpMethod.Post, "token", body);
    }

    /// <summary>Makes a run.</summary>
    internal async Task<MadeRun> AddRunAsync(JsonObject run)
    {
        var answer = await ControlAsync(HttpMethod.Post, "runs", run);
        var made = answer["runs"]?[0] as JsonObject ?? throw new InvalidOperationException("No run was made.");
        var files = (made["files"] as JsonArray ?? []).OfType<JsonObject>().Select(MadeFile.Of).ToList();
        return new MadeRun((string?)made["runId"] ?? string.Empty, files);
    }

    /// <summary>Makes a run with some files: path and size.</summary>
    internal Task<MadeRun> AddRunAsync(params (string Path, long Size)[] files) => AddRunAsync(new JsonObject { ["files"] = Files(files) });

    internal static JsonArray Files(params (string Path, long Size)[] files) =>
        [.. files.Select(f => (JsonNode)new JsonObject { ["path"] = f.Path, ["size"] = f.Size })];

    /// <summary>A large file of which the service has a hash, as it has of blobs that were written in one go.</summary>
    internal static JsonObject Hashed(string path, int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return new JsonObject { ["path"] = path, ["base64"] = Convert.ToBase64String(bytes) };
    }

    /// <summary>Writes a blob anew: other bytes, another tag.</summary>
    internal async Task<MadeFile> WriteBlobAsync(MadeRun run, string path, long size, string seed) =>
        MadeFile.Of(await ControlAsync(HttpMethod.Post, "blobs", new JsonObject { ["name"] = run.BlobOf(path), ["size"] = size, ["seed"] = seed })) with { Path = path };

    internal Task DeleteBlobAsync(MadeRun run, string path) =>
        ControlAsync(HttpMethod.Post, "blobs", new JsonObject { ["name"] = run.BlobOf(path), ["delete"] = true });

    /// <summary>Provokes a fault: action such as <c>{"kind":"reset","bytes":1000}</c>.</summary>
    internal Task FaultAsync(string pathContains, JsonObject action, int nth = 1, int times = 1, string? host = null, string? method = null)
    {
        var match = new JsonObject { ["pathContains"] = pathContains, ["nth"] = nth };
        if (host is not null)
        {
            match["host"] = host;
        }

        if (method is not null)
        {
            match["method"] = method;
        }

        return ControlAsync(HttpMethod.Post, "faults", new JsonObject { ["match"] = match, ["action"] = action, ["times"] = times });
    }

    internal Task ClearFaultsAsync() => ControlAsync(HttpMethod.Delete, "faults", null);

    internal Task RoleAsync(string user, string workspaceRole, string storageRole) => ControlAsync(
        HttpMethod.Post, "identity", new JsonObject { ["user"] = user, ["workspaceRole"] = workspaceRole, ["storageRole"] = storageRole });

    internal Task SettingsAsync(int sasSeconds, int signedSeconds) => ControlAsync(
        HttpMethod.Post, "settings", new JsonObject { ["sasLifetimeSeconds"] = sasSeconds, ["signedUrlLifetimeSeconds"] = signedSeconds });

    /// <summary>The id of the last request so far.</summary>
    internal async Task<long> MarkAsync() => (long?)(await ControlAsync(HttpMethod.Get, $"requests?since={long.MaxValue}", null))["last"] ?? 0;

    /// <summary>Requests after a mark, oldest first.</summary>
    internal async Task<IReadOnlyList<SeenRequest>> RequestsAsync(long since)
    {
        var answer = await ControlAsync(HttpMethod.Get, $"requests?since={since}", null);
        return [.. (answer["requests"] as JsonArray ?? []).OfType<JsonObject>().Select(r => new SeenRequest(
            (string?)r["method"] ?? string.Empty,
            (string?)r["host"] ?? string.Empty,
            Uri.UnescapeDataString((string?)r["path"] ?? string.Empty),
            (string?)r["query"] ?? string.Empty,
            (string?)r["range"],
            (string?)r["ifMatch"],
            (string?)r["access"],
            (int?)r["status"] ?? 0,
            (long?)r["bytes"] ?? 0,
            (string?)r["fault"]))];
    }

    /// <summary>Sets how a datastore of the sample workspace gives access: <c>AccountKey</c>, <c>Sas</c> or <c>None</c>.</summary>
    internal async Task CredentialsAsync(string kind, string datastore = "workspaceartifactstore")
    {
        var url = $"{this["resourceManager"].TrimEnd('/')}{Workspace.ResourceId}/datastores/{datastore}?api-version=2025-12-01";
        var body = await ServiceAsync(HttpMethod.Get, url, null);
        if (body["properties"] is JsonObject properties)
        {
            properties["credentials"] = new JsonObject { ["credentialsType"] = kind };
        }

        await ServiceAsync(HttpMethod.Put, url, body);
    }

    /// <summary>Reads or changes a datastore as Resource Manager has it.</summary>
    internal async Task<JsonObject> ServiceAsync(HttpMethod method, string url, JsonObject? body)
    {
        using var request = new HttpRequestMessage(method, url);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", this["accessToken"]);
        request.Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        return await SendAsync(_services ?? throw new InvalidOperationException("Not started."), request);
    }

    /// <summary>Takes a lease without an end on a blob, as somebody else would (Lease Blob), and gives back its id.</summary>
    internal async Task<string> LeaseAsync(string account, string container, string blob)
    {
        using var request = await LeaseRequestAsync(account, container, blob, "acquire");
        request.Headers.Add("x-ms-lease-duration", "-1");
        using var answer = await Services.SendAsync(request);
        return answer.EnsureSuccessStatusCode().Headers.GetValues("x-ms-lease-id").Single();
    }

    /// <summary>Gives a lease back.</summary>
    internal async Task ReleaseAsync(string account, string container, string blob, string lease)
    {
        using var request = await LeaseRequestAsync(account, container, blob, "release");
        request.Headers.Add("x-ms-lease-id", lease);
        using var answer = await Services.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    private HttpClient Services => _services ?? throw new InvalidOperationException("Not started.");

    private async Task<HttpRequestMessage> LeaseRequestAsync(string account, string container, string blob, string action)
    {
        var token = await TokenAsync("https://storage.azure.com", null, "ada@example.com", null);
        var front = new Uri(this["blob"]);
        var host = account + front.Host[front.Host.IndexOf('.', StringComparison.Ordinal)..];
        var request = new HttpRequestMessage(HttpMethod.Put, new UriBuilder(front) { Host = host, Path = $"{container}/{blob}", Query = "comp=lease" }.Uri);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (string?)token["token"]);
        request.Headers.Add("x-ms-version", "2023-11-03");
        request.Headers.Add("x-ms-lease-action", action);
        return request;
    }

    internal async Task<JsonObject> ControlAsync(HttpMethod method, string path, JsonObject? body)
    {
        using var request = new HttpRequestMessage(method, $"{this["controlUrl"].TrimEnd('/')}/{path}");
        request.Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        return await SendAsync(_control, request);
    }

    private static async Task<JsonObject> SendAsync(HttpClient client, HttpRequestMessage request)
    {
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return !answer.IsSuccessStatusCode ? throw new InvalidOperationException($"{request.RequestUri?.AbsolutePath}: {(int)answer.StatusCode} {text}")
            : text.Length == 0 ? [] : JsonNode.Parse(text) as JsonObject ?? [];
    }
}

/// <summary>A run made for a test.</summary>
internal sealed record MadeRun(string RunId, IReadOnlyList<MadeFile> Files)
{
    public string BlobOf(string path) => $"ExperimentRun/dcid.{RunId}/{path}";
}

/// <summary>A file of it, with the hash of its bytes.</summary>
internal sealed record MadeFile(string Path, long Size, string Sha256)
{
    public static MadeFile Of(JsonObject json) => new((string?)json["path"] ?? string.Empty, (long?)json["size"] ?? 0, (string?)json["sha256"] ?? string.Empty);
}

/// <summary>A request the emulator saw.</summary>
internal sealed record SeenRequest(
    string Method, string Host, string Path, string Query, string? Range, string? IfMatch, string? Access, int Status, long Bytes, string? Fault)
{
    /// <summary>Whether it read the bytes of a blob.</summary>
    public bool IsRead => Method == "GET" && Host.Contains(".blob.", StringComparison.Ordinal) && !Query.Contains("comp=", StringComparison.Ordinal);
}
