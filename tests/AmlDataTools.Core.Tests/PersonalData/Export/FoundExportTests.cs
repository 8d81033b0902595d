using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.PersonalData;
using AmlDataTools.Core.PersonalData.Export.Redaction;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Tests.Explorer;
using AmlDataTools.Core.Tests.Zips;
using Xunit;

namespace AmlDataTools.Core.Tests.PersonalData.Export;

/// <summary>What a search found, given out as a bag.</summary>
public sealed class FoundExportTests
{
    private const string Hostile = "<script>alert(1)</script>\"' & | [x](http://y) \u202Eexe.txt\u0007 😀";

    [Fact]
    public async Task A_bag_holds_documents_index_and_a_report_that_agree()
    {
        var found = new FakeFound();
        found.Add(FindingKind.Workspace, new WorkspaceTarget(FakeAzure.Workspace), "w", new JsonObject { ["name"] = "w", ["systemData"] = new JsonObject { ["createdBy"] = "ada@example.com" } }, new Evidence("systemData.createdBy", MatchGrade.SignInName, true));
        found.AddRun("mango_leaf", new JsonObject { ["lastModifiedBy"] = FakeFound.ByBen(), ["tags"] = new JsonObject { ["x"] = "for Ben Example" } }, Hostile);
        found.Add(FindingKind.Asset, new ResourceTarget(new ResourceAddress(FakeAzure.Workspace, ResourceKind.ModelVersion, "credit", "3"), null), "=HYPERLINK(\"http://y\")", new JsonObject { ["owner"] = "Ada Example" }, new Evidence("owner", MatchGrade.DisplayName, true));
        found.Add(FindingKind.UserFolder, new FolderTarget(new Core.Storage.FileLocation(FakeAzure.Workspace, "workspaceworkingdirectory", "Users/ada/", null), null), "Users/ada", null, new Evidence("name", MatchGrade.SignInName, false));
        found.NotSearched.Add(new SearchGap(FakeAzure.Workspace.ResourceId, "the file <b>x</b> of ben@example.com", "tooLarge", "It has 10 GB, and files above 1 MB are not read."));
        await using var world = new FoundWorld(found);
        var plan = await world.PlanAsync();
        var view = await world.RunAsync(plan, ExportFormat.Folder);
        Assert.Equal((OperationState.Succeeded, "Export personal data found in w"), (view.Status.State, plan.Title));
        Assert.Matches(@"^personal-data-\d{8}-\d{6}$", plan.FolderName);

        var bag = new GivenBag(Path.Combine(world.Out, plan.FolderName ?? "?"));
        Assert.Equal(["data/REPORT.html", "data/REPORT.md", "data/documents/asset/modelVersion-credit-3.json", "data/documents/run/mango_leaf.json", "data/documents/workspace/w.json", "data/index.csv", "data/index.json", "data/redactions.jsonl"], bag.Hashes.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["workspace", "run", "asset", "userFolder"], bag.Findings.Select(finding => (string?)finding["kind"]));
        Assert.All(bag.Findings.Take(3), finding => Assert.Equal(bag.Hashes[(string?)finding["document"]?["path"] ?? "?"], (string?)finding["document"]?["sha256"]));
        Assert.Null(bag.Findings[3]["document"]);

        var run = bag.Json("data/documents/run/mango_leaf.json");
        Assert.Equal(("Ada Example", Redactor.Marker, $"for {Redactor.Marker}"), ((string?)run?["createdBy"]?["userName"], (string?)run?["lastModifiedBy"]?["userName"], (string?)run?["tags"]?["x"]));
        var redactions = bag.Text("data/redactions.jsonl").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)).ToList();
        Assert.Equal(["/lastModifiedBy/userObjectId", "/lastModifiedBy/userTenantId", "/lastModifiedBy/userName", "/lastModifiedBy/upn", "/tags/x"], redactions.Select(line => (string?)line?["pointer"]));
        Assert.All(redactions, line => Assert.Equal("data/documents/run/mango_leaf.json", (string?)line?["document"]));

        var page = bag.Page();
        var words = page.Root?.Value ?? string.Empty;
        Assert.Contains("<script>alert(1)</script>\"' & | [x](http://y)  exe.txt  😀", words, StringComparison.Ordinal);
        Assert.Contains($"the file <b>x</b> of {Redactor.Marker}", words, StringComparison.Ordinal);
        Assert.Contains("In 1 record, 5 passages about other people were replaced", words, StringComparison.Ordinal);
        Assert.Contains("Dora Datenschutz", words, StringComparison.Ordinal);
        var markdown = bag.Text("data/REPORT.md");
        Assert.DoesNotContain("<script>", markdown, StringComparison.Ordinal);
        Assert.DoesNotContain("[x](http", markdown, StringComparison.Ordinal);
        Assert.All(markdown.Split('\n').Where(line => line.StartsWith('|')), line => Assert.EndsWith("|", line, StringComparison.Ordinal));
        Assert.Contains("\"'=HYPERLINK(\"\"http://y\"\")\"", bag.Text("data/index.csv"), StringComparison.Ordinal);
        Assert.Equal(5, bag.Text("data/index.csv").Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);

        // Ben is nowhere, and what lies with the person who exported tells nothing of whom it is about.
        Assert.All(Directory.EnumerateFiles(bag.Root, "*", SearchOption.AllDirectories), file => Assert.DoesNotMatch("(?i)ben[ @]|11111111-1111-1111-1111-111111111112", File.ReadAllText(file)));
        foreach (var text in new[] { bag.Text("bag-info.txt"), bag.Text("export-receipt.json"), bag.Text("export-receipt.md"), File.ReadAllText(world.Store.ReceiptOf(plan.Id).Json) })
        {
            Assert.DoesNotMatch("(?i)ada[ @]|11111111-1111-1111-1111-111111111111", text);
        }

        var told = JsonNode.Parse(bag.Text("export-receipt.json"))?["personalData"]?["subject"];
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes((string?)told?["salt"] + " 11111111-1111-1111-1111-111111111111"))), (string?)told?["hash"]);
        Assert.Equal("objectId", (string?)told?["identifiedBy"]);
    }

    [Fact]
    public async Task Where_others_stay_in_documents_are_letter_by_letter_as_received()
    {
        var found = new FakeFound();
        var document = "{ \"createdBy\" : {\"userObjectId\":\"11111111-1111-1111-1111-111111111112\"},\"x\":\"\\u00e9\\/\"} "u8.ToArray();
        var run = found.AddRun("a");
        found.Found[0] = run with { Document = found.Write(document) };
        found.Add(FindingKind.Run, new RunTarget(FakeAzure.Workspace, "b"), "b", new JsonObject { ["url"] = "https://x.example/a?sv=1&sig=abcdefgh" });
        await using var world = new FoundWorld(found);
        var plan = await world.PlanAsync(redact: false);
        Assert.Contains(plan.Warnings, warning => warning.Code == "personalData.othersStay");
        var view = await world.RunAsync(plan, ExportFormat.Zip);
        Assert.Equal(OperationState.Succeeded, view.Status.State);
        var zip = Path.Combine(world.Out, view.Status.File ?? "?");
        ZipReaders.AssertSound(zip);
        var entries = ZipReaders.Read(zip);
        Assert.Equal(document, entries[$"{plan.FolderName}/data/documents/run/a.json"]);
        Assert.Equal("{\"url\":\"https://x.example/a\"}", Encoding.UTF8.GetString(entries[$"{plan.FolderName}/data/documents/run/b.json"]));
        Assert.Contains($"{plan.FolderName}/bagit.txt", entries.Keys);
        Assert.DoesNotContain($"{plan.FolderName}/data/redactions.jsonl", entries.Keys);
    }

    [Fact]
    public async Task A_document_that_went_meanwhile_is_missed_aloud_and_comes_with_a_resume()
    {
        var found = new FakeFound();
        found.AddRun("a");
        var gone = found.AddRun("b").Document ?? default;
        found.Found.Add(found.AddRun("c") with { NodeId = NodeTargets.Format(new RunTarget(FakeAzure.Workspace, "d")), Name = "no JSON", Document = found.Write("{\"x\":"u8.ToArray()) });
        await using var world = new FoundWorld(found);
        var plan = await world.PlanAsync();
        found.Gone.Add(gone);
        var view = await world.RunAsync(plan);
        Assert.Equal((OperationState.Failed, "search.notFound"), (view.Status.State, view.Status.ErrorCode));
        found.Gone.Clear();
        await world.Service.ResumeAsync(plan.Id, CancellationToken.None);
        view = await world.EndAsync(plan.Id);
        Assert.Equal((OperationState.SucceededWithWarnings, 1L), (view.Status.State, view.Status.Failed));
        var bag = new GivenBag(Path.Combine(world.Out, plan.FolderName ?? "?"));
        Assert.Contains("cannot be read as JSON", (string?)bag.Findings[3]["document"]?["missing"], StringComparison.Ordinal);
        Assert.Equal(3, bag.Findings.Count(finding => finding["document"]?["sha256"] is not null));
        Assert.Contains("cannot be read as JSON", bag.Page().Root?.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_that_fall_together_or_lead_out_stay_apart_and_inside()
    {
        var found = new FakeFound();
        foreach (var name in new[] { "../../etc/passwd", "CON", "con", "a/b", "a\\b", new string('x', 300), "trailing. ", "ben@example.com", "eve@example.com", "ü", "u\u0308" })
        {
            found.Add(FindingKind.Experiment, new ExperimentTarget(FakeAzure.Workspace, name), name, new JsonObject { ["name"] = "x" });
        }

        await using var world = new FoundWorld(found);
        var plan = await world.PlanAsync();
        Assert.Equal(OperationState.Succeeded, (await world.RunAsync(plan)).Status.State);
        var bag = new GivenBag(Path.Combine(world.Out, plan.FolderName ?? "?"));
        var documents = bag.Findings.Select(finding => (string?)finding["document"]?["path"] ?? "?").ToList();
        Assert.Equal(found.Found.Count, documents.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(documents, document => Assert.StartsWith("data/documents/experiment/", document, StringComparison.Ordinal));
        Assert.DoesNotContain(documents, document => document.Contains("ben@", StringComparison.Ordinal));
        Assert.Single(Directory.EnumerateFileSystemEntries(world.Out));
        bag.Page();
    }

    [Fact]
    public async Task Nothing_ticked_is_said()
    {
        await using var world = new FoundWorld(new FakeFound());
        Assert.Equal("export.nothingChosen", (await Assert.ThrowsAsync<ProblemException>(() => world.PlanAsync())).Code);
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(Path.GetDirectoryName(world.Out) ?? "?", "storage", "plans")));
    }

    [Fact]
    public async Task A_hundred_thousand_findings_make_a_page_that_can_be_opened()
    {
        const int many = 100_000;
        var found = new FakeFound();
        for (var i = 0; i < many; i++)
        {
            found.AddRun($"run-{i:D6}", i % 10 == 0 ? new JsonObject { ["lastModifiedBy"] = FakeFound.ByBen() } : null);
        }

        await using var world = new FoundWorld(found);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var plan = await world.PlanAsync();
        var planned = clock.Elapsed;
        var view = await world.RunAsync(plan, ExportFormat.BagZip);
        Assert.Equal((OperationState.Succeeded, many + 5L), (view.Status.State, view.Status.Done));
        using var zip = System.IO.Compression.ZipFile.OpenRead(Path.Combine(world.Out, view.Status.File ?? "?"));
        long LengthOf(string name) => zip.GetEntry($"{plan.FolderName}/data/{name}")?.Length ?? -1;
        Assert.InRange(LengthOf("REPORT.html"), 10_000, 500_000);
        Assert.InRange(LengthOf("REPORT.md"), 10_000, 500_000);
        Assert.InRange(LengthOf("index.csv"), 100L * many, 1000L * many);
        using var page = new StreamReader((zip.GetEntry($"{plan.FolderName}/data/REPORT.html") ?? throw new InvalidDataException("There is no page.")).Open());
        var text = await page.ReadToEndAsync();
        Assert.Contains("Runs: the first 250 of 100,000", text, StringComparison.Ordinal);
        Assert.Contains("The other 99,750 are listed in index.csv", text, StringComparison.Ordinal);
        Assert.Contains("In 10,000 records, 40,000 passages", text, StringComparison.Ordinal);
        Assert.True(clock.Elapsed < TimeSpan.FromMinutes(4), $"It took {clock.Elapsed}, of which the plan {planned}.");
    }
}
