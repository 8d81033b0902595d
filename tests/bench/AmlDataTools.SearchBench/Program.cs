// How many runs a second are looked through for a person, in pages as run history gives them: by this project, and by reading
// every document with System.Text.Json and comparing every text.
//   FOLDER ROUNDS ID     pages (*.json), measured rounds behind one to warm up, the object id looked for
// Prints one line of JSON: runs, found, and the seconds of processor time of each round of each.
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.PersonalData;
using AmlDataTools.Core.PersonalData.Matching;
using AmlDataTools.Core.PersonalData.Parts;

var pages = Directory.EnumerateFiles(args[0], "*.json").Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToList();
var rounds = int.Parse(args[1], CultureInfo.InvariantCulture);
var workspace = new WorkspaceRef("00000000-0000-0000-0000-000000000001", "sample-rg", "sample-ws", null);
var subject = new Subject(args[2], null, null, null, null);

var answer = new JsonObject
{
    ["ours"] = await MeasureAsync(OursAsync),
    ["documents"] = await MeasureAsync(Documents),
    ["nodes"] = await MeasureAsync(Nodes),
};
Console.WriteLine(answer.ToJsonString());

async Task<JsonObject> MeasureAsync(Func<byte[], Task<(int Runs, int Found)>> look)
{
    var seconds = new JsonArray();
    var (runs, found) = (0, 0);
    for (var round = 0; round <= rounds; round++)
    {
        (runs, found) = (0, 0);
        var before = Environment.CpuUsage.TotalTime;
        foreach (var page in pages)
        {
            var (more, hits) = await look(page).ConfigureAwait(false);
            (runs, found) = (runs + more, found + hits);
        }

        if (round > 0)
        {
            seconds.Add((Environment.CpuUsage.TotalTime - before).TotalSeconds);
        }
    }

    return new JsonObject { ["runs"] = runs, ["found"] = found, ["seconds"] = seconds };
}

async Task<(int Runs, int Found)> OursAsync(byte[] bytes)
{
    using var content = new MemoryStream(bytes);
    using var page = await RawPage.ReadAsync(content, CancellationToken.None).ConfigureAwait(false);
    var decoded = new List<JsonDocument>();
    var found = RunsPart.Runs(new DocumentMatcher(subject), workspace, "bulk", page, decoded).Count;
    decoded.ForEach(document => document.Dispose());
    return (page.Count, found);
}

Task<(int Runs, int Found)> Documents(byte[] bytes)
{
    using var page = JsonDocument.Parse(bytes);
    var (runs, found) = (0, 0);
    foreach (var run in page.RootElement.GetProperty("value").EnumerateArray())
    {
        runs++;
        found += Holds(run) ? 1 : 0;
    }

    return Task.FromResult((runs, found));

    bool Holds(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().Any(member => Holds(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().Any(Holds),
        JsonValueKind.String => element.GetString()?.Contains(args[2], StringComparison.OrdinalIgnoreCase) == true,
        _ => false,
    };
}

Task<(int Runs, int Found)> Nodes(byte[] bytes)
{
    var (runs, found) = (0, 0);
    foreach (var run in JsonNode.Parse(bytes)?["value"] as JsonArray ?? [])
    {
        runs++;
        found += Holds(run) ? 1 : 0;
    }

    return Task.FromResult((runs, found));

    bool Holds(JsonNode? node) => node switch
    {
        JsonObject item => item.Any(member => Holds(member.Value)),
        JsonArray list => list.Any(Holds),
        JsonValue value when value.TryGetValue<string>(out var text) => text.Contains(args[2], StringComparison.OrdinalIgnoreCase),
        _ => false,
    };
}
