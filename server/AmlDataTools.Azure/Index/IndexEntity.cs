using System.Text.Json;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Azure.Index;

/// <summary>A thing as the index knows it (recorded: a run). Every property is read from <see cref="Raw"/>, which keeps all.</summary>
/// <param name="Raw">As the service gave it.</param>
public sealed record IndexEntity(JsonElement Raw)
{
    /// <summary>What it is: <c>runs</c>, ...</summary>
    public string? Type => Raw.Text("type");

    /// <summary>Of a run, its id; null for other things.</summary>
    public string? RunId => Raw.Child("properties")?.Text("runId") is { Length: > 0 } id ? id : null;

    /// <summary>Of a run, its experiment.</summary>
    public string? ExperimentName => Raw.Child("properties")?.Text("experimentName");

    /// <summary>What people call it; null for none.</summary>
    public string? DisplayName => Raw.Child("annotations")?.Text("displayName");

    /// <summary>When it was made.</summary>
    public DateTimeOffset? CreatedTime => Raw.Child("properties")?.Child("creationContext")?.Moment("createdTime");
}
