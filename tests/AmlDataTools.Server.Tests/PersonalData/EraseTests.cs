using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Changes;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.PersonalData;

/// <summary>What is found of a person for sure is erased, and nothing else; what stays is named; nobody is named by what is written down.</summary>
[Collection(ChangeCollection.Name)]
public sealed class EraseTests(ChangeEmulator emulator) : IAsyncLifetime
{
    private static readonly string[] MariasRuns = ["calm_river_01", "archived_bay_06", "old_shore_07", "marias_flow_08", "a0000000-0000-4000-8000-00000000f001"];

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => emulator.ClearFaultsAsync();

    [Fact]
    public async Task Exactly_what_is_surely_hers_goes_and_the_same_search_finds_only_what_the_receipt_names()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var world = await EraseWorld.PlantAsync(emulator);
        var before = await World.ReadAsync(emulator);
        var search = await world.SearchAsync(sidecar);

        // Everything is ticked in the search: what matches by the display name alone is not done for all that.
        await EraseWorld.ChooseAllAsync(sidecar, search.SearchId);
        var plan = await EraseWorld.PlanAsync(sidecar, search.SearchId);
        Assert.Equal((OperationVerb.Erase, ConfirmationKind.TypeName), (plan.Verb, plan.Confirmation));
        Assert.StartsWith("erase ", plan.ConfirmationText, StringComparison.Ordinal);
        Assert.Contains(plan.Warnings, warning => warning.Code == "erase.nameOnly");
        var items = await sidecar.ItemsAsync(plan.PlanId);
        await sidecar.ConfirmAsync(plan.PlanId);
        var ended = await sidecar.EndAsync(plan.PlanId);
        var receipt = await sidecar.ReceiptAsync(plan.PlanId);
        Assert.True(ended.State == OperationState.Succeeded, receipt.Markdown);
        Assert.DoesNotContain(ended.Actions, action => action is OperationAction.Undelete or OperationAction.Restore or OperationAction.ArchiveInstead);
        before.AssertBecame(
            await World.ReadAsync(emulator),
            Hers(world, before),
            changed: [$"{world.Prefix}run:juergens_lake_04", $"{world.Prefix}experiment:credit", $"{world.Prefix}resource:models/credit/versions/1"]);

        // Each that is found again is in the receipt, by a name in which she is hidden, as kept or with texts that stayed.
        var again = await world.SearchAsync(sidecar);
        var left = await EraseWorld.FindingsAsync(sidecar, again.SearchId);
        Assert.NotEmpty(left);
        var named = receipt.Json["kept"] as JsonArray ?? [];
        var labels = named.OfType<JsonObject>().Select(one => (string?)one["label"]).ToHashSet();
        foreach (var finding in left)
        {
            // A folder's item says where it is.
            var label = Regex.Replace(finding.Label, "Maria +Muster", "[subject]");
            Assert.Contains(labels, known => known == label || known?.EndsWith($"/{label}/", StringComparison.Ordinal) == true);
            Assert.DoesNotContain(finding.Label, MariasRuns);
        }

