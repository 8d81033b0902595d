using System.Security.Cryptography;
using System.Text.Json.Nodes;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Storage;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.Datastores;

/// <summary>Files that are looked at without being saved.</summary>
[Collection(ExportCollection.Name)]
public sealed class ReadTests(EmulatorProcess emulator) : IAsyncLifetime
{
    private const string Name = "outputs/x.bin";

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => emulator.ClearFaultsAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(9_000_000)]
    public async Task A_file_comes_whole_in_parts_of_one_version(int size)
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync((Name, size));
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var node = NodeOf(run);
        Assert.Equal(size, (await sidecar.StatAsync(node)).Bytes);
        var mark = await emulator.MarkAsync();
        var bytes = new List<byte>();
        string? etag = null;
        var parts = 0;
        do
        {
            var part = await sidecar.ReadAsync(node, bytes.Count, etag: etag);
            bytes.AddRange(part.Data.Span);
            etag = part.Stat.ETag;
            parts++;
            Assert.InRange(part.Data.Length, 0, 4 << 20);
        }
        while (bytes.Count < size);
        Assert.Equal((run.Files[0].Sha256, Math.Max(1, (size + (4 << 20) - 1) / (4 << 20))), (Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray())), parts));
        Assert.All((await emulator.RequestsAsync(mark)).Where(r => r.IsRead), r => Assert.Equal(etag, r.IfMatch));
    }

    [Fact]
    public async Task A_file_written_to_between_two_parts_is_told_to_have_changed()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync((Name, 5_000_000));
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var first = await sidecar.ReadAsync(NodeOf(run));
        await emulator.WriteBlobAsync(run, Name, 5_000_000, "another");
        Assert.StartsWith("file.changed: ", await sidecar.RefusalAsync(() => sidecar.ReadAsync(NodeOf(run), first.Data.Length, etag: first.Stat.ETag)), StringComparison.Ordinal);
        Assert.NotEqual(first.Stat.ETag, (await sidecar.ReadAsync(NodeOf(run))).Stat.ETag);
    }

    [Fact]
    public async Task A_connection_that_breaks_is_made_anew()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync((Name, 3_000_000));
        await emulator.FaultAsync(run.RunId + "/outputs", new JsonObject { ["kind"] = "reset", ["bytes"] = 1_000_000 }, host: ".blob.", method: "GET");
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        Assert.Equal(run.Files[0].Sha256, Convert.ToHexStringLower(SHA256.HashData((await sidecar.ReadAsync(NodeOf(run))).Data.Span)));
    }

    [Fact]
    public async Task What_cannot_be_opened_says_why()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync((Name, 51 << 20), ("outputs/gone.txt", 10));
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        Assert.True((await sidecar.StatAsync(NodeOf(run))) is { Bytes: 51 << 20, MaxBytes: 50 << 20 });
        Assert.StartsWith("file.tooLargeToOpen: x.bin has 51 MB", await sidecar.RefusalAsync(() => sidecar.ReadAsync(NodeOf(run))), StringComparison.Ordinal);
        await emulator.DeleteBlobAsync(run, "outputs/gone.txt");
        Assert.StartsWith("storage.notFound: ", await sidecar.RefusalAsync(() => sidecar.ReadAsync(NodeOf(run, "outputs/gone.txt"))), StringComparison.Ordinal);
        Assert.StartsWith("datastores.notAFile: ", await sidecar.RefusalAsync(() => sidecar.StatAsync(emulator.NodeOf(run.RunId))), StringComparison.Ordinal);
        Assert.StartsWith("request.badParameters: ", await sidecar.RefusalAsync(() => sidecar.ReadAsync(NodeOf(run), 5)), StringComparison.Ordinal);
        Assert.StartsWith("explorer.badNodeId: ", await sidecar.RefusalAsync(() => sidecar.StatAsync("nonsense")), StringComparison.Ordinal);
    }

    private string NodeOf(MadeRun run, string name = Name) => NodeTargets.Format(
        new FileTarget(new FileLocation(emulator.Workspace, "workspaceartifactstore", run.BlobOf(name), $"dcid.{run.RunId}"), run.RunId));
}
