using System.Security.Cryptography;
using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Http;

namespace AmlDataTools.Emulator.Tests;

/// <summary>Faults do what was asked, as often as was asked, and the log tells.</summary>
public sealed class FaultTests(EmulatorFixture emulator) : IClassFixture<EmulatorFixture>
{
    [Fact]
    public async Task ACorruptByteIsOneByteAndOnlyOnce()
    {
        var (url, token, bytes) = await MadeAsync();
        await FaultAsync(url, """{"kind":"corrupt","offset":1000}""");
        var wrong = await ReadAsync(url, token);
        Assert.Equal(bytes.Length, wrong.Length);
        Assert.Equal([1000], Enumerable.Range(0, bytes.Length).Where(i => bytes[i] != wrong[i]));
        Assert.Equal(bytes, await ReadAsync(url, token));
    }

    [Fact]
    public async Task ATruncatedAnswerIsShortButWhole()
    {
        var (url, token, bytes) = await MadeAsync();
        await FaultAsync(url, """{"kind":"truncate","bytes":4096}""");
        Assert.Equal(bytes[..4096], await ReadAsync(url, token));
    }

    [Fact]
    public async Task AResetGivesTheBytesBeforeItAndThenFails()
    {
        var (url, token, bytes) = await MadeAsync();
        await FaultAsync(url, """{"kind":"reset","bytes":70000}""");
        using var answer = await emulator.SendAsync("GET", url, token: token, headers: ("x-ms-version", "2021-08-06")).ContinueWith(t => t.IsCompletedSuccessfully ? t.Result : null, TaskScheduler.Default);

        // The client buffers the whole body, so a cut one fails as a whole.
        Assert.Null(answer);

        // The client may see the cut before the emulator has written it down.
        var entry = (await LogAsync(url)).Last();
        for (var patience = 50; entry.Text("fault") is null && patience > 0; patience--)
        {
            await Task.Delay(100);
            entry = (await LogAsync(url)).Last();
        }

        Assert.Equal("Reset", entry.Text("fault"));
        Assert.Equal(70000, entry.Number("bytes"));
        Assert.Equal(bytes, await ReadAsync(url, token));
    }

    [Fact]
    public async Task TheSecondRequestCanBeTheOneThatFails()
    {
        var (url, token, _) = await MadeAsync();
        await emulator.ControlAsync("/faults", new JsonObject
        {
            ["match"] = new JsonObject { ["pathContains"] = new Uri(url).AbsolutePath, ["nth"] = 2, ["method"] = "GET" },
            ["times"] = 2,
            ["action"] = JsonNode.Parse("""{"kind":"status","status":503,"headers":{"Retry-After":"3"}}"""),
        }.ToJsonString());
        var statuses = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            using var answer = await emulator.SendAsync("GET", url, token: token, headers: ("x-ms-version", "2021-08-06"));
            statuses.Add((int)answer.StatusCode);
            Assert.Equal(answer.IsSuccessStatusCode ? null : 3, answer.Headers.RetryAfter?.Delta?.TotalSeconds);
        }

