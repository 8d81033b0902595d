using System.Text.Json;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.RunHistory;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.Changes.Execution;

/// <summary>A record as it is now, read the way a plan reads it.</summary>
/// <param name="ETag">Entity tag; null where the service has none.</param>
/// <param name="Modified">When it was last changed; null where the service does not tell.</param>
/// <param name="Archived">Whether it is archived.</param>
/// <param name="State">Its state as the service says; null for none.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Raw">The whole of it, of what is at Resource Manager; else undefined.</param>
internal sealed record RecordState(string? ETag, DateTimeOffset? Modified, bool Archived, string? State, DateTimeOffset? Created, JsonElement Raw)
{
    private static readonly string[] Unfinished =
        ["NotStarted", "Starting", "Provisioning", "Preparing", "Queued", "Running", "Finalizing", "CancelRequested", "Paused", "NotResponding"];

    /// <summary>Whether a run of this state is at work, or may still be.</summary>
    public static bool IsUnfinishedRun(string? state) => state is not null && Unfinished.Contains(state, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the service says that it is being deleted.</summary>
    public bool IsGoing => State?.Contains("Deleting", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>From what a service listed.</summary>
    public static RecordState Of(ListedResource resource) =>
        new(resource.ETag, resource.Modified, resource.IsArchived, resource.State, resource.Created, resource.Raw);

    /// <summary>From a run: Resource Manager's own record with the state that run history tells.</summary>
    public static RecordState Of(ArmResource job, RunDocument? run) => run is null
        ? new(job.ETag, null, job.IsArchived, job.Properties?.TryGetProperty("status", out var status) == true ? status.GetString() : null, null, job.Raw)
        : new(job.ETag, null, run.Hidden, run.Status, run.CreatedTime, job.Raw);

    /// <summary>From an experiment.</summary>
    public static RecordState Of(ExperimentDocument experiment) =>
        new(null, null, experiment.ArchivedTime is not null, null, experiment.CreatedTime, default);

    /// <summary>In what it differs from what the plan saw; null for nothing.</summary>
    /// <param name="seen">What the plan saw.</param>
    /// <param name="touched">Whether this operation has changed it, or something in it: then tags and dates are of its own doing.</param>
    public string? Difference(SeenRecord seen, bool touched)
    {
        if (seen.CreatedAt is { } created && Created is { } now && created != now)
        {
            return "it was made anew";
        }

        if (touched)
        {
            return null;
        }

        if (seen.ETag is not null && ETag is not null && seen.ETag != ETag)
        {
            return "its entity tag is another";
        }

        if (seen.ModifiedAt is { } before && Modified is { } after && before != after)
        {
            return $"it was changed at {after.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC";
        }

        if (seen.Archived != Archived)
        {
            return Archived ? "it was archived" : "it was restored";
        }

        return seen.State is not null && State is not null && !seen.State.Equals(State, StringComparison.OrdinalIgnoreCase) ? $"its state was {seen.State} and is {State}" : null;
    }
}
