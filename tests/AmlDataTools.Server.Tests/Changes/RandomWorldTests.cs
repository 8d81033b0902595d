using System.Text.Json.Nodes;
using AmlDataTools.Core.Resources;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.Changes;

/// <summary>
/// For random things and random choices of them: the state afterwards is the state before minus the ticked items of the plan,
/// whatever the plan was. The seeds stand here, so that a failure can be had again.
/// </summary>
[Collection(ChangeCollection.Name)]
public sealed class RandomWorldTests(ChangeEmulator emulator)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task After_is_before_minus_the_ticked_items(int seed)
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var random = new Random(seed);
        var nodes = await MakeAsync(random);
        var before = await World.ReadAsync(emulator);
        var chosen = nodes.Where(_ => random.Next(3) > 0).DefaultIfEmpty(nodes[0]).ToList();
        var plan = await sidecar.PlanChangeAsync(OperationVerb.Delete, chosen, random.Next(4) > 0 ? ChangeCalls.WithData with { IncludeChildren = true } : ChangeCalls.Records);
        var items = await sidecar.ItemsAsync(plan.PlanId);
        long[] toggled = [.. items.Where(i => i.CanTick && random.Next(5) == 0).Select(i => i.Id)];
        if (items.All(i => !(i.Ticked ^ toggled.Contains(i.Id))))
        {
            toggled = [];
        }

        await sidecar.ConfirmAsync(plan.PlanId, toggled);
        var ended = await sidecar.EndAsync(plan.PlanId);
        Assert.Contains(ended.State, new[] { OperationState.Succeeded, OperationState.SucceededWithWarnings });

        var done = Done(await sidecar.ReceiptAsync(plan.PlanId));
        var after = await World.ReadAsync(emulator);
        var ticked = items.Where(i => i.Ticked ^ toggled.Contains(i.Id)).ToList();
        var gone = before.Entries.Keys.Where(k => !after.Entries.ContainsKey(k)).ToList();

        // Nothing went that no ticked item names, and every record the receipt calls done is gone or archived.
        Assert.All(gone, key => Assert.Contains(ticked, item => Names(item, key)));
        Assert.All(ticked.Where(i => i.Action == PlanItemAction.Delete && done.Contains(i.Name)), item => Assert.DoesNotContain(after.Entries.Keys, key => Names(item, key)));
        Assert.All(ticked.Where(i => i.Action == PlanItemAction.DeleteData && done.Contains(i.Name)), item => Assert.DoesNotContain(after.Entries.Keys, key => Names(item, key)));
        Assert.DoesNotContain(after.Entries.Keys, key => !before.Entries.ContainsKey(key) && !key.StartsWith("deleted:", StringComparison.Ordinal));

        // What changed without going is what was archived instead.
        var changed = before.Entries.Where(e => after.Entries.TryGetValue(e.Key, out var now) && now != e.Value).Select(e => e.Key);
        Assert.All(changed, key => Assert.Contains(ticked, item => item.Action == PlanItemAction.Archive && Names(item, key)));
    }

    private static HashSet<string> Done(Receipt receipt) => [.. receipt.Items.Where(i => i.Outcome == "done").Select(i => i.Name)];

    /// <summary>Whether an item of a plan names a key of the world.</summary>
    private static bool Names(PlanItem item, string key) => item.Kind switch
    {
        "run" => key == $"run:{item.Name}",
        "experiment" => key == $"experiment:{item.Name}",
        "model" => key == $"resource:models/{item.Name}",
        "modelVersion" => key == $"resource:models/{item.Name.Replace(":", "/versions/", StringComparison.Ordinal)}",
        "dataAsset" => key == $"resource:data/{item.Name}",
        "dataVersion" => key == $"resource:data/{item.Name.Replace(":", "/versions/", StringComparison.Ordinal)}",
        "dataset" => key == $"classic:datasets/{item.Name}",
        "schedule" => key == $"resource:schedules/{item.Name}",
        "storedData" => key.StartsWith("blob:", StringComparison.Ordinal) && (item.Name.EndsWith('/') ? key.Contains("/" + item.Name, StringComparison.Ordinal) : key.EndsWith("/" + item.Name, StringComparison.Ordinal)),
        _ => false,
    };

    private async Task<List<string>> MakeAsync(Random random)
    {
        var nodes = new List<string>();
        var shared = $"LocalUpload/{emulator.NewName("common")}/model";
        for (var i = 0; i < 3 + random.Next(4); i++)
        {
            var experiment = emulator.NewName("rexp");
            for (var r = 0; r < random.Next(4); r++)
            {
                var run = await emulator.AddRunAsync(new JsonObject
                {
                    ["experiment"] = experiment,
                    ["status"] = random.Next(6) == 0 ? "Running" : "Completed",
                    ["archived"] = random.Next(5) == 0,
                    ["files"] = EmulatorProcess.Files([.. Enumerable.Range(0, random.Next(5)).Select(f => ($"outputs/{f}.bin", (long)random.Next(1, 500)))]),
                });
                if (random.Next(2) == 0)
                {
                    nodes.Add(emulator.NodeOf(run.RunId));
                }

                if (random.Next(4) == 0)
                {
                    var model = emulator.NewName("rmodel");
                    await emulator.ResourceAsync($"models/{model}", new() { ["isArchived"] = false });
                    await emulator.ResourceAsync($"models/{model}/versions/1", new() { ["isArchived"] = false, ["modelUri"] = emulator.Uri("workspaceartifactstore", $"ExperimentRun/dcid.{run.RunId}/outputs") });
                    nodes.Add(emulator.NodeOf(ResourceKind.Model, model));
                }
            }
        }

        for (var i = 0; i < 2 + random.Next(4); i++)
        {
            var name = await emulator.ModelAsync(1 + random.Next(3), folder: random.Next(3) == 0 ? shared : null);
            nodes.Add(random.Next(2) == 0 ? emulator.NodeOf(ResourceKind.Model, name) : emulator.NodeOf(ResourceKind.ModelVersion, name, "1"));
        }

        var place = $"UI/{emulator.NewName("place")}/";
        await emulator.BlobAsync(place + "a.csv", 5);
        await emulator.BlobAsync(place + "b.csv", 5);
        nodes.Add(emulator.NodeOf(ResourceKind.DataVersion, await emulator.DataAsync("uri_folder", place), "1"));
        if (random.Next(2) == 0)
        {
            nodes.Add(emulator.NodeOf(ResourceKind.DataVersion, await emulator.DataAsync("uri_file", place + "a.csv"), "1"));
        }

        var dataset = emulator.NewName("rset");
        await emulator.DatasetAsync(dataset, place);
        nodes.Add(emulator.NodeOf(ResourceKind.Dataset, dataset));
        var schedule = emulator.NewName("rschedule");
        await emulator.ResourceAsync($"schedules/{schedule}", new JsonObject { ["isEnabled"] = false, ["provisioningState"] = "Succeeded" });
        nodes.Add(emulator.NodeOf(ResourceKind.Schedule, schedule));
        return nodes;
    }
}
