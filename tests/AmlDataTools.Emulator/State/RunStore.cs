using System.Collections.Concurrent;

namespace AmlDataTools.Emulator.State;

/// <summary>Runs of an experiment that are computed, not stored.</summary>
/// <param name="Count">How many.</param>
/// <param name="At">The run at an index; 0 is the newest.</param>
/// <param name="Find">A run by its id; null when it is none of these.</param>
internal sealed record GeneratedRuns(int Count, Func<int, RunRecord> At, Func<string, RunRecord?> Find);

/// <summary>An experiment.</summary>
internal sealed class Experiment
{
    private readonly Lock _lock = new();
    private readonly List<RunRecord> _stored = [];

    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What it says of itself.</summary>
    public string? Description { get; set; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Its tags.</summary>
    public Dictionary<string, string> Tags { get; set; } = [];

    /// <summary>When it was archived; null while active.</summary>
    public DateTimeOffset? Archived { get; set; }

    /// <summary>Computed runs; they are older than the stored ones.</summary>
    public GeneratedRuns? Generated { get; init; }

    /// <summary>Computed runs that were changed, by id; null stands for deleted.</summary>
    public ConcurrentDictionary<string, RunRecord?> Changed { get; } = new(StringComparer.Ordinal);

    /// <summary>Adds a run in its place by time, newest first.</summary>
    public void Add(RunRecord run)
    {
        lock (_lock)
        {
            var at = _stored.FindIndex(r => r.Created < run.Created);
            _stored.Insert(at < 0 ? _stored.Count : at, run);
        }
    }

    /// <summary>Forgets a run.</summary>
    public void Remove(RunRecord run)
    {
        lock (_lock)
        {
            _stored.Remove(run);
        }
    }

    /// <summary>All runs, newest first, children included.</summary>
    public IEnumerable<RunRecord> Runs() => RunsFrom(0).Select(entry => entry.Run);

    /// <summary>The runs from a position on, each with its position; what comes before costs nothing.</summary>
    public IEnumerable<(int At, RunRecord Run)> RunsFrom(int start)
    {
        RunRecord[] stored;
        lock (_lock)
        {
            stored = [.. _stored];
        }

        for (var at = start; at < stored.Length; at++)
        {
            yield return (at, stored[at]);
        }

        foreach (var (at, run) in ComputedFrom(Math.Max(0, start - stored.Length)))
        {
            yield return (stored.Length + at, run);
        }
    }

    /// <summary>Computed runs as they are now: changed ones as changed, deleted ones not at all.</summary>
    public IEnumerable<RunRecord> Computed() => ComputedFrom(0).Select(entry => entry.Run);

    /// <summary>Computed runs from an index on; a deleted one leaves a gap, so that positions stay what they were.</summary>
    public IEnumerable<(int At, RunRecord Run)> ComputedFrom(int start)
    {
        for (var i = start; Generated is { } generated && i < generated.Count; i++)
        {
            var run = generated.At(i);
            if (!Changed.TryGetValue(run.RunId, out var changed))
            {
                yield return (i, run);
            }
            else if (changed is not null)
            {
                yield return (i, changed);
            }
        }
    }

    /// <summary>A computed run as it is now; null when it is none, or deleted.</summary>
    public RunRecord? FindComputed(string runId) => Changed.TryGetValue(runId, out var changed) ? changed : Generated?.Find(runId);
}

/// <summary>The experiments and runs of a workspace.</summary>
internal sealed class RunStore
{
    private readonly ConcurrentDictionary<string, Experiment> _experiments = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, RunRecord> _runs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, RunRecord>> _children = new(StringComparer.Ordinal);

    /// <summary>All runs that are stored, not computed.</summary>
    public IEnumerable<RunRecord> Stored => _runs.Values;

