using System.Text.Json.Nodes;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Changes;
using AmlDataTools.Server.Tests.Datastores;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.Copies;

/// <summary>What cannot be copied is refused before anything is, with what to do instead; nothing changes.</summary>
[Collection(CopyCollection.Name)]
public sealed class RefusalTests(CopyEmulator emulator)
{
    [Theory]
    [InlineData("https://samplepartnerstore.blob.SUFFIX/never-made-here", "copy.noContainer")]
    [InlineData("https://samplepartnerstore.blob.SUFFIX/incoming?sv=2024-01-01&sr=c&sp=w&sig=abcdefabcdef%3D", "copy.targetHasSas")]
    [InlineData("https://samplepartnerstore.blob.SUFFIX/incoming?x=y", "copy.badTarget")]
    [InlineData("https://samplepartnerstore.blob.SUFFIX/incoming/a//b", "copy.badTarget")]
    [InlineData("https://samplepartnerstore.blob.SUFFIX/incoming/%2E%2E/b", "copy.badTarget")]
    [InlineData("https://samplepartnerstore.blob.SUFFIX/", "copy.badTarget")]
    [InlineData("https://samplepartnerstore.blob.SUFFIX/UPPER", "copy.badTarget")]
    [InlineData("https://samplepartnerstore.file.SUFFIX/share", "copy.badTarget")]
    [InlineData("http://samplepartnerstore.blob.SUFFIX/incoming", "copy.badTarget")]
    [InlineData("somewhere", "copy.badTarget")]
    [InlineData("https://samplepartnerstore.blob.core.windows.net/incoming", "copy.foreignTarget")]
    [InlineData("https://evil.example.com/incoming", "copy.foreignTarget")]
    [InlineData("https://user:password@samplepartnerstore.blob.SUFFIX/incoming", "copy.badTarget")]
    public async Task A_target_that_will_not_do(string address, string code)
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var run = await emulator.AddRunAsync(("outputs/model.bin", 50));
        var before = await World.ReadAsync(emulator);
        var refusal = await sidecar.RefusalAsync(() => sidecar.PlanCopyAsync([emulator.NodeOf(run.RunId)], new CopyTo(null, address.Replace("SUFFIX", emulator["storageSuffix"], StringComparison.Ordinal))));
        Assert.StartsWith(code + ":", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("password", refusal, StringComparison.Ordinal);
        before.AssertBecame(await World.ReadAsync(emulator), []);
    }

    [Fact]
    public async Task Onto_itself_or_into_itself()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var name = AssetMaker.NewName("self");
        await emulator.Make.FilesAsync($"inputs/{name}/", ("a.csv", 30), ("deep/b.csv", 40));
        var node = emulator.FolderNode("workspaceblobstore", $"inputs/{name}/");
        var before = await World.ReadAsync(emulator);
        var (account, container) = await emulator.Make.StoreAsync();
        var root = $"https://{account}.blob.{emulator["storageSuffix"]}/{container}";
        foreach (var (to, code) in new[]
        {
            (new CopyTo(emulator.FolderNode("workspaceblobstore", "inputs/"), null), "copy.ontoItself"),
            (new CopyTo(null, $"{root}/inputs"), "copy.ontoItself"),
            (new CopyTo(emulator.FolderNode("workspaceblobstore", $"inputs/{name}/"), null), "copy.intoSource"),
            (new CopyTo(null, $"{root}/inputs/{name}/deep"), "copy.intoSource"),
            (new CopyTo(emulator.NodeOf("run1"), null), "copy.badTarget"),
            (new CopyTo(null, null), "copy.badTarget"),
            (new CopyTo(emulator.StoreNode("workspaceblobstore"), root), "copy.badTarget"),
        })
        {
            Assert.StartsWith(code + ":", await sidecar.RefusalAsync(() => sidecar.PlanCopyAsync([node], to)), StringComparison.Ordinal);
        }

        before.AssertBecame(await World.ReadAsync(emulator), []);

