using System.Globalization;

namespace AmlDataTools.Bench.Protocol;

/// <summary>A range of bytes inside a blob.</summary>
/// <param name="Offset">First byte.</param>
/// <param name="Count">Bytes.</param>
public readonly record struct ByteRange(long Offset, long Count)
{
    /// <summary>Reads <c>bytes=a-b</c> or <c>bytes=a-</c>, the two forms the service knows; an empty header is the whole blob.</summary>
    /// <returns>False when the range begins behind the blob's end, or is not a range.</returns>
    public static bool TryRead(string header, long length, out ByteRange range)
    {
        range = new ByteRange(0, length);
        if (header.Length == 0)
        {
            return true;
        }

        var dash = header.IndexOf('-', StringComparison.Ordinal);
        if (!header.StartsWith("bytes=", StringComparison.Ordinal)
            || dash < 0
            || !long.TryParse(header.AsSpan(6, dash - 6), NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            || first >= length)
        {
            return false;
        }

        var last = length - 1;
        if (dash + 1 < header.Length)
        {
            if (!long.TryParse(header.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out last) || last < first)
            {
                return false;
            }

            last = Math.Min(last, length - 1);
        }

        range = new ByteRange(first, last - first + 1);
        return true;
    }

    /// <summary>The Content-Range header.</summary>
    public string ContentRange(long length) =>
        string.Create(CultureInfo.InvariantCulture, $"bytes {Offset}-{Offset + Count - 1}/{length}");
}
