using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.ResourceManager;

/// <summary>The resources a workspace depends on, of other providers: storage account, key vault, insights, registry. Kept by id; Azure does not compare the case of ids.</summary>
/// <param name="state">The emulator's state.</param>
internal sealed class DependentRoutes(EmulatorState state)
{
    private const string Route = "/subscriptions/{subscription}/resourceGroups/{group}/providers/{provider}/{type}/{name}";

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
            return x.EmptyAsync(state.Dependents.TryRemove(Id(x), out _) ? 200 : 204);
        });
    }

    private static string Id(Exchange x) => $"/subscriptions/{x["subscription"]}/resourceGroups/{x["group"]}/providers/{x["provider"]}/{x["type"]}/{x["name"]}";

    private void Guard(Exchange x, string action, WorkspaceRole needed)
    {
        if (x.Caller.Workspace < needed)
        {
            throw ArmErrors.Forbidden(x.Caller.Person.Upn, x.Caller.Person.ObjectId, $"{x["provider"]}/{x["type"]}/{action}", Id(x));
        }

        new LockRules(state).Check(x.Http);
    }
}
