using System.Diagnostics;
using System.Text.Json.Nodes;
using AmlDataTools.Azure;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Exports;
using AmlDataTools.Server.Tests.Support;
using Xunit.Abstractions;

namespace AmlDataTools.Server.Tests.PersonalData;

/// <summary>What a search found, given out by the real sidecar as a bag that others can check.</summary>
[Collection(SearchCollection.Name)]
public sealed class FoundExportTests(EmulatorProcess emulator, ITestOutputHelper output) : IAsyncLifetime
{
    private const string Place = "bag-ws";
    private const string Marker = "[redacted: another person]";

    private static readonly PersonalDataSubject s_bob = new("11111111-1111-4111-8111-111111110003", null, "bob.oneil@contoso.example", null, "R. (Bob) O'Neil+");

    /// <summary>Values of the others who are planted beside him; one shares no part of them with him.</summary>
    private static readonly string[] s_others =
    [
        "11111111-1111-4111-8111-111111110001", "maria.muster@contoso.example", "Maria Muster", "1003200000000101", "11111111-1111-4111-8111-111111110002", "m.muster@contoso.example", "1003200000000102",
        "11111111-1111-4111-8111-111111110004", "J\u00fcrgen Gr\u00f6\u00dfe", "juergen.groesse@contoso.example", "1003200000000104",
    ];

    private WorkspaceRef Workspace => emulator.Workspace with { Name = Place };

    public async Task InitializeAsync()
    {
        try
        {
            await emulator.ControlAsync(HttpMethod.Post, "people/plant", new JsonObject { ["workspace"] = Place });
        }
        catch (InvalidOperationException exception) when (exception.Message.Contains("already", StringComparison.Ordinal))
        {
            // Another test planted it.
        }
    }

    public Task DisposeAsync() => emulator.ClearFaultsAsync();

