using System.Text;
using System.Text.Json.Nodes;
using AmlDataTools.Azure;
using AmlDataTools.Core.Changes.Execution;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Export;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.PersonalData;
using AmlDataTools.Core.PersonalData.Export;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Runs;
using AmlDataTools.Core.Storage;
using AmlDataTools.Core.Tests.Changes.Execution;
using AmlDataTools.Core.Tests.Explorer;
using AmlDataTools.Core.Tests.Names;
using AmlDataTools.Core.Tests.Transfer;
using AmlDataTools.Core.Transfer;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmlDataTools.Core.Tests.PersonalData.Export;

/// <summary>A search that found what a test says, and exports of it to a real disk.</summary>
internal sealed class FoundWorld : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly AzureConnection _connection = new FakeAzure().Connect();
    private readonly FoundPlanner _planner;

    public FoundWorld(IFoundData data)
    {
        Store = new OperationStore(Path.Combine(_folder.Root, "storage"));
        Store.Prepare();
        Directory.CreateDirectory(Out);
        var accesses = new StorageAccesses(_connection, NullLogger.Instance);
        var runs = new RunReader(_connection);
        var assets = new AssetPlanner(_connection, accesses, new ResourceLister(_connection), runs, new NamedOutputResolver(_connection, runs, new MemoryBrowser()));
        _planner = new FoundPlanner(Store, data, accesses, new FoundFiles(accesses, runs, assets), (_, _) => Task.FromResult<string?>("Dora Datenschutz"), TimeProvider.System);
        Service = new OperationsService(
            Store, new ExecutionFactory(Store, new FoundSourceFactory(new FakeBlobs(), data, Store), new TransferSettings(), new FakeWorld(), new ChangeSettings(), TimeProvider.System, NullLogger.Instance), TimeProvider.System, NullLogger.Instance);
    }

    public OperationStore Store { get; }

    public OperationsService Service { get; }

    public string Out => Path.Combine(_folder.Root, "out");

    public Task<OperationPlan> PlanAsync(bool redact = true) => _planner.PlanAsync("s1", redact, includeFiles: false, null, CancellationToken.None);

    public async Task<OperationView> RunAsync(OperationPlan plan, ExportFormat format = ExportFormat.Bag)
    {
        await Service.StartAsync(plan.Id, null, new OperationDestination(Out, ExistingFilePolicy.SkipIdentical) { Format = format }, [], CancellationToken.None);
        return await EndAsync(plan.Id);
    }

    public async Task<OperationView> EndAsync(string id)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        OperationView view;
        while (!(view = Service.List().Single(v => v.Plan.Id == id)).Status.IsFinished || view.Owner != OperationOwner.None)
        {
            await Task.Delay(10, patience.Token);
        }

        return view;
    }

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        _connection.Dispose();
        _folder.Dispose();
    }
}

/// <summary>What a search found, held in memory.</summary>
internal sealed class FakeFound : IFoundData
{
    public static Subject Ada { get; } = new("11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222", "ada@example.com", null, "Ada Example");

    private readonly MemoryStream _documents = new();

    public List<Finding> Found { get; } = [];

    public List<SearchGap> NotSearched { get; } = [];

    /// <summary>Documents that are there no more.</summary>
    public HashSet<DocumentPart> Gone { get; } = [];

    public SearchRequest Asked { get; set; } = new(Ada, [FakeAzure.Workspace], Exhaustive: true, FileNames: true, FileContent: false, MaxFileBytes: 1 << 20);

    public static JsonObject By(string id, string name, string? upn = null) => new() { ["userObjectId"] = id, ["userTenantId"] = Ada.TenantId, ["userName"] = name, ["upn"] = upn };

    public static JsonObject ByAda() => By("11111111-1111-1111-1111-111111111111", "Ada Example", "ada@example.com");

    public static JsonObject ByBen() => By("11111111-1111-1111-1111-111111111112", "Ben Example", "ben@example.com");

