using System.Text.RegularExpressions;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Changes.Execution;

/// <summary>What a service's refusal of a change means, and what can be done instead.</summary>
internal static partial class ChangeRefusal
{
    /// <summary>The code of a service that has no such delete: archiving can be offered.</summary>
    public const string DoesNotDelete = "service.doesNotDelete";

    /// <summary>The code of what is not as the plan saw it.</summary>
    public const string Changed = "changed";

    /// <summary>The result of an item that the service refused.</summary>
    public static ChangeResult Of(ChangeItem item, AzureServiceException refusal)
    {
        var (code, reason) = Words(item, refusal);
        return new ChangeResult(item.Index, code == Changed ? ItemOutcome.Skipped : ItemOutcome.Failed)
        {
            Code = code,
            Reason = reason,
            Status = refusal.Status,
            CorrelationId = refusal.CorrelationId,
        };
    }

    /// <summary>The result of an item that could be read when it was planned, and cannot be since the workspace went.</summary>
    public static ChangeResult RightsEnded(ChangeItem item, ResourceKind kind, AzureServiceException refusal) => new(item.Index, ItemOutcome.Failed)
    {
        Code = "rights.endedWithWorkspace",
        Reason = kind == ResourceKind.Workspace
            ? $"The deletion of {item.Label} was asked for before, and to look at it is refused now (403): rights given on the workspace end with it. Somebody with Reader on its resource group can see whether it is gone, and resume this operation."
            : $"{item.Label} could be read for the plan and cannot be any more (403{ActionIn(refusal.Message)}): the rights were given on the workspace and ended with it. It was left, with its data and its costs. Ask for Contributor on its resource group, or on it alone, then resume.",
        Status = refusal.Status,
        CorrelationId = refusal.CorrelationId,
    };

    /// <summary>Whether the service did not delete an experiment because it holds runs. That it refuses is known, the status is not: locks and rights are told apart.</summary>
    /// <param name="item">The item.</param>
    /// <param name="refusal">What the service answered.</param>
    public static bool IsNotEmpty(ChangeItem item, AzureServiceException refusal) =>
        item is { Record.Kind: ResourceKind.Experiment, Action: ChangeAction.Delete } && refusal.Status is 400 or 409 && !refusal.HasCode("ScopeLocked");

    private static (string Code, string Reason) Words(ChangeItem item, AzureServiceException refusal)
    {
        var what = item.Record is { } record ? $"The {ResourceCatalog.Of(record.Kind).Singular} {item.Label}" : item.Label;
        return refusal switch
        {
            { Status: 412 } => (Changed, $"{what} was changed since the plan and was left."),
            _ when refusal.HasCode("ScopeLocked") => ("resource.locked", $"{what} is protected by a lock{LockIn(refusal.Message)}. Remove the lock, then resume."),
            { Status: 403 } when Action().Match(refusal.Message) is { Success: true } action =>
                ("auth.forbidden", $"You may not do this to {item.Label}: {action.Groups[1].Value} is missing. Ask for a role that allows it, then resume."),
            { Status: 403 } => ("auth.forbidden", $"You may not do this to {item.Label}. Ask for a role that allows it, then resume."),
            _ when item.Action == ChangeAction.Purge => ("purge.refused", $"{what} could not be purged and stays kept: {refusal.Message} It may have purge protection."),
            _ when IsNotSupported(item, refusal) && item.Record is { Kind: var kind } && !ResourceCatalog.Of(kind).CanArchive => Mapped(item, refusal),
            _ when IsNotSupported(item, refusal) => (DoesNotDelete, $"{what} cannot be deleted: the service has no such operation ({Codes(refusal)}). It can be archived instead."),
            _ when Says(refusal, "traffic") => ("endpoint.hasTraffic", $"{what} takes traffic. Set its traffic to 0 first, then resume. The service says: {refusal.Message}"),
            _ when IsNotEmpty(item, refusal) => ("experiment.notEmpty", $"{what} still holds runs, and the service deletes only empty ones. If its runs were deleted just now, resume in some minutes; if new ones have come, plan again. The service says: {refusal.Message}"),
            _ when Says(refusal, "HubHasProjects") || (item.Record?.Kind == ResourceKind.Workspace && Says(refusal, "project")) => ("workspace.hasProjects", $"{what} still has projects. Delete these first, then resume. The service says: {refusal.Message}"),
            _ when item.Record?.Kind == ResourceKind.StorageAccount && refusal.Status == 409 => ("storage.protected", $"{what} holds data that is protected by a policy or a legal hold, or something else keeps it. The service says: {refusal.Message}"),
            _ when Says(refusal, "in use") || Says(refusal, "InUse") || Says(refusal, "being used") => ("resource.inUse", $"{what} is in use. Stop or delete what uses it, then resume. The service says: {refusal.Message}"),
            { OperationFailed: true } => ("service.operationFailed", $"The service began and did not finish: {refusal.Message}"),
            _ when refusal.HasCode("OperationTimedOut") => ("service.operationTimedOut", refusal.Message),
            _ => Mapped(item, refusal),
        };
    }

    private static bool IsNotSupported(ChangeItem item, AzureServiceException refusal) =>
        item.Action is ChangeAction.Delete or ChangeAction.Unregister
        && (refusal.Status is 405 or 501 || (refusal.Status is >= 400 and < 500 && (Says(refusal, "not supported") || Says(refusal, "NotSupported") || Says(refusal, "MethodNotAllowed"))));

    private static (string Code, string Reason) Mapped(ChangeItem item, AzureServiceException refusal)
    {
        var problem = ProblemMapper.From(refusal, new ProblemContext(ProblemSubject.Other, item.Label));
        return (problem.Code, problem.Message);
    }

    private static bool Says(AzureServiceException refusal, string text) =>
        refusal.Message.Contains(text, StringComparison.OrdinalIgnoreCase) || refusal.Code.Contains(text, StringComparison.OrdinalIgnoreCase)
        || refusal.InnerCodes.Any(c => c.Contains(text, StringComparison.OrdinalIgnoreCase));

    private static string Codes(AzureServiceException refusal) => $"{refusal.Status} {(refusal.InnerCodes.Count > 0 ? refusal.InnerCodes[^1] : refusal.Code)}";

    /// <summary>Resource Manager: <c>... because following scope(s) are locked: '/subscriptions/...'</c>.</summary>
    private static string LockIn(string message)
    {
        var name = LockName().Match(message) is { Success: true } named ? $" named {named.Groups[1].Value}" : string.Empty;
        return LockedScope().Match(message) is { Success: true } scope ? $"{name} on {scope.Groups[1].Value}" : name;
    }

    /// <summary>Resource Manager: <c>... does not have authorization to perform action 'X' over scope ...</c>.</summary>
    private static string ActionIn(string message) => Action().Match(message) is { Success: true } action ? $": {action.Groups[1].Value} is missing" : string.Empty;

    [GeneratedRegex(@"/locks/([^/'""\s,;]+)", RegexOptions.CultureInvariant)]
    private static partial Regex LockName();

    [GeneratedRegex(@"locked: '([^']+)'", RegexOptions.CultureInvariant)]
    private static partial Regex LockedScope();

    [GeneratedRegex(@"perform action '([^']+)'", RegexOptions.CultureInvariant)]
    private static partial Regex Action();
}
