using System.Security.Cryptography;
using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.Seeds;
using AmlDataTools.Emulator.State;
using AmlDataTools.Emulator.Storage;

namespace AmlDataTools.Emulator.Control;

/// <summary>What tests ask of the emulator beside the services: tokens, roles, faults, the request log, blobs and runs. Plain http on its own loopback port.</summary>
internal sealed class ControlService
{
    private readonly EmulatorState _state;
    private readonly FaultMiddleware _faults;
    private readonly RequestLog _log;
    private readonly Seeder _seeder;
    private readonly BlobEngine _engine;
    private readonly RouteTable _routes = new();

    /// <summary>The service with all its routes.</summary>
    public ControlService(EmulatorState state, FaultMiddleware faults, RequestLog log, Seeder seeder, BlobEngine engine)
    {
        (_state, _faults, _log, _seeder, _engine) = (state, faults, log, seeder, engine);
        _routes.Map("POST", "/token", TokenAsync);
        _routes.Map("POST", "/identity", IdentityAsync);
        _routes.Map("GET", "/identity", x => x.JsonAsync(new JsonObject { ["people"] = JsonShape.List(state.People.People.Select(Person)) }));
        _routes.Map("POST", "/settings", SettingsAsync);
        _routes.Map("POST", "/faults", FaultAsync);
        _routes.Map("GET", "/faults", x => x.JsonAsync(new JsonObject { ["faults"] = JsonShape.List(faults.Rules.Select(Fault)) }));
        _routes.Map("DELETE", "/faults", x => Remove(x, null));
        _routes.Map("DELETE", "/faults/{id}", x => Remove(x, x["id"]));
        _routes.Map("GET", "/requests", x => x.JsonAsync(log.Since(long.TryParse(x.Query("since"), out var since) ? since : 0)));
        _routes.Map("DELETE", "/requests", x => Cleared(x));
        _routes.Map("POST", "/blobs", BlobAsync);
        var shares = new ShareControl(state);
        _routes.Map("POST", "/files", shares.FilesAsync);
        _routes.Map("POST", "/shares", shares.SharesAsync);
        _routes.Map("POST", "/runs", x => new RunMaker(state, seeder).HandleAsync(x));
        _routes.Map("GET", "/state", new StateDocument(state, engine).HandleAsync);
        new ResourceControl(state, engine).Map(_routes);
        new LeftoverControl(state).Map(_routes);
        _routes.Map("POST", "/workspaces", x => new WorkspaceMaker(state, seeder).HandleAsync(x));
        _routes.Map("POST", "/people/plant", x => new PeoplePlanter(state, seeder).HandleAsync(x));
        _routes.Map("POST", "/workspaces/end", x => new WorkspaceMaker(state, seeder).EndAsync(x));
    }

    /// <summary>Answers a request.</summary>
    public async Task HandleAsync(HttpContext http)
    {
        var handler = _routes.Find(http, out var exchange, out _);
        try
        {
            await (handler ?? throw new ServiceException(404, "NotFound", $"There is no '{http.Request.Method} {http.Request.Path}' here."))(exchange);
        }
        catch (ServiceException e)
        {
            await exchange.JsonAsync(new JsonObject { ["error"] = new JsonObject { ["code"] = e.Code, ["message"] = e.Message } }, e.Status);
        }
    }

    private static JsonObject Fault(FaultRule rule)
    {
        var fault = (JsonObject)rule.Given.DeepClone();
        fault["id"] = rule.Id;
        fault["hits"] = rule.Hits;
        return fault;
    }

    private JsonObject Person(Person person)
    {
        var (workspace, storage) = _state.People.Roles(person);
        return new JsonObject { ["objectId"] = person.ObjectId, ["name"] = person.Name, ["upn"] = person.Upn, ["workspaceRole"] = workspace.ToString(), ["storageRole"] = storage.ToString(), ["registryRole"] = _state.People.RegistryRole(person).ToString() };
    }

    private Person Find(string? who) => who is null ? PeopleDirectory.Ada
        : _state.People.Find(who) ?? throw new ServiceException(400, "BadRequest", $"There is nobody '{who}'. Known: {string.Join(", ", _state.People.People.Select(p => p.Upn))}.");

    private async Task TokenAsync(Exchange exchange)
    {
        var body = await exchange.ReadObjectAsync();
        var audience = body.Text("audience") ?? "https://management.azure.com";
        audience = audience.EndsWith("/.default", StringComparison.Ordinal) ? audience[..^"/.default".Length] : audience;
        var lifetime = TimeSpan.FromSeconds(body.Number("lifetimeSeconds") ?? 3600);
        var now = DateTimeOffset.UtcNow;
        var person = Find(body.Text("user"));
        await exchange.JsonAsync(new JsonObject
        {
            ["token"] = Tokens.Issue(audience, body.Text("tenantId") ?? _state.TenantId, person, now, lifetime),
            ["expiresOn"] = (now + lifetime).ToUnixTimeMilliseconds(),
            ["accountLabel"] = person.Upn,
        });
    }

    private async Task IdentityAsync(Exchange exchange)
    {
        var body = await exchange.ReadObjectAsync();
        var person = Find(body.Text("user"));
        var (workspace, storage) = _state.People.Roles(person);
        _state.People.SetRoles(person, Role(body, "workspaceRole", workspace), Role(body, "storageRole", storage));
        _state.People.SetRegistryRole(person, Role(body, "registryRole", _state.People.RegistryRole(person)));
        await exchange.JsonAsync(Person(person));
    }

