using System.Text.Json.Nodes;
using AmlDataTools.Azure;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Server.Protocol;

namespace AmlDataTools.Server.Tests.Exports;

/// <summary>Names that other people chose, from the storage account to the disk.</summary>
[Collection(ExportCollection.Name)]
public sealed class NameTests(EmulatorProcess emulator)
{
    private static readonly string[] Hostile =
    [
        "outputs/../../../escape.txt", "outputs/..\\..\\escape.txt", "outputs/con.txt", "outputs/NUL", "outputs/aux/deep.txt",
        "outputs/Case.txt", "outputs/case.txt", "outputs/CASE.TXT", "outputs/caf\u00e9.txt", "outputs/cafe\u0301.txt",
        "outputs/trailing./x.txt", "outputs/dots...", "outputs/space ", "outputs/a", "outputs/a/b", "outputs/a/b/c",
        "outputs/%2e%2e/percent.txt", "outputs/100%.txt", "outputs/colon:stream.txt", "outputs/que?ry#frag.txt", "outputs/a//double.txt",
        "outputs/tab\tname.txt", "outputs/\u202egnp.exe", "outputs/\U0001F4C8 chart.txt", "outputs/" + new string('l', 240) + ".txt",
        "outputs/" + string.Join('/', Enumerable.Repeat("deep-folder-name", 40)) + "/x.txt", "outputs/star*|<>\"quote.txt", "C:/windows.txt", "outputs/~$lock.docx",
        "export-receipt.json",
    ];

    [Fact]
    public async Task Hostile_names_neither_escape_nor_clash()
    {
        using var folder = new TestFolder();
        var files = new JsonArray([.. Hostile.Select((name, i) => (JsonNode)new JsonObject { ["path"] = name, ["size"] = 50 + i })]);
        var run = await emulator.AddRunAsync(new JsonObject { ["files"] = files });
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var export = await sidecar.ExportAsync(emulator.NodeOf(run.RunId), folder.Out);
        Assert.Contains(export.Plan.Warnings, w => w.Code == "names.mapped");

        // Every blob is accounted for by its own name, and each that was written has its own bytes in a file of its own.
        Assert.Equal(Hostile.Length, export.Receipt.Found);
        // The storage behind the emulator takes a backslash for a slash, as Azure does.
        Assert.Empty(Hostile.Select(n => Plain(run.BlobOf(n))).Except(export.Receipt.Items.Select(i => Plain(i.Name))));
        Assert.Equal(0, export.Receipt.Failed);
        var done = export.Receipt.Items.Where(i => i.Outcome == "done").ToList();
        Assert.Equal(Hostile.Length, done.Count);
        Assert.Equal(done.Count, done.Select(i => i.Path).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        foreach (var item in done)
        {
            var made = run.Files.Single(f => Plain(run.BlobOf(f.Path)) == Plain(item.Name));
            Assert.Equal(made.Sha256, item.Sha256);
            TestFolder.AssertFiles([made with { Path = item.Path }], folder.Out);
        }

        // Nothing lies outside the run's folder.
        Assert.Equal([Path.Combine(folder.Out, run.RunId)], Directory.EnumerateFileSystemEntries(folder.Out));
        Assert.Equal(Hostile.Length + 2, Directory.EnumerateFiles(folder.Out, "*", SearchOption.AllDirectories).Count());
        Assert.Equal(new[] { "logs", "out", "storage" }, Directory.EnumerateFileSystemEntries(folder.Root).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_prefix_is_a_folder()
    {
        using var folder = new TestFolder();
        var id = $"pre_{Guid.NewGuid():N}"[..12];
        var one = await emulator.AddRunAsync(new JsonObject { ["runId"] = id + "1", ["files"] = EmulatorProcess.Files(("outputs/one.bin", 10)) });
        await emulator.AddRunAsync(new JsonObject { ["runId"] = id + "10", ["files"] = EmulatorProcess.Files(("outputs/ten.bin", 10)) });
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var export = await sidecar.ExportAsync(emulator.NodeOf(one.RunId), folder.Out);
        export.Receipt.AssertTotals(done: 1);
        folder.AssertExactly(one);

        // A folder chosen in the tree is one too.
        var two = await emulator.AddRunAsync(("outputs/model/a.bin", 10), ("outputs/model2/b.bin", 10), ("outputs/model.txt", 10));
        var location = new Core.Storage.FileLocation(emulator.Workspace, "workspaceartifactstore", two.BlobOf("outputs/model/"), two.RunId);
        export = await sidecar.ExportAsync(NodeTargets.Format(new FolderTarget(location, two.RunId)), folder.Out);
        Assert.Equal([two.BlobOf("outputs/model/a.bin")], export.Receipt.Items.Select(i => i.Name));
    }

    [Fact]
    public async Task Empty_files_and_folder_markers_of_a_hierarchical_account_are_there()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync(new JsonObject
        {
            ["workspace"] = "campaign-ws",
            ["files"] = EmulatorProcess.Files(("outputs/deep/er/large.bin", 20 << 20), ("outputs/empty.bin", 0), ("user_logs/std_log.txt", 30)),
        });
        var workspace = new WorkspaceRef(await SubscriptionOfAsync("campaign-ws"), "marketing-rg", "campaign-ws", null);
        var since = await emulator.MarkAsync();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var export = await sidecar.ExportAsync(NodeTargets.Format(new RunTarget(workspace, run.RunId)), folder.Out);
        Assert.Equal(OperationState.Succeeded, export.Operation.State);
        folder.AssertExactly(run);
        var folders = export.Receipt.Items.Where(i => i.Code == "folder.made").Select(i => i.Name).Order(StringComparer.Ordinal);
        Assert.Equal(new[] { "outputs", "outputs/deep", "outputs/deep/er", "user_logs" }.Select(run.BlobOf), folders);
        export.Receipt.AssertTotals(done: 7);

        // Markers are made folders without being read.
        Assert.DoesNotContain((await emulator.RequestsAsync(since)).Where(r => r.IsRead), r => r.Path.EndsWith("/outputs", StringComparison.Ordinal));
    }

    private static string Plain(string name) => name.Replace('\\', '/');

    private async Task<string> SubscriptionOfAsync(string workspace)
    {
        var root = emulator["resourceManager"].TrimEnd('/');
        var subscriptions = (await emulator.ServiceAsync(HttpMethod.Get, $"{root}/subscriptions?api-version=2022-12-01", null))["value"] as JsonArray ?? [];
        foreach (var id in subscriptions.Select(s => (string?)s?["subscriptionId"] ?? string.Empty))
        {
            var list = await emulator.ServiceAsync(HttpMethod.Get, $"{root}/subscriptions/{id}/providers/Microsoft.MachineLearningServices/workspaces?api-version=2025-12-01", null);
            if ((list["value"] as JsonArray ?? []).Any(w => (string?)w?["name"] == workspace))
            {
                return id;
            }
        }

        throw new InvalidOperationException($"There is no workspace {workspace}.");
    }
}
