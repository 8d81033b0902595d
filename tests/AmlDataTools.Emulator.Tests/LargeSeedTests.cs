using System.Text.Json.Nodes;
using System.Xml.Linq;
using AmlDataTools.Emulator.Hosting;
using AmlDataTools.Emulator.Http;

namespace AmlDataTools.Emulator.Tests;

/// <summary>An emulator with the large seed.</summary>
public sealed class LargeFixture : EmulatorFixture
{
    private protected override SeedKind Seed => SeedKind.Large;
}

/// <summary>100,000 of each, without storing them.</summary>
public sealed class LargeSeedTests(LargeFixture emulator) : IClassFixture<LargeFixture>
{
    private const string Prefix = "ExperimentRun/dcid.many_files_run/";

    [Fact]
    public async Task AllRunsCanBePaged()
    {
        var seen = new HashSet<string>();
        string? token = null;
        do
        {
            var page = await emulator.JsonAsync("POST", $"{emulator.DataPlane}/history/v1.0{emulator.Workspace}/experiments/bulk/runs:query", new JsonObject { ["top"] = 500, ["continuationToken"] = token }.ToJsonString());
            Assert.All((page["value"] as JsonArray ?? []).OfType<JsonObject>(), r => Assert.True(seen.Add(r.Text("runId") ?? string.Empty)));
            token = page.Text("continuationToken");
        }
        while (token is not null && seen.Count < 5_000);
        Assert.Equal(5_000, seen.Count);
        var last = await emulator.JsonAsync("GET", $"{emulator.DataPlane}/history/v1.0{emulator.Workspace}/runs/bulk_000001");
        Assert.Equal("bulk run 1", last.Text("displayName"));
    }

    [Fact]
    public async Task BlobListAndArtifactListNameTheSame100000()
    {
        var token = await emulator.StorageTokenAsync();
        var listed = new Dictionary<string, long>();
        var marker = string.Empty;
        do
        {
            using var answer = await emulator.SendAsync("GET", $"{emulator.Blob}/azureml?restype=container&comp=list&prefix={Uri.EscapeDataString(Prefix)}&marker={Uri.EscapeDataString(marker)}", token: token, headers: ("x-ms-version", "2021-08-06"));
            var page = XDocument.Parse(await answer.Content.ReadAsStringAsync()).Root ?? new XElement("none");
            foreach (var blob in page.Descendants("Blob"))
            {
                listed.Add(blob.Element("Name")?.Value[Prefix.Length..] ?? string.Empty, long.Parse(blob.Element("Properties")?.Element("Content-Length")?.Value ?? "-1", System.Globalization.CultureInfo.InvariantCulture));
            }

            marker = page.Element("NextMarker")?.Value ?? string.Empty;
        }
        while (marker.Length > 0);
        Assert.Equal(100_000, listed.Count);

        var artifacts = await emulator.JsonAsync("GET", $"{emulator.DataPlane}/artifact/v2.0{emulator.Workspace}/artifacts/ExperimentRun/dcid.many_files_run");
        Assert.All((artifacts["value"] as JsonArray ?? []).OfType<JsonObject>(), a => Assert.Contains(a.Text("path") ?? string.Empty, listed.Keys));
        Assert.NotNull(artifacts.Text("continuationToken"));
        foreach (var (path, size) in listed.Where((_, i) => i % 9973 == 0))
        {
            using var read = await emulator.SendAsync("GET", $"{emulator.Blob}/azureml/{Prefix}{path}", token: token, headers: ("x-ms-version", "2021-08-06"));
            Assert.Equal(size, (await read.Content.ReadAsByteArrayAsync()).Length);
        }
    }

    [Fact]
    public async Task FoldersAreListedAsPrefixesInPages()
    {
        var token = await emulator.StorageTokenAsync();
        var names = new List<string>();
        var marker = string.Empty;
        do
        {
            using var answer = await emulator.SendAsync("GET", $"{emulator.Blob}/azureml?restype=container&comp=list&delimiter=%2F&maxresults=30&prefix={Uri.EscapeDataString(Prefix + "outputs/")}&marker={Uri.EscapeDataString(marker)}", token: token, headers: ("x-ms-version", "2021-08-06"));
            var page = XDocument.Parse(await answer.Content.ReadAsStringAsync()).Root ?? new XElement("none");
            names.AddRange(page.Descendants("BlobPrefix").Select(p => p.Element("Name")?.Value ?? string.Empty));
            marker = page.Element("NextMarker")?.Value ?? string.Empty;
        }
        while (marker.Length > 0);
        Assert.Equal(100, names.Distinct().Count());
        Assert.Equal(100, names.Count);
    }

    [Fact]
    public async Task AComputedBlobKeepsTheRulesOfRangesAndConditions()
    {
        var token = await emulator.StorageTokenAsync();
        var url = $"{emulator.Blob}/azureml/{Prefix}outputs/part-000/";
        using var whole = await emulator.SendAsync("GET", url + "item-0001.bin", token: token);
        var bytes = await whole.Content.ReadAsByteArrayAsync();
        using var part = await emulator.SendAsync("GET", url + "item-0001.bin", token: token, headers: ("x-ms-range", "bytes=13-99"));
        Assert.Equal(206, (int)part.StatusCode);
        Assert.Equal(bytes[13..100], await part.Content.ReadAsByteArrayAsync());
        using var empty = await emulator.SendAsync("GET", url + "item-0000.bin", token: token, headers: ("x-ms-range", "bytes=0-99"));
        Assert.Equal(416, (int)empty.StatusCode);
        using var other = await emulator.SendAsync("GET", url + "item-0001.bin", token: token, headers: ("If-Match", "\"0x8D0\""));
        Assert.Equal(412, (int)other.StatusCode);
        using var none = await emulator.SendAsync("GET", url + "item-9999.bin", token: token);
        Assert.Equal(404, (int)none.StatusCode);
        using var unsigned = await emulator.SendAsync("GET", url + "item-0001.bin?sv=2021-08-06&sr=b&sp=r&se=2099-01-01T00:00:00Z&sig=AAAA", token: null);
        Assert.Equal(403, (int)unsigned.StatusCode);
    }
}
