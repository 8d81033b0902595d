using System.Text.Json.Nodes;
using AmlDataTools.Core.Resources;
using AmlDataTools.Server.Protocol;

namespace AmlDataTools.Server.Tests.Exports;

/// <summary>Models and data that cannot be had, or not wholly.</summary>
[Collection(ExportCollection.Name)]
public sealed class AssetFaultTests(EmulatorProcess emulator)
{
    private readonly AssetMaker _make = new(emulator);

    [Fact]
    public async Task What_cannot_be_had_says_why()
    {
        using var folder = new TestFolder();
        var name = AssetMaker.NewName("bad");
        await _make.ModelAsync(name, "1", _make.Long("workspaceblobstore", $"LocalUpload/{name}/nothing"));
        await _make.ModelAsync(name, "2", "https://models.example.org/weights.bin?sig=abcdefghijkl");
        await _make.ModelAsync(name, "3", _make.Long("no_such_store", "a/b"));
        await _make.ModelAsync(name, "4", string.Empty);
        await _make.ModelAsync(name, "5", "azureml://registries/azureml/models/phi/versions/1");
        await _make.ModelAsync(name, "6", "https://otheraccount.blob." + emulator["storageSuffix"] + "/c/model.pkl");
        await _make.ModelAsync(name, "7", "https://" + (await _make.StoreAsync()).Account + ".blob.example.org/c/model.pkl");
        await _make.ModelAsync(name, "8", "azureml://workspaces/a0000000-0000-4000-8000-00000000dead/datastores/workspaceblobstore/paths/a");
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var mark = await emulator.MarkAsync();
        await RefusedAsync("asset.noFiles", "LocalUpload", name, "1");
        await RefusedAsync("asset.foreignHost", "models.example.org", name, "2");
        await RefusedAsync("datastore.notFound", "no_such_store", name, "3");
        await RefusedAsync("asset.noAddress", name, name, "4");
        await RefusedAsync("asset.notInRegistry", "azureml", name, "5");
        await RefusedAsync("asset.noDatastore", "otheraccount/c", name, "6");
        await RefusedAsync("asset.foreignHost", "example.org", name, "7");
        await RefusedAsync("asset.badAddress", "dead", name, "8");
        await RefusedAsync("resource.notFound", $"{name}:9", name, "9");
        await RefusedAsync("asset.sourceDeleted", "sunny_parcel_0a", "lost-model", "1");
        Assert.DoesNotContain(await emulator.RequestsAsync(mark), r => r.Host.Contains("example.org", StringComparison.Ordinal) || r.Host.StartsWith("otheraccount", StringComparison.Ordinal));
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(folder.Storage, "plans")));

        async Task RefusedAsync(string code, string holds, string model, string version)
        {
            var refusal = await sidecar.RefusalAsync(() => sidecar.PlanAsync(_make.Node(ResourceKind.ModelVersion, model, version)));
            Assert.StartsWith(code + ": ", refusal, StringComparison.Ordinal);
            Assert.Contains(holds, refusal, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task All_versions_archived_is_said()
    {
        using var folder = new TestFolder();
        var name = AssetMaker.NewName("archived");
        await _make.ModelAsync(name, "1", _make.Long("workspaceblobstore", "a/b"), new JsonObject { ["isArchived"] = true });
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        Assert.StartsWith("asset.noVersion: ", await sidecar.RefusalAsync(() => sidecar.PlanAsync(_make.Node(ResourceKind.Model, name))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_the_bad_ones_are_left_out_and_told()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        string[] nodes = [_make.Node(ResourceKind.Model, "lost-model"), _make.Node(ResourceKind.Model, "loan-scorer"), _make.Node(ResourceKind.ModelVersion, "loan-scorer", "77")];
        var plan = await sidecar.PlanAsync(nodes, null);
        Assert.Equal(2, plan.Items);
        Assert.Equal(["asset.leftOut", "asset.leftOut"], plan.Warnings.Select(w => w.Code));
        Assert.Contains(plan.Warnings, w => w.Message.Contains("lost-model:1", StringComparison.Ordinal) && w.Message.Contains("sunny_parcel_0a", StringComparison.Ordinal));
        Assert.StartsWith("resource.notFound: ", await sidecar.RefusalAsync(() => sidecar.PlanAsync([nodes[0], nodes[2]], null)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_datastore_without_access_is_named()
    {
        using var folder = new TestFolder();
        await emulator.RoleAsync("ben@example.com", "Contributor", "None");
        try
        {
            await using var sidecar = await ExportSidecar.StartAsync(emulator, folder, new SignIn("ben@example.com"));
            var refusal = await sidecar.RefusalAsync(() => sidecar.PlanAsync(_make.Node(ResourceKind.ModelVersion, "lake-uplift", "1")));
            Assert.StartsWith("storage.authorizationMismatch: ", refusal, StringComparison.Ordinal);
            Assert.Contains("Storage Blob Data Reader", refusal, StringComparison.Ordinal);

            // The table's own folder is readable with the datastore's key; what lies in the lake is left out and told.
            var plan = await sidecar.PlanAsync(_make.Node(ResourceKind.DataVersion, "wide-features", "1"));
            Assert.Contains(plan.Warnings, w => w.Code == "mltable.pathUnreadable" && w.Message.Contains("research_lake", StringComparison.Ordinal));
        }
        finally
        {
            await emulator.RoleAsync("ben@example.com", "Contributor", "Contributor");
        }
    }

    [Fact]
    public async Task A_file_that_is_gone_by_then_is_counted_in_the_document()
    {
        using var folder = new TestFolder();
        var name = AssetMaker.NewName("gone");
        await _make.FilesAsync($"LocalUpload/{name}/", ("a.bin", 10), ("b.bin", 20));
        await _make.ModelAsync(name, "1", _make.Long("workspaceblobstore", $"LocalUpload/{name}"));
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var plan = await sidecar.PlanAsync(_make.Node(ResourceKind.ModelVersion, name, "1"));
        await _make.DeleteAsync($"LocalUpload/{name}/b.bin");
        await sidecar.BeginAsync(plan.PlanId, folder.Out);
        Assert.Equal(OperationState.SucceededWithWarnings, (await sidecar.EndAsync(plan.PlanId)).State);
        (await sidecar.ReceiptAsync(plan.PlanId)).AssertTotals(done: 2, failed: 1);
        var document = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder.Out, name, "1", "model.json")));
        Assert.Equal((1, "a.bin"), ((int?)document?["filesMissing"], (string?)document?["files"]?[0]?["path"]));
    }

    [Fact]
    public async Task Killed_in_the_middle_it_resumes_and_the_document_comes_last()
    {
        using var folder = new TestFolder();
        var name = AssetMaker.NewName("killed");
        var files = await _make.FilesAsync($"LocalUpload/{name}/", [.. Enumerable.Range(0, 30).Select(i => ($"part-{i:00}.bin", 2000L + i))]);
        await _make.ModelAsync(name, "1", _make.Long("workspaceblobstore", $"LocalUpload/{name}"));
        await emulator.FaultAsync($"LocalUpload/{name}/part-2", new JsonObject { ["kind"] = "delay", ["milliseconds"] = 60_000 }, times: 10, method: "GET", host: ".blob.");
        string id;
        await using (var sidecar = await ExportSidecar.StartAsync(emulator, folder))
        {
            var plan = await sidecar.PlanAsync(_make.Node(ResourceKind.ModelVersion, name, "1"));
            id = plan.PlanId;
            await sidecar.BeginAsync(id, folder.Out);
            var until = DateTime.UtcNow.AddSeconds(30);
            var inside = Path.Combine(folder.Out, name, "1");
            while (!(Directory.Exists(inside) && Directory.EnumerateFiles(inside).Any()) && DateTime.UtcNow < until)
            {
                await Task.Delay(20);
            }

            Assert.NotEmpty(Directory.EnumerateFiles(inside));
            Assert.False(File.Exists(Path.Combine(folder.Out, name, "1", "model.json")));
            await sidecar.KillAsync();
        }

        await emulator.ClearFaultsAsync();
        await using (var sidecar = await ExportSidecar.StartAsync(emulator, folder))
        {
            await sidecar.OperationAsync("resume", id);
            Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(id)).State);
            TestFolder.AssertFiles(files, Path.Combine(folder.Out, name, "1"));
            var document = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder.Out, name, "1", "model.json")));
            Assert.Equal(files.Select(f => f.Sha256), (document?["files"] as JsonArray ?? []).Select(f => (string?)f?["sha256"]));
        }
    }
}
