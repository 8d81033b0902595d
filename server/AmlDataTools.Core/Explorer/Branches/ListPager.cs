using AmlDataTools.Azure.RunHistory;
using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.Explorer.Branches;

/// <summary>A page picked out of a service's list.</summary>
/// <param name="Items">What was kept.</param>
/// <param name="Next">Where the next page begins; null when the list is at its end.</param>
/// <param name="Scanned">How many of the service's items were looked at.</param>
/// <param name="GaveUp">Whether it ended early, since too many were looked at for one call.</param>
internal sealed record PickedPage<T>(IReadOnlyList<T> Items, PageToken? Next, int Scanned, bool GaveUp);

/// <summary>Picks pages out of a service's list, looking at a bounded number of its items a call.</summary>
internal static class ListPager
{
    /// <summary>Items looked at in one call: some seconds of waiting at most, even if nothing is kept.</summary>
    public const int MaxScan = 1000;

    // Pages may be empty and yet have a next one.
    private const int MaxFetches = 25;

    /// <summary>Reads a page.</summary>
    /// <param name="start">Where it begins.</param>
    /// <param name="pageSize">How many to keep.</param>
    /// <param name="fetch">Reads the service's page at a token.</param>
    /// <param name="pick">What to keep of an item; null drops it.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<PickedPage<T>> ReadAsync<TRaw, T>(
        PageToken start,
        int pageSize,
        Func<string?, CancellationToken, Task<HistoryPage<TRaw>>> fetch,
        Func<TRaw, T?> pick,
        CancellationToken cancellationToken)
        where T : class
    {
        var kept = new List<T>(pageSize);
        var scanned = 0;
        var at = start;
        for (var fetches = 1; ; fetches++)
        {
            var page = await fetch(at.Inner, cancellationToken).ConfigureAwait(false);
            if (page.ContinuationToken is not null && page.ContinuationToken == at.Inner)
            {
                throw new ProblemException("service.invalidAnswer", "The service gave the same page of this list again and again. Try again later.") { Retryable = true, Actions = [ProblemAction.Retry] };
            }

            var next = page.ContinuationToken is { } token ? at with { Skip = 0, Inner = token } : null;
            for (var index = at.Skip; index < page.Items.Count; index++)
            {
                scanned++;
                if (pick(page.Items[index]) is not { } item)
                {
                    continue;
                }

                kept.Add(item);
                if (kept.Count == pageSize)
                {
                    return new PickedPage<T>(kept, index + 1 < page.Items.Count ? at with { Skip = index + 1 } : next, scanned, GaveUp: false);
                }
            }

            if (next is null)
            {
                return new PickedPage<T>(kept, null, scanned, GaveUp: false);
            }

            at = next;
            if (scanned >= MaxScan || fetches >= MaxFetches)
            {
                return new PickedPage<T>(kept, at, scanned, GaveUp: true);
            }
        }
    }
}
