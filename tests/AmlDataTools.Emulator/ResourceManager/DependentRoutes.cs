using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.ResourceManager;

/// <summary>
/// The resources a workspace depends on, of other providers: storage account, key vault, insights with its logs, registry. Kept by
/// id; Azure does not compare the case of ids. What is long-running, and what is kept of the deleted, is as their
/// specifications say.
/// </summary>
/// <param name="state">The emulator's state.</param>
internal sealed class DependentRoutes(EmulatorState state)
{
    private const string Route = "/subscriptions/{subscription}/resourceGroups/{group}/providers/{provider}/{type}/{name}";
    private const string Vaults = "/subscriptions/{subscription}/providers/Microsoft.KeyVault/locations/{location}/deletedVaults/{name}";

    /// <summary>Adds the routes.</summary>
    public void Map(RouteTable routes)
    {
        routes.Map("GET", Route, x =>
        {
            Guard(x, "read", WorkspaceRole.Reader);
            return x.JsonAsync(state.Dependents.TryGetValue(Id(x), out var found)
                ? found.DeepClone()
                : throw ArmErrors.ResourceNotFound($"{x["provider"]}/{x["type"]}", x["name"], x["group"]));
        });
        routes.Map("DELETE", Route, x =>
        {
            Guard(x, "delete", WorkspaceRole.Contributor);
            return state.Dependents.ContainsKey(Id(x)) ? DeleteAsync(x) : x.EmptyAsync(204);
        });
        routes.Map("GET", Vaults, x =>
        {
            Guard(x, "deletedVaults/read", WorkspaceRole.Reader);
            return x.JsonAsync(Document(x, Deleted(x)));
        });
        routes.Map("POST", Vaults + "/purge", PurgeAsync);
    }

    private Task DeleteAsync(Exchange x)
    {
        switch (x["provider"].ToUpperInvariant())
        {
            case "MICROSOFT.STORAGE":
                if (state.Kept.Rules(x["name"]).Protections.Any(p => p.LegalHold || p.Until > DateTimeOffset.UtcNow))
                {
                    // Documented: an account with a locked policy or a legal hold is not deleted. Status and code are guesses.
                    throw new ServiceException(409, "AccountProtectedFromDeletion", $"The storage account {x["name"]} cannot be deleted because it has containers with an immutability policy or a legal hold.");
                }

                state.Accounts.TryRemove(x["name"], out _);
                return Gone(x);
            case "MICROSOFT.KEYVAULT":
                Keep(x);
                return Gone(x);
            case "MICROSOFT.CONTAINERREGISTRY":
                return LaterAsync(x, "Location", "operationResults");
            case "MICROSOFT.OPERATIONALINSIGHTS":
                return LaterAsync(x, "Azure-AsyncOperation", "operationStatuses");
            default:
                return Gone(x);
        }
    }

    private Task Gone(Exchange x) => x.EmptyAsync(state.Dependents.TryRemove(Id(x), out _) ? 200 : 204);

    /// <summary>Long-running, in one of Resource Manager's two styles.</summary>
    private Task LaterAsync(Exchange x, string header, string collection)
    {
        var id = Id(x);
        var operation = state.Operations.Add(new Operation(Guid.NewGuid().ToString(), ["InProgress", "Succeeded"], () => state.Dependents.TryRemove(id, out _)));
        x.Http.Response.Headers[header] = $"{state.ResourceManager}/subscriptions/{x["subscription"]}/providers/{x["provider"]}/locations/eastus/{collection}/{operation.Id}?api-version={x.Query("api-version")}";
        return x.EmptyAsync(202);
    }

    private void Keep(Exchange x)
    {
        var vault = state.Dependents[Id(x)];
        var properties = vault["properties"] as JsonObject ?? [];
        if (properties.Truth("enableSoftDelete") != false)
        {
            state.DeletedVaults[x["name"]] = new DeletedVault((JsonObject)vault.DeepClone(), DateTimeOffset.UtcNow, (int)(properties.Number("softDeleteRetentionInDays") ?? 90), properties.Truth("enablePurgeProtection") == true);
        }
    }

    private Task PurgeAsync(Exchange x)
    {
        Guard(x, "locations/deletedVaults/purge/action", WorkspaceRole.Contributor);
        if (Deleted(x).Protected)
        {
            throw new ServiceException(405, "MethodNotAllowed", "Operation 'DeletedVaultPurge' is not allowed.");
        }

        var name = x["name"];
        var operation = state.Operations.Add(new Operation(Guid.NewGuid().ToString(), ["InProgress", "Succeeded"], () => state.DeletedVaults.TryRemove(name, out _)));
        x.Http.Response.Headers.Location = $"{state.ResourceManager}/subscriptions/{x["subscription"]}/providers/Microsoft.KeyVault/locations/{x["location"]}/operationResults/{operation.Id}?api-version={x.Query("api-version")}";
        return x.EmptyAsync(202);
    }

    private DeletedVault Deleted(Exchange x) => state.DeletedVaults.GetValueOrDefault(x["name"])
        ?? throw new ServiceException(404, "DeletedVaultNotFound", $"The specified deleted vault '{x["name"]}' does not exist.");

    private static JsonObject Document(Exchange x, DeletedVault vault) => new()
    {
        ["id"] = $"/subscriptions/{x["subscription"]}/providers/Microsoft.KeyVault/locations/{x["location"]}/deletedVaults/{x["name"]}",
        ["name"] = x["name"],
        ["type"] = "Microsoft.KeyVault/deletedVaults",
        ["properties"] = new JsonObject
        {
            ["vaultId"] = vault.Vault.Text("id"),
            ["location"] = vault.Vault.Text("location"),
            ["deletionDate"] = JsonShape.Time(vault.Deleted),
            ["scheduledPurgeDate"] = JsonShape.Time(vault.Deleted.AddDays(vault.Days)),
            ["purgeProtectionEnabled"] = vault.Protected ? true : null,
        },
    };

    private static string Id(Exchange x) => $"/subscriptions/{x["subscription"]}/resourceGroups/{x["group"]}/providers/{x["provider"]}/{x["type"]}/{x["name"]}";

    private void Guard(Exchange x, string action, WorkspaceRole needed)
    {
        if (x.Caller.Workspace < needed)
        {
            throw ArmErrors.Forbidden(x.Caller.Person.Upn, x.Caller.Person.ObjectId, $"{Provider(x)}/{action}", Exchange.RawTarget(x.Http).Split('?')[0]);
        }

        new LockRules(state).Check(x.Http);
    }

    private static string Provider(Exchange x) => x.Http.Request.Path.Value?.Contains("/deletedVaults/", StringComparison.OrdinalIgnoreCase) == true ? "Microsoft.KeyVault" : $"{x["provider"]}/{x["type"]}";
}
