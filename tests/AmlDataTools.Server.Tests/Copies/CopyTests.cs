using System.Text.Json.Nodes;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Storage;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Changes;
using AmlDataTools.Server.Tests.Datastores;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.Copies;

/// <summary>What is copied in storage arrives whole, where the plan said, and nothing else changes; none of it passes through the sidecar.</summary>
[Collection(CopyCollection.Name)]
public sealed class CopyTests(CopyEmulator emulator)
{
    [Theory]
    [InlineData("AccountKey", "AccountKey")]
    [InlineData("Sas", "Sas")]
    [InlineData("None", "None")]
    [InlineData("AccountKey", "None")]
    [InlineData("None", "AccountKey")]
    public async Task A_run_to_a_datastore(string from, string to)
    {
        using var folder = new TestFolder();
        var target = await emulator.TargetAsync(to);
        var run = await emulator.AddRunAsync(new JsonObject
        {
            ["files"] = new JsonArray
            {
                new JsonObject { ["path"] = "outputs/model.bin", ["size"] = 90_000 },
                new JsonObject { ["path"] = "outputs/a b%20c#?ä.txt", ["text"] = "odd name" },
                new JsonObject { ["path"] = "outputs/empty.txt", ["text"] = string.Empty },
                new JsonObject { ["path"] = "user_logs/std_log.txt", ["text"] = "hello\n", ["append"] = true },
            },
        });
        await emulator.CredentialsAsync(from);
        try
        {
            await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
            var before = await World.ReadAsync(emulator);
            var mark = await emulator.MarkAsync();
            var copy = await sidecar.CopyAsync(emulator.NodeOf(run.RunId), new CopyTo(target.FolderNode("backup/2026/"), null));
            Assert.Equal(OperationState.Succeeded, copy.Operation.State);
            Assert.Equal((4, $"{target.Account}/{target.Container}/backup/2026/"), (copy.Plan.Items, copy.Plan.Copy?.Target));
            Assert.Equal((ConfirmationKind.None, false), (copy.Plan.Confirmation, copy.Plan.NeedsDestination));
            copy.Receipt.AssertTotals(done: 4);
            before.AssertBecame(
                await World.ReadAsync(emulator), [], came: run.Files.Select(f => $"blob:{target.Account}/{target.Container}/backup/2026/{run.RunId}/{f.Path}"));
            await AssertBytesAsync(sidecar, folder, target, $"backup/2026/{run.RunId}/", run.Files);
            Assert.Equal(target.Address, (string?)copy.Receipt.Json["target"]?["address"]);
            Assert.Equal("backup/2026/", (string?)copy.Receipt.Json["target"]?["folder"]);
            Assert.DoesNotContain(await emulator.RequestsAsync(mark), r => r.IsRead && r.Path.Contains(run.RunId, StringComparison.Ordinal) && r.Host.StartsWith("sample", StringComparison.Ordinal) && !r.Path.Contains("backup", StringComparison.Ordinal));
        }
        finally
        {
            await emulator.CredentialsAsync("AccountKey");
        }
    }

