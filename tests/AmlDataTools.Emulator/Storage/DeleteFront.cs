using System.Globalization;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Storage;

/// <summary>Delete Blob with what the engine lacks: soft delete, versions, immutability, directories of hierarchical accounts, computed blobs.</summary>
/// <param name="state">Rules and kept blobs.</param>
/// <param name="engine">Azurite.</param>
/// <param name="kept">Keeps what is not deleted for good.</param>
internal sealed class DeleteFront(EmulatorState state, BlobEngine engine, KeptStore kept)
{
    private static readonly string[] Passed = ["x-ms-lease-id", "x-ms-delete-snapshots", "x-ms-if-tags"];

    /// <summary>Deletes what a checked request names.</summary>
    /// <exception cref="ServiceException">404, 409 or 412.</exception>
    public async Task HandleAsync(HttpContext http, StorageAccount account, string container, string blob)
    {
        var (version, snapshot) = (http.Request.Query["versionid"].ToString(), http.Request.Query["snapshot"].ToString());
        var conditions = KeptStore.ConditionsOf(http).ToArray();
        if (state.Virtual.Find(account.Name, container, blob)?.Find(blob) is { } computed)
        {
            Computed(http, account, container, computed, conditions);
            return;
        }

        var rules = state.Kept.Rules(account.Name);
        if (version.Length > 0 || snapshot.Length > 0)
        {
            var which = version.Length > 0 ? version : snapshot;
            if (kept.Find(account, container, blob).FirstOrDefault(k => k.Order == which && (version.Length == 0 || k.VersionId is not null)) is { } one)
            {
                Immutable(rules, container, blob);
                await KeptAsync(http, account, rules, one);
                return;
            }

            if (version.Length > 0 && state.Kept.Current(account.Name, container, blob) != version)
            {
                throw StorageError.BlobNotFound();
            }
        }

        var facts = await kept.HeadAsync(account, container, blob, conditions, http.RequestAborted, snapshot.Length > 0 ? snapshot : null) ?? throw StorageError.BlobNotFound();
        Immutable(rules, container, blob);
        if (facts.Leased && snapshot.Length == 0 && !http.Request.Headers.ContainsKey("x-ms-lease-id") && http.Request.Headers["x-ms-delete-snapshots"] != "only")
        {
            throw new ServiceException(412, "LeaseIdMissing", "There is currently a lease on the blob and no lease ID was specified in the request.");
        }

        if (account.Hierarchical && facts.Directory)
        {
            await EmptyAsync(account, container, blob, http.RequestAborted);
        }

        var undo = new List<KeptBlob>();
        var permanent = await KeepAsync(http, account, rules, container, blob, facts, snapshot, version, undo);
        var target = BlobEngine.Target(container, blob) + (snapshot.Length > 0 ? "?snapshot=" + Uri.EscapeDataString(snapshot) : string.Empty);
        var headers = Passed.Where(http.Request.Headers.ContainsKey).Select(p => KeyValuePair.Create(p, http.Request.Headers[p].ToString())).Concat(conditions);
        using var answer = await engine.CallAsync(account, HttpMethod.Delete, target, null, headers, http.RequestAborted);
        if (!answer.IsSuccessStatusCode)
        {
            foreach (var one in undo)
            {
                await kept.ForgetAsync(account, one, http.RequestAborted);
            }
        }
        else if (http.Request.Headers["x-ms-delete-snapshots"] != "only" && snapshot.Length == 0)
        {
            state.Kept.SetCurrent(account.Name, container, blob, null);
        }

        await AnswerAsync(http, answer, permanent);
    }

    /// <summary>Refuses to change a blob that a policy protects.</summary>
    /// <exception cref="ServiceException">409.</exception>
    public static void Immutable(StorageRules rules, string container, string blob)
    {
        if (rules.Of(container, blob, DateTimeOffset.UtcNow) is { } protection)
        {
            throw new ServiceException(409, "BlobImmutableDueToPolicy", protection.LegalHold
                ? "This operation is not permitted as the blob is immutable due to one or more legal holds."
                : "This operation is not permitted as the blob is immutable due to a policy.");
        }
    }

