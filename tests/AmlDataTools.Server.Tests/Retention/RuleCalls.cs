using AmlDataTools.Core.Explorer;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Changes;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.Retention;

/// <summary>The calls of retention rules and of the audit log, as the extension makes them.</summary>
internal static class RuleCalls
{
    /// <summary>A filter that everything passes.</summary>
    public static BulkFilter Anything { get; } = new(null, [], null, null, null, false);

    public static Task<RetentionRules> RulesAsync(this ExportSidecar sidecar) =>
        sidecar.CallAsync("retention/rules", Empty.Instance, ProtocolJsonContext.Default.Empty, ProtocolJsonContext.Default.RetentionRules);

    public static Task<RetentionSaved> SaveRuleAsync(this ExportSidecar sidecar, string name, string nodeId, RetentionAction action, BulkFilter filter, bool children = false) => sidecar.CallAsync(
        "retention/save", new RetentionSaveParams(null, 0, name, nodeId, action, filter, children, false), ProtocolJsonContext.Default.RetentionSaveParams, ProtocolJsonContext.Default.RetentionSaved);

    public static Task<RetentionRules> RemoveRuleAsync(this ExportSidecar sidecar, string id) => sidecar.CallAsync(
        "retention/remove", new RetentionRuleParams(id), ProtocolJsonContext.Default.RetentionRuleParams, ProtocolJsonContext.Default.RetentionRules);

    public static Task<PlanResult> PlanRuleAsync(this ExportSidecar sidecar, string id) => sidecar.CallAsync(
        "retention/plan", new RetentionPlanParams(id, true, 1L << 30, null), ProtocolJsonContext.Default.RetentionPlanParams, ProtocolJsonContext.Default.PlanResult);

    /// <summary>Saves a rule and makes its plan.</summary>
    public static async Task<PlanResult> PlanNewAsync(this ExportSidecar sidecar, string name, string nodeId, RetentionAction action, BulkFilter filter, bool children = false) =>
        await sidecar.PlanRuleAsync((await sidecar.SaveRuleAsync(name, nodeId, action, filter, children)).Id);

    /// <summary>Carries a rule's plan out.</summary>
    public static async Task<Changed> CarryOutAsync(this ExportSidecar sidecar, PlanResult plan)
    {
        var items = await sidecar.ItemsAsync(plan.PlanId);
        await sidecar.ConfirmAsync(plan.PlanId);
        var operation = await sidecar.EndAsync(plan.PlanId);
        return new Changed(plan, items, operation, await sidecar.ReceiptAsync(plan.PlanId));
    }

    public static Task<AuditExportResult> ExportAuditAsync(this ExportSidecar sidecar, string path, long? since = null) => sidecar.CallAsync(
        "audit/export", new AuditExportParams(path, since), ProtocolJsonContext.Default.AuditExportParams, ProtocolJsonContext.Default.AuditExportResult);

    public static Task<AuditVerdict> VerifyAuditAsync(this ExportSidecar sidecar, string path) => sidecar.CallAsync(
        "audit/verify", new AuditVerifyParams(path), ProtocolJsonContext.Default.AuditVerifyParams, ProtocolJsonContext.Default.AuditVerdict);
}
