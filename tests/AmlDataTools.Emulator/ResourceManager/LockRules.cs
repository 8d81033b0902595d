using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.ResourceManager;

/// <summary>Management locks: their list at any scope, and the refusals they cause: after the caller's role was checked, before a provider sees the request.</summary>
/// <param name="state">The emulator's state.</param>
internal sealed class LockRules(EmulatorState state)
{
    private const string Provider = "/providers/Microsoft.Authorization/locks";

    /// <summary>Whether a path lists the locks of a scope.</summary>
    public static bool Lists(HttpContext http) => HttpMethods.IsGet(http.Request.Method) && Path(http).EndsWith(Provider, StringComparison.OrdinalIgnoreCase);

    /// <summary>Answers the list: locks at the scope, above it and, unless <c>$filter=atScope()</c>, below it.</summary>
    public Task List(Exchange exchange)
    {
        var path = Path(exchange.Http);
        var scope = path[..^Provider.Length];
        if (exchange.Caller.Workspace is WorkspaceRole.None or WorkspaceRole.DataScientist)
        {
            // Reader and Contributor may read everything; AzureML Data Scientist only what is below Microsoft.MachineLearningServices/workspaces.
            throw ArmErrors.Forbidden(exchange.Caller.Person.Upn, exchange.Caller.Person.ObjectId, "Microsoft.Authorization/locks/read", scope);
        }

        var only = exchange.Query("$filter")?.Contains("atScope()", StringComparison.OrdinalIgnoreCase) == true;
        return exchange.JsonAsync(new JsonObject
        {
            ["value"] = JsonShape.List(state.Locks.All.Where(l => l.Covers(scope) || (!only && ManagementLock.Below(l.Scope, scope))).Select(l => new JsonObject
            {
                ["id"] = $"{l.Scope}{Provider}/{l.Name}",
                ["type"] = "Microsoft.Authorization/locks",
                ["name"] = l.Name,
                ["properties"] = new JsonObject { ["level"] = l.Level, ["notes"] = null },
            })),
        });
    }

    /// <summary>Refuses what a lock forbids. The words are Resource Manager's, as public reports show them.</summary>
    /// <exception cref="ServiceException">409.</exception>
    public void Check(HttpContext http)
    {
        var path = Path(http);
        if (state.Locks.Refusing(path, http.Request.Method) is { Count: > 0 } scopes)
        {
            var act = HttpMethods.IsDelete(http.Request.Method) ? "delete" : "write";
            throw new ServiceException(409, "ScopeLocked", $"The scope '{path}' cannot perform {act} operation because following scope(s) are locked: '{string.Join("','", scopes)}'. Please remove the lock and try again.") { FromGateway = true };
        }
    }

    private static string Path(HttpContext http) => Uri.UnescapeDataString(Exchange.RawTarget(http).Split('?')[0]).TrimEnd('/');
}
