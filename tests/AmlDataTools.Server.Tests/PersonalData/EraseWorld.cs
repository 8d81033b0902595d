using System.Diagnostics;
using System.Text.Json.Nodes;
using AmlDataTools.Azure;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Changes;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.PersonalData;

/// <summary>A workspace of planted people, and the calls with which one of them is searched for and erased.</summary>
internal sealed class EraseWorld
{
    private readonly ChangeEmulator _emulator;
    private readonly IReadOnlyList<JsonObject> _places;

    private EraseWorld(ChangeEmulator emulator, JsonObject planted)
    {
        _emulator = emulator;
        Workspace = WorkspaceRef.FromResourceId((string?)planted["workspace"], null) ?? throw new InvalidOperationException("No workspace.");
        _places = [.. (planted["places"] as JsonArray ?? []).OfType<JsonObject>()];
        Account = (string?)planted["storageAccount"] ?? string.Empty;
        var maria = (planted["people"] as JsonArray ?? []).OfType<JsonObject>().Single(person => (string?)person["key"] == "maria");
        Maria = new PersonalDataSubject((string?)maria["objectId"], (string?)maria["tenantId"], (string?)maria["upn"], null, (string?)maria["displayName"]);
    }

    /// <summary>The workspace.</summary>
    public WorkspaceRef Workspace { get; }

    /// <summary>Its storage account.</summary>
    public string Account { get; }

    /// <summary>Of whom data is erased.</summary>
    public PersonalDataSubject Maria { get; }

    /// <summary>What must not be found in anything that is written down.</summary>
    public IReadOnlyList<string> Names => [Maria.ObjectId ?? string.Empty, Maria.UserPrincipalName ?? string.Empty, "maria.muster", Maria.DisplayName ?? string.Empty, "Maria  Muster", "Maria_Muster", "Maria%20Muster"];

    /// <summary>What stands before the keys of this workspace in a <see cref="World"/>.</summary>
    public string Prefix => Workspace.Name + "!";

    /// <summary>Keys of runs and of their files.</summary>
    public IEnumerable<string> KeysOf(World world, IEnumerable<string> runs) =>
        runs.SelectMany(run => world.Keys($"blob:{Account}/azureml/ExperimentRun/dcid.{run}/").Append($"{Prefix}run:{run}"));

    /// <summary>Keys of a folder of the share of notebooks, with all in it.</summary>
    public IEnumerable<string> FolderOf(World world, string folder) => world.Keys($":{Account}/").Where(key =>
        (key.StartsWith("file:", StringComparison.Ordinal) && key.Contains($"/{folder}/", StringComparison.Ordinal))
        || (key.StartsWith("directory:", StringComparison.Ordinal) && (key + "/").Contains($"/{folder}/", StringComparison.Ordinal)));

    /// <summary>Keys of the files that were planted with her id or sign-in name, in their names or texts.</summary>
    public IEnumerable<string> FilesOfMaria(World world) => _places
        .Where(place => (string?)place["person"] == "maria" && (string?)place["kind"] == "file" && (string?)place["grade"] != "displayName")
        .Select(place => ((string?)place["path"] ?? string.Empty).Split(':', 2)[1])
        .SelectMany(path => world.Keys($":{Account}/").Where(key => (key.StartsWith("blob:", StringComparison.Ordinal) || key.StartsWith("file:", StringComparison.Ordinal)) && key.EndsWith("/" + path, StringComparison.Ordinal)));

    /// <summary>Plants a workspace of its own.</summary>
    public static async Task<EraseWorld> PlantAsync(ChangeEmulator emulator) =>
        new(emulator, await emulator.ControlAsync(HttpMethod.Post, "people/plant", new JsonObject { ["workspace"] = emulator.NewName("people") }));

    /// <summary>A run by somebody, in this workspace.</summary>
    public Task RunAsync(string runId, string user, JsonObject? more = null)
    {
        var run = new JsonObject { ["workspace"] = Workspace.Name, ["experiment"] = "churn", ["runId"] = runId, ["user"] = user };
        foreach (var (key, value) in more ?? [])
        {
            run[key] = value?.DeepClone();
        }

        return _emulator.ControlAsync(HttpMethod.Post, "runs", run);
    }

