using System.Text.Json.Nodes;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Changes;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.Datastores;

/// <summary>Datastores as a tree, and what is downloaded and deleted from it.</summary>
[Collection(ChangeCollection.Name)]
public sealed class BrowseTests(ChangeEmulator emulator)
{
    private const string Store = "workspaceblobstore";
    private const string ArtifactStore = "workspaceartifactstore";

    [Theory]
    [InlineData(1)]
    [InlineData(null)]
    public async Task A_datastore_opens_down_to_its_files_with_sizes_and_dates(int? pageSize)
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var root = emulator.NewName("browse");
        await emulator.BlobAsync($"{root}/data1/a b#c.txt", 2048);
        await emulator.BlobAsync($"{root}/data10/b.txt", 10);
        await emulator.BlobAsync($"{root}/top.json", 3);
        var found = Assert.Single(await sidecar.ChildrenAsync(emulator.StoreNode(Store)), n => n.Label == root);
        Assert.Equal((NodeKind.Folder, NodeExpansion.Collapsed), (found.Kind, found.Expansion));
        var inside = await sidecar.ChildrenAsync(found.Id, pageSize);
        Assert.Equal(["data1", "data10", "top.json"], inside.Select(n => n.Label).Order(StringComparer.Ordinal));
        var file = Assert.Single(await sidecar.ChildrenAsync(inside.Single(n => n.Label == "data1").Id, pageSize));
        Assert.Equal(("a b#c.txt", NodeKind.File, 2048L, $"{root}/data1/a b#c.txt"), (file.Label, file.Kind, file.Resource?.Bytes, file.Resource?.Name));
        Assert.Contains("2 KB", file.Description, StringComparison.Ordinal);
        Assert.Contains("Modified: ", file.Tooltip, StringComparison.Ordinal);
        var workspace = emulator.Workspace;
        Assert.Equal(
            $"azureml://subscriptions/{workspace.SubscriptionId}/resourcegroups/{workspace.ResourceGroup}/workspaces/{workspace.Name}/datastores/{Store}/paths/{root}/data1/a b#c.txt", file.Resource?.DataUri);
        Assert.Equal([NodeAction.Open, NodeAction.Download, NodeAction.CopyName, NodeAction.CopyPath, NodeAction.CopyUri, NodeAction.Delete], file.Actions);
    }

    [Fact]
    public async Task A_lake_opens_by_the_callers_token_and_a_store_of_another_kind_says_that_it_cannot()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        Assert.DoesNotContain(await sidecar.ChildrenAsync(emulator.StoreNode("research_lake")), n => n.Kind == NodeKind.Error);
        await emulator.ResourceAsync("datastores/team_lake", new JsonObject { ["datastoreType"] = "OneLake", ["oneLakeWorkspaceName"] = "team", ["credentials"] = new JsonObject { ["credentialsType"] = "None" } });
        var notice = Assert.Single(await sidecar.ChildrenAsync(emulator.StoreNode("team_lake")));
        Assert.Equal(NodeKind.Notice, notice.Kind);
        Assert.Contains("cannot be browsed here yet", notice.Label, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folders_of_runs_bear_the_runs_names_and_folders_of_none_are_shown_all_the_same()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var run = await emulator.AddRunAsync(new JsonObject { ["displayName"] = "olive_branch_77", ["files"] = EmulatorProcess.Files(("outputs/a.bin", 10)) });
        await emulator.BlobAsync($"azureml/{run.RunId}/scores/part-0", 10);
        await emulator.BlobAsync($"azureml/no-run-at-all/part-0", 10);
        var history = await sidecar.ChildrenAsync(emulator.FolderNode(ArtifactStore, "ExperimentRun/"));
        Assert.Equal("olive_branch_77", history.Single(n => n.Label == $"dcid.{run.RunId}").Description);
        var outputs = await sidecar.ChildrenAsync(emulator.FolderNode(Store, "azureml/"));
        Assert.Equal("olive_branch_77", outputs.Single(n => n.Label == run.RunId).Description);
        Assert.Null(outputs.Single(n => n.Label == "no-run-at-all").Description);
        await emulator.FaultAsync("/runs/", new JsonObject { ["kind"] = "status", ["status"] = 500 }, times: 1000);
        try
        {
            await sidecar.CallAsync("explorer/refresh", new RefreshParams(null), ProtocolJsonContext.Default.RefreshParams, ProtocolJsonContext.Default.Empty);
            var other = await emulator.AddRunAsync(("outputs/a.bin", 10));
            Assert.Single(await sidecar.ChildrenAsync(emulator.FolderNode(ArtifactStore, "ExperimentRun/")), n => n.Label == $"dcid.{other.RunId}");
        }
        finally
        {
            await emulator.ClearFaultsAsync();
        }
    }

    [Fact]
    public async Task A_folder_and_a_file_are_downloaded_by_the_engine()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var root = emulator.NewName("take");
        foreach (var name in new[] { "data1/a.bin", "data1/deep/b.bin", "data10/c.bin", "other/data1/d.bin" })
        {
            await emulator.BlobAsync($"{root}/{name}", 1000);
        }

        var export = await sidecar.ExportAsync(emulator.FolderNode(Store, $"{root}/data1/"), folder.Out);
        Assert.Equal((OperationState.Succeeded, $"Download data1 of {Store}"), (export.Operation.State, export.Plan.Title));
        Assert.Equal(["data1/a.bin", "data1/deep/b.bin", "data1/export-receipt.json", "data1/export-receipt.md"], FilesIn(folder.Out));

        // Of several each is written where it lies, so that folders of one name do not mix.
        var both = Path.Combine(folder.Out, "both");
        var plan = await sidecar.PlanAsync([emulator.FolderNode(Store, $"{root}/data1/"), emulator.FolderNode(Store, $"{root}/other/data1/"), emulator.FileNode(Store, $"{root}/data10/c.bin")], null);
        await sidecar.BeginAsync(plan.PlanId, both);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(plan.PlanId)).State);
        Assert.Equal(
            [$"{Store}/{root}/data1/a.bin", $"{Store}/{root}/data1/deep/b.bin", $"{Store}/{root}/data10/c.bin", $"{Store}/{root}/other/data1/d.bin"],
            FilesIn(both).Where(f => !f.Contains("receipt", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_folder_is_deleted_and_one_that_begins_alike_stays()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var root = emulator.NewName("erase");
        foreach (var name in new[] { "data1/a.bin", "data1/deep/b.bin", "data1.txt", "data10/c.bin", "x*y/d.bin", "x*y.txt", "xzy/d.bin" })
        {
            await emulator.BlobAsync($"{root}/{name}", 100);
        }

        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(
            OperationVerb.Delete, [emulator.FolderNode(Store, $"{root}/data1/"), emulator.FileNode(Store, $"{root}/data1/a.bin"), emulator.FolderNode(Store, $"{root}/x*y/")], ChangeCalls.WithData);
        Assert.Equal(OperationState.Succeeded, deleted.Operation.State);
        before.AssertBecame(await World.ReadAsync(emulator), [.. before.Keys($"/{root}/data1/"), .. before.Keys($"/{root}/x*y/")]);
        Assert.Equal(["data1.txt", "data10", "x*y.txt", "xzy"], (await sidecar.ChildrenAsync(emulator.FolderNode(Store, $"{root}/"))).Select(n => n.Label).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task In_a_lake_a_folder_is_downloaded_and_deleted_and_its_neighbour_stays()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var root = emulator.NewName("lake");
        foreach (var name in new[] { "data1/a.bin", "data1/deep/b.bin", "data10/c.bin" })
        {
            await emulator.ControlAsync(HttpMethod.Post, "blobs", new JsonObject { ["account"] = "samplelake", ["container"] = "raw", ["name"] = $"{root}/{name}", ["size"] = 100 });
        }

        var node = emulator.FolderNode("research_lake", $"{root}/data1/");
        Assert.Equal(["a.bin", "deep"], (await sidecar.ChildrenAsync(node)).Select(n => n.Label).Order(StringComparer.Ordinal));
        await sidecar.ExportAsync(node, folder.Out);
        Assert.Equal(["data1/a.bin", "data1/deep/b.bin", "data1/export-receipt.json", "data1/export-receipt.md"], FilesIn(folder.Out));
        var before = await World.ReadAsync(emulator);
        Assert.Equal(OperationState.Succeeded, (await sidecar.ChangeAsync(OperationVerb.Delete, [node], ChangeCalls.WithData)).Operation.State);
        before.AssertBecame(await World.ReadAsync(emulator), [.. before.Keys($"/{root}/data1/"), .. before.Keys($"/{root}/data1").Where(k => k.EndsWith("/data1", StringComparison.Ordinal))]);
    }

    [Fact]
    public async Task What_a_model_or_data_asset_refers_to_or_a_run_has_is_kept()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var root = emulator.NewName("referred");
        var model = await emulator.ModelAsync(folder: $"{root}/model");
        await emulator.BlobAsync($"{root}/table/part-0.csv", 100);
        await emulator.BlobAsync($"{root}/free/x.bin", 100);
        var data = await emulator.DataAsync("uri_file", $"{root}/table/part-0.csv");
        var run = await emulator.AddRunAsync(("outputs/a.bin", 10));
        var inDefault = await emulator.AddRunAsync(("outputs/a.bin", 10));
        await emulator.BlobAsync($"azureml/ExperimentRun/dcid.{inDefault.RunId}/outputs/a.bin", 10);
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(
            OperationVerb.Delete,
            [
                emulator.FolderNode(Store, $"azureml/ExperimentRun/dcid.{inDefault.RunId}/"),
                emulator.FolderNode(Store, $"{root}/model/"), emulator.FolderNode(Store, $"{root}/table/"), emulator.FolderNode(Store, $"{root}/free/"),
                emulator.FolderNode(ArtifactStore, $"ExperimentRun/dcid.{run.RunId}/"),
            ],
            ChangeCalls.WithData);
        foreach (var who in new[] { model, data, run.RunId, inDefault.RunId })
        {
            Assert.Contains(deleted.Items, i => i is { Ticked: false, NeedsName: true } && i.Details.Any(d => d.Contains(who, StringComparison.Ordinal)));
        }

        before.AssertBecame(await World.ReadAsync(emulator), before.Keys($"/{root}/free/"));
    }

    [Theory]
    [InlineData("azureml/")]
    [InlineData("azureml/ExperimentRun/")]
    [InlineData("LocalUpload/")]
    public async Task What_belongs_to_everybody_is_not_deleted_as_a_whole(string path)
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var before = await World.ReadAsync(emulator);
        Assert.Contains("Choose a folder in it", await sidecar.RefusalAsync(() => sidecar.PlanChangeAsync(OperationVerb.Delete, [emulator.FolderNode(Store, path)], ChangeCalls.WithData)), StringComparison.Ordinal);
        before.AssertBecame(await World.ReadAsync(emulator), []);
    }

    private static IEnumerable<string> FilesIn(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/')).Order(StringComparer.Ordinal);
}
