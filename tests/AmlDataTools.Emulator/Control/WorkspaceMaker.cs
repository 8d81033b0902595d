using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.Seeds;
using AmlDataTools.Emulator.State;
using AmlDataTools.Emulator.Storage;

namespace AmlDataTools.Emulator.Control;

/// <summary>Makes workspaces that tests ask for, with resources of their own or those of another.</summary>
/// <param name="state">The emulator's state.</param>
/// <param name="seeder">Makes them.</param>
internal sealed class WorkspaceMaker(EmulatorState state, Seeder seeder)
{
    /// <summary>Answers <c>POST /workspaces</c>.</summary>
    public async Task HandleAsync(Exchange exchange)
    {
        var body = await exchange.ReadObjectAsync();
        var first = state.Workspaces.Values.OrderBy(w => w.Created).First();
        var name = body.Text("name") ?? "ws-" + Guid.NewGuid().ToString("N")[..8];
        var hub = body.Text("hub") is { } hubName ? Find(hubName) : null;
        var shares = body.Text("shares") is { } other ? Find(other) : hub;
        if (shares is null && state.SpareAccounts.IsEmpty)
        {
            throw new ServiceException(400, "BadRequest", "No storage account is left for another workspace.");
        }

        var shape = new WorkspaceShape(body.Text("kind") ?? (hub is null ? "Default" : "Project"), hub?.ArmId, shares, body.Truth("purgeProtection") == true);
        var workspace = seeder.AddWorkspace(
            body.Text("subscription") ?? first.SubscriptionId, body.Text("group") ?? first.ResourceGroup, name, Guid.NewGuid().ToString(), first.Location, DateTimeOffset.UtcNow, registry: body.Truth("registry") != false, shape: shape);
        foreach (var container in new[] { "azureml", workspace.BlobStoreContainer })
        {
            await seeder.Engine.CreateContainerAsync(state.Accounts[workspace.StorageAccount], container, exchange.Aborted);
        }

        await exchange.JsonAsync(
            new JsonObject
            {
                ["id"] = workspace.ArmId,
                ["name"] = workspace.Name,
                ["storageAccount"] = WorkspaceIds.Storage(workspace),
                ["keyVault"] = workspace.Dependents.KeyVault,
                ["applicationInsights"] = workspace.Dependents.Insights,
                ["containerRegistry"] = workspace.Dependents.Registry,
                ["logAnalytics"] = ((state.Dependents.GetValueOrDefault(workspace.Dependents.Insights)?["properties"] as JsonObject) ?? []).Text("WorkspaceResourceId"),
            },
            201);
    }

    /// <summary>Answers <c>POST /workspaces/end</c>: a deletion that goes on ends now.</summary>
    public async Task EndAsync(Exchange exchange)
    {
        var body = await exchange.ReadObjectAsync();
        var workspace = Find(body.Text("name") ?? string.Empty);
        (workspace.EndDeletion ?? throw new ServiceException(400, "BadRequest", $"The workspace '{workspace.Name}' is not being deleted."))();
        await exchange.EmptyAsync(204);
    }

    private Workspace Find(string name) => state.Workspaces.Values.FirstOrDefault(w => w.Name == name) ?? throw new ServiceException(400, "BadRequest", $"There is no workspace '{name}'.");
}