    private static T Role<T>(JsonObject body, string name, T before)
        where T : struct, Enum =>
        body.Text(name) is not { } text ? before
            : Enum.TryParse<T>(text, ignoreCase: true, out var role) ? role
            : throw new ServiceException(400, "BadRequest", $"'{text}' is not a {name}. Known: {string.Join(", ", Enum.GetNames<T>())}.");

    private async Task SettingsAsync(Exchange exchange)
    {
        var body = await exchange.ReadObjectAsync();
        var settings = _state.Settings;
        settings.SasLifetime = body.Number("sasLifetimeSeconds") is { } sas ? TimeSpan.FromSeconds(sas) : settings.SasLifetime;
        settings.SignedUrlLifetime = body.Number("signedUrlLifetimeSeconds") is { } url ? TimeSpan.FromSeconds(url) : settings.SignedUrlLifetime;
        settings.JobDeleteRemovesData = body.Truth("jobDeleteRemovesData") ?? settings.JobDeleteRemovesData;
        settings.JobDeleteLeavesChildren = body.Truth("jobDeleteLeavesChildren") ?? settings.JobDeleteLeavesChildren;
        settings.WorkspaceDeletePolls = (int)(body.Number("workspaceDeletePolls") ?? settings.WorkspaceDeletePolls);
        settings.WorkspaceDeleteTimeout = body.Text("workspaceDeleteTimeout") is { } limit ? (limit.Length == 0 ? null : limit) : settings.WorkspaceDeleteTimeout;
        settings.RecursiveDeletePage = (int)(body.Number("recursiveDeletePage") ?? settings.RecursiveDeletePage);
        settings.IndexService = body.Truth("indexService") ?? settings.IndexService;
        if (body["deletesHonoured"] is JsonArray)
        {
            settings.DeletesHonoured.Clear();
            foreach (var kind in body.Texts("deletesHonoured"))
            {
                settings.DeletesHonoured[kind] = true;
            }
        }

        if (body.ContainsKey("subscriptionDeletes"))
        {
            settings.Deletes.Set((int?)body.Number("subscriptionDeletes"), body.Number("subscriptionDeletesRefillSeconds") is { } refill ? TimeSpan.FromSeconds(refill) : null);
        }

        await exchange.JsonAsync(new JsonObject
        {
            ["sasLifetimeSeconds"] = settings.SasLifetime.TotalSeconds,
            ["signedUrlLifetimeSeconds"] = settings.SignedUrlLifetime.TotalSeconds,
            ["jobDeleteRemovesData"] = settings.JobDeleteRemovesData,
            ["jobDeleteLeavesChildren"] = settings.JobDeleteLeavesChildren,
            ["workspaceDeletePolls"] = settings.WorkspaceDeletePolls,
            ["workspaceDeleteTimeout"] = settings.WorkspaceDeleteTimeout,
            ["recursiveDeletePage"] = settings.RecursiveDeletePage,
            ["indexService"] = settings.IndexService,
            ["deletesHonoured"] = JsonShape.List(settings.DeletesHonoured.Keys.Order(StringComparer.Ordinal)),
        });
    }

    private async Task FaultAsync(Exchange exchange)
    {
        var rule = FaultRule.Parse(await exchange.ReadObjectAsync());
        _faults.Add(rule);
        await exchange.JsonAsync(Fault(rule), 201);
    }

    private Task Remove(Exchange exchange, string? id)
    {
        _faults.Remove(id);
        return exchange.EmptyAsync(204);
    }

    private Task Cleared(Exchange exchange)
    {
        _log.Clear();
        return exchange.EmptyAsync(204);
    }

    private async Task BlobAsync(Exchange exchange)
    {
        var body = await exchange.ReadObjectAsync();
        string Needed(string name) => body.Text(name) ?? throw new ServiceException(400, "BadRequest", $"'{name}' is missing.");
        var account = _state.Accounts.GetValueOrDefault(body.Text("account") ?? _state.Workspaces.Values.OrderBy(w => w.Created).First().StorageAccount)
            ?? throw new ServiceException(400, "BadRequest", $"There is no account '{body.Text("account")}'. Known: {string.Join(", ", _state.Accounts.Keys)}.");
        var container = body.Text("container") ?? "azureml";
        if (body.Truth("delete") == true)
        {
            await exchange.JsonAsync(new JsonObject { ["deleted"] = await _engine.DeleteAsync(account, container, Needed("name"), exchange.Aborted) });
            return;
        }

        var file = RunMaker.File(body, Needed("name"));
        await _engine.CreateContainerAsync(account, container, exchange.Aborted);
        var etag = await _seeder.WriteAsync(account, container, file, exchange.Aborted);
        var answer = Describe(file);
        answer["etag"] = etag;
        await exchange.JsonAsync(answer, 201);
    }

    /// <summary>What a test needs to check a file it asked for.</summary>
    public static JsonObject Describe(SeedFile file)
    {
        if (file.Sparse)
        {
            return new JsonObject { ["path"] = file.Path, ["size"] = file.Size };
        }

        string hash;
        if (file.Bytes is { } bytes)
        {
            hash = Convert.ToHexStringLower(SHA256.HashData(bytes.Span));
        }
        else
        {
            using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[64 * 1024];
            for (long at = 0; at < file.Size; at += buffer.Length)
            {
                var span = buffer.AsSpan(0, (int)Math.Min(buffer.Length, file.Size - at));
                Content.Fill(file.Seed, at, span);
                sha.AppendData(span);
            }

            hash = Convert.ToHexStringLower(sha.GetHashAndReset());
        }

        return new JsonObject { ["path"] = file.Path, ["size"] = file.Size, ["sha256"] = hash };
    }
}
