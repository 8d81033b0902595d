using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Http;

namespace AmlDataTools.Emulator.Tests;

/// <summary>The planted people and the index service.</summary>
public sealed class PeopleTests(EmulatorFixture emulator) : IClassFixture<EmulatorFixture>
{
    [Fact]
    public async Task EntitiesAreLikeTheRecordedOnesAndComeInPages()
    {
        var url = $"{emulator.DataPlane}/index/v1.0{emulator.Workspace}/entities";
        var body = """{"filters":[{"field":"type","operator":"eq","values":["runs"]},{"field":"properties/creationContext/createdBy/userObjectId","operator":"eq","values":["11111111-1111-1111-1111-111111111112"]}],"order":[{"field":"properties/creationContext/createdTime","direction":"Desc"}],"pageSize":7}""";
        using (var off = await emulator.SendAsync("POST", url, body))
        {
            Assert.Equal(404, (int)off.StatusCode);
        }

        await emulator.ControlAsync("/settings", """{"indexService":true}""");
        var sample = (JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Samples", "index-crossregion-200.json")))?["response"]?["body"]?["indexEntitiesResponse"] as JsonObject) ?? [];
        var found = new HashSet<string>(StringComparer.Ordinal);
        string? token = null;
        do
        {
            var asked = (JsonObject?)JsonNode.Parse(body) ?? [];
            asked["continuationToken"] = token;
            var page = await emulator.JsonAsync("POST", url, asked.ToJsonString());
            token = page.Text("continuationToken");
            if (token is not null)
            {
                // What entities of a virtual cluster have beside is none of a workspace's.
                var differences = Shape.Differences(sample, page, ["resourceMetricSummary", "jobCost", "runName", "parentRunUuid", "parentRunId", "relationships", "entityContainerIdsToEntityContainerMetadata"]);
                Assert.DoesNotContain(differences, difference => difference.Contains("creationContext", StringComparison.Ordinal) || difference.Contains("runId", StringComparison.Ordinal) || difference.Contains("annotations.tags", StringComparison.Ordinal) || difference.Contains("$.value:", StringComparison.Ordinal));
            }

            foreach (var entity in (page["value"] as JsonArray ?? []).OfType<JsonObject>())
            {
                Assert.Equal("Ben Example", (string?)entity["properties"]?["creationContext"]?["createdBy"]?["userName"]);
                Assert.True(found.Add((string?)entity["properties"]?["runId"] ?? string.Empty));
            }
        }
        while (token is not null);
        Assert.True(found.Count > 7, $"{found.Count} runs");
        using var wrong = await emulator.SendAsync("POST", url, """{"filters":[{"field":"type","operator":"like","values":["runs"]}]}""");
        Assert.Equal(400, (int)wrong.StatusCode);
        await emulator.ControlAsync("/settings", """{"indexService":false}""");
    }

    [Fact]
    public async Task EveryPlantedPlaceIsWhereTheListSaysAndTheSampleStaysAsItIs()
    {
        var before = await emulator.StateAsync("sample-ws");
        var planted = await emulator.ControlAsync("/people/plant", """{"workspace":"planted-ws"}""");
        Assert.Equal(before["workspaces"]?.ToJsonString(), (await emulator.StateAsync("sample-ws"))["workspaces"]?.ToJsonString());
        var workspace = planted.Text("workspace") ?? string.Empty;
        var places = (planted["places"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        Assert.True(places.Count > 80, $"{places.Count} places");
        foreach (var group in places.Where(place => place.Text("kind") is "run" or "asset").GroupBy(place => $"{place.Text("kind")}:{place.Text("path")}"))
        {
            var path = group.Key[(group.Key.IndexOf(':', StringComparison.Ordinal) + 1)..];
            var url = group.Key.StartsWith("run:", StringComparison.Ordinal) ? $"{emulator.DataPlane}/history/v1.0{workspace}/runs/{path}"
                : path.StartsWith("datasets/", StringComparison.Ordinal) ? $"{emulator.DataPlane}/dataset/v1.2{workspace}/{path}"
                : $"{emulator.Arm}{workspace}/{path}?api-version=2024-04-01";
            var document = await emulator.JsonAsync("GET", url);
            foreach (var place in group)
            {
                // As the list names fields: a tag's name may have dots of its own.
                var field = place.Text("field") ?? string.Empty;
                JsonNode? at = document;
                while (field.Length > 0 && at is JsonObject map)
                {
                    var (key, value) = map.Where(p => field == p.Key || field.StartsWith(p.Key + ".", StringComparison.Ordinal)).OrderByDescending(p => p.Key.Length).FirstOrDefault();
                    Assert.True(key is not null, $"{group.Key} has no {place.Text("field")}: {document.ToJsonString()}");
                    (at, field) = (value, field.Length == key.Length ? string.Empty : field[(key.Length + 1)..]);
                }

                var text = Plain((string?)at + " " + place.Text("field"));
                Assert.Contains(Plain(place.Text("value")), text, StringComparison.OrdinalIgnoreCase);
            }
        }
    }

    // Culture data may be missing, and with it the normal forms: these two letters are the only ones that are planted in parts.
    private static string Plain(string? text) => string.Join(' ', (text ?? string.Empty).Replace("u\u0308", "\u00fc", StringComparison.Ordinal).Replace("o\u0308", "\u00f6", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
