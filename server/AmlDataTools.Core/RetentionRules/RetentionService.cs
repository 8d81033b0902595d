using AmlDataTools.Core.Changes;
using AmlDataTools.Core.Export;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.RetentionRules;

/// <summary>Retention rules: kept for all windows, and made into plans when asked. Nothing is ever done by a rule alone.</summary>
public sealed class RetentionService
{
    private readonly RetentionStore _store;
    private readonly IChangePlanner _planner;

    internal RetentionService(RetentionStore store, IChangePlanner planner)
    {
        _store = store;
        _planner = planner;
    }

    /// <summary>All rules.</summary>
    /// <param name="cancellationToken">Ends the wait for other windows.</param>
    /// <exception cref="ProblemException"><c>retention.newerFile</c>, <c>storage.busy</c>, <c>disk.*</c>.</exception>
    public async Task<RetentionRuleList> ListAsync(CancellationToken cancellationToken) => View(await _store.ReadAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>Keeps a rule: a new one when its id is empty, else in the place of the one of that id.</summary>
    /// <param name="rule">The rule; of one that exists with the revision that was seen.</param>
    /// <param name="cancellationToken">Ends the wait for other windows.</param>
    /// <returns>The rule as it is kept, and all of them.</returns>
    /// <exception cref="ProblemException"><c>retention.badRule</c>, <c>retention.nameTaken</c>, <c>retention.changed</c>, <c>retention.notFound</c>, <c>retention.tooMany</c>, <c>retention.newerFile</c>.</exception>
    public async Task<(RetentionRule Saved, RetentionRuleList All)> SaveAsync(RetentionRule rule, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rule);
        rule = RetentionChecks.Tidy(rule);
        if (RetentionChecks.ProblemOf(rule) is { } problem)
        {
            throw new ProblemException("retention.badRule", problem) { Target = rule.Name };
        }

        var saved = rule;
        var all = await _store.ChangeAsync(rules =>
        {
            var others = rules.Where(other => other.Id != rule.Id).ToList();
            CheckName(rule, others);
            if (rule.Id.Length == 0)
            {
                saved = rule with { Id = Guid.NewGuid().ToString("N"), Revision = 1 };
                return [.. rules, saved];
            }

            var known = rules.FirstOrDefault(other => other.Id == rule.Id) ?? throw NotFound(rule.Id);
            saved = known.Revision == rule.Revision
                ? rule with { Revision = rule.Revision + 1 }
                : throw new ProblemException("retention.changed", $"The rule \"{known.Name}\" was changed in another window meanwhile. Look at it again.") { Target = rule.Id, Actions = [ProblemAction.Retry] };
            return [.. rules.Select(other => other.Id == rule.Id ? saved : other)];
        }, cancellationToken).ConfigureAwait(false);
        return (saved, View(all));
    }

    /// <summary>Removes a rule. What was done by it stays done.</summary>
    /// <param name="id">The rule; one that is gone already is no failure.</param>
    /// <param name="cancellationToken">Ends the wait for other windows.</param>
    /// <exception cref="ProblemException"><c>retention.newerFile</c>, <c>storage.busy</c>, <c>disk.*</c>.</exception>
    public async Task<RetentionRuleList> RemoveAsync(string id, CancellationToken cancellationToken) =>
        View(await _store.ChangeAsync(rules => [.. rules.Where(rule => rule.Id != id)], cancellationToken).ConfigureAwait(false));

    /// <summary>Works out what a rule would do now. Changes nothing; what it would do is done only when a person starts the plan.</summary>
    /// <param name="id">The rule.</param>
    /// <param name="typeNames">Whether weighty deletions ask for the name to be typed.</param>
    /// <param name="typeAboveBytes">How much data makes a deletion weighty; bytes.</param>
    /// <param name="progress">Told while reading; null for nobody.</param>
    /// <param name="cancellationToken">Stops planning; nothing is left of it.</param>
    /// <exception cref="ProblemException"><c>retention.notFound</c>, <c>retention.badRule</c>, <c>retention.nothingToDo</c>, <c>retention.scopeGone</c>, or what a plan refuses.</exception>
    public async Task<OperationPlan> PlanAsync(string id, bool typeNames, long typeAboveBytes, IProgress<PlanStep>? progress, CancellationToken cancellationToken)
    {
        var (rules, _) = await _store.ReadAsync(cancellationToken).ConfigureAwait(false);
        var rule = rules.FirstOrDefault(one => one.Id == id) ?? throw NotFound(id);
        if (RetentionChecks.ProblemOf(rule) is { } problem)
        {
            throw new ProblemException("retention.badRule", $"The rule \"{rule.Name}\" makes no plan. {problem} Edit it first.") { Target = rule.Name };
        }

        var takesData = rule.Action is RetentionAction.DeleteRunsAndData or RetentionAction.DeleteData;
        var request = new ChangeRequest(
            rule.Action == RetentionAction.Archive ? OperationVerb.Archive : OperationVerb.Delete,
            [rule.NodeId],
            new ChangeChoices(takesData, rule.IncludeChildren, takesData && rule.IncludeVersionsAndSnapshots, typeNames, typeAboveBytes),
            rule.Filter,
            null)
        {
            Rule = new RuleMark(rule.Id, rule.Name),
            DataOnly = rule.Action == RetentionAction.DeleteData,
        };
        try
        {
            return await _planner.PlanAsync(request, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (ProblemException nothing) when (nothing.Code is "change.nothingMatches" or "change.nothingPossible")
        {
            throw new ProblemException("retention.nothingToDo", $"The rule \"{rule.Name}\" finds nothing to do now. {nothing.Message}", nothing) { Target = rule.Name, Actions = nothing.Actions };
        }
        catch (ProblemException gone) when (gone.Code is "workspace.notFound" or "resourceGroup.notFound" or "subscription.notFound" or "experiment.notFound" or "tenant.notFound")
        {
            throw new ProblemException("retention.scopeGone", $"What the rule \"{rule.Name}\" is for is not there any more, or you may not see it. {gone.Message} If it is gone for good, remove the rule.", gone)
            {
                Target = gone.Target,
                CorrelationId = gone.CorrelationId,
                Actions = gone.Actions,
            };
        }
    }

    /// <summary>Two rules of one name in one workspace could not be told apart in plans and receipts.</summary>
    private static void CheckName(RetentionRule rule, IEnumerable<RetentionRule> others)
    {
        RetentionChecks.TryScope(rule.NodeId, out var here, out _);
        foreach (var other in others.Where(other => string.Equals(other.Name, rule.Name, StringComparison.OrdinalIgnoreCase)))
        {
            if (RetentionChecks.TryScope(other.NodeId, out var there, out _) && string.Equals(here?.ResourceId, there.ResourceId, StringComparison.OrdinalIgnoreCase))
            {
                throw new ProblemException("retention.nameTaken", $"This workspace has a rule \"{other.Name}\" already. Choose another name.") { Target = other.Id };
            }
        }
    }

    private static ProblemException NotFound(string id) => new("retention.notFound", "This rule is not there any more: another window has removed it.") { Target = id };

    private static RetentionRuleList View((IReadOnlyList<RetentionRule> Rules, string? Notice) all) => new(
        [.. all.Rules.OrderBy(rule => rule.Name, StringComparer.OrdinalIgnoreCase).Select(rule => RetentionChecks.TryScope(rule.NodeId, out var workspace, out var experiment)
            ? new RetentionRuleView(rule, workspace.Name, experiment, RetentionChecks.ProblemOf(rule))
            : new RetentionRuleView(rule, string.Empty, null, RetentionChecks.ProblemOf(rule)))],
        all.Notice);
}
