using System.Text;

namespace AmlDataTools.Core.Names;

/// <summary>
/// How names of a service are written on a local disk. Every character that Windows, macOS or Linux does not take, or
/// that disguises a name, becomes <c>%XX</c> for each of its UTF-8 bytes; an empty segment becomes <c>%</c>; a percent
/// sign is encoded only where it could be mistaken for one of these. So ordinary names stay as they are.
/// </summary>
public static class LocalNames
{
    /// <summary>
    /// The most UTF-8 bytes of a segment, and so of its UTF-16 units. File systems take 255 of one or the other; the
    /// rest is left for the endings of files that are not complete yet.
    /// </summary>
    public const int MaxSegmentBytes = 240;

    /// <summary>
    /// The most UTF-8 bytes of a relative path. Of an absolute one, Linux takes 4,095, Windows 32,767 UTF-16 units and
    /// macOS 1,023: there, making a path that is longer with the destination before it fails.
    /// </summary>
    public const int MaxPathBytes = 2000;

    /// <summary>The name of the service, from a local path that was neither shortened nor disambiguated.</summary>
    /// <param name="path">The local path, with <c>/</c>, without the folder that was put before it.</param>
    public static string Decode(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!path.Contains('%', StringComparison.Ordinal))
        {
            return path;
        }

        var name = new StringBuilder(path.Length);
        var rest = path.AsSpan();
        for (var slash = rest.IndexOf('/'); slash >= 0; slash = rest.IndexOf('/'))
        {
            SegmentDecoder.Decode(rest[..slash], name);
            name.Append('/');
            rest = rest[(slash + 1)..];
        }

        SegmentDecoder.Decode(rest, name);
        return name.ToString();
    }

    /// <summary>
    /// A single safe segment for any text, such as the display name of a run: encoded, <c>/</c> too, and shortened
    /// when it is too long. For the folders a caller puts before names; whether they clash the mapper finds out.
    /// </summary>
    /// <param name="text">Any text; none gives <c>%</c>.</param>
    public static string Segment(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var segment = SegmentEncoder.Encode(text) ?? text;
        return Encoding.UTF8.GetByteCount(segment) <= MaxSegmentBytes
            ? segment
            : SegmentTag.Add(segment, SegmentTag.Hash(text, 16));
    }
}
