using AmlDataTools.Emulator.Access;

namespace AmlDataTools.Emulator.State;

/// <summary>What a run is.</summary>
internal enum RunKind
{
    /// <summary>A command job.</summary>
    Command,

    /// <summary>A pipeline.</summary>
    Pipeline,

    /// <summary>A step of a pipeline.</summary>
    Step,

    /// <summary>A sweep.</summary>
    Sweep,

    /// <summary>A trial of a sweep.</summary>
    Trial,
}

/// <summary>A file of a run, as the artifact service knows it.</summary>
/// <param name="Path">Path under the run's container.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Created">When it was registered.</param>
/// <param name="ETag">The blob's ETag at that time.</param>
internal sealed record RunFile(string Path, long Size, DateTimeOffset Created, string ETag);

/// <summary>A data asset made by a run's output.</summary>
/// <param name="AssetId">Its id.</param>
/// <param name="Type">The service's type name: <c>UriFolder</c>, <c>UriFile</c>, ...</param>
/// <param name="Uri">Where it lies, as the resolve service tells it.</param>
internal sealed record RunOutput(string AssetId, string Type, string Uri);

/// <summary>A data asset or path that a run reads.</summary>
/// <param name="Uri">As the job names it: an asset's Resource Manager id or <c>azureml:{name}:{version}</c>, or a path of a datastore.</param>
/// <param name="Type">The job's word: <c>uri_file</c>, <c>uri_folder</c>, <c>mltable</c>.</param>
/// <param name="AssetId">The asset's id in run history; null for a path.</param>
internal sealed record RunInput(string Uri, string Type, string? AssetId);

/// <summary>A value of a metric.</summary>
/// <param name="Step">Its step.</param>
/// <param name="Time">When it was logged.</param>
/// <param name="Value">The value.</param>
internal sealed record MetricPoint(int Step, DateTimeOffset Time, double Value);

/// <summary>A run as run history and Resource Manager know it.</summary>
internal sealed class RunRecord
{
    /// <summary>Its id: the job's name, or a GUID for a step.</summary>
    public required string RunId { get; init; }

    /// <summary>Its experiment.</summary>
    public required string ExperimentId { get; init; }

    /// <summary>Its experiment's name.</summary>
    public required string ExperimentName { get; init; }

    /// <summary>What it is.</summary>
    public required RunKind Kind { get; init; }

    /// <summary>Its other id.</summary>
    public required string RunUuid { get; init; }

    /// <summary>The run it is a child of.</summary>
    public RunRecord? Parent { get; init; }

    /// <summary>The uppermost run.</summary>
    public RunRecord Root => Parent is null ? this : Parent.Root;

    /// <summary>What people see.</summary>
    public string DisplayName { get; set; } = string.Empty;

    /// <summary>A step's module name; null for others.</summary>
    public string? Name { get; init; }

    /// <summary>What it says of itself.</summary>
    public string? Description { get; set; }

    /// <summary>Its status, in the service's words.</summary>
    public string Status { get; set; } = "Completed";

    /// <summary>When it was submitted.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? Ended { get; set; }

    /// <summary>Who submitted it.</summary>
    public required Person By { get; init; }

    /// <summary>Who changed it last; null for who submitted it.</summary>
    public Person? ModifiedBy { get; set; }

    /// <summary>Hidden means archived.</summary>
    public bool Hidden { get; set; }

    /// <summary>Its compute's name.</summary>
    public string? Compute { get; init; } = "cpu-cluster";

    /// <summary>Its command line.</summary>
    public string Command { get; init; } = "python train.py";

    /// <summary>Its tags.</summary>
    public Dictionary<string, string> Tags { get; set; } = [];

    /// <summary>Its properties.</summary>
    public Dictionary<string, string> Properties { get; init; } = [];

    /// <summary>Named outputs.</summary>
    public Dictionary<string, RunOutput> Outputs { get; init; } = [];

    /// <summary>Named inputs.</summary>
    public Dictionary<string, RunInput> Inputs { get; init; } = [];

    /// <summary>Metrics by name.</summary>
    public Dictionary<string, IReadOnlyList<MetricPoint>> Metrics { get; init; } = [];

    /// <summary>Why it failed.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>Its files; a reused step has its original's.</summary>
    public IReadOnlyList<RunFile> Files { get; set; } = [];

    /// <summary>The artifact container, another run's for a reused step.</summary>
    public string? ReusedRunId { get; init; }

    /// <summary>The code snapshot's id, or null.</summary>
    public string? SnapshotId { get; init; }

    /// <summary>Changes since it was made.</summary>
    public int Revision { get; set; } = 3;

    /// <summary>The container of its artifacts.</summary>
    public string DataContainerId => $"dcid.{ReusedRunId ?? RunId}";

    /// <summary>How long it ran, or has been running.</summary>
    public TimeSpan? Duration => Started is { } started ? (Ended ?? DateTimeOffset.UtcNow) - started : null;

    /// <summary>It will not change any more.</summary>
    public bool Terminal => Status is "Completed" or "Failed" or "Canceled" or "NotResponding";
}
