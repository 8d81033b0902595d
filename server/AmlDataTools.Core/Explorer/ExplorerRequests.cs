namespace AmlDataTools.Core.Explorer;

/// <summary>A subscription and the tenant through which it was seen.</summary>
/// <param name="SubscriptionId">Its id.</param>
/// <param name="TenantId">The tenant whose token opens it; empty for the account's own.</param>
/// <param name="Name">Its name.</param>
/// <param name="State">Enabled, Disabled, Warned, ... as the service says.</param>
public sealed record SubscriptionEntry(string SubscriptionId, string TenantId, string Name, string State);

/// <summary>A tenant that could not be read.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="Message">Why, for people.</param>
public sealed record TenantProblem(string TenantId, string Message);

/// <summary>All subscriptions found.</summary>
/// <param name="Subscriptions">Ordered by name.</param>
/// <param name="Problems">Tenants that could not be read.</param>
public sealed record SubscriptionList(IReadOnlyList<SubscriptionEntry> Subscriptions, IReadOnlyList<TenantProblem> Problems);

/// <summary>What a run must satisfy; all that is given must hold. Of models, data, computes and the like only the name counts; experiments are not filtered.</summary>
/// <param name="Name">A part of the display name or the run id, whatever the case; of the others a part of the name, of a version also of what it is a version of.</param>
/// <param name="Statuses">Any of these, as the service spells them: Completed, Failed, Running, ...</param>
/// <param name="CreatedBy">A part of the creator's name.</param>
/// <param name="Tag"><c>name</c>, or <c>name=value</c>.</param>
public sealed record RunFilter(string? Name, IReadOnlyList<string> Statuses, string? CreatedBy, string? Tag);

/// <summary>Which children are wanted.</summary>
/// <param name="NodeId">The parent; null for the roots, which are <paramref name="Subscriptions"/>.</param>
/// <param name="Subscriptions">The subscriptions chosen by the person; read only when <paramref name="NodeId"/> is null.</param>
/// <param name="PageToken">The previous page's token; null for the first.</param>
/// <param name="PageSize">How many at most, 1 to 1000; null for 50, of files 200. Notices come on top.</param>
/// <param name="Filter">What runs must satisfy, and by its name models, data, computes and the like too; null for all. Experiments are always shown: a filter that hid them would hide their matching runs.</param>
/// <param name="IncludeArchived">Archived experiments, runs, models, data assets, environments, components and disabled pipelines too.</param>
public sealed record ChildrenRequest(
    string? NodeId,
    IReadOnlyList<SubscriptionEntry>? Subscriptions,
    string? PageToken,
    int? PageSize,
    RunFilter? Filter,
    bool IncludeArchived);

/// <summary>A page of children.</summary>
/// <param name="Nodes">In the order to show.</param>
/// <param name="NextPageToken">For the next page; null when this is the last.</param>
public sealed record ChildrenPage(IReadOnlyList<ExplorerNode> Nodes, string? NextPageToken);
