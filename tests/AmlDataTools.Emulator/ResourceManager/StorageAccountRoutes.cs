using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;
using AmlDataTools.Emulator.Storage;

namespace AmlDataTools.Emulator.ResourceManager;

/// <summary>Microsoft.Storage as far as it tells what an account keeps: the account, its blob service and its containers. Keys of the documents as Microsoft's specification of 2023-01-01 names them.</summary>
/// <param name="state">The emulator's state.</param>
/// <param name="engine">Azurite.</param>
internal sealed class StorageAccountRoutes(EmulatorState state, BlobEngine engine)
{
    private const string Group = "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Storage/storageAccounts";

    /// <summary>Adds the routes.</summary>
    public void Map(RouteTable routes)
    {
        routes.Map("GET", "/subscriptions/{subscription}/providers/Microsoft.Storage/storageAccounts", x => List(x, null));
        routes.Map("GET", Group, x => List(x, x["group"]));
        routes.Map("GET", Group + "/{name}", x => x.JsonAsync(Document(Find(x, "read"))));
        routes.Map("POST", Group + "/{name}/listKeys", x =>
        {
            Guard(x, WorkspaceRole.Contributor, "listKeys/action");
            var key = Find(x, "listKeys/action").Key;
            return x.JsonAsync(new JsonObject { ["keys"] = JsonShape.List(new[] { "key1", "key2" }.Select(n => new JsonObject { ["keyName"] = n, ["value"] = key, ["permissions"] = "FULL" })) });
        });
        routes.Map("GET", Group + "/{name}/blobServices/default", x => x.JsonAsync(Service(Find(x, "blobServices/read"))));
        routes.Map("GET", Group + "/{name}/blobServices/default/containers", ContainersAsync);
        routes.Map("GET", Group + "/{name}/blobServices/default/containers/{container}", ContainerAsync);
    }

    private void Guard(Exchange x, WorkspaceRole needed, string action)
    {
        if (x.Caller.Workspace < needed)
        {
            throw ArmErrors.Forbidden(x.Caller.Person.Upn, x.Caller.Person.ObjectId, "Microsoft.Storage/storageAccounts/" + action, Id(x["subscription"], x["group"], x["name"]));
        }

        new LockRules(state).Check(x.Http);
    }

    private static string Id(string subscription, string group, string name) => $"/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Storage/storageAccounts/{name}";

    private static string Id(StorageAccount account) => Id(account.SubscriptionId, account.ResourceGroup, account.Name);

    private StorageAccount Find(Exchange x, string action)
    {
        Guard(x, WorkspaceRole.Reader, action);
        return state.Accounts.GetValueOrDefault(x["name"]) is { } account && state.Dependents.ContainsKey(Id(x["subscription"], x["group"], x["name"]))
            ? account
            : throw ArmErrors.ResourceNotFound("Microsoft.Storage/storageAccounts", x["name"], x["group"]);
    }

    private Task List(Exchange x, string? group) => x.JsonAsync(new JsonObject
    {
        ["value"] = JsonShape.List(x.Caller.Workspace < WorkspaceRole.Reader ? [] : state.Accounts.Values
            .Where(a => string.Equals(a.SubscriptionId, x["subscription"], StringComparison.OrdinalIgnoreCase)
                && (group is null || string.Equals(a.ResourceGroup, group, StringComparison.OrdinalIgnoreCase)) && state.Dependents.ContainsKey(Id(a)))
            .OrderBy(a => a.Name, StringComparer.Ordinal).Select(Document)),
    });

    private JsonObject Document(StorageAccount account)
    {
        var document = state.Dependents.TryGetValue(Id(account), out var found) ? (JsonObject)found.DeepClone() : [];
        document["sku"] = new JsonObject { ["name"] = "Standard_LRS", ["tier"] = "Standard" };
        document["kind"] = "StorageV2";
        return document;
    }

    private JsonObject Service(StorageAccount account)
    {
        var rules = state.Kept.Rules(account.Name);
        JsonObject Retention(int? days) => days is null
            ? new JsonObject { ["enabled"] = false }
            : new JsonObject { ["enabled"] = true, ["days"] = days };
        var blobs = Retention(rules.SoftDeleteDays);
        blobs["allowPermanentDelete"] = rules.PermanentDelete;
        return new JsonObject
        {
            ["sku"] = new JsonObject { ["name"] = "Standard_LRS", ["tier"] = "Standard" },
            ["id"] = Id(account) + "/blobServices/default",
            ["name"] = "default",
            ["type"] = "Microsoft.Storage/storageAccounts/blobServices",
            ["properties"] = new JsonObject
            {
                ["cors"] = new JsonObject { ["corsRules"] = new JsonArray() },
                ["deleteRetentionPolicy"] = blobs,
                ["isVersioningEnabled"] = rules.Versioning,
                ["containerDeleteRetentionPolicy"] = Retention(rules.ContainerSoftDeleteDays),
                ["changeFeed"] = new JsonObject { ["enabled"] = false },
                ["restorePolicy"] = new JsonObject { ["enabled"] = false },
            },
        };
    }