        Assert.Equal([200, 503, 503, 200], statuses);
    }

    [Fact]
    public async Task AnEtagChangeIsAnotherEtagOrARefusedCondition()
    {
        var (url, token, _) = await MadeAsync();
        using var before = await emulator.SendAsync("HEAD", url, token: token, headers: ("x-ms-version", "2021-08-06"));
        await FaultAsync(url, """{"kind":"etagChange"}""", times: 2);
        using var changed = await emulator.SendAsync("HEAD", url, token: token, headers: ("x-ms-version", "2021-08-06"));
        Assert.NotEqual(before.Headers.ETag, changed.Headers.ETag);
        using var refused = await emulator.SendAsync("GET", url, token: token, headers: [("x-ms-version", "2021-08-06"), ("If-Match", before.Headers.ETag?.Tag ?? string.Empty)]);
        Assert.Equal(412, (int)refused.StatusCode);
    }

    [Fact]
    public async Task AReplacedBlobHasAnotherEtag()
    {
        var (url, token, _) = await MadeAsync();
        using var before = await emulator.SendAsync("HEAD", url, token: token, headers: ("x-ms-version", "2021-08-06"));
        var name = Uri.UnescapeDataString(new Uri(url).AbsolutePath["/azureml/".Length..]);
        await emulator.ControlAsync("/blobs", new JsonObject { ["name"] = name, ["text"] = "other" }.ToJsonString());
        using var refused = await emulator.SendAsync("GET", url, token: token, headers: [("x-ms-version", "2021-08-06"), ("If-Match", before.Headers.ETag?.Tag ?? string.Empty)]);
        Assert.Equal(412, (int)refused.StatusCode);
        Assert.Equal("other"u8.ToArray(), await ReadAsync(url, token));
        await emulator.ControlAsync("/blobs", new JsonObject { ["name"] = name, ["delete"] = true }.ToJsonString());
        using var gone = await emulator.SendAsync("GET", url, token: token, headers: ("x-ms-version", "2021-08-06"));
        Assert.Equal(404, (int)gone.StatusCode);
    }

    [Fact]
    public async Task AnExpiredTokenIsRefusedInEachServicesWords()
    {
        var (url, token, _) = await MadeAsync();
        await FaultAsync(url, """{"kind":"tokenExpired"}""");
        using var storage = await emulator.SendAsync("GET", url, token: token, headers: ("x-ms-version", "2021-08-06"));
        Assert.Equal(401, (int)storage.StatusCode);
        Assert.Equal("InvalidAuthenticationInfo", storage.Headers.GetValues("x-ms-error-code").Single());
        await emulator.ControlAsync("/faults", """{"match":{"pathContains":"/tenants"},"action":{"kind":"tokenExpired"}}""");
        using var arm = await emulator.SendAsync("GET", emulator.Arm + "/tenants?api-version=2022-12-01");
        Assert.Equal(401, (int)arm.StatusCode);
        Assert.Contains("ExpiredAuthenticationToken", await arm.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheLogHasRangesAndNoSecrets()
    {
        var (url, token, _) = await MadeAsync();
        using var ranged = await emulator.SendAsync("GET", url, token: token, headers: [("x-ms-version", "2021-08-06"), ("x-ms-range", "bytes=5-14")]);
        using var signed = await emulator.SendAsync("GET", url + "?sv=2021-08-06&sr=b&sp=r&sig=VERYSECRET%3D", token: null);
        var log = (await LogAsync(url)).ToList();
        Assert.Equal("bytes=5-14", log[^2].Text("range"));
        Assert.Equal(10, log[^2].Number("bytes"));
        Assert.Equal("Sas", log[^1].Text("access"));
        Assert.DoesNotContain("VERYSECRET", string.Concat(log.Select(e => e.ToJsonString())), StringComparison.Ordinal);
        Assert.DoesNotContain(token[..20], string.Concat(log.Select(e => e.ToJsonString())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFaultWithoutAKindIsRefused()
    {
        using var http = new HttpClient();
        using var answer = await http.PostAsync(emulator["controlUrl"] + "/faults", new StringContent("""{"action":{"kind":"explode"}}"""));
        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Contains("etagChange", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<(string Url, string Token, byte[] Bytes)> MadeAsync()
    {
        var made = (await emulator.ControlAsync("/runs", """{"experiment":"faults","files":[{"path":"outputs/data.bin","size":300000}]}"""))["runs"]?[0] as JsonObject ?? [];
        var url = $"{emulator.Blob}/azureml/ExperimentRun/{made.Text("dataContainerId")}/outputs/data.bin";
        var token = await emulator.StorageTokenAsync();
        var bytes = await ReadAsync(url, token);
        Assert.Equal((made["files"]?[0] as JsonObject)?.Text("sha256"), Convert.ToHexStringLower(SHA256.HashData(bytes)));
        return (url, token, bytes);
    }

    private Task<JsonObject> FaultAsync(string url, string action, int times = 1) => emulator.ControlAsync("/faults", new JsonObject
    {
        ["match"] = new JsonObject { ["pathContains"] = new Uri(url).AbsolutePath },
        ["times"] = times,
        ["action"] = JsonNode.Parse(action),
    }.ToJsonString());

    private async Task<byte[]> ReadAsync(string url, string token)
    {
        using var answer = await emulator.SendAsync("GET", url, token: token, headers: ("x-ms-version", "2021-08-06"));
        Assert.True(answer.IsSuccessStatusCode, answer.StatusCode.ToString());
        return await answer.Content.ReadAsByteArrayAsync();
    }

    private async Task<IEnumerable<JsonObject>> LogAsync(string url)
    {
        using var http = new HttpClient();
        var log = JsonNode.Parse(await http.GetStringAsync(emulator["controlUrl"] + "/requests")) as JsonObject ?? [];
        return (log["requests"] as JsonArray ?? []).OfType<JsonObject>().Where(r => r.Text("path") == new Uri(url).AbsolutePath);
    }
}
