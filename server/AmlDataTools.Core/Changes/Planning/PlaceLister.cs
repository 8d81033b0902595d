using System.Diagnostics;
using AmlDataTools.Azure.Blobs;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Places;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Storage;

namespace AmlDataTools.Core.Changes.Planning;

/// <summary>
/// Lists the places of a plan and writes their blobs into it. Many places beside each other (folders of runs) are read with
/// one listing of them all, as long as that is less work than asking for each.
/// </summary>
internal sealed class PlaceLister(StorageAccess access, ChangeDraft draft, PlanContext context, ContainerProtection protection)
{
    private const int PageSize = 5000;
    private const int Ahead = 8;
    private const int Few = 50;

    // Files that were found by themselves lie anywhere: a page of everything between them has to bring some of them.
    private const int FilesAPage = 20;
    private static readonly TimeSpan TellEvery = TimeSpan.FromMilliseconds(100);

    private long _told;

    /// <summary>Lists all of them; what cannot be listed is refused in the plan, with the reason.</summary>
    /// <param name="places">Places of one datastore, none within another.</param>
    /// <param name="cancellationToken">Stops listing.</param>
    public async Task ListAsync(IReadOnlyList<PlannedPlace> places, CancellationToken cancellationToken)
    {
        // One listing for many needs names in order, which a share does not promise.
        var isShare = places.Any(place => place.Where.IsShare);
        var files = isShare ? [] : places.Where(place => place.Form == PlaceForm.Blob).OrderBy(place => place.Path, StringComparer.Ordinal).ToList();
        var each = new List<PlannedPlace>();
        if (files.Count > Few)
        {
            each.AddRange(await ListTogetherAsync(null, files, files.Count / FilesAPage, cancellationToken).ConfigureAwait(false));
        }

        foreach (var siblings in places.Where(place => files.Count <= Few || place.Form != PlaceForm.Blob).GroupBy(place => place.Path[..(place.Path.LastIndexOf('/') + 1)], StringComparer.Ordinal))
        {
            var sorted = siblings.OrderBy(place => place.Path, StringComparer.Ordinal).ToList();
            each.AddRange(sorted.Count > Few && !isShare ? await ListTogetherAsync(siblings.Key.Length, sorted, 20 + (sorted.Count / 4), cancellationToken).ConfigureAwait(false) : sorted);
        }

        await ListEachAsync(each, cancellationToken).ConfigureAwait(false);
    }

    private BlobListDetails Details => BlobListDetails.Protection | (context.Choices.IncludeVersionsAndSnapshots ? BlobListDetails.Versions | BlobListDetails.Snapshots : BlobListDetails.None);

