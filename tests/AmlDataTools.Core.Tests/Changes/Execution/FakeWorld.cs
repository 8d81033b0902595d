using System.Collections.Concurrent;
using System.Text.Json;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Blobs;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Changes;
using AmlDataTools.Core.Changes.Execution;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Storage;

namespace AmlDataTools.Core.Tests.Changes.Execution;

/// <summary>Records and blobs in memory, with the refusals and the faults that a test asks for.</summary>
internal sealed class FakeWorld : IChangeServices, IRecordService, IBlobChanges
{
    private readonly Lock _lock = new();
    private int _calls;

    public static DateTimeOffset Born { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public Dictionary<string, RecordState> Records { get; } = [];

    public SortedDictionary<string, Blob> Blobs { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, Blob> Deleted { get; } = [];

    public Dictionary<string, Queue<AzureServiceException>> Refusals { get; } = [];

    public ConcurrentQueue<string> Log { get; } = new();

    /// <summary>At this changing call the process "dies".</summary>
    public int DieAt { get; set; } = -1;

    /// <summary>Whether what it died of took effect.</summary>
    public bool DieAfter { get; set; }

    public bool KnowsBatches { get; set; } = true;

    public bool Hierarchical { get; init; }

    public int? KeepsDays { get; init; }

    public Exception? RefusesAll { get; set; }

    /// <summary>After so many questions all records are gone.</summary>
    public int VanishesAfter { get; set; }

    public bool StaysThere { get; set; }

    public int Changes => _calls;

    string IBlobChanges.Access => "a fake";

    public void AddRecord(string name, string state = "Completed", bool archived = false) =>
        Records[name] = new RecordState("\"1\"", null, archived, state, Born, default);

    public void AddBlob(string name, long length = 10, string etag = "\"1\"", string? refuses = null) => Blobs[name] = new Blob(etag, length, refuses);

    public void Refuse(string name, params AzureServiceException[] refusals) => Refusals[name] = new Queue<AzureServiceException>(refusals);

    public string State()
    {
        lock (_lock)
        {
            return string.Join('\n', Records.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => $"{r.Key} {r.Value.Archived}")
                .Concat(Blobs.Select(b => $"{b.Key} {b.Value.ETag}")));
        }
    }

    public WorkspaceRef Workspace(OperationPlan plan, string source) => new("s", "g", "w", "t");

    IRecordService IChangeServices.Records(WorkspaceRef workspace) => this;

    IBlobChanges IChangeServices.Blobs(OperationPlan plan, string source) => this;

    public Task<RecordState?> FindAsync(ResourceRecord record, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (--VanishesAfter == 0)
            {
                Records.Clear();
            }

            return Task.FromResult(Records.GetValueOrDefault(record.Name));
        }
    }

    public async Task<bool?> IsArchivedAsync(ResourceRecord record, CancellationToken cancellationToken) =>
        (await FindAsync(record, cancellationToken))?.Archived;

    public Task<RecordAnswer?> SetArchivedAsync(ResourceRecord record, RecordState now, bool archived, CancellationToken cancellationToken) =>
        Change<RecordAnswer?>(record.Name, $"archive {record.Name} {archived}", () =>
        {
            Records[record.Name] = Records[record.Name] with { Archived = archived, ETag = "\"2\"" };
            return new RecordAnswer(200, "r", "c", null, null);
        });

    /// <summary>The texts of records by name: raw JSON as run history gives it.</summary>
    public Dictionary<string, string> Texts { get; } = [];

