using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Changes;
using AmlDataTools.Server.Tests.Datastores;
using AmlDataTools.Server.Tests.Exports;
using static AmlDataTools.Server.Tests.Shares.ShareCalls;
using ResourceKind = AmlDataTools.Core.Resources.ResourceKind;

namespace AmlDataTools.Server.Tests.Shares;

/// <summary>What is downloaded from file shares.</summary>
[Collection(ChangeCollection.Name)]
public sealed class ShareDownloadTests(ChangeEmulator emulator) : IAsyncLifetime
{
    private const long Large = 40 << 20;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => emulator.ClearFaultsAsync();

    [Fact]
    public async Task A_persons_folder_comes_with_all_that_is_in_it_and_nothing_of_others()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var person = emulator.NewName("person");
        var files = await emulator.FilesAsync(($"Users/{person}/a.ipynb", 2000), ($"Users/{person}/b/c/d.py", 0), ($"Users/{person}/b.py", 3), ($"Users/{person}1/other.py", 3));
        await emulator.FileAsync($"Users/{person}/empty/inner", new JsonObject { ["directory"] = true });
        var export = await sidecar.ExportAsync(emulator.FolderNode(Code, $"Users/{person}/"), folder.Out);
        Assert.Equal((OperationState.Succeeded, $"Download {person} of {Code}"), (export.Operation.State, export.Plan.Title));
        Assert.Equal([$"{person}/a.ipynb", $"{person}/b.py", $"{person}/b/c/d.py"], Under(folder.Out));
        TestFolder.AssertFiles(files.Take(3).Select(f => f with { Path = f.Path["Users/".Length..] }), folder.Out);
        Assert.True(Directory.Exists(Path.Combine(folder.Out, person, "empty", "inner")));
    }

    [Fact]
    public async Task A_whole_share_is_downloaded_from_its_datastore()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var store = (await sidecar.ChildrenAsync(emulator.GroupNode(Core.Resources.ResourceGroupKind.Datastores))).Single(n => n.Label == FileStore);
        Assert.Contains(NodeAction.Download, store.Actions);
        var export = await sidecar.ExportAsync(store.Id, folder.Out);
        Assert.Equal((OperationState.Succeeded, $"Download the datastore {FileStore}"), (export.Operation.State, export.Plan.Title));
        var found = Under(folder.Out);
        Assert.Equal(
            [$"{FileStore}/labels/2024/images/0001.png", $"{FileStore}/labels/2024/images/0002.png", $"{FileStore}/labels/2024/labels.csv", $"{FileStore}/scorers/loan/model.pkl"],
            found.Where(f => f.StartsWith($"{FileStore}/labels/", StringComparison.Ordinal) || f.StartsWith($"{FileStore}/scorers/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Killed_in_the_middle_of_a_file_it_goes_on_inside_it()
    {
        using var folder = new TestFolder();
        var root = $"Users/{emulator.NewName("kill")}";
        var files = await emulator.FilesAsync([($"{root}/large.bin", Large), .. Enumerable.Range(0, 40).Select(i => ($"{root}/small/{i:00}.txt", 2000L + i))]);
        string id;
        await using (var first = await ExportSidecar.StartAsync(emulator, folder))
        {
            id = (await first.PlanAsync(emulator.FolderNode(Code, root + "/"))).PlanId;
            await emulator.FaultAsync($"{root}/large.bin", new JsonObject { ["kind"] = "delay", ["milliseconds"] = 700 }, nth: 3, times: 40, host: ".file.");
            await first.BeginAsync(id, folder.Out);
            var clock = Stopwatch.StartNew();
            while (!folder.Lines(id).Any(l => Is(l, "range")))
            {
                Assert.True(clock.Elapsed < TimeSpan.FromSeconds(120), "No range was written.");
                await Task.Delay(2);
            }

            await first.KillAsync();
        }

        await emulator.ClearFaultsAsync();
        var known = folder.Lines(id);
        var since = await emulator.MarkAsync();
        await using var second = await ExportSidecar.StartAsync(emulator, folder);
        Assert.Equal(OperationState.Interrupted, (await second.FindAsync(id)).State);
        await second.OperationAsync("resume", id);
        Assert.Equal(OperationState.Succeeded, (await second.EndAsync(id)).State);
        TestFolder.AssertFiles(files.Select(f => f with { Path = f.Path["Users/".Length..] }), folder.Out);
        var reads = await emulator.ReadsAsync(since, "large.bin");
        Assert.InRange(reads.Sum(r => r.Bytes), 0, Large - 1);
        foreach (var range in known.Where(l => Is(l, "range")))
        {
            Assert.DoesNotContain(reads, r => r.Range?.StartsWith($"bytes={(long?)range["offset"]}-", StringComparison.Ordinal) == true);
        }
    }

    [Fact]
    public async Task A_file_that_is_written_between_two_ranges_begins_anew_and_is_one_version()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var path = $"Users/{emulator.NewName("changing")}/large.bin";
        await emulator.FilesAsync((path, Large));
        var plan = await sidecar.PlanAsync(emulator.FileNode(Code, path));
        await emulator.FaultAsync(path, new JsonObject { ["kind"] = "delay", ["milliseconds"] = 4000 }, nth: 2, times: 4, host: ".file.", method: "GET");
        var since = await emulator.MarkAsync();
        await sidecar.BeginAsync(plan.PlanId, folder.Out);
        while ((await emulator.ReadsAsync(since, "large.bin")).Count == 0)
        {
            await Task.Delay(5);
        }

        var written = await emulator.FileAsync(path, new JsonObject { ["size"] = Large, ["seed"] = "the second version" });
        var ended = await sidecar.EndAsync(plan.PlanId);
        Assert.Equal(OperationState.Succeeded, ended.State);
        Assert.Equal("file.changed", (await sidecar.ReceiptAsync(plan.PlanId)).Of("large.bin").Code);
        TestFolder.AssertFiles([written with { Path = "large.bin" }], folder.Out);
    }

    /// <summary>The tag in the head of an answer says nothing of what is written while its bytes come: it is asked for again.</summary>
    [Fact]
    public async Task A_file_that_is_written_while_its_bytes_come_is_not_taken_for_whole()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var path = $"Users/{emulator.NewName("torn")}/notes.txt";
        var file = await emulator.FileAsync(path, new JsonObject { ["text"] = "as it is" });
        var plan = await sidecar.PlanAsync(emulator.FileNode(Code, path));
        var since = await emulator.MarkAsync();
        await emulator.FaultAsync(path, new JsonObject { ["kind"] = "etagChange" }, host: ".file.", method: "HEAD");
        await sidecar.BeginAsync(plan.PlanId, folder.Out);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(plan.PlanId)).State);
        Assert.Equal(2, (await emulator.ReadsAsync(since, "notes.txt")).Count);
        TestFolder.AssertFiles([file with { Path = "notes.txt" }], folder.Out);
    }

    [Theory]
    [InlineData(3_000_000)]
    [InlineData(20 << 20)]
    public async Task The_hash_that_a_file_has_is_compared(int size)
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var root = $"Users/{emulator.NewName("hash")}";
        var file = await emulator.FileAsync($"{root}/good.bin", new JsonObject { ["size"] = size, ["md5"] = true });
        await emulator.FileAsync($"{root}/wrong.bin", new JsonObject { ["size"] = size, ["contentMd5"] = Convert.ToBase64String(MD5.HashData("other"u8)) });
        await emulator.FileAsync($"{root}/without.bin", new JsonObject { ["size"] = 10 });
        await emulator.FaultAsync($"{root}/good.bin", new JsonObject { ["kind"] = "corrupt", ["offset"] = 100 }, host: ".file.", method: "GET");
        var export = await sidecar.ExportAsync(emulator.FolderNode(Code, root + "/"), folder.Out);
        Assert.Equal(OperationState.SucceededWithWarnings, export.Operation.State);
        Assert.Equal(("failed", "file.wrongBytes"), (export.Receipt.Of("wrong.bin").Outcome, export.Receipt.Of("wrong.bin").Code));
        Assert.NotNull(export.Receipt.Of("good.bin").Md5);
        Assert.Null(export.Receipt.Of("without.bin").Md5);
        TestFolder.AssertFiles([file with { Path = "good.bin" }], Path.Combine(folder.Out, root["Users/".Length..]));
        Assert.False(File.Exists(Path.Combine(folder.Out, root["Users/".Length..], "wrong.bin")));
    }

    [Fact]
    public async Task A_busy_account_slows_it_down_and_fails_nothing()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var root = $"Users/{emulator.NewName("busy")}";
        await emulator.FilesAsync(Enumerable.Range(0, 30).Select(i => ($"{root}/{i % 3}/{i:00}.txt", 100L)));
        foreach (var method in new[] { "GET", "HEAD" })
        {
            await emulator.FaultAsync(root, new JsonObject { ["kind"] = "status", ["status"] = 503, ["code"] = "ServerBusy", ["headers"] = new JsonObject { ["Retry-After"] = "1" } }, nth: 2, times: 4, host: ".file.", method: method);
        }

        var export = await sidecar.ExportAsync(emulator.FolderNode(Code, root + "/"), folder.Out);
        Assert.Equal((OperationState.Succeeded, 30L), (export.Operation.State, export.Receipt.Done));
    }

    [Fact]
    public async Task A_model_and_a_data_asset_in_a_share_are_downloaded()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var (model, data) = (emulator.NewName("share-model"), emulator.NewName("share-data"));
        await emulator.AssetAtAsync("models", model, new JsonObject { ["modelType"] = "custom_model", ["modelUri"] = emulator.Uri(FileStore, "scorers/loan/model.pkl") });
        await emulator.AssetAtAsync("data", data, new JsonObject { ["dataType"] = "uri_folder", ["dataUri"] = emulator.Uri(FileStore, "labels/2024/") });
        Assert.Equal(OperationState.Succeeded, (await sidecar.ExportAsync(emulator.NodeOf(ResourceKind.ModelVersion, model, "1"), folder.Out)).Operation.State);
        Assert.Equal(OperationState.Succeeded, (await sidecar.ExportAsync(emulator.NodeOf(ResourceKind.DataVersion, data, "1"), folder.Out)).Operation.State);
        var found = Under(folder.Out);
        Assert.Equal(
            [$"{data}/1/data.json", $"{data}/1/images/0001.png", $"{data}/1/images/0002.png", $"{data}/1/labels.csv", $"{model}/1/model.json", $"{model}/1/model.pkl"],
            found.Order(StringComparer.Ordinal));
    }

    private static bool Is(JsonObject line, string kind) => string.Equals((string?)line["event"], kind, StringComparison.OrdinalIgnoreCase);
}