    /// <summary>One listing for all; gives back those that still have to be asked for by themselves.</summary>
    /// <param name="folderLength">The length of the folder in which they stand beside each other, with its slash; null for files that lie anywhere.</param>
    /// <param name="sorted">The places, by path.</param>
    /// <param name="budget">How many pages at most.</param>
    /// <param name="cancellationToken">Stops listing.</param>
    private async Task<IReadOnlyList<PlannedPlace>> ListTogetherAsync(int? folderLength, List<PlannedPlace> sorted, int budget, CancellationToken cancellationToken)
    {
        var byPath = sorted.ToDictionary(place => place.Path, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        var again = new HashSet<PlannedPlace>();
        var markers = new Dictionary<PlannedPlace, List<BlobVersionItem>>();
        var prefix = CommonPrefix(sorted[0].Path, sorted[^1].Path);
        PlannedPlace? open = null;
        string? last = null;
        try
        {
            var next = PageAsync(prefix, null, PageSize, cancellationToken);
            for (var pages = 1; ; pages++)
            {
                var page = await next.ConfigureAwait(false);
                var isLast = page.NextMarker is null || pages >= budget;
                next = isLast ? Task.FromResult(page) : PageAsync(prefix, page.NextMarker, PageSize, cancellationToken);
                foreach (var item in page.Items)
                {
                    last = item.Blob.Name;
                    var end = folderLength is { } from ? last.IndexOf('/', from) : -1;
                    if (!byPath.TryGetValue(last.AsSpan(0, end < 0 ? last.Length : end), out var place) || again.Contains(place) || !Belongs(place, item, isExact: end < 0))
                    {
                        continue;
                    }

                    if (end < 0 && place.Form != PlaceForm.Blob)
                    {
                        // A folder's marker stands apart from what is below it: other names may come between.
                        (markers.TryGetValue(place, out var list) ? list : markers[place] = []).Add(item);
                        continue;
                    }

                    if (!ReferenceEquals(open, place))
                    {
                        open = place;
                        if (place.Listing is not null)
                        {
                            again.Add(place);
                            continue;
                        }

                        if (markers.Remove(place, out var waiting))
                        {
                            waiting.ForEach(marker => Take(place, marker, isBelow: false));
                        }
                    }

                    Take(place, item, end >= 0);
                }

                if (pages % 5 == 0)
                {
                    context.Tell($"Listing {prefix}");
                }

                if (isLast)
                {
                    // What was begun on the last page of a listing that is broken off may go on.
                    return Finish(page.NextMarker is null ? null : last, sorted, again, markers);
                }
            }
        }
        catch (Exception exception) when (IsRefusal(exception, cancellationToken))
        {
            Refuse(sorted, exception);
            return [];
        }
    }

    private IReadOnlyList<PlannedPlace> Finish(string? brokenOffAt, List<PlannedPlace> sorted, HashSet<PlannedPlace> again, Dictionary<PlannedPlace, List<BlobVersionItem>> markers)
    {
        // With the slash a place's folder ends in: what is below it stands behind names that go on otherwise.
        // A marker that comes after what is below it finds the place's lines closed: then it is listed anew.
        var rest = sorted.Where(place =>
            again.Contains(place) || (place.Listing is not null && markers.ContainsKey(place)) || (brokenOffAt is not null && string.CompareOrdinal(place.Path + "0", brokenOffAt) > 0)).ToHashSet();
        foreach (var place in sorted)
        {
            if (rest.Contains(place))
            {
                place.Listing = null;
            }
            else if (markers.TryGetValue(place, out var items))
            {
                items.ForEach(item => Take(place, item, isBelow: false));
            }

            place.Listing ??= rest.Contains(place) ? null : new PlaceListing();
        }

        return [.. sorted.Where(rest.Contains)];
    }

    private async Task ListEachAsync(IReadOnlyList<PlannedPlace> places, CancellationToken cancellationToken)
    {
        var window = new Queue<(PlannedPlace Place, Task<BlobVersionPage?> Exact, Task<BlobVersionPage?> Below)>();
        foreach (var place in places)
        {
            window.Enqueue((place, FirstAsync(place, below: false, cancellationToken), FirstAsync(place, below: true, cancellationToken)));
            if (window.Count >= Ahead)
            {
                await DrainAsync().ConfigureAwait(false);
            }
        }

        while (window.Count > 0)
        {
            await DrainAsync().ConfigureAwait(false);
        }

        async Task DrainAsync()
        {
            var (place, exact, below) = window.Dequeue();
            TellNowAndThen(place);
            try
            {
                place.Listing = new PlaceListing();
                await TakeAllAsync(place, await exact.ConfigureAwait(false), isExact: true, cancellationToken).ConfigureAwait(false);
                await TakeAllAsync(place, await below.ConfigureAwait(false), isExact: false, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (IsRefusal(exception, cancellationToken))
            {
                Refuse([place], exception);
            }
        }
    }

    // What is told has the sum over all places: it is not made for each of a hundred thousand.
    private void TellNowAndThen(PlannedPlace place)
    {
        if (_told == 0 || Stopwatch.GetElapsedTime(_told) > TellEvery)
        {
            _told = Stopwatch.GetTimestamp();
            context.Tell($"Listing {place.Path}");
        }
    }

    private async Task<BlobVersionPage?> FirstAsync(PlannedPlace place, bool below, CancellationToken cancellationToken) =>
        below && place.Form == PlaceForm.Blob ? null
            : await PageAsync(below ? place.Path + "/" : place.Path, null, below || context.Choices.IncludeVersionsAndSnapshots ? PageSize : 1, cancellationToken).ConfigureAwait(false);

    private async Task TakeAllAsync(PlannedPlace place, BlobVersionPage? page, bool isExact, CancellationToken cancellationToken)
    {
        while (page is not null)
        {
            foreach (var item in page.Items)
            {
                if (isExact && item.Blob.Name != place.Path)
                {
                    return;
                }

                if (Belongs(place, item, isExact))
                {
                    Take(place, item, !isExact);
                }
            }

            // Behind the only blob of that name there is nothing of it; versions and snapshots of it may go on.
            page = page.NextMarker is { } marker && (!isExact || context.Choices.IncludeVersionsAndSnapshots)
                ? await PageAsync(isExact ? place.Path : place.Path + "/", marker, PageSize, cancellationToken).ConfigureAwait(false)
                : null;
        }
    }

    private Task<BlobVersionPage> PageAsync(string prefix, string? marker, int size, CancellationToken cancellationToken) =>
        access.ListDetailsPageAsync(prefix, marker, size, Details, cancellationToken);

    private static bool Belongs(PlannedPlace place, BlobVersionItem item, bool isExact) =>
        !item.Deleted && (isExact
            ? item.Blob.Name == place.Path && (place.Form == PlaceForm.Either || (place.Form == PlaceForm.Folder) == item.Blob.IsFolder)
            : place.Form != PlaceForm.Blob && item.Blob.Name.StartsWith(place.Path, StringComparison.Ordinal) && item.Blob.Name.Length > place.Path.Length && item.Blob.Name[place.Path.Length] == '/');

    private void Take(PlannedPlace place, BlobVersionItem item, bool isBelow)
    {
        var listing = place.Listing ??= new PlaceListing();
        var withVersions = context.Choices.IncludeVersionsAndSnapshots;
        var former = item.Snapshot is not null || (withVersions && item.VersionId is not null && item.IsCurrentVersion != true);
        if (former && !withVersions)
        {
            return;
        }

        listing.IsFolder |= isBelow || item.Blob.IsFolder;
        var until = Later(item.ImmutabilityUntil, protection.Until(item.Blob));
        if (item.LegalHold || protection.LegalHold || until > context.Now)
        {
            listing.Protected++;
            listing.ProtectedBytes += item.Blob.Length;
            listing.LegalHold |= item.LegalHold || protection.LegalHold;
            listing.ProtectedUntil = Later(listing.ProtectedUntil, until);
            return;
        }

        if (listing.Offset < 0)
        {
            listing.Offset = draft.BlobPosition;
        }

        draft.Add(new PlannedBlob(item.Blob.Name, former ? null : item.Blob.ETag, item.Blob.Length, former && item.Snapshot is null ? item.VersionId : null, item.Snapshot));
        listing.Lines++;
        listing.Former += former ? 1 : 0;
        var isDirectory = place.Where.IsShare && item.Blob.IsFolder;
        listing.Directories += isDirectory ? 1 : 0;
        listing.Blobs += former || isDirectory ? 0 : 1;
        listing.Bytes += item.Blob.Length;
        listing.Leased += !former && string.Equals(item.LeaseStatus, "locked", StringComparison.OrdinalIgnoreCase) ? 1 : 0;
    }

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) => one is null || other > one ? other : one;

    private static string CommonPrefix(string one, string other) => one[..one.AsSpan().CommonPrefixLength(other)];

    private static bool IsRefusal(Exception exception, CancellationToken cancellationToken) => !(exception is OperationCanceledException && cancellationToken.IsCancellationRequested);

    private static void Refuse(IReadOnlyList<PlannedPlace> places, Exception exception)
    {
        var problem = ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Storage, $"the datastore {places[0].Datastore}"));
        foreach (var place in places)
        {
            place.Listing = null;
            place.Refused = $"What is there could not be listed, so it is kept. {problem.Message}";
        }
    }
}
