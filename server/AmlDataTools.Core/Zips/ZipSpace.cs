namespace AmlDataTools.Core.Zips;

/// <summary>
/// Who has which bytes of a zip under construction: gives room to entries and takes it back. Only the gaps are remembered, of which
/// there are few. For any number of threads.
/// </summary>
internal sealed class ZipSpace
{
    private readonly Lock _lock = new();
    private readonly List<(long Place, long Bytes)> _gaps = [];
    private long _end;

    /// <summary>Makes one in which some room is taken.</summary>
    /// <param name="taken">Where, ordered and without overlap.</param>
    public ZipSpace(IEnumerable<(long Place, long End)> taken)
    {
        foreach (var (place, end) in taken)
        {
            if (place > _end)
            {
                _gaps.Add((_end, place - _end));
            }

            _end = end;
        }
    }

    /// <summary>Behind the last room taken.</summary>
    public long End
    {
        get
        {
            lock (_lock)
            {
                return _end;
            }
        }
    }

    /// <summary>Gives room: the smallest gap that it fills, or fills so that the rest can be closed later, else behind all others.</summary>
    public long Take(long bytes)
    {
        lock (_lock)
        {
            var best = -1;
            for (var i = 0; i < _gaps.Count; i++)
            {
                if (Fits(bytes, _gaps[i].Bytes) && (best < 0 || _gaps[i].Bytes < _gaps[best].Bytes))
                {
                    best = i;
                }
            }

            if (best < 0)
            {
                var place = _end;
                _end += bytes;
                return place;
            }

            var gap = _gaps[best];
            if (gap.Bytes == bytes)
            {
                _gaps.RemoveAt(best);
            }
            else
            {
                _gaps[best] = (gap.Place + bytes, gap.Bytes - bytes);
            }

            return gap.Place;
        }
    }

    /// <summary>Takes room back.</summary>
    public void Free(long place, long bytes)
    {
        lock (_lock)
        {
            var next = _gaps.FindIndex(g => g.Place > place);
            next = next < 0 ? _gaps.Count : next;
            if (next < _gaps.Count && _gaps[next].Place == place + bytes)
            {
                bytes += _gaps[next].Bytes;
                _gaps.RemoveAt(next);
            }

            if (next > 0 && _gaps[next - 1].Place + _gaps[next - 1].Bytes == place)
            {
                (place, bytes) = (_gaps[next - 1].Place, _gaps[next - 1].Bytes + bytes);
                _gaps.RemoveAt(--next);
            }

            if (place + bytes == _end)
            {
                _end = place;
            }
            else
            {
                _gaps.Insert(next, (place, bytes));
            }
        }
    }

    /// <summary>Whether an entry fits into a gap without leaving a rest too small for the padding that closes it.</summary>
    public static bool Fits(long bytes, long gap) => bytes == gap || gap - bytes >= ZipRecords.LeastPadding;
}