    [Fact]
    public async Task A_persons_bag_is_complete_and_tells_of_nobody_else()
    {
        using var folder = new TestFolder();
        var run = await BobsRunAsync();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var search = await SearchAsync(sidecar);
        var plan = await PlanAsync(sidecar, search);
        Assert.Equal($"Export personal data found in {Place}", plan.Title);
        Assert.Contains(plan.Warnings, warning => warning.Code == "personalData.filesAsTheyAre");
        var end = await sidecar.EndAsync((await sidecar.BeginAsync(plan.PlanId, folder.Out)).Id);
        Assert.True(end.State == OperationState.Succeeded, $"{end.State}: {end.Message}");
        var bag = new Given(Path.Combine(folder.Out, plan.SuggestedFolderName ?? "?"));

        // Every ticked finding stands in the index, and what it says is in the bag is.
        Assert.Equal(search.Chosen, bag.Findings.Count);
        Assert.All(bag.Findings, finding => Assert.True(finding["document"] is null || finding["document"]?["sha256"] is not null, finding.ToJsonString()));
        Assert.All(bag.Findings.Where(finding => (string?)finding["kind"] == "file"), finding => Assert.True(finding["file"]?["sha256"] is not null, finding.ToJsonString()));
        Assert.All(bag.Findings.SelectMany(finding => new[] { finding["document"], finding["file"] }).OfType<JsonObject>(), file => Assert.Equal(bag.Sha(Text(file["path"])), Text(file["sha256"])));
        Assert.Equal(["asset", "experiment", "file", "run", "userFolder"], bag.Findings.Select(finding => Text(finding["kind"])).Distinct().Order(StringComparer.Ordinal));

        // A run with its files, each once, though one of them was found by itself too.
        TestFolder.AssertFiles(run.Files, Path.Combine(bag.Root, "data", "files", Place, "runs", run.RunId));
        var items = (await sidecar.ReceiptAsync(end.Id)).Items;
        Assert.Equal(items.Count, items.Select(item => item.Path).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.Single(items, item => item.Name.EndsWith($"{run.RunId}/outputs/of bob.oneil@contoso.example.txt", StringComparison.Ordinal));
        Assert.Contains(bag.Findings, finding => Text(finding["file"]?["path"]) == $"data/files/{Place}/runs/{run.RunId}/outputs/of bob.oneil@contoso.example.txt");
        Assert.True(File.Exists(Path.Combine(bag.Root, "data", "files", Place, "datastores", "workspaceworkingdirectory", "Users", "bob.oneil", "notes.txt")));

        // Of what others made and he is only mentioned in, the record is given and not the files.
        Assert.DoesNotContain(items, item => item.Name.Contains("calm_river_01/outputs/huge.csv", StringComparison.Ordinal));
        Assert.Contains(bag.Findings, finding => Text(finding["filesNote"]).Contains("only mentioned", StringComparison.Ordinal));

        var documents = Directory.EnumerateFiles(Path.Combine(bag.Root, "data", "documents"), "*", SearchOption.AllDirectories).Append(Path.Combine(bag.Root, "data", "redactions.jsonl")).ToList();
        Assert.True(documents.Count > 8);
        Assert.All(documents, document => Assert.All(s_others, other => Assert.DoesNotContain(other, File.ReadAllText(document), StringComparison.OrdinalIgnoreCase)));
        var creek = JsonNode.Parse(bag.Text("data/documents/run/bobs_creek_03.json"));
        Assert.Equal(("R. (Bob) O'Neil+", s_bob.ObjectId, Marker), (Text(creek?["createdBy"]?["userName"]), Text(creek?["userId"]), Text(creek?["lastModifiedBy"]?["userObjectId"])));
        Assert.Equal(Marker, Text(creek?["tags"]?["reviewer"]));
        Assert.Contains("\"document\":\"data/documents/run/bobs_creek_03.json\",\"pointer\":\"/tags/reviewer\",\"why\":\"person\"", bag.Text("data/redactions.jsonl"), StringComparison.Ordinal);

        var page = await LookAsync(Path.Combine(bag.Root, "data", "REPORT.html"));
        Assert.Equal(("en", "Your data in Azure Machine Learning", 0), (Text(page["lang"]), Text(page["title"]), (int?)page["handlers"]));
        Assert.Empty(Texts(page["violations"]));
        Assert.DoesNotContain("script", Texts(page["elements"]));
        Assert.All(Texts(page["addresses"]), address => Assert.True(File.Exists(Path.Combine(bag.Root, "data", Uri.UnescapeDataString(address))), address));
        Assert.Contains("R. (Bob) O'Neil+", Text(page["text"]), StringComparison.Ordinal);
        Assert.Contains("passages about other people were replaced", Text(page["text"]), StringComparison.Ordinal);

        // Neither receipt nor title nor log tells whom it is about.
        await sidecar.ShutdownAsync();
        foreach (var file in Directory.EnumerateFiles(folder.Logs, "*", SearchOption.AllDirectories))
        {
            Assert.All(s_others.Concat(["bob.oneil", "O'Neil", "110003"]), value => Assert.DoesNotContain(value, File.ReadAllText(file), StringComparison.OrdinalIgnoreCase));
        }

        var told = JsonNode.Parse(bag.Text("export-receipt.json"))?["personalData"];
        Assert.Equal(("objectId", 64), (Text(told?["subject"]?["identifiedBy"]), Text(told?["subject"]?["hash"]).Length));
        Assert.DoesNotContain("O'Neil", bag.Text("bag-info.txt"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Killed_in_the_middle_the_zip_is_whole_after_a_resume()
    {
        using var folder = new TestFolder();
        var run = await BobsRunAsync(40 << 20);
        string id;
        PlanResult plan;
        await using (var first = await ExportSidecar.StartAsync(emulator, folder))
        {
            plan = await PlanAsync(first, await SearchAsync(first));
            await emulator.FaultAsync($"{run.RunId}/outputs/large.bin", new JsonObject { ["kind"] = "delay", ["milliseconds"] = 20_000 }, nth: 2, times: 4, host: ".blob.");
            id = (await first.BeginAsync(plan.PlanId, folder.Out, format: ExportFormat.Zip)).Id;
            for (var clock = Stopwatch.StartNew(); !(folder.Lines(id).Any(line => Text(line["event"]) == "Range") && folder.Lines(id).Count(line => Text(line["event"]) == "Item") > 5);)
            {
                Assert.True(clock.Elapsed < TimeSpan.FromSeconds(120), "It did not come to that.");
                await Task.Delay(20);
            }

            await first.KillAsync();
        }

        await emulator.ClearFaultsAsync();
        await using var second = await ExportSidecar.StartAsync(emulator, folder);
        Assert.Equal(OperationState.Interrupted, (await second.FindAsync(id)).State);
        await second.OperationAsync("resume", id);
        var end = await second.EndAsync(id);
        Assert.True(end.State == OperationState.Succeeded, $"{end.State}: {end.Message}");
        Assert.Equal(Path.Combine(folder.Out, plan.SuggestedFolderName + ".zip"), end.Destination);
        Run("unzip", "-tqq", end.Destination ?? "?");
        Run("7z", "t", "-bd", end.Destination ?? "?");
        Run("unzip", "-qq", end.Destination ?? "?", "-d", Path.Combine(folder.Root, "unzipped"));
        var bag = new Given(Path.Combine(folder.Root, "unzipped", plan.SuggestedFolderName ?? "?"));
        TestFolder.AssertFiles(run.Files, Path.Combine(bag.Root, "data", "files", Place, "runs", run.RunId));
        Assert.All(bag.Findings, finding => Assert.True(finding["document"] is null || finding["document"]?["sha256"] is not null, finding.ToJsonString()));
    }

    [Fact]
    public async Task What_went_meanwhile_is_said_and_a_search_that_went_stops_it()
    {
        using var folder = new TestFolder();
        var run = await BobsRunAsync();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var search = await SearchAsync(sidecar);
        var (one, two) = (await PlanAsync(sidecar, search), await PlanAsync(sidecar, search, files: false));
        var workspace = await emulator.ServiceAsync(HttpMethod.Get, $"{emulator["resourceManager"].TrimEnd('/')}{Workspace.ResourceId}?api-version=2024-04-01", null);
        var account = Text(workspace["properties"]?["storageAccount"]).Split('/')[^1];
        foreach (var path in new[] { "outputs/a.bin", "outputs/of bob.oneil@contoso.example.txt" })
        {
            await emulator.ControlAsync(HttpMethod.Post, "blobs", new JsonObject { ["account"] = account, ["name"] = run.BlobOf(path), ["delete"] = true });
        }

        var end = await sidecar.EndAsync((await sidecar.BeginAsync(one.PlanId, folder.Out, format: ExportFormat.Bag)).Id);
        Assert.Equal((OperationState.SucceededWithWarnings, 2L), (end.State, end.ItemsFailed));
        var bag = new Given(Path.Combine(folder.Out, one.SuggestedFolderName ?? "?"));
        Assert.Contains(bag.Findings, finding => Text(finding["file"]?["missing"]).Contains("deleted", StringComparison.Ordinal));
        Assert.Contains(bag.Findings, finding => (long?)finding["filesInIt"]?["missing"] == 2);
        Assert.Contains("What is missing from this package, and why", bag.Text("data/REPORT.md"), StringComparison.Ordinal);

        await sidecar.DiscardSearchAsync(search.SearchId);
        var other = Directory.CreateDirectory(Path.Combine(folder.Root, "other")).FullName;
        var failed = await sidecar.EndAsync((await sidecar.BeginAsync(two.PlanId, other)).Id);
        Assert.Equal((OperationState.Failed, "search.notFound"), (failed.State, failed.ErrorCode));
        Assert.Contains("Search again", failed.Message, StringComparison.Ordinal);
        Assert.StartsWith("search.notFound", await sidecar.RefusalAsync(() => PlanAsync(sidecar, search)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelled_it_is_no_bag()
    {
        using var folder = new TestFolder();
        var run = await BobsRunAsync(40 << 20);
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var plan = await PlanAsync(sidecar, await SearchAsync(sidecar));
        await emulator.FaultAsync($"{run.RunId}/outputs/large.bin", new JsonObject { ["kind"] = "delay", ["milliseconds"] = 20_000 }, nth: 2, times: 4, host: ".blob.");
        var id = (await sidecar.BeginAsync(plan.PlanId, folder.Out)).Id;
        var end = await sidecar.OperationAsync("cancel", id);
        Assert.Equal(OperationState.Cancelled, end.State);
        Assert.False(File.Exists(Path.Combine(folder.Out, plan.SuggestedFolderName ?? "?", "bagit.txt")));
        Assert.Empty(Directory.EnumerateDirectories(folder.Out, ".aml-data-tools-*"));
        var receipt = await sidecar.ReceiptAsync(id);
        Assert.Equal((plan.Items, "cancelled"), (receipt.Found, receipt.State));
    }

    private async Task<MadeRun> BobsRunAsync(int large = 1000)
    {
        var made = await emulator.AddRunAsync(new JsonObject
        {
            ["workspace"] = Place,
            ["user"] = "bob.oneil@contoso.example",
            ["files"] = EmulatorProcess.Files(("outputs/a.bin", 2000), ("outputs/large.bin", large), ("user_logs/std_log.txt", 0), ("outputs/of bob.oneil@contoso.example.txt", 12)),
        });
        output.WriteLine(made.RunId);
        return made;
    }

    private async Task<PersonalDataSearch> SearchAsync(ExportSidecar sidecar)
    {
        var json = ProtocolJsonContext.Default;
        var begun = await sidecar.CallAsync("personalData/search", new SearchParams(s_bob, [SearchCalls.NodeOf(Workspace)], false, true, true, 4 << 20), json.SearchParams, json.SearchResult);
        var ended = await sidecar.EndSearchAsync(begun.Search.SearchId);
        Assert.True(ended.State is SearchState.Done or SearchState.DoneWithGaps, $"{ended.State}: {ended.Message}");
        return await sidecar.ChooseAsync(ended.SearchId, chosen: true);
    }

    private static Task<PlanResult> PlanAsync(ExportSidecar sidecar, PersonalDataSearch search, bool files = true) => sidecar.CallAsync(
        "operations/plan",
        new PlanParams(OperationVerb.Export, [], null, null, null, null, null, null, new PersonalDataSelection(search.SearchId, RedactOthers: true, IncludeFiles: files)),
        ProtocolJsonContext.Default.PlanParams,
        ProtocolJsonContext.Default.PlanResult);

    private static async Task<JsonObject> LookAsync(string page)
    {
        using var node = Process.Start(new ProcessStartInfo("node", [Path.Combine(Repository.Root, "tests", "AmlDataTools.Server.Tests", "node", "report.mjs"), page]) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("node did not start.");
        var text = await node.StandardOutput.ReadToEndAsync();
        await node.WaitForExitAsync();
        return JsonNode.Parse(text) as JsonObject ?? throw new InvalidDataException("The page could not be looked at.");
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true }) ?? throw new InvalidOperationException($"{program} did not start.");
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal((program, 0), (program, process.ExitCode));
    }

    private static string Text(JsonNode? node) => (string?)node ?? string.Empty;

    private static IReadOnlyList<string> Texts(JsonNode? node) => [.. (node as JsonArray ?? []).Select(Text)];

    /// <summary>A bag that was checked with nothing but the specification.</summary>
    private sealed class Given
    {
        public Given(string root)
        {
            Root = root;
            var payload = Directory.EnumerateFiles(Path.Combine(root, "data"), "*", SearchOption.AllDirectories).Select(file => new FileInfo(file)).ToList();
            BagTests.AssertBag(root, payload.Count, payload.Sum(file => file.Length));
            Findings = [.. (JsonNode.Parse(Text("data/index.json"))?["findings"] as JsonArray ?? []).OfType<JsonObject>()];
        }

        public string Root { get; }

        public IReadOnlyList<JsonObject> Findings { get; }

        public string Text(string path) => File.ReadAllText(Path.Combine(Root, path));

        public string Sha(string path)
        {
            using var file = File.OpenRead(Path.Combine(Root, path));
            return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(file));
        }
    }
}

/// <summary>100,000 findings: little memory, and a page that can be opened.</summary>
[Collection(SearchCollection.Name)]
public sealed class LargeFoundExportTests(LargeSearchEmulator emulator, ITestOutputHelper output) : IClassFixture<LargeSearchEmulator>
{
    [Fact]
    public async Task A_hundred_thousand_findings_need_little_memory()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var search = await sidecar.SearchAsync(People.Nobody with { DisplayName = "Example" }, emulator.Workspace);
        var chosen = await sidecar.ChooseAsync(search.SearchId, chosen: true);
        Assert.True(chosen.Chosen >= 100_000, $"{chosen.Chosen} were found.");
        var before = sidecar.PeakMiB();
        var clock = Stopwatch.StartNew();
        var json = ProtocolJsonContext.Default;
        var plan = await sidecar.CallAsync(
            "operations/plan", new PlanParams(OperationVerb.Export, [], null, null, null, null, null, null, new PersonalDataSelection(search.SearchId, true, false)), json.PlanParams, json.PlanResult);
        var planned = clock.Elapsed;
        var id = (await sidecar.BeginAsync(plan.PlanId, folder.Out, format: ExportFormat.BagZip)).Id;
        OperationSummary end;
        while ((end = await sidecar.FindAsync(id)).FinishedAt is null)
        {
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(10), $"It is still {end.State}: {end.ItemsDone} of {end.Items}.");
            await Task.Delay(500);
        }

        var peak = sidecar.PeakMiB();
        output.WriteLine($"{chosen.Chosen} findings: planned in {planned.TotalSeconds:F1} s, given out in {(clock.Elapsed - planned).TotalSeconds:F1} s; peak {peak} MiB, {before} after the search");
        Assert.Equal((OperationState.Succeeded, plan.Items), (end.State, end.ItemsDone));

        // With a million redactions and a zip of as many entries as findings; the search before it has taken 150 of them.
        Assert.True(peak < 250, $"It took {peak} MiB.");
    }
}
