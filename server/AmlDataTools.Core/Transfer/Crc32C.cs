using System.Buffers.Binary;
using System.Numerics;

namespace AmlDataTools.Core.Transfer;

/// <summary>
/// CRC-32C of what was written in a range, eight bytes an instruction. It tells after a crash or a power cut which ranges
/// of an unfinished file really are on disk; the file as a whole is verified with MD5 and SHA-256.
/// </summary>
internal struct Crc32C()
{
    private uint _crc = uint.MaxValue;

    public readonly uint Value => ~_crc;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        var crc = _crc;
        while (bytes.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        foreach (var b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        _crc = crc;
    }
}