    /// <summary>The assets that runs' outputs made, by asset id.</summary>
    public ConcurrentDictionary<string, RunOutput> Outputs { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>All experiments.</summary>
    public IEnumerable<Experiment> Experiments => _experiments.Values;

    /// <summary>Adds an experiment.</summary>
    public Experiment Add(Experiment experiment) => _experiments.GetOrAdd(experiment.Name, experiment);

    /// <summary>Forgets an experiment.</summary>
    public void Remove(Experiment experiment) => _experiments.TryRemove(experiment.Name, out _);

    /// <summary>An experiment by name, or null.</summary>
    public Experiment? ByName(string name) => _experiments.GetValueOrDefault(name);

    /// <summary>An experiment by id, or null.</summary>
    public Experiment? ById(string id) => _experiments.Values.FirstOrDefault(e => string.Equals(e.Id, id, StringComparison.OrdinalIgnoreCase));

    /// <summary>Adds a run to its experiment.</summary>
    public void Add(RunRecord run)
    {
        var experiment = ByName(run.ExperimentName) ?? throw new InvalidOperationException($"No experiment '{run.ExperimentName}'.");
        if (!_runs.TryAdd(run.RunId, run))
        {
            throw new InvalidOperationException($"There is a run '{run.RunId}' already.");
        }

        foreach (var output in run.Outputs.Values)
        {
            Outputs[output.AssetId] = output;
        }

        if (run.Parent is { } parent)
        {
            _children.GetOrAdd(parent.RunId, _ => new(StringComparer.Ordinal))[run.RunId] = run;
        }

        experiment.Add(run);
    }

    /// <summary>Keeps the change of a run: computed ones would forget it.</summary>
    public void Keep(RunRecord run)
    {
        if (!_runs.ContainsKey(run.RunId) && ByName(run.ExperimentName) is { } experiment)
        {
            experiment.Changed[run.RunId] = run;
        }
    }

    /// <summary>Forgets a run.</summary>
    public void Remove(RunRecord run)
    {
        if (!_runs.TryRemove(run.RunId, out _) && ByName(run.ExperimentName) is { } computed)
        {
            computed.Changed[run.RunId] = null;
            return;
        }

        if (run.Parent is { } parent && _children.TryGetValue(parent.RunId, out var siblings))
        {
            siblings.TryRemove(run.RunId, out _);
        }

        ByName(run.ExperimentName)?.Remove(run);
    }

    /// <summary>A run by id, or null.</summary>
    public RunRecord? Find(string runId) => _runs.TryGetValue(runId, out var run)
        ? run
        : _experiments.Values.Select(e => e.FindComputed(runId)).FirstOrDefault(r => r is not null);

    /// <summary>The run whose artifacts are in a container, or null.</summary>
    public RunRecord? ByContainer(string container) =>
        container.StartsWith("dcid.", StringComparison.Ordinal) ? Find(container["dcid.".Length..]) : null;

    /// <summary>Direct children, newest first.</summary>
    public IEnumerable<RunRecord> Children(RunRecord run) =>
        _children.TryGetValue(run.RunId, out var children) ? children.Values.OrderByDescending(r => r.Created) : [];

    /// <summary>Runs that Resource Manager lists as jobs: no steps and no trials, newest first.</summary>
    public IEnumerable<RunRecord> Jobs() => JobsFrom(0).Select(entry => entry.Run);

    /// <summary>The same from a position on, each with its position; what comes before costs nothing.</summary>
    public IEnumerable<(int At, RunRecord Run)> JobsFrom(int start)
    {
        var stored = _runs.Values.Where(r => r.Parent is null).OrderByDescending(r => r.Created).ToArray();
        for (var at = start; at < stored.Length; at++)
        {
            yield return (at, stored[at]);
        }

        var before = stored.Length;
        foreach (var experiment in _experiments.Values.Where(e => e.Generated is not null).OrderBy(e => e.Name, StringComparer.Ordinal))
        {
            foreach (var (at, run) in experiment.ComputedFrom(Math.Max(0, start - before)))
            {
                yield return (before + at, run);
            }

            before += experiment.Generated?.Count ?? 0;
        }
    }
}
