using System.Globalization;
using System.Xml.Linq;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Storage;

/// <summary>What a HEAD tells of a live blob.</summary>
/// <param name="ETag">Without quotes.</param>
/// <param name="Length">Bytes.</param>
/// <param name="LastModified">As the header says.</param>
/// <param name="About">Content type, blob type, MD5 and creation time.</param>
/// <param name="Leased">A lease holds it.</param>
/// <param name="Directory">It stands for a directory.</param>
internal sealed record BlobFacts(string ETag, long Length, string LastModified, (string Type, string BlobType, string Md5, string Created) About, bool Leased, bool Directory)
{
    /// <summary>The version id of a blob that was written before versions were kept: its creation time [documented].</summary>
    public string Written => DateTimeOffset.TryParse(About.Created.Length > 0 ? About.Created : LastModified, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
        ? time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture)
        : "2000-01-01T00:00:00.0000000Z";
}

/// <summary>Moves blobs between the live ones and the kept ones: contents by copies inside the engine, so that no blob passes through memory.</summary>
/// <param name="state">The kept blobs.</param>
/// <param name="engine">Azurite.</param>
internal sealed class KeptStore(EmulatorState state, BlobEngine engine)
{
    private static readonly string[] Conditions = ["If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"];

    /// <summary>The condition headers of a request.</summary>
    public static IEnumerable<KeyValuePair<string, string>> ConditionsOf(HttpContext http) =>
        Conditions.Where(http.Request.Headers.ContainsKey).Select(c => KeyValuePair.Create(c, http.Request.Headers[c].ToString()));

    /// <summary>The facts of a live blob under a request's conditions; null when there is none.</summary>
    /// <exception cref="ServiceException">412.</exception>
    public async Task<BlobFacts?> HeadAsync(StorageAccount account, string container, string blob, IEnumerable<KeyValuePair<string, string>> conditions, CancellationToken cancellationToken, string? snapshot = null)
    {
        var target = BlobEngine.Target(container, blob) + (snapshot is null ? string.Empty : "?snapshot=" + Uri.EscapeDataString(snapshot));
        using var answer = await engine.CallAsync(account, HttpMethod.Head, target, null, conditions, cancellationToken);
        if ((int)answer.StatusCode is 304 or 412)
        {
            throw StorageError.ConditionNotMet();
        }

        if (!answer.IsSuccessStatusCode)
        {
            return null;
        }

        string Header(string name) => answer.Headers.TryGetValues(name, out var values) || answer.Content.Headers.TryGetValues(name, out values) ? values.First() : string.Empty;
        return new BlobFacts(Header("ETag").Trim('"'), answer.Content.Headers.ContentLength ?? 0, Header("Last-Modified"),
            (Header("Content-Type"), Header("x-ms-blob-type"), Header("Content-MD5"), Header("x-ms-creation-time")), Header("x-ms-lease-status") == "locked", Header("x-ms-meta-" + HierarchicalListing.Mark) == "true");
    }

    /// <summary>Copies a live blob, or a snapshot, to the kept ones.</summary>
    /// <param name="account">The account.</param>
    /// <param name="facts">What it is.</param>
    /// <param name="kept">What it becomes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="fromSnapshot">The snapshot to copy; null for the live blob.</param>
    public async Task KeepAsync(StorageAccount account, BlobFacts facts, KeptBlob kept, CancellationToken cancellationToken, string? fromSnapshot = null)
    {
        var source = BlobEngine.Target(kept.Container, kept.Name) + (fromSnapshot is null ? string.Empty : "?snapshot=" + Uri.EscapeDataString(fromSnapshot));
        await engine.CopyAsync(account, source, BlobEngine.Target(KeptBlobs.Shadow, kept.Content), facts.About.Type, cancellationToken);
        state.Kept.Add(account.Name, kept);
    }

    /// <summary>A record for a blob.</summary>
    public static KeptBlob Record(string container, string blob, BlobFacts facts, string? version = null, string? snapshot = null, DateTimeOffset? deleted = null) =>
        new(container, blob) { VersionId = version, Snapshot = snapshot, Deleted = deleted, ETag = facts.ETag, Length = facts.Length, LastModified = facts.LastModified, About = facts.About };

    /// <summary>Names a deletion in an account with a hierarchical namespace: a file time, as in Microsoft's examples.</summary>
    public static string DeletionId() => DateTime.UtcNow.ToFileTimeUtc().ToString(CultureInfo.InvariantCulture);

    /// <summary>Forgets a kept blob and its content.</summary>
    public async Task ForgetAsync(StorageAccount account, KeptBlob kept, CancellationToken cancellationToken)
    {
        state.Kept.Remove(account.Name, kept);
        await engine.DeleteAsync(account, KeptBlobs.Shadow, kept.Content, cancellationToken);
    }

    /// <summary>What is kept of a name; what outlived its time is gone.</summary>
    public IReadOnlyList<KeptBlob> Find(StorageAccount account, string container, string blob) => [.. state.Kept.Find(account.Name, container, blob).Where(k => Remaining(account, k) >= 0)];

    /// <summary>Whole days that a deleted blob is kept yet; 0 while it is not deleted, negative when its time is over.</summary>
    public int Remaining(StorageAccount account, KeptBlob kept) => kept.Deleted is not { } deleted ? 0
        : (int)Math.Floor((deleted.AddDays(state.Kept.Rules(account.Name).SoftDeleteDays ?? 0) - DateTimeOffset.UtcNow).TotalDays);

    /// <summary>The times of a live blob's snapshots in the engine.</summary>
    public async Task<IReadOnlyList<string>> SnapshotsAsync(StorageAccount account, string container, string blob, CancellationToken cancellationToken)
    {
        using var answer = await engine.CallAsync(account, HttpMethod.Get, $"/{container}?restype=container&comp=list&include=snapshots&prefix={Uri.EscapeDataString(blob)}", null, [], cancellationToken);
        return [.. XDocument.Parse(await answer.Content.ReadAsStringAsync(cancellationToken)).Descendants("Blob")
            .Where(b => b.Element("Name")?.Value == blob).Select(b => b.Element("Snapshot")?.Value).Where(s => !string.IsNullOrEmpty(s)).OfType<string>()];
    }

    /// <summary>Brings back what was soft-deleted of a name: the blob itself unless there is one, its snapshots and versions [documented].</summary>
    /// <exception cref="ServiceException">404: there is nothing of that name.</exception>
    public async Task UndeleteAsync(StorageAccount account, string container, string blob, CancellationToken cancellationToken)
    {
        var kept = Find(account, container, blob);
        var live = await HeadAsync(account, container, blob, [], cancellationToken) is not null;
        if (!live && kept.Count == 0)
        {
            throw StorageError.BlobNotFound();
        }

        foreach (var one in kept.Where(k => k.Deleted is not null && k.Order.Length > 0))
        {
            one.Deleted = null;
        }

        if (!live && kept.LastOrDefault(k => k.Deleted is not null && k.Order.Length == 0) is { } newest)
        {
            await engine.CopyAsync(account, BlobEngine.Target(KeptBlobs.Shadow, newest.Content), BlobEngine.Target(container, blob), newest.About.Type, cancellationToken);
            if (account.Hierarchical)
            {
                await HierarchicalListing.EnsureParentsAsync(engine, account, container, blob, cancellationToken);
            }

            await ForgetAsync(account, newest, cancellationToken);
        }
    }
}
