using System.Globalization;
using System.Xml;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Storage.Shares;

/// <summary>List Shares, and List Directories and Files.</summary>
internal static class FileListing
{
    private const int MostResults = 5000;

    /// <summary>Answers List Shares.</summary>
    public static async Task SharesAsync(HttpContext http, string endpoint, IReadOnlyList<FileShareState> shares)
    {
        var query = http.Request.Query;
        var prefix = query["prefix"].ToString();
        var snapshots = query["include"].ToString().Split(',').Contains("snapshots", StringComparer.OrdinalIgnoreCase);
        var all = shares.Where(s => s.Name.StartsWith(prefix, StringComparison.Ordinal))
            .SelectMany(s => (snapshots ? s.Snapshots.Select(t => (Share: s, Time: (string?)t)) : []).Append((Share: s, Time: null))).ToList();
        var (first, most) = Page(query["marker"].ToString(), query["maxresults"].ToString());
        await WriteAsync(http, xml =>
        {
            xml.WriteAttributeString("ServiceEndpoint", endpoint);
            if (prefix.Length > 0)
            {
                xml.WriteElementString("Prefix", prefix);
            }

            xml.WriteStartElement("Shares");
            foreach (var (share, time) in all.Skip(first).Take(most))
            {
                xml.WriteStartElement("Share");
                xml.WriteElementString("Name", share.Name);
                if (time is not null)
                {
                    xml.WriteElementString("Snapshot", time);
                }

                xml.WriteStartElement("Properties");
                xml.WriteElementString("Last-Modified", share.Root.Modified.ToString("r", CultureInfo.InvariantCulture));
                xml.WriteElementString("Etag", share.Root.ETag);
                xml.WriteElementString("Quota", "5120");
                xml.WriteEndElement();
                xml.WriteEndElement();
            }

            xml.WriteEndElement();
            xml.WriteElementString("NextMarker", first + most < all.Count ? Paging.Token(first + most) : string.Empty);
        });
    }

    /// <summary>Answers List Directories and Files: one level, files and directories mixed.</summary>
    public static async Task DirectoryAsync(HttpContext http, string endpoint, FileShareState share, string path)
    {
        var query = http.Request.Query;
        var prefix = query["prefix"].ToString();
        var include = query["include"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var unknown = include.FirstOrDefault(i => i.ToUpperInvariant() is not ("TIMESTAMPS" or "ETAG" or "ATTRIBUTES" or "PERMISSIONKEY"));
        if (unknown is not null)
        {
            throw FileError.Invalid("InvalidQueryParameterValue", "include=" + unknown);
        }

        var extended = string.Equals(http.Request.Headers["x-ms-file-extended-info"], "true", StringComparison.OrdinalIgnoreCase);
        bool Wants(string what) => include.Contains(what, StringComparer.OrdinalIgnoreCase);
        if (include.Length > 0 && !extended && http.Request.Headers.ContainsKey("x-ms-file-extended-info"))
        {
            throw FileError.Invalid("InvalidHeaderValue", "x-ms-file-extended-info");
        }

        var marker = query["marker"].ToString();
        var most = Most(query["maxresults"].ToString());
        List<ShareNode> page;
        var next = string.Empty;
        string directoryId;
        lock (share.Gate)
        {
            var (parent, node) = share.Find(path);
            if (node is not ShareDirectory directory)
            {
                throw parent is null ? FileError.ParentNotFound() : FileError.ResourceNotFound();
            }

            directoryId = directory.Id;

            // The marker names the entry at which to go on, so that what comes or goes meanwhile shifts nothing.
            var from = marker.Length == 0 ? null : Name(marker);
            page = [.. directory.Nodes.Values
                .Where(n => n.Name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && (from is null || StringComparer.OrdinalIgnoreCase.Compare(n.Name, from) >= 0)).Take(most + 1)];
            if (page.Count > most)
            {
                next = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes("at:" + page[most].Name));
                page.RemoveAt(most);
            }
        }

        await WriteAsync(http, xml =>
        {
            xml.WriteAttributeString("ServiceEndpoint", endpoint);
            xml.WriteAttributeString("ShareName", share.Name);
            xml.WriteAttributeString("DirectoryPath", path);
            if (marker.Length > 0)
            {
                xml.WriteElementString("Marker", marker);
            }

            if (prefix.Length > 0)
            {
                Named(xml, "Prefix", prefix);
            }

            xml.WriteElementString("MaxResults", most.ToString(CultureInfo.InvariantCulture));
            if (extended || include.Length > 0)
            {
                xml.WriteElementString("DirectoryId", directoryId);
            }

            xml.WriteStartElement("Entries");
            foreach (var node in page)
            {
                Write(xml, node, extended || include.Length > 0, Wants);
            }

            xml.WriteEndElement();
            xml.WriteElementString("NextMarker", next);
        });
    }

