using System.Text.Json.Nodes;
using AmlDataTools.Core.Resources;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.Changes;

/// <summary>A plan to look at: pages, order, search, choices, and as a file. It changes nothing.</summary>
[Collection(ChangeCollection.Name)]
public sealed class PlanTests(ChangeEmulator emulator)
{
    [Fact]
    public async Task Planning_looking_and_saving_change_nothing()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var runs = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            runs.Add((await emulator.AddRunAsync(("outputs/a.bin", 100 + i), ("outputs/b.bin", 10))).RunId);
        }

        var before = await World.ReadAsync(emulator);
        var mark = await emulator.MarkAsync();
        var plan = await sidecar.PlanChangeAsync(OperationVerb.Delete, [.. runs.Select(emulator.NodeOf)], ChangeCalls.WithData);
        var all = await sidecar.ItemsAsync(plan.PlanId);
        Assert.Equal(all.Select(i => i.Id), (await sidecar.ItemsAsync(plan.PlanId, pageSize: 3)).Select(i => i.Id));
        var byBytes = await sidecar.ItemsAsync(plan.PlanId, pageSize: 4, order: PlanOrder.Bytes, descending: true);
        Assert.Equal(all.Count, byBytes.Select(i => i.Id).Distinct().Count());
        Assert.Equal(byBytes.Select(i => i.Bytes ?? -1).OrderDescending(), byBytes.Select(i => i.Bytes ?? -1));
        var byName = await sidecar.ItemsAsync(plan.PlanId, order: PlanOrder.Name);
        Assert.Equal(byName.Select(i => i.Label).Order(StringComparer.OrdinalIgnoreCase), byName.Select(i => i.Label), StringComparer.OrdinalIgnoreCase);
        var found = await sidecar.ItemsAsync(plan.PlanId, search: runs[3]);
        Assert.NotEmpty(found);
        Assert.All(found, i => Assert.Contains(runs[3], i.Name + i.Label, StringComparison.OrdinalIgnoreCase));

        var review = await sidecar.ReviewAsync(plan.PlanId);
        Assert.Equal((7L, 14L, runs.Count * 10 + Enumerable.Range(100, 7).Sum(b => (long)b)), (review.Records, review.Blobs, review.Bytes));
        var data = all.First(i => i.Action == PlanItemAction.DeleteData);
        var less = await sidecar.ReviewAsync(plan.PlanId, data.Id);
        Assert.Equal(review.Bytes - data.Bytes, less.Bytes);

        var (json, markdown) = (Path.Combine(folder.Root, "plan.json"), Path.Combine(folder.Root, "plan.md"));
        await sidecar.SavePlanAsync(plan.PlanId, json, PlanFormat.Json, data.Id);
        await sidecar.SavePlanAsync(plan.PlanId, markdown, PlanFormat.Markdown);
        Assert.NotNull(JsonNode.Parse(await File.ReadAllTextAsync(json)));
        var text = await File.ReadAllTextAsync(markdown);
        Assert.All(runs, r => Assert.Contains(r.Replace("_", "\\_", StringComparison.Ordinal), text.Replace("\\-", "-", StringComparison.Ordinal), StringComparison.Ordinal));
        Secrets.AssertNone(text + await File.ReadAllTextAsync(json));

        before.AssertBecame(await World.ReadAsync(emulator), [], countKept: true);
        Assert.DoesNotContain(await emulator.RequestsAsync(mark), r => r.Method is "DELETE" or "PUT" or "PATCH");
    }

    [Fact]
    public async Task What_cannot_be_chosen_is_refused()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var running = await emulator.AddRunAsync(new JsonObject { ["status"] = "Running" });
        var ended = await emulator.AddRunAsync(("outputs/a.bin", 1));
        var plan = await sidecar.PlanChangeAsync(OperationVerb.Delete, [emulator.NodeOf(running.RunId), emulator.NodeOf(ended.RunId)]);
        var items = await sidecar.ItemsAsync(plan.PlanId);
        var refused = items.Single(i => i.Name == running.RunId);
        var ticked = items.Where(i => i.Ticked).Select(i => i.Id).ToArray();
        var before = await World.ReadAsync(emulator);
        Assert.StartsWith("plan.", await sidecar.RefusalAsync(() => sidecar.BeginChangeAsync(plan.PlanId, "confirmed", refused.Id)), StringComparison.Ordinal);
        Assert.StartsWith("plan.", await sidecar.RefusalAsync(() => sidecar.BeginChangeAsync(plan.PlanId, "confirmed", 9999)), StringComparison.Ordinal);
        Assert.StartsWith("plan.", await sidecar.RefusalAsync(() => sidecar.BeginChangeAsync(plan.PlanId, "confirmed", ticked)), StringComparison.Ordinal);
        before.AssertBecame(await World.ReadAsync(emulator), []);
    }

    [Fact]
    public async Task Only_running_runs_are_no_plan_at_all()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var running = await emulator.AddRunAsync(new JsonObject { ["status"] = "Running" });
        Assert.Contains("cancel", await sidecar.RefusalAsync(() => sidecar.PlanChangeAsync(OperationVerb.Delete, [emulator.NodeOf(running.RunId)])), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Models that something deploys or shares are referred to; those that nothing does can be found.</summary>
    [Fact]
    public async Task Unreferenced_models_can_be_found()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var stem = emulator.NewName("unref");
        var (free, used) = (await emulator.ModelAsync(name: stem + "-free"), await emulator.ModelAsync(name: stem + "-used"));
        var endpoint = emulator.NewName("endpoint");
        await emulator.ResourceAsync($"onlineEndpoints/{endpoint}", new JsonObject { ["provisioningState"] = "Succeeded", ["traffic"] = new JsonObject() });
        await emulator.ResourceAsync($"onlineEndpoints/{endpoint}/deployments/blue", new JsonObject { ["provisioningState"] = "Succeeded", ["model"] = $"{emulator.Workspace.ResourceId}/models/{used}/versions/1" });
        var plan = await sidecar.PlanChangeAsync(OperationVerb.Archive, [emulator.GroupNode(ResourceGroupKind.Models)], filter: new BulkFilter(null, [], stem + "*", null, null, true));
        Assert.Equal([free], (await sidecar.ItemsAsync(plan.PlanId)).Where(i => i.Ticked).Select(i => i.Name));
    }
}
