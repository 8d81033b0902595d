using System.Text.Json.Serialization;
using AmlDataTools.Core.Changes;

namespace AmlDataTools.Core.RetentionRules;

/// <summary>What a rule does with the runs it finds.</summary>
public enum RetentionAction
{
    /// <summary>Hides them from lists; nothing is deleted.</summary>
    Archive,

    /// <summary>Deletes the records of the runs.</summary>
    DeleteRuns,

    /// <summary>Deletes the runs and their outputs, logs and named outputs.</summary>
    DeleteRunsAndData,

    /// <summary>Deletes outputs, logs and named outputs; the runs stay.</summary>
    DeleteData,
}

/// <summary>A saved wish for what is not to be kept. It does nothing by itself: it makes plans when asked.</summary>
/// <param name="Id">Names it for good.</param>
/// <param name="Revision">Counts its changes, from 1: who changes it says which state was seen.</param>
/// <param name="Name">What people call it; one of its kind in a workspace.</param>
/// <param name="NodeId">An experiment, or a workspace for all its runs (<see cref="Explorer.NodeTargets"/>).</param>
/// <param name="Action">What is done.</param>
/// <param name="Filter">Which runs; at least one condition.</param>
/// <param name="IncludeChildren">With a run the runs below it.</param>
/// <param name="IncludeVersionsAndSnapshots">With the data its older versions and snapshots.</param>
public sealed record RetentionRule(
    string Id, int Revision, string Name, string NodeId, RetentionAction Action, BulkFilter Filter, bool IncludeChildren, bool IncludeVersionsAndSnapshots);

/// <summary>A rule to look at.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Workspace">Name of its workspace; empty when its node cannot be read.</param>
/// <param name="Experiment">Name of its experiment; null for all of the workspace.</param>
/// <param name="Problem">Why it makes no plan as it is (somebody wrote the file by hand); null for nothing.</param>
public sealed record RetentionRuleView(RetentionRule Rule, string Workspace, string? Experiment, string? Problem);

/// <summary>All rules.</summary>
/// <param name="Rules">By name.</param>
/// <param name="Notice">That the file of the rules was damaged, and where it is kept; null for nothing.</param>
public sealed record RetentionRuleList(IReadOnlyList<RetentionRuleView> Rules, string? Notice);

/// <summary>The file of the rules.</summary>
/// <param name="Version">How it is written: 1.</param>
/// <param name="Rules">The rules.</param>
internal sealed record RetentionFile(int Version, IReadOnlyList<RetentionRule> Rules);

/// <summary>How the file is written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    WriteIndented = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RetentionFile))]
internal sealed partial class RetentionJson : JsonSerializerContext;
