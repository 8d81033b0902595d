using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Text;

namespace AmlDataTools.Server.Rpc;

/// <summary>What the reader cut out of the input.</summary>
internal enum FrameKind
{
    /// <summary>A message.</summary>
    Message,

    /// <summary>A message over the size limit: skipped, only its beginning is known.</summary>
    TooLarge,

    /// <summary>A message in another charset than UTF-8: skipped, only its beginning is known.</summary>
    UnsupportedCharset,
}

/// <summary>A piece of the input.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Body">The whole body of a message; of a skipped one its first bytes.</param>
/// <param name="Length">The length the header named, in bytes.</param>
internal readonly record struct Frame(FrameKind Kind, ReadOnlyMemory<byte> Body, long Length);

/// <summary>
/// Cuts the input into messages: the base protocol of the Language Server Protocol 3.17, a header of ASCII lines ended by
/// CR LF with <c>Content-Length</c> in bytes and perhaps <c>Content-Type</c>, an empty line, the body.
/// </summary>
/// <param name="input">The input.</param>
/// <param name="maxBody">Bodies above this many bytes are skipped.</param>
internal sealed class FrameReader(PipeReader input, int maxBody)
{
    // Two lines are expected; a header beyond this is something else speaking to us.
    private const int MaxHeader = 4096;

    // The id of a request stands near its beginning: this much of a skipped body is kept to find it.
    private const int SkippedPrefix = 4096;

    // Nobody sends this; a number beyond it is a broken header, and skipping so much would look like a hang.
    private const long AbsurdLength = int.MaxValue;

    /// <summary>Whether the input ended in the middle of a message.</summary>
    public bool EndedInsideMessage { get; private set; }

    /// <summary>Reads the next message.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The message; null at the end of the input.</returns>
    /// <exception cref="FramingException">The header cannot be understood, so where the next message begins is unknown.</exception>
    public async ValueTask<Frame?> ReadAsync(CancellationToken cancellationToken)
    {
        if (await ReadHeaderAsync(cancellationToken).ConfigureAwait(false) is not { } header)
        {
            return null;
        }

        var skip = header.Length > maxBody || !header.IsUtf8;
        var kept = GC.AllocateUninitializedArray<byte>((int)(skip ? Math.Min(header.Length, SkippedPrefix) : header.Length));
        if (!await ReadBodyAsync(header.Length, kept, cancellationToken).ConfigureAwait(false))
        {
            EndedInsideMessage = true;
            return null;
        }

        var kind = !skip ? FrameKind.Message : header.IsUtf8 ? FrameKind.TooLarge : FrameKind.UnsupportedCharset;
        return new Frame(kind, kept, header.Length);
    }

    private async ValueTask<bool> ReadBodyAsync(long length, Memory<byte> kept, CancellationToken cancellationToken)
    {
        var done = 0L;
        while (done < length)
        {
            var result = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            var part = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, length - done));
            if (done < kept.Length)
            {
                part.Slice(0, Math.Min(part.Length, kept.Length - done)).CopyTo(kept.Span[(int)done..]);
            }

            done += part.Length;
            input.AdvanceTo(part.End);
            if (result.IsCompleted && done < length && part.IsEmpty)
            {
                return false;
            }
        }

        return true;
    }

    private async ValueTask<Header?> ReadHeaderAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = result.Buffer;
            if (TryParseHeader(buffer, out var header, out var end))
            {
                input.AdvanceTo(end);
                return header;
            }

            input.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
            {
                EndedInsideMessage = !buffer.IsEmpty;
                return null;
            }
        }
    }

    private static bool TryParseHeader(ReadOnlySequence<byte> buffer, out Header header, out SequencePosition end)
    {
        var reader = new SequenceReader<byte>(buffer);
        long? length = null;
        var isUtf8 = true;
        while (reader.TryReadTo(out ReadOnlySequence<byte> line, "\r\n"u8))
        {
            if (reader.Consumed > MaxHeader)
            {
                throw new FramingException($"The header of a message is longer than {MaxHeader} bytes.");
            }

            if (line.IsEmpty)
            {
                header = new Header(length ?? throw new FramingException("The header of a message has no Content-Length."), isUtf8);
                end = reader.Position;
                return true;
            }

            ParseLine(line.IsSingleSegment ? line.FirstSpan : line.ToArray(), ref length, ref isUtf8);
        }

        CheckUnfinishedLine(reader.UnreadSequence, buffer.Length);
        header = default;
        end = default;
        return false;
    }

    private static void ParseLine(ReadOnlySpan<byte> line, ref long? length, ref bool isUtf8)
    {
        var colon = line.IndexOf((byte)':');
        if (colon <= 0)
        {
            throw new FramingException("A header line of a message is not 'Name: value'.");
        }

        var value = line[(colon + 1)..].Trim((byte)' ');
        if (Ascii.EqualsIgnoreCase(line[..colon], "Content-Length"u8))
        {
            // TryParse takes a sign, which a length has not.
            if (value.IsEmpty || !char.IsAsciiDigit((char)value[0]) || !Utf8Parser.TryParse(value, out long parsed, out var used)
                || used != value.Length || parsed > AbsurdLength || (length is { } before && before != parsed))
            {
                throw new FramingException("The Content-Length of a message is no usable number of bytes.");
            }

            length = parsed;
        }
        else if (Ascii.EqualsIgnoreCase(line[..colon], "Content-Type"u8))
        {
            isUtf8 = IsUtf8(Encoding.ASCII.GetString(value));
        }
    }

    // "utf8" is what older clients wrote; the specification asks to accept it.
    private static bool IsUtf8(string contentType)
    {
        foreach (var part in contentType.Split(';', StringSplitOptions.TrimEntries).Skip(1))
        {
            if (part.StartsWith("charset=", StringComparison.OrdinalIgnoreCase))
            {
                var charset = part["charset=".Length..].Trim('"');
                return charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || charset.Equals("utf8", StringComparison.OrdinalIgnoreCase);
            }
        }

        return true;
    }

    // Says at once that something else is speaking to us, instead of waiting for a line end that will not come.
    private static void CheckUnfinishedLine(ReadOnlySequence<byte> rest, long headerSoFar)
    {
        if (headerSoFar > MaxHeader)
        {
            throw new FramingException($"The header of a message is longer than {MaxHeader} bytes.");
        }

        var first = rest.IsEmpty ? (byte)'\r' : rest.FirstSpan[0];
        if (rest.PositionOf((byte)'\n') is not null || !(char.IsAsciiLetter((char)first) || first == '\r'))
        {
            throw new FramingException("What came in is not a message header: lines of 'Name: value', each ended by CR LF.");
        }
    }

    private readonly record struct Header(long Length, bool IsUtf8);
}