    /// <summary>Copies what goes to the kept ones where the account's rules say so.</summary>
    /// <returns>Whether the delete is for good.</returns>
    private async Task<bool> KeepAsync(HttpContext http, StorageAccount account, StorageRules rules, string container, string blob, BlobFacts facts, string snapshot, string version, List<KeptBlob> undo)
    {
        var now = DateTimeOffset.UtcNow;
        async Task Keep(BlobFacts what, KeptBlob record, string? fromSnapshot = null)
        {
            await kept.KeepAsync(account, what, record, http.RequestAborted, fromSnapshot);
            undo.Add(record);
        }

        if (snapshot.Length > 0)
        {
            if (rules.SoftDeleteDays is not null)
            {
                await Keep(facts, KeptStore.Record(container, blob, facts, snapshot: snapshot, deleted: now), snapshot);
            }

            return rules.SoftDeleteDays is null;
        }

        var with = http.Request.Headers["x-ms-delete-snapshots"].ToString();
        if (with is "include" or "only")
        {
            if (rules.SoftDeleteDays is not null)
            {
                foreach (var time in await kept.SnapshotsAsync(account, container, blob, http.RequestAborted))
                {
                    var about = await kept.HeadAsync(account, container, blob, [], http.RequestAborted, time) ?? facts;
                    await Keep(about, KeptStore.Record(container, blob, about, snapshot: time, deleted: now), time);
                }
            }

            foreach (var returned in state.Kept.Find(account.Name, container, blob).Where(k => k.Snapshot is not null && k.Deleted is null && !undo.Contains(k)))
            {
                if (rules.SoftDeleteDays is not null)
                {
                    returned.Deleted = now;
                }
                else
                {
                    await kept.ForgetAsync(account, returned, http.RequestAborted);
                }
            }
        }

        if (with == "only")
        {
            return rules.SoftDeleteDays is null;
        }

        if (rules.Versioning && version.Length == 0)
        {
            // The current version becomes a previous one; soft delete has no part in it [documented].
            await Keep(facts, KeptStore.Record(container, blob, facts, version: state.Kept.Current(account.Name, container, blob) ?? facts.Written));
            return false;
        }

        if (rules.SoftDeleteDays is not null && !facts.Directory)
        {
            await Keep(facts, KeptStore.Record(container, blob, facts, version: version.Length > 0 ? version : null, deleted: now) with { DeletionId = account.Hierarchical ? KeptStore.DeletionId() : null });
            return false;
        }

        return true;
    }

    private async Task KeptAsync(HttpContext http, StorageAccount account, StorageRules rules, KeptBlob one)
    {
        var forGood = http.Request.Query["deletetype"] == "permanent";
        if (forGood && !rules.PermanentDelete)
        {
            throw new ServiceException(409, "PermanentDeleteNotEnabled", "Permanent delete is not enabled for the storage account.");
        }

        if (one.Deleted is not null && !forGood)
        {
            throw StorageError.BlobNotFound();
        }

        var permanent = forGood || rules.SoftDeleteDays is null;
        if (permanent)
        {
            await kept.ForgetAsync(account, one, http.RequestAborted);
        }
        else
        {
            one.Deleted = DateTimeOffset.UtcNow;
        }

        Accepted(http, permanent);
    }

    private void Computed(HttpContext http, StorageAccount account, string container, VirtualBlob blob, IEnumerable<KeyValuePair<string, string>> conditions)
    {
        if (state.Virtual.IsRemoved(account.Name, container, blob.Name))
        {
            throw StorageError.BlobNotFound();
        }

        var match = conditions.FirstOrDefault(c => c.Key == "If-Match").Value;
        if (match is not (null or "*") && match.Trim('"') != blob.ETag)
        {
            throw StorageError.ConditionNotMet();
        }

        state.Virtual.Remove(account.Name, container, blob.Name);
        Accepted(http, permanent: true);
    }

    private async Task EmptyAsync(StorageAccount account, string container, string directory, CancellationToken cancellationToken)
    {
        using var answer = await engine.CallAsync(account, HttpMethod.Get, $"/{container}?restype=container&comp=list&maxresults=1&prefix={Uri.EscapeDataString(directory.TrimEnd('/') + "/")}", null, [], cancellationToken);
        if ((await answer.Content.ReadAsStringAsync(cancellationToken)).Contains("<Blob>", StringComparison.Ordinal))
        {
            throw new ServiceException(409, "DirectoryIsNotEmpty", "This operation is not permitted on a non-empty directory.");
        }
    }

    private static void Accepted(HttpContext http, bool permanent)
    {
        http.Response.StatusCode = 202;
        http.Response.Headers["x-ms-request-id"] = Guid.NewGuid().ToString();
        http.Response.Headers["x-ms-version"] = http.Request.Headers["x-ms-version"].ToString() is { Length: > 0 } version ? version : "2021-08-06";
        http.Response.Headers["x-ms-delete-type-permanent"] = permanent ? "true" : "false";
        http.Response.Headers.Date = DateTimeOffset.UtcNow.ToString("r", CultureInfo.InvariantCulture);
        http.Response.ContentLength = 0;
    }

    private static async Task AnswerAsync(HttpContext http, HttpResponseMessage answer, bool permanent)
    {
        if (answer.IsSuccessStatusCode)
        {
            Accepted(http, permanent);
            return;
        }

        var code = answer.Headers.TryGetValues("x-ms-error-code", out var codes) ? codes.First() : "InternalError";
        var text = await answer.Content.ReadAsStringAsync(http.RequestAborted);
        var (from, to) = (text.IndexOf("<Message>", StringComparison.Ordinal), text.IndexOf("</Message>", StringComparison.Ordinal));
        throw new ServiceException((int)answer.StatusCode, code, from >= 0 && to > from ? text[(from + 9)..to].Split('\n')[0] : "The engine refused.");
    }
}
