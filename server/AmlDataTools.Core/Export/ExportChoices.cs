namespace AmlDataTools.Core.Export;

/// <summary>What an export takes.</summary>
/// <param name="IncludeChildren">The runs below a pipeline or sweep run too, down to the leaves.</param>
/// <param name="LogsOnly">Only the log folders of a run.</param>
/// <param name="NamedOutputs">The named outputs of a run too.</param>
/// <param name="FullRecord">The run's document, job definition, metrics, tags, children and code too.</param>
/// <param name="Include">Name patterns of which a file must match one; empty takes all.</param>
/// <param name="Exclude">Name patterns of which a file must match none.</param>
public sealed record ExportChoices(
    bool IncludeChildren, bool LogsOnly, bool NamedOutputs, bool FullRecord, IReadOnlyList<string> Include, IReadOnlyList<string> Exclude)
{
    /// <summary>What is taken of a workspace; null takes its record.</summary>
    public WorkspaceParts? Workspace { get; init; }

    /// <summary>Given for a copy in storage: names stay as they are, and only blobs are taken. Told where they lie.</summary>
    internal Copies.CopyScope? Copy { get; init; }

    /// <summary>Given where many things lead to the same files: each is taken once.</summary>
    internal FilesOnce? Once { get; init; }

    /// <summary>The run's own outputs and logs.</summary>
    public static ExportChoices Default { get; } = new(false, false, false, false, [], []);
}

/// <summary>How far a plan has come.</summary>
/// <param name="Message">What is being read.</param>
/// <param name="Items">Items found so far.</param>
/// <param name="Bytes">Their bytes.</param>
public sealed record PlanStep(string Message, long Items, long Bytes);
