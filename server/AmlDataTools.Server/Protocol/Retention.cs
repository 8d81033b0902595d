using System.Text.Json.Serialization;

namespace AmlDataTools.Server.Protocol;

/// <summary>
/// Retention rules: saved wishes such as "failed runs older than 30 days". A rule makes a plan when asked, as
/// <c>operations/plan</c> does, and never does anything by itself. All windows of a machine share them.
/// </summary>
[RpcContract(RpcSide.Server)]
public interface IRetentionApi
{
    /// <summary>All rules.</summary>
    [RpcRequest("retention/rules")]
    Task<RetentionRules> RulesAsync(Empty parameters, CancellationToken cancellationToken);

    /// <summary>Keeps a rule, new or changed.</summary>
    [RpcRequest("retention/save")]
    Task<RetentionSaved> SaveAsync(RetentionSaveParams parameters, CancellationToken cancellationToken);

    /// <summary>Removes a rule. What was done by it stays done.</summary>
    [RpcRequest("retention/remove")]
    Task<RetentionRules> RemoveAsync(RetentionRuleParams parameters, CancellationToken cancellationToken);

    /// <summary>Works out what a rule would do now: an ordinary plan, for <c>operations/planItems</c>, <c>review</c> and <c>start</c>.</summary>
    [RpcRequest("retention/plan", Progress = typeof(PlanProgress))]
    Task<PlanResult> PlanAsync(RetentionPlanParams parameters, CancellationToken cancellationToken);
}

/// <summary>What a rule does with the runs it finds.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<RetentionAction>))]
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

/// <summary>A rule.</summary>
/// <param name="Id">Names it for good.</param>
/// <param name="Revision">Counts its changes.</param>
/// <param name="Name">What people call it.</param>
/// <param name="NodeId">An experiment, or a workspace for all its runs.</param>
/// <param name="Workspace">Name of the workspace; empty when the node cannot be read.</param>
/// <param name="Experiment">Name of the experiment; null for all of the workspace.</param>
/// <param name="Action">What is done.</param>
/// <param name="Filter">Which runs.</param>
/// <param name="IncludeChildren">With a run the runs below it.</param>
/// <param name="IncludeVersionsAndSnapshots">With the data its older versions and snapshots.</param>
/// <param name="Problem">Why it makes no plan as it is; null for nothing.</param>
public sealed record RetentionRule(
    string Id,
    int Revision,
    string Name,
    string NodeId,
    string Workspace,
    string? Experiment,
    RetentionAction Action,
    BulkFilter Filter,
    bool IncludeChildren,
    bool IncludeVersionsAndSnapshots,
    string? Problem);

/// <summary>All rules.</summary>
/// <param name="Rules">By name.</param>
/// <param name="Notice">That the file of the rules was damaged, and where it is kept; null for nothing.</param>
public sealed record RetentionRules(IReadOnlyList<RetentionRule> Rules, string? Notice);

/// <summary>A rule to be kept.</summary>
/// <param name="Id">The rule that is changed; null for a new one.</param>
/// <param name="Revision">The revision that was seen of it; 0 for a new one. Another one since is refused (<c>retention.changed</c>).</param>
/// <param name="Name">What people call it; one of its kind in a workspace.</param>
/// <param name="NodeId">An experiment, or a workspace for all its runs.</param>
/// <param name="Action">What is done.</param>
/// <param name="Filter">Which runs; at least one condition, and no age below a day.</param>
/// <param name="IncludeChildren">With a run the runs below it.</param>
/// <param name="IncludeVersionsAndSnapshots">With the data its older versions and snapshots.</param>
public sealed record RetentionSaveParams(
    string? Id, int Revision, string Name, string NodeId, RetentionAction Action, BulkFilter Filter, bool IncludeChildren, bool IncludeVersionsAndSnapshots);

/// <summary>A rule that was kept.</summary>
/// <param name="Id">Its id.</param>
/// <param name="All">All rules.</param>
public sealed record RetentionSaved(string Id, RetentionRules All);

/// <summary>Names a rule.</summary>
/// <param name="RuleId">Its id.</param>
public sealed record RetentionRuleParams(string RuleId);

/// <summary>Of which rule a plan is wanted.</summary>
/// <param name="RuleId">The rule.</param>
/// <param name="TypeNames">Whether weighty deletions ask for the name to be typed; else a modal question does.</param>
/// <param name="TypeAboveBytes">How much data makes a deletion weighty; bytes.</param>
/// <param name="ProgressToken">Names the <c>$/progress</c> notifications of this request; null wants none.</param>
public sealed record RetentionPlanParams(string RuleId, bool TypeNames, long TypeAboveBytes, string? ProgressToken);