    private static void Write(XmlWriter xml, ShareNode node, bool extended, Func<string, bool> wants)
    {
        var file = node as ShareFile;
        xml.WriteStartElement(file is null ? "Directory" : "File");
        Named(xml, "Name", node.Name);
        if (extended)
        {
            xml.WriteElementString("FileId", node.Id);
        }

        xml.WriteStartElement("Properties");
        if (file is not null)
        {
            xml.WriteElementString("Content-Length", file.Length.ToString(CultureInfo.InvariantCulture));
        }

        if (wants("Timestamps"))
        {
            xml.WriteElementString("CreationTime", Time(node.Created));
            xml.WriteElementString("LastAccessTime", Time(node.Modified));
            xml.WriteElementString("LastWriteTime", Time(node.Modified));
            xml.WriteElementString("ChangeTime", Time(node.Modified));
            xml.WriteElementString("Last-Modified", node.Modified.ToString("r", CultureInfo.InvariantCulture));
        }

        if (wants("ETag"))
        {
            xml.WriteElementString("Etag", node.ETag);
        }

        xml.WriteEndElement();
        if (wants("Attributes"))
        {
            xml.WriteElementString("Attributes", Attributes(node));
        }

        if (wants("PermissionKey"))
        {
            xml.WriteElementString("PermissionKey", "4066528134148476695*1");
        }

        xml.WriteEndElement();
    }

    /// <summary>Attributes as SMB knows them.</summary>
    public static string Attributes(ShareNode node) => node is ShareFile file ? (file.ReadOnly ? "ReadOnly | Archive" : "Archive") : "Directory";

    private static string Name(string marker)
    {
        var buffer = new byte[marker.Length];
        return Convert.TryFromBase64String(marker, buffer, out var count) && System.Text.Encoding.UTF8.GetString(buffer, 0, count) is var text && text.StartsWith("at:", StringComparison.Ordinal)
            ? text[3..]
            : throw FileError.Invalid("InvalidQueryParameterValue", "marker");
    }

    private static int Most(string text) => text.Length == 0 ? MostResults
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? Math.Min(count, MostResults)
        : throw new ServiceException(400, "OutOfRangeQueryParameterValue", "One of the query parameters specified in the request URI is outside the permissible range.");

    private static (int First, int Most) Page(string marker, string most) => (Paging.Offset(marker), Most(most));

    /// <summary>Names that XML 1.0 cannot hold are percent-encoded and marked, from 2021-12-02.</summary>
    private static void Named(XmlWriter xml, string element, string name)
    {
        xml.WriteStartElement(element);
        if (name.Any(c => !XmlConvert.IsXmlChar(c) && !char.IsSurrogate(c)) || name.Contains('\uFFFE') || name.Contains('\uFFFF'))
        {
            xml.WriteAttributeString("Encoded", "true");
            xml.WriteString(Uri.EscapeDataString(name));
        }
        else
        {
            xml.WriteString(name);
        }

        xml.WriteEndElement();
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    private static async Task WriteAsync(HttpContext http, Action<XmlWriter> body)
    {
        using var page = new MemoryStream();
        using (var xml = XmlWriter.Create(page, new XmlWriterSettings { Encoding = new System.Text.UTF8Encoding(false) }))
        {
            xml.WriteStartDocument();
            xml.WriteStartElement("EnumerationResults");
            body(xml);
            xml.WriteEndElement();
        }

        http.Response.ContentType = "application/xml";
        http.Response.ContentLength = page.Length;
        await http.Response.Body.WriteAsync(page.GetBuffer().AsMemory(0, (int)page.Length), http.RequestAborted);
    }
}
