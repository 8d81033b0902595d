using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AmlDataTools.Core.Operations;

/// <summary>Files of one JSON document a line.</summary>
internal static class JsonLines
{
    /// <summary>
    /// The complete lines from where the file stands, each with its offset. The memory of a line is reused for the next.
    /// What follows the last line break is not given: it was cut off while being written.
    /// </summary>
    public static IEnumerable<(long Offset, ReadOnlyMemory<byte> Line)> Read(Stream file)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64 << 10);
        try
        {
            var offset = file.Position;
            var filled = 0;
            while (true)
            {
                if (filled == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                    buffer.AsSpan(0, filled).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }

                var read = file.Read(buffer, filled, buffer.Length - filled);
                if (read == 0)
                {
                    yield break;
                }

                filled += read;
                var start = 0;
                for (int end; (end = buffer.AsSpan(start, filled - start).IndexOf((byte)'\n')) >= 0; start += end + 1)
                {
                    yield return (offset + start, buffer.AsMemory(start, end));
                }

                buffer.AsSpan(start, filled - start).CopyTo(buffer);
                offset += start;
                filled -= start;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

/// <summary>Writes lines of JSON through the file's own buffer; serialising straight to a file would flush it each time. Not for several threads.</summary>
internal sealed class JsonLineWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _writer;

    public JsonLineWriter() => _writer = new Utf8JsonWriter(_buffer);

    /// <summary>Writes a line.</summary>
    public void Write<T>(Stream file, T value, JsonTypeInfo<T> type)
    {
        _buffer.ResetWrittenCount();
        _writer.Reset();
        JsonSerializer.Serialize(_writer, value, type);
        _writer.Flush();
        file.Write(_buffer.WrittenSpan);
        file.WriteByte((byte)'\n');
    }
}
