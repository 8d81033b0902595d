using System.Diagnostics.CodeAnalysis;
using AmlDataTools.Azure;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Names;
using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.RetentionRules;

/// <summary>What a rule must be like to make plans.</summary>
internal static class RetentionChecks
{
    private const int LongestName = 100;
    private const int MostDays = 36500;

    /// <summary>Where a rule looks: a workspace, or an experiment in one.</summary>
    /// <param name="nodeId">The rule's node.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="experiment">The experiment; null for all.</param>
    public static bool TryScope(string nodeId, [NotNullWhen(true)] out WorkspaceRef? workspace, out string? experiment)
    {
        NodeTargets.TryParse(nodeId, out var target);
        (workspace, experiment) = target switch
        {
            WorkspaceTarget it => (it.Workspace, null),
            ExperimentsTarget it => (it.Workspace, null),
            ExperimentTarget it => (it.Workspace, it.Name),
            _ => ((WorkspaceRef?)null, (string?)null),
        };
        return workspace is { IsRegistry: false };
    }

    /// <summary>Why a rule makes no plan as it is; null when it does.</summary>
    /// <param name="rule">The rule.</param>
    public static string? ProblemOf(RetentionRule rule)
    {
        var filter = rule.Filter;
        if (string.IsNullOrWhiteSpace(rule.Name) || rule.Name.Length > LongestName || rule.Name.Any(char.IsControl))
        {
            return $"A rule needs a name of 1 to {LongestName} letters, in one line.";
        }

        if (!TryScope(rule.NodeId, out _, out _))
        {
            return "A rule is for a workspace or for an experiment. Choose one of these.";
        }

        if (!Enum.IsDefined(rule.Action))
        {
            return "What the rule does is not known to this version.";
        }

        if (filter.OlderThanDays is < 1 or > MostDays)
        {
            return $"An age of {filter.OlderThanDays} days makes no sense for a rule. Give a number of days from 1 to {MostDays}, or none.";
        }

        if (filter.OlderThanDays is null && filter.Statuses.Count == 0 && IsBlank(filter.Name) && IsBlank(filter.Tag) && IsBlank(filter.CreatedBy) && !filter.Unreferenced && !filter.WithoutModel)
        {
            return "A rule needs at least one condition: without any it would find every run.";
        }

        try
        {
            if (!IsBlank(filter.Name))
            {
                GlobPattern.Parse(filter.Name?.Trim() ?? string.Empty);
            }
        }
        catch (ProblemException problem)
        {
            return problem.Message;
        }

        return null;
    }

    /// <summary>The rule with blanks taken away that mean nothing.</summary>
    /// <param name="rule">The rule.</param>
    public static RetentionRule Tidy(RetentionRule rule) => rule with
    {
        Name = rule.Name.Trim(),
        Filter = rule.Filter with
        {
            Name = IsBlank(rule.Filter.Name) ? null : rule.Filter.Name?.Trim(),
            Tag = IsBlank(rule.Filter.Tag) ? null : rule.Filter.Tag?.Trim(),
            CreatedBy = IsBlank(rule.Filter.CreatedBy) ? null : rule.Filter.CreatedBy?.Trim(),
        },
        IncludeVersionsAndSnapshots = rule.IncludeVersionsAndSnapshots && rule.Action is (RetentionAction.DeleteRunsAndData or RetentionAction.DeleteData),
    };

    private static bool IsBlank(string? text) => string.IsNullOrWhiteSpace(text);
}
