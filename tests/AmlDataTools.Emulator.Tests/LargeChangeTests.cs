using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Http;

namespace AmlDataTools.Emulator.Tests;

/// <summary>Changes to computed runs and blobs are kept, although nothing of them is stored.</summary>
public sealed class LargeChangeTests(LargeFixture emulator) : IClassFixture<LargeFixture>
{
    private const string Api = "?api-version=2024-04-01";
    private const string Prefix = "ExperimentRun/dcid.many_files_run/";

    [Fact]
    public async Task AComputedRunIsArchivedAndDeletedAndOnlyThatShows()
    {
        var before = await emulator.StateAsync("sample-ws");
        var url = $"{emulator.Arm}{emulator.Workspace}/jobs/bulk_000777{Api}";
        var job = await emulator.JsonAsync("GET", url);
        (job["properties"] as JsonObject ?? [])["isArchived"] = true;
        await emulator.JsonAsync("PUT", url, job.ToJsonString());
        using var deleted = await emulator.SendAsync("DELETE", $"{emulator.Arm}{emulator.Workspace}/jobs/bulk_000778{Api}");
        Assert.Equal(202, (int)deleted.StatusCode);
        for (var i = 0; i < 2; i++)
        {
            using var poll = await emulator.SendAsync("GET", deleted.Headers.Location?.ToString() ?? string.Empty);
        }

        Assert.Equal(["+workspaces|sample-ws|runs|bulk_000777", "+workspaces|sample-ws|runs|bulk_000778"], StateDifference.Of(before, await emulator.StateAsync("sample-ws")));
        Assert.True((await emulator.JsonAsync("GET", $"{emulator.DataPlane}/history/v1.0{emulator.Workspace}/runs/bulk_000777")).Truth("hidden"));
        using var gone = await emulator.SendAsync("GET", url.Replace("777", "778", StringComparison.Ordinal));
        Assert.Equal(404, (int)gone.StatusCode);
    }

    [Fact]
    public async Task ComputedBlobsAreDeletedInBatchesAndNotListedAnyMore()
    {
        var token = await emulator.StorageTokenAsync();
        var watch = Stopwatch.StartNew();
        for (var batch = 0; batch < 4; batch++)
        {
            var body = new StringBuilder();
            for (var i = 0; i < 250; i++)
            {
                body.Append(System.Globalization.CultureInfo.InvariantCulture, $"--b\r\nContent-Type: application/http\r\nContent-ID: {i}\r\n\r\nDELETE /azureml/{Prefix}outputs/part-00{batch}/item-{i:0000}.bin HTTP/1.1\r\nAuthorization: Bearer {token}\r\nIf-Match: *\r\n\r\n");
            }

            using var request = await emulator.SendAsync("POST", emulator.Blob + "/?comp=batch", body + "--b--\r\n", token, ("x-ms-version", "2021-08-06"), ("Content-Type", "multipart/mixed; boundary=b"));
            var text = await request.Content.ReadAsStringAsync();
            Assert.True(request.StatusCode == System.Net.HttpStatusCode.Accepted, text);
            Assert.Equal(250, text.Split("HTTP/1.1 202").Length - 1);
        }

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(120), watch.Elapsed.ToString());
        using var page = await emulator.SendAsync("GET", $"{emulator.Blob}/azureml?restype=container&comp=list&maxresults=1&prefix={Uri.EscapeDataString(Prefix)}", token: token, headers: ("x-ms-version", "2021-08-06"));
        Assert.Contains("part-000/item-0250.bin", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var read = await emulator.SendAsync("HEAD", $"{emulator.Blob}/azureml/{Prefix}outputs/part-000/item-0000.bin", token: token, headers: ("x-ms-version", "2021-08-06"));
        Assert.Equal(404, (int)read.StatusCode);
        var removed = (await emulator.StateAsync("sample-ws"))["storage"]?["samplewsstorage"]?["containers"]?["azureml"]?["removedComputed"]?.AsArray();
        Assert.Equal(1000, removed?.Count);
    }
}