    public Task<RecordTexts?> TextsAsync(ResourceRecord record, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            using var document = JsonDocument.Parse(Texts.GetValueOrDefault(record.Name, "{}"));
            return Task.FromResult(Records.TryGetValue(record.Name, out var state) ? RecordTexts.OfHistory(document.RootElement.Clone(), state.Created, state.Archived) : null);
        }
    }

    public Task<RecordAnswer?> ClearAsync(ResourceRecord record, RecordTexts now, IReadOnlyCollection<string> fields, bool archive, CancellationToken cancellationToken) =>
        Change<RecordAnswer?>(record.Name, $"clear {record.Name} {string.Join('+', fields)}", () =>
        {
            var changed = JsonEdit.Change(now.Raw, path => fields.Contains(string.Join('.', path)) ? JsonEdit.Remove : null);
            Texts[record.Name] = changed.GetRawText();
            Records[record.Name] = Records[record.Name] with { Archived = Records[record.Name].Archived || archive };
            return new RecordAnswer(200, "r", "c", null, null);
        });

    public Task<RecordAnswer> RemoveAsync(ResourceRecord record, bool detach, CancellationToken cancellationToken) =>
        Change(record.Name, $"{(detach ? "detach" : "delete")} {record.Name}", () =>
        {
            if (!Records.ContainsKey(record.Name))
            {
                throw new AzureServiceException(404, "NotFound", "gone");
            }

            if (!StaysThere)
            {
                Records.Remove(record.Name);
            }

            return new RecordAnswer(200, "r", "c", 90, null);
        });

    public Task DeleteMetricsAsync(ResourceRecord record, CancellationToken cancellationToken) =>
        Change(record.Name, $"metrics {record.Name}", () => true);

    /// <summary>What is kept of deleted records: how often it is said first that nothing is.</summary>
    public Dictionary<string, int> Kept { get; } = [];

    public Task<bool> IsKeptAsync(ResourceRecord record, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult(Kept.TryGetValue(record.Name, out var hidden) && (Kept[record.Name] = hidden - 1) < 0);
        }
    }

    public Task<RecordAnswer> PurgeAsync(ResourceRecord record, CancellationToken cancellationToken) =>
        Change(record.Name, $"purge {record.Name}", () =>
        {
            Kept.Remove(record.Name);
            return new RecordAnswer(202, "r", "c", null, null);
        });

    public Task WaitAsync(ArmAnswer running, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<BlobVersionPage> ListPageAsync(string prefix, string? marker, BlobListDetails details, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var live = details.HasFlag(BlobListDetails.OnlyDeleted) ? [] : Blobs.Where(b => b.Key.StartsWith(prefix, StringComparison.Ordinal))
                .Select(b => new BlobVersionItem(new BlobItem(b.Key, b.Value.Length, b.Value.ETag, null, null, b.Value.IsFolder))).ToList();
            var kept = details.HasFlag(BlobListDetails.Deleted) && KeepsDays is { } days
                ? Deleted.Where(b => b.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(b =>
                    new BlobVersionItem(new BlobItem(b.Key, b.Value.Length, b.Value.ETag, null, null, false)) { Deleted = true, DeletedTime = DateTimeOffset.UtcNow, RemainingRetentionDays = days, DeletionId = Hierarchical ? "d1" : null })
                : [];
            var all = live.Concat(kept).OrderBy(i => i.Blob.Name, StringComparer.Ordinal).ToList();

            // Small pages, so that each test goes over their borders.
            var first = marker is null ? 0 : int.Parse(marker, System.Globalization.CultureInfo.InvariantCulture);
            var page = all.Skip(first).Take(7).ToList();
            return Task.FromResult(new BlobVersionPage(page, first + 7 < all.Count ? (first + 7).ToString(System.Globalization.CultureInfo.InvariantCulture) : null));
        }
    }

    public Task<IReadOnlyList<BlobDeletion>> DeleteBatchAsync(IReadOnlyList<BlobDeleteRequest> blobs, CancellationToken cancellationToken) => RefusesAll is not null ? throw RefusesAll : KnowsBatches
        ? Change<IReadOnlyList<BlobDeletion>>("batch", $"batch {blobs.Count}", () => [.. blobs.Select(Delete)])
        : throw new AzureServiceException(400, "InvalidInput", "no batches");

    public Task<BlobDeletion> DeleteAsync(BlobDeleteRequest blob, CancellationToken cancellationToken) => Change(blob.Name, $"blob {blob.Name}", () => Delete(blob));

    public Task<string?> DeleteDirectoryAsync(string path, bool recursive, CancellationToken cancellationToken) =>
        Change<string?>(path, $"directory {path} {recursive}", () =>
        {
            foreach (var name in Blobs.Keys.Where(n => recursive && n.StartsWith(path + "/", StringComparison.Ordinal)).ToList())
            {
                Deleted[name] = Blobs[name];
                Blobs.Remove(name);
            }

            return "r";
        });

    public Task UndeleteAsync(string name, CancellationToken cancellationToken) => Change(name, $"undelete {name}", () =>
    {
        Blobs[name] = Deleted.Remove(name, out var blob) ? blob : Blobs.TryGetValue(name, out var there) ? there : throw new AzureServiceException(404, "BlobNotFound", "not kept");
        return true;
    });

    public Task UndeletePathAsync(string path, string deletionId, CancellationToken cancellationToken) => UndeleteAsync(path, cancellationToken);

    public Task PromoteVersionAsync(string name, string versionId, CancellationToken cancellationToken) => UndeleteAsync(name, cancellationToken);

    private BlobDeletion Delete(BlobDeleteRequest request)
    {
        if (!Blobs.TryGetValue(request.Name, out var blob))
        {
            return new BlobDeletion(request.Name, 404, "BlobNotFound", "b");
        }

        if (request.ETag != blob.ETag)
        {
            return new BlobDeletion(request.Name, 412, "ConditionNotMet", "b");
        }

        if (blob.Refuses is { } code)
        {
            return new BlobDeletion(request.Name, code == "LeaseIdMissing" ? 412 : 409, code, "b");
        }

        Deleted[request.Name] = blob;
        Blobs.Remove(request.Name);
        return new BlobDeletion(request.Name, 202, null, "b");
    }

    private Task<T> Change<T>(string key, string what, Func<T> change)
    {
        lock (_lock)
        {
            var dies = ++_calls == DieAt;
            if (dies && !DieAfter)
            {
                throw new InvalidOperationException("The process died.");
            }

            if (Refusals.TryGetValue(key, out var refusals) && refusals.TryDequeue(out var refusal))
            {
                Log.Enqueue($"refused {what}");
                throw refusal;
            }

            Log.Enqueue(what);
            var answer = change();
            return dies ? throw new InvalidOperationException("The process died.") : Task.FromResult(answer);
        }
    }

    internal sealed record Blob(string ETag, long Length, string? Refuses, bool IsFolder = false);
}
