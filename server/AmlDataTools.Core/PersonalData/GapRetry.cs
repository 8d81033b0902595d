namespace AmlDataTools.Core.PersonalData;

/// <summary>
/// Which places of a search are searched again for their gaps. A list or datastore that was refused is searched again by itself, from its
/// beginning; a part that was refused as a whole goes on where it was. What was found stays: a thing found again counts once.
/// </summary>
internal static class GapRetry
{
    /// <summary>Whether a search that stands so tries its gaps again when it goes on: it has been through everything.</summary>
    public static bool IsDue(SearchStatus status) =>
        status is { Place: null, State: SearchState.DoneWithGaps or SearchState.Failed, Again.Count: > 0 };

    /// <summary>The gap as it is written down: with the place that is tried again, where that may help.</summary>
    /// <param name="gap">The gap.</param>
    /// <param name="part">The part that told of it.</param>
    /// <param name="scope">The place in the part; null for the part.</param>
    public static SearchGap Placed(SearchGap gap, string part, string? scope) => SearchGaps.MayChange(gap) ? gap with { Part = part, Scope = scope } : gap;

    /// <summary>Takes the places of gaps up as what is left to be searched, and their gaps off the list; the same crash-safe way in which everything left is gone on with.</summary>
    /// <param name="status">How the search stands.</param>
    /// <param name="files">Its lists.</param>
    /// <param name="titleOf">The title of a part, for people.</param>
    public static SearchStatus TakeUp(SearchStatus status, SearchFiles files, Func<string, string> titleOf)
    {
        var why = new SearchGap?[status.Again.Count];
        var kept = 0L;
        var lengths = files.KeepGaps(status.Lengths, gap =>
        {
            var at = IndexOf(status.Again, files.Request, gap);
            if (at >= 0)
            {
                why[at] ??= gap;
                return false;
            }

            kept += SearchGaps.IsReal(gap) ? 1 : 0;
            return true;
        });
        var again = status.Again.Select((place, at) => new SearchLeft(
            place.IsAlone ? place with { Looked = 0 } : place, why[at]?.What ?? titleOf(place.Part), why[at]?.Code ?? "interrupted", why[at]?.Message ?? "The search was interrupted here."));
        return status with
        {
            Looked = Math.Max(0, status.Looked - status.Again.Where(place => place.IsAlone).Sum(place => place.Looked)),
            NotSearched = kept,
            Left = [.. status.Left, .. again.Where(one => !status.Left.Any(left => left.Place.IsSame(one.Place)))],
            Again = [],
            Lengths = lengths,
        };
    }

    /// <summary>The places to be tried again some other time, with that of a batch if it has such gaps, or had before.</summary>
    /// <param name="again">Those so far.</param>
    /// <param name="place">Where the batch is.</param>
    /// <param name="hasGap">Whether it has such gaps.</param>
    public static IReadOnlyList<SearchPlace> With(IReadOnlyList<SearchPlace> again, SearchPlace place, bool hasGap)
    {
        if (place.Scope is null)
        {
            return again;
        }

        var alone = place with { Checkpoint = place.Scope, IsAlone = true };
        return hasGap || again.Any(alone.IsSame) ? [.. again.Where(one => !alone.IsSame(one)), alone] : again;
    }

    /// <summary>The places to be tried again some other time, with one that was refused as a whole.</summary>
    /// <param name="again">Those so far.</param>
    /// <param name="place">Where the part was refused.</param>
    public static IReadOnlyList<SearchPlace> WithRefused(IReadOnlyList<SearchPlace> again, SearchPlace place) =>
        place.IsAlone ? With(again, place, hasGap: true) : [.. again.Where(one => !place.IsSame(one)), place];

    private static int IndexOf(IReadOnlyList<SearchPlace> again, SearchRequest request, SearchGap gap)
    {
        for (var at = 0; gap.Part is not null && at < again.Count; at++)
        {
            var place = again[at];
            if (place.Part == gap.Part && place.ScopeAlone == gap.Scope && request.Workspaces[place.Workspace].ResourceId == gap.Workspace)
            {
                return at;
            }
        }

        return -1;
    }
}
