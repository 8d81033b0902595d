using System.Globalization;
using System.Xml;

namespace AmlDataTools.Azure.Blobs;

/// <summary>Reads the XML of List Blobs as a stream, so that a page of 5,000 blobs costs only its result.</summary>
internal static class BlobListParser
{
    internal static readonly XmlReaderSettings Settings = new()
    {
        Async = true,
        DtdProcessing = DtdProcessing.Prohibit,
        IgnoreComments = true,
        IgnoreWhitespace = true,
        XmlResolver = null,

        // The service marks names it cannot write in XML 1.0 (Encoded="true"); emulators may not.
        CheckCharacters = false,
    };

    /// <summary>Reads one page.</summary>
    /// <exception cref="InvalidDataException">The document is not a listing.</exception>
    public static async Task<BlobListPage> ReadAsync(Stream xml, CancellationToken cancellationToken)
    {
        var blobs = new List<BlobItem>();
        var prefixes = new List<string>();
        var marker = await WalkAsync(
            xml,
            async reader => blobs.Add(await ReadBlobAsync(reader).ConfigureAwait(false)),
            async reader => prefixes.Add((await ReadBlobAsync(reader).ConfigureAwait(false)).Name),
            cancellationToken).ConfigureAwait(false);
        return new BlobListPage(blobs, prefixes, marker);
    }

    /// <summary>Goes through a listing.</summary>
    /// <param name="xml">The document.</param>
    /// <param name="onBlob">Reads the blob the reader stands on.</param>
    /// <param name="onPrefix">Reads the folder the reader stands on.</param>
    /// <param name="cancellationToken">Stops between blobs.</param>
    /// <returns>Where the next page begins; null when this is the last.</returns>
    /// <exception cref="InvalidDataException">The document is not a listing.</exception>
    internal static async Task<string?> WalkAsync(Stream xml, Func<XmlReader, Task> onBlob, Func<XmlReader, Task> onPrefix, CancellationToken cancellationToken)
    {
        string? marker = null;
        var isListing = false;
        try
        {
            using var reader = XmlReader.Create(xml, Settings);
            while (await reader.ReadAsync().ConfigureAwait(false))
            {
                if (reader.NodeType != XmlNodeType.Element)
                {
                    continue;
                }

                switch (reader.Name)
                {
                    case "EnumerationResults":
                        isListing = true;
                        break;
                    case "Blob":
                        cancellationToken.ThrowIfCancellationRequested();
                        await onBlob(reader).ConfigureAwait(false);
                        break;
                    case "BlobPrefix":
                        await onPrefix(reader).ConfigureAwait(false);
                        break;
                    case "NextMarker":
                        marker = await ReadTextAsync(reader).ConfigureAwait(false);
                        break;
                }
            }
        }
        catch (XmlException exception)
        {
            throw new InvalidDataException("The storage account answered a listing that is not complete XML.", exception);
        }

        return !isListing ? throw new InvalidDataException("The storage account answered something that is not a listing.")
            : string.IsNullOrEmpty(marker) ? null
            : marker;
    }

    /// <summary>Reads the element the reader stands on: a blob, or a file or directory of a share, which are told in the same words.</summary>
    internal static async Task<BlobItem> ReadBlobAsync(XmlReader reader)
    {
        var name = string.Empty;
        long length = 0;
        string? etag = null;
        string? md5 = null;
        DateTimeOffset? modified = null;
        var isFolder = false;
        if (reader.IsEmptyElement)
        {
            return default;
        }

        var depth = reader.Depth;
        while (await reader.ReadAsync().ConfigureAwait(false) && reader.Depth > depth)
        {
            if (reader.NodeType != XmlNodeType.Element)
            {
                continue;
            }

            switch (reader.Name)
            {
                case "Name":
                    var encoded = reader.GetAttribute("Encoded") == "true";
                    name = await ReadTextAsync(reader).ConfigureAwait(false);
                    name = encoded ? Uri.UnescapeDataString(name) : name;
                    break;
                case "Content-Length":
                    long.TryParse(await ReadTextAsync(reader).ConfigureAwait(false), NumberStyles.None, CultureInfo.InvariantCulture, out length);
                    break;
                case "Etag":
                    etag = Quote(await ReadTextAsync(reader).ConfigureAwait(false));
                    break;
                case "Content-MD5":
                    md5 = await ReadTextAsync(reader).ConfigureAwait(false);
                    break;
                case "Last-Modified":
                    modified = ParseDate(await ReadTextAsync(reader).ConfigureAwait(false));
                    break;
                case "ResourceType":
                    isFolder |= await ReadTextAsync(reader).ConfigureAwait(false) == "directory";
                    break;
                case "hdi_isfolder" or "Hdi_isfolder":
                    isFolder |= string.Equals(await ReadTextAsync(reader).ConfigureAwait(false), "true", StringComparison.OrdinalIgnoreCase);
                    break;
            }
        }

        return new BlobItem(name, length, string.IsNullOrEmpty(etag) ? null : etag, string.IsNullOrEmpty(md5) ? null : md5, modified, isFolder);
    }

    /// <summary>The text of the element the reader stands on; leaves the reader on its end, so that the caller's loop goes on behind it.</summary>
    internal static async Task<string> ReadTextAsync(XmlReader reader)
    {
        if (reader.IsEmptyElement)
        {
            return string.Empty;
        }

        var text = string.Empty;
        while (await reader.ReadAsync().ConfigureAwait(false) && reader.NodeType != XmlNodeType.EndElement)
        {
            if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace)
            {
                text += reader.Value;
            }
        }

        return text;
    }

    /// <summary>Listings give the tag without quotes, headers with: one form is kept.</summary>
    internal static string Quote(string etag) =>
        etag.Length == 0 || etag[0] == '"' || etag.StartsWith("W/", StringComparison.Ordinal) ? etag : $"\"{etag}\"";

    internal static DateTimeOffset? ParseDate(string? text) =>
        DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null;
}
