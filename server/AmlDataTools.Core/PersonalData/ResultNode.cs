namespace AmlDataTools.Core.PersonalData;

/// <summary>What a line of the results is.</summary>
public enum ResultKind
{
    /// <summary>All findings of a kind in a workspace, or the workspace itself.</summary>
    Group,

    /// <summary>A finding.</summary>
    Finding,

    /// <summary>What speaks for it.</summary>
    Evidence,

    /// <summary>"Not searched".</summary>
    Gaps,

    /// <summary>A thing or place that was not searched.</summary>
    Gap,
}

/// <summary>How a line is ticked.</summary>
public enum ResultTick
{
    /// <summary>Has no tick.</summary>
    None,

    /// <summary>Ticked.</summary>
    Ticked,

    /// <summary>Not ticked.</summary>
    Unticked,

    /// <summary>A group of which some are ticked.</summary>
    Some,
}

/// <summary>A line of the results.</summary>
/// <param name="Id">Within the search; the same for as long as it is there.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Label">Its name.</param>
/// <param name="Description">What stands behind it; null for nothing.</param>
/// <param name="Tooltip">Plain lines; null for none.</param>
/// <param name="Icon">A codicon name.</param>
/// <param name="HasChildren">Whether it opens.</param>
/// <param name="Tick">How it is ticked.</param>
/// <param name="Grade">Of a finding or its evidence, how sure; else null.</param>
/// <param name="NodeId">The node of the tree that a finding is; null for none.</param>
/// <param name="StudioUrl">Its page in Azure ML studio; null for none.</param>
public sealed record ResultNode(
    string Id, ResultKind Kind, string Label, string? Description, string? Tooltip, string Icon, bool HasChildren, ResultTick Tick, MatchGrade? Grade, string? NodeId, string? StudioUrl);

/// <summary>Which findings are wanted.</summary>
/// <param name="Grades">Only matches as sure as these; empty for all.</param>
/// <param name="Name">A part of the name, whatever the case; null for all.</param>
public sealed record ResultFilter(IReadOnlyList<MatchGrade> Grades, string? Name);