        // Beside it is no trouble, in the same container too.
        (await sidecar.CopyAsync(node, new CopyTo(null, $"{root}/inputs-copies"))).Receipt.AssertTotals(done: 2);
    }

    [Fact]
    public async Task Who_may_only_read_the_target()
    {
        using var folder = new TestFolder();
        var target = await emulator.TargetAsync();
        var run = await emulator.AddRunAsync([.. Enumerable.Range(0, 40).Select(i => ($"outputs/{i}.bin", 100L + i))]);
        await emulator.RoleAsync("ben@example.com", "Contributor", "Reader");
        try
        {
            await using var sidecar = await ExportSidecar.StartAsync(emulator, folder, new SignIn("ben@example.com"));
            var before = await World.ReadAsync(emulator);
            var copy = await sidecar.CopyAsync(emulator.NodeOf(run.RunId), new CopyTo(null, target.Address));
            Assert.Equal((OperationState.Failed, "storage.needsWriteAccess"), (copy.Operation.State, copy.Operation.ErrorCode));
            Assert.Contains("Storage Blob Data Contributor", copy.Operation.Message, StringComparison.Ordinal);
            before.AssertBecame(await World.ReadAsync(emulator), []);

            // With the right it goes on where it was.
            await emulator.RoleAsync("ben@example.com", "Contributor", "Contributor");
            await sidecar.OperationAsync("resume", copy.Plan.PlanId);
            Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(copy.Plan.PlanId)).State);
            Assert.Equal(41, (await target.BlobsAsync()).Count);

            await emulator.RoleAsync("ben@example.com", "Contributor", "None");
            await using var other = await ExportSidecar.StartAsync(emulator, folder, new SignIn("ben@example.com"));
            Assert.StartsWith("storage.needsWriteAccess:", await other.RefusalAsync(() => other.PlanCopyAsync([emulator.NodeOf(run.RunId)], new CopyTo(null, target.Address))), StringComparison.Ordinal);
        }
        finally
        {
            await emulator.RoleAsync("ben@example.com", "Contributor", "Contributor");
        }
    }

    [Fact]
    public async Task Protected_blobs_in_the_target_are_told_and_left()
    {
        using var folder = new TestFolder();
        var target = await emulator.TargetAsync();
        var run = await emulator.AddRunAsync(("outputs/held.bin", 90), ("outputs/free.bin", 80));
        await target.BlobAsync($"{run.RunId}/outputs/held.bin", "must stay");
        await target.BlobAsync($"{run.RunId}/outputs/free.bin", "may go");
        await emulator.ControlAsync(HttpMethod.Post, "storage", new JsonObject { ["account"] = target.Account, ["legalHold"] = new JsonObject { ["container"] = target.Container, ["prefixOrBlob"] = $"{run.RunId}/outputs/held.bin" } });
        try
        {
            await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
            var before = await World.ReadAsync(emulator);
            var copy = await sidecar.CopyAsync(emulator.NodeOf(run.RunId), new CopyTo(target.Node, null), ExistingFiles.Replace, "confirmed");
            Assert.Equal((2L, 1L), (copy.Plan.Copy?.Different, copy.Plan.Copy?.Protected));
            Assert.Contains(copy.Plan.Warnings, w => w.Code == "copy.protected");
            copy.Receipt.AssertTotals(done: 1, failed: 1);
            Assert.Equal("copy.targetProtected", copy.Receipt.Of("held.bin").Code);
            before.AssertBecame(await World.ReadAsync(emulator), [], changed: [$"blob:{target.Account}/{target.Container}/{run.RunId}/outputs/free.bin"]);
        }
        finally
        {
            await emulator.ControlAsync(HttpMethod.Post, "storage", new JsonObject { ["account"] = target.Account, ["legalHold"] = null });
        }
    }

    [Fact]
    public async Task What_went_or_changed_since_the_plan_is_not_copied_and_said()
    {
        using var folder = new TestFolder();
        var target = await emulator.TargetAsync();
        var run = await emulator.AddRunAsync(("outputs/gone.bin", 90), ("outputs/changed.bin", 80), ("outputs/stays.bin", 70), ("outputs/taken.bin", 60));
        await target.BlobAsync($"{run.RunId}/outputs/taken.bin", "before");
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var plan = await sidecar.PlanCopyAsync([emulator.NodeOf(run.RunId)], new CopyTo(target.Node, null));
        await emulator.DeleteBlobAsync(run, "outputs/gone.bin");
        await emulator.WriteBlobAsync(run, "outputs/changed.bin", 80, "others");
        await target.BlobAsync($"{run.RunId}/outputs/taken.bin", "after the plan");
        var before = await World.ReadAsync(emulator);
        await sidecar.BeginCopyAsync(plan.PlanId, ExistingFiles.Replace, "confirmed");
        Assert.Equal(OperationState.SucceededWithWarnings, (await sidecar.EndAsync(plan.PlanId)).State);
        var receipt = await sidecar.ReceiptAsync(plan.PlanId);
        receipt.AssertTotals(done: 1, failed: 3);
        Assert.Equal(("file.gone", "file.changed", "copy.targetChanged"), (receipt.Of("gone.bin").Code, receipt.Of("changed.bin").Code, receipt.Of("taken.bin").Code));
        before.AssertBecame(await World.ReadAsync(emulator), [], came: [$"blob:{target.Account}/{target.Container}/{run.RunId}/outputs/stays.bin"]);
    }

    [Fact]
    public async Task A_target_whose_container_went_after_the_plan_stops_it_with_one_error()
    {
        using var folder = new TestFolder();
        var target = await emulator.TargetAsync();
        var run = await emulator.AddRunAsync(("outputs/a.bin", 90), ("outputs/b.bin", 80));
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var plan = await sidecar.PlanCopyAsync([emulator.NodeOf(run.RunId)], new CopyTo(target.Node, null));
        await emulator.FaultAsync(target.Container, new JsonObject { ["kind"] = "status", ["status"] = 404, ["code"] = "ContainerNotFound" }, times: 1000, method: "PUT");
        try
        {
            await sidecar.BeginCopyAsync(plan.PlanId);
            var end = await sidecar.EndAsync(plan.PlanId);
            Assert.Equal((OperationState.Failed, "copy.noContainer"), (end.State, end.ErrorCode));
        }
        finally
        {
            await emulator.ClearFaultsAsync();
        }
    }
}
