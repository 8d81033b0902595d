using AmlDataTools.Core.Operations;

namespace AmlDataTools.Core.Changes;

/// <summary>What is to be planned.</summary>
/// <param name="Verb">Archive, restore, unregister, delete or undelete.</param>
/// <param name="NodeIds">Nodes of the tree; empty when <paramref name="OperationId"/> is given.</param>
/// <param name="Choices">How.</param>
/// <param name="Filter">Given, what is directly in the nodes and satisfies this is meant, not the nodes.</param>
/// <param name="OperationId">A finished operation whose items are meant: restore, undelete, or archive instead.</param>
public sealed record ChangeRequest(OperationVerb Verb, IReadOnlyList<string> NodeIds, ChangeChoices Choices, BulkFilter? Filter, string? OperationId)
{
    /// <summary>Of an erasure, the search whose ticked findings are meant; else null.</summary>
    public string? SearchId { get; init; }

    /// <summary>The retention rule that asks; of a workspace it means all runs. Null when a person chose.</summary>
    public RetentionRules.RuleMark? Rule { get; init; }

    /// <summary>Of runs that satisfy the filter only the data: the records stay.</summary>
    public bool DataOnly { get; init; }
}

/// <summary>Choices of a change.</summary>
/// <param name="IncludeData">The data too.</param>
/// <param name="IncludeChildren">The runs below a run too, down to the leaves.</param>
/// <param name="IncludeVersionsAndSnapshots">With the data its older versions and snapshots.</param>
/// <param name="TypeNames">Whether weighty deletions ask for the name to be typed; else a modal question does.</param>
/// <param name="TypeAboveBytes">How much data makes a deletion weighty; bytes.</param>
public sealed record ChangeChoices(bool IncludeData, bool IncludeChildren, bool IncludeVersionsAndSnapshots, bool TypeNames, long TypeAboveBytes)
{
    /// <summary>Of a workspace: also the resources it uses, where nothing else does.</summary>
    public bool IncludeDependents { get; init; }

    /// <summary>Of a workspace and what it uses: for good, where the service would keep it for some days.</summary>
    public bool Permanently { get; init; }

    /// <summary>Records only; names typed for containers, experiments and above 1 GiB.</summary>
    public static ChangeChoices Default { get; } = new(false, false, false, true, 1L << 30);
}

/// <summary>Which of the things in a node are meant; all that is given must hold.</summary>
/// <param name="OlderThanDays">Created at least so many days ago; null for any age.</param>
/// <param name="Statuses">Any of these, as the service spells them; empty for any.</param>
/// <param name="Name">A pattern with <c>*</c> and <c>?</c> that name or display name must match; null for any.</param>
/// <param name="Tag"><c>name</c>, or <c>name=value</c>; null for any.</param>
/// <param name="CreatedBy">A part of the creator's name; null for any.</param>
/// <param name="Unreferenced">Only what nothing refers to.</param>
/// <param name="WithoutModel">Only runs from which no registered model came, and in whose outputs none lies; nor of those below them.</param>
public sealed record BulkFilter(int? OlderThanDays, IReadOnlyList<string> Statuses, string? Name, string? Tag, string? CreatedBy, bool Unreferenced, bool WithoutModel = false);
