using System.Security.Cryptography;
using AmlDataTools.Core.Tests.Names;
using AmlDataTools.Core.Transfer;
using Xunit;

namespace AmlDataTools.Core.Tests.Transfer;

public sealed class RangedFileTests : IDisposable
{
    private const int Range = 1000;
    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _bytes = Enumerable.Range(0, 4500).Select(i => (byte)(i * 31)).ToArray();

    private string Part => Path.Combine(_folder.Root, "0.part");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Ranges_written_in_any_order_are_hashed_in_order()
    {
        using var file = new RangedFile(FileRoom.Ranged(Part, keep: false), _bytes.Length, Range);
        var (sha, md5) = (file.Sha256Async(CancellationToken.None), file.Md5Async(CancellationToken.None));
        var taken = new List<int>();
        while (file.TryTake(out var index))
        {
            taken.Add(index);
        }

        Assert.Equal([0, 1, 2, 3, 4], taken);
        foreach (var index in taken.AsEnumerable().Reverse())
        {
            Assert.False(sha.IsCompleted || md5.IsCompleted);
            Write(file, index);
        }

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(_bytes)), await sha.WaitAsync(TimeSpan.FromSeconds(120)));
        Assert.Equal(Convert.ToBase64String(MD5.HashData(_bytes)), await md5.WaitAsync(TimeSpan.FromSeconds(120)));
    }

    [Fact]
    public void What_the_disk_still_holds_is_taken_over_and_nothing_else()
    {
        var known = new List<WrittenRange>();
        using (var first = new RangedFile(FileRoom.Ranged(Part, keep: false), _bytes.Length, Range))
        {
            known.AddRange(new[] { 0, 1, 3, 4 }.Select(i => Write(first, i)));
        }

        // A power cut lost what range 3 held; the journal also speaks of ranges that cannot be of this file.
        using (var stream = new FileStream(Part, FileMode.Open))
        {
            stream.Position = 3500;
            stream.WriteByte((byte)(_bytes[3500] ^ 1));
        }

        known.Add(known[0]);
        known.Add(new WrittenRange(500, Range, known[0].Crc));
        known.Add(new WrittenRange(9000, Range, known[0].Crc));
        known.Add(new WrittenRange(-1000, Range, known[0].Crc));
        known.Add(new WrittenRange(2000, 10, known[0].Crc));
        using var second = new RangedFile(FileRoom.Ranged(Part, keep: true), _bytes.Length, Range);
        Assert.Equal(2 * Range + 500, second.TakeOver(known, CancellationToken.None));
        Assert.True(second.TryTake(out var a) && a == 2);
        Assert.True(second.TryTake(out var b) && b == 3);
        Assert.False(second.TryTake(out _));
    }

    [Fact]
    public void A_file_that_was_cut_short_or_taken_away_gives_nothing()
    {
        WrittenRange range;
        using (var first = new RangedFile(FileRoom.Ranged(Part, keep: false), _bytes.Length, Range))
        {
            range = Write(first, 1);
        }

        using (var stream = new FileStream(Part, FileMode.Open))
        {
            stream.SetLength(1200);
        }

        using (var second = new RangedFile(FileRoom.Ranged(Part, keep: true), _bytes.Length, Range))
        {
            Assert.Equal(0, second.TakeOver([range], CancellationToken.None));
        }

        File.Delete(Part);
        using var third = new RangedFile(FileRoom.Ranged(Part, keep: true), _bytes.Length, Range);
        Assert.Equal(0, third.TakeOver([range], CancellationToken.None));
        Assert.True(third.TryTake(out var index) && index == 0);
    }

    private WrittenRange Write(RangedFile file, int index)
    {
        var (offset, count) = (file.OffsetOf(index), file.CountOf(index));
        var writer = file.Writer();
        writer.Write(_bytes.AsSpan((int)offset, (int)count / 2), offset);
        writer.Write(_bytes.AsSpan((int)(offset + (count / 2)), (int)(count - (count / 2))), offset + (count / 2));
        file.Written(index);
        return new WrittenRange(offset, count, writer.Crc);
    }
}