    [Fact]
    public async Task A_model_to_an_address_in_another_account_with_the_persons_token()
    {
        using var folder = new TestFolder();
        var target = await emulator.TargetAsync();
        var name = AssetMaker.NewName("copied");
        var files = await emulator.Make.FilesAsync($"LocalUpload/{name}/model/", ("MLmodel", 300), ("model.pkl", 90_000), ("deep/er/part.bin", 5));
        await emulator.Make.ModelAsync(name, "3", emulator.Make.Long("workspaceblobstore", $"LocalUpload/{name}/model"));
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var mark = await emulator.MarkAsync();
        var copy = await sidecar.CopyAsync(emulator.Make.Node(ResourceKind.Model, name), new CopyTo(null, target.Address + "/models"));
        copy.Receipt.AssertTotals(done: 3);
        Assert.Equal($"Copy {name}:3", copy.Plan.Title);
        Assert.Contains(copy.Plan.Warnings, w => w.Code == "copy.blobsOnly");
        var requests = await emulator.RequestsAsync(mark);
        Assert.All(requests.Where(r => r.Method == "PUT" && r.Host.StartsWith(target.Account, StringComparison.Ordinal)), r => Assert.Equal("Bearer", r.Access));
        Assert.DoesNotContain(requests, r => r.IsRead);
        await AssertBytesAsync(sidecar, folder, target, $"models/{name}/3/", files);
        Assert.All(copy.Receipt.Items, i => Assert.Contains("your token", i.Access, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_folder_of_a_datastore_and_a_data_asset_into_a_hierarchical_account()
    {
        using var folder = new TestFolder();
        var name = AssetMaker.NewName("lake");
        var files = await emulator.Make.FilesAsync($"inputs/{name}/", ("2024/a.csv", 300), ("2024/b.csv", 0), ("c.csv", 70));
        await emulator.Make.DataAsync(name, "1", "uri_folder", emulator.Make.Long("workspaceblobstore", $"inputs/{name}"));
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var lake = new Target(emulator, "samplelake", "raw", "research_lake");
        var ofFolder = await sidecar.CopyAsync(emulator.FolderNode("workspaceblobstore", $"inputs/{name}/"), new CopyTo(emulator.FolderNode("research_lake", "taken/"), null));
        ofFolder.Receipt.AssertTotals(done: 3);
        await AssertBytesAsync(sidecar, folder, lake, $"taken/{name}/", files);
        var ofData = await sidecar.CopyAsync(emulator.Make.Node(ResourceKind.DataVersion, name, "1"), new CopyTo(emulator.StoreNode("research_lake"), null));
        ofData.Receipt.AssertTotals(done: 3);
        await AssertBytesAsync(sidecar, folder, lake, $"{name}/1/", files);
    }

    [Fact]
    public async Task Who_may_not_read_the_account_copies_by_the_addresses_that_the_workspace_signs()
    {
        using var folder = new TestFolder();
        var target = await emulator.TargetAsync();
        var run = await emulator.AddRunAsync(("outputs/model.bin", 5000), ("outputs/b.bin", 10));
        await emulator.CredentialsAsync("None");
        await emulator.RoleAsync("ben@example.com", "Contributor", "None");
        await emulator.SettingsAsync(3600, 3);
        try
        {
            await using var sidecar = await ExportSidecar.StartAsync(emulator, folder, new SignIn("ben@example.com"));
            var plan = await sidecar.PlanCopyAsync([emulator.NodeOf(run.RunId)], new CopyTo(target.Node, null));
            await Task.Delay(TimeSpan.FromSeconds(3.5));
            await sidecar.BeginCopyAsync(plan.PlanId);
            Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(plan.PlanId)).State);
            var receipt = await sidecar.ReceiptAsync(plan.PlanId);
            receipt.AssertTotals(done: 2);
            Assert.Contains("signed addresses", receipt.Items[0].Access, StringComparison.Ordinal);
            Assert.Equal(3, (await target.BlobsAsync()).Count);
        }
        finally
        {
            await emulator.SettingsAsync(3600, 3600);
            await emulator.RoleAsync("ben@example.com", "Contributor", "Contributor");
            await emulator.CredentialsAsync("AccountKey");
        }
    }

    [Fact]
    public async Task A_signature_of_the_source_that_expired_since_the_plan_is_renewed_and_one_that_does_not_write_gives_way_to_the_token()
    {
        using var folder = new TestFolder();
        var target = await emulator.TargetAsync("Sas");
        var run = await emulator.AddRunAsync(("outputs/model.bin", 5000), ("outputs/b.bin", 10));
        await emulator.CredentialsAsync("Sas");
        await emulator.SettingsAsync(3, 3600);
        try
        {
            await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
            var plan = await sidecar.PlanCopyAsync([emulator.NodeOf(run.RunId)], new CopyTo(target.Node, null));
            await Task.Delay(TimeSpan.FromSeconds(3.5));
            var mark = await emulator.MarkAsync();
            await sidecar.BeginCopyAsync(plan.PlanId);
            Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(plan.PlanId)).State);
            var receipt = await sidecar.ReceiptAsync(plan.PlanId);
            receipt.AssertTotals(done: 2);

            // The signatures that datastores have here read and list alone.
            Assert.Equal(["SAS of the datastore, into the target: your token"], receipt.Access);
            Assert.Contains(await emulator.RequestsAsync(mark), r => r is { Method: "PUT", Status: 403 });
        }
        finally
        {
            await emulator.SettingsAsync(3600, 3600);
            await emulator.CredentialsAsync("AccountKey");
        }
    }

    [Fact]
    public async Task What_is_there_is_skipped_when_identical_and_kept_or_replaced_as_chosen()
    {
        using var folder = new TestFolder();
        var target = await emulator.TargetAsync();
        var run = await emulator.AddRunAsync(("outputs/same.bin", 900), ("outputs/other.bin", 800), ("outputs/new.bin", 700));
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var to = new CopyTo(null, target.Address);
        (await sidecar.CopyAsync(emulator.NodeOf(run.RunId), to)).Receipt.AssertTotals(done: 3);
        var other = $"{run.RunId}/outputs/other.bin";
        await target.BlobAsync(other, "somebody's");
        await emulator.ControlAsync(HttpMethod.Post, "blobs", new JsonObject { ["account"] = target.Account, ["container"] = target.Container, ["name"] = $"{run.RunId}/outputs/new.bin", ["delete"] = true });
        var before = await target.BlobsAsync();

        var plan = await sidecar.PlanCopyAsync([emulator.NodeOf(run.RunId)], to);
        Assert.Equal((1L, 1L), (plan.Copy?.Identical, plan.Copy?.Different));
        Assert.Contains(plan.Warnings, w => w is { Code: "copy.different", Count: 1 });
        Assert.Contains(await sidecar.PlanItemsAsync(plan.PlanId), i => i.Path == other && i.Note == "Something else is there." && i.Action == PlanItemAction.Copy);

        var kept = await sidecar.CopyAsync(emulator.NodeOf(run.RunId), to);
        kept.Receipt.AssertTotals(done: 2, skipped: 1);
        var after = await target.BlobsAsync();
        Assert.Equal(before[other], after[other]);
        Assert.Equal(800, after[$"{run.RunId}/outputs/other (1).bin"].Length);
        Assert.Equal(before[$"{run.RunId}/outputs/same.bin"], after[$"{run.RunId}/outputs/same.bin"]);

        var refusal = await sidecar.RefusalAsync(() => sidecar.CopyAsync(emulator.NodeOf(run.RunId), to, ExistingFiles.Replace));
        Assert.StartsWith("confirmation.missing", refusal, StringComparison.Ordinal);
        var replaced = await sidecar.CopyAsync(emulator.NodeOf(run.RunId), to, ExistingFiles.Replace, "confirmed");
        replaced.Receipt.AssertTotals(done: 3);
        Assert.Equal(800, (await target.BlobsAsync())[other].Length);
        Assert.Equal(before["untouched.txt"], (await target.BlobsAsync())["untouched.txt"]);

        var both = await sidecar.CopyAsync(emulator.NodeOf(run.RunId), to, ExistingFiles.KeepBoth);
        both.Receipt.AssertTotals(done: 3);
        Assert.Equal(800, (await target.BlobsAsync())[$"{run.RunId}/outputs/other (2).bin"].Length);
    }

    [Fact]
    public async Task Names_stay_as_they_are_and_none_leads_out_of_the_folder()
    {
        using var folder = new TestFolder();
        var target = await emulator.TargetAsync();
        var run = await emulator.AddRunAsync(("outputs/../../up.txt", 5), ("outputs/CON", 6), ("outputs/dot.", 7), ("outputs/a:b|c.txt", 8));
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var copy = await sidecar.CopyAsync(emulator.NodeOf(run.RunId), new CopyTo(null, target.Address + "/in/here/"));
        copy.Receipt.AssertTotals(done: 4);
        var names = (await target.BlobsAsync()).Keys.Where(n => n != "untouched.txt").ToList();
        Assert.All(names, n => Assert.StartsWith($"in/here/{run.RunId}/outputs/", n, StringComparison.Ordinal));
        Assert.Contains($"in/here/{run.RunId}/outputs/CON", names);
        Assert.Contains($"in/here/{run.RunId}/outputs/a:b|c.txt", names);
        Assert.Contains(names, n => n.Contains("%2E", StringComparison.OrdinalIgnoreCase) && n.EndsWith("/up.txt", StringComparison.Ordinal));
    }

    /// <summary>Reads the copies back by a download, which verifies them.</summary>
    private async Task AssertBytesAsync(ExportSidecar sidecar, TestFolder folder, Target target, string prefix, IReadOnlyList<MadeFile> files)
    {
        var node = NodeTargets.Format(new FolderTarget(new FileLocation(emulator.Workspace, target.Datastore, prefix, null), null));
        var into = Path.Combine(folder.Out, Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(into);
        var back = await sidecar.ExportAsync(node, into);
        Assert.Equal(0, back.Receipt.Failed + back.Receipt.Skipped);
        foreach (var file in files)
        {
            var item = back.Receipt.Items.Single(i => i.Name == prefix + file.Path);
            Assert.Equal((file.Path, file.Size, file.Sha256), (file.Path, item.Bytes, item.Sha256));
        }
    }
}
