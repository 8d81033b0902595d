using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace AmlDataTools.Core.Transfer;

/// <summary>
/// The CRC-32 that zip files carry (ISO 3309, polynomial 0x04C11DB7, bits reversed). The base library keeps its own to
/// itself. Folded 64 bytes at a time where the processor multiplies without carry, else by tables, eight bytes a step.
/// </summary>
internal struct Crc32()
{
    private const uint Polynomial = 0xEDB88320;
    private const int FoldedBytes = 64;

    private static readonly uint[] s_tables = Tables();

    private uint _crc = uint.MaxValue;

    /// <summary>The checksum of all that was appended.</summary>
    public readonly uint Value => ~_crc;

    /// <summary>The checksum of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = new Crc32();
        crc.Append(bytes);
        return crc.Value;
    }

    /// <summary>Goes on with more bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (Pclmulqdq.IsSupported && bytes.Length >= 2 * FoldedBytes)
        {
            var whole = bytes.Length & ~15;
            _crc = Fold(_crc, bytes[..whole]);
            bytes = bytes[whole..];
        }

        _crc = System.Runtime.Intrinsics.Arm.Crc32.Arm64.IsSupported ? ByInstruction(_crc, bytes) : ByTables(_crc, bytes);
    }

    /// <summary>The checksum of two parts one behind the other, from those of the parts alone.</summary>
    /// <param name="first">Checksum of the first part.</param>
    /// <param name="second">Checksum of the second part.</param>
    /// <param name="secondLength">Bytes of the second part.</param>
    public static uint Combine(uint first, uint second, long secondLength) => Times(PowerOfBytes(secondLength), first) ^ second;

    /// <summary>Four lanes of 128 bits, each multiplied past the next 64 bytes; then the lanes into one, and what is left of it by tables.</summary>
    private static uint Fold(uint crc, ReadOnlySpan<byte> bytes)
    {
        // x to the powers that carry 128 bits over 64 and over 16 bytes, modulo the polynomial, bits reversed.
        var over64 = Vector128.Create(0x0000000154442BD4UL, 0x00000001C6E41596UL);
        var over16 = Vector128.Create(0x00000001751997D0UL, 0x00000000CCAA009EUL);
        var blocks = MemoryMarshal.Cast<byte, Vector128<ulong>>(bytes);
        var (a, b, c, d) = (blocks[0] ^ Vector128.CreateScalar((ulong)crc), blocks[1], blocks[2], blocks[3]);
        blocks = blocks[4..];
        while (blocks.Length >= 4)
        {
            a = Over(a, over64) ^ blocks[0];
            b = Over(b, over64) ^ blocks[1];
            c = Over(c, over64) ^ blocks[2];
            d = Over(d, over64) ^ blocks[3];
            blocks = blocks[4..];
        }

        var one = Over(Over(Over(a, over16) ^ b, over16) ^ c, over16) ^ d;
        foreach (var block in blocks)
        {
            one = Over(one, over16) ^ block;
        }

        Span<byte> rest = stackalloc byte[16];
        MemoryMarshal.Write(rest, one);
        return ByTables(0, rest);
    }

    private static Vector128<ulong> Over(Vector128<ulong> lane, Vector128<ulong> power) =>
        Pclmulqdq.CarrylessMultiply(lane, power, 0x00) ^ Pclmulqdq.CarrylessMultiply(lane, power, 0x11);

    private static uint ByInstruction(uint crc, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            crc = System.Runtime.Intrinsics.Arm.Crc32.Arm64.ComputeCrc32(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var b in bytes)
        {
            crc = System.Runtime.Intrinsics.Arm.Crc32.ComputeCrc32(crc, b);
        }

        return crc;
    }

    private static uint ByTables(uint crc, ReadOnlySpan<byte> bytes)
    {
        var tables = s_tables;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            var eight = BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ crc;
            crc = tables[1792 + (int)(byte)eight]
                ^ tables[1536 + (int)(byte)(eight >> 8)]
                ^ tables[1280 + (int)(byte)(eight >> 16)]
                ^ tables[1024 + (int)(byte)(eight >> 24)]
                ^ tables[768 + (int)(byte)(eight >> 32)]
                ^ tables[512 + (int)(byte)(eight >> 40)]
                ^ tables[256 + (int)(byte)(eight >> 48)]
                ^ tables[(int)(eight >> 56)];
        }

        foreach (var b in bytes)
        {
            crc = tables[(byte)(crc ^ b)] ^ (crc >> 8);
        }

        return crc;
    }

    private static uint[] Tables()
    {
        var tables = new uint[8 * 256];
        for (var index = 0; index < tables.Length; index++)
        {
            var value = index < 256 ? (uint)index : tables[index - 256];
            if (index >= 256)
            {
                tables[index] = tables[(byte)value] ^ (value >> 8);
                continue;
            }

            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) == 0 ? value >> 1 : (value >> 1) ^ Polynomial;
            }

            tables[index] = value;
        }

        return tables;
    }

    /// <summary>x to the power of eight times the count, modulo the polynomial, by squaring.</summary>
    private static uint PowerOfBytes(long count)
    {
        var power = 0x80000000U;
        var square = 0x00800000U; // x to the power of 8
        for (; count > 0; count >>= 1)
        {
            if ((count & 1) != 0)
            {
                power = Times(power, square);
            }

            square = Times(square, square);
        }

        return power;
    }

    /// <summary>The product of two polynomials modulo the polynomial; the highest bit is the lowest power.</summary>
    private static uint Times(uint left, uint right)
    {
        var product = 0U;
        for (var bit = 0x80000000U; bit != 0; bit >>= 1)
        {
            if ((left & bit) != 0)
            {
                product ^= right;
            }

            right = (right & 1) == 0 ? right >> 1 : (right >> 1) ^ Polynomial;
        }

        return product;
    }
}
