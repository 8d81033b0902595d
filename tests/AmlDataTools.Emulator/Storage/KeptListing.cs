using System.Globalization;
using System.Xml.Linq;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Storage;

/// <summary>List Blobs with what the engine does not know: deleted blobs, versions, snapshots brought back, and what protects a blob.</summary>
/// <param name="state">Rules and kept blobs.</param>
/// <param name="kept">Tells what is kept and how long.</param>
internal sealed class KeptListing(EmulatorState state, KeptStore kept)
{
    private const int MostResults = 5000;
    private static readonly string[] Own = ["deleted", "versions", "deletedwithversions", "immutabilitypolicy", "legalhold"];

    /// <summary>What a listing asks to include.</summary>
    public static string[] Include(HttpContext http) => http.Request.Query["include"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Whether the engine's page is not the whole answer.</summary>
    public bool Wanted(HttpContext http, StorageAccount account, string container) =>
        OnlyDeleted(http, account) || Include(http) is var include && (include.Intersect(Own).Any() || (include.Contains("snapshots") && state.Kept.Under(account.Name, container, string.Empty).Any(k => k.Snapshot is not null && k.Deleted is null)));

    /// <summary>Whether only deleted paths are asked for, which an account with a hierarchical namespace can.</summary>
    public static bool OnlyDeleted(HttpContext http, StorageAccount account) => account.Hierarchical && http.Request.Query["showonly"] == "deleted";

    /// <summary>The includes that the engine understands.</summary>
    public static IEnumerable<string> ForEngine(IEnumerable<string> include) => include.Except(Own);

    /// <summary>Adds the kept blobs to a page of the engine's and cuts it to its size again, never between entries of one name.</summary>
    public void Merge(HttpContext http, StorageAccount account, string container, XDocument page)
    {
        var include = Include(http);
        var query = http.Request.Query;
        var (prefix, delimiter, marker) = (query["prefix"].ToString(), query["delimiter"].ToString(), query["marker"].ToString());
        var blobs = page.Root?.Element("Blobs");
        if (page.Root is not { } root || blobs is null)
        {
            return;
        }

        if (OnlyDeleted(http, account))
        {
            blobs.RemoveNodes();
        }

        foreach (var live in blobs.Elements("Blob"))
        {
            Complete(live, account, container, include);
        }

        var next = root.Element("NextMarker")?.Value ?? string.Empty;
        var entries = blobs.Elements().Select((e, i) => (Key: e.Element("Name")?.Value ?? string.Empty, Order: e.Element("Snapshot")?.Value is { Length: > 0 } s ? s : "~", Element: e)).ToList();
        var prefixes = blobs.Elements("BlobPrefix").Select(p => p.Element("Name")?.Value).ToHashSet(StringComparer.Ordinal);
        foreach (var one in state.Kept.Under(account.Name, container, prefix).Where(k => !k.InDirectory && (OnlyDeleted(http, account) ? k.Deleted is not null && kept.Remaining(account, k) >= 0 : Shown(account, k, include))))
        {
            var cut = delimiter.Length == 0 ? -1 : one.Name.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
            var key = cut < 0 ? one.Name : one.Name[..(cut + delimiter.Length)];
            if (string.CompareOrdinal(key, marker) <= 0 || (next.Length > 0 && string.CompareOrdinal(key, next) > 0))
            {
                continue;
            }

            if (cut < 0)
            {
                entries.Add((key, one.Order, Element(account, one)));
            }
            else if (prefixes.Add(key))
            {
                entries.Add((key, string.Empty, new XElement("BlobPrefix", new XElement("Name", key))));
            }
        }

        entries = [.. entries.OrderBy(e => e.Key, StringComparer.Ordinal).ThenBy(e => e.Order, StringComparer.Ordinal)];
        var most = Paging.Count(query["maxresults"].ToString() is { Length: > 0 } text ? text : null, MostResults, MostResults);
        if (entries.Count > most)
        {
            var name = entries[most].Key;
            var end = entries.FindIndex(e => e.Key == name);
            end = end > 0 ? end : entries.FindLastIndex(e => e.Key == name) + 1;
            if (end < entries.Count)
            {
                // A folder's marker lies behind everything in it.
                next = entries[end - 1].Element.Name == "BlobPrefix" ? entries[end - 1].Key + "\ufffd" : entries[end - 1].Key;
                entries.RemoveRange(end, entries.Count - end);
            }
        }

        blobs.ReplaceNodes(entries.Select(e => e.Element));
        root.Element("NextMarker")?.Remove();
        root.Add(new XElement("NextMarker", next));
    }

    private bool Shown(StorageAccount account, KeptBlob one, string[] include) =>
        (one.Deleted is null || (include.Contains("deleted") && kept.Remaining(account, one) >= 0))
        && (one.VersionId is null || include.Contains("versions"))
        && (one.Snapshot is null || include.Contains("snapshots"));

    private void Complete(XElement live, StorageAccount account, string container, string[] include)
    {
        var name = live.Element("Name")?.Value ?? string.Empty;
        var snapshot = live.Element("Snapshot")?.Value is { Length: > 0 };
        if (include.Contains("versions") && !snapshot && state.Kept.Current(account.Name, container, name) is { } version)
        {
            live.Element("Name")?.AddAfterSelf(new XElement("VersionId", version), new XElement("IsCurrentVersion", "true"));
        }

        var protections = state.Kept.Rules(account.Name).Protections.Where(p => p.Covers(container, name)).ToArray();
        if (include.Contains("immutabilitypolicy") && protections.Where(p => p.Until > DateTimeOffset.UtcNow).MaxBy(p => p.Until)?.Until is { } until)
        {
            live.Element("Properties")?.Add(new XElement("ImmutabilityPolicyUntilDate", until.ToString("r", CultureInfo.InvariantCulture)), new XElement("ImmutabilityPolicyMode", "locked"));
        }

        if (include.Contains("legalhold") && protections.Any(p => p.LegalHold))
        {
            live.Element("Properties")?.Add(new XElement("LegalHold", "true"));
        }
    }

    private XElement Element(StorageAccount account, KeptBlob one)
    {
        var element = new XElement("Blob", new XElement("Name", one.Name));
        if (one.Deleted is not null)
        {
            element.Add(new XElement("Deleted", "true"));
            if (one.DeletionId is { } deletion)
            {
                element.Add(new XElement("DeletionId", deletion));
            }
        }

        if (one.Snapshot is { } snapshot)
        {
            element.Add(new XElement("Snapshot", snapshot));
        }

        if (one.VersionId is { } version)
        {
            element.Add(new XElement("VersionId", version));
        }

        var properties = new XElement("Properties",
            new XElement("Creation-Time", one.About.Created.Length > 0 ? one.About.Created : one.LastModified),
            new XElement("Last-Modified", one.LastModified),
            new XElement("Etag", one.ETag),
            new XElement("Content-Length", one.Length.ToString(CultureInfo.InvariantCulture)),
            new XElement("Content-Type", one.About.Type),
            new XElement("Content-MD5", one.About.Md5),
            new XElement("BlobType", one.About.BlobType),
            new XElement("AccessTier", "Hot"),
            new XElement("AccessTierInferred", "true"),
            new XElement("ServerEncrypted", "true"));
        if (one.Deleted is { } deleted)
        {
            properties.Add(new XElement("DeletedTime", deleted.ToString("r", CultureInfo.InvariantCulture)), new XElement("RemainingRetentionDays", kept.Remaining(account, one).ToString(CultureInfo.InvariantCulture)));
        }

        if (account.Hierarchical)
        {
            properties.Add(new XElement("ResourceType", one.Directory ? "directory" : "file"));
        }

        element.Add(properties, new XElement("OrMetadata"));
        return element;
    }
}