    /// <summary>A resource made by somebody who is named by what the service calls people: a name to sign in with is sure.</summary>
    public Task ResourceAsync(string path, JsonObject properties, string createdBy, JsonObject? beside = null)
    {
        var type = string.Join('/', path.Split('/').Where((_, index) => index % 2 == 0));
        var body = new JsonObject
        {
            ["id"] = $"{Workspace.ResourceId}/{path}",
            ["name"] = path[(path.LastIndexOf('/') + 1)..],
            ["type"] = "Microsoft.MachineLearningServices/workspaces/" + type,
            ["properties"] = properties,
            ["systemData"] = new JsonObject
            {
                ["createdAt"] = "2026-01-01T00:00:00.0000000+00:00",
                ["createdBy"] = createdBy,
                ["createdByType"] = "User",
                ["lastModifiedAt"] = "2026-01-01T00:00:00.0000000+00:00",
                ["lastModifiedBy"] = createdBy,
                ["lastModifiedByType"] = "User",
            },
        };
        foreach (var (key, value) in beside ?? [])
        {
            body[key] = value?.DeepClone();
        }

        return _emulator.ControlAsync(HttpMethod.Post, "resources", new JsonObject { ["workspace"] = Workspace.Name, ["path"] = path, ["body"] = body });
    }

    /// <summary>An address in the default datastore.</summary>
    public string Uri(string path) =>
        $"azureml://subscriptions/{Workspace.SubscriptionId}/resourceGroups/{Workspace.ResourceGroup}/workspaces/{Workspace.Name}/datastores/workspaceblobstore/paths/{path}";

    /// <summary>Searches to the end; gives back the search.</summary>
    public async Task<PersonalDataSearch> SearchAsync(ExportSidecar sidecar, bool files = false, PersonalDataSubject? subject = null)
    {
        var node = NodeTargets.Format(new WorkspaceTarget(Workspace));
        var begun = await sidecar.CallAsync(
            "personalData/search", new SearchParams(subject ?? Maria, [node], Exhaustive: true, files, files, 1 << 20), ProtocolJsonContext.Default.SearchParams, ProtocolJsonContext.Default.SearchResult);
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var all = await sidecar.CallAsync("personalData/searches", new Empty(), ProtocolJsonContext.Default.Empty, ProtocolJsonContext.Default.SearchesResult);
            var now = all.Searches.Single(search => search.SearchId == begun.Search.SearchId);
            if (now.State is not SearchState.Running)
            {
                Assert.True(now.State is SearchState.Done or SearchState.DoneWithGaps, $"{now.State}: {now.Message}");
                return now;
            }

            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(120), $"It is still searching: {now.Looked} looked at.");
            await Task.Delay(50);
        }
    }

    /// <summary>Ticks everything that was found, however unsure.</summary>
    public static Task ChooseAllAsync(ExportSidecar sidecar, string searchId) => sidecar.CallAsync(
        "personalData/choose", new ChooseParams(searchId, [], [], null, true), ProtocolJsonContext.Default.ChooseParams, ProtocolJsonContext.Default.SearchResult);

    /// <summary>All findings: label and grade.</summary>
    public static async Task<IReadOnlyList<SearchNode>> FindingsAsync(ExportSidecar sidecar, string searchId)
    {
        var found = new List<SearchNode>();
        var open = new Queue<string?>([null]);
        while (open.TryDequeue(out var parent))
        {
            string? token = null;
            do
            {
                var page = await sidecar.CallAsync(
                    "personalData/results", new SearchResultsParams(searchId, parent, [], null, token, 1000), ProtocolJsonContext.Default.SearchResultsParams, ProtocolJsonContext.Default.SearchResultsPage);
                found.AddRange(page.Nodes.Where(node => node.Kind == SearchNodeKind.Finding));
                foreach (var group in page.Nodes.Where(node => node.Kind == SearchNodeKind.Group))
                {
                    open.Enqueue(group.Id);
                }

                token = page.NextPageToken;
            }
            while (token is not null);
        }

        return found;
    }

    /// <summary>Plans the erasure of what is ticked.</summary>
    public static Task<PlanResult> PlanAsync(ExportSidecar sidecar, string searchId) => sidecar.CallAsync(
        "operations/plan",
        new PlanParams(OperationVerb.Erase, [], null, ChangeCalls.Records, null, null, null, PersonalData: new PersonalDataSelection(searchId, false, true)),
        ProtocolJsonContext.Default.PlanParams,
        ProtocolJsonContext.Default.PlanResult);
}
