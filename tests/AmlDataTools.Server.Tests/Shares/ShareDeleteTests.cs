using System.Diagnostics;
using System.Text.Json.Nodes;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Changes;
using AmlDataTools.Server.Tests.Datastores;
using AmlDataTools.Server.Tests.Exports;
using static AmlDataTools.Server.Tests.Shares.ShareCalls;
using ResourceKind = AmlDataTools.Core.Resources.ResourceKind;

namespace AmlDataTools.Server.Tests.Shares;

/// <summary>What is deleted in file shares: after each the whole state is compared.</summary>
[Collection(ChangeCollection.Name)]
public sealed class ShareDeleteTests(ChangeEmulator emulator) : IAsyncLifetime
{
    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => emulator.ClearFaultsAsync();

    [Fact]
    public async Task A_folder_goes_with_its_files_and_folders_and_what_begins_alike_stays()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var root = $"Users/{emulator.NewName("erase")}";
        await emulator.FilesAsync(($"{root}/data1/a #1.txt", 10), ($"{root}/data1/deep/er/b..", 20), ($"{root}/data1.txt", 1), ($"{root}/data10/c.txt", 1), ($"{root}/one.py", 1), ($"{root}/one.pyc", 1));
        await emulator.FileAsync($"{root}/data1/empty/inner", new JsonObject { ["directory"] = true });
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.FolderNode(Code, $"{root}/data1/"), emulator.FileNode(Code, $"{root}/one.py")], ChangeCalls.WithData);
        Assert.Equal(OperationState.Succeeded, deleted.Operation.State);
        Assert.Equal([2L, 1L], deleted.Items.Select(i => i.Blobs ?? -1).OrderDescending());
        Assert.Equal(31, deleted.Items.Sum(i => i.Bytes));
        before.AssertBecame(
            await World.ReadAsync(emulator),
            [.. before.Keys($"/{root}/data1/"), .. before.Keys($"/{root}/data1").Where(k => k.EndsWith("/data1", StringComparison.Ordinal)), .. before.Keys($"/{root}/one.py").Where(k => k.EndsWith("one.py", StringComparison.Ordinal))]);
        Assert.Contains("gone for good", string.Join(' ', deleted.Plan.Survivors), StringComparison.Ordinal);
        Assert.Contains("listed again: nothing is there", deleted.Receipt.Json.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_files_than_a_batch_in_many_folders_go_from_the_leaves_up()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var root = $"Users/{emulator.NewName("wide")}";
        await emulator.FilesAsync(Enumerable.Range(0, 700).Select(i => ($"{root}/{i % 300:000}/{i % 7}/{i:000}.txt", 1L)));
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.FolderNode(Code, $"{root}/")], ChangeCalls.WithData);
        Assert.Equal((OperationState.Succeeded, 700L), (deleted.Operation.State, deleted.Items.Sum(i => i.Blobs)));
        before.AssertBecame(await World.ReadAsync(emulator), [.. before.Keys($"/{root}/"), .. before.Keys($"directory:").Where(k => k.EndsWith("/" + root, StringComparison.Ordinal))]);
    }

    [Fact]
    public async Task An_empty_folder_is_deleted()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var root = $"Users/{emulator.NewName("empty")}";
        await emulator.FileAsync(root, new JsonObject { ["directory"] = true });
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.FolderNode(Code, $"{root}/")], ChangeCalls.WithData);
        Assert.Equal(OperationState.Succeeded, deleted.Operation.State);
        Assert.DoesNotContain("was gone already", deleted.Receipt.Markdown, StringComparison.OrdinalIgnoreCase);
        before.AssertBecame(await World.ReadAsync(emulator), before.Keys("/" + root));
    }

    [Fact]
    public async Task What_changed_or_came_since_the_plan_is_left_with_the_folders_it_lies_in()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var root = $"Users/{emulator.NewName("meanwhile")}";
        await emulator.FilesAsync(($"{root}/a.txt", 10), ($"{root}/sub/changed.txt", 20), ($"{root}/sub/b.txt", 20), ($"{root}/other/c.txt", 5), ($"{root}/gone/d.txt", 5));
        var plan = await sidecar.PlanChangeAsync(OperationVerb.Delete, [emulator.FolderNode(Code, $"{root}/")], ChangeCalls.WithData);
        await emulator.FilesAsync(($"{root}/sub/changed.txt", 21), ($"{root}/other/new.txt", 7));
        await emulator.FileAsync($"{root}/other/later", new JsonObject { ["directory"] = true });
        await emulator.FileAsync($"{root}/gone/d.txt", new JsonObject { ["delete"] = true });
        var before = await World.ReadAsync(emulator);
        await sidecar.ConfirmAsync(plan.PlanId);
        var ended = await sidecar.EndAsync(plan.PlanId);
        Assert.Equal(OperationState.SucceededWithWarnings, ended.State);
        before.AssertBecame(
            await World.ReadAsync(emulator),
            [.. new[] { "a.txt", "sub/b.txt", "other/c.txt", "gone" }.SelectMany(n => before.Keys($"/{root}/{n}"))]);
        var receipt = await sidecar.ReceiptAsync(plan.PlanId);
        Assert.Contains($"{root}/other/new.txt", receipt.Markdown, StringComparison.Ordinal);
        Assert.Contains($"{root}/sub/changed.txt", receipt.Markdown, StringComparison.Ordinal);
        Assert.Contains("1 file was left: changed since the plan", receipt.Markdown, StringComparison.Ordinal);
        Assert.Contains("folders were left", receipt.Markdown, StringComparison.Ordinal);
        Assert.Contains("1 file was gone already", receipt.Markdown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SharingViolation", "storage.inUse")]
    [InlineData("DeletePending", "storage.inUse")]
    [InlineData("CannotDeleteFileOrDirectory", "storage.inUse")]
    [InlineData("readOnly", "storage.readOnly")]
    public async Task A_file_that_is_held_is_left_and_named_and_the_others_go_then_a_resume_takes_it(string how, string code)
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var root = $"Users/{emulator.NewName("held")}";
        await emulator.FilesAsync(($"{root}/a.txt", 10), ($"{root}/sub/held.txt", 20), ($"{root}/sub/b.txt", 20));
        await emulator.FileAsync($"{root}/sub/held.txt", how == "readOnly" ? new JsonObject { ["readOnly"] = true } : new JsonObject { ["heldBy"] = how });
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.FolderNode(Code, $"{root}/")], ChangeCalls.WithData);
        Assert.NotEqual(OperationState.Succeeded, deleted.Operation.State);
        Assert.Contains(code, deleted.Receipt.Json.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains($"{root}/sub/held.txt", deleted.Receipt.Json.ToJsonString(), StringComparison.Ordinal);
        before.AssertBecame(await World.ReadAsync(emulator), [.. before.Keys($"/{root}/a.txt"), .. before.Keys($"/{root}/sub/b.txt")]);

        await emulator.FileAsync($"{root}/sub/held.txt", new JsonObject { ["heldBy"] = string.Empty, ["readOnly"] = false });
        await sidecar.OperationAsync("resume", deleted.Plan.PlanId);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(deleted.Plan.PlanId)).State);
        before.AssertBecame(await World.ReadAsync(emulator), [.. before.Keys($"/{root}/"), .. before.Keys("directory:").Where(k => k.EndsWith("/" + root, StringComparison.Ordinal))]);
    }

    [Fact]
    public async Task What_a_data_asset_or_model_refers_to_in_whatever_case_is_kept_until_ticked()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var root = $"Users/{emulator.NewName("Referred")}";
        await emulator.FilesAsync(($"{root}/Table/part-0.csv", 10), ($"{root}/model/m.pkl", 10), ($"{root}/free/x.txt", 10));
        var (data, model) = (emulator.NewName("ref-data"), emulator.NewName("ref-model"));
        await emulator.AssetAtAsync("data", data, new JsonObject { ["dataType"] = "uri_file", ["dataUri"] = emulator.Uri(Code, $"{root.ToLowerInvariant()}/table/part-0.csv") });
        var host = new Uri(emulator["blob"]).Host.Replace(".blob.", ".file.", StringComparison.Ordinal);
        await emulator.AssetAtAsync("models", model, new JsonObject { ["modelType"] = "custom_model", ["modelUri"] = $"https://{host}/code-391ff5ac-6576-460f-ba4d-7e03433c68b6/{root}/model/" });
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(
            OperationVerb.Delete, [emulator.FolderNode(Code, $"{root}/Table/"), emulator.FolderNode(Code, $"{root}/model/"), emulator.FolderNode(Code, $"{root}/free/")], ChangeCalls.WithData);
        foreach (var who in new[] { data, model })
        {
            Assert.Contains(deleted.Items, i => i is { Ticked: false, NeedsName: true } && i.Details.Any(d => d.Contains(who, StringComparison.Ordinal)));
        }

        before.AssertBecame(await World.ReadAsync(emulator), before.Keys($"/{root}/free"));
    }

    [Fact]
    public async Task The_data_of_a_model_and_of_a_data_asset_in_a_share_goes_with_them()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var root = $"Users/{emulator.NewName("assets")}";
        await emulator.FilesAsync(($"{root}/data/part-0.csv", 10), ($"{root}/data/part-1.csv", 10), ($"{root}/model.pkl", 10), ($"{root}/model.pkl2", 10));
        var (data, model) = (emulator.NewName("gone-data"), emulator.NewName("gone-model"));
        await emulator.AssetAtAsync("data", data, new JsonObject { ["dataType"] = "uri_folder", ["dataUri"] = emulator.Uri(Code, $"{root}/data/") });
        await emulator.AssetAtAsync("models", model, new JsonObject { ["modelType"] = "custom_model", ["modelUri"] = emulator.Uri(Code, $"{root}/model.pkl") });
        var before = await World.ReadAsync(emulator);
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.NodeOf(ResourceKind.ModelVersion, model, "1"), emulator.NodeOf(ResourceKind.DataVersion, data, "1")], ChangeCalls.WithData);
        Assert.Equal(OperationState.Succeeded, deleted.Operation.State);
        before.AssertBecame(
            await World.ReadAsync(emulator),
            [.. before.Keys($"/{root}/data"), .. before.Keys($"/{root}/model.pkl").Where(k => k.EndsWith("model.pkl", StringComparison.Ordinal)), $"resource:models/{model}/versions/1"],
            changed: [$"resource:data/{data}/versions/1"]);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Killed_in_the_middle_another_life_comes_to_the_same_end(int lines)
    {
        using var folder = new TestFolder();
        var root = $"Users/{emulator.NewName("killed")}";
        await emulator.FilesAsync(Enumerable.Range(0, 600).Select(i => ($"{root}/{i % 20:00}/{i:000}.txt", 1L)));
        await emulator.FilesAsync(($"{root}x/stays.txt", 1));
        var before = await World.ReadAsync(emulator);
        string id;
        await using (var first = await ExportSidecar.StartAsync(emulator, folder))
        {
            id = (await first.PlanChangeAsync(OperationVerb.Delete, [emulator.FolderNode(Code, $"{root}/")], ChangeCalls.WithData)).PlanId;
            await emulator.FaultAsync(root, new JsonObject { ["kind"] = "delay", ["milliseconds"] = 20 }, times: 100_000, host: ".file.");
            await first.ConfirmAsync(id);
            var clock = Stopwatch.StartNew();
            while (folder.Lines(id).Count < lines)
            {
                Assert.True(clock.Elapsed < TimeSpan.FromSeconds(120), "The journal did not come so far.");
                await Task.Delay(2);
            }

            await first.KillAsync();
        }

        await emulator.ClearFaultsAsync();
        await using var second = await ExportSidecar.StartAsync(emulator, folder);
        Assert.Equal(OperationState.Interrupted, (await second.FindAsync(id)).State);
        await second.OperationAsync("resume", id);
        Assert.Equal(OperationState.Succeeded, (await second.EndAsync(id)).State);
        before.AssertBecame(await World.ReadAsync(emulator), [.. before.Keys($"/{root}/"), .. before.Keys("directory:").Where(k => k.EndsWith("/" + root, StringComparison.Ordinal))]);
    }

    [Fact]
    public async Task A_busy_account_fails_nothing_and_each_file_goes_once()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var root = $"Users/{emulator.NewName("busy")}";
        await emulator.FilesAsync(Enumerable.Range(0, 40).Select(i => ($"{root}/{i:00}.txt", 1L)));
        var before = await World.ReadAsync(emulator);
        await emulator.FaultAsync(root, new JsonObject { ["kind"] = "status", ["status"] = 503, ["code"] = "ServerBusy", ["headers"] = new JsonObject { ["Retry-After"] = "1" } }, nth: 3, times: 5, host: ".file.", method: "DELETE");
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.FolderNode(Code, $"{root}/")], ChangeCalls.WithData);
        Assert.Equal(OperationState.Succeeded, deleted.Operation.State);
        Assert.Contains("40 files deleted, 0 gone already, 0 left", deleted.Receipt.Markdown, StringComparison.Ordinal);
        before.AssertBecame(await World.ReadAsync(emulator), [.. before.Keys($"/{root}/"), .. before.Keys("directory:").Where(k => k.EndsWith("/" + root, StringComparison.Ordinal))]);
    }

    [Fact]
    public async Task Who_may_only_read_is_told_the_role_and_nothing_goes()
    {
        using var folder = new TestFolder();
        var root = $"Users/{emulator.NewName("reader")}";
        await emulator.FilesAsync(($"{root}/a.txt", 1));
        var before = await World.ReadAsync(emulator);
        try
        {
            await emulator.RoleAsync("chloe@example.com", "Reader", "Reader");
            await using var sidecar = await ExportSidecar.StartAsync(emulator, folder, new SignIn("chloe@example.com"));
            var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.FolderNode(Code, $"{root}/")], ChangeCalls.WithData);
            Assert.Equal(OperationState.Failed, deleted.Operation.State);
            Assert.Contains("Storage File Data Privileged Contributor", deleted.Receipt.Markdown, StringComparison.Ordinal);
            before.AssertBecame(await World.ReadAsync(emulator), []);
        }
        finally
        {
            await emulator.RoleAsync("chloe@example.com", "Contributor", "Contributor");
        }
    }

    [Theory]
    [InlineData("Users/")]
    [InlineData("users/")]
    public async Task Everybodys_files_are_not_deleted_as_a_whole(string path)
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var before = await World.ReadAsync(emulator);
        Assert.Contains("Choose a person's folder", await sidecar.RefusalAsync(() => sidecar.PlanChangeAsync(OperationVerb.Delete, [emulator.FolderNode(Code, path)], ChangeCalls.WithData)), StringComparison.Ordinal);
        before.AssertBecame(await World.ReadAsync(emulator), []);
    }

    [Fact]
    public async Task Snapshots_of_the_share_are_told_as_what_survives()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var root = $"Users/{emulator.NewName("kept")}";
        await emulator.FilesAsync(($"{root}/a.txt", 1));
        try
        {
            await emulator.ControlAsync(HttpMethod.Post, "shares", new JsonObject { ["snapshots"] = 2 });
            var plan = await sidecar.PlanChangeAsync(OperationVerb.Delete, [emulator.FolderNode(Code, $"{root}/")], ChangeCalls.WithData);
            Assert.Contains(plan.Survivors, s => s.Contains("has 2 snapshots: what is deleted stays in them", StringComparison.Ordinal));
            await emulator.CredentialsAsync("Sas", Code);
            await using var other = await ExportSidecar.StartAsync(emulator, folder);
            var unknown = await other.PlanChangeAsync(OperationVerb.Delete, [emulator.FolderNode(Code, $"{root}/")], ChangeCalls.WithData);
            Assert.Contains(unknown.Survivors, s => s.Contains("could not be read", StringComparison.Ordinal));
        }
        finally
        {
            await emulator.CredentialsAsync("AccountKey", Code);
            await emulator.ControlAsync(HttpMethod.Post, "shares", new JsonObject { ["snapshots"] = 0 });
        }
    }
}
