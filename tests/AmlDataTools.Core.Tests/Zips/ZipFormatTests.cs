using System.Diagnostics;
using System.IO.Compression;
using AmlDataTools.Core.Tests.Names;
using AmlDataTools.Core.Transfer;
using AmlDataTools.Core.Zips;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace AmlDataTools.Core.Tests.Zips;

/// <summary>The format where it is at its limits: more than 65,535 entries, more than 4 GiB, and room given and taken back.</summary>
public sealed class ZipFormatTests : IDisposable
{
    private const long Modified = 1_709_212_455; // 2024-02-29 13:14:15 UTC

    private readonly TemporaryFolder _folder = new();

    private string Zip => Path.Combine(_folder.Root, "a.zip");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(65_533)] // with the file at the end one less than the old format can count
    [InlineData(65_534)]
    [InlineData(100_000)]
    public void Any_number_of_entries_is_counted(int count)
    {
        var entries = new List<ZipEntry>(count);
        using (var part = new ZipPart(Zip))
        {
            long place = 0;
            for (var i = 0; i < count; i++)
            {
                var entry = new ZipEntry($"folder-{i % 100}/{i}.txt", 0, 0, Modified, place, 0);
                part.Write(ZipRecords.Header(entry), place);
                place = entry.End;
                entries.Add(entry);
            }

            Close(part, place, entries);
        }

        using (var archive = ZipFile.OpenRead(Zip))
        {
            Assert.Equal(count + 1, archive.Entries.Count);
        }

        Assert.Equal($"{count + 1}\n", Python("print(len(z.infolist()))"));
    }

    [Fact]
    public void Entries_of_more_than_4_GiB_and_beyond_them_are_found()
    {
        const long Huge = (5L << 30) + 17;
        const long Edge = uint.MaxValue;
        var small = ZipWorld.Bytes("small", 5000);
        using (var part = new ZipPart(Zip))
        {
            // Zeros that are never written: the file has holes there.
            var huge = new ZipEntry("huge.bin", Huge, Zeros(Huge), Modified, 0, 0);
            part.Write(ZipRecords.Header(huge), 0);
            var edge = new ZipEntry("edge.bin", Edge, Zeros(Edge), Modified, huge.End, 0);
            part.Write(ZipRecords.Header(edge), edge.Place);
            var below = new ZipEntry("below.bin", Edge - 1, Zeros(Edge - 1), Modified, edge.End, 0);
            part.Write(ZipRecords.Header(below), below.Place);
            var last = new ZipEntry("last.bin", small.Length, Crc32.Of(small), Modified, below.End, 0);
            part.Write(ZipRecords.Header(last), last.Place);
            part.Write(small, last.Place + last.HeaderBytes);
            Close(part, last.End, [huge, edge, below, last]);
        }

        using (var archive = ZipFile.OpenRead(Zip))
        {
            Assert.Equal([Huge, Edge, Edge - 1, 5000], archive.Entries.Take(4).Select(e => e.Length));
            using var content = archive.Entries[3].Open();
            using var bytes = new MemoryStream();
            content.CopyTo(bytes);
            Assert.Equal(small, bytes.ToArray());
        }

        Assert.Equal("[5368709137, 4294967295, 4294967294, 5000] 5000\n", Python("print([i.file_size for i in z.infolist()][:4], len(z.read('last.bin')))"));
        using var tar = Process.Start(new ProcessStartInfo("bsdtar", ["-tvf", Zip]) { RedirectStandardOutput = true }) ?? throw new InvalidOperationException("bsdtar did not start.");
        var listed = tar.StandardOutput.ReadToEnd();
        Assert.Contains("5368709137 ", listed, StringComparison.Ordinal);
        Assert.Contains("4294967295 ", listed, StringComparison.Ordinal);
        Assert.Contains("last.bin", listed, StringComparison.Ordinal);
    }

    [Fact]
    public void Times_that_the_format_does_not_know_become_the_nearest_it_does()
    {
        using (var part = new ZipPart(Zip))
        {
            long place = 0;
            var entries = new List<ZipEntry>();
            foreach (var modified in new[] { -5, 0, 315532799, Modified, int.MaxValue, 9_999_999_999L })
            {
                var entry = new ZipEntry($"{entries.Count}", 0, 0, modified, place, 0);
                part.Write(ZipRecords.Header(entry), place);
                place = entry.End;
                entries.Add(entry);
            }

            Close(part, place, entries);
        }

        Assert.Equal(
            "[(1980, 1, 1, 0, 0, 0), (1980, 1, 1, 0, 0, 0), (1980, 1, 1, 0, 0, 0), (2024, 2, 29, 13, 14, 14), (2038, 1, 19, 3, 14, 6), (2107, 12, 31, 23, 59, 58)]\n",
            Python("print([i.date_time for i in z.infolist()][:6])"));
        ZipReaders.AssertSound(Zip);
    }

    [Fact]
    public void Headers_lengthened_by_any_amount_are_read() => Prop.ForAll(Gen.Choose(ZipRecords.LeastPadding, ZipRecords.MostPadding).ToArbitrary(), padding =>
    {
        var bytes = ZipWorld.Bytes("x", 100);
        File.Delete(Zip);
        using (var part = new ZipPart(Zip))
        {
            var entry = new ZipEntry("ü.txt", 100, Crc32.Of(bytes), Modified, 0, padding);
            part.Write(ZipRecords.Header(entry), 0);
            part.Write(bytes, entry.HeaderBytes);
            Close(part, entry.End, [entry]);
        }

        return ZipReaders.Read(Zip)["ü.txt"].SequenceEqual(bytes);
    }).QuickCheckThrowOnFailure();

    /// <summary>Against a plain model: each byte has at most one owner, and what is free at the end is cut off.</summary>
    [Fact]
    public void Room_is_never_given_twice_and_gaps_can_always_be_closed() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var space = new ZipSpace([]);
        var taken = new List<(long Place, long Bytes)>();
        for (var step = 0; step < 200; step++)
        {
            if (taken.Count > 0 && random.Next(3) == 0)
            {
                var freed = random.Next(taken.Count);
                space.Free(taken[freed].Place, taken[freed].Bytes);
                taken.RemoveAt(freed);
            }
            else
            {
                var bytes = random.Next(39, 200);
                var place = space.Take(bytes);
                Assert.DoesNotContain(taken, t => place < t.Place + t.Bytes && t.Place < place + bytes);
                taken.Add((place, bytes));
            }

            Assert.Equal(taken.Count == 0 ? 0 : taken.Max(t => t.Place + t.Bytes), space.End);
            long at = 0;
            foreach (var (place, bytes) in taken.OrderBy(t => t.Place))
            {
                Assert.True(place == at || place - at >= ZipRecords.LeastPadding);
                at = place + bytes;
            }
        }

        // From the journal the same gaps come out.
        var again = new ZipSpace(taken.OrderBy(t => t.Place).Select(t => (t.Place, t.Place + t.Bytes)));
        return again.End == space.End && again.Take(50) == space.Take(50);
    }).QuickCheckThrowOnFailure();

    private static void Close(ZipPart part, long end, IEnumerable<ZipEntry> entries)
    {
        var tail = new ZipTail(part, end, Modified);
        tail.AddFile("last.txt", stream => stream.Write("last"u8));
        part.Truncate(tail.Close(entries));
    }

    /// <summary>The checksum of nothing but zeros, without reading them.</summary>
    private static uint Zeros(long count)
    {
        var crc = 0U;
        var block = Crc32.Of(new byte[1 << 20]);
        for (var rest = count; rest > 0;)
        {
            var bytes = Math.Min(rest, 1 << 20);
            crc = Crc32.Combine(crc, bytes == 1 << 20 ? block : Crc32.Of(new byte[bytes]), bytes);
            rest -= bytes;
        }

        return crc;
    }

    private string Python(string script)
    {
        using var process = Process.Start(new ProcessStartInfo("python3", ["-c", "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); " + script, Zip]) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("python3 did not start.");
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
