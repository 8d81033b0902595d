using AmlDataTools.Core;
using AmlDataTools.Server.Features.Operations;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Rpc;
using Model = AmlDataTools.Core.RetentionRules;

namespace AmlDataTools.Server.Features.Retention;

/// <summary>Retention rules on the wire.</summary>
/// <param name="workbench">The product, put together when first asked.</param>
internal sealed class RetentionFeature(Lazy<Workbench> workbench) : IFeature, IRetentionApi
{
    private JsonRpc? _rpc;

    /// <inheritdoc/>
    public string Capability => "retention";

    /// <inheritdoc/>
    public void Register(JsonRpc rpc)
    {
        _rpc = rpc;
        var context = ProtocolJsonContext.Default;
        rpc.AddLocalMethod("retention/rules", context.Empty, context.RetentionRules, RulesAsync);
        rpc.AddLocalMethod("retention/save", context.RetentionSaveParams, context.RetentionSaved, SaveAsync);
        rpc.AddLocalMethod("retention/remove", context.RetentionRuleParams, context.RetentionRules, RemoveAsync);
        rpc.AddLocalMethod("retention/plan", context.RetentionPlanParams, context.PlanResult, PlanAsync);
    }

    /// <inheritdoc/>
    public async Task<RetentionRules> RulesAsync(Empty parameters, CancellationToken cancellationToken) =>
        ToRules(await workbench.Value.Retention.ListAsync(cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public async Task<RetentionSaved> SaveAsync(RetentionSaveParams parameters, CancellationToken cancellationToken)
    {
        var rule = new Model.RetentionRule(
            parameters.Id ?? string.Empty,
            parameters.Revision,
            parameters.Name,
            parameters.NodeId,
            WireEnum.To<RetentionAction, Model.RetentionAction>(parameters.Action),
            ChangeMapping.ToFilter(parameters.Filter),
            parameters.IncludeChildren,
            parameters.IncludeVersionsAndSnapshots);
        var (saved, all) = await workbench.Value.Retention.SaveAsync(rule, cancellationToken).ConfigureAwait(false);
        return new RetentionSaved(saved.Id, ToRules(all));
    }

    /// <inheritdoc/>
    public async Task<RetentionRules> RemoveAsync(RetentionRuleParams parameters, CancellationToken cancellationToken) =>
        ToRules(await workbench.Value.Retention.RemoveAsync(parameters.RuleId, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public async Task<PlanResult> PlanAsync(RetentionPlanParams parameters, CancellationToken cancellationToken)
    {
        var rpc = _rpc ?? throw new InvalidOperationException("Not registered.");
        var progress = new PlanProgressAdapter(rpc.CreateProgress(parameters.ProgressToken, ProtocolJsonContext.Default.PlanProgress));
        var plan = await workbench.Value.Retention.PlanAsync(parameters.RuleId, parameters.TypeNames, parameters.TypeAboveBytes, progress, cancellationToken).ConfigureAwait(false);
        return OperationMapping.ToPlan(plan, ChangeMapping.ToReview(workbench.Value.Operations.Review(plan.Id, [])));
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static RetentionRules ToRules(Model.RetentionRuleList list) => new([.. list.Rules.Select(ToRule)], list.Notice);

    private static RetentionRule ToRule(Model.RetentionRuleView view)
    {
        var (rule, filter) = (view.Rule, view.Rule.Filter);
        return new RetentionRule(
            rule.Id,
            rule.Revision,
            rule.Name,
            rule.NodeId,
            view.Workspace,
            view.Experiment,
            WireEnum.To<Model.RetentionAction, RetentionAction>(rule.Action),
            new BulkFilter(filter.OlderThanDays, filter.Statuses, filter.Name, filter.Tag, filter.CreatedBy, filter.Unreferenced, filter.WithoutModel),
            rule.IncludeChildren,
            rule.IncludeVersionsAndSnapshots,
            view.Problem);
    }
}
