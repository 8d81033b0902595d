using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Http;

namespace AmlDataTools.Emulator.Tests;

/// <summary>The first version's services: datasets, datastores, web services, published pipelines.</summary>
public sealed class ClassicTests(EmulatorFixture emulator) : IClassFixture<EmulatorFixture>
{
    private const string Here = "workspaces|sample-ws|classic|";

    private string Datasets => $"{emulator.DataPlane}/dataset/v1.2{emulator.Workspace}/datasets";

    private string Pipelines => $"{emulator.DataPlane}/pipelines/v1.0{emulator.Workspace}";

    [Fact]
    public async Task ADatasetIsUnregisteredByItsNameAndNoOther()
    {
        var known = await emulator.JsonAsync("GET", Datasets + "/customers-2024");
        Assert.Equal("UI/classic/customers-2024.csv", known["latest"]?["dataPath"]?["relativePath"]?.GetValue<string>());
        Assert.Equal("customers-2024", (await emulator.JsonAsync("GET", $"{Datasets}/{known.Text("datasetId")}")).Text("name"));
        await emulator.ControlAsync("/datasets", """{"name":"passing","path":"UI/passing/"}""");
        await emulator.ControlAsync("/datasets", """{"name":"passing-2","path":"UI/passing/"}""");
        var before = await emulator.StateAsync("sample-ws");
        await StatusAsync("DELETE", Datasets + "/passing", 200);
        Assert.Equal(["-" + Here + "datasets/passing"], StateDifference.Of(before, await emulator.StateAsync("sample-ws")));
        await StatusAsync("DELETE", Datasets + "/passing", 404);
        await emulator.ControlDeleteAsync("/datasets", """{"name":"passing-2"}""");
    }

    [Fact]
    public async Task DatasetsArePaged()
    {
        var names = new List<string?>();
        string? token = null;
        do
        {
            var page = await emulator.JsonAsync("GET", $"{Datasets}?pageSize=2{(token is null ? string.Empty : "&continuationToken=" + Uri.EscapeDataString(token))}");
            names.AddRange((page["value"] as JsonArray ?? []).OfType<JsonObject>().Select(d => d.Text("name")));
            token = page.Text("continuationToken");
        }
        while (token is not null);
        Assert.Equal(["customers", "customers-2024", "incoming"], names.Where(n => n?.StartsWith("passing", StringComparison.Ordinal) == false));
    }

    [Fact]
    public async Task AWebServiceIsDeletedByAnOperation()
    {
        var services = $"{emulator.DataPlane}/modelmanagement/v1.0{emulator.Workspace}/services";
        Assert.Equal("ACI", (await emulator.JsonAsync("GET", services + "/credit-aci")).Text("computeType"));
        var before = await emulator.StateAsync("sample-ws");
        using var answer = await emulator.SendAsync("DELETE", services + "/credit-aci");
        Assert.Equal(202, (int)answer.StatusCode);
        var operation = answer.Headers.GetValues("Operation-Location").Single();
        Assert.Equal("Running", (await emulator.JsonAsync("GET", operation)).Text("state"));
        Assert.Equal("Succeeded", (await emulator.JsonAsync("GET", operation)).Text("state"));
        Assert.Equal(["-" + Here + "services/credit-aci"], StateDifference.Of(before, await emulator.StateAsync("sample-ws")));
        await StatusAsync("DELETE", services + "/credit-aci", 204);
    }

    [Fact]
    public async Task PublishedPipelinesAndEndpointsAreDisabledAndEnabled()
    {
        var before = await emulator.StateAsync("sample-ws");
        var active = await ListAsync(Pipelines + "/Pipelines?activeOnly=true");
        var id = Assert.Single(active)?["id"]?.GetValue<string>();
        Assert.Equal(2, (await ListAsync(Pipelines + "/Pipelines?activeOnly=false")).Count);
        await StatusAsync("PUT", $"{Pipelines}/Pipelines/{id}/Status", 200, "\"Disabled\"");
        Assert.Equal("Disabled", (await emulator.JsonAsync("GET", $"{Pipelines}/Pipelines/{id}")).Text("entityStatus"));
        Assert.Equal(["~" + Here + $"pipelines/{id}|archived", "~" + Here + $"pipelines/{id}|hash"], StateDifference.Of(before, await emulator.StateAsync("sample-ws")));
        await StatusAsync("PUT", $"{Pipelines}/Pipelines/{id}/Status?newStatus=Active", 200);
        await StatusAsync("PUT", $"{Pipelines}/Pipelines/{id}/Status?newStatus=Nonsense", 400);

        var endpoint = Assert.Single(await ListAsync(Pipelines + "/PipelineEndpoints?activeOnly=true")) as JsonObject ?? [];
        Assert.Equal(endpoint.Text("id"), (await emulator.JsonAsync("GET", Pipelines + "/PipelineEndpoints/Name/nightly-endpoint")).Text("id"));
        endpoint["entityStatus"] = "Disabled";
        await emulator.JsonAsync("PUT", $"{Pipelines}/PipelineEndpoints/{endpoint.Text("id")}", endpoint.ToJsonString());
        Assert.Empty(await ListAsync(Pipelines + "/PipelineEndpoints?activeOnly=true"));
        endpoint["entityStatus"] = "Active";
        await emulator.JsonAsync("PUT", $"{Pipelines}/PipelineEndpoints/{endpoint.Text("id")}", endpoint.ToJsonString());
        Assert.Equal([], StateDifference.Of(before, await emulator.StateAsync("sample-ws")));
    }

    private async Task<JsonArray> ListAsync(string url)
    {
        using var answer = await emulator.SendAsync("GET", url);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync()) as JsonArray ?? throw new InvalidOperationException("No list.");
    }

    private async Task StatusAsync(string method, string url, int status, string? body = null)
    {
        using var answer = await emulator.SendAsync(method, url, body);
        Assert.Equal(status, (int)answer.StatusCode);
    }
}

/// <summary>The first version's trap: a collection's address deletes everything in it. An emulator of its own.</summary>
public sealed class ClassicTrapTests(EmulatorFixture emulator) : IClassFixture<EmulatorFixture>
{
    [Fact]
    public async Task WithoutANameEverythingIsUnregistered()
    {
        var before = await emulator.StateAsync("sample-ws");
        using var datasets = await emulator.SendAsync("DELETE", $"{emulator.DataPlane}/dataset/v1.2{emulator.Workspace}/datasets");
        using var datastore = await emulator.SendAsync("DELETE", $"{emulator.DataPlane}/datastore/v1.0{emulator.Workspace}/datastores/partner_data");
        Assert.Equal((200, 200), ((int)datasets.StatusCode, (int)datastore.StatusCode));
        var gone = StateDifference.Of(before, await emulator.StateAsync("sample-ws"));
        Assert.Equal(
            [
                "-workspaces|sample-ws|classic|datasets/customers", "-workspaces|sample-ws|classic|datasets/customers-2024", "-workspaces|sample-ws|classic|datasets/incoming",
                "-workspaces|sample-ws|resources|datastores/partner_data",
            ],
            gone.Where(g => g.StartsWith("-workspaces", StringComparison.Ordinal)));
        using var datastores = await emulator.SendAsync("DELETE", $"{emulator.DataPlane}/datastore/v1.0{emulator.Workspace}/datastores/");
        Assert.Equal(200, (int)datastores.StatusCode);
        Assert.DoesNotContain((await emulator.StateAsync("sample-ws"))["workspaces"]?["sample-ws"]?["resources"] as JsonObject ?? [], r => r.Key.StartsWith("datastores/", StringComparison.Ordinal));
    }
}
