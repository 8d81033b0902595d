using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Azure.RunHistory;

/// <summary>A run as run history gives it; a v2 job is a run too. Every property is read from <see cref="Raw"/>, which keeps all.</summary>
/// <param name="Raw">As the service gave it.</param>
public sealed record RunDocument(JsonElement Raw)
{
    /// <summary>Its id.</summary>
    public string RunId => Raw.Text("runId") ?? string.Empty;

    /// <summary>What people call it; null for none.</summary>
    public string? DisplayName => Raw.Text("displayName");

    /// <summary>Its experiment's id.</summary>
    public string? ExperimentId => Raw.Text("experimentId");

    /// <summary>Its experiment's name; most answers do not tell it.</summary>
    public string? ExperimentName => Raw.Text("experimentName");

    /// <summary>How it stands: Completed, Failed, Running, ...</summary>
    public string Status => Raw.Text("status") ?? "Unknown";

    /// <summary>Where its files are in the artifact service: <c>dcid.{run}</c>, for a reused step that of the original.</summary>
    public string? DataContainerId => Raw.Text("dataContainerId");

    /// <summary>The run it belongs to; null for a root run.</summary>
    public string? ParentRunId => Raw.Text("parentRunId");

    /// <summary>The topmost run it belongs to; itself for a root run.</summary>
    public string? RootRunId => Raw.Text("rootRunId");

    /// <summary>azureml.PipelineRun, azureml.StepRun, azureml.scriptrun, hyperdrive, automl, ...</summary>
    public string? RunType => Raw.Text("runType");

    /// <summary>When it was made.</summary>
    public DateTimeOffset? CreatedTime => Raw.Moment("createdUtc");

    /// <summary>When it began.</summary>
    public DateTimeOffset? StartTime => Raw.Moment("startTimeUtc");

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndTime => Raw.Moment("endTimeUtc");

    /// <summary>How long it took: as the service says, else from begin to end; null while it has not ended.</summary>
    public TimeSpan? Duration
        => TimeSpan.TryParse(Raw.Text("duration"), CultureInfo.InvariantCulture, out var told) ? told
            : EndTime - StartTime is { } computed && computed >= TimeSpan.Zero ? computed
            : null;

    /// <summary>Who made it, by name.</summary>
    public string? CreatedByName => Raw.Child("createdBy")?.Text("userName");

    /// <summary>Who made it, by object id.</summary>
    public string? CreatedByObjectId => Raw.Child("createdBy")?.Text("userObjectId") ?? Raw.Text("userId");

    /// <summary>Its tags.</summary>
    public IReadOnlyDictionary<string, string> Tags => Raw.Texts("tags");

    /// <summary>Its properties, which do not change.</summary>
    public IReadOnlyDictionary<string, string> Properties => Raw.Texts("properties");

    /// <summary>Whether this step of a pipeline did not run, since an earlier one's results were taken.</summary>
    public bool IsReused => ReusedRunId is not null
        && bool.TryParse(Raw.Child("properties")?.Text("azureml.isreused"), out var reused) && reused;

    /// <summary>The run whose results were taken.</summary>
    public string? ReusedRunId => Raw.Child("properties")?.Text("azureml.reusedrunid") is { Length: > 0 } id ? id : null;

    /// <summary>The snapshot of its code.</summary>
    public string? ContentSnapshotId => Raw.Child("properties")?.Text("ContentSnapshotId") is { Length: > 0 } id ? id : null;

    /// <summary>Whether it is archived.</summary>
    public bool Hidden => Raw.Flag("hidden") ?? false;

    /// <summary>Its named outputs: the name, the asset's id, its type. Empty when run history tells none.</summary>
    public IReadOnlyList<RunOutput> Outputs
    {
        get
        {
            if (Raw.Child("outputs") is not { ValueKind: JsonValueKind.Object } outputs)
            {
                return [];
            }

            var found = ImmutableArray.CreateBuilder<RunOutput>();
            foreach (var output in outputs.EnumerateObject())
            {
                if (output.Value.Text("assetId") is { Length: > 0 } assetId)
                {
                    found.Add(new RunOutput(output.Name, assetId, output.Value.Text("type")));
                }
            }

            return found.ToImmutable();
        }
    }
}

/// <summary>A named output of a run.</summary>
/// <param name="Name">Its name in the run.</param>
/// <param name="AssetId">The asset it was made as: <c>azureml://locations/.../data/.../versions/1</c>.</param>
/// <param name="Type">UriFolder, UriFile, MLTable, mlflow_model, ...; spelling varies.</param>
public sealed record RunOutput(string Name, string AssetId, string? Type);

/// <summary>An experiment.</summary>
/// <param name="Raw">As the service gave it.</param>
public sealed record ExperimentDocument(JsonElement Raw)
{
    /// <summary>Its id.</summary>
    public string ExperimentId => Raw.Text("experimentId") ?? string.Empty;

    /// <summary>Its name.</summary>
    public string Name => Raw.Text("name") ?? string.Empty;

    /// <summary>What it is for.</summary>
    public string? Description => Raw.Text("description");

    /// <summary>When it was made.</summary>
    public DateTimeOffset? CreatedTime => Raw.Moment("createdUtc");

    /// <summary>When it was archived; null when it is not.</summary>
    public DateTimeOffset? ArchivedTime => Raw.Moment("archivedTime");

    /// <summary>When its newest run was made.</summary>
    public DateTimeOffset? LatestRunTime => Raw.Moment("latestCreatedRunCreatedUtc");

    /// <summary>Its tags.</summary>
    public IReadOnlyDictionary<string, string> Tags => Raw.Texts("tags");
}

/// <summary>A page of run history.</summary>
/// <typeparam name="T">What it lists.</typeparam>
/// <param name="Items">In the order asked for.</param>
/// <param name="ContinuationToken">For the next page; null when this is the last.</param>
public sealed record HistoryPage<T>(IReadOnlyList<T> Items, string? ContinuationToken);

/// <summary>Which experiments a query finds.</summary>
public enum ExperimentView
{
    /// <summary>As the service chooses.</summary>
    Default,

    /// <summary>All.</summary>
    All,

    /// <summary>Those not archived.</summary>
    ActiveOnly,

    /// <summary>The archived ones.</summary>
    ArchivedOnly,
}
