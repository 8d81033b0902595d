using System.Globalization;
using System.Xml;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Storage;

/// <summary>Answers listings and reads of computed blobs as the blob service would.</summary>
internal static class VirtualFront
{
    private const int MostResults = 5000;

    /// <summary>Answers HEAD or GET of a blob.</summary>
    public static async Task ReadAsync(HttpContext http, VirtualBlob blob)
    {
        var request = http.Request.Headers;
        var etag = $"\"{blob.ETag}\"";
        if (request.IfMatch.ToString() is { Length: > 0 } match && match != etag && match != "*")
        {
            throw StorageError.ConditionNotMet();
        }

        if (request.IfNoneMatch.ToString() is { Length: > 0 } none && (none == etag || none == "*"))
        {
            throw StorageError.ConditionNotMet(304);
        }

        var (start, end, ranged) = Range(request["x-ms-range"].ToString() is { Length: > 0 } range ? range : request.Range.ToString(), blob.Size);
        var response = http.Response;
        response.StatusCode = ranged ? 206 : 200;
        response.Headers.ETag = etag;
        response.Headers.AcceptRanges = "bytes";
        response.Headers.LastModified = blob.Modified.ToString("r", CultureInfo.InvariantCulture);
        response.Headers["x-ms-creation-time"] = blob.Modified.ToString("r", CultureInfo.InvariantCulture);
        response.Headers["x-ms-blob-type"] = "BlockBlob";
        response.Headers["x-ms-lease-state"] = "available";
        response.Headers["x-ms-lease-status"] = "unlocked";
        response.Headers["x-ms-server-encrypted"] = "true";
        response.Headers["x-ms-request-id"] = Guid.NewGuid().ToString();
        response.Headers["x-ms-version"] = request["x-ms-version"].ToString() is { Length: > 0 } version ? version : "2021-08-06";
        response.ContentType = "application/octet-stream";
        response.ContentLength = end - start;
        if (ranged)
        {
            response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {start}-{end - 1}/{blob.Size}");
        }

        if (HttpMethods.IsHead(http.Request.Method))
        {
            return;
        }

        var buffer = new byte[(int)Math.Min(64 * 1024, end - start)];
        for (var at = start; at < end;)
        {
            var count = (int)Math.Min(buffer.Length, end - at);
            Content.Fill(blob.Seed, at, buffer.AsSpan(0, count));
            await response.Body.WriteAsync(buffer.AsMemory(0, count), http.RequestAborted);
            at += count;
        }
    }

    /// <summary>Answers List Blobs.</summary>
    /// <param name="http">The request.</param>
    /// <param name="folder">The computed blobs.</param>
    /// <param name="serviceEndpoint">The account's address.</param>
    /// <param name="removed">Whether a blob was taken away.</param>
    public static async Task ListAsync(HttpContext http, VirtualFolder folder, string serviceEndpoint, Func<string, bool> removed)
    {
        var query = http.Request.Query;
        var prefix = query["prefix"].ToString();
        var delimiter = query["delimiter"].ToString();
        var marker = query["marker"].ToString();
        var most = Paging.Count(query["maxresults"].ToString() is { Length: > 0 } text ? text : null, MostResults, MostResults);
        using var page = new MemoryStream();
        http.Response.ContentType = "application/xml";
        http.Response.Headers["x-ms-request-id"] = Guid.NewGuid().ToString();
        http.Response.Headers["x-ms-version"] = http.Request.Headers["x-ms-version"].ToString() is { Length: > 0 } version ? version : "2021-08-06";
        using var xml = XmlWriter.Create(page, new XmlWriterSettings { Encoding = new System.Text.UTF8Encoding(false) });
        xml.WriteStartDocument();
        xml.WriteStartElement("EnumerationResults");
        xml.WriteAttributeString("ServiceEndpoint", serviceEndpoint);
        xml.WriteAttributeString("ContainerName", folder.Container);
        xml.WriteElementString("Prefix", prefix);
        if (marker.Length > 0)
        {
            xml.WriteElementString("Marker", marker);
        }

        if (delimiter.Length > 0)
        {
            xml.WriteElementString("Delimiter", delimiter);
        }

        xml.WriteStartElement("Blobs");
        var at = folder.LowerBound(marker.Length > 0 ? marker : prefix);
        var written = 0;
        while (at < folder.Count && written < most && folder.At(at) is var blob && blob.Name.StartsWith(prefix, StringComparison.Ordinal))
        {
            if (removed(blob.Name))
            {
                at++;
                continue;
            }

            var cut = delimiter.Length == 0 ? -1 : blob.Name.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
            if (cut < 0)
            {
                Write(xml, blob);
                at++;
            }
            else
            {
                var name = blob.Name[..(cut + delimiter.Length)];
                xml.WriteStartElement("BlobPrefix");
                xml.WriteElementString("Name", name);
                xml.WriteEndElement();
                at = folder.LowerBound(name[..^1] + (char)(name[^1] + 1));
            }

            written++;
        }

        xml.WriteEndElement();
        var next = at < folder.Count && folder.At(at) is var following && following.Name.StartsWith(prefix, StringComparison.Ordinal) ? following.Name : string.Empty;
        xml.WriteElementString("NextMarker", next);
        xml.WriteEndElement();
        xml.Flush();
        http.Response.ContentLength = page.Length;
        await http.Response.Body.WriteAsync(page.GetBuffer().AsMemory(0, (int)page.Length), http.RequestAborted);
    }

    private static void Write(XmlWriter xml, VirtualBlob blob)
    {
        var time = blob.Modified.ToString("r", CultureInfo.InvariantCulture);
        xml.WriteStartElement("Blob");
        xml.WriteElementString("Name", blob.Name);
        xml.WriteStartElement("Properties");
        foreach (var (name, value) in new[]
        {
            ("Creation-Time", time), ("Last-Modified", time), ("Etag", blob.ETag), ("Content-Length", blob.Size.ToString(CultureInfo.InvariantCulture)),
            ("Content-Type", "application/octet-stream"), ("Content-Encoding", ""), ("Content-Language", ""), ("Content-CRC64", ""), ("Content-MD5", ""),
            ("Cache-Control", ""), ("Content-Disposition", ""), ("BlobType", "BlockBlob"), ("AccessTier", "Hot"), ("AccessTierInferred", "true"),
            ("LeaseStatus", "unlocked"), ("LeaseState", "available"), ("ServerEncrypted", "true"),
        })
        {
            xml.WriteStartElement(name);
            if (value.Length > 0)
            {
                xml.WriteString(value);
            }

            xml.WriteEndElement();
        }

        xml.WriteEndElement();
        xml.WriteStartElement("OrMetadata");
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static (long Start, long End, bool Ranged) Range(string header, long size)
    {
        if (!header.StartsWith("bytes=", StringComparison.OrdinalIgnoreCase))
        {
            return (0, size, false);
        }

        var parts = header["bytes=".Length..].Split('-');
        if (parts.Length != 2 || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var start))
        {
            return (0, size, false);
        }

        var end = long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var last) ? Math.Min(last + 1, size) : size;
        return start >= size ? throw StorageError.InvalidRange(size) : (start, end, true);
    }
}
