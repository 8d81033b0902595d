using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AmlDataTools.Server.Tests.Exports;

/// <summary>Folders of a test: the sidecar's own, and the one exported to. Gone afterwards.</summary>
internal sealed class TestFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("amldt-exports-").FullName;

    public string Storage => Path.Combine(Root, "storage");

    public string Logs => Path.Combine(Root, "logs");

    public string Out => Path.Combine(Root, "out");

    public string JournalOf(string id) => Path.Combine(Storage, "operations", id, "journal.jsonl");

    /// <summary>Where unfinished files of an operation lie.</summary>
    public string StagingOf(string id) => Path.Combine(Out, $".aml-data-tools-{id}");

    /// <summary>Complete lines of a journal so far.</summary>
    public IReadOnlyList<JsonObject> Lines(string id)
    {
        var path = JournalOf(id);
        if (!File.Exists(path))
        {
            return [];
        }

        using var file = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var text = file.ReadToEnd();
        return [.. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)).OfType<JsonObject>()];
    }

    /// <summary>That the files of a run lie in a folder with every byte right, and nothing else but receipts.</summary>
    public void AssertExactly(MadeRun run, string? under = null)
    {
        var folder = Path.Combine(Out, under ?? run.RunId);
        AssertFiles(run.Files, folder);
        var wanted = run.Files.Select(f => f.Path).Concat(["export-receipt.json", "export-receipt.md"]).Order(StringComparer.Ordinal);
        var found = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/')).Order(StringComparer.Ordinal);
        Assert.Equal(wanted, found);
        Assert.Empty(Directory.EnumerateDirectories(Out, ".aml-data-tools-*"));
        Secrets.AssertNone(File.ReadAllText(Path.Combine(folder, "export-receipt.json")), "the copy of the receipt");
    }

    public static void AssertFiles(IEnumerable<MadeFile> files, string folder)
    {
        foreach (var file in files)
        {
            var path = Path.Combine(folder, file.Path);
            Assert.True(File.Exists(path), $"{file.Path} is missing.");
            using var stream = File.OpenRead(path);
            Assert.Equal((file.Path, file.Size, file.Sha256), (file.Path, stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream))));
        }
    }

    public void Dispose()
    {
        // What was written down must never hold a secret, whatever the test was about.
        foreach (var file in new[] { Storage, Logs }.Where(Directory.Exists).SelectMany(f => Directory.EnumerateFiles(f, "*", SearchOption.AllDirectories)))
        {
            Secrets.AssertNone(File.ReadAllText(file), Path.GetFileName(file));
        }

        Directory.Delete(Root, recursive: true);
    }
}

/// <summary>Looks for secrets where none may be.</summary>
internal static partial class Secrets
{
    public static void AssertNone(string text, string where = "")
    {
        var found = Secret().Match(text);
        Assert.False(found.Success, $"A secret stands in {where}: {found.Value}");
    }

    /// <summary>Signatures, account keys, and tokens by their header, which always begins so.</summary>
    [GeneratedRegex(@"sig=[A-Za-z0-9%+/]{6,}|AccountKey=\S+|SharedKey \S+:\S+|Bearer [A-Za-z0-9]\S{15,}|eyJ[A-Za-z0-9_-]{10,}|[A-Za-z0-9+/]{86}==")]
    private static partial Regex Secret();
}

/// <summary>The search itself is tried, else it would prove nothing.</summary>
public sealed class SecretsTests
{
    [Theory]
    [InlineData("https://a.blob.core.windows.net/c/b?sv=2024&sig=abc%2Bdef%3D")]
    [InlineData("DefaultEndpointsProtocol=https;AccountKey=abc")]
    [InlineData("Authorization: SharedKey account:abcdef")]
    [InlineData("Bearer eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.e30.x")]
    [InlineData("\"Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==\"")]
    public void A_secret_is_seen(string text) => Assert.ThrowsAny<Exception>(() => Secrets.AssertNone(text));

    [Theory]
    [InlineData("https://a.blob.core.windows.net/c/b?sv=2024&sig=***")]
    [InlineData("account key of the datastore; Bearer ***")]
    public void What_is_blacked_out_is_not(string text) => Secrets.AssertNone(text);
}

/// <summary>A receipt as it stands on disk.</summary>
internal sealed class Receipt
{
    public Receipt(string jsonPath, string markdownPath)
    {
        Json = JsonNode.Parse(File.ReadAllText(jsonPath)) as JsonObject ?? throw new InvalidDataException("The receipt is no object.");
        Markdown = File.ReadAllText(markdownPath);
        Items = [.. (Json["items"] as JsonArray ?? []).OfType<JsonObject>().Select(i => new ReceiptItem(
            Text(i, "name"), Text(i, "path"), Text(i, "outcome"), (long?)i["bytes"] ?? 0, (string?)i["sha256"], (string?)i["md5"], (string?)i["etag"], (string?)i["access"], (string?)i["code"]))];
        Secrets.AssertNone(Json.ToJsonString() + Markdown, "the receipt");

        // found = done + skipped + failed, always, and the items say the same as the totals.
        Assert.Equal(Found, Done + Skipped + Failed);
        Assert.Equal((Found, Done, Skipped, Failed), (Items.Count, Count("done"), Count("skipped"), Count("failed")));
    }

    public JsonObject Json { get; }

    public string Markdown { get; }

    public IReadOnlyList<ReceiptItem> Items { get; }

    public string State => Text(Json, "state");

    public string? ErrorCode => (string?)Json["errorCode"];

    public long Found => Total("found");

    public long Done => Total("done");

    public long Skipped => Total("skipped");

    public long Failed => Total("failed");

    public IReadOnlyList<string> Access => [.. (Json["totals"]?["access"] as JsonArray ?? []).Select(a => (string?)a ?? string.Empty)];

    /// <summary>The item of a blob whose name ends so.</summary>
    public ReceiptItem Of(string name) => Items.Single(i => i.Name.EndsWith("/" + name, StringComparison.Ordinal));

    public void AssertTotals(long done, long skipped = 0, long failed = 0) =>
        Assert.Equal((done + skipped + failed, done, skipped, failed), (Found, Done, Skipped, Failed));

    private long Total(string name) => (long?)Json["totals"]?[name] ?? -1;

    private long Count(string outcome) => Items.Count(i => i.Outcome == outcome);

    private static string Text(JsonObject json, string name) => (string?)json[name] ?? string.Empty;
}

/// <summary>An item of a receipt.</summary>
internal sealed record ReceiptItem(
    string Name, string Path, string Outcome, long Bytes, string? Sha256, string? Md5, string? ETag, string? Access, string? Code);
