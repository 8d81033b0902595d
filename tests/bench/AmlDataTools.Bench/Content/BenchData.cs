using System.Globalization;

namespace AmlDataTools.Bench.Content;

/// <summary>What the server serves: the works of the benchmark.</summary>
public static class BenchData
{
    /// <summary>Blobs of <c>small</c>.</summary>
    public const int SmallCount = 10_000;

    /// <summary>Bytes of a blob of <c>small</c>.</summary>
    public const int SmallBytes = 4096;

    /// <summary>Bytes of the blob of <c>big</c>.</summary>
    public const long BigBytes = 1L << 30;

    /// <summary>Large blobs of <c>model</c>; ten times as many small ones lie among them.</summary>
    public const int ModelCount = 200;

    /// <summary>Bytes of a large blob of <c>model</c>.</summary>
    public const int ModelLargeBytes = 5_000_000;

    /// <summary>Bytes of a small blob of <c>model</c>.</summary>
    public const int ModelSmallBytes = 10_000;

    /// <summary>Blobs of <c>many</c>.</summary>
    public const int ManyCount = 100_000;

    /// <summary>The account with real folders; of the container <c>folders</c>.</summary>
    public const string HierarchicalAccount = "benchfolders";

    /// <summary>The folder everything lies in, as the artifacts of a run do.</summary>
    public const string Root = "ExperimentRun/dcid.bench_run/";

    // The largest prime below 4 MiB: see BenchBlob.
    private const int BlockBytes = 4_194_301;

    /// <summary>Makes the containers.</summary>
    public static IReadOnlyDictionary<string, BenchContainer> Create()
    {
        var bytes = new byte[BlockBytes];
        new Random(20_260_101).NextBytes(bytes);
        ReadOnlyMemory<byte> block = bytes;

        BenchContainer[] all =
        [
            new("small", Enumerable.Range(0, SmallCount).Select(i => new BenchBlob(
                Root + SmallFolder(i) + Number(i, 5) + ".bin", SmallBytes, block, i * 4099L, Tag(0x100000 + i)))),
            new("big", [new BenchBlob(Root + "outputs/model.bin", BigBytes, block, 0, Tag(0x200000))]),
            new("model", Enumerable.Range(0, ModelCount * 11).Select(i => new BenchBlob(
                Root + "outputs/model/shard-" + Number(i / 11, 3) + "/" + Number(i % 11, 2) + ".bin",
                i % 11 == 0 ? ModelLargeBytes : ModelSmallBytes,
                block,
                i * 4099L,
                Tag(0x400000 + i)))),
            Many("many", block),
            Many("doomed", block),
            Many("folders", block),
        ];

        return all.ToDictionary(static container => container.Name, StringComparer.Ordinal);
    }

    private static BenchContainer Many(string name, ReadOnlyMemory<byte> block) =>
        new(name, Enumerable.Range(0, ManyCount).Select(i => new BenchBlob(
                Root + "outputs/part-" + Number(i / 1000, 3) + "/item-" + Number(i, 6) + ".json", 1024, block, 0, Tag(0x300000 + i))));

    private static string SmallFolder(int index) => (index % 10) switch
    {
        0 => "user_logs/" + Number(index / 100, 3) + "/",
        1 => "system_logs/" + Number(index / 100, 3) + "/",
        _ => "outputs/epoch-" + Number(index / 100, 3) + "/",
    };

    private static string Number(int value, int digits) => value.ToString("D" + digits, CultureInfo.InvariantCulture);

    private static string Tag(int value) => "\"0x8DD00000" + value.ToString("X7", CultureInfo.InvariantCulture) + "\"";
}
