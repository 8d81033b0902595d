using AmlDataTools.Core.Operations;

namespace AmlDataTools.Core.Export;

/// <summary>What is taken of a whole workspace.</summary>
/// <param name="Models">The files of all versions of all models.</param>
/// <param name="Runs">Outputs and logs of all runs.</param>
/// <param name="Notebooks">The whole file share.</param>
/// <param name="Data">The files of all versions of all data assets, and of the datasets of the first SDK.</param>
/// <param name="Record">What Resource Manager and run history say about it.</param>
public sealed record WorkspaceParts(bool Models, bool Runs, bool Notebooks, bool Data, bool Record)
{
    /// <summary>"Export Workspace Record...".</summary>
    public static WorkspaceParts RecordAlone { get; } = new(false, false, false, false, true);

    /// <summary>Nothing.</summary>
    internal static WorkspaceParts None { get; } = new(false, false, false, false, false);

    /// <summary>What is in either.</summary>
    internal WorkspaceParts With(WorkspaceParts other) =>
        new(Models || other.Models, Runs || other.Runs, Notebooks || other.Notebooks, Data || other.Data, Record || other.Record);

    /// <summary>What is taken, or what is not, in words; empty for nothing.</summary>
    internal string InWords(bool taken = true)
    {
        var words = new[] { (Models, "models"), (Runs, "runs"), (Notebooks, "notebooks"), (Data, "data"), (Record, "the record") }.Where(part => part.Item1 == taken).Select(part => part.Item2).ToList();
        return words.Count < 2 ? string.Concat(words) : $"{string.Join(", ", words[..^1])} and {words[^1]}";
    }
}

/// <summary>What an export took of workspaces as a whole, so that the plan of their deletion can tell of it.</summary>
/// <param name="Parts">What was taken.</param>
/// <param name="Workspaces">Resource Manager ids of the workspaces.</param>
public sealed record WholeExport(WorkspaceParts Parts, IReadOnlyList<string> Workspaces);

/// <summary>A workspace that a plan deletes, or of which it deletes what it uses.</summary>
/// <param name="Place">The workspace.</param>
/// <param name="Itself">Whether the workspace itself may go; else only what it uses.</param>
public sealed record DeletedWorkspace(SourceInfo Place, bool Itself);
