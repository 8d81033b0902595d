namespace AmlDataTools.Core.PersonalData;

/// <summary>What kind of thing holds data of a person.</summary>
public enum FindingKind
{
    /// <summary>The workspace itself: its document names the person.</summary>
    Workspace,

    /// <summary>An experiment.</summary>
    Experiment,

    /// <summary>A run.</summary>
    Run,

    /// <summary>A record of Resource Manager or of the v1 services: model, data, environment, endpoint, schedule, ...; which, its node tells.</summary>
    Asset,

    /// <summary>A person's folder in the file share of notebooks.</summary>
    UserFolder,

    /// <summary>A file: an artifact of a run, a notebook, a blob of a datastore.</summary>
    File,
}

/// <summary>What speaks for a finding.</summary>
/// <param name="Field">Where in it: <c>createdBy.userObjectId</c>, <c>tags.owner</c>, <c>line 12</c>, <c>name</c>.</param>
/// <param name="Grade">How sure.</param>
/// <param name="IsAuthorship">Whether it says who made, changed or owns the thing; false for a mention in a text.</param>
public sealed record Evidence(string Field, MatchGrade Grade, bool IsAuthorship)
{
    /// <summary>The object id that stands beside a name that is the subject's, where it is not known to be the subject's: people may share a name. Null for none.</summary>
    public string? OtherId { get; init; }
}

/// <summary>A thing that holds data of the subject. Written down once and immutable; a line in the search's list.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="NodeId">The node of the tree it is (<see cref="Explorer.NodeTargets"/>): what plans are made of, and what names it: a thing is found once in a search.</param>
/// <param name="Workspace">Resource Manager id of the workspace.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Within">What it is in: the experiment of a run, the run of a file; null for nothing.</param>
/// <param name="Evidence">What speaks for it, the surest first; at least one.</param>
/// <param name="CreatedAt">When it was made; null when not known.</param>
/// <param name="Bytes">Size of a file; null for everything else.</param>
public sealed record Finding(
    FindingKind Kind,
    string NodeId,
    string Workspace,
    string Name,
    string? Within,
    IReadOnlyList<Evidence> Evidence,
    DateTimeOffset? CreatedAt,
    long? Bytes)
{
    /// <summary>Where in the search's list of documents the document stands in which it was found, as received but for signatures; null for what has none.</summary>
    public DocumentPart? Document { get; init; }

    /// <summary>How sure the surest evidence is.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public MatchGrade Grade => Evidence.Min(one => one.Grade);
}

/// <summary>A stretch of a search's list of documents.</summary>
/// <param name="Offset">First byte.</param>
/// <param name="Length">How many bytes.</param>
public readonly record struct DocumentPart(long Offset, int Length);

/// <summary>A thing or place that was not searched.</summary>
/// <param name="Workspace">Resource Manager id of the workspace.</param>
/// <param name="What">For people: a list, a file, a datastore.</param>
/// <param name="Code">Why, stable: <c>forbidden</c>, <c>tooLarge</c>, <c>binary</c>, <c>absent</c>, <c>notAsked</c>, ...</param>
/// <param name="Message">Why, for people.</param>
public sealed record SearchGap(string Workspace, string What, string Code, string Message)
{
    /// <summary>The part of the search to which it belongs, where that can be tried again; null in what is given out.</summary>
    public string? Part { get; init; }

    /// <summary>The place in the part that is tried again by itself (<see cref="SearchPlace.Scope"/>); null for the part.</summary>
    public string? Scope { get; init; }
}
