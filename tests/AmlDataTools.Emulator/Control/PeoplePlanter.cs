using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.Seeds;
using AmlDataTools.Emulator.Seeds.People;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Control;

/// <summary>Makes a workspace of several people, in which places that name them are planted, and tells all of these.</summary>
/// <param name="state">The emulator's state.</param>
/// <param name="seeder">Makes it.</param>
internal sealed class PeoplePlanter(EmulatorState state, Seeder seeder)
{
    /// <summary>Answers <c>POST /people/plant</c>.</summary>
    public async Task HandleAsync(Exchange exchange)
    {
        var body = await exchange.ReadObjectAsync();
        var name = body.Text("workspace") ?? "people-ws";
        if (state.Workspaces.Values.Any(w => w.Name == name))
        {
            throw new ServiceException(400, "BadRequest", $"There is a workspace '{name}' already. Give another name as 'workspace'.");
        }

        if (state.SpareAccounts.IsEmpty)
        {
            throw new ServiceException(400, "BadRequest", "No storage account is left for another workspace.");
        }

        foreach (var (_, person) in PlantedPeople.All)
        {
            state.People.Add(person);
        }

        var first = state.Workspaces.Values.OrderBy(w => w.Created).First();
        var now = DateTimeOffset.UtcNow;
        var workspace = seeder.AddWorkspace(
            first.SubscriptionId, first.ResourceGroup, name, Guid.NewGuid().ToString(), first.Location, now, shape: new WorkspaceShape("Default", null, null, false) { CreatedBy = PlantedPeople.Maria });
        var places = new PlantedPlaces();
        new PlantedRuns(seeder, workspace, places, now, body.Number("hugeBytes") ?? PlantedFiles.HugeBytes).Add();
        new PlantedAssets(seeder, workspace, places, now).Add();
        PlantedFiles.AddOthers(seeder, workspace, places);
        PlantedNotebooks.Add(seeder, workspace, places);
        await seeder.WriteAsync(exchange.Aborted);
        var answer = places.ToJson(state.TenantId);
        answer["workspace"] = workspace.ArmId;
        answer["storageAccount"] = workspace.StorageAccount;
        await exchange.JsonAsync(answer, 201);
    }
}
