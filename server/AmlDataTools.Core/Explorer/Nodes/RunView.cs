using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.RunHistory;

namespace AmlDataTools.Core.Explorer.Nodes;

/// <summary>What the tree shows and filters of a run, whether run history or Resource Manager told it.</summary>
internal sealed record RunView
{
    public required string RunId { get; init; }

    public required string? DisplayName { get; init; }

    public required string Status { get; init; }

    public required string? Type { get; init; }

    public required string? CreatedBy { get; init; }

    public required DateTimeOffset? Created { get; init; }

    public required DateTimeOffset? Started { get; init; }

    public required TimeSpan? Duration { get; init; }

    public required bool Archived { get; init; }

    public required bool Reused { get; init; }

    public required bool HasParent { get; init; }

    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    public static RunView From(RunDocument run) => new()
    {
        RunId = run.RunId,
        DisplayName = run.DisplayName,
        Status = run.Status,
        Type = run.RunType,
        CreatedBy = run.CreatedByName,
        Created = run.CreatedTime,
        Started = run.StartTime,
        Duration = run.Duration,
        Archived = run.Hidden,
        Reused = run.IsReused,
        HasParent = !string.IsNullOrEmpty(run.ParentRunId),
        Tags = run.Tags,
    };

    public static RunView From(JobDocument job) => new()
    {
        RunId = job.Name,
        DisplayName = job.DisplayName,
        Status = job.Status ?? "Unknown",
        Type = job.JobType,
        CreatedBy = job.CreatedBy,
        Created = job.CreatedAt,
        Started = null,
        Duration = null,
        Archived = job.IsArchived,
        Reused = false,
        HasParent = false,
        Tags = job.Tags,
    };
}
