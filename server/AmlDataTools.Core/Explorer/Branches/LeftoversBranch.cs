using AmlDataTools.Core.Explorer.Nodes;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Workspaces.Leftovers;

namespace AmlDataTools.Core.Explorer.Branches;

/// <summary>
/// "Leftover resources" of a subscription. Opening it costs a request for the list of subscriptions, two for each of them (workspaces,
/// registries), five lists of resources, and then for each resource group looked through one for its deployments and
/// one for each storage account; a call ends after a number of groups or requests, and the next page goes on.
/// </summary>
internal sealed class LeftoversBranch(BranchContext context, LeftoverNodes nodes, LeftoverFinder finder, TimeProvider clock)
{
    private const int MaxGroups = 40;
    private const int MaxRequests = 200;
    private const int SideBySide = 4;

    private readonly ShortMemory<LeftoversTarget, LeftoverScan> _scans = new(4, clock);
    private readonly ShortMemory<LeftoverGroupTarget, (LeftoverGroup Group, LeftoverScan Scan)> _groups = new(1000, clock);

    /// <summary>The resource groups with leftovers.</summary>
    public async Task<ChildrenPage> ReadAsync(LeftoversTarget target, ChildrenRequest request, CancellationToken cancellationToken)
    {
        if (!_scans.TryGet(target, out var scan))
        {
            scan = await finder.ScanAsync(target.SubscriptionId, target.TenantId, null, cancellationToken).ConfigureAwait(false);
            _scans.Set(target, scan);
        }

        var token = PageToken.Parse(request.PageToken);
        var rest = scan.Names.Where(name => token?.Inner is not { } last || string.Compare(name, last, StringComparison.OrdinalIgnoreCase) > 0).ToList();
        var found = new List<LeftoverGroup>();
        var looked = 0;
        for (var requests = 0; looked < rest.Count && looked < MaxGroups && requests < MaxRequests; looked += SideBySide)
        {
            var few = await Task.WhenAll(rest.Skip(looked).Take(SideBySide).Select(name => FindAsync(scan, new LeftoverGroupTarget(target.SubscriptionId, target.TenantId, name), cancellationToken))).ConfigureAwait(false);
            found.AddRange(few);
            requests += few.Sum(one => one.Requests);
        }

        looked = Math.Min(looked, rest.Count);
        var before = token?.Skip ?? 0;
        var next = looked < rest.Count ? new PageToken(ReadMode.Offset, before + looked, rest[looked - 1]) : null;
        var page = new List<ExplorerNode>();
        foreach (var group in found)
        {
            if (group.Items.Count > 0)
            {
                page.Add(LeftoverNodes.Group(target, group));
            }
            else if (group.Unread.Count > 0)
            {
                page.Add(context.Nodes.Notice(request.NodeId, "group:" + group.Name, $"{group.Name}: nothing found, but {Unread(group)}.", NodeAction.Retry));
            }
        }

        if (next is not null)
        {
            page.Add(context.Nodes.Notice(request.NodeId, "looked:" + next.Inner, $"Looked through {before + looked:N0} of {scan.Names.Count:N0} resource groups. Load more to look further."));
        }
        else if (page.Count == 0 && token is null)
        {
            page.Add(context.Nodes.Notice(
                request.NodeId, "empty",
                $"Nothing found in {Sizes.Count(scan.Names.Count, "resource group")} that is known to be left over from a workspace that is gone. Names alone do not count."));
        }

        if (token is null)
        {
            page.AddRange(Incomplete(scan, request.NodeId));
        }

        return new ChildrenPage(page, next?.ToString());
    }

    /// <summary>The leftovers of a resource group.</summary>
    public async Task<ChildrenPage> ReadAsync(LeftoverGroupTarget target, ChildrenRequest request, CancellationToken cancellationToken)
    {
        if (!_groups.TryGet(target, out var known))
        {
            var scan = await finder.ScanAsync(target.SubscriptionId, target.TenantId, target.ResourceGroup, cancellationToken).ConfigureAwait(false);
            known = (await FindAsync(scan, target, cancellationToken).ConfigureAwait(false), scan);
        }

        var begin = PageToken.Parse(request.PageToken) is { Mode: ReadMode.Offset } token ? token.Skip : 0;
        var size = BranchContext.PageSize(request, BranchContext.DefaultFilePageSize);
        var (group, uses) = (known.Group, known.Scan.Uses);
        var page = group.Items.Skip(begin).Take(size).Select(one => nodes.Leftover(one, target.TenantId, uses)).ToList();
        var more = begin + size < group.Items.Count;
        if (group.Items.Count == 0)
        {
            page.Add(context.Nodes.Notice(request.NodeId, "empty", "Nothing is left over in this resource group any more."));
        }

        if (!more && group.Unread.Count > 0)
        {
            page.Add(context.Nodes.Notice(request.NodeId, "unread", $"There may be more: {Unread(group)}.", NodeAction.Retry));
        }

        return new ChildrenPage(page, more ? new PageToken(ReadMode.Offset, begin + size, null).ToString() : null);
    }

    /// <summary>Drops what is remembered.</summary>
    public void Forget()
    {
        _scans.Clear();
        _groups.Clear();
    }

    private static string Unread(LeftoverGroup group) => $"{string.Join(", ", group.Unread.Take(5))} could not be read";

    private async Task<LeftoverGroup> FindAsync(LeftoverScan scan, LeftoverGroupTarget target, CancellationToken cancellationToken)
    {
        var group = await finder.FindAsync(scan, target.ResourceGroup, cancellationToken).ConfigureAwait(false);
        _groups.Set(target, (group, scan));
        return group;
    }

    private IEnumerable<ExplorerNode> Incomplete(LeftoverScan scan, string? parent)
    {
        if (!scan.IsOwnRead)
        {
            yield return context.Nodes.Notice(parent, "ownUnread", "The workspaces of this subscription could not all be listed, so only what is proven is shown.", NodeAction.Retry);
        }

        if (scan.Uses.Unread.Count > 0)
        {
            yield return context.Nodes.Notice(parent, "usersUnread", $"What workspaces and registries elsewhere use is not fully known: {string.Join(", ", scan.Uses.Unread.Take(3))} could not be read.", NodeAction.Retry);
        }

        if (scan.Unread.Count > 0)
        {
            yield return context.Nodes.Notice(parent, "kindsUnread", $"Not looked through, since they could not be listed: {string.Join(", ", scan.Unread)}.", NodeAction.Retry);
        }
    }
}
