using System.Xml;
using AmlDataTools.Azure.Blobs;

namespace AmlDataTools.Azure.Files;

/// <summary>Reads the XML of List Directories and Files, and of List Shares, as a stream.</summary>
internal static class FileListParser
{
    /// <summary>Reads one page of a directory.</summary>
    /// <exception cref="InvalidDataException">The document is not a listing.</exception>
    public static async Task<FileListPage> ReadAsync(Stream xml, CancellationToken cancellationToken)
    {
        var entries = new List<BlobItem>();
        var marker = await WalkAsync(
            xml,
            async reader =>
            {
                if (reader.Name is not ("File" or "Directory"))
                {
                    return;
                }

                cancellationToken.ThrowIfCancellationRequested();
                var isFolder = reader.Name == "Directory";
                var entry = await BlobListParser.ReadBlobAsync(reader).ConfigureAwait(false);
                entries.Add(entry with { IsFolder = isFolder });
            }).ConfigureAwait(false);
        return entries.Exists(entry => string.IsNullOrEmpty(entry.Name))
            ? throw new InvalidDataException("The storage account listed a file or directory without a name.")
            : new FileListPage(entries, marker);
    }

    /// <summary>The times of the snapshots of a share in a page of List Shares.</summary>
    /// <exception cref="InvalidDataException">The document is not a listing.</exception>
    public static async Task<(IReadOnlyList<string> Snapshots, string? NextMarker)> ReadSnapshotsAsync(Stream xml, string share)
    {
        var snapshots = new List<string>();
        var name = string.Empty;
        var marker = await WalkAsync(
            xml,
            async reader =>
            {
                if (reader.Name == "Name")
                {
                    name = await BlobListParser.ReadTextAsync(reader).ConfigureAwait(false);
                }
                else if (reader.Name == "Snapshot" && await BlobListParser.ReadTextAsync(reader).ConfigureAwait(false) is { Length: > 0 } time && name == share)
                {
                    snapshots.Add(time);
                }
            }).ConfigureAwait(false);
        return (snapshots, marker);
    }

    private static async Task<string?> WalkAsync(Stream xml, Func<XmlReader, Task> onElement)
    {
        string? marker = null;
        var isListing = false;
        try
        {
            using var reader = XmlReader.Create(xml, BlobListParser.Settings);
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
                    case "NextMarker":
                        marker = await BlobListParser.ReadTextAsync(reader).ConfigureAwait(false);
                        break;
                    default:
                        await onElement(reader).ConfigureAwait(false);
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
}
