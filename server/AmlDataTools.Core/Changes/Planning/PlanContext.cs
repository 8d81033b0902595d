using AmlDataTools.Azure;
using AmlDataTools.Core.Changes.References;
using AmlDataTools.Core.Export;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Places;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.Changes.Planning;

/// <summary>What is gathered while a plan of a change is made.</summary>
internal sealed class PlanContext(ChangeRequest request, AzureConnection connection, DateTimeOffset now, IProgress<PlanStep>? progress) : IDisposable
{
    private readonly Dictionary<ResourceAddress, PlannedRecord> _byAddress = [];
    private readonly Dictionary<SourceInfo, string> _sources = [];
    private readonly Dictionary<WorkspaceRef, Task<StoreMap>> _stores = [];
    private readonly HashSet<string> _codes = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, (string Message, long Count)> _warnings = new(StringComparer.Ordinal);

    /// <summary>The verb.</summary>
    public OperationVerb Verb => request.Verb;

    /// <summary>How.</summary>
    public ChangeChoices Choices => request.Choices;

    /// <summary>The retention rule that asks; null when a person chose.</summary>
    public RetentionRules.RuleMark? Rule => request.Rule;

    /// <summary>Whether of runs only the data is meant.</summary>
    public bool DataOnly => request.DataOnly;

    /// <summary>Whether blobs are deleted with their records.</summary>
    public bool TakesData => request.Choices.IncludeData && request.Verb is (OperationVerb.Delete or OperationVerb.Unregister);

    /// <summary>Whether it matters where data lies: it is deleted, or only what nothing refers to, or has no model, is meant.</summary>
    public bool FindsPlaces => TakesData || request.Filter is { Unreferenced: true } or { WithoutModel: true };

    /// <summary>When the plan is made.</summary>
    public DateTimeOffset Now => now;

    /// <summary>The records, in the order found.</summary>
    public List<PlannedRecord> Records { get; } = [];

    /// <summary>The places, in the order found.</summary>
    public List<PlannedPlace> Places { get; } = [];

    /// <summary>Workspaces of which something could not be read that may refer to data, with what it was.</summary>
    public Dictionary<WorkspaceRef, List<string>> Unread { get; } = [];

    /// <summary>What the jobs of a workspace refer to, where their list was read to its end already.</summary>
    public Dictionary<WorkspaceRef, JobReferences> Jobs { get; } = [];

    /// <summary>The locks of the workspaces of what was chosen, read before anything else.</summary>
    public Dictionary<WorkspaceRef, LockMap> Locks { get; } = [];

    /// <summary>What is known of the workspaces that are deleted as a whole.</summary>
    public Dictionary<WorkspaceRef, PlannedWorkspace> Workspaces { get; } = [];

    /// <summary>Adds what is left over from workspaces that are gone; null before there is any. It remembers what it read.</summary>
    public LeftoverPlanner? Leftovers { get; set; }

    /// <summary>Parents of runs, by id, as far as seen.</summary>
    public Dictionary<string, string> Parents { get; } = new(StringComparer.Ordinal);

    /// <summary>What must not be named in the plan; null for nothing.</summary>
    public HiddenTexts? Hidden { get; init; }

    /// <summary>Whether chosen runs have children that were not asked for.</summary>
    public bool HasChildRuns { get; set; }

    /// <summary>What the items' source keys stand for.</summary>
    public IReadOnlyDictionary<string, SourceInfo> Sources => _sources.ToDictionary(p => p.Value, p => p.Key);

    /// <summary>The warnings so far.</summary>
    public IReadOnlyList<PlanWarning> Warnings => [.. _warnings.Select(w => new PlanWarning(w.Key, w.Value.Message, w.Value.Count))];

    /// <summary>Adds a record once.</summary>
    /// <returns>The one in the plan: the given one, or the one that was there.</returns>
    public PlannedRecord Add(PlannedRecord record)
    {
        if (_byAddress.TryGetValue(record.Address, out var known))
        {
            known.Depth = Math.Max(known.Depth, record.Depth);
            return known;
        }

        _byAddress.Add(record.Address, record);
        Records.Add(record);
        if (Records.Count % 500 == 0)
        {
            Tell("Reading records");
        }

        return record;
    }

    /// <summary>The name of a code asset, once for all runs that have it; null for none.</summary>
    public string? Code(string? name)
    {
        if (name is null)
        {
            return null;
        }

        if (!_codes.TryGetValue(name, out var known))
        {
            _codes.Add(known = name);
        }

        return known;
    }

    /// <summary>The record of something in the plan; null when it is not in it.</summary>
    public PlannedRecord? Find(ResourceAddress address) => _byAddress.GetValueOrDefault(address);

    /// <summary>Takes records out again.</summary>
    public void Remove(IReadOnlySet<PlannedRecord> records)
    {
        Records.RemoveAll(records.Contains);
        Places.RemoveAll(place => place.Owner is not null && !place.LeaveTo(records));
        foreach (var record in records)
        {
            _byAddress.Remove(record.Address);
        }
    }

    /// <summary>The datastores of a workspace, read once.</summary>
    public Task<StoreMap> StoresAsync(WorkspaceRef workspace, CancellationToken cancellationToken)
    {
        lock (_stores)
        {
            if (!_stores.TryGetValue(workspace, out var map))
            {
                map = StoreMap.ReadAsync(connection, workspace, cancellationToken);
                _stores.Add(workspace, map);
            }

            return map;
        }
    }

    /// <summary>The key of a workspace or datastore in the plan's sources.</summary>
    public string Source(WorkspaceRef workspace, string? datastore)
    {
        var info = new SourceInfo(workspace.SubscriptionId, workspace.ResourceGroup, workspace.Name, workspace.TenantId, datastore);
        if (!_sources.TryGetValue(info, out var key))
        {
            key = $"s{_sources.Count}";
            _sources.Add(info, key);
        }

        return key;
    }

    /// <summary>Sets a warning; nothing for a count of none.</summary>
    public void Warn(string code, long count, Func<long, string> message)
    {
        if (count > 0)
        {
            _warnings[code] = (message(count), count);
        }
    }

    /// <summary>Notes that something could not be read that may refer to a workspace's data.</summary>
    public void NotRead(WorkspaceRef workspace, string what)
    {
        lock (Unread)
        {
            if (!Unread.TryGetValue(workspace, out var list))
            {
                Unread.Add(workspace, list = []);
            }

            if (!list.Contains(what))
            {
                list.Add(what);
            }
        }
    }

    /// <summary>Forgets what was read for the plan alone.</summary>
    public void Dispose()
    {
        foreach (var jobs in Jobs.Values)
        {
            jobs.Dispose();
        }
    }

    /// <summary>Tells how far the plan has come.</summary>
    public void Tell(string what) => progress?.Report(new PlanStep(what, Records.Count, Places.Sum(p => p.Listing?.Bytes ?? 0)));
}