    public Finding Add(FindingKind kind, NodeTarget target, string name, JsonNode? document, params Evidence[] evidence)
    {
        var part = document is null ? (DocumentPart?)null : Write(Encoding.UTF8.GetBytes(document.ToJsonString()));
        var finding = new Finding(kind, NodeTargets.Format(target), FakeAzure.Workspace.ResourceId, name, null, evidence.Length > 0 ? evidence : [new Evidence("createdBy.userObjectId", MatchGrade.ExactId, true)], DateTimeOffset.UnixEpoch, null) { Document = part };
        Found.Add(finding);
        return finding;
    }

    public Finding AddRun(string id, JsonObject? more = null, string? name = null)
    {
        var document = new JsonObject { ["runId"] = id, ["createdBy"] = ByAda() };
        foreach (var (key, value) in more ?? [])
        {
            document[key] = value?.DeepClone();
        }

        return Add(FindingKind.Run, new RunTarget(FakeAzure.Workspace, id), name ?? id, document);
    }

    public DocumentPart Write(byte[] document)
    {
        var offset = _documents.Length;
        _documents.Write(document);
        return new DocumentPart(offset, document.Length);
    }

    public SearchRequest Request(string searchId) => Asked;

    public IEnumerable<Finding> Chosen(string searchId) => Found;

    public IEnumerable<SearchGap> Gaps(string searchId) => NotSearched;

    public ReadOnlyMemory<byte> Document(string searchId, DocumentPart part) => Gone.Contains(part)
        ? throw new ProblemException("search.notFound", "This search is no longer there.")
        : _documents.GetBuffer().AsMemory((int)part.Offset, part.Length);
}

/// <summary>A bag as it lies on disk, looked at with other programs' eyes.</summary>
internal sealed class GivenBag
{
    public GivenBag(string root)
    {
        Root = root;
        var files = Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(root, file)).ToList();
        var manifest = File.ReadLines(Path.Combine(root, "manifest-sha256.txt")).Select(line => line.Split("  ", 2)).ToDictionary(line => line[1].Replace("%25", "%", StringComparison.Ordinal), line => line[0]);
        Assert.Equal(files.Where(file => file.StartsWith("data/", StringComparison.Ordinal)).Order(StringComparer.Ordinal), manifest.Keys.Order(StringComparer.Ordinal));
        Assert.All(manifest, line => Assert.Equal(line.Value, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Path.Combine(root, line.Key))))));
        Hashes = manifest;
        Index = JsonNode.Parse(Text("data/index.json")) as JsonObject ?? [];
    }

    public string Root { get; }

    public IReadOnlyDictionary<string, string> Hashes { get; }

    public JsonObject Index { get; }

    public IReadOnlyList<JsonObject> Findings => [.. (Index["findings"] as JsonArray ?? []).OfType<JsonObject>()];

    public string Text(string path) => File.ReadAllText(Path.Combine(Root, path));

    public JsonNode? Json(string path) => JsonNode.Parse(Text(path));

    /// <summary>The page as a strict parser reads it: well-formed, and nothing in it but text, tables and links.</summary>
    public System.Xml.Linq.XDocument Page()
    {
        using var reader = System.Xml.XmlReader.Create(new StringReader(Text("data/REPORT.html")), new System.Xml.XmlReaderSettings { DtdProcessing = System.Xml.DtdProcessing.Ignore });
        var page = System.Xml.Linq.XDocument.Load(reader);
        string[] allowed = ["html", "head", "meta", "style", "title", "body", "main", "h1", "h2", "p", "ul", "li", "table", "caption", "thead", "tbody", "tr", "th", "td", "a", "bdi"];
        Assert.Empty(page.Descendants().Select(element => element.Name.LocalName).Distinct().Except(allowed));
        Assert.All(page.Descendants("a"), link => Assert.True(File.Exists(Path.Combine(Root, "data", Uri.UnescapeDataString(link.Attribute("href")?.Value ?? "?")))));
        Assert.Equal("en", page.Root?.Attribute("lang")?.Value);
        return page;
    }
}
