using System.Text.Json.Nodes;
using AmlDataTools.Azure;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Resources;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.Changes;

/// <summary>One plan over two workspaces of two subscriptions, whose things have the same names: each is done where it was seen, and told apart.</summary>
[Collection(ChangeCollection.Name)]
public sealed class TwoWorkspaceTests(ChangeEmulator emulator)
{
    private const string Other = "campaign-ws";

    [Fact]
    public async Task Runs_of_two_workspaces_go_with_their_data_and_nothing_else_does()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var other = await emulator.WorkspaceAsync(Other);
        var here = await emulator.AddRunAsync(("outputs/a.bin", 10), ("user_logs/x.txt", 5));
        var there = await AddThereAsync();
        var (besideHere, besideThere) = (await emulator.AddRunAsync(("outputs/a.bin", 10)), await AddThereAsync());
        var before = await World.ReadAsync(emulator);

        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.NodeOf(here.RunId), NodeTargets.Format(new RunTarget(other, there.RunId))], ChangeCalls.WithData);
        Assert.Equal(OperationState.Succeeded, deleted.Operation.State);
        var after = await World.ReadAsync(emulator);
        var folders = before.Keys($"dcid.{there.RunId}").Where(k => k.StartsWith("blob:", StringComparison.Ordinal));
        before.AssertBecame(after, [$"run:{here.RunId}", $"{Other}!run:{there.RunId}", .. before.BlobsBelow($"ExperimentRun/dcid.{here.RunId}/"), .. folders]);
        Assert.NotEmpty(after.Keys($"dcid.{besideHere.RunId}/"));
        Assert.NotEmpty(after.Keys($"dcid.{besideThere.RunId}/"));

        // Page and receipt say of each item which workspace it is in.
        Assert.All(deleted.Items, i => Assert.Contains($"In the workspace {(i.Label.Contains(there.RunId, StringComparison.Ordinal) || i.Name.Contains(there.RunId, StringComparison.Ordinal) ? Other : emulator.Workspace.Name)}.", i.Details));
        Assert.Equal([emulator.Workspace.ResourceId, other.ResourceId], deleted.Receipt.Json["workspaces"]?.AsArray().Select(w => (string?)w));
        var items = deleted.Receipt.Json["items"]?.AsArray() ?? [];
        Assert.Equal(deleted.Items.Count(i => i.Action != PlanItemAction.Keep), items.Count);
        Assert.All(items, i => Assert.Equal(
            i?.ToJsonString().Contains(there.RunId, StringComparison.Ordinal) == true ? other.ResourceId : emulator.Workspace.ResourceId, (string?)i?["workspace"]));
        Assert.Contains($"| Workspaces | {emulator.Workspace.ResourceId}, {other.ResourceId} |", deleted.Receipt.Markdown, StringComparison.Ordinal);
        Assert.Contains("(campaign-ws)", deleted.Receipt.Markdown, StringComparison.Ordinal);

        async Task<MadeRun> AddThereAsync() => await emulator.AddRunAsync(new JsonObject
        {
            ["workspace"] = Other,
            ["files"] = EmulatorProcess.Files(("outputs/a.bin", 10), ("user_logs/x.txt", 5)),
        });
    }

    [Fact]
    public async Task Things_of_the_same_name_are_archived_and_restored_each_in_its_workspace()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var other = await emulator.WorkspaceAsync(Other);
        var (name, third) = (emulator.NewName("twin"), emulator.NewName("alone"));
        foreach (var (workspace, model) in new[] { (emulator.Workspace.Name, name), (Other, name), (Other, third) })
        {
            await AddModelAsync(workspace, model);
        }

        var before = await World.ReadAsync(emulator);
        string[] nodes = [emulator.NodeOf(ResourceKind.ModelVersion, name, "1"), NodeTargets.Format(new ResourceTarget(new ResourceAddress(other, ResourceKind.ModelVersion, name, "1"), null))];
        var archived = await sidecar.ChangeAsync(OperationVerb.Archive, nodes);
        Assert.Equal((OperationState.Succeeded, 2L), (archived.Operation.State, archived.Receipt.Done));
        var between = await World.ReadAsync(emulator);
        string[] changed = [$"resource:models/{name}/versions/1", $"{Other}!resource:models/{name}/versions/1"];
        before.AssertBecame(between, [], changed);

        // Only the one of the other workspace is unticked: just that stays archived.
        var undo = await sidecar.PlanChangeAsync(OperationVerb.Restore, [], operationId: archived.Operation.Id);
        var items = await sidecar.ItemsAsync(undo.PlanId);
        var kept = Assert.Single(items, i => i.Details.Contains($"In the workspace {Other}."));
        await sidecar.ConfirmAsync(undo.PlanId, kept.Id);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(undo.PlanId)).State);
        between.AssertBecame(await World.ReadAsync(emulator), [], [changed[0]]);
        Assert.Contains(OperationAction.Restore, (await sidecar.FindAsync(archived.Operation.Id)).Actions);
        var rest = await sidecar.ChangeAsync(OperationVerb.Restore, [], operationId: archived.Operation.Id);
        Assert.NotEqual(OperationState.Failed, rest.Operation.State);
        Assert.DoesNotContain(OperationAction.Restore, (await sidecar.FindAsync(archived.Operation.Id)).Actions);
    }

    [Fact]
    public async Task The_same_path_in_two_accounts_is_two_places_and_a_reference_counts_only_where_it_is()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var other = await emulator.WorkspaceAsync(Other);
        var (name, sharer) = (emulator.NewName("path-twin"), emulator.NewName("sharer"));
        var place = $"LocalUpload/{name}/model";
        foreach (var workspace in new[] { emulator.Workspace, other })
        {
            await AddModelAsync(workspace.Name, name, place);
            var store = await emulator.ServiceAsync(HttpMethod.Get, $"{emulator["resourceManager"].TrimEnd('/')}{workspace.ResourceId}/datastores/workspaceblobstore?api-version=2025-12-01", null);
            await emulator.ControlAsync(HttpMethod.Post, "blobs", new JsonObject
            {
                ["account"] = (string?)store["properties"]?["accountName"],
                ["container"] = (string?)store["properties"]?["containerName"],
                ["name"] = $"{place}/model.pkl",
                ["size"] = 1000,
            });
        }

        // Of the other workspace alone a second model lies on that path.
        await AddModelAsync(Other, sharer, place);
        var before = await World.ReadAsync(emulator);
        string[] nodes = [emulator.NodeOf(ResourceKind.ModelVersion, name, "1"), NodeTargets.Format(new ResourceTarget(new ResourceAddress(other, ResourceKind.ModelVersion, name, "1"), null))];
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, nodes, ChangeCalls.WithData);
        Assert.Equal(OperationState.Succeeded, deleted.Operation.State);
        var data = deleted.Items.Where(i => i.Action == PlanItemAction.DeleteData).ToDictionary(i => i.Details.Contains($"In the workspace {Other}."));
        Assert.Equal((true, false), (data[false].Ticked, data[true].Ticked));
        Assert.Contains(data[true].Details, d => d.Contains(sharer, StringComparison.Ordinal));
        var here = await emulator.BlobKeyAsync(before, $"{place}/model.pkl");
        before.AssertBecame(await World.ReadAsync(emulator), [$"resource:models/{name}/versions/1", $"{Other}!resource:models/{name}/versions/1", here]);
    }

    private async Task AddModelAsync(string workspace, string name, string? place = null)
    {
        await AddAsync($"models/{name}", new JsonObject { ["isArchived"] = false, ["latestVersion"] = "1", ["nextVersion"] = "2" });
        var at = await emulator.WorkspaceAsync(workspace);
        var uri = $"azureml://subscriptions/{at.SubscriptionId}/resourceGroups/{at.ResourceGroup}/workspaces/{workspace}/datastores/workspaceblobstore/paths/{place ?? $"LocalUpload/{name}"}";
        await AddAsync($"models/{name}/versions/1", new JsonObject { ["isArchived"] = false, ["modelType"] = "custom_model", ["modelUri"] = uri });

        Task AddAsync(string path, JsonObject properties) => emulator.ControlAsync(HttpMethod.Post, "resources", new JsonObject
        {
            ["workspace"] = workspace,
            ["path"] = path,
            ["body"] = new JsonObject { ["properties"] = properties },
        });
    }
}
