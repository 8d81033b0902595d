using System.IO.Compression;
using System.Net;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Tests.Transfer;
using AmlDataTools.Core.Transfer;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace AmlDataTools.Core.Tests.Zips;

/// <summary>Whole exports to a zip, read back by others.</summary>
public sealed class ZipExportTests : IAsyncDisposable
{
    private static readonly string[] s_receipts = ["run/export-receipt.json", "run/export-receipt.md"];

    private readonly ZipWorld _world = new();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Everything_becomes_an_entry_with_its_bytes_and_its_time()
    {
        TransferItem[] items =
        [
            _world.File(0, "empty", 0),
            _world.File(1, "one", 1),
            _world.File(2, "ü ñ/日本語 100%.bin", 999),
            _world.File(3, "range", 1000),
            _world.File(4, "more", 1001),
            _world.File(5, "large", 123_456),
            new(6, TransferKind.Folder, "s0", "logs/", "run/logs", null, null, null, null, null),
            _world.File(7, "document", 4000) with { Kind = TransferKind.Document, Length = null, ETag = null, Md5 = null },
            _world.File(8, new string('n', 240), 10, $"run/{string.Join('/', Enumerable.Repeat(new string('x', 200), 10))}/{new string('n', 240)}"),
            new(9, TransferKind.Summary, "s0", "summary", "run/summary.txt", null, null, null, null, null) { From = 0 },
        ];
        var view = await _world.RunAsync(_world.Plan(items));
        Assert.Equal((OperationState.Succeeded, 10, "run.zip"), (view.Status.State, view.Status.Done, view.Status.File));
        var zip = _world.Zip(view);
        Assert.Equal([zip], Directory.EnumerateFileSystemEntries(_world.Out));
        var read = ZipReaders.Read(zip);
        foreach (var item in items.Where(i => i.Kind is TransferKind.File or TransferKind.Document))
        {
            Assert.Equal(ZipWorld.Bytes(item.Name, (int)(item.Length ?? 4000)), read[item.Path]);
        }

        Assert.Empty(read["run/logs/"]);
        Assert.Contains($"Done run/large {ZipReaders.Sha(read["run/large"])}\n", System.Text.Encoding.UTF8.GetString(read["run/summary.txt"]), StringComparison.Ordinal);
        Assert.Equal(items.Select(i => i.Kind == TransferKind.Folder ? i.Path + "/" : i.Path).Concat(s_receipts).Order(StringComparer.Ordinal), read.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(await File.ReadAllBytesAsync(_world.Store.ReceiptOf(view.Plan.Id).Json), read["run/export-receipt.json"]);
        Assert.Equal("run.zip", (string?)_world.Receipt(view.Plan.Id)["zip"]);
        using var archive = ZipFile.OpenRead(zip);
        Assert.Equal(FakeBlobs.LastModified.UtcDateTime.AddSeconds(-1), archive.GetEntry("run/large")?.LastWriteTime.DateTime);
        Assert.Equal(FakeBlobs.LastModified.UtcDateTime.AddSeconds(-1), archive.GetEntry("run/one")?.LastWriteTime.DateTime);
    }

    [Fact]
    public async Task A_bag_in_a_zip_lies_in_one_folder_with_its_manifests()
    {
        TransferItem[] items = [_world.File(0, "a", 2500), _world.File(1, "b/c", 7), new(2, TransferKind.Folder, "s0", "e/", "run/e", null, null, null, null, null)];
        var view = await _world.RunAsync(_world.Plan(items), ExportFormat.BagZip);
        var read = ZipReaders.Read(_world.Zip(view));
        Assert.Equal(
            ["run/bag-info.txt", "run/bagit.txt", "run/data/", "run/data/a", "run/data/b/c", "run/data/e/", "run/export-receipt.json", "run/export-receipt.md", "run/manifest-sha256.txt", "run/tagmanifest-sha256.txt"],
            read.Keys.Order(StringComparer.Ordinal));
        Assert.Equal($"{ZipReaders.Sha(read["run/data/a"])}  data/a\n{ZipReaders.Sha(read["run/data/b/c"])}  data/b/c\n", System.Text.Encoding.UTF8.GetString(read["run/manifest-sha256.txt"]));
        string[] tags = ["manifest-sha256.txt", "bag-info.txt", "export-receipt.json", "export-receipt.md", "bagit.txt"];
        Assert.Equal(string.Concat(tags.Select(t => $"{ZipReaders.Sha(read[$"run/{t}"])}  {t}\n")), System.Text.Encoding.UTF8.GetString(read["run/tagmanifest-sha256.txt"]));
        Assert.Contains("Payload-Oxum: 2507.2\n", System.Text.Encoding.UTF8.GetString(read["run/bag-info.txt"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_common_folder_the_zip_is_named_by_its_time_and_a_name_that_is_taken_gets_a_number()
    {
        var first = await _world.RunAsync(_world.Plan([_world.File(0, "a", 10, "a.txt")], null));
        Assert.Equal("export-20231114-221320.zip", first.Status.File);
        Assert.Equal(["a.txt", "export-receipt.json", "export-receipt.md"], ZipReaders.Read(_world.Zip(first)).Keys.Order(StringComparer.Ordinal));
        var before = await File.ReadAllBytesAsync(Path.Combine(_world.Out, "export-20231114-221320.zip"));
        var second = await _world.RunAsync(_world.Plan([_world.File(0, "a", 10, "a.txt")], null));
        Assert.Equal("export-20231114-221320 (1).zip", second.Status.File);
        Assert.Contains("(1).zip", await File.ReadAllTextAsync(_world.Store.ReceiptOf(second.Plan.Id).Markdown), StringComparison.Ordinal);
        _world.Zip(second);
        Assert.Equal(before, await File.ReadAllBytesAsync(Path.Combine(_world.Out, "export-20231114-221320.zip")));

        // A name that leaves no room for an ending is shortened.
        var long1 = await _world.RunAsync(_world.Plan([_world.File(0, "a", 10)], new string('ü', 127) + "/3"));
        Assert.Equal(new string('ü', 100) + ".zip", long1.Status.File);
        _world.Zip(long1);
    }

    [Fact]
    public async Task Paths_that_would_leave_the_zip_are_refused_alone()
    {
        var view = await _world.RunAsync(_world.Plan([_world.File(0, "a", 10), _world.File(1, "b", 10, "../b"), _world.File(2, "c", 2000, "/tmp/c"), _world.File(3, "d", 10, "run/../../d")]));
        Assert.Equal((OperationState.SucceededWithWarnings, 1, 3), (view.Status.State, view.Status.Done, view.Status.Failed));
        Assert.Equal(["run/a", .. s_receipts], ZipReaders.Read(_world.Zip(view)).Keys);
    }

    /// <summary>Whatever fails, before or in the middle, the zip holds exactly the rest; and once it came, all.</summary>
    [Fact]
    public void What_failed_leaves_no_gap_and_comes_later() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(12),
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => WithFailuresAsync(seed).GetAwaiter().GetResult()));

    [Fact]
    public async Task A_large_gap_before_larger_files_is_closed_too()
    {
        await using var world = new ZipWorld();
        world.Blobs.Meddle = (name, before, answer) => name == "bad" && before >= 60 ? new HttpResponseMessage(HttpStatusCode.NotFound) { Headers = { { "x-ms-error-code", "BlobNotFound" } } } : answer;
        var view = await world.RunAsync(world.Plan([world.File(0, "bad", 80_000), world.File(1, "next", 200_000), world.File(2, "last", 150_000)]));
        Assert.Equal((2, 1), (view.Status.Done, view.Status.Failed));
        var read = ZipReaders.Read(world.Zip(view));
        Assert.Equal(ZipWorld.Bytes("next", 200_000), read["run/next"]);
        Assert.Equal(ZipWorld.Bytes("last", 150_000), read["run/last"]);
        Assert.True(new FileInfo(Path.Combine(world.Out, "run.zip")).Length < 356_000);
    }

    private static async Task<bool> WithFailuresAsync(int seed)
    {
        await using var world = new ZipWorld();
        var random = new Random(seed);
        var items = Enumerable.Range(0, random.Next(1, 40)).Select(i => world.File(i, $"f{i}", random.Next(4) switch { 0 => random.Next(10), 1 => random.Next(1000), 2 => random.Next(1001, 9000), _ => random.Next(60_000, 70_000) })).ToList();
        var bad = items.Where(_ => random.Next(3) == 0).Select(i => i.Name).ToHashSet(StringComparer.Ordinal);
        world.Blobs.Meddle = (name, before, answer) => bad.Contains(name) && before >= name.Length % 3
            ? new HttpResponseMessage(HttpStatusCode.NotFound) { Headers = { { "x-ms-error-code", "BlobNotFound" } } }
            : answer;
        var view = await world.RunAsync(world.Plan(items));
        AssertHolds(world, view, items.Where(i => Outcome(world, view, i) == "done"));
        Assert.Equal(items.Count, view.Status.Done + view.Status.Failed);
        if (view.Status.State == OperationState.Succeeded)
        {
            return true;
        }

        // Some stay bad, so that the zip is opened and closed again and again.
        var still = bad.Where(_ => random.Next(2) == 0).ToHashSet(StringComparer.Ordinal);
        world.Blobs.Meddle = (name, _, answer) => still.Contains(name) ? new HttpResponseMessage(HttpStatusCode.NotFound) { Headers = { { "x-ms-error-code", "BlobNotFound" } } } : answer;
        view = await world.ResumeAsync(view.Plan.Id);
        AssertHolds(world, view, items.Where(i => Outcome(world, view, i) == "done"));
        if (view.Status.State == OperationState.SucceededWithWarnings)
        {
            world.Blobs.Meddle = (_, _, answer) => answer;
            view = await world.ResumeAsync(view.Plan.Id);
        }

        Assert.Equal(OperationState.Succeeded, view.Status.State);
        AssertHolds(world, view, items);
        return true;
    }

    private static string? Outcome(ZipWorld world, OperationView view, TransferItem item) =>
        (string?)world.Receipt(view.Plan.Id)["items"]?.AsArray().Single(i => (string?)i?["name"] == item.Name)?["outcome"];

    private static void AssertHolds(ZipWorld world, OperationView view, IEnumerable<TransferItem> items)
    {
        Assert.Equal("run.zip", view.Status.File);
        var read = ZipReaders.Read(world.Zip(view));
        Assert.Equal(items.Select(i => i.Path).Concat(s_receipts).Order(StringComparer.Ordinal), read.Keys.Order(StringComparer.Ordinal));
        foreach (var item in items)
        {
            Assert.Equal(ZipWorld.Bytes(item.Name, (int)(item.Length ?? 0)), read[item.Path]);
        }
    }
}
