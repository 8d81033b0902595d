using System.Globalization;
using System.Xml;

namespace AmlDataTools.Azure.Blobs;

/// <summary>Reads the XML of List Blobs with versions, snapshots and what is deleted. A blob is read apart from the plain listing's, which is the faster for it.</summary>
internal static class BlobVersionParser
{
    /// <summary>Reads one page.</summary>
    /// <exception cref="InvalidDataException">The document is not a listing.</exception>
    public static async Task<BlobVersionPage> ReadAsync(Stream xml, CancellationToken cancellationToken)
    {
        var items = new List<BlobVersionItem>();
        var marker = await BlobListParser.WalkAsync(
            xml,
            async reader => items.Add(await ReadBlobAsync(reader).ConfigureAwait(false)),
            _ => Task.CompletedTask,
            cancellationToken).ConfigureAwait(false);
        return new BlobVersionPage(items, marker);
    }

    private static async Task<BlobVersionItem> ReadBlobAsync(XmlReader reader)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var isMetadata = false;
        var isFolder = false;
        if (!reader.IsEmptyElement)
        {
            var depth = reader.Depth;
            while (await reader.ReadAsync().ConfigureAwait(false) && reader.Depth > depth)
            {
                if (reader.NodeType != XmlNodeType.Element)
                {
                    isMetadata &= !(reader.NodeType == XmlNodeType.EndElement && reader.Name == "Metadata");
                    continue;
                }

                // Metadata is named by people: a key called Deleted is not the service's Deleted.
                switch (reader.Name)
                {
                    case "Properties" or "OrMetadata" or "Tags":
                        break;
                    case "Metadata":
                        isMetadata = !reader.IsEmptyElement;
                        break;
                    case var name when isMetadata:
                        isFolder |= name.Equals("hdi_isfolder", StringComparison.OrdinalIgnoreCase) && IsTrue(await BlobListParser.ReadTextAsync(reader).ConfigureAwait(false));
                        break;
                    case "Name":
                        var encoded = reader.GetAttribute("Encoded") == "true";
                        var text = await BlobListParser.ReadTextAsync(reader).ConfigureAwait(false);
                        values["Name"] = encoded ? Uri.UnescapeDataString(text) : text;
                        break;
                    case var name:
                        values[name] = await BlobListParser.ReadTextAsync(reader).ConfigureAwait(false);
                        break;
                }
            }
        }

        return Make(values, isFolder);
    }

    private static BlobVersionItem Make(Dictionary<string, string> values, bool isFolder)
    {
        var invariant = CultureInfo.InvariantCulture;
        _ = long.TryParse(Text("Content-Length"), NumberStyles.None, invariant, out var length);
        var blob = new BlobItem(
            Text("Name") ?? string.Empty,
            length,
            Text("Etag") is { } etag ? BlobListParser.Quote(etag) : null,
            Text("Content-MD5"),
            BlobListParser.ParseDate(Text("Last-Modified")),
            isFolder || Text("ResourceType") == "directory");
        return new BlobVersionItem(blob)
        {
            VersionId = Text("VersionId"),
            IsCurrentVersion = Text("IsCurrentVersion") is { } current ? IsTrue(current) : null,
            Snapshot = Text("Snapshot"),
            Deleted = IsTrue(Text("Deleted")),
            DeletedTime = BlobListParser.ParseDate(Text("DeletedTime")),
            RemainingRetentionDays = int.TryParse(Text("RemainingRetentionDays"), NumberStyles.None, invariant, out var days) ? days : null,
            DeletionId = Text("DeletionId"),
            LeaseState = Text("LeaseState"),
            LeaseStatus = Text("LeaseStatus"),
            ImmutabilityUntil = BlobListParser.ParseDate(Text("ImmutabilityPolicyUntilDate")),
            ImmutabilityMode = Text("ImmutabilityPolicyMode"),
            LegalHold = IsTrue(Text("LegalHold")),
        };

        string? Text(string name) => values.TryGetValue(name, out var value) && value.Length > 0 ? value : null;
    }

    private static bool IsTrue(string? text) => string.Equals(text, "true", StringComparison.OrdinalIgnoreCase);
}
