using AmlDataTools.Core.Transfer;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace AmlDataTools.Core.Tests.Transfer;

public sealed class Crc32Tests
{
    /// <summary>The check value of CRC-32/ISO-HDLC, of "123456789", and those of bytes that are all the same.</summary>
    [Fact]
    public void It_has_the_published_check_values()
    {
        Assert.Equal(0xCBF43926u, Crc32.Of("123456789"u8));
        Assert.Equal(0u, Crc32.Of([]));
        Assert.Equal(0x190A55ADu, Crc32.Of(new byte[32]));
    }

    [Theory]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(143)]
    [InlineData(191)]
    [InlineData(192)]
    [InlineData(1_000_003)]
    public void Long_input_gives_what_the_definition_gives(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        Assert.Equal(BitByBit(bytes), Crc32.Of(bytes));
    }

    [Fact]
    public void It_is_the_same_however_the_bytes_come_and_from_the_sums_of_parts() => Prop.ForAll<int, int>((length, cut) =>
    {
        var bytes = new byte[Math.Abs(length) * 37 % 5000];
        new Random(length).NextBytes(bytes);
        var at = bytes.Length == 0 ? 0 : (int)((uint)cut % bytes.Length);
        var crc = new Crc32();
        crc.Append(bytes.AsSpan(0, at));
        crc.Append(bytes.AsSpan(at));
        var whole = BitByBit(bytes);
        return crc.Value == whole && Crc32.Combine(Crc32.Of(bytes.AsSpan(0, at)), Crc32.Of(bytes.AsSpan(at)), bytes.Length - at) == whole;
    }).QuickCheckThrowOnFailure();

    /// <summary>The definition: reflected polynomial 0x04C11DB7, all ones at the start and at the end.</summary>
    private static uint BitByBit(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
            }
        }

        return ~crc;
    }
}
