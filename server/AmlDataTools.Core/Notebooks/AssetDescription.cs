namespace AmlDataTools.Core.Notebooks;

/// <summary>What became of looking a reference up.</summary>
public enum AssetState
{
    /// <summary>It is there.</summary>
    Found,

    /// <summary>The workspace was read, and it is not there.</summary>
    Missing,

    /// <summary>It cannot be told: nobody who could may be asked, or it is nothing that is downloaded.</summary>
    Unknown,
}

/// <summary>One thing that has the name and version of a reference.</summary>
/// <param name="Kind">A model or data.</param>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version; null for a dataset of SDK v1.</param>
/// <param name="NodeId">Its node in the tree, by which it is downloaded; null when it cannot be addressed.</param>
/// <param name="Type">How it is kept: <c>mlflow_model</c>, <c>uri_folder</c>, ...; null when not told.</param>
/// <param name="Stage">Stage of a model; null when it has none.</param>
/// <param name="Description">What its author says; null for nothing.</param>
/// <param name="Bytes">Size of its files, of those counted; null when it was not to be had.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="SourceRun">The run that made it; null when not told.</param>
/// <param name="Created">When it was made; of a place when the newest file was written; null when not told.</param>
/// <param name="CreatedBy">Who made it; null when not told.</param>
/// <param name="IsArchived">Whether it is archived.</param>
/// <param name="StudioUrl">Its page in Azure ML studio; null when there is none.</param>
/// <param name="Files">Files counted; null when they could not be.</param>
/// <param name="HasMore">Whether there are more files than were counted.</param>
public sealed record FoundAsset(
    NotebookAssetKind Kind, string Name, string? Version, string? NodeId, string? Type, string? Stage, string? Description, long? Bytes, IReadOnlyDictionary<string, string> Tags,
    string? SourceRun, DateTimeOffset? Created, string? CreatedBy, bool IsArchived, string? StudioUrl, long? Files, bool HasMore);

/// <summary>What is known of a reference.</summary>
/// <param name="State">What became of looking it up.</param>
/// <param name="Found">What has its name and version: usually one; a model and data may share a name.</param>
/// <param name="Versions">Versions there are of this name, newest first, as many as one page holds.</param>
/// <param name="Reason">For people, why it is missing or unknown; null when found.</param>
public sealed record AssetDescription(AssetState State, IReadOnlyList<FoundAsset> Found, IReadOnlyList<string> Versions, string? Reason);