        Assert.DoesNotContain(left, finding => finding.Label is "juergens_lake_04" or "credit");
        Assert.Contains(named.OfType<JsonObject>(), one => (string?)one["label"] == "ada_props_10" && ((string?)one["reason"])?.Contains("properties.dataOwner", StringComparison.Ordinal) == true);
        Assert.Equal(items.Count, (receipt.Json["items"] as JsonArray)?.Count + named.Count);
    }

    [Fact]
    public async Task Nothing_that_is_written_down_names_her()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var world = await EraseWorld.PlantAsync(emulator);
        await world.RunAsync("by_maria.muster_01", world.Maria.UserPrincipalName ?? string.Empty, new JsonObject
        {
            ["displayName"] = $"try of {world.Maria.DisplayName}",
            ["files"] = new JsonArray(new JsonObject { ["path"] = "outputs/maria.muster/a.txt", ["text"] = "x" }, new JsonObject { ["path"] = $"outputs/{world.Maria.UserPrincipalName}.csv", ["text"] = "y" }),
        });
        await world.ResourceAsync("models/maria.muster-model", new JsonObject { ["description"] = null, ["tags"] = new JsonObject(), ["isArchived"] = false, ["latestVersion"] = "1", ["nextVersion"] = "2" }, "ada@example.com");
        await world.ResourceAsync(
            "models/maria.muster-model/versions/1",
            new JsonObject { ["description"] = null, ["tags"] = new JsonObject { [world.Maria.UserPrincipalName ?? string.Empty] = "1" }, ["isArchived"] = false, ["modelType"] = "custom_model", ["modelUri"] = world.Uri("LocalUpload/none/maria.muster/") },
            "ada@example.com");
        var search = await world.SearchAsync(sidecar);
        var plan = await EraseWorld.PlanAsync(sidecar, search.SearchId);
        var shown = new StringBuilder(plan.ToString());
        shown.AppendJoin('\n', plan.Survivors).AppendJoin('\n', plan.Warnings);
        var items = await sidecar.ItemsAsync(plan.PlanId);
        Assert.Contains(items, item => item.Label == "try of [subject]");
        foreach (var item in items)
        {
            shown.Append(item).AppendJoin('\n', item.Details);
        }

        AssertNamesNobody(world, shown.ToString(), "the plan as it is shown");
        var saved = Path.Combine(folder.Root, "plan.json");
        await sidecar.SavePlanAsync(plan.PlanId, saved, PlanFormat.Json);
        AssertNamesNobody(world, File.ReadAllText(saved), "the saved plan");

        // Something fails: its reason names nobody either.
        await emulator.FaultAsync("/runs/juergens_lake_04", new JsonObject { ["kind"] = "status", ["status"] = 403, ["code"] = "Forbidden" }, times: 10, method: "PATCH");
        await emulator.FaultAsync("/jobs/by_maria.muster_01", new JsonObject { ["kind"] = "status", ["status"] = 409, ["body"] = new JsonObject { ["error"] = new JsonObject { ["code"] = "Conflict", ["message"] = $"by_maria.muster_01 is held by {world.Maria.DisplayName}." } } }, times: 1, method: "DELETE");
        await sidecar.ConfirmAsync(plan.PlanId);
        var ended = await sidecar.EndAsync(plan.PlanId);
        Assert.Equal((OperationState.SucceededWithWarnings, true), (ended.State, ended.ItemsFailed >= 2));
        var operation = Path.Combine(folder.Storage, "operations", plan.PlanId);
        foreach (var file in new[] { "plan.json", "journal.jsonl", "receipt.json", "receipt.md", "status.json", "selection.json" })
        {
            AssertNamesNobody(world, File.ReadAllText(Path.Combine(operation, file)), file);
        }

        // Once nothing is left to do, nothing at all of it does.
        await emulator.ClearFaultsAsync();
        await sidecar.OperationAsync("resume", plan.PlanId);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(plan.PlanId)).State);
        foreach (var file in Directory.EnumerateFiles(operation, "*", SearchOption.AllDirectories))
        {
            AssertNamesNobody(world, File.ReadAllText(file), Path.GetFileName(file));
        }

        var receipt = (await sidecar.ReceiptAsync(plan.PlanId)).Json;
        var hash = Core.PersonalData.SubjectHash.Of((string?)receipt["subject"]?["salt"] ?? string.Empty, world.Maria.ObjectId ?? string.Empty);
        Assert.Equal(("objectId", hash), ((string?)receipt["subject"]?["identifiedBy"], (string?)receipt["subject"]?["hash"]));
        Assert.StartsWith("undo.nothing: ", await sidecar.RefusalAsync(() => sidecar.PlanChangeAsync(OperationVerb.Undelete, [], operationId: plan.PlanId)), StringComparison.Ordinal);
        await sidecar.ShutdownAsync();
        foreach (var file in Directory.EnumerateFiles(folder.Logs))
        {
            using var log = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            var text = await log.ReadToEndAsync();
            Assert.Contains("[subject]", text, StringComparison.Ordinal);
            AssertNamesNobody(world, text, "the log");
        }
    }

    /// <summary>Her folder with all in it, files called after her, and files in whose text her id or address stands.</summary>
    [Fact]
    public async Task Her_folder_and_the_files_that_name_her_for_sure_go_too()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var world = await EraseWorld.PlantAsync(emulator);
        var before = await World.ReadAsync(emulator);
        var search = await world.SearchAsync(sidecar, files: true);
        var plan = await EraseWorld.PlanAsync(sidecar, search.SearchId);

        Assert.Contains(plan.Warnings, warning => warning.Code == "erase.filesWhole");

        // A data asset and a dataset refer to the folder of this one: it is left unless it is ticked.
        var shared = (await sidecar.ItemsAsync(plan.PlanId)).Single(item => item.Label.EndsWith("UI/customers/contacts.csv", StringComparison.Ordinal));
        Assert.Equal((false, true, true), (shared.Ticked, shared.CanTick, shared.NeedsName));
        await sidecar.ConfirmAsync(plan.PlanId, shared.Id);
        var ended = await sidecar.EndAsync(plan.PlanId);
        var receipt = await sidecar.ReceiptAsync(plan.PlanId);
        Assert.True(ended.State == OperationState.Succeeded, receipt.Markdown);
        var gone = Hers(world, before).Concat(world.FilesOfMaria(before));
        before.AssertBecame(
            await World.ReadAsync(emulator), gone,
            changed: [$"{world.Prefix}run:juergens_lake_04", $"{world.Prefix}experiment:credit", $"{world.Prefix}resource:models/credit/versions/1"]);
        AssertNamesNobody(world, receipt.Markdown + receipt.Json.ToJsonString(), "the receipt");
    }

    [Fact]
    public async Task What_the_service_does_not_delete_is_archived_and_cleared_and_what_others_work_with_is_left()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var world = await EraseWorld.PlantAsync(emulator);
        var upn = world.Maria.UserPrincipalName ?? string.Empty;
        await AssetAsync(world, "data/hers", new JsonObject { ["dataType"] = "uri_folder", ["dataUri"] = world.Uri("UI/hers/"), ["description"] = $"made for {upn}" }, upn);
        await AssetAsync(world, "environments/hers", new JsonObject { ["image"] = "mcr.example/base:1", ["tags"] = new JsonObject { ["by"] = upn, ["stage"] = "prod" } }, upn);
        await AssetAsync(world, "models/hers", new JsonObject { ["modelType"] = "custom_model", ["modelUri"] = world.Uri("UI/hers-model/") }, upn);
        await AssetAsync(world, "models/served", new JsonObject { ["modelType"] = "custom_model", ["modelUri"] = world.Uri("UI/served-model/") }, upn);
        var endpoint = new JsonObject { ["description"] = null, ["properties"] = new JsonObject(), ["provisioningState"] = "Succeeded", ["traffic"] = new JsonObject { ["blue"] = 100 } };
        await world.ResourceAsync("onlineEndpoints/live", endpoint, upn, new JsonObject { ["tags"] = new JsonObject(), ["location"] = "westeurope" });
        await world.ResourceAsync(
            "onlineEndpoints/live/deployments/blue", new JsonObject { ["model"] = $"{world.Workspace.ResourceId}/models/served/versions/1", ["provisioningState"] = "Succeeded" }, "ada@example.com",
            new JsonObject { ["tags"] = new JsonObject(), ["location"] = "westeurope" });
        var before = await World.ReadAsync(emulator);
        var search = await world.SearchAsync(sidecar);
        var plan = await EraseWorld.PlanAsync(sidecar, search.SearchId);
        var items = await sidecar.ItemsAsync(plan.PlanId);
        Assert.Equal((PlanItemAction.Clear, true), Of(items, "hers:1", "dataVersion"));
        Assert.Equal((PlanItemAction.Delete, true), Of(items, "hers:1", "environmentVersion"));
        Assert.Equal((PlanItemAction.Delete, true), Of(items, "hers:1", "modelVersion"));
        Assert.Equal((PlanItemAction.Delete, false), Of(items, "served:1", "modelVersion"));
        Assert.Equal((PlanItemAction.Delete, false), Of(items, "live", "onlineEndpoint"));
        Assert.Equal((PlanItemAction.Delete, false), Of(items, "dev-box", "compute"));
        Assert.Contains(plan.Warnings, warning => warning.Code == "erase.inUse");
        await sidecar.ConfirmAsync(plan.PlanId);
        var ended = await sidecar.EndAsync(plan.PlanId);
        var receipt = await sidecar.ReceiptAsync(plan.PlanId);
        Assert.True(ended.State == OperationState.Succeeded, receipt.Markdown);
        Assert.Contains(receipt.Items, item => item.Code == "erase.archivedInstead");
        var after = await World.ReadAsync(emulator);
        before.AssertBecame(
            after,
            [.. Hers(world, before), $"{world.Prefix}resource:models/hers", $"{world.Prefix}resource:models/hers/versions/1"],
            changed: [$"{world.Prefix}run:juergens_lake_04", $"{world.Prefix}experiment:credit", $"{world.Prefix}resource:models/credit/versions/1",
                $"{world.Prefix}resource:data/hers", $"{world.Prefix}resource:data/hers/versions/1", $"{world.Prefix}resource:environments/hers", $"{world.Prefix}resource:environments/hers/versions/1"]);
        Assert.Contains("\"archived\":true", after.Entries[$"{world.Prefix}resource:data/hers/versions/1"], StringComparison.Ordinal);
        Assert.Contains("\"archived\":true", after.Entries[$"{world.Prefix}resource:environments/hers/versions/1"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(6)]
    [InlineData(12)]
    public async Task Killed_in_the_middle_it_goes_on_to_the_same_end(int lines)
    {
        using var folder = new TestFolder();
        var world = await EraseWorld.PlantAsync(emulator);
        var before = await World.ReadAsync(emulator);
        string id;
        await using (var first = await ExportSidecar.StartAsync(emulator, folder))
        {
            var plan = await EraseWorld.PlanAsync(first, (await world.SearchAsync(first)).SearchId);
            id = plan.PlanId;
            await emulator.FaultAsync("/", new JsonObject { ["kind"] = "delay", ["milliseconds"] = 60 }, times: 10_000);
            await first.ConfirmAsync(id);
            var clock = System.Diagnostics.Stopwatch.StartNew();
            while (folder.Lines(id).Count < lines && clock.Elapsed < TimeSpan.FromSeconds(120) && !folder.Lines(id).Any(line => string.Equals((string?)line["event"], "ended", StringComparison.OrdinalIgnoreCase)))
            {
                await Task.Delay(2);
            }

            await first.KillAsync();
        }

        await emulator.ClearFaultsAsync();
        await using var second = await ExportSidecar.StartAsync(emulator, folder);
        if ((await second.FindAsync(id)).State == OperationState.Interrupted)
        {
            await second.OperationAsync("resume", id);
        }

        var ended = await second.EndAsync(id);
        Assert.True(ended.State == OperationState.Succeeded, (await second.ReceiptAsync(id)).Markdown);
        before.AssertBecame(
            await World.ReadAsync(emulator),
            Hers(world, before),
            changed: [$"{world.Prefix}run:juergens_lake_04", $"{world.Prefix}experiment:credit", $"{world.Prefix}resource:models/credit/versions/1"]);
        AssertNamesNobody(world, (await second.ReceiptAsync(id)).Markdown, "the receipt");
    }

    [Fact]
    public async Task What_changed_since_the_plan_is_left_and_said()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var world = await EraseWorld.PlantAsync(emulator);
        var plan = await EraseWorld.PlanAsync(sidecar, (await world.SearchAsync(sidecar)).SearchId);
        var history = $"{emulator["dataPlane"].TrimEnd('/')}/history/v1.0{world.Workspace.ResourceId}";
        await emulator.ServiceAsync(HttpMethod.Patch, $"{history}/runs/juergens_lake_04", new JsonObject { ["description"] = "Asked somebody else." });
        var before = await World.ReadAsync(emulator);
        await sidecar.ConfirmAsync(plan.PlanId);
        Assert.Equal(OperationState.SucceededWithWarnings, (await sidecar.EndAsync(plan.PlanId)).State);
        var left = (await sidecar.ReceiptAsync(plan.PlanId)).Items.Single(item => item.Outcome != "done");
        Assert.Equal(("juergens_lake_04", "skipped", "changed"), (left.Name, left.Outcome, left.Code));
        var after = await World.ReadAsync(emulator);
        Assert.Equal(before.Entries[$"{world.Prefix}run:juergens_lake_04"], after.Entries[$"{world.Prefix}run:juergens_lake_04"]);
    }

    [Fact]
    public async Task Without_a_search_or_ticks_nothing_is_planned()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        Assert.StartsWith("erase.noSearch: ", await sidecar.RefusalAsync(() => sidecar.PlanChangeAsync(OperationVerb.Erase, [])), StringComparison.Ordinal);
        Assert.StartsWith("search.notFound: ", await sidecar.RefusalAsync(() => EraseWorld.PlanAsync(sidecar, "20260101-000000-aaaaaaaa")), StringComparison.Ordinal);
        var world = await EraseWorld.PlantAsync(emulator);
        var nobody = await world.SearchAsync(sidecar, subject: new PersonalDataSubject("99999999-9999-4999-8999-999999999999", null, null, null, null));
        Assert.StartsWith("erase.nothingTicked: ", await sidecar.RefusalAsync(() => EraseWorld.PlanAsync(sidecar, nobody.SearchId)), StringComparison.Ordinal);
    }

    private static async Task AssetAsync(EraseWorld world, string path, JsonObject version, string by)
    {
        await world.ResourceAsync(path, new JsonObject { ["description"] = null, ["tags"] = new JsonObject(), ["isArchived"] = false, ["latestVersion"] = "1", ["nextVersion"] = "2", ["dataType"] = version["dataType"]?.DeepClone() }, by);
        version["isArchived"] = false;
        version["tags"] ??= new JsonObject();
        await world.ResourceAsync(path + "/versions/1", version, by);
    }

    private static (PlanItemAction Action, bool Ticked) Of(IReadOnlyList<PlanItem> items, string name, string kind) =>
        items.Where(item => item.Name == name && item.Kind == kind).Select(item => (item.Action, item.Ticked)).First();

    /// <summary>What is surely hers without a look into files: runs with their files, and her folder.</summary>
    private static IEnumerable<string> Hers(EraseWorld world, World before) => world.KeysOf(before, MariasRuns).Concat(world.FolderOf(before, "Users/maria.muster"));

    private static void AssertNamesNobody(EraseWorld world, string text, string where)
    {
        foreach (var name in world.Names)
        {
            // Longer words are somebody else's names.
            var hit = Regex.Match(text, $@"(?<![\p{{L}}\p{{N}}]){Regex.Escape(name)}(?![\p{{L}}\p{{N}}])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
            var at = hit.Success ? hit.Index : -1;
            Assert.True(at < 0, at < 0 ? null : $"{where} names her: {text[Math.Max(0, at - 80)..Math.Min(text.Length, at + 80)]}");
        }
    }
}
