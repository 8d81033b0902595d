using System.Text.Json.Nodes;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Resources;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Changes;
using AmlDataTools.Server.Tests.Exports;
using AmlDataTools.Server.Tests.Shares;

namespace AmlDataTools.Server.Tests.Workspaces;

/// <summary>"Export First...": all of a workspace in one operation, and a deletion that knows of it. On an emulator of its own: what others leave in the workspace would be taken too.</summary>
[Collection(ChangeCollection.Name)]
public sealed class ExportFirstTests(ChangeEmulator emulator) : IClassFixture<ChangeEmulator>, IAsyncLifetime
{
    private const string Ben = "ben@example.com";
    private static readonly WorkspaceExport Everything = new(true, true, true, true, true);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await emulator.ClearFaultsAsync();
        await emulator.SetAsync(new JsonObject { ["workspaceDeletePolls"] = 2 });
        await emulator.CredentialsAsync("AccountKey");
        await emulator.RoleAsync(Ben, "Contributor", "Contributor");
    }

    private string Node => NodeTargets.Format(new WorkspaceTarget(emulator.Workspace));

    private string RootIn(TestFolder folder) => Path.Combine(folder.Out, $"{emulator.Workspace.Name}-export");

    [Fact]
    public async Task Models_runs_notebooks_data_and_the_record_come_in_one_operation()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var run = await emulator.AddRunAsync(("outputs/a.bin", 1000), ("user_logs/std_log.txt", 20));
        var model = await emulator.ModelAsync(versions: 2);
        var elsewhere = emulator.NewName("elsewhere");
        await emulator.AssetAtAsync("models", elsewhere, new JsonObject { ["modelType"] = "custom_model", ["modelUri"] = "https://models.example.com/bert.zip" });
        await emulator.BlobAsync("LocalUpload/table-1/part.csv", 300);
        var data = await emulator.DataAsync("uri_folder", "LocalUpload/table-1/");
        await emulator.FilesAsync(("Users/ada/first.ipynb", 500), ("shared/readme.md", 30));
        var before = await World.ReadAsync(emulator);
        var mark = await emulator.MarkAsync();
        var plan = await sidecar.PlanAsync(Node, Parts(Everything));
        Assert.InRange((await emulator.RequestsAsync(mark)).Count(r => r.Query.Contains("comp=list", StringComparison.Ordinal) && r.Query.Contains("ExperimentRun%2F&", StringComparison.Ordinal)), 0, 2);
        Assert.Equal($"Export models, runs, notebooks, data and the record of {emulator.Workspace.Name}", plan.Title);
        Assert.Equal(["Record", "Models", "Data assets", "Datasets (v1)", "Notebooks", "Runs"], plan.Warnings.Where(w => w.Code == "workspace.part").Select(w => w.Message.Split(':')[0]));
        Assert.Contains(plan.Warnings, w => w.Code == "workspace.notInParts");
        Assert.True(plan.Bytes > 1000 + 300 + 500);

        await sidecar.BeginAsync(plan.PlanId, folder.Out);
        var ended = await sidecar.EndAsync(plan.PlanId);
        var receipt = await sidecar.ReceiptAsync(plan.PlanId);
        Assert.True(ended.State == OperationState.Succeeded, string.Join('\n', receipt.Items.Where(i => i.Outcome == "failed")));
        before.AssertBecame(await World.ReadAsync(emulator), []);

        var root = RootIn(folder);
        TestFolder.AssertFiles(run.Files, Path.Combine(root, "runs", run.RunId));
        foreach (var version in new[] { "1", "2" })
        {
            Assert.Equal(3000 + int.Parse(version, System.Globalization.CultureInfo.InvariantCulture), new FileInfo(Path.Combine(root, "models", model, version, "model.pkl")).Length);
            Assert.True(File.Exists(Path.Combine(root, "models", model, version, "model.json")));
        }

        Assert.Equal(300, new FileInfo(Path.Combine(root, "data", data, "1", "part.csv")).Length);
        Assert.Equal(500, new FileInfo(Path.Combine(root, "notebooks", "Users", "ada", "first.ipynb")).Length);
        Assert.Equal(30, new FileInfo(Path.Combine(root, "notebooks", "shared", "readme.md")).Length);
        Assert.Contains(File.ReadLines(Path.Combine(root, "record", "runs.jsonl")), line => line.Contains(run.RunId, StringComparison.Ordinal));
        Assert.True(File.Exists(Path.Combine(root, "export-receipt.md")));

        // What no datastore leads to is named in the receipt, and is no failure.
        Assert.Equal(("skipped", "asset.foreignHost"), Assert.Single(receipt.Items, i => i.Name.Contains(elsewhere, StringComparison.Ordinal)) is var left ? (left.Outcome, left.Code) : default);

        // Every file of every run on record, and of no other.
        var runs = before.Entries.Keys.Where(k => k.StartsWith("run:", StringComparison.Ordinal)).Select(k => k[(k.IndexOf(':', StringComparison.Ordinal) + 1)..]).ToHashSet();
        var wanted = before.Entries.Keys.Where(k => k.StartsWith("blob:", StringComparison.Ordinal)).Select(k => k.Split('/', 5)).Where(p => p is [_, "azureml", "ExperimentRun", _, _]).Select(p => (Run: p[3]["dcid.".Length..], Path: p[4])).ToList();
        Assert.True(wanted.Count > 20);
        Assert.All(wanted.Where(w => runs.Contains(w.Run)), w => Assert.Contains(receipt.Items, i => i.Name == $"ExperimentRun/dcid.{w.Run}/{w.Path}"));
    }

    [Fact]
    public async Task What_belongs_to_no_run_on_record_is_left_and_told()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var run = await emulator.AddRunAsync(("outputs/a.bin", 10));
        await emulator.ControlAsync(HttpMethod.Post, "blobs", new JsonObject { ["name"] = $"ExperimentRun/dcid.{run.RunId}0/outputs/of-another.bin", ["size"] = 10 });
        var plan = await sidecar.PlanAsync(Node, Parts(new WorkspaceExport(false, true, false, false, false)));
        Assert.Contains("no run on record", Assert.Single(plan.Warnings, w => w.Code == "runs.notOnRecord").Message, StringComparison.Ordinal);
        var items = await sidecar.ItemsAsync(plan.PlanId);
        Assert.Contains(items, i => i.Path == $"{emulator.Workspace.Name}-export/runs/{run.RunId}/outputs/a.bin");
        Assert.DoesNotContain(items, i => i.Name.Contains("of-another", StringComparison.Ordinal));
        await emulator.ControlAsync(HttpMethod.Post, "blobs", new JsonObject { ["name"] = $"ExperimentRun/dcid.{run.RunId}0/outputs/of-another.bin", ["delete"] = true });
    }

    /// <summary>Somebody without any right on the account reads runs by the addresses that the artifact service signs, run by run.</summary>
    [Fact]
    public async Task Without_rights_on_the_storage_account_runs_still_come_and_what_does_not_is_told()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync(("outputs/a.bin", 1000));
        await emulator.CredentialsAsync("None");
        await emulator.RoleAsync(Ben, "Reader", "None");
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder, new SignIn(Ben));
        var export = await sidecar.ExportAsync(Node, folder.Out, Parts(new WorkspaceExport(false, true, false, false, true)));
        Assert.Equal(OperationState.Succeeded, export.Operation.State);
        TestFolder.AssertFiles(run.Files, Path.Combine(RootIn(folder), "runs", run.RunId));
        Assert.Contains(export.Receipt.Items, i => i.Access == "signed addresses of the artifact service");
    }

    [Fact]
    public async Task A_part_that_may_not_be_read_is_in_the_receipt_and_the_others_come()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        await emulator.FaultAsync("/models", new JsonObject { ["kind"] = "status", ["status"] = 403, ["code"] = "AuthorizationFailed" }, times: 100, method: "GET");
        var export = await sidecar.ExportAsync(Node, folder.Out, Parts(new WorkspaceExport(true, false, true, false, false)));
        Assert.Equal(OperationState.SucceededWithWarnings, export.Operation.State);
        Assert.Contains(export.Plan.Warnings, w => w.Code == "workspace.partUnread");
        Assert.Equal(("failed", "auth.forbidden"), Assert.Single(export.Receipt.Items, i => i.Name == "models") is var left ? (left.Outcome, left.Code) : default);
        Assert.Contains(export.Receipt.Items, i => i.Path.Contains("/notebooks/", StringComparison.Ordinal) && i.Outcome == "done");
    }

    [Fact]
    public async Task Nothing_chosen_is_refused()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        Assert.StartsWith("export.nothingChosen", await sidecar.RefusalAsync(() => sidecar.PlanAsync(Node, Parts(new WorkspaceExport(false, false, false, false, false)))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deletion_says_what_was_exported_and_waits_for_exports()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var made = await MadeWorkspace.MakeAsync(emulator);
        var before = await World.ReadAsync(emulator);
        var unwarned = await sidecar.PlanChangeAsync(OperationVerb.Delete, [made.Node]);
        Assert.Equal([made.Node], unwarned.ExportFirst);
        Assert.Contains("No finished export", Assert.Single(unwarned.Warnings, w => w.Code == "workspace.notExported").Message, StringComparison.Ordinal);
        var storage = await sidecar.PlanChangeAsync(OperationVerb.Delete, [made.NodeOf(ResourceKind.StorageAccount, made.Storage)]);
        Assert.Null(storage.ExportFirst);

        // While it is read nothing of it goes, by none of the two plans, also in another window.
        await emulator.FaultAsync("/environments", new JsonObject { ["kind"] = "delay", ["milliseconds"] = 60_000 }, times: 1000);
        var export = await sidecar.PlanAsync(made.Node, Parts(Everything with { Models = false }));
        await sidecar.BeginAsync(export.PlanId, folder.Out);
        await using (var other = await ExportSidecar.StartAsync(emulator, folder))
        {
            foreach (var plan in new[] { unwarned, storage })
            {
                Assert.StartsWith("workspace.exportRunning", await sidecar.RefusalAsync(() => sidecar.ConfirmAsync(plan.PlanId)), StringComparison.Ordinal);
                Assert.StartsWith("workspace.exportRunning", await sidecar.RefusalAsync(() => other.ConfirmAsync(plan.PlanId)), StringComparison.Ordinal);
            }
        }

        before.AssertBecame(await World.ReadAsync(emulator), []);
        await emulator.ClearFaultsAsync();
        await sidecar.OperationAsync("pause", export.PlanId);
        await sidecar.OperationAsync("resume", export.PlanId);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(export.PlanId)).State);

        var warned = await sidecar.PlanChangeAsync(OperationVerb.Delete, [made.Node]);
        var told = Assert.Single(warned.Warnings, w => w.Code == "workspace.exported").Message;
        var receipt = Path.Combine(folder.Out, $"{made.Name}-export", "export-receipt.md");
        Assert.Contains(receipt, told, StringComparison.Ordinal);
        Assert.True(File.Exists(receipt));
        Assert.Contains("Exported at ", told, StringComparison.Ordinal);
        Assert.EndsWith(": models.", Assert.Single(warned.Warnings, w => w.Code == "workspace.partsNotExported").Message, StringComparison.Ordinal);

        // Nor is it read while it goes.
        var late = await sidecar.PlanAsync(made.Node, Parts(new WorkspaceExport(false, false, false, false, true)));
        await sidecar.ConfirmAsync(warned.PlanId);
        Assert.StartsWith("workspace.beingDeleted", await sidecar.RefusalAsync(() => sidecar.BeginAsync(late.PlanId, folder.Out)), StringComparison.Ordinal);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(warned.PlanId)).State);
        before.AssertBecame(await World.ReadAsync(emulator), made.Keys(before), came: [$"keptWorkspace:{made.Ref.ResourceId}"]);
        Assert.Contains("Exported at", (await sidecar.ReceiptAsync(warned.PlanId)).Markdown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_that_was_moved_away_or_not_finished_is_told_as_such()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var made = await MadeWorkspace.MakeAsync(emulator);
        var plan = await sidecar.PlanAsync(made.Node, Parts(new WorkspaceExport(false, false, false, false, true)));
        await emulator.FaultAsync("/environments", new JsonObject { ["kind"] = "delay", ["milliseconds"] = 60_000 }, times: 1000);
        await sidecar.BeginAsync(plan.PlanId, folder.Out);
        await sidecar.OperationAsync("pause", plan.PlanId);
        Assert.Contains((await sidecar.PlanChangeAsync(OperationVerb.Delete, [made.Node])).Warnings, w => w.Code == "workspace.notExported");
        await emulator.ClearFaultsAsync();
        await sidecar.OperationAsync("resume", plan.PlanId);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(plan.PlanId)).State);
        Directory.Delete(folder.Out, recursive: true);
        Assert.Contains("not there any more", Assert.Single((await sidecar.PlanChangeAsync(OperationVerb.Delete, [made.Node])).Warnings, w => w.Code == "workspace.exportMoved").Message, StringComparison.Ordinal);
    }

    private static ExportOptions Parts(WorkspaceExport parts) => new(false, false, false, false, [], [], parts);
}