    /// <summary>Containers by name; <c>$filter</c> is the beginning of names, <c>$maxpagesize</c> how many a page has.</summary>
    private async Task ContainersAsync(Exchange x)
    {
        Guard(x, WorkspaceRole.Reader, "blobServices/containers/read");
        var id = Id(x["subscription"], x["group"], x["name"]);
        var names = state.ToldContainers.TryGetValue(id, out var told) && state.Dependents.ContainsKey(id) ? told
            : (await engine.ContainersAsync(Find(x, "blobServices/containers/read"), x.Aborted)).Where(name => name != KeptBlobs.Shadow);
        var (page, next) = ArmService.Page(
            x, state, names.Where(name => name.StartsWith(x.Query("$filter") ?? string.Empty, StringComparison.Ordinal)).Order(StringComparer.Ordinal), Paging.Count(x.Query("$maxpagesize"), 5000, 5000));
        var body = new JsonObject
        {
            ["value"] = JsonShape.List(page.Select(name => new JsonObject
            {
                ["id"] = $"{id}/blobServices/default/containers/{name}",
                ["name"] = name,
                ["type"] = "Microsoft.Storage/storageAccounts/blobServices/containers",
                ["etag"] = "\"0x8D589847D51C7DE\"",
                ["properties"] = new JsonObject { ["publicAccess"] = "None", ["leaseStatus"] = "Unlocked", ["leaseState"] = "Available", ["hasImmutabilityPolicy"] = false, ["hasLegalHold"] = false },
            })),
        };
        if (next is not null)
        {
            body["nextLink"] = next;
        }

        await x.JsonAsync(body);
    }

    private async Task ContainerAsync(Exchange x)
    {
        var account = Find(x, "blobServices/containers/read");
        var name = x["container"];
        using var answer = await engine.CallAsync(account, HttpMethod.Head, $"/{Uri.EscapeDataString(name)}?restype=container", null, [], x.Aborted);
        if (!answer.IsSuccessStatusCode || name == KeptBlobs.Shadow)
        {
            throw new ServiceException(404, "ContainerNotFound", "The specified container does not exist.") { FromGateway = true };
        }

        var rules = state.Kept.Rules(account.Name);
        var now = DateTimeOffset.UtcNow;
        var policy = rules.Protections.Where(p => p.Container == name && p.Name.Length == 0 && p.Until > now).MaxBy(p => p.Until);
        var hold = rules.Protections.Any(p => p.Container == name && p.Name.Length == 0 && p.LegalHold);
        var properties = new JsonObject
        {
            ["deleted"] = false,
            ["remainingRetentionDays"] = 0,
            ["defaultEncryptionScope"] = "$account-encryption-key",
            ["denyEncryptionScopeOverride"] = false,
            ["publicAccess"] = "None",
            ["leaseStatus"] = "Unlocked",
            ["leaseState"] = "Available",
            ["lastModifiedTime"] = answer.Content.Headers.LastModified is { } modified ? JsonShape.Time(modified) : null,
            ["hasImmutabilityPolicy"] = policy is not null,
            ["hasLegalHold"] = hold,
            ["legalHold"] = new JsonObject { ["hasLegalHold"] = hold, ["tags"] = new JsonArray() },
            ["immutableStorageWithVersioning"] = new JsonObject { ["enabled"] = rules.Protections.Any(p => p.Container == name && p.Name.Length > 0) },
        };
        if (policy?.Until is { } until)
        {
            properties["immutabilityPolicy"] = new JsonObject
            {
                ["etag"] = "\"8d59f830cb0f4c0\"",
                ["properties"] = new JsonObject { ["immutabilityPeriodSinceCreationInDays"] = (int)Math.Ceiling((until - now).TotalDays), ["state"] = "Locked" },
                ["updateHistory"] = new JsonArray(),
            };
        }

        await x.JsonAsync(new JsonObject
        {
            ["id"] = $"{Id(account)}/blobServices/default/containers/{name}",
            ["name"] = name,
            ["type"] = "Microsoft.Storage/storageAccounts/blobServices/containers",
            ["etag"] = answer.Headers.ETag?.Tag,
            ["properties"] = properties,
        });
    }
}
