using AmlDataTools.Core.Transfer;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace AmlDataTools.Core.Tests.Transfer;

public sealed class Crc32CTests
{
    /// <summary>The check value of CRC-32C in RFC 3720's family: of "123456789".</summary>
    [Fact]
    public void It_has_the_published_check_value()
    {
        var crc = new Crc32C();
        crc.Append("123456789"u8);
        Assert.Equal(0xE3069283u, crc.Value);
        Assert.Equal(0x8A9136AAu, Of(new byte[32]));
        Assert.Equal(0u, new Crc32C().Value);
    }

    [Fact]
    public void It_is_the_same_bit_by_bit_however_the_bytes_come() => Prop.ForAll<byte[], byte>((bytes, cut) =>
    {
        bytes ??= [];
        var at = bytes.Length == 0 ? 0 : cut % bytes.Length;
        var crc = new Crc32C();
        crc.Append(bytes.AsSpan(0, at));
        crc.Append(bytes.AsSpan(at));
        return crc.Value == BitByBit(bytes) && crc.Value == Of(bytes);
    }).QuickCheckThrowOnFailure();

    private static uint Of(byte[] bytes)
    {
        var crc = new Crc32C();
        crc.Append(bytes);
        return crc.Value;
    }

    /// <summary>The definition: reflected polynomial 0x1EDC6F41, all ones at the start and at the end.</summary>
    private static uint BitByBit(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0x82F63B78u;
            }
        }

        return ~crc;
    }
}
