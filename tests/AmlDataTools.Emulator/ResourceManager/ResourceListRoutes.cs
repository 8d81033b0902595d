using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.ResourceManager;

/// <summary>
/// Microsoft.Resources as far as it tells what there is: resources of all kinds in a subscription or group, filtered as its
/// specification (2021-04-01) says, and the deployments to a group. And the Application Insights of a subscription.
/// </summary>
/// <param name="state">The emulator's state.</param>
internal sealed partial class ResourceListRoutes(EmulatorState state)
{
    /// <summary>Resources a page [guess]; small enough that several pages can be seen.</summary>
    private const int PageSize = 100;

    private const string Group = "/subscriptions/{subscription}/resourceGroups/{group}";

    /// <summary>Adds the routes.</summary>
    public void Map(RouteTable routes)
    {
        routes.Map("GET", "/subscriptions/{subscription}/resources", x => ListAsync(x, null));
        routes.Map("GET", Group + "/resources", x => ListAsync(x, x["group"]));
        routes.Map("GET", Group + "/providers/Microsoft.Resources/deployments", DeploymentsAsync);
        routes.Map("GET", Group + "/providers/Microsoft.Resources/deployments/{name}", x =>
        {
            Guard(x, "Microsoft.Resources/deployments/read");
            return x.JsonAsync(state.Deployments.GetValueOrDefault(IdOf(x["subscription"], x["group"], x["name"]))?.DeepClone()
                ?? throw new ServiceException(404, "DeploymentNotFound", $"Deployment '{x["name"]}' could not be found.") { FromGateway = true });
        });
        routes.Map("GET", "/subscriptions/{subscription}/providers/Microsoft.Insights/components", x =>
        {
            var all = Visible(x).Where(r => TypeOf(r).Equals("microsoft.insights/components", StringComparison.OrdinalIgnoreCase));
            return PageAsync(x, all.Select(r => (JsonObject)r.DeepClone()));
        });
    }

    /// <summary>The id of a deployment.</summary>
    public static string IdOf(string subscription, string group, string name) => $"/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Resources/deployments/{name}";

    private Task ListAsync(Exchange x, string? group)
    {
        var filter = Filter(x.Query("$filter"));
        var expand = (x.Query("$expand") ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var found = Visible(x).Concat(Workspaces(x))
            .Where(r => group is null || GroupOf(r).Equals(group, StringComparison.OrdinalIgnoreCase)).Where(filter.Fits)
            .OrderBy(r => r.Text("id"), StringComparer.OrdinalIgnoreCase).Select(r => Document(r, expand, filter.ByTag));
        if (x.Query("$top") is { } top)
        {
            found = found.Take(Paging.Count(top, 1000, 1000));
        }

        return PageAsync(x, found);
    }

    private Task PageAsync(Exchange x, IEnumerable<JsonObject> all)
    {
        var (page, next) = ArmService.Page(x, state, all, PageSize);
        var body = new JsonObject { ["value"] = JsonShape.List(page) };
        if (next is not null)
        {
            body["nextLink"] = next;
        }

        return x.JsonAsync(body);
    }

    private Task DeploymentsAsync(Exchange x)
    {
        Guard(x, "Microsoft.Resources/deployments/read");
        var wanted = x.Query("$filter") is { Length: > 0 } filter
            ? StateFilter().Match(filter) is { Success: true } match ? match.Groups[1].Value : throw BadFilter(filter)
            : null;
        var prefix = IdOf(x["subscription"], x["group"], string.Empty);
        var all = state.Deployments.Where(d => d.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)).Select(d => d.Value)
            .Where(d => wanted is null || (d["properties"] as JsonObject)?.Text("provisioningState") == wanted)
            .OrderByDescending(d => (d["properties"] as JsonObject)?.Text("timestamp"), StringComparer.Ordinal);
        return PageAsync(x, all.Take(x.Query("$top") is { } top ? Paging.Count(top, 800, 800) : int.MaxValue).Select(d => (JsonObject)d.DeepClone()));
    }

    private void Guard(Exchange x, string action)
    {
        if (x.Caller.Workspace < WorkspaceRole.Reader)
        {
            throw ArmErrors.Forbidden(x.Caller.Person.Upn, x.Caller.Person.ObjectId, action, Exchange.RawTarget(x.Http).Split('?')[0]);
        }
    }

    /// <summary>Lists show what the caller may read, and are empty for who may read nothing.</summary>
    private IEnumerable<JsonObject> Visible(Exchange x)
    {
        var subscription = state.Subscriptions.Find(s => s.Id.Equals(x["subscription"], StringComparison.OrdinalIgnoreCase))
            ?? throw new ServiceException(404, "SubscriptionNotFound", $"The subscription '{x["subscription"]}' could not be found.") { FromGateway = true };
        return x.Caller.Workspace < WorkspaceRole.Reader ? []
            : state.Dependents.Where(d => d.Key.StartsWith($"/subscriptions/{subscription.Id}/", StringComparison.OrdinalIgnoreCase)).Select(d => d.Value);
    }

