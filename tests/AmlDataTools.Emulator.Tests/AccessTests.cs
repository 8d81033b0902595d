using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Http;

namespace AmlDataTools.Emulator.Tests;

/// <summary>Tokens, roles, signatures: each service refuses in its own words.</summary>
public sealed class AccessTests(EmulatorFixture emulator) : IClassFixture<EmulatorFixture>
{
    private const string Api = "?api-version=2024-04-01";

    [Fact]
    public async Task ResourceManagerTellsWhatIsWrongWithAToken()
    {
        foreach (var (token, code) in new[]
        {
            ((string?)null, "AuthenticationFailed"),
            ("nonsense", "InvalidAuthenticationToken"),
            (await TokenAsync("https://management.azure.com", -5), "ExpiredAuthenticationToken"),
            (await TokenAsync("https://storage.azure.com"), "InvalidAuthenticationTokenAudience"),
            (await TokenAsync("https://management.azure.com", tenant: "99999999-9999-9999-9999-999999999999"), "InvalidAuthenticationTokenTenant"),
        })
        {
            using var answer = await emulator.SendAsync("GET", $"{emulator.Arm}/subscriptions{Api}", token: token);
            Assert.Equal(401, (int)answer.StatusCode);
            Assert.Equal(code, (await BodyAsync(answer))?["error"]?["code"]?.GetValue<string>());
            Assert.StartsWith("Bearer authorization_uri=", answer.Headers.WwwAuthenticate.Single().ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("https://management.azure.com", 200)]
    [InlineData("https://management.azure.com/", 200)]
    [InlineData("https://ml.azure.com", 200)]
    [InlineData("https://storage.azure.com", 401)]
    public async Task TheDataPlaneTakesBothAudiences(string audience, int status)
    {
        using var answer = await emulator.SendAsync("POST", $"{emulator.DataPlane}/history/v1.0{emulator.Workspace}/experiments:query", "{}", await TokenAsync(audience));
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task ResourceManagersOwnAddressIsAnAudience()
    {
        using var answer = await emulator.SendAsync("GET", $"{emulator.Arm}/subscriptions{Api}", token: await TokenAsync(emulator.Arm));
        Assert.Equal(200, (int)answer.StatusCode);
    }

    [Fact]
    public async Task StorageWantsItsOwnAudienceAndTime()
    {
        var url = emulator.Blob + "/azureml?restype=container&comp=list&maxresults=1";
        foreach (var (token, status, code) in new[]
        {
            ((string?)null, 401, "NoAuthenticationInformation"),
            (emulator.Token, 401, "InvalidAuthenticationInfo"),
            (await emulator.StorageTokenAsync(lifetimeSeconds: -5), 401, "InvalidAuthenticationInfo"),
            (await emulator.StorageTokenAsync(), 200, null),
        })
        {
            using var answer = await emulator.SendAsync("GET", url, token: token, headers: ("x-ms-version", "2021-08-06"));
            Assert.Equal(status, (int)answer.StatusCode);
            Assert.Equal(code, answer.Headers.TryGetValues("x-ms-error-code", out var values) ? values.Single() : null);
            Assert.Equal(status == 401, answer.Headers.WwwAuthenticate.ToString().Contains("resource_id=https://storage.azure.com", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task AReaderOfTheWorkspaceGetsSignedAddressesButNoSecretsAndNoBlobs()
    {
        await emulator.ControlAsync("/identity", """{"user":"ben@example.com","workspaceRole":"Reader","storageRole":"None"}""");
        var token = await TokenAsync("https://management.azure.com", user: "ben@example.com");
        using var secrets = await emulator.SendAsync("POST", $"{emulator.Arm}{emulator.Workspace}/datastores/workspaceblobstore/listSecrets{Api}", "", token);
        Assert.Equal(403, (int)secrets.StatusCode);
        Assert.Equal("AuthorizationFailed", (await BodyAsync(secrets))?["error"]?["code"]?.GetValue<string>());

        var run = await RunAsync();
        using var direct = await emulator.SendAsync("GET", $"{emulator.Blob}/azureml/ExperimentRun/dcid.{run}/user_logs/std_log.txt", token: await emulator.StorageTokenAsync("ben@example.com"), headers: ("x-ms-version", "2021-08-06"));
        Assert.Equal(403, (int)direct.StatusCode);
        var sample = ShapeTests.Sample("blob-get-403")["response"]?["headers"] as JsonObject ?? [];
        Assert.Equal([], sample.Select(h => h.Key).Except(direct.Headers.Concat(direct.Content.Headers).Select(h => h.Key), StringComparer.OrdinalIgnoreCase));
        Assert.Equal("AuthorizationPermissionMismatch", direct.Headers.GetValues("x-ms-error-code").Single());

        using var info = await emulator.SendAsync("GET", $"{emulator.DataPlane}/artifact/v2.0{emulator.Workspace}/artifacts/ExperimentRun/dcid.{run}/contentinfo?path=user_logs/std_log.txt", token: token);
        var signed = (await BodyAsync(info) as JsonObject)?.Text("contentUri") ?? string.Empty;
        using var read = await emulator.SendAsync("GET", signed, token: null);
        Assert.Equal(200, (int)read.StatusCode);
        Assert.Contains("mango_leaf_3f", await read.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await emulator.ControlAsync("/identity", """{"user":"ben@example.com","workspaceRole":"Contributor","storageRole":"Contributor"}""");
    }

    [Fact]
    public async Task SignedAddressesExpire()
    {
        await emulator.ControlAsync("/settings", """{"signedUrlLifetimeSeconds":-1}""");
        var run = await RunAsync();
        var info = await emulator.JsonAsync("GET", $"{emulator.DataPlane}/artifact/v2.0{emulator.Workspace}/artifacts/ExperimentRun/dcid.{run}/contentinfo?path=user_logs/std_log.txt");
        await emulator.ControlAsync("/settings", """{"signedUrlLifetimeSeconds":3600}""");
        using var read = await emulator.SendAsync("GET", info.Text("contentUri") ?? string.Empty, token: null);
        Assert.Equal(403, (int)read.StatusCode);
        Assert.Equal("AuthenticationFailed", read.Headers.GetValues("x-ms-error-code").Single());
    }

    [Fact]
    public async Task SomeoneWithoutARoleIsRefusedByTheDataPlane()
    {
        await emulator.ControlAsync("/identity", """{"user":"chloe@example.com","workspaceRole":"None"}""");
        using var answer = await emulator.SendAsync("POST", $"{emulator.DataPlane}/history/v1.0{emulator.Workspace}/experiments:query", "{}", await TokenAsync("https://ml.azure.com", user: "chloe@example.com"));
        Assert.Equal(403, (int)answer.StatusCode);
        var body = await BodyAsync(answer);
        Assert.Equal("UserError", body?["error"]?["code"]?.GetValue<string>());
        Assert.NotNull(body?["correlation"]);
        await emulator.ControlAsync("/identity", """{"user":"chloe@example.com","workspaceRole":"Contributor"}""");
    }

    private static async Task<JsonNode?> BodyAsync(HttpResponseMessage answer) => JsonNode.Parse(await answer.Content.ReadAsStringAsync());

    private async Task<string> RunAsync() =>
        ((await emulator.JsonAsync("POST", $"{emulator.DataPlane}/history/v1.0{emulator.Workspace}/experiments/credit-scoring/runs:query", """{"filter":"displayName eq 'mango_leaf_3f'"}"""))["value"]?[0] as JsonObject)?.Text("runId") ?? string.Empty;

    private async Task<string> TokenAsync(string audience, int lifetimeSeconds = 600, string user = "ada@example.com", string? tenant = null) =>
        (await emulator.ControlAsync("/token", new JsonObject { ["audience"] = audience, ["user"] = user, ["lifetimeSeconds"] = lifetimeSeconds, ["tenantId"] = tenant }.ToJsonString())).Text("token") ?? string.Empty;
}
