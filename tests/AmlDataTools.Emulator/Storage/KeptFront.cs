using System.Globalization;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Storage;

/// <summary>Reads of older versions and snapshots, undelete, and what a write leaves behind in an account that keeps things.</summary>
/// <param name="state">Rules and kept blobs.</param>
/// <param name="kept">Keeps what a write replaces.</param>
internal sealed class KeptFront(EmulatorState state, KeptStore kept)
{
    /// <summary>The kept blob that a read names by version or snapshot; null when the engine has what is asked for.</summary>
    /// <exception cref="ServiceException">404: there is no such version, or it was deleted.</exception>
    public KeptBlob? Asked(HttpContext http, StorageAccount account, string container, string blob)
    {
        var (version, snapshot) = (http.Request.Query["versionid"].ToString(), http.Request.Query["snapshot"].ToString());
        if ((version.Length == 0 && snapshot.Length == 0) || !(HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)))
        {
            return null;
        }

        var found = Of(account, container, blob, version, snapshot);
        return version.Length > 0 && found is null && state.Kept.Current(account.Name, container, blob) != version ? throw StorageError.BlobNotFound() : found;
    }

    /// <summary>Makes the answer of the engine that of a kept blob.</summary>
    /// <returns>The engine's target.</returns>
    public static string Read(HttpContext http, KeptBlob blob)
    {
        var request = http.Request.Headers;
        if (request.IfMatch.ToString() is { Length: > 0 } match && match != "*" && match.Trim('"') != blob.ETag)
        {
            throw StorageError.ConditionNotMet();
        }

        request.Remove("If-Match");
        http.Response.OnStarting(() =>
        {
            http.Response.Headers.ETag = $"\"{blob.ETag}\"";
            http.Response.Headers.LastModified = blob.LastModified;
            if (blob.VersionId is { } version)
            {
                http.Response.Headers["x-ms-version-id"] = version;
            }

            foreach (var copy in http.Response.Headers.Keys.Where(h => h.StartsWith("x-ms-copy-", StringComparison.OrdinalIgnoreCase)).ToArray())
            {
                http.Response.Headers.Remove(copy);
            }

            return Task.CompletedTask;
        });
        return BlobEngine.Target(KeptBlobs.Shadow, blob.Content);
    }

    /// <summary>Tells the version of a live blob and what protects it, in the answer to come.</summary>
    public void Mark(HttpContext http, StorageAccount account, string container, string blob)
    {
        if (state.Kept.Current(account.Name, container, blob) is { } version)
        {
            http.Response.Headers["x-ms-version-id"] = version;
            http.Response.Headers["x-ms-is-current-version"] = "true";
        }

        var protections = state.Kept.Rules(account.Name).Protections.Where(p => p.Covers(container, blob)).ToArray();
        if (protections.Where(p => p.Until > DateTimeOffset.UtcNow).MaxBy(p => p.Until)?.Until is { } until)
        {
            http.Response.Headers["x-ms-immutability-policy-until-date"] = until.ToString("r", CultureInfo.InvariantCulture);
            http.Response.Headers["x-ms-immutability-policy-mode"] = "locked";
        }

        if (protections.Any(p => p.LegalHold))
        {
            http.Response.Headers["x-ms-legal-hold"] = "true";
        }
    }

    /// <summary>Undelete Blob.</summary>
    public async Task UndeleteAsync(HttpContext http, StorageAccount account, string container, string blob)
    {
        await kept.UndeleteAsync(account, container, blob, http.RequestAborted);
        http.Response.StatusCode = 200;
        http.Response.Headers["x-ms-request-id"] = Guid.NewGuid().ToString();
        http.Response.Headers["x-ms-version"] = http.Request.Headers["x-ms-version"].ToString();
        http.Response.ContentLength = 0;
    }

    /// <summary>Whether a request replaces a blob's content or metadata.</summary>
    public static bool Writes(HttpContext http, string blob) => blob.Length > 0 && HttpMethods.IsPut(http.Request.Method)
        && http.Request.Query["comp"].ToString() is "" or "blocklist" or "metadata";

    /// <summary>Does a write: what it replaces is kept if the account says so, and a version is given.</summary>
    /// <param name="http">The request.</param>
    /// <param name="account">The account.</param>
    /// <param name="container">The container.</param>
    /// <param name="blob">The blob.</param>
    /// <param name="forward">Passes the request on.</param>
    public async Task WriteAsync(HttpContext http, StorageAccount account, string container, string blob, Func<Task> forward)
    {
        var rules = state.Kept.Rules(account.Name);
        if (rules is { SoftDeleteDays: null, Versioning: false, Protections.Count: 0 })
        {
            await forward();
            return;
        }

        KeptBlob? replaced = null;
        if (await kept.HeadAsync(account, container, blob, [], http.RequestAborted) is { } before)
        {
            DeleteFront.Immutable(rules, container, blob);
            if (rules.Versioning)
            {
                replaced = KeptStore.Record(container, blob, before, version: state.Kept.Current(account.Name, container, blob) ?? before.Written);
            }
            else if (rules.SoftDeleteDays is not null && http.Request.Query["comp"] != "metadata")
            {
                replaced = KeptStore.Record(container, blob, before, snapshot: state.Kept.Stamp(), deleted: DateTimeOffset.UtcNow);
            }

            if (replaced is not null)
            {
                await kept.KeepAsync(account, before, replaced, http.RequestAborted);
            }
        }

        var stamp = rules.Versioning ? state.Kept.Stamp() : null;
        http.Response.OnStarting(() =>
        {
            if (stamp is not null && http.Response.StatusCode < 300)
            {
                http.Response.Headers["x-ms-version-id"] = stamp;
            }

            return Task.CompletedTask;
        });
        await forward();
        if (http.Response.StatusCode < 300)
        {
            state.Kept.SetCurrent(account.Name, container, blob, stamp);
        }
        else if (replaced is not null)
        {
            await kept.ForgetAsync(account, replaced, http.RequestAborted);
        }
    }

    /// <summary>Points a copy whose source is a kept version or snapshot to its content.</summary>
    /// <returns>Whether it did: then the client's signature no longer fits the request.</returns>
    public bool Source(HttpContext http, StorageAccount account)
    {
        var given = http.Request.Headers["x-ms-copy-source"].ToString();
        if (!Uri.TryCreate(given, UriKind.Absolute, out var source) || !source.Host.StartsWith(account.Name + ".blob.", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(source.Query);
        string Value(string name) => query.TryGetValue(name, out var value) ? value.ToString() : string.Empty;
        var (container, blob) = StorageFront.Split(source.AbsolutePath);
        if (Of(account, container, blob, Value("versionid"), Value("snapshot")) is not { } found)
        {
            return false;
        }

        http.Request.Headers["x-ms-copy-source"] = $"http://{account.Name}.blob.localhost{BlobEngine.Target(KeptBlobs.Shadow, found.Content)}";
        return true;
    }

    private KeptBlob? Of(StorageAccount account, string container, string blob, string version, string snapshot) => version.Length == 0 && snapshot.Length == 0 ? null
        : kept.Find(account, container, blob).FirstOrDefault(k => k.Deleted is null && (version.Length > 0 ? k.VersionId == version : k.Snapshot == snapshot));
}
