using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Http;

namespace AmlDataTools.Emulator.Tests;

/// <summary>Management locks, the subscription's allowance of deletes, and what Resource Manager tells of storage.</summary>
public sealed class LockTests(EmulatorFixture emulator) : IClassFixture<EmulatorFixture>
{
    private const string Api = "?api-version=2024-04-01";

    private string Workspace => emulator.Arm + emulator.Workspace;

    [Theory]
    [InlineData("CanNotDelete", "/models/churn-model", 409, 200)]
    [InlineData("ReadOnly", "/models/churn-model/versions/1", 409, 409)]
    [InlineData("CanNotDelete", "", 409, 200)]
    public async Task ALockRefusesInResourceManagersWords(string level, string scope, int delete, int put)
    {
        const string model = "/models/churn-model/versions/1";
        await emulator.ControlAsync("/locks", new JsonObject { ["scope"] = emulator.Workspace + scope, ["level"] = level }.ToJsonString());
        var before = await emulator.StateAsync("sample-ws");
        using var deleted = await emulator.SendAsync("DELETE", Workspace + model + Api);
        Assert.Equal(delete, (int)deleted.StatusCode);
        var error = JsonNode.Parse(await deleted.Content.ReadAsStringAsync())?["error"] as JsonObject ?? [];
        Assert.Equal("ScopeLocked", error.Text("code"));
        Assert.Equal($"The scope '{emulator.Workspace}{model}' cannot perform delete operation because following scope(s) are locked: '{emulator.Workspace}{scope}'. Please remove the lock and try again.", error.Text("message"));
        using var written = await emulator.SendAsync("PUT", Workspace + model + Api, (await emulator.JsonAsync("GET", Workspace + model + Api)).ToJsonString());
        Assert.Equal(put, (int)written.StatusCode);
        Assert.Equal([], StateDifference.Of(before, await emulator.StateAsync("sample-ws")));

        var listed = await emulator.JsonAsync("GET", $"{Workspace}{model}/providers/Microsoft.Authorization/locks?api-version=2016-09-01");
        var one = Assert.Single(listed["value"] as JsonArray ?? []);
        Assert.Equal(level, one?["properties"]?["level"]?.GetValue<string>());
        var elsewhere = await emulator.JsonAsync("GET", $"{Workspace}/computes/cpu-cluster/providers/Microsoft.Authorization/locks?api-version=2016-09-01");
        Assert.Equal(scope.Length == 0 ? 1 : 0, elsewhere["value"]?.AsArray().Count);
        Assert.Equal(1, (await emulator.ControlDeleteAsync("/locks")).Number("removed"));
    }

    /// <summary>Whoever may not do something is told so, locked or not; and locks are for Reader and Contributor to read.</summary>
    [Theory]
    [InlineData("Reader", 403, 200)]
    [InlineData("DataScientist", 409, 403)]
    [InlineData("Contributor", 409, 200)]
    [InlineData("None", 403, 403)]
    public async Task RolesAreCheckedBeforeLocks(string role, int delete, int list)
    {
        const string model = "/models/churn-model/versions/1";
        await emulator.ControlAsync("/locks", new JsonObject { ["scope"] = emulator.Workspace, ["level"] = "CanNotDelete" }.ToJsonString());
        await emulator.ControlAsync("/identity", new JsonObject { ["user"] = "chloe@example.com", ["workspaceRole"] = role }.ToJsonString());
        var token = (await emulator.ControlAsync("/token", """{"audience":"https://management.azure.com","user":"chloe@example.com"}""")).Text("token");
        var before = await emulator.StateAsync("sample-ws");
        using var deleted = await emulator.SendAsync("DELETE", Workspace + model + Api, token: token);
        using var listed = await emulator.SendAsync("GET", $"{Workspace}/providers/Microsoft.Authorization/locks?api-version=2016-09-01", token: token);
        Assert.Equal((delete, list), ((int)deleted.StatusCode, (int)listed.StatusCode));
        Assert.Equal([], StateDifference.Of(before, await emulator.StateAsync("sample-ws")));
        await emulator.ControlAsync("/identity", """{"user":"chloe@example.com","workspaceRole":"Contributor"}""");
        await emulator.ControlDeleteAsync("/locks");
    }

    [Fact]
    public async Task DeletesAreCountedAndRefusedWhenUsedUp()
    {
        await emulator.ControlAsync("/settings", """{"subscriptionDeletes":2,"subscriptionDeletesRefillSeconds":5}""");
        var url = $"{Workspace}/models/never/versions/1{Api}";
        var seen = new List<(int, string, bool)>();
        for (var i = 0; i < 3; i++)
        {
            using var answer = await emulator.SendAsync("DELETE", url);
            seen.Add(((int)answer.StatusCode, answer.Headers.GetValues("x-ms-ratelimit-remaining-subscription-deletes").Single(), answer.Headers.RetryAfter is not null));
        }

        Assert.Equal([(204, "1", false), (204, "0", false), (429, "0", true)], seen);
        await Task.Delay(TimeSpan.FromSeconds(5.1));
        using var again = await emulator.SendAsync("DELETE", url);
        Assert.Equal(204, (int)again.StatusCode);
        await emulator.ControlAsync("/settings", """{"subscriptionDeletes":null}""");
    }

    [Fact]
    public async Task WhatAnAccountKeepsIsToldByResourceManager()
    {
        var account = (await emulator.JsonAsync("GET", Workspace + Api))["properties"]?["storageAccount"]?.GetValue<string>();
        await emulator.ControlAsync("/storage", """{"softDeleteDays":14,"versioning":true,"containerSoftDeleteDays":5,"immutability":{"container":"azureml","until":"2199-01-01T00:00:00Z"}}""");
        var service = (await emulator.JsonAsync("GET", $"{emulator.Arm}{account}/blobServices/default?api-version=2023-01-01"))["properties"];
        Assert.Equal(14, service?["deleteRetentionPolicy"]?["days"]?.GetValue<int>());
        Assert.Equal(5, service?["containerDeleteRetentionPolicy"]?["days"]?.GetValue<int>());
        Assert.True(service?["isVersioningEnabled"]?.GetValue<bool>());
        var container = (await emulator.JsonAsync("GET", $"{emulator.Arm}{account}/blobServices/default/containers/azureml?api-version=2023-01-01"))["properties"];
        Assert.True(container?["hasImmutabilityPolicy"]?.GetValue<bool>());
        Assert.False(container?["hasLegalHold"]?.GetValue<bool>());
        await emulator.ControlAsync("/storage", """{"softDeleteDays":null,"versioning":false,"containerSoftDeleteDays":null,"immutability":null}""");
        service = (await emulator.JsonAsync("GET", $"{emulator.Arm}{account}/blobServices/default?api-version=2023-01-01"))["properties"];
        Assert.False(service?["deleteRetentionPolicy"]?["enabled"]?.GetValue<bool>());
        var all = await emulator.JsonAsync("GET", $"{emulator.Arm}/subscriptions/{emulator["subscriptionId"]}/providers/Microsoft.Storage/storageAccounts?api-version=2023-01-01");
        Assert.Equal(["samplelake", "samplepartnerstore", "samplewsstorage"], (all["value"] as JsonArray ?? []).OfType<JsonObject>().Select(a => a.Text("name")));
    }
}
