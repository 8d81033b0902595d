using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Core;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Cloud;
using AmlDataTools.Azure.Identity;
using AmlDataTools.Core.Changes;
using AmlDataTools.Core.Changes.Planning;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Runs;
using AmlDataTools.Core.Storage;
using AmlDataTools.Core.Workspaces.Leftovers;
using AmlDataTools.Core.Tests.Names;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmlDataTools.Core.Tests.Changes.Planning;

/// <summary>The emulated Azure ML in a process of its own, with a planner over it. Tests fail when it cannot be started.</summary>
public class PlanEmulator : IAsyncLifetime
{
    private readonly HttpClient _control = new() { Timeout = TimeSpan.FromMinutes(5) };
    private readonly TemporaryFolder _folder = new();
    private Process? _process;
    private JsonObject _ready = [];
    private AzureConnection? _connection;

    /// <summary>What the emulator is seeded with.</summary>
    protected virtual string Seed => "sample";

    internal WorkspaceRef Workspace => new(Text("subscriptionId"), Text("resourceGroup"), Text("workspace"), null);

    internal AzureConnection Connection => _connection ?? throw new InvalidOperationException("Not started.");

    internal OperationStore Store { get; private set; } = new(string.Empty);

    public async Task InitializeAsync()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "AmlDataTools.sln")))
        {
            root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("The repository was not found.");
        }

        var start = new ProcessStartInfo("node", [Path.Combine(root, "tests", "AmlDataTools.Emulator", "run.mjs"), "--port", "0", "--seed", Seed, "--exit-with-stdin"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start) ?? throw new InvalidOperationException("node could not be started.");
        var errors = new StringBuilder();
        _process.ErrorDataReceived += (_, line) => errors.AppendLine(line.Data);
        _process.BeginErrorReadLine();
        var line = await _process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(5)) ?? throw new InvalidOperationException("The emulator did not start: " + errors);
        _ready = JsonNode.Parse(line) as JsonObject ?? [];
        var cloud = new CloudDescription
        {
            Name = "Emulated",
            ResourceManager = new Uri(Text("resourceManager")),
            ResourceManagerAudience = "https://management.azure.com",
            DataPlaneAudiences = ["https://ml.azure.com", "https://management.azure.com"],
            StorageSuffix = Text("storageSuffix"),
            DataPlaneSuffixes = [.. (_ready["dataPlaneSuffixes"] as JsonArray ?? []).Select(s => (string?)s ?? string.Empty)],
            CaCertificatePath = Text("caCertificate"),
        };
        _connection = new AzureConnection(cloud, new Tokens(this), NullLoggerFactory.Instance);
        Store = new OperationStore(Path.Combine(_folder.Root, "storage"));
        Store.Prepare();
    }

    public async Task DisposeAsync()
    {
        _connection?.Dispose();
        _control.Dispose();
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

        _folder.Dispose();
    }

    internal ChangePlanner Planner()
    {
        var accesses = new StorageAccesses(Connection, NullLogger.Instance);
        var runs = new RunReader(Connection);
        return new ChangePlanner(
            Connection, accesses, Store, runs, new NamedOutputResolver(Connection, runs, new FileBrowser(accesses)), new ResourceLister(Connection), new LeftoverFinder(Connection, Store.DeletedWorkspaces, TimeProvider.System), TimeProvider.System, NullLogger.Instance);
    }

    /// <summary>Plans, and reads the plan back.</summary>
    internal async Task<Planned> PlanAsync(OperationVerb verb, ChangeChoices? choices, BulkFilter? filter, params NodeTarget[] targets)
    {
        var request = new ChangeRequest(verb, [.. targets.Select(NodeTargets.Format)], choices ?? ChangeChoices.Default, filter, null);
        var plan = await Planner().PlanAsync(request, null, CancellationToken.None);
        return new Planned(plan, [.. Store.ChangeItems(plan.Id)], Store);
    }

    internal RunTarget Run(string id) => new(Workspace, id);

    internal ResourceTarget Resource(ResourceKind kind, string name, string? child = null, string? serviceId = null) => new(new ResourceAddress(Workspace, kind, name, child), serviceId);

    /// <summary>Makes a run; gives back its id.</summary>
    internal async Task<string> AddRunAsync(JsonObject run)
    {
        var answer = await ControlAsync(HttpMethod.Post, "runs", run);
        return (string?)answer["runs"]?[0]?["runId"] ?? throw new InvalidOperationException("No run was made.");
    }

    /// <summary>Writes a resource below the workspace as Resource Manager would.</summary>
    internal async Task PutAsync(string path, JsonObject properties)
    {
        var body = new JsonObject { ["properties"] = properties };
        using var document = System.Text.Json.JsonDocument.Parse(body.ToJsonString());
        await Connection.Workspace(Workspace).Resources.PutAsync(AmlDataTools.Azure.Arm.ResourcePath.Of(path.Split('/')), document.RootElement, null, CancellationToken.None);
    }

    internal async Task<JsonObject> ControlAsync(HttpMethod method, string path, JsonObject? body)
    {
        using var request = new HttpRequestMessage(method, $"{Text("controlUrl").TrimEnd('/')}/{path}");
        request.Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await _control.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return !answer.IsSuccessStatusCode ? throw new InvalidOperationException($"{path}: {(int)answer.StatusCode} {text}") : text.Length == 0 ? [] : JsonNode.Parse(text) as JsonObject ?? [];
    }

    private string Text(string name) => (string?)_ready[name] ?? throw new InvalidOperationException($"The emulator did not give '{name}'.");

    private sealed class Tokens(PlanEmulator emulator) : TokenCredential, ITenantCredentials
    {
        private readonly System.Collections.Concurrent.ConcurrentDictionary<string, Task<JsonObject>> _known = new();

        public TokenCredential ForTenant(string? tenantId) => this;

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override async ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            var answer = await _known.GetOrAdd(requestContext.Scopes[0], scope => emulator.ControlAsync(HttpMethod.Post, "token", new JsonObject { ["audience"] = scope, ["user"] = "ada@example.com" }));
            return new AccessToken((string?)answer["token"] ?? string.Empty, DateTimeOffset.UtcNow.AddHours(1));
        }
    }
}

/// <summary>A plan as it was written.</summary>
internal sealed record Planned(OperationPlan Plan, IReadOnlyList<ChangeItem> Items, OperationStore Store)
{
    /// <summary>The item of a record.</summary>
    public ChangeItem Record(ResourceKind kind, string name, string? child = null) =>
        Items.Single(i => i.Place is null && i.Action != ChangeAction.DeleteMetrics && i.Record is { } r && r.Kind == kind && r.Name == name && r.Child == child);

    /// <summary>Items of blobs.</summary>
    public IReadOnlyList<ChangeItem> Data => [.. Items.Where(i => i.Action == ChangeAction.DeleteData)];

    /// <summary>Names of all blobs of ticked items.</summary>
    public IReadOnlyList<string> Ticked => [.. Data.Where(i => i.Ticked).SelectMany(Blobs).Order(StringComparer.Ordinal)];

    /// <summary>Names of all blobs in the plan, ticked or not.</summary>
    public IReadOnlyList<string> All => [.. Data.SelectMany(Blobs).Order(StringComparer.Ordinal)];

    /// <summary>Names of the blobs of an item.</summary>
    public IEnumerable<string> Blobs(ChangeItem item) => item.Manifest is { } part ? Store.Blobs(Plan.Id, part).Select(b => b.N) : [];
}
