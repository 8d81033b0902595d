using System.Buffers;

namespace AmlDataTools.Core.Audit;

/// <summary>A line of a file.</summary>
/// <param name="Offset">Where it begins.</param>
/// <param name="End">Where the next one would begin.</param>
/// <param name="Bytes">Without line break; empty for one that is too long. Valid until the next line is asked for.</param>
/// <param name="IsWhole">Whether a line break ends it.</param>
/// <param name="IsTooLong">Whether it is longer than a line of the log can be.</param>
internal readonly record struct FileLine(long Offset, long End, ReadOnlyMemory<byte> Bytes, bool IsWhole, bool IsTooLong);

/// <summary>Reads lines of files that anybody may have made: what is too long is passed over, and memory stays as it is.</summary>
internal static class BoundedLines
{
    /// <summary>The longest line that is given; bytes. Lines of the log have some hundred.</summary>
    public const int Longest = 1 << 20;

    /// <summary>The lines from where the file stands, the last one even without a line break.</summary>
    /// <param name="file">The file.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static IEnumerable<FileLine> Read(Stream file, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Longest + 1);
        try
        {
            // Where in the file the buffer begins, how much of it is filled and searched; where a line began that is passed over.
            var (at, filled, searched) = (file.Position, 0, 0);
            long? passing = null;
            for (int read; (read = Fill(file, buffer, filled, cancellationToken)) > 0;)
            {
                filled += read;
                var start = 0;
                for (int end; (end = buffer.AsSpan(searched, filled - searched).IndexOf((byte)'\n')) >= 0; searched = start)
                {
                    end += searched;
                    yield return passing is { } began
                        ? new FileLine(began, at + end + 1, default, IsWhole: true, IsTooLong: true)
                        : new FileLine(at + start, at + end + 1, buffer.AsMemory(start, end - start), IsWhole: true, IsTooLong: false);
                    passing = null;
                    start = end + 1;
                }

                var left = filled - start;
                if (passing is not null || left > Longest)
                {
                    passing ??= at + start;
                    (start, left) = (filled, 0);
                }

                buffer.AsSpan(start, left).CopyTo(buffer);
                at += start;
                (filled, searched) = (left, left);
            }

            if (passing is { } open)
            {
                yield return new FileLine(open, at, default, IsWhole: false, IsTooLong: true);
            }
            else if (filled > 0)
            {
                yield return new FileLine(at, at + filled, buffer.AsMemory(0, filled), IsWhole: false, IsTooLong: false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int Fill(Stream file, byte[] buffer, int filled, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return file.Read(buffer, filled, buffer.Length - filled);
    }
}
