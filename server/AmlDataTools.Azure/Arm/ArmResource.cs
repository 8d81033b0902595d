using System.Text.Json;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Azure.Arm;

/// <summary>Any resource below a workspace, as the service gave it; what the product does not know is kept for writing it back.</summary>
/// <param name="Raw">As the service gave it.</param>
public sealed record ArmResource(JsonElement Raw)
{
    private readonly string? _headerETag;

    internal ArmResource(JsonElement raw, string? headerETag)
        : this(raw) => _headerETag = string.IsNullOrEmpty(headerETag) ? null : headerETag;

    /// <summary>Resource Manager id.</summary>
    public string Id => Raw.Text("id") ?? string.Empty;

    /// <summary>Its name; of a version, the version.</summary>
    public string Name => Raw.Text("name") ?? string.Empty;

    /// <summary>Its type: <c>Microsoft.MachineLearningServices/workspaces/models/versions</c>.</summary>
    public string Type => Raw.Text("type") ?? string.Empty;

    /// <summary>Its entity tag: from the answer's header, else from the body; null where the service gives none (most assets).</summary>
    public string? ETag => _headerETag ?? Raw.Text("etag") ?? Raw.Text("eTag");

    /// <summary>What it is; null where the service leaves it out (steps of a pipeline).</summary>
    public JsonElement? Properties => Raw.Child("properties");

    /// <summary>Who made and changed it, and when.</summary>
    public ArmSystemData SystemData => new(Raw.Child("systemData") ?? default);

    /// <summary>Its tags; of an asset those in <c>properties</c>, of a tracked resource those beside them.</summary>
    public IReadOnlyDictionary<string, string> Tags
        => Properties?.Texts("tags") is { Count: > 0 } inner ? inner : Raw.Texts("tags");

    /// <summary>Whether it is archived; false for what knows no archive.</summary>
    public bool IsArchived => Properties?.Flag("isArchived") ?? false;
}

/// <summary>Who made and changed a resource. Names are display names for assets, user names for workspaces, application ids for services.</summary>
/// <param name="Raw">As the service gave it; of kind Undefined when it gave none.</param>
public sealed record ArmSystemData(JsonElement Raw)
{
    /// <summary>Who made it.</summary>
    public string? CreatedBy => Raw.Text("createdBy");

    /// <summary>User, Application, ManagedIdentity, Key.</summary>
    public string? CreatedByType => Raw.Text("createdByType");

    /// <summary>When it was made.</summary>
    public DateTimeOffset? CreatedAt => Raw.Moment("createdAt");

    /// <summary>Who changed it last.</summary>
    public string? LastModifiedBy => Raw.Text("lastModifiedBy");

    /// <summary>When it was changed last.</summary>
    public DateTimeOffset? LastModifiedAt => Raw.Moment("lastModifiedAt");
}
