using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.ResourceManager;

/// <summary>Tenants and subscriptions.</summary>
/// <param name="state">The emulator's state.</param>
internal sealed class SubscriptionRoutes(EmulatorState state)
{
    /// <summary>Adds the routes.</summary>
    public void Map(RouteTable routes)
    {
        routes.Map("GET", "/tenants", x => x.JsonAsync(new JsonObject { ["value"] = JsonShape.List(state.Tenants.Select(Tenant)) }));
        routes.Map("GET", "/subscriptions", x => x.JsonAsync(new JsonObject
        {
            ["value"] = JsonShape.List(state.Subscriptions.Select(Document)),
            ["count"] = new JsonObject { ["type"] = "Total", ["value"] = state.Subscriptions.Count },
        }));
        routes.Map("GET", "/subscriptions/{subscription}", x => x.JsonAsync(Document(Find(x["subscription"]))));
        routes.Map("GET", "/subscriptions/{subscription}/resourceGroups", x => x.JsonAsync(new JsonObject { ["value"] = JsonShape.List(Groups(Find(x["subscription"]))) }));
    }

    private static JsonObject Tenant(string id) => new()
    {
        ["id"] = "/tenants/" + id,
        ["tenantId"] = id,
        ["countryCode"] = "US",
        ["displayName"] = "Contoso",
        ["domains"] = JsonShape.List(["contoso.example.com"]),
        ["tenantCategory"] = "Home",
        ["defaultDomain"] = "contoso.example.com",
        ["tenantType"] = "AAD",
    };

    private static JsonObject Document(Subscription subscription) => new()
    {
        ["id"] = "/subscriptions/" + subscription.Id,
        ["authorizationSource"] = "RoleBased",
        ["managedByTenants"] = new JsonArray(),
        ["subscriptionId"] = subscription.Id,
        ["tenantId"] = subscription.TenantId,
        ["displayName"] = subscription.DisplayName,
        ["state"] = "Enabled",
        ["subscriptionPolicies"] = new JsonObject { ["locationPlacementId"] = "Public_2014-09-01", ["quotaId"] = "EnterpriseAgreement_2014-09-01", ["spendingLimit"] = "Off" },
    };

    private IEnumerable<JsonObject> Groups(Subscription subscription) => state.Workspaces.Values
        .Where(w => w.SubscriptionId == subscription.Id).DistinctBy(w => w.ResourceGroup)
        .Select(w => new JsonObject
        {
            ["id"] = $"/subscriptions/{subscription.Id}/resourceGroups/{w.ResourceGroup}",
            ["name"] = w.ResourceGroup,
            ["type"] = "Microsoft.Resources/resourceGroups",
            ["location"] = w.Location,
            ["properties"] = new JsonObject { ["provisioningState"] = "Succeeded" },
        });

    private Subscription Find(string id) => state.Subscriptions.Find(s => string.Equals(s.Id, id, StringComparison.OrdinalIgnoreCase))
        ?? throw new ServiceException(404, "SubscriptionNotFound", $"The subscription '{id}' could not be found.") { FromGateway = true };
}
