using System.Xml.Linq;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Storage;

/// <summary>List Blobs of an account with a hierarchical namespace. The engine is flat, so a directory is an empty blob marked <c>hdi_isfolder</c>, which is also how such an account shows it to blob clients.</summary>
internal static class HierarchicalListing
{
    /// <summary>The metadata that marks a directory.</summary>
    public const string Mark = "hdi_isfolder";

    /// <summary>Whether a request lists blobs.</summary>
    public static bool Wanted(HttpContext http) =>
        HttpMethods.IsGet(http.Request.Method) && http.Request.Query["comp"] == "list" && http.Request.Query["restype"] == "container";

    /// <summary>Makes the directories above a blob, as writing it does in such an account.</summary>
    public static async Task EnsureParentsAsync(BlobEngine engine, StorageAccount account, string container, string blob, CancellationToken cancellationToken)
    {
        for (var cut = blob.IndexOf('/', StringComparison.Ordinal); cut > 0; cut = blob.IndexOf('/', cut + 1))
        {
            await CreateDirectoryAsync(engine, account, container, blob[..cut], cancellationToken);
        }
    }

    /// <summary>Makes a directory unless something has its name.</summary>
    /// <returns>Its ETag, or null when the name was taken.</returns>
    public static async Task<string?> CreateDirectoryAsync(BlobEngine engine, StorageAccount account, string container, string path, CancellationToken cancellationToken)
    {
        using var answer = await engine.CallAsync(account, HttpMethod.Put, BlobEngine.Target(container, path), null,
            [new("x-ms-blob-type", "BlockBlob"), new("x-ms-meta-" + Mark, "true"), new("If-None-Match", "*")], cancellationToken);
        return answer.IsSuccessStatusCode ? answer.Headers.ETag?.Tag : null;
    }

    /// <summary>Gives each entry of the engine's page its resource type; with a delimiter, directories are prefixes only.</summary>
    public static void Shape(XDocument page, string delimiter, bool metadataWanted, string serviceEndpoint)
    {
        page.Root?.SetAttributeValue("ServiceEndpoint", serviceEndpoint + "/");
        var blobs = page.Root?.Element("Blobs");
        var prefixes = blobs?.Elements("BlobPrefix").Select(p => p.Element("Name")?.Value).OfType<string>().ToHashSet(StringComparer.Ordinal) ?? [];
        foreach (var blob in blobs?.Elements("Blob").ToArray() ?? [])
        {
            var directory = string.Equals(blob.Element("Metadata")?.Element(Mark)?.Value, "true", StringComparison.OrdinalIgnoreCase);
            if (directory && delimiter.Length > 0)
            {
                var name = blob.Element("Name")?.Value + "/";
                if (prefixes.Add(name))
                {
                    blob.AddBeforeSelf(new XElement("BlobPrefix", new XElement("Name", name)));
                }

                blob.Remove();
                continue;
            }

            blob.Element("Properties")?.Add(new XElement("ResourceType", directory ? "directory" : "file"));
            if (!metadataWanted)
            {
                blob.Element("Metadata")?.Remove();
            }
        }
    }
}
