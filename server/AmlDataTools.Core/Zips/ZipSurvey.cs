using AmlDataTools.Core.Operations;

namespace AmlDataTools.Core.Zips;

/// <summary>
/// What the journal says lies where in a zip under construction, as far as it can be: what lies beyond the file's end, or where
/// something else lies too (a damaged journal), does not count.
/// </summary>
internal sealed class ZipSurvey
{
    private readonly HashSet<long> _fallen = [];
    private readonly List<Extent> _extents = [];

    private ZipSurvey()
    {
    }

    /// <summary>Complete entries, by place.</summary>
    public IEnumerable<Extent> Entries => _extents.Where(e => !e.Unfinished);

    /// <summary>Those that were begun and did not end.</summary>
    public IEnumerable<Extent> Unfinished => _extents.Where(e => e.Unfinished);

    /// <summary>All room that is taken, by place.</summary>
    public IEnumerable<(long Place, long End)> Taken => _extents.Select(e => (e.Place, e.End));

    /// <summary>Whether what the journal says of an item does not hold.</summary>
    public bool HasFallen(long index) => _fallen.Contains(index);

    /// <summary>Reads a journal's lines.</summary>
    /// <param name="journal">Its path.</param>
    /// <param name="history">What it tells.</param>
    /// <param name="length">Bytes of the zip's file; 0 for none.</param>
    public static ZipSurvey Of(string journal, JournalHistory history, long length)
    {
        var survey = new ZipSurvey();
        using var lines = new ReceiptLines(journal);
        foreach (var (index, line) in history.Ended)
        {
            if (ZipEntry.Of(lines.Read(line)) is { } entry)
            {
                survey.Add(new Extent(entry.Place, entry.End, index, Unfinished: false), history.WasDropped(index) || entry.End > length);
            }
        }

        foreach (var (index, room, bytes) in history.Unfinished)
        {
            // Its last ranges may not be written yet: the file may still end before it.
            survey.Add(room is { } r ? new Extent(r.Place, r.Start + bytes, index, Unfinished: true) : new Extent(0, 0, index, Unfinished: true), room is null || length == 0);
        }

        survey.DropOverlaps();
        return survey;
    }

    private void Add(Extent extent, bool falls)
    {
        if (falls)
        {
            _fallen.Add(extent.Index);
        }
        else
        {
            _extents.Add(extent);
        }
    }

    private void DropOverlaps()
    {
        _extents.Sort((a, b) => a.Place.CompareTo(b.Place));

        // What is complete is not given up for what is not.
        Drop(e => !e.Unfinished);
        Drop(_ => true);
    }

    private void Drop(Func<Extent, bool> among)
    {
        Extent? before = null;
        foreach (var extent in _extents.Where(among).ToList())
        {
            if (before is { } other && extent.Place < other.End)
            {
                _fallen.UnionWith(new[] { other, extent }.Where(e => e.Unfinished || (!other.Unfinished && !extent.Unfinished)).Select(e => e.Index));
            }

            before = before is { } last && last.End > extent.End ? last : extent;
        }

        _extents.RemoveAll(e => _fallen.Contains(e.Index));
    }

    /// <summary>Room of an item, unfinished ones included.</summary>
    internal readonly record struct Extent(long Place, long End, long Index, bool Unfinished)
    {
        /// <summary>Its bytes.</summary>
        public long Bytes => End - Place;
    }
}