    private IEnumerable<JsonObject> Workspaces(Exchange x) => x.Caller.Workspace < WorkspaceRole.Reader ? []
        : state.Workspaces.Values.Where(w => w.SubscriptionId.Equals(x["subscription"], StringComparison.OrdinalIgnoreCase)).Select(w => new JsonObject
        {
            ["id"] = w.ArmId,
            ["name"] = w.Name,
            ["type"] = "Microsoft.MachineLearningServices/workspaces",
            ["location"] = w.Location,
            ["tags"] = JsonShape.Map(w.Tags),
            ["kind"] = w.Kind,
        });

    /// <summary>What every provider's resources have in common, and what was asked for beside; properties are never in it.</summary>
    private JsonObject Document(JsonObject resource, IReadOnlyCollection<string> expand, bool byTag)
    {
        var shown = new JsonObject();
        foreach (var name in new[] { "id", "name", "type", "kind", "location", "managedBy", "sku", "identity" })
        {
            if (resource[name] is { } value)
            {
                shown[name] = value.DeepClone();
            }
        }

        if (!byTag && resource["tags"] is { } tags)
        {
            shown["tags"] = tags.DeepClone();
        }

        var made = state.Made.GetOrAdd(resource.Text("id") ?? string.Empty, _ => DateTimeOffset.UtcNow);
        foreach (var (name, value) in new[] { ("createdTime", JsonShape.Time(made)), ("changedTime", JsonShape.Time(made)), ("provisioningState", (resource["properties"] as JsonObject)?.Text("provisioningState") ?? "Succeeded") })
        {
            if (expand.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                shown[name] = value;
            }
        }

        return shown;
    }

    private static string TypeOf(JsonObject resource) => resource.Text("type") ?? string.Empty;

    private static string GroupOf(JsonObject resource) => resource.Text("id")?.Split('/') is [_, _, _, _, var group, ..] ? group : string.Empty;

    /// <summary>One comparison, as documented; or a tag with its value. Combinations of other properties are not in the documentation and are refused.</summary>
    private static (Func<JsonObject, bool> Fits, bool ByTag) Filter(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return (_ => true, false);
        }

        if (TagFilter().Match(text) is { Success: true } tag)
        {
            var (name, wanted) = (tag.Groups["name"].Value, tag.Groups["value"]);
            return (r => r.TextMap("tags") is var tags && tags.TryGetValue(name, out var value) && (!wanted.Success || value == wanted.Value), true);
        }

        if (Comparison().Match(text) is { Success: true } one)
        {
            var (value, equal) = (one.Groups["value"].Value.Replace("''", "'", StringComparison.Ordinal), one.Groups["operator"].Value.Equals("eq", StringComparison.OrdinalIgnoreCase));
            Func<JsonObject, string> property = one.Groups["property"].Value.ToUpperInvariant() switch
            {
                "RESOURCETYPE" => TypeOf,
                "RESOURCEGROUP" => GroupOf,
                "NAME" => r => r.Text("name") ?? string.Empty,
                _ => r => r.Text("location") ?? string.Empty,
            };
            return (r => property(r).Equals(value, StringComparison.OrdinalIgnoreCase) == equal, false);
        }

        if (Substring().Match(text) is { Success: true } part)
        {
            var value = part.Groups["value"].Value;
            Func<JsonObject, string> property = part.Groups["property"].Value.Equals("name", StringComparison.OrdinalIgnoreCase) ? r => r.Text("name") ?? string.Empty : GroupOf;
            return (r => property(r).Contains(value, StringComparison.OrdinalIgnoreCase), false);
        }

        throw BadFilter(text);
    }

    private static ServiceException BadFilter(string text) => new(400, "InvalidFilterInQueryString", $"Invalid $filter '{text}' specified in the query string.") { FromGateway = true };

    [GeneratedRegex(@"^\s*(?<property>resourceType|resourceGroup|name|location)\s+(?<operator>eq|ne)\s+'(?<value>(?:[^']|'')*)'\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex Comparison();

    [GeneratedRegex(@"^\s*substringof\('(?<value>[^']*)'\s*,\s*(?<property>name|resourceGroup)\)\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex Substring();

    [GeneratedRegex(@"^\s*tagName\s+eq\s+'(?<name>[^']*)'(?:\s+and\s+tagValue\s+eq\s+'(?<value>[^']*)')?\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex TagFilter();

    [GeneratedRegex(@"^\s*provisioningState\s+eq\s+'([^']*)'\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex StateFilter();
}
