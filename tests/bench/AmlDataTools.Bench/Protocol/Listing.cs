using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using AmlDataTools.Bench.Content;

namespace AmlDataTools.Bench.Protocol;

/// <summary>A page of List Blobs as it is asked for.</summary>
public sealed record ListRequest(string Container, string Prefix, string Delimiter, string Marker, int Max);

/// <summary>
/// Pages of List Blobs. Each is rendered once and kept, so that after the warm-up of a benchmark a page costs the
/// server no more than sending it.
/// </summary>
public sealed class Listing(IReadOnlyDictionary<string, BenchContainer> containers)
{
    /// <summary>Names a page holds at most, as at the service.</summary>
    public const int MaxPage = 5000;

    private const string Declaration = "<?xml version=\"1.0\" encoding=\"utf-8\"?>";
    private const string LastModified = "Thu, 01 Jan 2026 00:00:00 GMT";
    private readonly ConcurrentDictionary<ListRequest, Task<ReadOnlyMemory<byte>?>> pages = new();

    /// <summary>The list of containers.</summary>
    public ReadOnlyMemory<byte> Containers()
    {
        var text = new StringBuilder(Declaration).Append("<EnumerationResults><Containers>");
        foreach (var name in containers.Keys.Order(StringComparer.Ordinal))
        {
            text.Append("<Container><Name>").Append(name).Append("</Name><Properties><Last-Modified>").Append(LastModified)
                .Append("</Last-Modified><Etag>\"0x8DD0000000FFFFF\"</Etag></Properties></Container>");
        }

        return Encoding.UTF8.GetBytes(text.Append("</Containers><NextMarker /></EnumerationResults>").ToString());
    }

    /// <summary>A page of blobs; null when its marker is not one of this server's.</summary>
    public Task<ReadOnlyMemory<byte>?> BlobsAsync(ListRequest request) =>
        containers[request.Container].GoneCount > 0 ? RenderAsync(request) : pages.GetOrAdd(request, static (key, self) => self.RenderAsync(key), this);

    private async Task<ReadOnlyMemory<byte>?> RenderAsync(ListRequest request)
    {
        var container = containers[request.Container];
        var index = container.FirstAtOrAfter(request.Prefix);
        if (request.Marker.Length > 0 && !TryReadMarker(request.Marker, out index))
        {
            return null;
        }

        var text = new StringBuilder(Declaration)
            .Append("<EnumerationResults ServiceEndpoint=\"https://bench.blob.localhost/\" ContainerName=\"").Append(container.Name).Append("\">");
        Element(text, "Prefix", request.Prefix);
        Element(text, "Marker", request.Marker);
        Element(text, "MaxResults", request.Max.ToString(CultureInfo.InvariantCulture));
        Element(text, "Delimiter", request.Delimiter);
        text.Append("<Blobs>");

        var entries = 0;
        while (index < container.Blobs.Count && entries < request.Max)
        {
            var blob = container.Blobs[index];
            if (!blob.Name.StartsWith(request.Prefix, StringComparison.Ordinal))
            {
                index = container.Blobs.Count;
                break;
            }

            if (container.IsGone(index))
            {
                index++;
                continue;
            }

            entries++;
            var end = request.Delimiter.Length == 0 ? -1 : blob.Name.IndexOf(request.Delimiter, request.Prefix.Length, StringComparison.Ordinal);
            if (end < 0)
            {
                await BlobAsync(text, blob);
                index++;
                continue;
            }

            var folder = blob.Name[..(end + request.Delimiter.Length)];
            text.Append("<BlobPrefix><Name>").Append(folder).Append("</Name></BlobPrefix>");
            while (index < container.Blobs.Count && container.Blobs[index].Name.StartsWith(folder, StringComparison.Ordinal))
            {
                index++;
            }
        }

        while (index < container.Blobs.Count && container.IsGone(index))
        {
            index++;
        }

        var more = index < container.Blobs.Count && container.Blobs[index].Name.StartsWith(request.Prefix, StringComparison.Ordinal);
        text.Append("</Blobs>");
        Element(text, "NextMarker", more ? "2!" + index.ToString(CultureInfo.InvariantCulture) : string.Empty);
        return Encoding.UTF8.GetBytes(text.Append("</EnumerationResults>").ToString());
    }

    private static bool TryReadMarker(string marker, out int index)
    {
        index = 0;
        return marker.StartsWith("2!", StringComparison.Ordinal)
            && int.TryParse(marker.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out index);
    }

    private static async Task BlobAsync(StringBuilder text, BenchBlob blob)
    {
        var md5 = await blob.Md5Async();
        text.Append("<Blob><Name>").Append(blob.Name)
            .Append("</Name><Properties><Creation-Time>").Append(LastModified)
            .Append("</Creation-Time><Last-Modified>").Append(LastModified)
            .Append("</Last-Modified><Etag>").Append(blob.ETag.Trim('"'))
            .Append("</Etag><Content-Length>").Append(blob.Length)
            .Append("</Content-Length><Content-Type>application/octet-stream</Content-Type><Content-Encoding /><Content-Language /><Content-CRC64 /><Content-MD5>")
            .Append(md5)
            .Append("</Content-MD5><Cache-Control /><Content-Disposition /><BlobType>BlockBlob</BlobType><AccessTier>Hot</AccessTier>")
            .Append("<AccessTierInferred>true</AccessTierInferred><LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState>")
            .Append("<ServerEncrypted>true</ServerEncrypted></Properties><OrMetadata /></Blob>");
    }

    private static void Element(StringBuilder text, string name, string value)
    {
        if (value.Length > 0)
        {
            text.Append('<').Append(name).Append('>').Append(System.Security.SecurityElement.Escape(value)).Append("</").Append(name).Append('>');
        }
        else if (name == "NextMarker")
        {
            text.Append("<NextMarker />");
        }
    }
}
