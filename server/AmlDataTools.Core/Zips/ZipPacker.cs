using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Zips;

/// <summary>
/// Closes the gaps that items left which were begun and did not come to their end. A gap would hold bytes that are nobody's, and
/// whoever reads a zip from a pipe stops there. The last entries are moved into it; what is too small for them becomes padding
/// of the next header; only where neither will do, the next entry is moved down over itself. Killed at any point, it goes on.
/// </summary>
/// <param name="part">The zip.</param>
/// <param name="journal">Its journal.</param>
/// <param name="read">Gives an item's result from its index, as the journal has it.</param>
internal sealed class ZipPacker(ZipPart part, Journal journal, Func<long, ItemResult> read)
{
    private const int BatchEntries = 1024;

    /// <summary>Packs.</summary>
    /// <param name="entries">The complete entries, by place.</param>
    /// <returns>Where the last entry ends then.</returns>
    public long Pack(IEnumerable<ZipSurvey.Extent> entries)
    {
        var extents = new Remaining([.. entries]);
        long end = 0;
        while (extents.First is { } first)
        {
            if (first.Place == end)
            {
                end = first.End;
                extents.RemoveFirst();
                continue;
            }

            end = Fill(end, extents) ?? Pad(end, extents) ?? Shift(end, extents);
        }

        return end;
    }

    /// <summary>Moves entries into the gap, without touching what is behind it. Null when none fits.</summary>
    private long? Fill(long place, Remaining extents)
    {
        var limit = extents.First?.Place ?? place;
        var moves = new List<ItemResult>();
        while (moves.Count < BatchEntries && extents.TakeFitting(limit - place) is { } extent)
        {
            part.MoveDown(extent.Place, place, extent.Bytes);
            moves.Add(read(extent.Index) with { Place = place });
            place += extent.Bytes;
        }

        if (moves.Count == 0)
        {
            return null;
        }

        // Only now may what is at their old places be written over.
        part.Flush();
        journal.Commit(moves);
        return place;
    }

    /// <summary>Lengthens the next header to the front, so that the content stays where it is. Null when the gap is not of that size.</summary>
    private long? Pad(long place, Remaining extents)
    {
        if (extents.First is not { } first || ZipEntry.Of(read(first.Index)) is not { } entry)
        {
            return null;
        }

        var padding = first.Place - place + entry.Padding;
        if (padding is < ZipRecords.LeastPadding or > ZipRecords.MostPadding)
        {
            return null;
        }

        // Written down first: the finish writes the headers of all padded entries again, so that one cut off here is mended.
        journal.Commit([read(first.Index) with { Place = place, Padding = (int)padding }]);
        part.Write(ZipRecords.Header(entry with { Place = place, Padding = (int)padding }), place);
        extents.RemoveFirst();
        return first.End;
    }

    /// <summary>Moves the next entry over itself. Until that is done it counts as missing: cut off here, it is fetched again.</summary>
    private long Shift(long place, Remaining extents)
    {
        var first = extents.First ?? throw new InvalidOperationException("There is nothing to move.");
        extents.RemoveFirst();
        journal.Drop([first.Index]);
        part.MoveDown(first.Place, place, first.Bytes);
        part.Flush();
        journal.Commit([read(first.Index) with { Place = place }]);
        return place + first.Bytes;
    }

    /// <summary>The entries not yet looked at.</summary>
    private sealed class Remaining(List<ZipSurvey.Extent> extents)
    {
        private int _first;
        private int _end = extents.Count;

        public ZipSurvey.Extent? First => _first < _end ? extents[_first] : null;

        public void RemoveFirst() => _first++;

        /// <summary>The last if it fits, so that the zip ends earlier, else the first if it does.</summary>
        public ZipSurvey.Extent? TakeFitting(long gap)
        {
            if (_first < _end && ZipSpace.Fits(extents[_end - 1].Bytes, gap))
            {
                return extents[--_end];
            }

            return _first < _end && ZipSpace.Fits(extents[_first].Bytes, gap) ? extents[_first++] : null;
        }
    }
}
